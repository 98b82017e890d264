package desk

import (
	"slices"
	"strconv"

	"motcua/queue"
)

// explained words the core's explanation.
func (s State) explained(e queue.Explanation) Say {
	return Say{Key: e.Key(), Args: e.Args(s.Queue.Config, s.Lang)}
}

// calledWhy says why the ticket at the counter was called; nothing for one that
// an earlier version called without saying.
func (s State) calledWhy(t *queue.Ticket) []Say {
	why := t.Because
	switch {
	case why.Code == "":
		return nil
	case why.Code != queue.WhyChosen:
		return []Say{s.explained(why)}
	}
	words := say("counter.why.chosen")
	if why.Over != "" {
		words = say("counter.why.chosen-over", "over", why.Over.Label())
	}
	for _, iv := range slices.Backward(t.History) {
		if iv.Status == queue.Called {
			return []Say{words, s.reasonSay(iv.Reason)}
		}
	}
	return []Say{words}
}

// whyLines are what a ticket's menu says about its turn: why it is next, or why
// the rule takes another and how many it would pass.
func (s State) whyLines(t *queue.Ticket) []Say {
	switch st := t.Status(); {
	case st.Open():
		return s.calledWhy(t)
	case st != queue.Waiting:
		return nil
	}
	lines := []Say{s.explained(s.Queue.ExplainOver(s.Counter, t.ID))}
	if n := s.passedBy(t); n > 0 {
		lines = append(lines, say("counter.why.passes", "n", strconv.Itoa(n)))
	}
	return lines
}

// passedBy is how many people who wait for this counter stand before a ticket.
func (s State) passedBy(t *queue.Ticket) int {
	return max(0, slices.IndexFunc(s.Waiting(), func(r Row) bool { return r.Ticket == t.ID }))
}
