package queue

import (
	"cmp"
	"slices"
	"time"
)

// Next says who a counter calls next, and why in one word; nil when nobody
// waits for it. Explain says it in a sentence.
//
// The rule: first whoever comes back to this counter from a detour; then
// whoever was sent to this counter or its officer by name; else, in the best
// tier with anybody waiting, the smallest effective arrival (arrival minus the
// head start of the class), ties by order of issue. Nobody starves: an
// ordinary ticket is passed only by tickets that arrive within the largest
// head start after it.
func (s *State) Next(counter string) (t *Ticket, why string) {
	c, officer := s.serving(counter)
	best := s.foremost(&c, officer)
	switch {
	case best.t == nil:
		return nil, ""
	case best.order < 2:
		return best.t, "sent-here"
	}
	return best.t, "rule"
}

// candidate is a ticket that a counter may call, and how soon its lane is
// looked at.
type candidate struct {
	t     *Ticket
	order int
}

// foremost finds who is next at a counter. Only the first of each lane can be.
func (s *State) foremost(c *Counter, officer string) candidate {
	var best *sorted
	var order int
	var since time.Time
	for i := range s.lanes {
		l := &s.lanes[i]
		n, ok := l.order(c, officer)
		if !ok || best != nil && n > order {
			continue
		}
		head := l.people.first()
		effective := head.rank.Add(-s.headStart(l.class))
		if best == nil || n < order || cmp.Or(effective.Compare(since), cmp.Compare(head.seq, best.seq)) < 0 {
			best, order, since = head, n, effective
		}
	}
	if best == nil {
		return candidate{}
	}
	return candidate{s.Tickets[best.id], order}
}

// choose finds who is next at a counter, and among the others the one who has
// the oldest rank: whoever may ask why. Both may be empty.
func (s *State) choose(counter string) (best, passed candidate) {
	c, officer := s.serving(counter)
	best = s.foremost(&c, officer)
	if best.t == nil {
		return candidate{}, candidate{}
	}
	var other *sorted
	for i := range s.lanes {
		l := &s.lanes[i]
		order, ok := l.order(&c, officer)
		if !ok {
			continue
		}
		head := l.people.first()
		if head.id == best.t.ID {
			head = l.people.second()
		}
		if head != nil && (other == nil || head.compare(other) < 0) {
			other, passed.order = head, order
		}
	}
	if other != nil {
		passed.t = s.Tickets[other.id]
	}
	return best, passed
}

// serving is a counter with what its officer may do there, and that officer.
// An officer without a list of services does all of the counter's.
func (s *State) serving(counter string) (Counter, string) {
	c, ok := s.Config.Counter(counter)
	desk := s.Counters[counter]
	if !ok || desk == nil {
		return c, ""
	}
	return s.Config.staffed(c, desk.Officer), desk.Officer
}

// staffed is a counter with what an officer may do of it.
func (c *Config) staffed(k Counter, officer string) Counter {
	var does []string
	for i := range c.Officers {
		if c.Officers[i].ID == officer {
			does = c.Officers[i].Services
			break
		}
	}
	if len(does) == 0 {
		return k
	}
	tiers := make([][]string, len(k.Tiers))
	for i, tier := range k.Tiers {
		for _, id := range tier {
			if slices.Contains(does, id) {
				tiers[i] = append(tiers[i], id)
			}
		}
	}
	k.Tiers = tiers
	return k
}

// Working counts the counters that can call now and serve a service ("" any).
func (s *State) Working(service string) int {
	n := 0
	for _, k := range s.Config.Counters {
		if d := s.Counters[k.ID]; d == nil || !d.Working() {
			continue
		}
		c, _ := s.serving(k.ID)
		if _, ok := c.Serves(service); ok || service == "" {
			n++
		}
	}
	return n
}
