package queue

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// enoughSpells is how many services of a day make its own pace believable.
const enoughSpells = 5

// recentSpells bounds how far back the pace looks: mornings and afternoons
// differ.
const recentSpells = 40

// fallbackPace is used for a service that says nothing about itself.
const fallbackPace = 6 * 60 // seconds

// Estimate says when a ticket issued now would be called: two quick runs of
// the queue ahead, one at a brisk and one at a slow pace. It never promises
// less than the people who are certainly before it.
func (s *State) Estimate(service, class string, wall time.Time) Estimate {
	now := s.Logical(wall)
	me := &Ticket{Service: service, Class: class, Seq: s.Seq + 1, Rank: now}
	line := append(s.WaitingFor(nil), me)
	slices.SortStableFunc(line, func(a, b *Ticket) int {
		return cmp.Or(s.effective(a).Compare(s.effective(b)), cmp.Compare(a.Seq, b.Seq))
	})
	ahead := 0
	for _, t := range line[:slices.Index(line, me)] {
		if t.Service == service {
			ahead++
		}
	}
	low := s.run(line, me, now, 0.35)
	high := s.run(line, me, now, 0.8)
	if high > 0 && high < low+2*time.Minute {
		high = low + 2*time.Minute
	}
	return Estimate{Ahead: ahead, Low: low.Truncate(time.Minute), High: roundUp(high, time.Minute)}
}

// run plays a sorted line forward with every service lasting the q-quantile of
// its pace, and says when me is called. Each call looks at the head of a few
// short queues, so a full hall costs no more than its number of people.
func (s *State) run(line []*Ticket, me *Ticket, now time.Time, q float64) time.Duration {
	desks := s.desksFor(me, now, q)
	queues := split(line)
	pace := map[string]time.Duration{}
	for desks.Len() > 0 {
		d := desks[0]
		t := queues.next(d.c)
		if t == me {
			return d.free
		}
		if t == nil {
			heap.Pop(&desks)
			continue
		}
		if _, known := pace[t.Service]; !known {
			pace[t.Service] = s.pace(t.Service, q)
		}
		d.free += pace[t.Service]
		heap.Fix(&desks, 0)
	}
	// Nobody serves it: as long as everybody before, one after the other.
	return time.Duration(slices.Index(line, me)+1) * s.pace(me.Service, q)
}

// desksFor are the counters at work, each with when it is free. When nobody
// sits where me is served, it is as if those counters opened now.
func (s *State) desksFor(me *Ticket, now time.Time, q float64) freeDesks {
	var desks, closed freeDesks
	served := false
	for i, c := range s.Config.Counters {
		d := s.Counters[c.ID]
		x := &freeDesk{c: c, order: i}
		if d == nil || !d.Working() {
			if eligible(c, me) {
				closed = append(closed, x)
			}
			continue
		}
		served = served || eligible(c, me)
		if t := s.Ticket(d.Ticket); t != nil {
			x.free = max(0, s.pace(t.Service, q)-now.Sub(t.Since()))
		}
		desks = append(desks, x)
	}
	if !served {
		desks = append(desks, closed...)
	}
	heap.Init(&desks)
	return desks
}

// freeDesk is a counter of the run and when it is free.
type freeDesk struct {
	c     Counter
	free  time.Duration
	order int
}

// freeDesks is a heap: the counter that is free first.
type freeDesks []*freeDesk

func (h freeDesks) Len() int      { return len(h) }
func (h freeDesks) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *freeDesks) Push(x any)   { *h = append(*h, x.(*freeDesk)) }
func (h freeDesks) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(h[i].free, h[j].free), cmp.Compare(h[i].order, h[j].order)) < 0
}

func (h *freeDesks) Pop() any {
	old := *h
	x := old[len(old)-1]
	*h = old[:len(old)-1]
	return x
}

// queues is a line taken apart: who was sent to one counter, and the rest by
// service, each in calling order with its place in the line.
type queues struct {
	sent, service map[string][]placed
}

type placed struct {
	t  *Ticket
	at int
}

func split(line []*Ticket) queues {
	q := queues{sent: map[string][]placed{}, service: map[string][]placed{}}
	for i, t := range line {
		if t.For != "" {
			q.sent[t.For] = append(q.sent[t.For], placed{t, i})
			continue
		}
		q.service[t.Service] = append(q.service[t.Service], placed{t, i})
	}
	return q
}

// next takes who a counter would call, by the rule of Next.
func (q queues) next(c Counter) *Ticket {
	if own := q.sent[c.ID]; len(own) > 0 {
		q.sent[c.ID] = own[1:]
		return own[0].t
	}
	for _, tier := range c.Tiers {
		best := ""
		for _, service := range tier {
			if head := q.service[service]; len(head) > 0 && (best == "" || head[0].at < q.service[best][0].at) {
				best = service
			}
		}
		if best != "" {
			head := q.service[best]
			q.service[best] = head[1:]
			return head[0].t
		}
	}
	return nil
}

// pace is a quantile of a service's duration: measured today if there is
// enough, else around what is expected.
func (s *State) pace(service string, q float64) time.Duration {
	spells := s.Spells[service]
	if len(spells) >= enoughSpells {
		recent := spells[max(0, len(spells)-recentSpells):]
		return time.Duration(quantile(recent, q)) * time.Second
	}
	expected := s.Pace[service]
	if expected == 0 {
		svc, _ := s.Config.Service(service)
		expected = svc.Pace
	}
	if expected == 0 {
		expected = fallbackPace
	}
	return time.Duration(float64(expected)*(0.4+1.2*q)) * time.Second
}

// quantile of unsorted seconds, by nearest rank.
func quantile(list []int, q float64) int {
	if len(list) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(list))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func roundUp(d, unit time.Duration) time.Duration {
	if r := d.Truncate(unit); r < d {
		return r + unit
	}
	return d
}
