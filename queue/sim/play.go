package sim

import (
	"container/heap"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Wait is what became of one visit.
type Wait struct {
	Ticket   queue.TicketID
	Service  string
	Class    string
	Arrived  time.Time
	Wait     time.Duration  // to the first call
	Served   bool           // was called at all
	Estimate queue.Estimate // what was promised
	Kept     bool           // the promise held
}

// Run plays days one after the other against one queue.
type Run struct{ hub *hub }

// NewRun begins with an empty journal. The seed is for the faults and for how
// quickly an idle officer looks up; the same seed and days play to the same
// bytes.
func NewRun(f Faults, seed uint64) *Run { return &Run{hub: newHub(f, seed)} }

// Count is what the run did so far.
func (r *Run) Count() Count { return r.hub.count }

// State is the queue as it is now; not to be changed.
func (r *Run) State() *queue.State { return r.hub.state }

// Watch lets f follow the journal from here on, record by record.
func (r *Run) Watch(f func(e queue.Event, at time.Time, seq uint64, by chain.Actor)) { r.hub.watch = f }

// Play plays a day and tells what became of every visit that got a number. The
// error names the first thing that was not as it must be.
func (r *Run) Play(d Day) ([]Wait, error) {
	p := &player{hub: r.hub, day: d, visits: map[queue.TicketID]*visitor{}, seats: map[string]*post{}}
	if err := p.configure(); err != nil {
		return nil, err
	}
	for i := range d.Visits {
		v := &visitor{Visit: d.Visits[i]}
		p.plan(v.At, func() { p.arrive(v) })
	}
	for i := range d.Shifts {
		s := &d.Shifts[i]
		p.plan(s.From, func() { p.sit(s) })
	}
	p.plan(d.Closes, p.close)
	for p.err == nil && len(p.agenda) > 0 && !p.over {
		m := heap.Pop(&p.agenda).(moment)
		p.now = m.at
		m.do()
	}
	if p.err == nil {
		p.err = r.hub.endDay()
	}
	if len(d.Visits) > 0 && len(p.order) == 0 {
		r.hub.count.Lost++
	}
	return p.waits(), p.err
}

// moment is something that will happen.
type moment struct {
	at time.Time
	n  int // order of planning, for ties
	do func()
}

type agenda []moment

func (a agenda) Len() int      { return len(a) }
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(moment)) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].n < a[j].n
}

func (a *agenda) Pop() any {
	old := *a
	m := old[len(old)-1]
	*a = old[:len(old)-1]
	return m
}

// player plays one day.
type player struct {
	hub    *hub
	day    Day
	agenda agenda
	plans  int
	now    time.Time
	visits map[queue.TicketID]*visitor
	order  []queue.TicketID
	seats  map[string]*post
	over   bool
	err    error
}

// visitor is a person in the office.
type visitor struct {
	Visit
	ticket queue.TicketID
	leg    int
	missed bool
	tries  int
	wait   Wait
	called bool
}

// post is an officer at a counter.
type post struct {
	by    chain.Actor
	shift *Shift
	// idle: nobody was waiting; woken: about to call.
	idle, woken bool
	breaks      int
	away        bool
}

func (p *player) plan(at time.Time, do func()) {
	p.plans++
	heap.Push(&p.agenda, moment{at, p.plans, do})
}

func (p *player) in(d time.Duration, do func()) { p.plan(p.now.Add(d), do) }

// do carries a command out; a refusal is an answer like any other.
func (p *player) do(c queue.Command, by chain.Actor) ([]queue.Event, bool) {
	events, err := p.hub.do(c, by, p.now)
	if p.hub.check.err != nil {
		p.err = p.hub.check.err
	}
	return events, err == nil
}

func (p *player) configure() error {
	if at := queue.Local(p.day.Closes); len(p.day.Visits) > 0 {
		p.now = p.day.Visits[0].At
	} else {
		p.now = at
	}
	for _, s := range p.day.Shifts {
		if s.From.Before(p.now) {
			p.now = s.From
		}
	}
	_, err := p.hub.do(queue.Configure{Config: p.day.Config}, chain.Actor{Device: "setup"}, p.now)
	return err
}

