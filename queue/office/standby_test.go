package office_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// pair is a hub and a standby that follows it over HTTP. cut ends the line
// between them, mend makes it again.
type pair struct {
	t            *testing.T
	hub, standby *office.Office
	hubURL       string
	line         *line
	stop         context.CancelFunc
	stopped      chan error
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{t: t, line: &line{}}
	dir := t.TempDir()
	p.hub = open(t, filepath.Join(dir, "hub"), nil)
	_, server := serve(t, p.hub)
	p.hubURL = server.URL
	p.standby = openStandby(t, filepath.Join(dir, "hub"), filepath.Join(dir, "standby"))
	p.follow()
	return p
}

// openStandby gives a machine the office's key, as the one who installs it does,
// and opens it as a standby.
func openStandby(t *testing.T, hub, dir string) *office.Office {
	t.Helper()
	key, err := os.ReadFile(filepath.Join(hub, office.KeyFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, office.KeyFile), key, 0o600); err != nil {
		t.Fatal(err)
	}
	return open(t, dir, func(c *office.Config) { c.Device, c.Standby = "standby", true })
}

func (p *pair) follow() {
	ctx, stop := context.WithCancel(context.Background())
	p.stop, p.stopped = stop, make(chan error, 1)
	go func() {
		p.stopped <- p.standby.FollowHub(ctx, office.FollowOptions{URL: p.hubURL, Transport: p.line})
	}()
	p.t.Cleanup(func() {
		stop()
		<-p.stopped
	})
}

// level waits until the standby has all of the hub's record.
func (p *pair) level() {
	p.t.Helper()
	p.until("the standby is level", func() bool { return p.standby.Journal().Head() == p.hub.Journal().Head() })
}

func (p *pair) until(what string, done func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("not in ten seconds: %s", what)
		}
	}
}

func by(device string, n uint64, c queue.Command) office.Call {
	return office.Call{N: n, By: chain.Actor{Device: device, Officer: "cb01", Counter: "1"}, Command: c}
}

func must(t *testing.T, o *office.Office, c office.Call) office.Reply {
	t.Helper()
	r, err := o.Do(context.Background(), c)
	if err != nil {
		t.Fatalf("%s by %s: %v", c.Command.Name(), c.By.Device, err)
	}
	return r
}

func TestStandbyHoldsEverything(t *testing.T) {
	p := newPair(t)
	must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	received := must(t, p.hub, by("counter-1", 1, receive()))
	p.level()

	if diff := cmp.Diff(plain(t, p.hub.State()), plain(t, p.standby.State())); diff != "" {
		t.Errorf("the standby's queue differs (-hub +standby):\n%s", diff)
	}
	of, err := p.standby.Case(context.Background(), received.Dossier.Code)
	if err != nil || of.Applicant.Name != person().Name {
		t.Errorf("the applicant at the standby: %v, %v", of.Applicant.Name != "", err)
	}
	if _, err := p.standby.Do(context.Background(), by("kiosk-1", 2, queue.IssueTicket{Service: "civil"})); !errors.Is(err, refusal.New("office-standby")) {
		t.Errorf("a standby took a command: %v", err)
	}

	// Erased at the hub is erased at the standby.
	must(t, p.hub, by("counter-1", 2, office.Erase{Code: received.Dossier.Code, Reason: "test"}))
	p.level()
	if of, err = p.standby.Case(context.Background(), received.Dossier.Code); err != nil || !of.Erased {
		t.Errorf("after erasure the standby has %+v, %v", of.Erased, err)
	}
}

func TestStandbySurvivesCutsAndRestarts(t *testing.T) {
	p := newPair(t)
	for n := range uint64(60) {
		must(t, p.hub, by("kiosk-1", n+1, queue.IssueTicket{Service: "civil"}))
		switch n {
		case 20:
			p.line.cut()
		case 40:
			p.line.mend()
		}
	}
	p.level()
	if err := verified(p.standby); err != nil {
		t.Error(err)
	}
}

func TestPromotionNeedsASilentHub(t *testing.T) {
	p := newPair(t)
	must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	_, err := p.standby.Promote(context.Background(), office.Promotion{Reason: "by mistake"})
	if !errors.Is(err, refusal.New("promote-hub-there")) {
		t.Errorf("promoted beside a living hub: %v", err)
	}
	if _, err := p.hub.Promote(context.Background(), office.Promotion{Reason: "by mistake"}); !errors.Is(err, refusal.New("promote-leads-already")) {
		t.Errorf("the hub was promoted: %v", err)
	}
}

func TestStrangerCannotRetireTheHub(t *testing.T) {
	p := newPair(t)
	claim := office.Standing{Claim: succession.Claim{Term: 9, Hub: "stranger"}, Proof: "0123456789abcdef0123456789abcdef"}
	if err := p.hub.Meet(context.Background(), claim); !errors.Is(err, refusal.New("claim-unproven")) {
		t.Errorf("an unproven claim was answered with %v", err)
	}
	if !p.hub.Seat().Leads() {
		t.Error("a stranger retired the hub")
	}
}

// plain is a state as its JSON.
func plain(t *testing.T, s *queue.State) map[string]any {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func verified(o *office.Office) error {
	_, err := o.Journal().Verify(context.Background())
	return err
}

// TestStandbyOfAnOfficeWhoseMonthsWereDropped begins where the hub's record does.
func TestStandbyOfAnOfficeWhoseMonthsWereDropped(t *testing.T) {
	dir, now := t.TempDir(), morningOf()
	hub := open(t, filepath.Join(dir, "hub"), func(c *office.Config) { c.Now = now.Now })
	for n := range uint64(4) {
		must(t, hub, by("kiosk-1", n+1, queue.IssueTicket{Service: "civil"}))
		now.add(31 * 24 * time.Hour)
	}
	ctx := context.Background()
	j := hub.Journal()
	if _, err := j.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if err := j.SetAcked(ctx, j.Head()); err != nil {
		t.Fatal(err)
	}
	if n, err := j.Drop(ctx, now.Now().AddDate(0, -1, 0)); err != nil || n == 0 {
		t.Fatalf("%d months dropped, %v", n, err)
	}
	_, server := serve(t, hub)
	standby := openStandby(t, filepath.Join(dir, "hub"), filepath.Join(dir, "standby"))
	p := &pair{t: t, hub: hub, standby: standby, hubURL: server.URL, line: &line{}}
	p.follow()
	p.level()
	if diff := cmp.Diff(plain(t, hub.State()), plain(t, standby.State())); diff != "" {
		t.Errorf("the standby's queue differs (-hub +standby):\n%s", diff)
	}
	must(t, hub, by("kiosk-1", 9, queue.IssueTicket{Service: "civil"}))
	p.level()
	if err := verified(standby); err != nil {
		t.Error(err)
	}
}
