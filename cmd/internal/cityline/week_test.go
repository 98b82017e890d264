package cityline

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/faultnet"
	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/uplink"
	"motcua/queue/uplink/wire"
)

const (
	officeToken  = "office-secret"
	adminToken   = "admin-secret"
	bookingToken = "booking-secret"
)

// clock is the office's; a test sets it.
type clock struct {
	mu  sync.Mutex
	now time.Time // guarded by mu
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// pair is an office and a city in one process, with a network between them.
type pair struct {
	t       *testing.T
	clock   *clock
	office  *office.Office
	config  queue.Config
	rules   dossier.Rules
	store   *central.Store
	net     *faultnet.Proxy
	url     string
	keyFile string
	token   string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	shipped, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	p := &pair{t: t, clock: &clock{now: time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)}, config: shipped.Config, rules: shipped.Rules()}
	p.config.KioskDailyCap = 0
	dir := t.TempDir()
	p.office, err = office.Open(office.Config{Dir: filepath.Join(dir, "office"), Setup: &p.config, Rules: p.rules, Now: p.clock.Now, Synced: func() bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.office.Close() })
	if p.store, err = central.Open(t.Context(), filepath.Join(dir, "central.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.store.Close() })
	key, err := central.OpenKey(filepath.Join(dir, "city.key"))
	if err != nil {
		t.Fatal(err)
	}
	tokens, err := central.ReadTokens(strings.NewReader(central.TokenLine(p.config.Office, officeToken)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	server, err := central.NewServer(ctx, p.store, tokens, key, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(server)
	if p.net, err = faultnet.Listen(ctx, web.Listener.Addr().String(), 23); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cancel(); web.CloseClientConnections(); web.Close() })
	p.url, p.token, p.keyFile = "http://"+p.net.Addr(), filepath.Join(dir, "token"), filepath.Join(dir, "city.pub")
	if err := os.WriteFile(p.token, []byte(officeToken), 0o600); err != nil {
		t.Fatal(err)
	}
	return p
}

// connect runs the office's uplink until the test ends.
func (p *pair) connect() *uplink.Uplink {
	p.t.Helper()
	j := p.office.Journal()
	u, err := uplink.New(uplink.Config{
		URL: p.url, Office: p.config.Office, TokenFile: p.token, KeyFile: p.keyFile, Log: slog.New(slog.DiscardHandler),
		Jitter:  func(most time.Duration) time.Duration { return min(most, 20*time.Millisecond) },
		Linger:  10 * time.Millisecond,
		Timeout: 5 * time.Second,
		Deliver: func(context.Context, wire.Notice) error { return nil },
	}, j, j)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = u.Run(ctx) }()
	p.t.Cleanup(func() { cancel(); <-done })
	return u
}

func (p *pair) client() office.Client { return office.Local(p.office) }

func (p *pair) synced() bool {
	c, err := p.store.Cursor(p.t.Context(), p.config.Office)
	return err == nil && c.Position() == p.office.Journal().Head()
}

func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen: %s", what)
		}
	}
}

// sameRecord compares the city's copy with the office's record, byte for byte.
func sameRecord(t *testing.T, s *central.Store, id string, from func(after uint64, limit int) ([]chain.Record, error)) (n uint64) {
	t.Helper()
	for {
		ours, err := from(n, 1000)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := s.Records(t.Context(), id, n, 1000)
		if err != nil || len(ours) != len(theirs) {
			t.Fatalf("after record %d: %d here, %d in the city, %v", n, len(ours), len(theirs), err)
		}
		if len(ours) == 0 {
			return n
		}
		for i, r := range ours {
			if string(r.Line()) != string(theirs[i]) {
				t.Fatalf("record %d differs", r.Seq)
			}
		}
		n += uint64(len(ours))
	}
}

