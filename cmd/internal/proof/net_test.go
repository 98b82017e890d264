package proof

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mathrand "math/rand/v2"

	"motcua/cmd/internal/faultnet"
	"motcua/cmd/internal/proc"
	"motcua/kiosk/station"
	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// badLine is a proxy whose connections are faulty at a rate.
func badLine(t *testing.T, target string, rate float64) *faultnet.Proxy {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	seed := mathrand.Uint64()
	t.Logf("line's seed %d", seed)
	p, err := faultnet.Listen(ctx, strings.TrimPrefix(target, "http://"), seed)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); p.Wait() })
	p.Set(rate)
	return p
}

// caller is a machine that uses the product's own client, and what it has been
// told: how often each kind of thing was done.
type caller struct {
	*office.Caller
	*machine
	done    map[string]int // guarded by the goroutine that uses it
	numbers []queue.TicketID
}

// talk sends commands until ctx ends; each must be answered in the end, the
// last one too.
func (c *caller) talk(ctx context.Context) error {
	for ctx.Err() == nil {
		cmd := c.wish()
		patient, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		r, err := c.Caller.Do(patient, c.by.Officer, c.by.Counter, cmd)
		cancel()
		if errors.Is(err, office.ErrUnreachable) {
			return fmt.Errorf("%s was not answered within half a minute: %w", cmd.Name(), err)
		}
		if _, refused := refusal.Of(err); refused {
			c.ticket = ""
			continue
		} else if err != nil {
			return err
		}
		c.done[cmd.Name()]++
		switch cmd.(type) {
		case queue.IssueTicket:
			c.ticket = r.Ticket.ID
			c.numbers = append(c.numbers, r.Ticket.ID)
		default:
			c.ticket = ""
		}
		if r.Dossier != nil {
			c.code = r.Dossier.Code
		}
	}
	return nil
}

// leaves is the kind of record that each command leaves exactly one of.
var leaves = map[string]string{
	"ticket.issue": "ticket.issued", "ticket.report-print": "ticket.printed", "ticket.call-next": "ticket.called",
	"ticket.start": "ticket.started", "dossier.receive": "dossier.received", "dossier.mark-ready": "dossier.ready",
	"dossier.return": "dossier.returned",
}

// TestLinesToTheOffice: machines talk to the real office over lines that cut,
// swallow, delay, drip and repeat, while the office is killed now and then.
// What they were told was done is in the record, once.
func TestLinesToTheOffice(t *testing.T) {
	t.Parallel()
	bin, file, dir := program(t, "motcuad"), officeFile(t), t.TempDir()
	v, err := opened(bin, dir, "--office", file)
	if err != nil {
		t.Fatal(err)
	}
	line := badLine(t, v.url, 0.4)
	ctx, cancel := context.WithTimeout(t.Context(), time.Duration(times(4, 120))*time.Second)
	defer cancel()
	callers, failed := talkers(t, ctx, line)
	kills := 0
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(700 * time.Millisecond): // the kills' own pace
			v.kill()
			if v, err = opened(bin, dir, "--office", file); err != nil {
				t.Fatal(err)
			}
			line.Aim(strings.TrimPrefix(v.url, "http://"))
			line.Cut()
			kills++
		}
	}
	line.Heal()
	for range callers {
		if err := <-failed; err != nil {
			t.Error(err)
		}
	}
	if err := v.stop(); err != nil {
		t.Fatal(err)
	}
	done, doubled := compare(t, dir, callers)
	t.Logf("%d kills, connections that were %v: %d commands answered, each once in the record; lost 0, doubled %d", kills, line.Seen(), done, doubled)
	for _, f := range faultnet.Faults() {
		if line.Seen()[f] == 0 {
			t.Errorf("no connection was %s: the proof proves little", f)
		}
	}
}

