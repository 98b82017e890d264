package stats_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/replay/replaytest"
	"motcua/queue/stats"
)

func report(o *replaytest.Office, opt stats.Options) stats.Report {
	f := stats.New(opt)
	for _, r := range o.Records {
		f.Add(r)
	}
	return f.Report()
}

// smallDay is a day whose every figure can be checked by hand.
func smallDay(t testing.TB) *replaytest.Office {
	o := replaytest.New(t, nil)
	o.Promise = &queue.Estimate{Low: 5 * time.Minute, High: 12 * time.Minute}
	first := o.Sit("1", "cb01")
	a, b := o.Issue("ho-tich", ""), o.Issue("ho-tich", queue.ClassPriority)
	o.Wait(10 * time.Minute)
	if got := o.Call(first); got != b { // waits 600 s
		t.Fatalf("called %s", got)
	}
	o.Wait(time.Minute)
	o.Serve(first, 5*time.Minute) // 300 s
	o.Must(queue.RateTicket{Ticket: b, Level: 5}, replaytest.Kiosk)
	o.Call(first) // a waits 960 s
	o.Wait(20 * time.Second)
	o.Must(queue.Recall{}, first)
	o.Must(queue.StartService{}, first)
	o.Wait(2 * time.Minute)
	o.Must(queue.HoldTicket{Reason: "thiếu giấy"}, first)
	o.Wait(3 * time.Minute)
	o.Must(queue.CallTicket{Ticket: a}, first)
	o.Must(queue.StartService{}, first)
	o.Wait(4 * time.Minute)
	o.Must(queue.TransferTicket{Service: "tra"}, first) // 360 s, but it goes on
	o.Wait(2 * time.Minute)
	third := o.Sit("3", "cb03")
	o.Call(third) // the later leg waited 120 s
	o.Serve(third, time.Minute)

	c := o.Issue("tra", "") // 07:58: called at once, twice, never there
	o.Call(third)
	o.Must(queue.MarkAbsent{}, third)
	o.Must(queue.ReturnTicket{Ticket: c}, replaytest.Kiosk)
	o.Wait(20 * time.Minute)
	o.Call(third)
	o.Must(queue.MarkAbsent{}, third)

	o.Issue("dat-dai", "")
	void := o.Issue("tra", "")
	o.Must(queue.VoidTicket{Ticket: void, Reason: "bỏ về"}, replaytest.Kiosk)
	o.Issue("ho-tich", "")
	o.Call(first) // waits 0 s, still there when the day ends
	o.Must(queue.StartService{}, first)
	o.Wait(8 * time.Hour)
	o.Must(queue.CloseDay{}, first)
	return o
}

func TestSmallDayHasKnownFigures(t *testing.T) {
	r := report(smallDay(t), stats.Options{})
	g := r.Total
	type figures struct {
		Issued, Called, Done, Open, Absent, Void, NotServed, Forced  int
		Recalls, Chosen, Transferred, Busy, WithinTarget, Satisfied5 int
		Wait, Service                                                stats.Summary
		Later                                                        stats.Later
		AbsentRate, Target                                           stats.Fraction
	}
	got := figures{
		g.Issued, g.Called, g.Done, g.Open, g.Absent, g.Void, g.NotServed, g.Forced,
		g.Recalls, g.Chosen, g.Transferred, g.Busy, g.WithinTarget, g.Ratings.Levels[5],
		g.Wait, g.Service, g.Later, g.AbsentBy, g.InTarget,
	}
	one := func(s int) stats.Summary { return stats.Summary{N: 1, Median: s, P90: s, Mean: s, Max: s} }
	want := figures{
		Issued: 6, Called: 4, Done: 2, Absent: 1, Void: 1, NotServed: 1, Forced: 1,
		Recalls: 1, Transferred: 1, Busy: 300 + 360 + 60, WithinTarget: 3, Satisfied5: 1,
		Wait:    stats.Summary{N: 4, Median: 0, P90: 960, Mean: 390, Max: 960}, // 0 0 600 960
		Service: one(300), Later: stats.Later{Legs: 1, Wait: one(120), Service: one(60)},
		AbsentRate: 0.25, Target: 0.75,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("total (-want +got):\n%s", diff)
	}
	if r.From != "2026-11-23" || r.To != r.From || !r.Complete || r.Unread != 0 || r.ClockJumps != 0 {
		t.Errorf("about: %+v", r)
	}
}

