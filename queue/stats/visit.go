package stats

import (
	"time"

	"motcua/queue"
	"motcua/queue/replay"
)

// visit is what the count remembers of a ticket between two records.
type visit struct {
	home  []*group // the groups that own the ticket
	stand ends
	// from is when the wait begins: the arrival or, with later, the session
	// that the number was taken for. Such a number was promised nothing.
	from  time.Time
	later bool
	// missed are the counter and officer whose absence it is while it is one.
	missed []*group
	leg    int // 0 is the first
	busy   time.Duration
	// since is when the present leg began to wait; zero once it was called.
	since time.Time
	rated bool
	// leapt is how far the clock had jumped ahead on this day when the wait, the
	// present interval and the present leg's wait began (Fold.leap).
	leapt leaps
}

type leaps struct{ from, interval, leg time.Duration }

// arrive counts a new ticket in the groups that own it.
func (f *Fold) arrive(s replay.Step) *visit {
	t := s.After
	v := &visit{from: t.Arrived, leapt: leaps{f.leap, f.leap, f.leap}, home: []*group{
		&f.total, grow(f.days, s.Day), grow(f.hours, hourOf(t.Arrived)),
		grow(f.services, t.Service), grow(f.classes, t.Class),
	}}
	if t.After.After(v.from) {
		v.from, v.later = t.After, true
	}
	for _, g := range v.home {
		g.Issued++
		g.Open++
	}
	if t.Status() != queue.Waiting { // a number that nobody holds
		f.stand(v, t, t)
	}
	return v
}

// cut counts what other places did.
func (f *Fold) cut(s replay.Step) {
	if _, found := s.Event.(queue.AnomalyFound); found && s.Elsewhere == nil {
		f.elsewhere.Conflicts++
	}
	if s.Elsewhere == nil {
		return
	}
	f.elsewhere.Records++
	if s.Elsewhere.Twice {
		f.elsewhere.Kept++
	}
	issued, ok := s.Elsewhere.Event.(queue.TicketIssued)
	switch {
	case !ok:
	case !s.Elsewhere.Twice:
		f.elsewhere.Tickets++
	case s.Elsewhere.Why == queue.WhyOtherDay && issued.Ticket != "":
		f.elsewhere.Late++
	}
}

// known counts the wait of a number that was served before the record came here
// which says when it was given.
func (f *Fold) known(v *visit, b, a *queue.Ticket) {
	if !b.Adopted || a.Adopted {
		return
	}
	v.from = a.Arrived
	if a.FirstCall.IsZero() {
		return
	}
	for _, g := range v.home {
		g.waited(max(0, a.FirstCall.Sub(a.Arrived)), f.opt.Target)
	}
}

// at are the groups of who did it.
func (f *Fold) at(counter, officer string) []*group {
	var list []*group
	if counter != "" {
		list = append(list, grow(f.counters, counter))
	}
	if officer != "" {
		list = append(list, grow(f.officers, officer))
	}
	return list
}

// there are the groups of one leg: the house, the day, the hour and the class
// of the ticket, the service and the counter of the leg.
func (f *Fold) there(v *visit, service, counter, officer string) []*group {
	list := []*group{v.home[0], v.home[1], v.home[2], v.home[4], grow(f.services, service)}
	return append(list, f.at(counter, officer)...)
}

// note counts what is said about a ticket without moving it, and what only the
// event tells.
func (f *Fold) note(v *visit, s replay.Step) {
	all := func(groups []*group, count func(*group)) {
		for _, g := range groups {
			count(g)
		}
	}
	now := f.there(v, s.After.Service, s.After.Counter, s.After.Officer)
	switch e := s.Event.(type) {
	case queue.TicketRecalled:
		all(now, func(g *group) { g.Recalls++ })
	case queue.TicketIssued:
		f.known(v, s.Before, s.After)
	case queue.TicketCalled:
		switch {
		case e.Why == queue.ByHand:
			all(now, func(g *group) { g.ByHand++ })
		case e.Chosen:
			all(now, func(g *group) { g.Chosen++ })
		}
	case queue.TicketFinished:
		if e.Auto {
			all(now, func(g *group) { g.AutoDone++ })
		}
	case queue.TicketRated:
		if v.rated || e.Level < 1 || e.Level > 5 {
			return
		}
		v.rated = true
		all(v.home, func(g *group) {
			g.Ratings.Levels[e.Level]++
			g.Ratings.N++
		})
	}
}

