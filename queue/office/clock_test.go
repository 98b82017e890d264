package office_test

import (
	"context"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
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