func TestSmallDayByWhatItIsOf(t *testing.T) {
	r := report(smallDay(t), stats.Options{})
	find := func(list []stats.Group, key string) stats.Group {
		i := slices.IndexFunc(list, func(g stats.Group) bool { return g.Key == key })
		if i < 0 {
			t.Fatalf("there is no group %q", key)
		}
		return list[i]
	}
	for _, c := range []struct {
		name      string
		got, want int
	}{
		{"issued 07:00", find(r.Hours, "07:00–08:00").Issued, 3},
		{"issued 08:00", find(r.Hours, "08:00–09:00").Issued, 3},
		{"ho-tich issued", find(r.Services, "ho-tich").Issued, 3},
		{"ho-tich done, the transferred one too", find(r.Services, "ho-tich").Done, 2},
		{"ho-tich longest wait", find(r.Services, "ho-tich").Wait.Max, 960},
		{"ho-tich transferred", find(r.Services, "ho-tich").Transferred, 1},
		{"tra has the later leg", find(r.Services, "tra").Later.Wait.Max, 120},
		{"the later leg is no first wait of tra", find(r.Services, "tra").Wait.N, 1},
		{"dat-dai not served", find(r.Services, "dat-dai").NotServed, 1},
		{"priority wait", find(r.Classes, queue.ClassPriority).Wait.Max, 600},
		{"counter 1 first calls", find(r.Counters, "1").Called, 3},
		{"counter 1 finishes", find(r.Counters, "1").Done, 1},
		{"counter 1 forced", find(r.Counters, "1").Forced, 1},
		{"counter 3 finishes", find(r.Counters, "3").Done, 1},
		{"counter 3 absences, once", find(r.Counters, "3").Absent, 1},
		{"cb01 busy", find(r.Officers, "cb01").Busy, 660},
		{"cb03 busy", find(r.Officers, "cb03").Busy, 60},
		{"no ratings of officers", find(r.Officers, "cb01").Ratings.N, 0},
		{"ratings of the service", find(r.Services, "ho-tich").Ratings.N, 1},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
		}
	}
	if got := find(r.Officers, "cb01").Name.VI; got != "Nguyễn Thu Hà" {
		t.Errorf("officer's name %q", got)
	}
}

// TestPromise gives tickets with known promises and calls them at known times.
func TestPromise(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	o.Must(queue.RequestHelp{}, replaytest.Kiosk) // opens the day
	for i, c := range []struct{ low, high, wait time.Duration }{
		{5 * time.Minute, 10 * time.Minute, 4 * time.Minute},  // early
		{5 * time.Minute, 10 * time.Minute, 5 * time.Minute},  // kept
		{5 * time.Minute, 10 * time.Minute, 10 * time.Minute}, // kept
		{5 * time.Minute, 10 * time.Minute, 11 * time.Minute}, // late
		{0, 0, 2 * time.Minute},                               // "straight away" is not two minutes
	} {
		id := queue.NewTicketID("2026-11-23", "A", 100+i)
		o.Keep(replaytest.Kiosk, queue.TicketIssued{Ticket: id, Service: "ho-tich", Estimate: queue.Estimate{Low: c.low, High: c.high}})
		o.Wait(c.wait)
		o.Call(by)
		o.Must(queue.FinishTicket{}, by)
	}
	got := report(o, stats.Options{}).Total.Promise
	want := stats.Promise{Tickets: 5, Kept: 2, Early: 1, Late: 2, Width: 300, Rate: 0.4}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("promise (-want +got):\n%s", diff)
	}
}

