package terminal_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/office/terminal"
	"motcua/queue/refusal"
)

// town is a hub, a standby and terminals on a network whose cables can be cut.
type town struct {
	t            *testing.T
	dir          string
	hub, standby *office.Office
	hubURL       string
	standbyURL   string
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := &town{t: t, dir: t.TempDir()}
	w.hub = openOffice(t, filepath.Join(w.dir, "hub"), func(*office.Config) {})
	w.hubURL = serve(t, w.hub)
	key, err := os.ReadFile(filepath.Join(w.dir, "hub", office.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(w.dir, "standby")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, office.KeyFile), key, 0o600)); err != nil {
		t.Fatal(err)
	}
	w.standby = openOffice(t, dir, func(c *office.Config) { c.Device, c.Standby = "standby", true })
	w.standbyURL = serve(t, w.standby)
	return w
}

func openOffice(t *testing.T, dir string, change func(*office.Config)) *office.Office {
	t.Helper()
	shipped, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	cfg := office.Config{
		Dir: dir, Setup: &shipped.Config, Rules: shipped.Rules(), Now: workday, OpenLAN: true,
		Journal: journal.Options{MinFree: -1},
	}
	change(&cfg)
	o, err := office.Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

// workday is the present time of day moved to a working day's morning, so that
// time goes on and the office is open.
var begun = time.Now()

func workday() time.Time {
	return time.Date(2026, 11, 24, 1, 30, 0, 0, time.UTC).Add(time.Since(begun))
}

func serve(t *testing.T, o *office.Office) string {
	t.Helper()
	h, err := office.Handler(o)
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	t.Cleanup(s.CloseClientConnections)
	return s.URL
}

// follow makes the standby copy the hub over a cable.
func (w *town) follow(c *cable) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.standby.FollowHub(ctx, office.FollowOptions{URL: w.hubURL, Transport: c})
	}()
	w.t.Cleanup(func() { stop(); <-done })
}

// seat is a terminal at work, on its own cable.
type seat struct {
	*terminal.Terminal
	t                *testing.T
	cable            *cable
	stop             func()
	officer, counter string
}

func (w *town) seat(device, role string) *seat {
	w.t.Helper()
	dir := filepath.Join(w.dir, device)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	shipped, err := demo.Load()
	if err != nil {
		w.t.Fatal(err)
	}
	c := newCable()
	term, err := terminal.Open(terminal.Config{
		Device: device, Role: role, Dir: dir, Offices: []terminal.Office{{Base: w.hubURL, Transport: c}, {Base: w.standbyURL, Transport: c}}, Rules: shipped.Rules(), Now: workday,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = term.Run(ctx) }()
	s := &seat{Terminal: term, t: w.t, cable: c}
	s.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		if err := term.Close(); err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(s.stop)
	return s
}

// known waits until the office has given the terminal its series.
func (s *seat) known() *seat {
	s.t.Helper()
	until(s.t, "the terminal is known", func() bool {
		seen := s.Seen()
		return seen.State != nil && seen.Lost.IsZero() && seen.State.Stations[s.Device()].Series != ""
	})
	return s
}

func (s *seat) issue(service string) queue.Ticket {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	r, err := s.DoAs(ctx, 0, "", "", queue.IssueTicket{Service: service})
	if err != nil {
		s.t.Fatal(err)
	}
	return *r.Ticket
}

func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not in time: %s", what)
		}
	}
}

// cable is a network cable that can be cut: new connections fail, those there
// are fall silent and end.
type cable struct {
	http.RoundTripper
	mu    sync.Mutex
	down  bool                  // guarded by mu
	conns map[net.Conn]struct{} // guarded by mu
}

func newCable() *cable {
	c := &cable{conns: map[net.Conn]struct{}{}}
	c.RoundTripper = &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, network, addr)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.down && err == nil {
			return nil, errors.Join(errors.New("the cable is cut"), conn.Close())
		}
		if err == nil {
			c.conns[conn] = struct{}{}
		}
		return conn, err
	}}
	return c
}

func (c *cable) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = true
	for conn := range c.conns {
		_ = conn.Close()
	}
	c.conns = map[net.Conn]struct{}{}
}

func (c *cable) mend() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = false
}

func firstService(t *testing.T, o *office.Office) string {
	t.Helper()
	services := o.State().Config.Services
	if len(services) == 0 {
		t.Fatal("no services")
	}
	return services[0].ID
}

func TestNormalDayPassesThrough(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	k := w.seat("kiosk-2", queue.RoleKiosk).known()
	got := k.issue(firstService(t, w.hub))
	if w.hub.State().Ticket(got.ID) == nil {
		t.Errorf("the office does not know %s", got.ID)
	}
	until(t, "the copy has the ticket", func() bool { return k.Seen().State.Ticket(got.ID) != nil })
}

// TestScenario24_KioskPrintsItsOwnSeries: the hub falls silent; a number comes
// within two seconds, and is the office's once the line is back.
func TestScenario24_KioskPrintsItsOwnSeries(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	service := firstService(t, w.hub)
	k := w.seat("kiosk-2", queue.RoleKiosk).known()
	before := k.issue(service)
	k.cable.cut()

	touched := time.Now()
	own := k.issue(service)
	if took := time.Since(touched); took > 3*time.Second {
		t.Errorf("the number came after %v", took)
	}
	if own.ID.Label() != "X1-001" {
		t.Errorf("the kiosk's own number is %s, after %s", own.ID.Label(), before.ID.Label())
	}
	until(t, "the screen can say that the office is silent", func() bool { return !k.Seen().Lost.IsZero() })
	second := k.issue(service)
	if second.ID.Label() != "X1-002" {
		t.Errorf("the kiosk's second number is %s", second.ID.Label())
	}

	k.cable.mend()
	until(t, "the office has both numbers", func() bool {
		s := w.hub.State()
		return s.Ticket(own.ID) != nil && s.Ticket(second.ID) != nil
	})
	if got := w.hub.State().Ticket(own.ID); got.Status() != queue.Waiting || !got.Arrived.Equal(own.Arrived) {
		t.Errorf("the office has %+v", got)
	}
	until(t, "the kiosk works with the office again", func() bool { return k.Seen().Lost.IsZero() && k.Seen().Unsent == 0 })
	if third := k.issue(service); third.ID.Label() == "X1-003" {
		t.Errorf("with the office there the kiosk still gave %s", third.ID.Label())
	}
	if bad := w.hub.State().Anomalies; len(bad) > 0 {
		t.Errorf("anomalies: %+v", bad)
	}
}

