package sim_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/sim"
)

// recordedDay plays a day and reads it out of its own journal again.
func recordedDay(t *testing.T, date string) (made sim.Day, read sim.Day, real, recorded []sim.Wait) {
	t.Helper()
	made, err := sim.Generate(ward(), date, 3)
	if err != nil {
		t.Fatal(err)
	}
	r := sim.NewRecorder(date)
	run := sim.NewRun(sim.Faults{}, 1)
	run.Watch(func(e queue.Event, at time.Time, seq uint64, by chain.Actor) {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		e, _, err = queue.DecodeEvent(e.Kind(), 1, raw)
		if err != nil {
			t.Fatal(err)
		}
		r.Add(e, at, seq, by)
	})
	if real, err = run.Play(made); err != nil {
		t.Fatal(err)
	}
	read, recorded, days, err := r.Day()
	if err != nil || len(days) != 1 {
		t.Fatalf("%v, %v", days, err)
	}
	return made, read, real, recorded
}

func last(rows []sim.Row) sim.Row { return rows[len(rows)-1] }

// TestTwinFollowsTheRecord: the recorder sees what was played, and the day
// played again from the record has nearly the waits of the record.
func TestTwinFollowsTheRecord(t *testing.T) {
	for _, date := range []string{"2026-11-23", "2026-11-25"} {
		made, read, real, recorded := recordedDay(t, date)
		if len(read.Visits) != len(real) || len(recorded) != len(real) {
			t.Fatalf("%d visits and %d waits were read of %d", len(read.Visits), len(recorded), len(real))
		}
		for i, w := range recorded {
			if w != real[i] {
				t.Fatalf("recorded %+v, played %+v", w, real[i])
			}
		}
		if len(read.Shifts) < len(made.Shifts)/2 {
			t.Errorf("%d shifts were read of %d", len(read.Shifts), len(made.Shifts))
		}
		twin, err := sim.Compare(read, recorded, sim.Change{})
		if err != nil {
			t.Fatal(err)
		}
		was, again := last(twin.Recorded), last(twin.Before)
		t.Logf("%s: recorded %+v\nsimulated %+v", date, was, again)
		off := math.Abs(float64(again.Median-was.Median)) / float64(max(was.Median, 2*time.Minute))
		if off > 0.15 || math.Abs(again.Within15-was.Within15) > 0.05 || was.Tickets != again.Tickets {
			t.Errorf("%s: the twin is %.0f %% off: %+v, recorded %+v", date, 100*off, again, was)
		}
		if b, a := last(twin.Before), last(twin.After); a != b {
			t.Errorf("nothing was changed, and %+v became %+v", b, a)
		}
	}
}

// TestChangesChange: more counters shorten the waits and fewer lengthen them;
// a head start helps those who have it.
func TestChangesChange(t *testing.T) {
	_, day, _, recorded := recordedDay(t, "2026-11-23")
	median := func(c sim.Change) (time.Duration, sim.Twin) {
		t.Helper()
		twin, err := sim.Compare(day, recorded, c)
		if err != nil {
			t.Fatal(err)
		}
		return last(twin.After).Median, twin
	}
	was, _ := median(sim.Change{})
	if more, _ := median(sim.Change{More: 2}); more >= was {
		t.Errorf("two counters more make %v of %v", more, was)
	}
	if fewer, _ := median(sim.Change{More: -2}); fewer <= was {
		t.Errorf("two counters fewer make %v of %v", fewer, was)
	}
	if closed, _ := median(sim.Change{Close: map[string]string{"1": "09:00", "2": ""}}); closed <= was {
		t.Errorf("two closed counters make %v of %v", closed, was)
	}
	one := json.RawMessage(`{"counters": [{"id": "1", "tiers": [["ho-tich"]]}]}`)
	if _, twin := median(sim.Change{Rules: one}); last(twin.After).NotServed <= last(twin.Before).NotServed {
		t.Errorf("one counter serves as many as eight: %+v", last(twin.After))
	}
	var b strings.Builder
	_, twin := median(sim.Change{HeadStart: map[string]int{queue.ClassPriority: 0}})
	if err := twin.Write(&b); err != nil || !strings.Contains(b.String(), "changed: median") {
		t.Errorf("%v: %s", err, b.String())
	}
	if k, _ := day.Config.Class(queue.ClassPriority); k.HeadStart != 15 {
		t.Errorf("the change reached the recorded day: %+v", k)
	}
	for _, bad := range []sim.Change{
		{Open: []string{"99"}},
		{Close: map[string]string{"99": ""}},
		{Close: map[string]string{"1": "soon"}},
		{HeadStart: map[string]int{"vip": 1}},
		{Rules: json.RawMessage(`[]`)},
		{More: -99},
		{Rules: json.RawMessage(`{"counters": []}`)},
	} {
		if _, err := bad.Apply(day); err == nil {
			t.Errorf("%+v was taken", bad)
		}
	}
}

func TestGenerateRefuses(t *testing.T) {
	if _, err := sim.Generate(ward(), "someday", 1); err == nil {
		t.Error("no date")
	}
	if _, err := sim.Generate(sim.Office{}, "2026-11-23", 1); err == nil {
		t.Error("no office")
	}
	if _, err := (sim.Month{Office: ward(), Start: "x"}).Play(); err == nil {
		t.Error("no first day")
	}
}

// FuzzRecorder: no journal, however wrong, makes the recorder or the twin fail
// other than by an error.
func FuzzRecorder(f *testing.F) {
	f.Add("ticket.finished", []byte(`{"ticket":"261123-A001"}`), "counter.closed", []byte(`{"counter":"1"}`), int64(60))
	f.Add("ticket.called", []byte(`{"ticket":"261123-A001","counter":"1"}`), "ticket.held", []byte(`{"ticket":"261123-A001"}`), int64(-9000))
	f.Fuzz(func(t *testing.T, kind1 string, data1 []byte, kind2 string, data2 []byte, step int64) {
		r := sim.NewRecorder("")
		at := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
		seq := uint64(0)
		add := func(e queue.Event) {
			seq++
			at = at.Add(time.Duration(step%86400) * time.Second)
			r.Add(e, at, seq, chain.Actor{Device: "kiosk-1"})
		}
		add(queue.Configured{Config: ward().Config})
		add(queue.DayOpened{Day: "2026-11-23"})
		add(queue.CounterOpened{Counter: "1", Officer: "cb01"})
		add(queue.TicketIssued{Ticket: "261123-A001", Service: "ho-tich"})
		add(queue.TicketCalled{Ticket: "261123-A001", Counter: "1", Officer: "cb01"})
		for _, x := range []struct {
			kind string
			data []byte
		}{{kind1, data1}, {kind2, data2}} {
			if e, ok, err := queue.DecodeEvent(x.kind, 1, x.data); ok && err == nil {
				add(e)
			}
		}
		if day, waits, _, err := r.Day(); err == nil {
			_, _ = sim.Compare(day, waits, sim.Change{}) // must not panic
		}
	})
}
