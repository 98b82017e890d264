package office_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// TestClockSetForwardIsMarked: real time tells a clock that was set from a quiet
// hour.
func TestClockSetForwardIsMarked(t *testing.T) {
	now, up := morningOf(), time.Duration(0)
	o := open(t, t.TempDir(), func(c *office.Config) {
		c.Now = now.Now
		c.Uptime = func() time.Duration { return up }
	})
	n := uint64(0)
	mark := func() chain.Clock {
		t.Helper()
		n++
		r := must(t, o, by("kiosk-1", n, queue.IssueTicket{Service: "civil"}))
		list, err := o.Journal().Range(context.Background(), r.Seq-1, 1)
		if err != nil || len(list) != 1 {
			t.Fatal(err)
		}
		return list[0].Clock
	}
	if got := mark(); got == chain.ClockJumped {
		t.Errorf("the first record says %s", got)
	}
	now.add(2 * time.Hour)
	up += 2 * time.Hour
	if got := mark(); got == chain.ClockJumped {
		t.Errorf("after two quiet hours the record says %s", got)
	}
	now.add(10 * time.Minute)
	up += 3 * time.Second
	if got := mark(); got != chain.ClockJumped {
		t.Errorf("after the clock was set forward by ten minutes the record says %s", got)
	}
	now.add(time.Minute)
	up += time.Minute
	if got := mark(); got == chain.ClockJumped {
		t.Errorf("the record after that says %s", got)
	}
}

// TestLongWeekend: an office whose clock nobody sets opens on Monday by itself
// if it was left on, and asks an officer if it was switched off.
func TestLongWeekend(t *testing.T) {
	for _, off := range []bool{false, true} {
		now, up, dir := morningOf(), time.Duration(0), t.TempDir()
		change := func(c *office.Config) {
			c.Now, c.Synced = now.Now, func() bool { return false }
			c.Uptime = func() time.Duration { return up }
		}
		o := open(t, dir, change)
		must(t, o, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
		now.add(3 * 24 * time.Hour)
		up += 3 * 24 * time.Hour
		if off {
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			up = time.Minute
			o = open(t, dir, change)
		}
		_, err := o.Do(context.Background(), by("kiosk-1", 2, queue.IssueTicket{Service: "civil"}))
		if asked := errors.Is(err, refusal.New("day-unsure")); asked != off {
			t.Errorf("switched off %v: got %v", off, err)
		}
		if !off {
			continue
		}
		if _, err := o.Do(context.Background(), by("counter-1", 1, queue.OpenCounter{Day: "2026-11-20"})); !errors.Is(err, refusal.New("day-unsure")) {
			t.Errorf("an officer who means another day: %v", err)
		}
		must(t, o, by("counter-1", 2, queue.OpenCounter{Day: now.Now().Format(time.DateOnly)}))
		must(t, o, by("kiosk-1", 3, queue.IssueTicket{Service: "civil"}))
	}
}

// TestClockADayAhead: nobody opens tomorrow by asking twice, and today goes on
// when the clock is right again.
func TestClockADayAhead(t *testing.T) {
	now, up := morningOf(), time.Duration(0)
	o := open(t, t.TempDir(), func(c *office.Config) {
		c.Now, c.Synced = now.Now, func() bool { return false }
		c.Uptime = func() time.Duration { return up }
	})
	must(t, o, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	today := o.State().Day
	now.add(24 * time.Hour)
	for n := range uint64(3) {
		up += time.Second
		_, err := o.Do(context.Background(), by("kiosk-1", n+2, queue.IssueTicket{Service: "civil"}))
		if !errors.Is(err, refusal.New("day-unsure")) {
			t.Errorf("asked %d times: %v", n+1, err)
		}
	}
	now.add(-24 * time.Hour)
	must(t, o, by("kiosk-1", 5, queue.IssueTicket{Service: "civil"}))
	if o.State().Day != today {
		t.Errorf("the day is %s, not %s", o.State().Day, today)
	}
}