// TestScenario24_CounterCallsByHand: a counter without the hub serves who stands
// there.
func TestScenario24_CounterCallsByHand(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	service := firstService(t, w.hub)
	k := w.seat("kiosk-2", queue.RoleKiosk).known()
	c := w.seat("counter-1", queue.RoleCounter).known()
	officer, counter := w.hub.State().Config.Officers[0].ID, w.hub.State().Config.Counters[0].ID
	waiting := k.issue(service)
	until(t, "the counter knows the ticket", func() bool { return c.Seen().State.Ticket(waiting.ID) != nil })
	c.cable.cut()
	until(t, "the counter knows that it is alone", func() bool { return !c.Seen().Lost.IsZero() })

	do := func(cmd queue.Command) (office.Reply, error) {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		return c.DoAs(ctx, 0, officer, counter, cmd)
	}
	if _, err := do(queue.CallNext{}); !errors.Is(err, refusal.New("office-silent")) {
		t.Errorf("a counter alone called the next: %v", err)
	}
	if _, err := do(queue.ServeByHand{Ticket: waiting.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := do(queue.FinishTicket{}); err != nil {
		t.Fatal(err)
	}
	paper, err := do(queue.ServeByHand{Service: service})
	if err != nil || paper.Ticket == nil || paper.Ticket.ID.Label()[0] != 'Q' {
		t.Fatalf("the paper roll gave %+v, %v", paper.Ticket, err)
	}
	c.cable.mend()
	until(t, "the office knows both services", func() bool {
		s := w.hub.State()
		a, b := s.Ticket(waiting.ID), s.Ticket(paper.Ticket.ID)
		return a.Status() == queue.Done && b != nil && b.Status() == queue.Serving
	})
}

// TestScenario25_OneTerminalCutOff: the rest go on, and what it did merges.
func TestScenario25_OneTerminalCutOff(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	service := firstService(t, w.hub)
	a, b := w.seat("kiosk-1", queue.RoleKiosk).known(), w.seat("kiosk-2", queue.RoleKiosk).known()
	b.cable.cut()
	var own, others []queue.Ticket
	for range 3 {
		own = append(own, b.issue(service))
		others = append(others, a.issue(service))
	}
	b.cable.mend()
	until(t, "everything is at the office", func() bool {
		for _, list := range [][]queue.Ticket{own, others} {
			for _, ticket := range list {
				if w.hub.State().Ticket(ticket.ID) == nil {
					return false
				}
			}
		}
		return true
	})
	for _, ticket := range others {
		if ticket.ID.Label()[0] == 'X' {
			t.Errorf("a kiosk with its cable in gave %s", ticket.ID.Label())
		}
	}
}

// TestTerminalSurvivesItsPowerCut: numbers given alone are there after a
// restart, and never come twice.
func TestTerminalSurvivesItsPowerCut(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	service := firstService(t, w.hub)
	k := w.seat("kiosk-2", queue.RoleKiosk).known()
	k.cable.cut()
	first := k.issue(service)
	k.stop()
	k = w.seat("kiosk-2", queue.RoleKiosk)
	k.cable.cut()
	second := k.issue(service)
	if first.ID == second.ID {
		t.Errorf("%s was given twice", first.ID)
	}
	k.cable.mend()
	until(t, "both are at the office", func() bool {
		return w.hub.State().Ticket(first.ID) != nil && w.hub.State().Ticket(second.ID) != nil
	})
}

// TestTerminalsFollowThePromotedStandby: the hub dies for good; what only the
// terminals' copies have reaches the new one (R10).
func TestTerminalsFollowThePromotedStandby(t *testing.T) {
	t.Parallel()
	w := newTown(t)
	service := firstService(t, w.hub)
	line := newCable()
	w.follow(line)
	k := w.seat("kiosk-2", queue.RoleKiosk).known()
	first := k.issue(service)
	until(t, "the standby is level", func() bool { return w.standby.Journal().Head() == w.hub.Journal().Head() })
	line.cut()
	only := k.issue(service) // the standby never hears of it from the hub
	until(t, "the kiosk's copy has it", func() bool { return k.Seen().State.Ticket(only.ID) != nil })
	if err := w.hub.Close(); err != nil {
		t.Fatal(err)
	}
	officer := w.standby.State().Config.Officers[0].ID
	if _, err := w.standby.Promote(context.Background(), office.Promotion{Officer: officer, Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	until(t, "the kiosk follows the standby", func() bool { return k.Seen().Claim.Hub == "standby" && k.Seen().Lost.IsZero() })
	until(t, "the number that only the kiosk knows is there", func() bool { return w.standby.State().Ticket(only.ID) != nil })
	if w.standby.State().Ticket(first.ID) == nil {
		t.Error("the first number is lost")
	}
	if next := k.issue(service); next.ID.Label()[1] != '2' {
		t.Errorf("the new hub's number is %s", next.ID.Label())
	}
}
