package queue

import (
	"strconv"
	"time"
)

// Why is the code of an explanation; its sentence is the text "queue.why."
// and the code.
type Why string

// Codes of explanations. The first group says why a ticket is next, the second
// why a ticket that somebody asks about is not.
const (
	WhyBack      Why = "back-here"       // returns from the detour it was sent on
	WhySent      Why = "sent-here"       // sent to this counter
	WhyOfficer   Why = "sent-to-officer" // sent to the officer who sits here
	WhyTier      Why = "better-tier"     // the counter does that service first
	WhyEarlier   Why = "earlier"         // came, or ranks, before the other
	WhyHeadStart Why = "head-start"      // its class moves its arrival back
	WhyIssue     Why = "issue-order"     // same arrival: the number given first
	WhyAlone     Why = "alone"           // nobody else waits here
	WhyHeld      Why = "held"            // taken up again where it was put aside
	WhyChosen    Why = "chosen"          // by the officer, out of turn, with a reason
	WhyByHand    Why = "by-hand"         // whoever stood in front of the officer
	WhyNobody    Why = "nobody"          // nobody waits for this counter

	WhyNotHere    Why = "not-here"       // this counter or officer does not do that service
	WhyElsewhere  Why = "sent-elsewhere" // it waits for one other counter or officer
	WhyLater      Why = "later"          // it waits for the next session
	WhyNotWaiting Why = "not-waiting"    // it does not wait at all
)

// Explanation says why one ticket is called and not another, so that a citizen
// and an inspector can check it. It is data; Key and Args give the sentence.
type Explanation struct {
	Code Why `json:"code"`
	// Ticket is the one that is called, Over the one it is compared with: of
	// all who might be called here, the longest in line.
	Ticket TicketID `json:"ticket,omitempty"`
	Over   TicketID `json:"over,omitempty"`
	// Class and Minutes are the head start; with WhyEarlier, Minutes is how
	// much earlier.
	Class   string `json:"class,omitempty"`
	Minutes int    `json:"minutes,omitempty"`
}

// Key is the key of the sentence.
func (e Explanation) Key() string { return "queue.why." + string(e.Code) }

// Args are the name, value pairs of the sentence.
func (e Explanation) Args(c Config, lang string) []string {
	class, _ := c.Class(e.Class)
	return []string{
		"ticket", e.Ticket.Label(), "over", e.Over.Label(),
		"class", class.Name.In(lang), "minutes", strconv.Itoa(e.Minutes),
	}
}

// Explain says whom a counter calls next and why not the one who has the
// longest been in line; WhyNobody when nobody waits for it.
func (s *State) Explain(counter string) Explanation {
	best, passed := s.choose(counter)
	return s.explain(best, passed)
}

// ExplainOver says why a counter does not call one particular ticket now; for
// the one who is next it says the same as Explain.
func (s *State) ExplainOver(counter string, id TicketID) Explanation {
	best, passed := s.choose(counter)
	t := s.Ticket(id)
	switch {
	case best.t != nil && best.t.ID == id:
		return s.explain(best, passed)
	case t == nil || t.Status() != Waiting:
		return Explanation{Code: WhyNotWaiting, Over: id}
	case !t.After.IsZero():
		return Explanation{Code: WhyLater, Over: id}
	}
	c, officer := s.serving(counter)
	l, _ := laneOf(t)
	order, ok := l.order(&c, officer)
	switch {
	case !ok && (l.counter != "" || l.officer != ""):
		return Explanation{Code: WhyElsewhere, Over: id}
	case !ok:
		return Explanation{Code: WhyNotHere, Over: id}
	}
	return s.explain(best, candidate{t, order})
}

// explain compares the one who is called with another.
func (s *State) explain(a, b candidate) Explanation {
	switch {
	case a.t == nil:
		return Explanation{Code: WhyNobody}
	case b.t == nil:
		return Explanation{Code: WhyAlone, Ticket: a.t.ID}
	}
	e := Explanation{Ticket: a.t.ID, Over: b.t.ID}
	switch {
	case a.order == b.order:
		s.explainTurn(&e, a.t, b.t)
	case a.order == 0:
		e.Code = WhyBack
	case a.order == 1 && a.t.ForOfficer != "":
		e.Code = WhyOfficer
	case a.order == 1:
		e.Code = WhySent
	default:
		e.Code = WhyTier
	}
	return e
}

// explainTurn compares two of the same tier.
func (s *State) explainTurn(e *Explanation, a, b *Ticket) {
	head := s.headStart(a.Class)
	switch {
	case a.Rank.Before(b.Rank):
		e.Code, e.Minutes = WhyEarlier, int(b.Rank.Sub(a.Rank)/time.Minute)
	case s.effective(a).Before(s.effective(b)):
		e.Code, e.Class, e.Minutes = WhyHeadStart, a.Class, int(head/time.Minute)
	default:
		e.Code = WhyIssue
	}
}