// arrive takes a number. Somebody who is sent away by a wrong clock tries again
// a little later.
func (p *player) arrive(v *visitor) {
	by := chain.Actor{Device: v.Kiosk}
	events, ok := p.do(queue.IssueTicket{Service: v.Service, Class: v.Class, Dossiers: v.Dossiers}, by)
	if !ok {
		if v.tries++; v.tries <= 3 && (p.hub.faults != Faults{}) {
			p.hub.count.Reissued++
			p.in(10*time.Minute, func() { p.arrive(v) })
		}
		return
	}
	for _, e := range events {
		if issued, is := e.(queue.TicketIssued); is {
			p.hub.count.Tickets++
			v.ticket = issued.Ticket
			v.wait = Wait{Ticket: issued.Ticket, Service: v.Service, Class: v.Class, Arrived: p.now, Estimate: issued.Estimate}
			p.visits[v.ticket] = v
			p.order = append(p.order, v.ticket)
		}
	}
	if v.GivesUp > 0 {
		p.in(v.GivesUp, func() {
			if t := p.hub.state.Ticket(v.ticket); t != nil && t.Status() == queue.Waiting && !v.called {
				p.do(queue.VoidTicket{Ticket: v.ticket, Reason: "bỏ về"}, by)
			}
		})
	}
	p.wake(v.Service)
}

// wake lets the idle counters of a service ("" any) that have somebody now call
// soon: one more of them than people wait, so that two press for the same person
// now and then.
func (p *player) wake(service string) {
	woken, waiting := 0, p.hub.state.Waiting(service)
	for i := range p.day.Config.Counters {
		c := &p.day.Config.Counters[i]
		o := p.seats[c.ID]
		if o == nil || !o.idle || o.woken || o.away {
			continue
		}
		if woken > waiting {
			return
		}
		if _, serves := c.Serves(service); !serves && service != "" {
			continue
		}
		if t, _ := p.hub.state.Next(c.ID); t == nil {
			continue
		}
		o.woken = true
		woken++
		p.in(p.hub.d.seconds(3, 15), func() { o.woken = false; p.ready(o) })
	}
}

// sit begins a shift.
func (p *player) sit(s *Shift) {
	o := &post{by: chain.Actor{Device: "counter-" + s.Counter, Officer: s.Officer, Counter: s.Counter}, shift: s}
	p.seats[s.Counter] = o
	if _, ok := p.do(queue.OpenCounter{}, o.by); !ok {
		delete(p.seats, s.Counter)
		return
	}
	p.plan(s.To, func() { p.leave(o) })
	for _, b := range s.Breaks {
		p.plan(b.From, func() { p.pause(o) })
	}
	p.ready(o)
}

// leave and pause only matter to an idle officer; a busy one sees the time
// after the citizen has gone.
func (p *player) leave(o *post) {
	if o.idle && !o.woken {
		p.ready(o)
	}
}

func (p *player) pause(o *post) {
	if o.idle && !o.woken {
		p.ready(o)
	}
}

// ready is an officer with nobody at the counter: a break that is due, the end
// of the shift, or the next ticket.
func (p *player) ready(o *post) {
	if p.seats[o.by.Counter] != o || o.away {
		return
	}
	o.idle = false
	if o.breaks < len(o.shift.Breaks) && !p.now.Before(o.shift.Breaks[o.breaks].From) {
		b := o.shift.Breaks[o.breaks]
		o.breaks++
		if _, ok := p.do(queue.PauseCounter{Reason: b.Reason}, o.by); ok {
			o.away = true
			p.wake("") // what was put aside here goes back in line
			p.in(b.To.Sub(b.From), func() {
				o.away = false
				p.do(queue.OpenCounter{}, o.by)
				p.ready(o)
			})
			return
		}
	}
	if late := p.now.Sub(o.shift.To); late >= 0 {
		if next, _ := p.hub.state.Next(o.by.Counter); next == nil || late >= o.shift.Stays {
			p.do(queue.CloseCounter{}, o.by)
			delete(p.seats, o.by.Counter)
			p.wake("")
			return
		}
	}
	events, ok := p.do(queue.CallNext{}, o.by)
	for _, e := range events {
		if called, is := e.(queue.TicketCalled); is {
			p.answer(o, called.Ticket)
			return
		}
	}
	o.idle = true
	if !ok && p.hub.mend > 0 { // the clock is wrong; look again
		p.in(5*time.Minute, func() {
			if o.idle && !o.woken {
				p.ready(o)
			}
		})
	}
}

