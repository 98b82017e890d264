package cityline

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/office"
	"motcua/queue/uplink"
)

// TestTheCityFollowsAPromotion: hub and standby work apart, the city hears the
// hub's last words first; then the standby leads, the old hub hands over, and
// the city counts everything once.
func TestTheCityFollowsAPromotion(t *testing.T) {
	p := newPair(t)
	p.clock.set(time.Now())
	p.config.Hours = nil
	if err := p.office.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	open := func(name string, standby bool) *office.Office {
		t.Helper()
		o, err := office.Open(office.Config{Dir: filepath.Join(dir, name), Setup: &p.config, Rules: p.rules, Device: name, Standby: standby, OpenLAN: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = o.Close() })
		return o
	}
	hub := open("hub", false)
	key, err := os.ReadFile(filepath.Join(dir, "hub", office.KeyFile))
	if err == nil {
		if err = os.Mkdir(filepath.Join(dir, "standby"), 0o700); err == nil {
			err = os.WriteFile(filepath.Join(dir, "standby", office.KeyFile), key, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	standby := open("standby", true)
	p.office = hub
	p.connectAs(hub, 1)

	handler, err := office.Handler(hub)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(handler)
	t.Cleanup(func() { web.CloseClientConnections(); web.Close() })
	follow := func() (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan struct{})
		go func() { defer close(done); _ = standby.FollowHub(ctx, office.FollowOptions{URL: web.URL}) }()
		return func() { cancel(); <-done }
	}
	issue := func(o *office.Office, kiosk string, n int) {
		t.Helper()
		c := office.NewCaller(office.Local(o), kiosk)
		for range n {
			if _, err := c.Do(t.Context(), "", "", queue.IssueTicket{Service: p.config.Services[0].ID, Lang: "vi"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	stop := follow()
	issue(hub, "kiosk-1", 5)
	until(t, "the standby is level", func() bool { return standby.Journal().Head() == hub.Journal().Head() })
	stop()
	issue(hub, "kiosk-1", 4) // the city hears of these, the standby does not
	until(t, "the hub's tail in the city", p.synced)
	p.net.Down(true)
	issue(hub, "kiosk-1", 2) // nobody does

	if _, err := standby.Promote(t.Context(), office.Promotion{Officer: p.config.Officers[0].ID, Reason: "máy chủ hỏng", Force: true}); err != nil {
		t.Fatal(err)
	}
	issue(standby, "kiosk-2", 3)
	p.office = standby
	desk := office.NewCaller(office.Local(standby), "counter-1")
	receipt, err := desk.Do(t.Context(), p.config.Officers[0].ID, p.config.Counters[0].ID, p.paid()[0])
	if err != nil || receipt.Dossier.Numbered() {
		t.Fatalf("a receipt before the hand-over: %+v, %v", receipt.Dossier, err)
	}
	p.connectAs(standby, 2)
	p.net.Down(false)
	until(t, "the new term in the city", p.synced)
	tails, err := p.store.Tails(t.Context(), p.config.Office)
	if err != nil || len(tails) != 1 || tails[0].N < 4 {
		t.Fatalf("tails %+v, %v", tails, err)
	}
	stop = follow()
	defer stop()
	until(t, "the old hub has handed over", func() bool { return standby.State().Settled() })
	until(t, "everything in the city", p.synced)
	numbered, err := office.Local(standby).Dossier(t.Context(), receipt.Dossier.Code)
	if err != nil || !numbered.Numbered() {
		t.Fatalf("after the hand-over: %+v, %v", numbered, err)
	}
	if known, err := p.store.HasDossier(t.Context(), p.config.Office, numbered.Code); err != nil || !known {
		t.Errorf("the city does not know dossier %s: %v", numbered.Code, err)
	}
	day := queue.Local(time.Now()).Format(time.DateOnly)
	r, err := p.store.Office(t.Context(), p.config.Office, day, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if want := len(standby.State().Tickets); r.Totals.Tickets != 14 || want != 14 || r.SetAside != 0 || r.Totals.Received != 1 || r.Totals.Fees != receipt.Dossier.Fee || r.Term != 2 || r.Fork != nil {
		t.Errorf("the city counts %d tickets of %d, %d set aside, term %d, fork %v", r.Totals.Tickets, want, r.SetAside, r.Term, r.Fork)
	}
	for _, tail := range r.Tails {
		if tail.Back == 0 {
			t.Errorf("nothing of the tail came back: %+v", tail)
		}
	}
}

// connectAs runs an uplink of an office in a term.
func (p *pair) connectAs(o *office.Office, term uint64) {
	p.t.Helper()
	u, err := uplink.New(uplink.Config{
		URL: p.url, Office: p.config.Office, TokenFile: p.token, KeyFile: p.keyFile, Log: slog.New(slog.DiscardHandler), Linger: 5 * time.Millisecond,
		Term: func() uint64 { return term }, Jitter: func(time.Duration) time.Duration { return 10 * time.Millisecond },
	}, o.Journal(), o.Journal())
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = u.Run(ctx) }()
	p.t.Cleanup(func() { cancel(); <-done })
}