// TestScenario11_LaterLegsStandApart follows visits over several counters.
func TestScenario11_LaterLegsStandApart(t *testing.T) {
	type legs struct {
		Wait, Service, LaterWait, LaterService int // the longest, in seconds
		Waits, Services, Legs, LaterServices   int // how many
		Done, Transferred, Busy                int
	}
	for _, c := range []struct {
		name string
		play func(o *replaytest.Office, first, third chain.Actor)
		want legs
	}{
		{"two services in one visit", func(o *replaytest.Office, first, third chain.Actor) {
			o.Must(queue.StartService{}, first)
			o.Wait(2 * time.Minute)
			o.Must(queue.FinishTicket{Next: []string{"tra"}}, first)
			o.Wait(3 * time.Minute)
			o.Call(third)
			o.Serve(third, time.Minute)
		}, legs{Wait: 60, Service: 120, LaterWait: 180, LaterService: 60, Waits: 1, Services: 1, Legs: 1, LaterServices: 1, Done: 1, Transferred: 1, Busy: 180}},
		{"there and back again", func(o *replaytest.Office, first, third chain.Actor) {
			o.Must(queue.StartService{}, first)
			o.Wait(2 * time.Minute)
			o.Must(queue.TransferTicket{Counter: "3", Back: true}, first)
			o.Wait(time.Minute)
			o.Call(third)
			o.Serve(third, 4*time.Minute)
			o.Wait(2 * time.Minute)
			o.Call(first)
			o.Serve(first, 5*time.Minute)
		}, legs{Wait: 60, LaterWait: 120, LaterService: 300, Waits: 1, Legs: 2, LaterServices: 2, Done: 1, Transferred: 2, Busy: 660}},
		{"absent in a later leg", func(o *replaytest.Office, first, third chain.Actor) {
			o.Must(queue.TransferTicket{Service: "tra"}, first)
			o.Wait(time.Minute)
			id := o.Call(third)
			o.Must(queue.MarkAbsent{}, third)
			o.Wait(30 * time.Minute)
			o.Must(queue.ReturnTicket{Ticket: id}, replaytest.Kiosk)
			o.Call(third)
			o.Serve(third, time.Minute)
		}, legs{Wait: 60, LaterWait: 60, LaterService: 60, Waits: 1, Legs: 1, LaterServices: 1, Done: 1, Transferred: 1, Busy: 60}},
		{"taken over while served", func(o *replaytest.Office, first, third chain.Actor) {
			o.Must(queue.StartService{}, first)
			o.Wait(2 * time.Minute)
			second := o.Sit("1", "cb02")
			o.Wait(2 * time.Minute)
			o.Must(queue.FinishTicket{}, second)
		}, legs{Wait: 60, Service: 240, Waits: 1, Services: 1, Done: 1, Busy: 240}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := replaytest.New(t, nil)
			first, third := o.Sit("1", "cb01"), o.Sit("3", "cb03")
			o.Issue("ho-tich", "")
			o.Wait(time.Minute)
			o.Call(first)
			c.play(o, first, third)
			g := report(o, stats.Options{}).Total
			got := legs{
				g.Wait.Max, g.Service.Max, g.Later.Wait.Max, g.Later.Service.Max,
				g.Wait.N, g.Service.N, g.Later.Legs, g.Later.Service.N, g.Done, g.Transferred, g.Busy,
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestNumberForALaterSessionWaitsFromItsBeginning(t *testing.T) {
	o := replaytest.New(t, replaytest.Full)
	by := o.Sit("1", "cb01")
	o.Must(queue.IssueTicket{Service: "ho-tich", Later: true}, replaytest.Kiosk)
	o.Now = time.Date(2026, 11, 23, 6, 5, 0, 0, time.UTC) // 13:05, the session began at 13:00
	o.Call(by)
	if g := report(o, stats.Options{}).Total; g.Wait.Max != 300 || g.Promise.Tickets != 0 {
		t.Errorf("wait %d s, %d promises", g.Wait.Max, g.Promise.Tickets)
	}
}

func TestDaysAreChosen(t *testing.T) {
	o := smallDay(t)
	o.Now = replaytest.Monday.Add(24 * time.Hour)
	o.Issue("tra", "")
	all := report(o, stats.Options{})
	if len(all.Days) != 2 || all.Total.Issued != 7 || all.Complete {
		t.Errorf("both days: %d days, %d issued, complete %t", len(all.Days), all.Total.Issued, all.Complete)
	}
	only := func(day string) stats.Report {
		return report(o, stats.Options{Wanted: func(d string) bool { return d == day }})
	}
	if r := only("2026-11-24"); r.Total.Issued != 1 || r.From != "2026-11-24" || r.Name.VI == "" {
		t.Errorf("second day alone: %+v", r.Total)
	}
	alone, first := only("2026-11-23"), report(smallDay(t), stats.Options{})
	if diff := cmp.Diff(first, alone); diff != "" {
		t.Errorf("the first day changes with what comes after (-want +got):\n%s", diff)
	}
	if r := only("2026-12-01"); r.Total.Issued != 0 || len(r.Days) != 0 {
		t.Errorf("a day that never was: %+v", r)
	}
}

func TestTargetIsTheCallers(t *testing.T) {
	r := report(smallDay(t), stats.Options{Target: 5 * time.Minute})
	if r.Target != 300 || r.Total.WithinTarget != 2 {
		t.Errorf("target %d s, %d within", r.Target, r.Total.WithinTarget)
	}
}

func TestClockThatJumpsBackMakesNoNegativeWait(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	o.Issue("ho-tich", "")
	o.Wait(-3 * time.Hour)
	o.Call(by)
	r := report(o, stats.Options{})
	if r.ClockJumps == 0 || r.Total.Wait != (stats.Summary{N: 1}) {
		t.Errorf("%d jumps, wait %+v", r.ClockJumps, r.Total.Wait)
	}
}

// TestClockThatJumpsAheadMakesNoLongWait: a wait, a service and a later leg that
// a recorded jump falls into are counted without it.
func TestClockThatJumpsAheadMakesNoLongWait(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	jump := func(d time.Duration) {
		o.Keep(replaytest.Kiosk, queue.HelpRequested{Device: "kiosk-1"}) // the last one before
		o.Wait(d)
		o.Keep(replaytest.Kiosk, queue.HelpRequested{Device: "kiosk-1"})
		n := len(o.Records) - 1
		f := o.Records[n].Fact
		f.Clock = chain.ClockJumped
		var head chain.Head
		if n > 0 {
			head = chain.Head{Seq: o.Records[n-1].Seq, Hash: o.Records[n-1].Hash()}
		}
		r, _, err := head.Append(f)
		if err != nil {
			t.Fatal(err)
		}
		o.Records[n] = r
	}
	o.Issue("ho-tich", "")
	o.Wait(3 * time.Minute)
	jump(5 * time.Hour)
	o.Wait(2 * time.Minute)
	o.Call(by)
	o.Must(queue.StartService{}, by)
	o.Wait(4 * time.Minute)
	jump(3 * time.Hour)
	o.Must(queue.FinishTicket{}, by)
	r := report(o, stats.Options{})
	if r.ClockJumps != 2 || r.Total.Wait.Max != 300 || r.Total.Service.Max != 240 || r.Total.Busy != 240 {
		t.Errorf("%d jumps, wait %+v, service %+v, busy %d", r.ClockJumps, r.Total.Wait, r.Total.Service, r.Total.Busy)
	}
}

func TestDamagedRecordsAreCounted(t *testing.T) {
	o := smallDay(t)
	bad := o.Records[len(o.Records)-1]
	bad.Type, bad.Data = "ticket.issued", json.RawMessage(`{"ticket":7}`)
	later := bad
	later.Type = "ticket.teleported"
	o.Records = append(o.Records, bad, later)
	if r := report(o, stats.Options{}); r.Unread != 1 || r.Total.Issued != 6 {
		t.Errorf("unread %d, issued %d", r.Unread, r.Total.Issued)
	}
}

// TestAnyDayAddsUp plays random busy days: every table accounts for the same
// tickets, and the same records give the same bytes.
func TestAnyDayAddsUp(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := replaytest.New(t, nil)
		o.Busy(rapid.IntRange(0, 200).Draw(rt, "tickets"))
		if rapid.Bool().Draw(rt, "closed") {
			o.Must(queue.CloseDay{}, replaytest.Kiosk)
		}
		o.Records = o.Records[:rapid.IntRange(1, len(o.Records)).Draw(rt, "cut")]
		r := report(o, stats.Options{})
		for name, list := range map[string][]stats.Group{
			"day": r.Days, "hour": r.Hours, "service": r.Services, "class": r.Classes,
		} {
			var sum stats.Group
			for _, g := range list {
				if g.Issued != g.Done+g.Open+g.Absent+g.Void+g.NotServed+g.Forced {
					rt.Fatalf("%s %s does not account for its tickets: %+v", name, g.Key, g)
				}
				sum.Issued += g.Issued
				sum.Called += g.Called
				sum.Done += g.Done
				sum.Busy += g.Busy
				sum.Promise.Kept += g.Promise.Kept
			}
			if sum.Issued != r.Total.Issued || sum.Called != r.Total.Called || sum.Done != r.Total.Done ||
				sum.Busy != r.Total.Busy || sum.Promise.Kept != r.Total.Promise.Kept {
				rt.Fatalf("by %s: %+v, total %+v", name, sum, r.Total)
			}
		}
		for name, list := range map[string][]stats.Group{"counter": r.Counters, "officer": r.Officers} {
			called, done, absent := 0, 0, 0
			for _, g := range list {
				called, done, absent = called+g.Called, done+g.Done, absent+g.Absent
			}
			// A visit of several services is finished more than once.
			if called != r.Total.Called || done < r.Total.Done || absent != r.Total.Absent {
				rt.Fatalf("by %s: %d called, %d done, %d absent, total %+v", name, called, done, absent, r.Total)
			}
		}
		again, err := json.Marshal(report(o, stats.Options{}))
		first, err2 := json.Marshal(r)
		if err != nil || err2 != nil || string(first) != string(again) {
			rt.Fatalf("the same records give another report (%v, %v)", err, err2)
		}
	})
}

func BenchmarkReport(b *testing.B) {
	o := replaytest.New(b, nil)
	o.Busy(5000)
	for b.Loop() {
		if r := report(o, stats.Options{}); r.Total.Issued != 5000 {
			b.Fatalf("%d issued", r.Total.Issued)
		}
	}
	b.ReportMetric(float64(len(o.Records)), "records")
}