// talkers starts the hall's machines; each sends its end once.
func talkers(t *testing.T, ctx context.Context, line *faultnet.Proxy) ([]*caller, <-chan error) {
	t.Helper()
	list, err := machines()
	if err != nil {
		t.Fatal(err)
	}
	var callers []*caller
	failed := make(chan error, len(list))
	for _, m := range list {
		client := office.Dial("http://"+line.Addr(), office.DialOptions{
			Timeout: 400 * time.Millisecond, Transport: &http.Transport{DisableKeepAlives: true}, // a new line each time
		})
		c := &caller{Caller: office.NewCaller(client, m.by.Device), machine: m, done: map[string]int{}}
		callers = append(callers, c)
		go func() { failed <- c.talk(ctx) }()
	}
	return callers, failed
}

// compare holds what machines were told against the record.
func compare(t *testing.T, dir string, callers []*caller) (done, doubled int) {
	t.Helper()
	o, err := open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if _, err := o.Journal().Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	records, err := o.Journal().Range(t.Context(), 0, int(o.Journal().Head().Seq))
	if err != nil {
		t.Fatal(err)
	}
	b := book{acts: map[act]uint64{}, numbers: map[string]int{}, given: map[string]act{}}
	counts := map[string]int{}
	for _, r := range records {
		if err := b.read(r); err != nil {
			doubled++
			t.Error(err)
		}
		counts[r.By.Device+" "+r.Type]++
	}
	for _, c := range callers {
		for command, n := range c.done {
			done += n
			if kind, ok := leaves[command]; ok && counts[c.by.Device+" "+kind] != n {
				t.Errorf("%s was told %d times that %s was done, the record has it %d times", c.by.Device, n, command, counts[c.by.Device+" "+kind])
			}
		}
		for _, id := range c.numbers {
			if b.given[string(id)].device != c.by.Device {
				t.Errorf("%s was given %s, the record says %v", c.by.Device, id, b.given[string(id)])
			}
		}
	}
	return done, doubled
}

// TestEverybodyComesBack: the switch starts again; 200 screens lose their lines
// at once and all show the office again within 10 s.
func TestEverybodyComesBack(t *testing.T) {
	const screens, limit = 200, 10 * time.Second
	v, err := opened(program(t, "motcuad"), t.TempDir(), "--office", officeFile(t))
	if err != nil {
		t.Fatal(err)
	}
	defer v.kill()
	line := badLine(t, v.url, 0)
	ctx, cancel := context.WithCancel(t.Context())
	var live atomic.Int64
	changed := make(chan struct{}, 1)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer cancel()
	for range screens {
		client := office.Dial("http://"+line.Addr(), office.DialOptions{Transport: &http.Transport{}})
		there := false
		watching.Go(func() {
			station.Watch(ctx, client, time.Now, func(s station.Seen) {
				if now := s.State != nil && s.Lost.IsZero(); now != there {
					there = now
					live.Add(map[bool]int64{true: 1, false: -1}[now])
					select {
					case changed <- struct{}{}:
					default:
					}
				}
			})
		})
	}
	wait := func(want int64) time.Duration {
		t.Helper()
		began, late := time.Now(), time.After(3*limit)
		for live.Load() != want {
			select {
			case <-changed:
			case <-late:
				t.Fatalf("%d of %d screens, want %d", live.Load(), screens, want)
			}
		}
		return time.Since(began)
	}
	wait(screens)
	var worst time.Duration
	for range times(1, 20) {
		line.Down(true)
		wait(0)
		time.Sleep(time.Duration(mathrand.Int64N(int64(5 * time.Second)))) // the switch starts
		line.Down(false)
		worst = max(worst, wait(screens))
	}
	t.Logf("%d screens live again after %.1f s at worst", screens, worst.Seconds())
	if worst > limit {
		t.Errorf("it took %v until all %d screens were back, want at most %v", worst, screens, limit)
	}
}

// city is the city's server as a real program.
type city struct {
	t                *testing.T
	bin, dir, addr   string
	officeID, secret string
	admin            string
	program          *proc.Program
}

