package queue

import (
	"slices"
	"time"
)

// verdict is what this office makes of a merged record: why it changes nothing,
// or "" when it does, what must happen around it, and what is wrong, if
// anything.
type verdict struct {
	why    string
	before []Event

	what   AnomalyKind
	ticket TicketID
	here   Deed
	status Status // what the record makes of the ticket
}

// weigh judges a merged record against what happened here.
func (m *merging) weigh(in Inner) verdict {
	inside := in.via[len(in.via)-1]
	switch {
	case len(in.via) > 1 && m.s.has(inside.origin, inside.index):
		return verdict{why: WhySame}
	case in.Twice:
		return verdict{why: in.Why}
	case m.known(in):
		return verdict{why: WhyKnown}
	case in.Event == nil:
		return verdict{} // of another package, which applies it
	}
	switch e := in.Event.(type) {
	case TicketIssued:
		return m.weighIssue(e, in)
	case TicketAdopted:
		return m.unless(e.Ticket, m.s.Ticket(e.Ticket) != nil)
	case TicketCalled:
		return m.weighCall(e, in)
	case TicketStarted:
		return m.weighService(e.Ticket, Serving, in)
	case TicketFinished:
		return m.weighService(e.Ticket, Done, in)
	case TicketMissed:
		return m.weighService(e.Ticket, Absent, in)
	case TicketHeld:
		return m.weighService(e.Ticket, Held, in)
	case TicketTransferred:
		return m.weighService(e.Ticket, Waiting, in)
	case TicketRecalled:
		return m.weighService(e.Ticket, Called, in)
	case TicketClosed:
		return m.weighClose(e, in)
	}
	return m.weighLine(in)
}

// weighLine judges what happens to a ticket away from counters, and leaves the
// rest.
func (m *merging) weighLine(in Inner) verdict {
	about := func(id TicketID, fits func(*Ticket) bool) verdict {
		t := m.s.Ticket(id)
		if t == nil {
			return verdict{why: m.over(id)}
		}
		return m.unless(id, !fits(t))
	}
	switch e := in.Event.(type) {
	case TicketReturned:
		return about(e.Ticket, func(t *Ticket) bool { return t.Status() == Absent || t.Status() == Held })
	case TicketCarried:
		return about(e.Ticket, func(t *Ticket) bool { return t.Status() == Waiting && t.After.IsZero() })
	case TicketPrinted:
		return about(e.Ticket, func(t *Ticket) bool { return t.Print != e.Outcome })
	case TicketRated:
		return about(e.Ticket, func(t *Ticket) bool { return !m.s.Rated[t.ID] })
	}
	return m.weighRest(in)
}

// weighRest judges seats, devices, appointments and calls for help. Days,
// sessions, settings and terms concern only the place where they were made.
func (m *merging) weighRest(in Inner) verdict {
	_, byHub := ofTerm(in.Origin)
	fresh := !byHub && m.env.Now.Sub(in.Record.At) < freshMinutes*time.Minute
	applies := false
	switch e := in.Event.(type) {
	case CounterOpened:
		d := m.s.Counters[e.Counter]
		applies = d != nil && d.Officer == e.From && m.s.seatOfOfficer(e.Officer) == ""
	case CounterPaused:
		applies = m.leaves(e.Counter, in)
	case CounterClosed:
		if m.leaves(e.Counter, in) {
			return verdict{before: m.s.returned(e.Counter, in.Record.By.Officer, true)}
		}
	case HelpRequested:
		applies = fresh
	case CounterAlarmed:
		applies = fresh
	case DeviceAdmitted:
		_, known := m.s.Stations[e.Device]
		applies = !known
	case AppointmentBooked:
		_, known := m.s.Appointments[e.Code]
		applies = !known
	case AppointmentCancelled:
		a, known := m.s.Appointments[e.Code]
		applies = known && a.Ticket == ""
	case AnomalyFound, AnomalyAcknowledged, CommandGivenUp:
		applies = true
	}
	if applies {
		return verdict{}
	}
	return verdict{why: WhyThere}
}

// leaves reports whether an officer who left a counter elsewhere still sits
// there here, with nobody in front.
func (m *merging) leaves(counter string, in Inner) bool {
	d := m.s.Counters[counter]
	return d != nil && d.Officer != "" && d.Officer == in.Record.By.Officer && d.Ticket == "" &&
		!m.s.then(in.Record.At, m.now).Before(d.Since)
}

// unless applies a record about a ticket of today, unless it is already so.
func (m *merging) unless(id TicketID, same bool) verdict {
	switch {
	case !id.of(m.s.Day) || !m.s.Open:
		return verdict{why: WhyOtherDay}
	case same:
		return verdict{why: WhySame}
	}
	return verdict{}
}

// over is why nothing can happen to a ticket that is not here.
func (m *merging) over(id TicketID) string {
	if !id.of(m.s.Day) || !m.s.Open {
		return WhyOtherDay
	}
	return WhyUnfounded
}

func (m *merging) weighIssue(e TicketIssued, in Inner) verdict {
	t := m.s.Ticket(e.Ticket)
	_, shaped := ParseTicketID(string(e.Ticket))
	switch {
	case !shaped:
		return verdict{why: WhyUnfounded}
	case !e.Ticket.of(m.s.Day) || !m.s.Open:
		v := verdict{why: WhyOtherDay}
		if string(e.Ticket[:6]) > string(NewTicketID(m.s.Day, "A", 0)[:6]) { // a clock that runs ahead
			v.what, v.ticket, v.status = OutOfOrder, e.Ticket, Waiting
		}
		return v
	case t == nil || t.Adopted:
		return verdict{}
	}
	return verdict{why: WhyConflict, what: NumberTwice, ticket: t.ID, here: t.given(), status: Waiting}
}

