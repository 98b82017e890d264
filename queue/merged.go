package queue

import (
	"slices"
	"time"
)

// merged applies a record that was made elsewhere: at the time at which it
// happened there, but with the place in the record that it has here.
func (s *State) merged(e RecordMerged, now time.Time) {
	in, err := e.Unwrap()
	if err != nil {
		mark(&s.Merged, e.Origin, e.Index, e.Index)
		return
	}
	for _, at := range in.via {
		mark(&s.Merged, at.origin, at.index, at.index)
	}
	if began, ok := in.Event.(TermBegan); ok {
		s.located(began)
	}
	if !e.Twice {
		if n := in.Record.N; n > 0 {
			mark(&s.Carried, carrier(in.Origin, in.Record.By.Device), n, n)
		}
		s.happened(in, s.then(in.Record.At, now))
		return
	}
	// A number that was given is known from here on, though nobody holds it.
	issued, ok := in.Event.(TicketIssued)
	if ok && e.Why == WhyKnown && s.Open && issued.Ticket.of(s.Day) && s.Ticket(issued.Ticket) == nil {
		s.issuedElsewhere(issued, in, s.then(in.Record.At, now))
		s.move(issued.Ticket, Void, "twice", now, nil)
	}
}

// then is the queue's own time of something that another clock saw at a wall
// time, never later than now.
func (s *State) then(at, now time.Time) time.Time {
	if at = at.Add(s.Skew); at.After(now) {
		return now
	}
	return at
}

// happened applies what happened elsewhere. Days, sessions, settings and terms
// are of no concern here, and nobody is called again in the hall.
func (s *State) happened(in Inner, at time.Time) {
	switch e := in.Event.(type) {
	case nil, RecordMerged, Configured, DayOpened, DayClosed, SessionClosed, SessionOpened, TermBegan, TermSettled, CommandGivenUp:
	case TicketIssued:
		s.issuedElsewhere(e, in, at)
	case TicketCalled:
		s.called(e, at)
		_, byHub := ofTerm(in.Origin)
		switch d := s.Counters[e.Counter]; {
		case d == nil, byHub && d.Ticket != e.Ticket:
			s.edit(e.Ticket, func(t *Ticket) { t.Away = true })
		case !byHub:
			s.editDesk(e.Counter, func(d *Desk) { d.Ticket = e.Ticket })
		}
	case TicketRecalled:
		s.edit(e.Ticket, func(t *Ticket) { t.Calls, t.LastCall = e.Nth, at })
	case TicketStarted:
		s.apply(e, at, in.Record.By)
		s.startedElsewhere(e.Ticket, in, at)
	default:
		s.apply(e, at, in.Record.By)
	}
}

// startedElsewhere settles where a ticket is that a merged record began to
// serve. Its desk may have gone on with another: then it is away until the old
// hub has handed over, or put aside when a device said so and nobody is waited
// for.
func (s *State) startedElsewhere(id TicketID, in Inner, at time.Time) {
	t := s.Ticket(id)
	if t == nil {
		return
	}
	d := s.Counters[t.Counter]
	elsewhere := d == nil || d.Ticket != id
	if _, byHub := ofTerm(in.Origin); elsewhere && !byHub && s.Settled() {
		s.move(id, Held, ReasonElsewhere, at, func(t *Ticket) { t.Away = false })
		return
	}
	s.edit(id, func(t *Ticket) { t.Away = elsewhere })
}

// issuedElsewhere puts a number in line by when it was taken there. Of one that
// was shown at a counter before, it tells the rest.
func (s *State) issuedElsewhere(e TicketIssued, in Inner, at time.Time) {
	by := in.Record.By
	if t := s.Tickets[e.Ticket]; t == nil || !t.Adopted {
		s.issued(e, at, by)
	}
	s.edit(e.Ticket, func(t *Ticket) {
		t.Origin, t.N = in.Origin, in.Record.N
		if !t.Adopted {
			return
		}
		t.Adopted, t.Kiosk, t.Class, t.Lang, t.Code = false, by.Device, e.Class, e.Lang, e.Code
		t.Dossiers, t.Identity, t.Estimate = e.Dossiers, e.Identity, e.Estimate
		t.History = slices.Clone(t.History)
		if at.Before(t.Arrived) {
			t.Arrived, t.History[0].From = at, at
			if len(t.History) == 1 || at.Before(t.Rank) {
				t.Rank = at
			}
		}
		if len(t.History) == 1 {
			t.Service, t.History[0].Service = e.Service, e.Service
		}
	})
	if e.Identity != "" && !slices.Contains(s.Persons[e.Identity], e.Ticket) {
		s.Persons[e.Identity] = append(slices.Clip(s.Persons[e.Identity]), e.Ticket)
	}
}