// answer is a person who was called: comes, or does not.
func (p *player) answer(o *post, id queue.TicketID) {
	v := p.visits[id]
	if v == nil {
		p.in(time.Minute, func() { p.end(o, nil, Leg{}) })
		return
	}
	if !v.called {
		v.called = true
		v.wait.Wait, v.wait.Served = p.now.Sub(v.At), true
		if t := p.hub.state.Ticket(id); t != nil {
			v.wait.Wait = t.FirstCall.Sub(t.Arrived)
		}
		v.wait.Kept = v.wait.Estimate.Holds(v.wait.Wait)
	}
	if v.Misses && !v.missed {
		v.missed = true
		p.miss(o, v)
		return
	}
	leg := v.Legs[min(v.leg, len(v.Legs)-1)]
	if v.leg >= len(v.Legs) {
		leg.End = Finished
	}
	v.leg++
	p.in(leg.Walk, func() {
		p.do(queue.StartService{}, o.by)
		p.in(leg.Work, func() { p.end(o, v, leg) })
	})
}

// miss calls once more, then gives up.
func (p *player) miss(o *post, v *visitor) {
	pause := time.Duration(p.day.Config.RecallPause+3) * time.Second
	p.in(pause, func() {
		p.do(queue.Recall{}, o.by)
		p.in(pause, func() {
			p.do(queue.MarkAbsent{}, o.by)
			if v.Back > 0 {
				p.in(v.Back, func() {
					p.do(queue.ReturnTicket{Ticket: v.ticket}, chain.Actor{Device: v.Kiosk})
					p.wake("")
				})
			}
			p.in(5*time.Second, func() { p.ready(o) })
		})
	})
}

// end is the end of a stay.
func (p *player) end(o *post, v *visitor, leg Leg) {
	switch {
	case v != nil && leg.End == Transferred:
		if _, ok := p.do(queue.TransferTicket{Service: leg.Service, Counter: leg.Counter}, o.by); !ok {
			p.do(queue.FinishTicket{}, o.by)
		}
		p.wake("")
	case v != nil && leg.End == PutAside:
		p.do(queue.HoldTicket{Reason: "bổ sung giấy tờ"}, o.by)
		p.in(leg.Aside, func() { p.backFrom(o, v) })
	default:
		p.do(queue.FinishTicket{}, o.by)
	}
	p.in(leg.Wrap, func() { p.ready(o) })
}

// backFrom is a held ticket whose person is back: the officer calls it as soon
// as the counter is free.
func (p *player) backFrom(o *post, v *visitor) {
	t := p.hub.state.Ticket(v.ticket)
	if p.over || t == nil || t.Status() != queue.Held || p.seats[o.by.Counter] != o {
		return
	}
	if d := p.hub.state.Counters[o.by.Counter]; d == nil || d.Ticket != "" || o.away || o.woken {
		p.in(30*time.Second, func() { p.backFrom(o, v) })
		return
	}
	if _, ok := p.do(queue.CallTicket{Ticket: v.ticket}, o.by); ok {
		o.idle = false
		p.answer(o, v.ticket)
	}
}

// close ends the day: who is still at a counter is let finish on paper.
func (p *player) close() {
	p.do(queue.CloseDay{}, chain.Actor{Device: "setup"})
	for _, c := range p.day.Config.Counters {
		if o := p.seats[c.ID]; o != nil {
			p.do(queue.CloseCounter{}, o.by)
		}
	}
	p.over = true
}

func (p *player) waits() []Wait {
	list := make([]Wait, 0, len(p.order))
	for _, id := range p.order {
		list = append(list, p.visits[id].wait)
	}
	return list
}
