package audit

import (
	"iter"
	"math"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/replay"
)

// call judges one call against the state that it was made in.
func (f *Fold) call(s replay.Step, e queue.TicketCalled) {
	f.report.Calls++
	if s.Elsewhere != nil {
		f.report.Elsewhere++ // this line is not the one that was seen there
		return
	}
	state, t := f.play.State, s.Before
	f.place(s, e)
	switch {
	case e.Why == queue.ByHand:
		f.report.ByHand++
		return
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
			f.told(s, e, state.Explain(e.Counter))
		}
		return
	case e.Chosen && e.Why != "":
		f.report.Chosen++
		if because := e.Because; next != nil && because.Over != "" && e.Why != queue.ByHand {
			because.Over = next.ID
			f.told(s, e, because)
		}
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

// told checks that the reason that was recorded, and told to the officer, is the
// rule's. Records without one are of an earlier version.
func (f *Fold) told(s replay.Step, e queue.TicketCalled, because queue.Explanation) {
	if e.Because.Code != "" && e.Because != because && (!e.Chosen || e.Because.Code == queue.WhyChosen) {
		f.fault(s, BecauseFalse, Fault{Counter: e.Counter, Other: because.Over})
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
	for r := range f.rivals(s.Before, e) {
		if r.sooner {
			c.Passed++
		}
	}
	return c
}

// compare works out, from the tickets that waited and nothing else, that
// nobody was passed who may not be, and keeps the longest pass there was.
func (f *Fold) compare(s replay.Step, e queue.TicketCalled) {
	var wronged *queue.Ticket
	for r := range f.rivals(s.Before, e) {
		if r.sooner && (wronged == nil || r.t.Seq < wronged.Seq) {
			wronged = r.t
		}
		if r.level {
			f.pass(r.t, s.Before)
		}
	}
	if wronged != nil {
		f.fault(s, BoundBroken, Fault{Counter: e.Counter, Other: wronged.ID})
	}
}

// rival is another ticket that waited for the same counter. sooner: the rule
// calls it first. level: nothing but their effective arrivals decides.
type rival struct {
	t             *queue.Ticket
	sooner, level bool
}

// rivals are all who might have been called instead of t, by the rule as it is
// written and without its shortcuts: an earlier turn comes first, then the
// smaller effective arrival. Where t itself may not be called here, everybody
// comes first.
func (f *Fold) rivals(t *queue.Ticket, e queue.TicketCalled) iter.Seq[rival] {
	state := f.play.State
	c, known := state.Config.Counter(e.Counter)
	officer, _ := state.Config.Officer(e.Officer)
	here := desk{counter: c, officer: officer}
	heads := map[string]time.Duration{}
	effective := func(t *queue.Ticket) time.Time {
		h, known := heads[t.Class]
		if !known {
			h = state.Config.HeadStart(t.Class)
			heads[t.Class] = h
		}
		return t.Rank.Add(-h)
	}
	mine, able := here.turn(t)
	if !able {
		mine = math.MaxInt
	}
	arrived := effective(t)
	return func(yield func(rival) bool) {
		for id := range f.waiting {
			p := state.Ticket(id)
			if p == nil || id == t.ID || !known {
				continue
			}
			turn, able := here.turn(p)
			if !able {
				continue
			}
			r := rival{t: p, level: turn == mine}
			r.sooner = turn < mine || r.level && effective(p).Before(arrived)
			if !yield(r) {
				return
			}
		}
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
