package queue_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
)

// TestAnyHistory plays random commands and checks after every one what must
// hold always: numbers unique and consecutive, a ticket at one counter at
// most, one open ticket a counter, no negative wait, refusals without effect,
// and the same state from a replay.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := open(t, func(c *queue.Config) { c.AutoFinish = rapid.Bool().Draw(rt, "auto") })
		seen := map[queue.TicketID]bool{}
		for range rapid.IntRange(1, 80).Draw(rt, "steps") {
			d.wait(time.Duration(rapid.IntRange(-1, 600).Draw(rt, "seconds")) * time.Second)
			before := bytesOf(t, d.s)
			events, err := d.do(drawCommand(rt, d.s))
			if err != nil && bytesOf(t, d.s) != before {
				rt.Fatalf("a refusal changed the state: %v", err)
			}
			for _, e := range events {
				if issued, ok := e.(queue.TicketIssued); ok {
					if seen[issued.Ticket] {
						rt.Fatalf("%s given twice", issued.Ticket)
					}
					seen[issued.Ticket] = true
				}
			}
			checkDesks(rt, d.s, d.now)
		}
		if got, want := bytesOf(t, d.replayed()), bytesOf(t, d.s); got != want {
			rt.Fatalf("replay differs:\n%s\n%s", got, want)
		}
	})
}

func drawCommand(rt *rapid.T, s *queue.State) (queue.Command, chain.Actor) {
	counter := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "counter")
	by := at(counter, rapid.SampledFrom([]string{"cb01", "cb02", "cb03"}).Draw(rt, "officer"))
	if d := s.Counters[counter]; d != nil && d.Officer != "" && rapid.IntRange(0, 9).Draw(rt, "self") > 0 {
		by.Officer = d.Officer
	}
	id := queue.TicketID("261123-A404")
	if ids := slices.Sorted(maps.Keys(s.Tickets)); len(ids) > 0 {
		id = rapid.SampledFrom(ids).Draw(rt, "ticket")
	}
	return rapid.SampledFrom([]queue.Command{
		queue.IssueTicket{Service: "ho-tich"},
		queue.IssueTicket{Service: "dat-dai"},
		queue.IssueTicket{Service: "tra", Class: queue.ClassPriority},
		queue.IssueTicket{Service: "ho-tich", Class: queue.ClassPriority},
		queue.OpenCounter{},
		queue.OpenCounter{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallTicket{Ticket: id, Reason: "lý do"},
		queue.Recall{},
		queue.StartService{},
		queue.MarkAbsent{},
		queue.ReturnTicket{Ticket: id},
		queue.HoldTicket{},
		queue.TransferTicket{Service: "tra"},
		queue.TransferTicket{Counter: "2"},
		queue.FinishTicket{},
		queue.FinishTicket{},
		queue.VoidTicket{Ticket: id},
		queue.PauseCounter{Reason: "nghỉ"},
		queue.CloseCounter{},
		queue.RateTicket{Ticket: id, Level: 4},
		queue.ReportPrint{Ticket: id, Outcome: queue.Printed},
		queue.RequestHelp{},
		queue.CloseDay{},
	}).Draw(rt, "command"), by
}

func checkDesks(rt *rapid.T, s *queue.State, now time.Time) {
	holders := map[queue.TicketID]string{}
	for id, d := range s.Counters {
		if d.Ticket == "" {
			continue
		}
		if other, twice := holders[d.Ticket]; twice {
			rt.Fatalf("%s is at counters %s and %s", d.Ticket, other, id)
		}
		holders[d.Ticket] = id
	}
	for id, t := range s.Tickets {
		if t.Status().Open() != (holders[id] != "") {
			rt.Fatalf("%s is %s but held by counter %q", id, t.Status(), holders[id])
		}
		if t.Wait(s.Logical(now)) < 0 {
			rt.Fatalf("%s waits %v", id, t.Wait(now))
		}
		for i := 1; i < len(t.History); i++ {
			if t.History[i].From.Before(t.History[i-1].From) {
				rt.Fatalf("%s: interval %d begins before the one before it", id, i)
			}
		}
	}
}

// TestScenario13_PriorityIsBounded shows on 10,000 random arrivals that an
// ordinary ticket is passed only by priority tickets that arrived within the
// head start after it, and that a priority ticket never waits behind an
// ordinary one that came later than the head start before it.
func TestScenario13_PriorityIsBounded(t *testing.T) {
	const headStart = 15 * time.Minute
	r := rand.New(rand.NewPCG(13, 13))
	d := open(t, nil)
	by := d.sit("1", "cb01")
	var done int
	for done < 10_000 {
		d.now = d.now.Add(time.Duration(r.IntN(60)) * time.Second)
		class := ""
		if r.IntN(10) < 7 { // a stream of priority arrivals
			class = queue.ClassPriority
		}
		if d.s.Waiting("") < 60 && d.s.Numbers["A"] < 998 {
			d.issue("ho-tich", class)
		}
		if r.IntN(3) > 0 && d.s.Waiting("") > 0 {
			line := d.s.CounterQueue("1")
			called := d.s.Ticket(d.callNext(by))
			for _, passed := range line {
				if passed.ID == called.ID {
					continue
				}
				gap := called.Arrived.Sub(passed.Arrived)
				if passed.Class == "" && called.Class != "" && gap > headStart {
					t.Fatalf("ordinary %s was passed by priority %s, %v younger", passed.ID, called.ID, gap)
				}
				if passed.Class != "" && called.Class == "" && -gap < headStart {
					t.Fatalf("priority %s waited behind ordinary %s", passed.ID, called.ID)
				}
				if passed.Class == called.Class && passed.Seq < called.Seq {
					t.Fatalf("%s passed %s of its own class", called.ID, passed.ID)
				}
			}
			d.must(queue.FinishTicket{}, by)
			done++
		}
		if d.s.Numbers["A"] >= 998 {
			d.now = d.now.Add(24 * time.Hour)
			d.must(queue.RequestHelp{}, kiosk) // anything at all opens the new day
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	for _, e := range []queue.Event{queue.TicketIssued{Ticket: "261123-A001"}, queue.DayOpened{Day: "2026-11-23"}, queue.Configured{Config: config()}} {
		raw, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(e.Kind(), raw)
	}
	f.Fuzz(func(t *testing.T, kind string, raw []byte) {
		e, ok, err := queue.DecodeEvent(kind, 1, raw)
		if !ok || err != nil {
			return
		}
		s := queue.NewState()
		s.Apply(queue.Configured{Config: config()}, monday, 1, kiosk)
		s.Apply(queue.DayOpened{Day: "2026-11-23"}, monday, 2, kiosk)
		s.Apply(e, monday, 3, kiosk) // must not panic, whatever it says
	})
}