// TestScenario23_AWeekWithoutTheCity: seven days of ordinary work with the line
// cut; nothing is refused; when the line is back, and bad, every record arrives
// once and in order, and the totals of each day match, the fees to the đồng.
func TestScenario23_AWeekWithoutTheCity(t *testing.T) {
	p := newPair(t)
	p.connect()
	until(t, "the first record in the city", p.synced)
	p.net.Down(true)

	fees, tickets := map[string]int64{}, map[string]int{}
	for day := range 7 {
		date := time.Date(2026, 11, 23+day, 1, 0, 0, 0, time.UTC) // 08:00
		p.workDay(date, fees, tickets)
	}
	if at, err := p.office.Journal().Acked(t.Context()); err != nil || at > 10 {
		t.Fatalf("the line was not down: %d, %v", at, err)
	}
	backlog := p.office.Journal().Head().Seq
	p.net.Set(.8)
	p.net.Down(false)
	began := time.Now()
	cuts := 0
	until(t, "a week in the city over a bad line", func() bool {
		if cuts < 20 { // as long as it lasts, so that many connections meet a fault
			cuts++
			p.net.Cut()
		}
		return p.synced()
	})
	p.net.Heal()
	took := time.Since(began)
	n := sameRecord(t, p.store, p.config.Office, func(after uint64, limit int) ([]chain.Record, error) {
		return p.office.Journal().Range(t.Context(), after, limit)
	})
	var all int64
	for day, want := range fees {
		r, err := p.store.Office(t.Context(), p.config.Office, day, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		if r.Totals.Fees != want || r.Totals.Tickets != tickets[day] || r.SetAside != 0 || r.Totals.Served+r.Totals.Waiting+r.Totals.Serving+
			r.Totals.Held+r.Totals.Absent+r.Totals.Dropped != r.Totals.Tickets {
			t.Errorf("%s: %+v; want %d đ, %d tickets", day, r.Totals, want, tickets[day])
		}
		all += want
	}
	if len(fees) < 5 || all == 0 || n != backlog {
		t.Errorf("%d days with fees, %d đ, %d records of %d", len(fees), all, n, backlog)
	}
	t.Logf("%d records of 7 days, %d đ, in %s over a line with %d cuts and faults %v", n, all, took.Round(time.Millisecond), cuts, p.net.Seen())
}

// workDay plays a day at every open service; the office refuses nothing.
func (p *pair) workDay(morning time.Time, fees map[string]int64, tickets map[string]int) {
	t := p.t
	t.Helper()
	day := queue.Local(morning).Format(time.DateOnly)
	p.clock.set(morning)
	if ends, _ := p.config.Session(morning); ends.IsZero() && len(p.config.Hours) > 0 {
		return // a weekend
	}
	counter, officer := p.config.Counters[0], p.config.Officers[0]
	kiosk, desk := office.NewCaller(p.client(), "kiosk-1"), office.NewCaller(p.client(), "counter-1")
	do := func(c *office.Caller, cmd queue.Command) office.Reply {
		t.Helper()
		by, at := "", ""
		if c == desk {
			by, at = officer.ID, counter.ID
		}
		r, err := c.Do(t.Context(), by, at, cmd)
		if err != nil {
			t.Fatalf("%s, %s: %v", day, cmd.Name(), err)
		}
		return r
	}
	do(desk, queue.OpenCounter{})
	paid := p.paid()
	for i := range 60 {
		p.clock.set(morning.Add(time.Duration(2*i) * time.Minute))
		do(kiosk, queue.IssueTicket{Service: counter.Tiers[0][0], Lang: "vi"})
		tickets[day]++
		do(desk, queue.CallNext{})
		do(desk, queue.StartService{})
		if i%2 == 0 {
			r := do(desk, paid[i/2%len(paid)])
			fees[day] += r.Dossier.Fee
		}
		do(desk, queue.FinishTicket{})
	}
	do(kiosk, queue.IssueTicket{Service: counter.Tiers[0][0], Lang: "vi"}) // not served
	tickets[day]++
	do(desk, queue.CloseCounter{})
	p.clock.set(morning.Add(9 * time.Hour))
	do(desk, queue.CloseDay{})
}

// paid are dossiers of procedures, those that cost something first.
func (p *pair) paid() (list []dossier.Receive) {
	p.t.Helper()
	all, err := p.client().Procedures(p.t.Context(), "")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, proc := range all {
		if proc.Fee.Amount == 0 || len(list) == 12 {
			continue
		}
		var papers []dossier.Paper
		for _, paper := range proc.Papers {
			papers = append(papers, dossier.Paper{Name: paper.Name, Original: 1, Present: true})
		}
		list = append(list, dossier.Receive{Procedure: proc.Code, Papers: papers, Applicant: &dossier.Person{Name: "Nguyễn Văn Thử"}})
	}
	if len(list) == 0 {
		p.t.Fatal("no procedure costs anything")
	}
	return list
}

// TestTheDeskDoesNotFeelTheBacklog measures the time of a ticket while a backlog
// drains, against the time without, in turns.
func TestTheDeskDoesNotFeelTheBacklog(t *testing.T) {
	p := newPair(t)
	p.config.Hours = nil
	if err := p.office.Close(); err != nil {
		t.Fatal(err)
	}
	var err error
	p.office, err = office.Open(office.Config{Dir: filepath.Join(t.TempDir(), "office"), Setup: &p.config, Rules: p.rules})
	if err != nil {
		t.Fatal(err)
	}
	p.connect()
	until(t, "the first record in the city", p.synced)
	kiosk := office.NewCaller(p.client(), "kiosk-1")
	issue := func() time.Duration {
		svc := p.config.Services[0].ID
		began := time.Now()
		r, err := kiosk.Do(t.Context(), "", "", queue.IssueTicket{Service: svc, Lang: "vi"})
		took := time.Since(began)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := kiosk.Do(t.Context(), "", "", queue.VoidTicket{Ticket: r.Ticket.ID, Reason: "đo thời gian"}); err != nil {
			t.Fatal(err)
		}
		return took
	}
	var idle, draining []time.Duration
	records := uint64(0)
	for range 3 {
		p.net.Down(true)
		before := p.office.Journal().Head().Seq
		p.backlog(64, 60)
		for range 60 {
			idle = append(idle, issue())
		}
		records += p.office.Journal().Head().Seq - before
		p.net.Down(false)
		for !p.synced() && len(draining) < 600 {
			draining = append(draining, issue())
		}
		until(t, "the backlog in the city", p.synced)
	}
	if len(draining) < 5 {
		t.Skipf("the backlog drained within %d tickets: nothing to compare", len(draining))
	}
	p99 := func(list []time.Duration) time.Duration {
		slices.Sort(list)
		return list[len(list)*99/100]
	}
	a, b := p99(idle), p99(draining)
	t.Logf("ticket p50 %s idle, %s draining; p99 %s idle (%d), %s draining (%d): ratio %.2f; %d records",
		idle[len(idle)/2], draining[len(draining)/2], a, len(idle), b, len(draining), float64(b)/float64(a), records)
	if b > 5*a && b > a+50*time.Millisecond {
		t.Errorf("a ticket takes %s at p99 while the backlog drains, %s without", b, a)
	}
}

// backlog makes records: devices ask for help and are answered.
func (p *pair) backlog(devices, times int) {
	var all sync.WaitGroup
	for d := range devices {
		all.Go(func() {
			name := fmt.Sprintf("counter-%d", d+100)
			c := office.NewCaller(p.client(), name)
			for range times {
				if _, err := c.Do(p.t.Context(), "", "", queue.RequestHelp{}); err != nil {
					p.t.Error(err)
					return
				}
				if _, err := c.Do(p.t.Context(), "", "", queue.AnswerHelp{Device: name}); err != nil {
					p.t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
