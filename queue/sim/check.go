package sim

import (
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// checker holds every event against what must always be so. It keeps books of
// its own, in the simplest way there is, so that a mistake of the queue is not
// believed.
type checker struct {
	h       *hub
	err     error
	given   map[queue.TicketID]bool      // ever
	waiting map[queue.TicketID]bool      // today
	holder  map[queue.TicketID]string    // open at a counter
	open    map[string]queue.TicketID    // the other way round
	started map[queue.TicketID]time.Time // a start that has no end yet
	calls   int                          // by the rule
	chosen  int                          // by hand
}

func newChecker(h *hub) *checker {
	c := &checker{h: h, given: map[queue.TicketID]bool{}}
	c.newDay()
	return c
}

func (c *checker) newDay() {
	c.waiting, c.holder = map[queue.TicketID]bool{}, map[queue.TicketID]string{}
	c.open, c.started = map[string]queue.TicketID{}, map[queue.TicketID]time.Time{}
}

// fault remembers the first thing that is wrong and says when it was.
func (c *checker) fault(format string, args ...any) error {
	if c.err == nil {
		c.err = fmt.Errorf("after %d commands, on %s, record %d: %s", c.h.count.Commands, c.h.state.Day, c.h.seq, fmt.Sprintf(format, args...))
	}
	return c.err
}

// before looks at an event while the state is still the old one.
func (c *checker) before(e queue.Event, _ chain.Actor, _ time.Time) {
	switch e := e.(type) {
	case queue.DayOpened:
		if len(c.holder) > 0 || len(c.started) > 0 {
			_ = c.fault("the day begins with %d open tickets", len(c.holder))
		}
		c.newDay()
	case queue.TicketIssued:
		if c.given[e.Ticket] {
			_ = c.fault("%s is given twice", e.Ticket)
		}
		c.given[e.Ticket], c.waiting[e.Ticket] = true, true
	case queue.TicketCalled:
		c.call(e)
	case queue.TicketStarted:
		if _, twice := c.started[e.Ticket]; twice || c.holder[e.Ticket] == "" {
			_ = c.fault("%s starts twice, or at no counter", e.Ticket)
		}
		c.started[e.Ticket] = time.Time{}
	case queue.TicketFinished:
		c.release(e.Ticket, true)
	case queue.TicketMissed:
		c.release(e.Ticket, true)
	case queue.TicketHeld:
		c.release(e.Ticket, true)
	case queue.TicketTransferred:
		c.release(e.Ticket, true)
		c.waiting[e.Ticket] = true
	case queue.TicketReturned:
		c.waiting[e.Ticket] = true
	case queue.TicketClosed:
		c.release(e.Ticket, false)
		delete(c.waiting, e.Ticket)
	}
}

// release ends a stay at a counter: every start has one end.
func (c *checker) release(id queue.TicketID, must bool) {
	counter, held := c.holder[id]
	if must && !held {
		_ = c.fault("%s ends at no counter", id)
	}
	delete(c.holder, id)
	delete(c.open, counter)
	delete(c.started, id)
}

// call checks a call: one open ticket a counter, one counter a ticket, and the
// order rule, with the line looked through from end to end.
func (c *checker) call(e queue.TicketCalled) {
	s := c.h.state
	c.h.count.Calls++
	if other, busy := c.open[e.Counter]; busy {
		_ = c.fault("counter %s calls %s and has %s open", e.Counter, e.Ticket, other)
	}
	if other, taken := c.holder[e.Ticket]; taken {
		_ = c.fault("%s is called to %s and is at %s", e.Ticket, e.Counter, other)
	}
	t := s.Ticket(e.Ticket)
	if t == nil {
		_ = c.fault("%s is called and not known", e.Ticket)
		return
	}
	counter, _ := s.Config.Counter(e.Counter)
	tier, serves := counter.Serves(t.Service)
	switch {
	case e.Chosen:
		c.chosen++
	case e.Why == "rule" && c.waiting[e.Ticket]:
		c.calls++
		if !serves {
			_ = c.fault("%s is called to %s, which does not serve %s", e.Ticket, e.Counter, t.Service)
		}
		for id := range c.waiting {
			o := s.Ticket(id)
			if at, ok := counter.Serves(o.Service); id == t.ID || o.For != "" || !ok || at > tier {
				continue
			} else if at < tier || sooner(s.Config, o, t) {
				_ = c.fault("%s is called to %s although %s is before it", t.ID, e.Counter, o.ID)
			}
		}
	}
	delete(c.waiting, e.Ticket)
	c.holder[e.Ticket], c.open[e.Counter] = e.Counter, e.Ticket
}

// sooner is the order rule: the smaller arrival minus head start, then the
// earlier number.
func sooner(c queue.Config, a, b *queue.Ticket) bool {
	x, y := a.Rank.Add(-c.HeadStart(a.Class)), b.Rank.Add(-c.HeadStart(b.Class))
	return x.Before(y) || x.Equal(y) && a.Seq < b.Seq
}

// after looks at what an event made of the state.
func (c *checker) after(e queue.Event, wall time.Time) {
	s := c.h.state
	for id, ticket := range c.open {
		if d := s.Counters[id]; d == nil || d.Ticket != ticket {
			_ = c.fault("counter %s does not show its open ticket %s", id, ticket)
		}
	}
	called, ok := e.(queue.TicketCalled)
	if !ok {
		return
	}
	t := s.Ticket(called.Ticket)
	if t == nil {
		return
	}
	if t.Wait(s.Logical(wall)) < 0 || t.FirstCall.Before(t.Arrived) {
		_ = c.fault("%s waits %v", t.ID, t.FirstCall.Sub(t.Arrived))
	}
	for i := 1; i < len(t.History); i++ {
		if t.History[i].From.Before(t.History[i-1].From) {
			_ = c.fault("%s: interval %d begins before the one before it", t.ID, i)
		}
	}
}
