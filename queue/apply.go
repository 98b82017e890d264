package queue

import (
	"slices"
	"time"

	"motcua/queue/chain"
)

// keptCalls bounds State.Calls; the hall shows seven.
const keptCalls = 60

// Apply changes the state by one event. It judges nothing: what is in the
// journal has happened. Events about things that the state does not know (of
// an earlier day) change nothing. at is the record's wall time.
func (s *State) Apply(e Event, at time.Time, seq uint64, by chain.Actor) {
	if e, ok := e.(DayOpened); ok {
		s.At, s.Seq = at, seq
		s.Day, s.Open, s.Pace = e.Day, true, e.Pace
		s.reset()
		return
	}
	if at.Before(s.At) && !s.At.IsZero() {
		s.Skew += s.At.Sub(at)
	}
	s.At, s.Seq = at, seq
	now := at.Add(s.Skew)
	s.learn(e, now)
	s.apply(e, now, by)
}

// apply is Apply at a time of the queue's own, here or elsewhere.
func (s *State) apply(e Event, now time.Time, by chain.Actor) {
	switch e := e.(type) {
	case Configured:
		s.configure(e.Config)
	case DayClosed:
		s.Open = false
	case CounterOpened:
		s.seat(e, now)
	case CounterPaused:
		s.editDesk(e.Counter, func(d *Desk) { d.Paused, d.Since = e.Reason, now })
	case CounterClosed:
		s.editDesk(e.Counter, func(d *Desk) { *d = Desk{} })
	case HelpRequested:
		s.Help[e.Device] = now
	case HelpAnswered:
		delete(s.Help, e.Device)
	case TicketIssued:
		s.issued(e, now, by)
	default:
		s.applyRest(e, now)
		s.applyTicket(e, now)
		s.applyCut(e, now)
	}
}

// applyCut applies what concerns other hubs and devices that were alone.
func (s *State) applyCut(e Event, now time.Time) {
	switch e := e.(type) {
	case DeviceAdmitted:
		put(&s.Stations, e.Device, Station{Role: e.Role, Series: e.Series})
	case TermBegan:
		s.began(e)
	case TermSettled:
		s.settled(e)
	case RecordMerged:
		s.merged(e, now)
	case CommandGivenUp:
		mark(&s.GivenUp, e.Device, e.N, e.N)
	case AnomalyFound:
		s.found(e, now)
	case AnomalyAcknowledged:
		s.acknowledged(e.ID)
	case TicketAdopted:
		s.adopted(e, now)
	}
}

// applyRest applies what concerns sessions, appointments and alarms.
func (s *State) applyRest(e Event, now time.Time) {
	switch e := e.(type) {
	case SessionClosed:
		s.Stopped = true
		s.resumeAt(e.Resume)
	case SessionOpened:
		s.resume(e, now)
	case AppointmentBooked:
		a := e.Appointment
		a.Seq = s.Seq
		s.Appointments[e.Code] = a
	case AppointmentCancelled:
		delete(s.Appointments, e.Code)
	case CounterAlarmed:
		s.Alarms[e.Counter] = Alarm{At: now, Officer: e.Officer, Reason: e.Reason}
	case AlarmAnswered:
		delete(s.Alarms, e.Counter)
	}
}

func (s *State) configure(c Config) {
	s.Config = c
	for _, k := range c.Counters {
		if s.Counters[k.ID] == nil {
			s.Counters[k.ID] = &Desk{}
		}
	}
}

func (s *State) seat(e CounterOpened, now time.Time) {
	s.editDesk(e.Counter, func(d *Desk) {
		if d.Officer != e.Officer {
			d.Served, d.ServedSeconds = 0, 0
		}
		d.Officer, d.Since, d.Paused = e.Officer, now, ""
	})
	if d := s.Counters[e.Counter]; d != nil {
		s.edit(d.Ticket, func(t *Ticket) { t.Officer = e.Officer })
	}
}

func (s *State) issued(e TicketIssued, now time.Time, by chain.Actor) {
	t := &Ticket{
		ID: e.Ticket, Seq: s.Seq, Service: e.Service, Class: e.Class, Kiosk: by.Device, Lang: e.Lang,
		Code: e.Code, Arrived: now, Rank: now, Dossiers: e.Dossiers, Estimate: e.Estimate,
		Identity: e.Identity, Appointment: e.Appointment, After: e.After,
		History: []Interval{{Status: Waiting, From: now, Officer: by.Officer, Counter: by.Counter, Reason: e.Reason, Service: e.Service}},
	}
	if !e.Rank.IsZero() {
		t.Rank = e.Rank
	}
	s.place(s.Tickets[e.Ticket], t)
	s.Tickets[e.Ticket] = t
	s.resumeAt(e.After)
	if series := e.Ticket.Series(); series != "" {
		s.Numbers[series] = max(s.Numbers[series], e.Ticket.Number())
	}
	if a, ok := s.Appointments[e.Appointment]; ok {
		a.Ticket = e.Ticket
		s.Appointments[e.Appointment] = a
	}
	switch {
	case e.Identity == "" && e.Appointment == "":
		s.Issued[by.Device]++
	case e.Identity != "":
		s.Persons[e.Identity] = append(slices.Clip(s.Persons[e.Identity]), e.Ticket)
	}
}

