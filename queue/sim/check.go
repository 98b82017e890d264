package sim

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// checker holds every event against what must always be so. It keeps books of
// its own, in the simplest way that is quick enough, so that a mistake of the
// queue is not believed.
type checker struct {
	h       *hub
	err     error
	given   map[queue.TicketID]bool   // ever
	waiting map[queue.TicketID]place  // today
	lines   map[string][]place        // by service, in the order of the rule
	holder  map[queue.TicketID]string // open at a counter
	open    map[string]queue.TicketID // the other way round
	started map[queue.TicketID]bool   // a start that has no end yet
	touched []string                  // counters that the event is about
	calls   int                       // by the rule
	chosen  int                       // by hand
}

// place is where somebody stands in a line: arrival minus head start, then the
// order of the numbers.
type place struct {
	since   time.Time
	seq     uint64
	id      queue.TicketID
	service string // "" for who was sent to a counter and stands in no line
}

// compare is the order rule.
func (p place) compare(q place) int {
	return cmp.Or(p.since.Compare(q.since), cmp.Compare(p.seq, q.seq))
}

func newChecker(h *hub) *checker {
	c := &checker{h: h, given: map[queue.TicketID]bool{}}
	c.newDay()
	return c
}

func (c *checker) newDay() {
	c.waiting, c.lines = map[queue.TicketID]place{}, map[string][]place{}
	c.holder, c.open, c.started = map[queue.TicketID]string{}, map[string]queue.TicketID{}, map[queue.TicketID]bool{}
}

// join puts a ticket in line as the state has it now.
func (c *checker) join(id queue.TicketID) {
	c.part(id)
	t := c.h.state.Ticket(id)
	if t == nil {
		return
	}
	p := place{since: t.Rank.Add(-c.h.state.Config.HeadStart(t.Class)), seq: t.Seq, id: id, service: t.Service}
	if t.For != "" {
		p.service = ""
	}
	c.waiting[id] = p
	line := c.lines[p.service]
	at, _ := slices.BinarySearchFunc(line, p, place.compare)
	c.lines[p.service] = slices.Insert(line, at, p)
}

// part takes a ticket out of line.
func (c *checker) part(id queue.TicketID) {
	p, waits := c.waiting[id]
	if !waits {
		return
	}
	line := c.lines[p.service]
	at, _ := slices.BinarySearchFunc(line, p, place.compare)
	c.lines[p.service] = slices.Delete(line, at, at+1)
	delete(c.waiting, id)
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
		c.given[e.Ticket] = true
	case queue.TicketCalled:
		c.call(e)
	case queue.TicketStarted:
		if c.started[e.Ticket] || c.holder[e.Ticket] == "" {
			_ = c.fault("%s starts twice, or at no counter", e.Ticket)
		}
		c.started[e.Ticket] = true
	case queue.TicketFinished:
		c.release(e.Ticket, true)
	case queue.TicketMissed:
		c.release(e.Ticket, true)
	case queue.TicketHeld:
		c.release(e.Ticket, true)
	case queue.TicketTransferred:
		c.release(e.Ticket, true)
	case queue.TicketClosed:
		c.release(e.Ticket, false)
		c.part(e.Ticket)
	}
}

// release ends a stay at a counter: every start has one end.
func (c *checker) release(id queue.TicketID, must bool) {
	counter, held := c.holder[id]
	if must && !held {
		_ = c.fault("%s ends at no counter", id)
	}
	if held {
		c.touched = append(c.touched, counter)
	}
	delete(c.holder, id)
	delete(c.open, counter)
	delete(c.started, id)
}

// call checks a call: one open ticket a counter, one counter a ticket, and the
// order rule.
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
	mine, waits := c.waiting[e.Ticket]
	switch {
	case e.Chosen:
		c.chosen++
	case e.Why == "rule" && waits:
		c.calls++
		c.turn(e.Counter, mine)
	}
	c.part(e.Ticket)
	c.touched = append(c.touched, e.Counter)
	c.holder[e.Ticket], c.open[e.Counter] = e.Counter, e.Ticket
}

// turn is the order rule: nobody in a better tier, and in the same one nobody
// who is sooner. The first of each line stands for those behind.
func (c *checker) turn(counter string, mine place) {
	k, _ := c.h.state.Config.Counter(counter)
	tier, serves := k.Serves(mine.service)
	if !serves {
		_ = c.fault("%s is called to %s, which does not serve %s", mine.id, counter, mine.service)
		return
	}
	for at, services := range k.Tiers[:tier+1] {
		for _, service := range services {
			if line := c.lines[service]; len(line) > 0 && (at < tier || line[0].compare(mine) < 0) {
				_ = c.fault("%s is called to %s although %s is before it", mine.id, counter, line[0].id)
			}
		}
	}
}

// all is how many events apart every counter is looked at.
const all = 512

// after looks at what an event made of the state.
func (c *checker) after(e queue.Event, wall time.Time) {
	s := c.h.state
	switch e := e.(type) {
	case queue.TicketIssued:
		c.join(e.Ticket)
	case queue.TicketTransferred:
		c.join(e.Ticket)
	case queue.TicketReturned:
		c.join(e.Ticket)
	case queue.Configured: // other head starts
		for id := range maps.Clone(c.waiting) {
			c.join(id)
		}
	}
	if c.h.count.Events%all == 0 {
		c.touched = slices.AppendSeq(c.touched, maps.Keys(s.Counters))
	}
	for _, id := range c.touched {
		if d := s.Counters[id]; d == nil || d.Ticket != c.open[id] {
			_ = c.fault("counter %s does not show its open ticket %s", id, c.open[id])
		}
	}
	c.touched = c.touched[:0]
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
