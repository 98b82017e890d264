package queue_test

import (
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

func TestUnsetClockOpensNoDayAfterALongSilence(t *testing.T) {
	d := open(t, nil)
	d.issue("ho-tich", "")
	env := func(hours int, c chain.Clock) queue.Env {
		return queue.Env{Now: monday.Add(time.Duration(hours) * time.Hour), Mint: mint, Clock: c}
	}
	for _, test := range []struct {
		hours int
		clock chain.Clock
		opens bool
	}{
		{17, chain.ClockFree, true},
		{72, chain.ClockSynced, true},
		{72, "", true},
		{72, chain.ClockFree, false},
		{72, chain.ClockJumped, false},
	} {
		events, err := queue.Decide(d.s, queue.IssueTicket{Service: "ho-tich"}, kiosk, env(test.hours, test.clock))
		if opens := err == nil && issuedIn(events)[:6] != "261123"; opens != test.opens {
			t.Errorf("after %d h, clock %q: opens %v (%v)", test.hours, test.clock, opens, err)
		}
	}
	unsure := env(72, chain.ClockFree)
	if events, err := queue.Decide(d.s, queue.RequestHelp{}, kiosk, unsure); err != nil || len(events) != 1 {
		t.Errorf("nobody can ask for help: %v, %v", events, err)
	}
	if _, err := queue.Decide(d.s, queue.OpenDay{Day: "2026-11-25"}, boss, unsure); err == nil {
		t.Error("a day was opened that the clock does not show")
	}
	events, err := queue.Decide(d.s, queue.OpenDay{Day: "2026-11-26"}, boss, unsure)
	if err != nil || len(events) == 0 {
		t.Fatalf("an officer cannot open the day: %v, %v", events, err)
	}
	for _, e := range events {
		d.s.Apply(e, unsure.Now, d.s.Seq+1, boss)
	}
	if events, err := queue.Decide(d.s, queue.IssueTicket{Service: "ho-tich"}, kiosk, unsure); err != nil || issuedIn(events) != "261126-A001" {
		t.Errorf("%v, %v", events, err)
	}
}
