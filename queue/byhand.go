package queue

import (
	"cmp"
	"time"

	"motcua/queue/refusal"
)

// ServeByHand serves whoever stands in front of the officer, with whatever
// number they hold: a waiting one, or one that this office has not heard of yet
// (a kiosk's emergency number). With no ticket a number is given first: the
// next of the counter's paper roll while the office is silent, else the next of
// the service. Service is for numbers that are not known here; empty is what
// their letter, or the counter, is for.
type ServeByHand struct {
	Ticket  TicketID `json:"ticket,omitempty"`
	Service string   `json:"service,omitempty"`
}

// Name implements Command.
func (ServeByHand) Name() string { return "ticket.serve-by-hand" }

// TicketAdopted: somebody showed a number that this office has not heard of;
// what is known of it comes with the record that gave it.
type TicketAdopted struct {
	Ticket  TicketID `json:"ticket"`
	Service string   `json:"service"`
}

// Kind implements Event.
func (TicketAdopted) Kind() string { return "ticket.adopted" }

// ByHand is the Why of a call that an officer made for whoever stood there.
const ByHand = "by-hand"

func (d decision) serveByHand(c ServeByHand) ([]Event, error) {
	w, events, err := d.seated()
	if err != nil {
		return nil, err
	}
	if t := w.open; t != nil && t.ID == c.Ticket {
		started, err := w.withOpen(StartService{})
		return append(events, started...), err
	}
	before, err := w.clear()
	if err != nil {
		return nil, err
	}
	events = append(events, before...)
	w.s = w.s.after(before, w.env.Now, w.by)
	known, err := w.inFront(c)
	if err != nil {
		return nil, err
	}
	events = append(events, known...)
	w.s = w.s.after(known, w.env.Now, w.by)
	if c.Ticket == "" { // the number that was just given
		c.Ticket = known[0].(TicketIssued).Ticket
	}
	t := w.s.Ticket(c.Ticket)
	because := Explanation{Code: WhyByHand, Ticket: t.ID}
	if next, _ := w.s.Next(w.counter.ID); next != nil && next.ID != t.ID {
		because.Over = next.ID
	}
	called := TicketCalled{
		Ticket: t.ID, Counter: w.counter.ID, Officer: w.by.Officer, Why: ByHand, Chosen: true, Because: because,
	}
	return append(events, called, TicketStarted{Ticket: t.ID}), nil
}

// seated is the officer's window. While the office is silent whoever works at a
// counter sits there, whatever the copy says.
func (d decision) seated() (window, []Event, error) {
	counter, ok := d.s.Config.Counter(d.by.Counter)
	if !ok {
		return window{}, nil, refusal.New("counter-unknown", "counter", cut(d.by.Counter))
	}
	var events []Event
	if d.env.Station != "" {
		opened, err := d.openCounter()
		if err != nil {
			return window{}, nil, err
		}
		d.s, events = d.s.after(opened, d.env.Now, d.by), opened
	}
	desk := d.s.Counters[counter.ID]
	switch {
	case desk == nil || desk.Officer == "":
		return window{}, nil, refusal.New("counter-closed", "counter", counter.ID)
	case desk.Officer != d.by.Officer:
		return window{}, nil, refusal.New("counter-not-yours", "counter", counter.ID, "officer", d.s.officerName(desk.Officer))
	}
	return window{decision: d, counter: counter, desk: desk, open: d.s.Ticket(desk.Ticket)}, events, nil
}

// inFront makes the number known that somebody shows, or gives one.
func (w window) inFront(c ServeByHand) ([]Event, error) {
	service := cmp.Or(c.Service, w.s.meant(c.Ticket, w.counter.ID))
	svc, ok := w.s.Config.Service(service)
	if !ok {
		return nil, refusal.New("service-unknown", "service", cut(service))
	}
	if c.Ticket == "" {
		if !w.s.Open {
			return nil, refusal.New("day-closed")
		}
		return w.issued(svc, TicketIssued{Lang: "vi", Reason: ByHand})
	}
	t := w.s.Ticket(c.Ticket)
	if t == nil {
		return w.adopt(c.Ticket, svc)
	}
	switch st := t.Status(); {
	case t.Away:
		home := []Event{TicketHeld{Ticket: t.ID, Reason: ReasonElsewhere}}
		if t.Counter != w.counter.ID {
			home = append(home, TicketReturned{Ticket: t.ID, Rank: t.Rank})
		}
		return home, nil
	case st == Waiting, st == Held, st == Absent:
		return w.s.fetched(t, w.counter.ID), nil
	case st == Called && w.env.Station != "": // the copy may be old; the citizen is here
	default:
		return nil, wrongStatus(t)
	}
	return nil, nil
}

// fetched puts back in line who was absent, or put aside elsewhere, and now
// stands at a counter.
func (s *State) fetched(t *Ticket, counter string) []Event {
	if st := t.Status(); st == Absent || st == Held && t.Counter != counter {
		return []Event{TicketReturned{Ticket: t.ID, Rank: t.Rank}}
	}
	return nil
}

// adopt takes in a number that another place must have given: not this one.
func (w window) adopt(id TicketID, svc Service) ([]Event, error) {
	own, _, _, err := w.series(svc)
	_, shaped := ParseTicketID(string(id))
	if err != nil || !shaped || !id.of(w.s.Day) || !w.s.Open || id.Series() == own {
		return nil, refusal.New("ticket-unknown", "ticket", cut(id.Label()))
	}
	return []Event{TicketAdopted{Ticket: id, Service: svc.ID}}, nil
}

// adopted puts a number in line of which nothing else is known yet.
func (s *State) adopted(e TicketAdopted, now time.Time) {
	if s.Tickets[e.Ticket] != nil {
		return
	}
	t := &Ticket{
		ID: e.Ticket, Seq: s.Seq, Service: e.Service, Lang: "vi", Code: string(e.Ticket), Arrived: now, Rank: now,
		Dossiers: 1, Adopted: true, History: []Interval{{Status: Waiting, From: now, Service: e.Service}},
	}
	s.place(nil, t)
	s.Tickets[e.Ticket] = t
}
