package sim

import (
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// TestTheCheckerCanFail breaks each promise once: a checker that lets any of
// these pass proves nothing.
func TestTheCheckerCanFail(t *testing.T) {
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, local)
	a, b := queue.TicketID("261123-A001"), queue.TicketID("261123-A002")
	issued := func(id queue.TicketID) queue.Event { return queue.TicketIssued{Ticket: id, Service: "s"} }
	called := func(id queue.TicketID, counter string) queue.Event {
		return queue.TicketCalled{Ticket: id, Counter: counter, Why: "rule"}
	}
	for name, c := range map[string]struct {
		events []queue.Event
		says   string
	}{
		"a fair call":            {[]queue.Event{issued(a), called(a, "1")}, ""},
		"a number twice":         {[]queue.Event{issued(a), issued(a)}, "given twice"},
		"two open at a counter":  {[]queue.Event{issued(a), issued(b), called(a, "1"), called(b, "1")}, "has 261123-A001 open"},
		"one at two counters":    {[]queue.Event{issued(a), called(a, "1"), called(a, "2")}, "and is at 1"},
		"out of order":           {[]queue.Event{issued(a), issued(b), called(b, "1")}, "although 261123-A001 is before it"},
		"a service not done":     {[]queue.Event{issued(a), called(a, "3")}, "does not serve"},
		"a second start":         {[]queue.Event{issued(a), called(a, "1"), queue.TicketStarted{Ticket: a}, queue.TicketStarted{Ticket: a}}, "starts twice"},
		"an end without a start": {[]queue.Event{issued(a), queue.TicketFinished{Ticket: a}}, "ends at no counter"},
		"an unknown ticket":      {[]queue.Event{called(a, "1")}, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHub(Faults{}, 1)
			var seq uint64
			play := func(e queue.Event) {
				seq++
				at = at.Add(time.Second)
				h.check.before(e, chain.Actor{}, at)
				h.state.Apply(e, at, seq, chain.Actor{})
				h.check.after(e, at)
			}
			play(queue.Configured{Config: queue.Config{
				Services: []queue.Service{{ID: "s", Letter: "A"}},
				Counters: []queue.Counter{{ID: "1", Tiers: [][]string{{"s"}}}, {ID: "2", Tiers: [][]string{{"s"}}}, {ID: "3"}},
			}})
			play(queue.DayOpened{Day: "2026-11-23"})
			for _, e := range c.events {
				play(e)
			}
			switch {
			case c.says == "" && h.check.err != nil:
				t.Error(h.check.err)
			case c.says != "" && (h.check.err == nil || !strings.Contains(h.check.err.Error(), c.says)):
				t.Errorf("says %v, want %q", h.check.err, c.says)
			}
		})
	}
}

// TestALostRecordIsSeen: a replay that lacks one record must not pass.
func TestALostRecordIsSeen(t *testing.T) {
	h := newHub(Faults{}, 1)
	c := queue.Config{
		Office:   "H26.138",
		Services: []queue.Service{{ID: "s", Letter: "A"}}, Counters: []queue.Counter{{ID: "1", Tiers: [][]string{{"s"}}}},
	}
	at := time.Date(2026, 11, 23, 8, 0, 0, 0, local)
	for _, cmd := range []queue.Command{queue.Configure{Config: c}, queue.IssueTicket{Service: "s"}, queue.IssueTicket{Service: "s"}} {
		if _, err := h.do(cmd, chain.Actor{Device: "kiosk-1"}, at); err != nil {
			t.Fatal(err)
		}
	}
	h.journal = h.journal[:len(h.journal)-1]
	for name, replay := range map[string]func() error{"crash": h.crash, "evening": h.endDay} {
		h.check.err = nil
		if err := replay(); err == nil || !strings.Contains(err.Error(), "differs") {
			t.Errorf("a lost record, %s: %v", name, err)
		}
	}
}