// weighCall judges a call made elsewhere. Who waits here may have been called
// there; who was called here meanwhile was called twice.
func (m *merging) weighCall(e TicketCalled, in Inner) verdict {
	t := m.s.Ticket(e.Ticket)
	if t == nil {
		why := m.over(e.Ticket)
		_, shaped := ParseTicketID(string(e.Ticket))
		if why == WhyOtherDay || !shaped {
			return verdict{why: why}
		}
		v := m.takes(e, in, nil)
		v.before = append(v.before, TicketAdopted{Ticket: e.Ticket, Service: m.s.meant(e.Ticket, e.Counter)})
		v.what, v.ticket, v.status = UnknownTicket, e.Ticket, Called
		return v
	}
	last := t.History[len(t.History)-1]
	same := last.Counter == e.Counter && last.Officer == e.Officer
	switch st := t.Status(); {
	case st == Void, st == NotServed:
		return verdict{why: WhyUnfounded}
	case (st.Open() || st == Done) && same:
		return verdict{why: WhySame}
	case st.Open(), st == Done:
		return m.twice(t, in, DoubleCall, t.deed(), Called)
	}
	at := m.s.then(in.Record.At, m.now)
	for _, iv := range slices.Backward(t.History) {
		if iv.Status == Called && iv.Counter != e.Counter && iv.From.After(at) {
			here := Deed{At: iv.From, Counter: iv.Counter, Officer: iv.Officer, Status: Called}
			return m.twice(t, in, DoubleCall, here, Called)
		}
	}
	return m.takes(e, in, m.s.fetched(t, e.Counter))
}

// takes lets a device's call have the counter's desk: what the desk had open,
// because an answer was lost, is put aside. A call under another hub never takes
// a desk (Ticket.Away).
func (m *merging) takes(e TicketCalled, in Inner, before []Event) verdict {
	d := m.s.Counters[e.Counter]
	if _, byHub := ofTerm(in.Origin); byHub || d == nil || d.Ticket == "" || d.Ticket == e.Ticket {
		return verdict{before: before}
	}
	v := verdict{before: append(before, TicketHeld{Ticket: d.Ticket, Reason: ReasonElsewhere})}
	if u := m.s.Ticket(d.Ticket); u != nil && u.Status() == Called {
		v.before = append(v.before, TicketReturned{Ticket: u.ID, Rank: u.Rank})
	}
	return v
}

// weighService judges what happens at a counter: it applies where the ticket is
// open at that counter here too.
func (m *merging) weighService(id TicketID, to Status, in Inner) verdict {
	t, by := m.s.Ticket(id), in.Record.By
	served := to == Serving || to == Done
	if t == nil {
		v := verdict{why: m.over(id)}
		if served && v.why == WhyUnfounded {
			v.what, v.ticket, v.status = UnknownTicket, id, to
		}
		return v
	}
	st, last := t.Status(), t.History[len(t.History)-1]
	goesOn := in.Record.N == 0 || m.s.Carried[carrier(in.Origin, by.Device)].Has(in.Record.N)
	switch {
	case st == Serving && t.Counter == by.Counter && (to == Serving || to == Called):
		return verdict{why: WhySame}
	case st.Open() && t.Counter == by.Counter && !(to == Absent && st == Serving):
		return verdict{}
	case st == Held && t.Counter == by.Counter && last.Reason == ReasonElsewhere && served:
		return verdict{} // put aside because the rest was not here yet
	case to == Waiting && st == Done && last.Counter == by.Counter && goesOn:
		return verdict{} // the visit goes on, as the record before this one said
	case last.Counter == by.Counter && last.Officer == by.Officer && (st == to || st == Done):
		return verdict{why: WhySame}
	case served && (st == Serving || st == Done):
		return m.twice(t, in, DoubleService, t.deed(), to)
	case served:
		return m.twice(t, in, OutOfOrder, t.deed(), to)
	}
	return verdict{why: WhyConflict}
}

// twice is a conflict. It is shown once for a ticket and its other place, and
// again only when it turns out to be worse.
func (m *merging) twice(t *Ticket, in Inner, what AnomalyKind, here Deed, status Status) verdict {
	v := verdict{why: WhyConflict, what: what, ticket: t.ID, here: here, status: status}
	for _, a := range m.s.Anomalies {
		there := a.Ticket == t.ID && a.There.Counter == in.Record.By.Counter && a.There.Officer == in.Record.By.Officer
		if there && (what == OutOfOrder || a.What == what || a.What == DoubleService) {
			v.what = ""
		}
	}
	return v
}

func (m *merging) weighClose(e TicketClosed, in Inner) verdict {
	t := m.s.Ticket(e.Ticket)
	switch {
	case e.As != Void:
		return verdict{why: WhyThere} // this office ends its own days and sessions
	case t == nil:
		return verdict{why: m.over(e.Ticket)}
	}
	switch st := t.Status(); {
	case st == Waiting, st == Held, st == Absent, st.Open() && t.Counter == in.Record.By.Counter:
		return verdict{}
	case st.Open():
		return m.twice(t, in, OutOfOrder, t.deed(), Void)
	}
	return verdict{why: WhySame}
}