func newCity(t *testing.T) *city {
	t.Helper()
	h, err := hall()
	if err != nil {
		t.Fatal(err)
	}
	addr, err := proc.FreeAddr()
	if err != nil {
		t.Fatal(err)
	}
	c := &city{
		t: t, bin: program(t, "motcua-central"), dir: t.TempDir(), addr: addr,
		officeID: h.Config.Office, secret: rand.Text(), admin: rand.Text(),
	}
	lines := central.TokenLine(central.Admin, c.admin) + "\n" + central.TokenLine(c.officeID, c.secret) + "\n"
	if err := errors.Join(
		os.WriteFile(c.path("tokens"), []byte(lines), 0o600), os.WriteFile(c.path("office.token"), []byte(c.secret), 0o600),
	); err != nil {
		t.Fatal(err)
	}
	c.start()
	t.Cleanup(func() { c.program.Kill() })
	return c
}

func (c *city) path(name string) string { return filepath.Join(c.dir, name) }

func (c *city) start() {
	c.t.Helper()
	var err error
	c.program, err = proc.Start(context.Background(), c.path("log"), nil, c.bin, "--listen", c.addr, "--db", c.path("central.db"), "--tokens", c.path("tokens"))
	if err == nil {
		err = c.program.Ready(c.t.Context(), "http://"+c.addr+"/healthz")
	}
	if err != nil {
		raw, _ := os.ReadFile(c.path("log"))
		c.t.Fatalf("%v\n%s", err, raw)
	}
}

// ask is a question of the city; token says who asks.
func (c *city) ask(path, token string, into any) error {
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, "http://"+c.addr+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// TestLineToTheCity: the real office works while its line to the real city is
// as bad as lines get and both are killed now and then. In the end the city
// has the office's record, byte for byte, and counts what the office counts.
func TestLineToTheCity(t *testing.T) {
	t.Parallel()
	c := newCity(t)
	line := badLine(t, "http://"+c.addr, 0.6)
	l, err := newLife(program(t, "motcuad"), filepath.Join(t.TempDir(), "office"), officeFile(t), mathrand.Uint64())
	if err != nil {
		t.Fatal(err)
	}
	l.flags = []string{"--central", "http://" + line.Addr(), "--token-file", c.path("office.token")}
	kills, end := 0, time.Now().Add(time.Duration(times(5, 120))*time.Second)
	for time.Now().Before(end) {
		v, err := l.restart(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := l.during(t.Context(), v, 400*time.Millisecond); err != nil {
			v.kill()
			t.Fatal(err)
		}
		if l.kills++; l.random.IntN(3) == 0 {
			c.program.Kill()
			c.start()
			kills++
		}
	}
	line.Heal()
	v, err := l.restart(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer v.kill()
	head := arrived(t, c, v)
	var report struct{ Totals central.Totals }
	if err := c.ask("/v1/offices/"+c.officeID+"/report", c.admin, &report); err != nil {
		t.Fatal(err)
	}
	if err := v.stop(); err != nil {
		t.Fatal(err)
	}
	if err := l.ledger.audit(t.Context(), l.dir); err != nil {
		t.Fatal(err)
	}
	if got, want := report.Totals.Tickets, l.ledger.issued(); got != want {
		t.Errorf("the city counts %d tickets, the office gave %d", got, want)
	}
	t.Logf("the office killed %d times, the city %d times, connections that were %v: %d records arrived exactly once, %d tickets counted alike",
		l.kills, kills, line.Seen(), head.Seq, report.Totals.Tickets)
}

// arrived waits until the city has the office's whole record and returns its
// end, which names every record before it.
func arrived(t *testing.T, c *city, v *victim) chain.Head {
	t.Helper()
	late := time.After(time.Minute)
	for {
		head, err := verified(t.Context(), v.ask)
		if err != nil {
			t.Fatal(err)
		}
		var cursor struct {
			Have uint64     `json:"have"`
			Head chain.Hash `json:"head"`
		}
		err = c.ask("/v1/offices/"+c.officeID+"/cursor", c.secret, &cursor)
		if err == nil && cursor.Have == head.Seq {
			if cursor.Head != head.Hash {
				t.Fatalf("the city's record %d is not the office's", head.Seq)
			}
			return head
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-late:
			t.Fatalf("after a minute on a good line the city has %d of %d records (%v)", cursor.Have, head.Seq, err)
		}
	}
}
