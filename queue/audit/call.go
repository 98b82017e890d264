package audit

import (
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/replay"
)

// call judges one call against the state that it was made in.
func (f *Fold) call(s replay.Step, e queue.TicketCalled) {
	f.report.Calls++
	state, t := f.play.State, s.Before
	f.place(s, e)
	switch {
	case t.Status() == queue.Held && t.Counter == e.Counter:
		f.report.Resumed++
		return
	case t.Status() != queue.Waiting && !t.Status().Open():
		f.fault(s, NotInLine, Fault{Counter: e.Counter})
	}
	next, _ := state.Next(e.Counter)
	first := next != nil && next.ID == e.Ticket
	switch {
	case first || f.before.holds(s.Record.Seq, e):
		f.report.ByRule++
		if first {
			f.compare(s, e)
		}
		return
	case e.Chosen && e.Why != "":
		f.report.Chosen++
		if len(f.report.ChosenCalls) < listed {
			f.report.ChosenCalls = append(f.report.ChosenCalls, f.describe(s, e, next))
		}
		return
	}
	f.report.Unexplained++
	if len(f.report.UnexplainedCalls) < listed {
		f.report.UnexplainedCalls = append(f.report.UnexplainedCalls, f.describe(s, e, next))
	}
}

// place checks that ticket and counter are free for each other.
func (f *Fold) place(s replay.Step, e queue.TicketCalled) {
	desk := f.play.State.Counters[e.Counter]
	switch {
	case desk == nil || !desk.Working() || desk.Officer != e.Officer:
		f.fault(s, CounterNotOpen, Fault{Counter: e.Counter})
	case desk.Ticket != "":
		f.fault(s, CounterHasTwo, Fault{Counter: e.Counter, Other: desk.Ticket})
	}
	if s.Before.Status().Open() {
		f.fault(s, TwoCounters, Fault{Counter: s.Before.Counter})
	}
}

func (f *Fold) describe(s replay.Step, e queue.TicketCalled, next *queue.Ticket) Call {
	state := f.play.State
	c := Call{
		Seq: s.Record.Seq, At: s.Record.At, Day: s.Day,
		Ticket: e.Ticket, Counter: e.Counter, Officer: e.Officer, config: state.Config,
	}
	if e.Chosen {
		c.Reason = e.Why
	}
	if next == nil {
		return c
	}
	c.Instead, c.Because = next.ID, state.ExplainOver(e.Counter, e.Ticket)
	line := state.CounterQueue(e.Counter)
	line = slices.DeleteFunc(line, func(t *queue.Ticket) bool { return !t.After.IsZero() })
	if c.Passed = slices.IndexFunc(line, func(t *queue.Ticket) bool { return t.ID == e.Ticket }); c.Passed < 0 {
		c.Passed = len(line) // it did not stand in this line at all
	}
	return c
}

// compare works out, from the tickets that waited and nothing else, that
// nobody was passed who may not be: no ticket of an earlier tier, none of the
// same tier with a smaller effective arrival. Who was sent to the counter or
// its officer comes before all of them, and who returns from a detour first.
func (f *Fold) compare(s replay.Step, e queue.TicketCalled) {
	c, ok := f.play.State.Config.Counter(e.Counter)
	if !ok {
		return
	}
	officer, _ := f.play.State.Config.Officer(e.Officer)
	here := desk{counter: c, officer: officer}
	mine, able := here.turn(s.Before)
	if !able {
		f.fault(s, BoundBroken, Fault{Counter: e.Counter})
		return
	}
	config := &f.play.State.Config
	heads := map[string]time.Duration{}
	effective := func(t *queue.Ticket) time.Time {
		h, known := heads[t.Class]
		if !known {
			h = config.HeadStart(t.Class)
			heads[t.Class] = h
		}
		return t.Rank.Add(-h)
	}
	arrived := effective(s.Before)
	var wronged *queue.Ticket
	for id := range f.waiting {
		p := f.play.State.Ticket(id)
		if p == nil || id == e.Ticket {
			continue
		}
		turn, able := here.turn(p)
		if !able {
			continue
		}
		if turn < mine || turn == mine && effective(p).Before(arrived) {
			if wronged == nil || p.Seq < wronged.Seq {
				wronged = p
			}
		}
		if turn == mine {
			f.pass(p, s.Before)
		}
	}
	if wronged != nil {
		f.fault(s, BoundBroken, Fault{Counter: e.Counter, Other: wronged.ID})
	}
}

// pass keeps the longest pass; of equal ones, that of the older ticket.
func (f *Fold) pass(passed, by *queue.Ticket) {
	longest := &f.report.Longest
	gap := int(by.Rank.Sub(passed.Rank) / time.Second)
	if gap > longest.Seconds || gap > 0 && gap == longest.Seconds && by.ID == longest.By && passed.ID < longest.Ticket {
		*longest = Pass{Ticket: passed.ID, By: by.ID, Seconds: gap}
	}
}

// desk is an officer at a counter.
type desk struct {
	counter queue.Counter
	officer queue.Officer
}

// turn says in which turn of the rule a waiting ticket stands here: 0 back
// from a detour, 1 sent here, 2 and on the counter's tiers. able is false when
// it may not be called here.
func (d desk) turn(t *queue.Ticket) (turn int, able bool) {
	switch {
	case !t.After.IsZero():
		return 0, false
	case t.For != "" && t.Back:
		return 0, t.For == d.counter.ID
	case t.For != "":
		return 1, t.For == d.counter.ID
	case t.ForOfficer != "":
		return 1, t.ForOfficer == d.officer.ID
	case len(d.officer.Services) > 0 && !slices.Contains(d.officer.Services, t.Service):
		return 0, false
	}
	tier, able := d.counter.Serves(t.Service)
	return 2 + tier, able
}
