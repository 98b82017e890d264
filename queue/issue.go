package queue

import (
	"strconv"
	"time"

	"motcua/queue/refusal"
)

func (d decision) issue(c IssueTicket) ([]Event, error) {
	svc, ok := d.s.Config.Service(c.Service)
	if !ok {
		return nil, refusal.New("service-unknown", "service", cut(c.Service))
	}
	after, err := d.issuing(c.Later)
	if err != nil {
		return nil, err
	}
	if _, ok := d.s.Config.Class(c.Class); c.Class != "" && !ok {
		return nil, refusal.New("class-unknown", "class", cut(c.Class))
	}
	if c.Dossiers < 0 || c.Dossiers > maxDossiers {
		return nil, refusal.New("dossiers-out-of-range", "max", strconv.Itoa(maxDossiers))
	}
	if err := d.capped(svc, c); err != nil {
		return nil, err
	}
	if svc.DailyCap > 0 && d.env.Station == "" && d.s.given(svc) >= svc.DailyCap {
		return nil, refusal.New("service-full", "service", svc.Name.VI, "limit", strconv.Itoa(svc.DailyCap))
	}
	e := TicketIssued{Class: c.Class, Lang: c.Lang, Dossiers: c.Dossiers, Identity: c.Identity, After: after, Instead: c.Instead}
	if d.helped(c) {
		e.Reason = cut(c.Reason)
	}
	events, err := d.issued(svc, e)
	if err != nil || c.Instead == 0 {
		return events, err
	}
	return append(events, d.givenUp(d.by.Device, c.Instead, true)...), nil
}

// issuing refuses when no numbers are given. later asks for the next session of
// today, and after is when that begins.
func (d decision) issuing(later bool) (after time.Time, err error) {
	if !d.s.Open {
		return after, refusal.New("day-closed")
	}
	if err := d.s.Config.issuing(d.env.Now); err != nil {
		return after, err
	}
	_, next := d.s.Config.Session(d.env.Now)
	switch {
	case later && next.IsZero():
		return after, refusal.New("no-later-session")
	case later:
		return next, nil
	case d.s.Stopped && d.s.Resume.IsZero():
		return after, refusal.New("day-closed")
	case d.s.Stopped:
		return after, refusal.New("session-closed", "opens", Local(d.s.Resume).Format("15:04"))
	}
	return after, nil
}

// helped: an officer lets somebody have one more number, for a reason that the
// record keeps (scenario 21).
func (d decision) helped(c IssueTicket) bool {
	_, known := d.s.Config.Officer(d.by.Officer)
	return known && c.Reason != ""
}

// capped refuses more numbers than the rule allows: by identity where one was
// shown, else by kiosk.
func (d decision) capped(svc Service, c IssueTicket) error {
	switch {
	case c.Identity == "":
		limit := d.s.Config.KioskDailyCap
		if limit > 0 && d.s.Issued[d.by.Device] >= limit && !d.helped(c) {
			return refusal.New("kiosk-cap", "limit", strconv.Itoa(limit))
		}
		return nil
	case !identityShape.MatchString(c.Identity):
		return refusal.New("identity-malformed")
	case d.helped(c):
		return nil
	}
	open, had := d.s.numbersOf(c.Identity, svc.ID)
	if open != nil {
		return held(open)
	}
	if limit := d.s.Config.PersonDailyCap; limit > 0 && had >= limit {
		return refusal.New("person-cap", "limit", strconv.Itoa(limit), "service", svc.Name.VI)
	}
	return nil
}

// numbersOf is the open number that an identity has for a service, nil for none,
// and how many were taken; a void one was never taken.
func (s *State) numbersOf(identity, service string) (open *Ticket, taken int) {
	for _, id := range s.Persons[identity] {
		t := s.Ticket(id)
		if t == nil || t.Service != service && !t.plans(service) {
			continue
		}
		switch t.Status() {
		case Void:
			continue
		case Done, NotServed:
		default:
			open = t
		}
		taken++
	}
	return open, taken
}

// held points to the number that a person already has: its label to read, its
// id to show it again.
func held(t *Ticket) error {
	return refusal.New("number-held", "ticket", t.ID.Label(), "id", string(t.ID))
}

// plans reports whether the visit goes on to a service.
func (t Ticket) plans(service string) bool {
	for _, s := range t.Stops {
		if s.Service == service {
			return true
		}
	}
	return false
}

// issued gives the next number to what e says, for a service.
func (d decision) issued(svc Service, e TicketIssued) ([]Event, error) {
	id, err := d.nextNumber(svc)
	if err != nil {
		return nil, err
	}
	e.Ticket, e.Service = id, svc.ID
	e.Code, e.Dossiers = d.mint(id), max(1, e.Dossiers)
	if e.Lang != "en" {
		e.Lang = "vi"
	}
	if e.After.IsZero() {
		e.Estimate = d.s.Estimate(svc.ID, e.Class, d.env.Now)
	} else {
		e.Estimate = d.s.estimateLater(svc.ID, e.After.Sub(d.env.Now))
	}
	return []Event{e}, nil
}

// estimateLater is the promise of a number for the next session: not before it
// begins, and then after those who wait for it already, at the usual pace of the
// counters at work now.
func (s *State) estimateLater(service string, begins time.Duration) Estimate {
	e := Estimate{}
	for _, t := range s.WaitingFor(func(t *Ticket) bool { return !t.After.IsZero() && t.Service == service }) {
		e.Ahead++
		e.Dossiers += t.Dossiers
	}
	pace := quantile(s.spells(service, ""), 0.5)
	work := time.Duration(pace*max(e.Ahead, e.Dossiers)/max(1, s.Working(service))) * time.Second
	if e.Dossiers == e.Ahead {
		e.Dossiers = 0
	}
	e.Low, e.Likely = begins.Truncate(time.Minute), begins+work
	e.High = roundUp(begins+2*work+time.Duration(pace)*time.Second, time.Minute)
	return e
}
