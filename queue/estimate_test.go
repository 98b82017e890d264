package queue_test

import (
	"fmt"
	"testing"
	"time"

	"motcua/queue"
)

// full is an office of six services and eight counters with people waiting, in
// which enough has been served to have learned from.
func full(t testing.TB, waiting int) *desk {
	var services []string
	d := open(t, func(c *queue.Config) {
		c.Services, c.Counters, c.Officers = nil, nil, nil
		for i := range 6 {
			id := fmt.Sprintf("s%d", i)
			services = append(services, id)
			c.Services = append(c.Services, queue.Service{ID: id, Letter: string(rune('A' + i)), Name: text(id), Pace: 200 + 100*i})
		}
		for i := range 8 {
			c.Officers = append(c.Officers, queue.Officer{ID: fmt.Sprintf("cb%02d", i)})
			c.Counters = append(c.Counters, queue.Counter{
				ID: fmt.Sprint(i), Tiers: [][]string{{services[i%6], services[(i+1)%6]}, {services[(i+2)%6]}},
			})
		}
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 420, To: 690}, {From: 780, To: 1020}}}
	})
	for i := range 8 {
		d.sit(fmt.Sprint(i), fmt.Sprintf("cb%02d", i))
	}
	class := func(i int) string {
		if i%12 == 0 {
			return queue.ClassPriority
		}
		return ""
	}
	for i := range 160 {
		d.issue(services[i%6], class(i))
	}
	for i := range 160 {
		by := at(fmt.Sprint(i%8), fmt.Sprintf("cb%02d", i%8))
		d.wait(time.Duration(10+i%25) * time.Second)
		if _, err := d.do(queue.FinishTicket{}, by); err == nil {
			d.wait(5 * time.Second)
		}
		if _, err := d.do(queue.CallNext{}, by); err != nil {
			continue
		}
	}
	for i := d.s.Waiting(""); i < waiting; i++ {
		d.issue(services[i%6], class(i))
	}
	return d
}

// BenchmarkEstimates is the estimate of every service with 300 people waiting:
// the whole choice that a kiosk shows, under 5 ms of CPU.
func BenchmarkEstimates(b *testing.B) {
	d := full(b, 300)
	for b.Loop() {
		d.s.Estimates(d.now)
	}
}

func TestEstimatesArePure(t *testing.T) {
	d := full(t, 120)
	before := bytesOf(t, d.s)
	one, two := d.s.Estimates(d.now), d.s.Estimates(d.now)
	if fmt.Sprint(one) != fmt.Sprint(two) {
		t.Errorf("the same state promises %v, then %v", one, two)
	}
	if bytesOf(t, d.s) != before {
		t.Error("an estimate changed the state")
	}
	if again := d.replayed().Estimates(d.now); fmt.Sprint(again) != fmt.Sprint(one) {
		t.Errorf("a replayed office promises %v, want %v", again, one)
	}
	for _, svc := range d.s.Config.Services {
		if e := d.s.Estimate(svc.ID, "", d.now); e != one[svc.ID] {
			t.Errorf("%s is promised %+v alone and %+v among all", svc.ID, e, one[svc.ID])
		}
		for _, class := range []string{"", queue.ClassPriority, "unknown"} {
			e := d.s.Estimate(svc.ID, class, d.now)
			if e.Low < 0 || e.High < e.Low || e.Ahead < 0 {
				t.Errorf("%s %q is promised %+v", svc.ID, class, e)
			}
		}
	}
	if e := d.s.Estimate("nothing", "", d.now); e != (queue.Estimate{}) {
		t.Errorf("an unknown service is promised %+v", e)
	}
}

// TestEstimateKnowsWhatIsAhead: dossiers, breaks, priority and the end of the
// session each move the promise the way they move the wait.
func TestEstimateKnowsWhatIsAhead(t *testing.T) {
	likely := func(d *desk) time.Duration { return d.s.Estimate("ho-tich", "", d.now).Likely }
	begin := func() *desk {
		d := open(t, nil)
		d.sit("1", "cb01")
		d.sit("2", "cb02")
		for range 6 {
			d.issue("ho-tich", "")
		}
		return d
	}
	plain := begin()

	batch := begin()
	batch.must(queue.IssueTicket{Service: "ho-tich", Dossiers: 12}, kiosk)
	one := begin()
	one.issue("ho-tich", "")
	b, o := batch.s.Estimate("ho-tich", "", batch.now), one.s.Estimate("ho-tich", "", one.now)
	if b.Likely <= o.Likely || b.Ahead != o.Ahead || b.Dossiers != 18 || o.Dossiers != 0 {
		t.Errorf("12 dossiers ahead promise %+v, one promises %+v", b, o)
	}

	paused := begin()
	paused.must(queue.PauseCounter{Reason: "nghỉ"}, at("2", "cb02"))
	if likely(paused) <= likely(plain) {
		t.Errorf("with a counter on a break %v, without %v", likely(paused), likely(plain))
	}

	if p := plain.s.Estimate("ho-tich", queue.ClassPriority, plain.now); p.Likely >= likely(plain) || p.Ahead != 0 {
		t.Errorf("priority is promised %+v, an ordinary ticket %v", p, likely(plain))
	}

	ends := open(t, func(c *queue.Config) {
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 420, To: 500}}} // until 8:20
	})
	ends.sit("1", "cb01")
	if e := ends.s.Estimate("ho-tich", "", ends.now); e.AfterClosing {
		t.Errorf("nobody ahead and yet after closing: %+v", e)
	}
	for range 30 {
		ends.issue("ho-tich", "")
	}
	if e := ends.s.Estimate("ho-tich", "", ends.now); !e.AfterClosing {
		t.Errorf("three hours of work and 20 minutes to go: %+v", e)
	}
}

func TestPromiseHolds(t *testing.T) {
	for _, c := range []struct {
		e    queue.Estimate
		wait time.Duration
		want bool
	}{
		{queue.Estimate{}, 30 * time.Second, true},
		{queue.Estimate{}, 61 * time.Second, false},
		{queue.Estimate{Low: 5 * time.Minute, High: 10 * time.Minute}, 5 * time.Minute, true},
		{queue.Estimate{Low: 5 * time.Minute, High: 10 * time.Minute}, 10 * time.Minute, true},
		{queue.Estimate{Low: 5 * time.Minute, High: 10 * time.Minute}, 4 * time.Minute, false},
		{queue.Estimate{Low: 5 * time.Minute, High: 10 * time.Minute}, 11 * time.Minute, false},
	} {
		if got := c.e.Holds(c.wait); got != c.want {
			t.Errorf("%+v after %v: %t", c.e, c.wait, got)
		}
	}
}
