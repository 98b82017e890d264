package queue

// Next says who a counter calls next, and why in one word; nil when nobody
// waits for it.
//
// The rule: first whoever was sent to this counter by name; else, in the best
// tier with anybody waiting, the smallest effective arrival (arrival minus the
// head start of the class), ties by order of issue. Nobody starves: an
// ordinary ticket is passed only by tickets that arrive within the largest
// head start after it.
func (s *State) Next(counter string) (t *Ticket, why string) {
	c, ok := s.Config.Counter(counter)
	if !ok {
		return nil, ""
	}
	best := -1
	for _, cand := range s.CounterQueue(counter) {
		if cand.For == c.ID {
			return cand, "sent-here"
		}
		tier, _ := c.Serves(cand.Service)
		if best < 0 || tier < best {
			t, best = cand, tier
		}
	}
	if t == nil {
		return nil, ""
	}
	return t, "rule"
}