func (s *State) applyTicket(e Event, now time.Time) {
	switch e := e.(type) {
	case TicketPrinted:
		s.edit(e.Ticket, func(t *Ticket) { t.Print = e.Outcome })
	case TicketCalled:
		s.call(e, now)
	case TicketRecalled:
		s.edit(e.Ticket, func(t *Ticket) { t.Calls, t.LastCall = e.Nth, now })
		s.announce(e.Ticket, e.Counter, e.Nth, now)
	case TicketStarted:
		s.move(e.Ticket, Serving, "", now, nil)
	case TicketHeld:
		s.release(e.Ticket)
		s.move(e.Ticket, Held, e.Reason, now, nil)
	case TicketTransferred:
		s.release(e.Ticket)
		s.move(e.Ticket, Waiting, e.Reason, now, func(t *Ticket) {
			t.Service, t.For, t.Calls, t.Counter, t.Officer = e.Service, e.Counter, 0, "", ""
			t.ForOfficer, t.Back, t.Stops = e.Officer, e.Back, e.Stops
		})
	case TicketMissed:
		s.release(e.Ticket)
		s.move(e.Ticket, Absent, "", now, func(t *Ticket) { t.Counter, t.Officer = "", "" })
	case TicketReturned:
		s.move(e.Ticket, Waiting, "", now, func(t *Ticket) {
			t.Rank, t.Calls, t.Counter, t.Officer = e.Rank, 0, "", ""
			t.For, t.ForOfficer, t.Back = "", "", false
		})
	case TicketCarried:
		s.move(e.Ticket, Waiting, e.Reason, now, func(t *Ticket) { t.After = e.After })
		s.resumeAt(e.After)
	case TicketFinished:
		s.finish(e, now)
	case TicketClosed:
		s.release(e.Ticket)
		s.move(e.Ticket, e.As, e.Reason, now, func(t *Ticket) { t.Counter, t.Officer = "", "" })
	case TicketRated:
		if e.Level >= 1 && e.Level <= 5 {
			s.Ratings[e.Level]++
			s.Rated[e.Ticket] = true
		}
	}
}

func (s *State) call(e TicketCalled, now time.Time) {
	if s.Ticket(e.Ticket) == nil {
		return
	}
	s.release(e.Ticket) // a device that is alone may call what its old copy has elsewhere
	s.called(e, now)
	s.editDesk(e.Counter, func(d *Desk) { d.Ticket = e.Ticket })
	if e.Why != ByHand { // whoever is served by hand stands there already
		s.announce(e.Ticket, e.Counter, s.Ticket(e.Ticket).Calls, now)
	}
}

// called moves a ticket to a counter.
func (s *State) called(e TicketCalled, now time.Time) {
	nth := 1
	if t := s.Ticket(e.Ticket); t != nil && t.Status() == Held {
		nth = t.Calls + 1
	}
	s.move(e.Ticket, Called, e.Why, now, func(t *Ticket) {
		last := &t.History[len(t.History)-1]
		last.Counter, last.Officer = e.Counter, e.Officer
		t.Counter, t.Officer = e.Counter, e.Officer
		t.For, t.ForOfficer, t.Back, t.After = "", "", false, time.Time{}
		t.Calls, t.LastCall, t.Because = nth, last.From, e.Because
		if t.FirstCall.IsZero() {
			t.FirstCall = last.From
		}
	})
}

func (s *State) finish(e TicketFinished, now time.Time) {
	t := s.Ticket(e.Ticket)
	if t == nil {
		return
	}
	seconds := int(max(0, now.Sub(t.Since())) / time.Second)
	s.Spells[t.Service] = append(s.Spells[t.Service], seconds*10/dossierTenths(t.Dossiers))
	s.editDesk(t.Counter, func(d *Desk) {
		d.Served++
		d.ServedSeconds += seconds
	})
	s.release(e.Ticket)
	s.move(e.Ticket, Done, "", now, nil)
}

// announce records a call for the hall.
func (s *State) announce(id TicketID, counter string, nth int, now time.Time) {
	t := s.Ticket(id)
	if t == nil {
		return
	}
	calls := append(s.Calls, Call{
		Seq: s.Seq, At: now, Ticket: id, Counter: counter, Nth: nth, Lang: t.Lang,
	})
	if len(calls) > keptCalls {
		calls = calls[len(calls)-keptCalls:]
	}
	s.Calls = calls
}

// release empties the counter that has the ticket open.
func (s *State) release(id TicketID) {
	t := s.Ticket(id)
	if t == nil || !t.Status().Open() {
		return
	}
	s.editDesk(t.Counter, func(d *Desk) {
		if d.Ticket == id {
			d.Ticket = ""
		}
	})
}

// move begins a new interval of a ticket, then lets change set the rest.
func (s *State) move(id TicketID, to Status, reason string, now time.Time, change func(*Ticket)) {
	s.edit(id, func(t *Ticket) {
		if since := t.Since(); now.Before(since) { // told late, by another clock
			now = since
		}
		t.History = append(slices.Clip(t.History), Interval{
			Status: to, From: now, Reason: reason, Counter: t.Counter, Officer: t.Officer,
		})
		t.Away = t.Away && to.Open()
		if change != nil {
			change(t)
		}
		t.History[len(t.History)-1].Service = t.Service
	})
}

// edit replaces a ticket by a changed copy, so that clones keep the old one.
func (s *State) edit(id TicketID, change func(*Ticket)) {
	old := s.Tickets[id]
	if old == nil {
		return
	}
	t := *old
	change(&t)
	s.place(old, &t)
	s.Tickets[id] = &t
}

// editDesk replaces a desk by a changed copy.
func (s *State) editDesk(counter string, change func(*Desk)) {
	old := s.Counters[counter]
	if old == nil {
		return
	}
	d := *old
	change(&d)
	s.Counters[counter] = &d
}
