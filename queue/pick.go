package queue

import "slices"

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
	best, _ := s.choose(counter)
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

// choose finds who is next at a counter, and among the others the one who has
// the oldest rank: whoever may ask why. Both may be empty.
func (s *State) choose(counter string) (best, passed candidate) {
	c, officer := s.serving(counter)
	if c.ID == "" {
		return candidate{}, candidate{}
	}
	heads := make([]candidate, 0, 2*len(s.lanes))
	for l, people := range s.lanes {
		order, ok := l.order(c, officer)
		if !ok {
			continue
		}
		n := 0
		for id := range people.each {
			heads = append(heads, candidate{s.Tickets[id], order})
			if n++; n == 2 {
				break
			}
		}
	}
	heads = slices.DeleteFunc(heads, func(x candidate) bool { return x.t == nil || x.t.Status() != Waiting })
	if len(heads) == 0 {
		return candidate{}, candidate{}
	}
	best = slices.MinFunc(heads, func(a, b candidate) int {
		if a.order != b.order {
			return a.order - b.order
		}
		return s.before(a.t, b.t)
	})
	heads = slices.DeleteFunc(heads, func(x candidate) bool { return x.t == best.t })
	if len(heads) > 0 {
		passed = slices.MinFunc(heads, func(a, b candidate) int { return one(a.t).compare(one(b.t)) })
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
	officer, _ := s.Config.Officer(desk.Officer)
	if len(officer.Services) == 0 {
		return c, desk.Officer
	}
	tiers := make([][]string, len(c.Tiers))
	for i, tier := range c.Tiers {
		for _, id := range tier {
			if slices.Contains(officer.Services, id) {
				tiers[i] = append(tiers[i], id)
			}
		}
	}
	c.Tiers = tiers
	return c, desk.Officer
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