// move counts the interval that ended, and where the ticket stands now.
func (f *Fold) move(v *visit, s replay.Step) {
	b, a := s.Before, s.After
	spent := max(0, a.Since().Sub(b.Since())-(f.leap-v.leapt.interval))
	v.leapt.interval = f.leap
	groups := f.there(v, b.Service, b.Counter, b.Officer)
	switch {
	case a.Status() == queue.Called:
		f.called(v, b, a)
	case a.Status() == queue.NotServed && b.Status().Open():
		// Nobody knows when the citizen left: that is no service time.
	case b.Status() == queue.Serving, b.Status() == queue.Called && a.Status() == queue.Done:
		v.busy += spent
		for _, g := range groups {
			g.Busy += seconds(spent)
		}
	}
	switch {
	case a.Status() == queue.Done:
		v.served(groups)
	case a.Status() == queue.Waiting && (b.Status().Open() || b.Status() == queue.Done):
		for _, g := range groups {
			g.Transferred++
		}
		v.leg, v.busy, v.since = v.leg+1, 0, a.Since()
		v.leapt.leg = f.leap
	}
	f.stand(v, b, a)
}

// called counts a first call, or the first call of a later leg.
func (f *Fold) called(v *visit, b, a *queue.Ticket) {
	switch {
	case b.FirstCall.IsZero():
		groups := append(f.at(a.Counter, a.Officer), v.home...)
		for _, g := range groups {
			wait := max(0, a.FirstCall.Sub(v.from)-(f.leap-v.leapt.from))
			g.Called++
			if a.Adopted {
				continue // nobody knows yet when it was given
			}
			g.waited(wait, f.opt.Target)
			if !v.later {
				g.promised(wait, a.Estimate)
			}
		}
	case v.leg > 0 && !v.since.IsZero():
		for _, g := range f.there(v, b.Service, a.Counter, a.Officer) {
			g.Later.Legs++
			g.laterWaits = append(g.laterWaits, seconds(a.Since().Sub(v.since)-(f.leap-v.leapt.leg)))
		}
		v.since = time.Time{}
	}
}

// served counts a finished leg's service time.
func (v *visit) served(groups []*group) {
	for _, g := range groups {
		if v.leg == 0 {
			g.services = append(g.services, seconds(v.busy))
		} else {
			g.laterServices = append(g.laterServices, seconds(v.busy))
		}
	}
	v.busy = 0
}

// stand keeps each ticket in exactly one place of the count.
func (f *Fold) stand(v *visit, b, a *queue.Ticket) {
	to := isOpen
	switch a.Status() {
	case queue.Done:
		to = isDone
	case queue.Absent:
		to = isAbsent
	case queue.Void:
		to = isVoid
	case queue.NotServed:
		switch {
		case b.Status() == queue.Absent:
			return // absent it stays
		case b.Status().Open():
			to = isForced
		default:
			to = isNotServed
		}
	}
	if v.stand == isAbsent {
		for _, g := range v.missed {
			g.Absent--
		}
		v.missed = nil
	}
	for _, g := range v.home {
		*g.at(v.stand)--
		*g.at(to)++
	}
	v.stand = to
	if to == isOpen || to == isVoid {
		return
	}
	who := f.at(b.Counter, b.Officer)
	for _, g := range who {
		*g.at(to)++
	}
	if to == isAbsent {
		v.missed = who
	}
}
