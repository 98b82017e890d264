package queue_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"motcua/queue"
)

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
