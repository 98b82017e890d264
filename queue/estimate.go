package queue

import (
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
	ahead := 0
	for _, t := range s.WaitingFor(func(t *Ticket) bool { return t.Service == service }) {
		if !s.effective(me).Before(s.effective(t)) {
			ahead++
		}
	}
	low := s.run(me, now, 0.35)
	high := s.run(me, now, 0.8)
	if high > 0 && high < low+2*time.Minute {
		high = low + 2*time.Minute
	}
	return Estimate{Ahead: ahead, Low: low.Truncate(time.Minute), High: roundUp(high, time.Minute)}
}

// run plays the queue forward with every service lasting the q-quantile of its
// pace, and says when me is called.
func (s *State) run(me *Ticket, now time.Time, q float64) time.Duration {
	type desk struct {
		c    Counter
		free time.Duration
	}
	var desks []*desk
	for _, c := range s.Config.Counters {
		d := s.Counters[c.ID]
		if d == nil || !d.Working() {
			continue
		}
		x := &desk{c: c}
		if t := s.Ticket(d.Ticket); t != nil {
			x.free = max(0, s.pace(t.Service, q)-now.Sub(t.Since()))
		}
		desks = append(desks, x)
	}
	if !slices.ContainsFunc(desks, func(d *desk) bool { return eligible(d.c, me) }) {
		// Nobody sits there yet: as if the counters that serve it opened now.
		for _, c := range s.Config.Counters {
			if d := s.Counters[c.ID]; eligible(c, me) && (d == nil || !d.Working()) {
				desks = append(desks, &desk{c: c})
			}
		}
	}
	line := append(s.WaitingFor(nil), me)
	slices.SortStableFunc(line, func(a, b *Ticket) int { return s.effective(a).Compare(s.effective(b)) })
	for len(desks) > 0 {
		d := slices.MinFunc(desks, func(a, b *desk) int { return int(a.free - b.free) })
		i := choose(d.c, line)
		if i < 0 {
			desks = slices.DeleteFunc(desks, func(x *desk) bool { return x == d })
			continue
		}
		t := line[i]
		if t == me {
			return d.free
		}
		line = slices.Delete(line, i, i+1)
		d.free += s.pace(t.Service, q)
	}
	return time.Duration(len(line)) * s.pace(me.Service, q)
}

// choose applies the rule of Next to a sorted line.
func choose(c Counter, line []*Ticket) int {
	best, at := -1, -1
	for i, t := range line {
		if !eligible(c, t) {
			continue
		}
		tier, _ := c.Serves(t.Service)
		if t.For == c.ID {
			return i
		}
		if at < 0 || tier < best {
			best, at = tier, i
		}
	}
	return at
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
