package station_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/desk"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/queue"
	"motcua/queue/office/terminal"
)

// terminal is a station's line that works on when nobody answers.
func (h *hall) terminal(t testing.TB, w *wire, device, role string) line {
	t.Helper()
	transport := &http.Transport{DialContext: w.dial}
	t.Cleanup(transport.CloseIdleConnections)
	term, err := terminal.Open(terminal.Config{
		Device: device, Role: role, Dir: t.TempDir(), Rules: h.demo.Rules(), Now: h.now,
		Offices: []terminal.Office{{Base: "http://localhost", Transport: transport}},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = term.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		<-done
		if err := term.Close(); err != nil {
			t.Error(err)
		}
	})
	return line{term, term, func(ctx context.Context, emit func(station.Seen)) { station.WatchTerminal(ctx, term, emit) }}
}

// TestScenario42_NothingPrintsAndNobodyAnswers: no paper and no office. The
// kiosk shows a number of its own within two seconds, large, to be photographed;
// the counter serves its holder and, from its paper roll, somebody without one.
// Nothing of it is lost.
func TestScenario42_NothingPrintsAndNobodyAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		stop := h.serve(w)
		defer stop()
		k := h.kioskOn(t, h.terminal(t, w, "kiosk-1", queue.RoleKiosk), nil)
		c := h.counterOn(t, h.terminal(t, w, "counter-3", queue.RoleCounter), nil)
		k.until("its series", func(s session.State) bool { return s.Queue.Stations["kiosk-1"].Series != "" })
		c.until("its series", func(s desk.State) bool { return s.Queue.Stations["counter-3"].Series != "" })
		c.loop.Send(desk.SignIn{Officer: h.demo.Config.Officers[2].ID})
		c.until("the officer", func(s desk.State) bool { return s.SignedIn() && s.Queue.Counters["3"].Officer != "" })
		stop()
		w.part()

		touched := time.Now()
		ticket := k.take()
		if took := time.Since(touched); took > 2500*time.Millisecond {
			t.Errorf("the number came after %v", took)
		}
		k.paper(session.PrintFailed)
		if turn := k.state().Turn(); turn.Label != "X1-001" || turn.Foot.Key != "kiosk.paper.failed" || turn.Left.Value.Key != "kiosk.ticket.alone.value" {
			t.Errorf("the screen shows %+v", turn)
		}
		k.until("the words about it", func(s session.State) bool { line, _, _ := s.Away(); return !line.Empty() })

		press := func(keys ...desk.Key) {
			for _, key := range keys {
				time.Sleep(time.Second)
				c.loop.Send(desk.KeyPressed{Key: key})
			}
		}
		serving := func(label string) {
			t.Helper()
			c.until(label, func(s desk.State) bool { return s.Turn().Ticket == label && !s.Turn().CanStart })
		}
		c.until("the silence", func(s desk.State) bool { words, _ := s.Banner(); return !words.Empty() })
		press("F2", "0", "X", "1", "-", "1", "Return")
		serving("X1-001")
		press("F8")
		c.until("nobody", func(s desk.State) bool { return !s.Turn().Open })
		press("F2", "Q", "1")
		serving("Q1-001")
		press("F5", "1") // put aside
		c.until("one put aside", func(s desk.State) bool { return len(s.Held()) == 1 })

		defer h.serve(w)()
		w.cut.Store(false)
		eventually(t, "the office has it", func() bool {
			s := h.State()
			a, b := s.Ticket(ticket.ID), s.Ticket("261123-Q1-001")
			return a != nil && a.Status() == queue.Done && b != nil && b.Status() == queue.Held && a.Print == queue.PrintFailed
		})
		c.until("the office's being back", func(s desk.State) bool { words, _ := s.Banner(); return words.Empty() })
		if bad := h.State().Anomalies; len(bad) > 0 {
			t.Errorf("anomalies: %+v", bad)
		}
	})
}
