package queue

import (
	"cmp"
	"math"
	"strconv"
	"time"

	"motcua/queue/refusal"
)

// openCounter seats an officer. Another officer's seat is taken over together
// with the ticket that is open there: the ticket keeps its start (scenario 7).
func (d decision) openCounter() ([]Event, error) {
	c, ok := d.s.Config.Counter(d.by.Counter)
	if !ok {
		return nil, refusal.New("counter-unknown", "counter", cut(d.by.Counter))
	}
	if _, ok := d.s.Config.Officer(d.by.Officer); !ok {
		return nil, refusal.New("officer-unknown", "officer", cut(d.by.Officer))
	}
	var events []Event
	for _, other := range d.s.Config.Counters {
		desk := d.s.Counters[other.ID]
		if other.ID == c.ID || desk == nil || desk.Officer != d.by.Officer {
			continue
		}
		if desk.Ticket != "" {
			return nil, refusal.New("officer-elsewhere", "counter", other.ID, "ticket", desk.Ticket.Label())
		}
		events = append(events, d.s.returned(other.ID, "", true)...)
		events = append(events, CounterClosed{Counter: other.ID})
	}
	desk := d.s.Counters[c.ID]
	if desk == nil {
		return nil, refusal.New("counter-unknown", "counter", c.ID)
	}
	if desk.Officer == d.by.Officer && desk.Paused == "" {
		return nil, nil
	}
	opened := CounterOpened{Counter: c.ID, Officer: d.by.Officer}
	if desk.Officer != d.by.Officer {
		opened.From = desk.Officer
		events = append(events, d.s.returned("", desk.Officer, true)...)
	}
	return append(events, opened), nil
}

// atCounter decides what only the officer who sits at a counter may do.
func (d decision) atCounter(c Command) ([]Event, error) {
	counter, ok := d.s.Config.Counter(d.by.Counter)
	if !ok {
		return nil, refusal.New("counter-unknown", "counter", cut(d.by.Counter))
	}
	desk := d.s.Counters[counter.ID]
	if desk == nil || desk.Officer == "" {
		return nil, refusal.New("counter-closed", "counter", counter.ID)
	}
	if desk.Officer != d.by.Officer {
		return nil, refusal.New("counter-not-yours", "counter", counter.ID, "officer", d.s.officerName(desk.Officer))
	}
	w := window{decision: d, counter: counter, desk: desk, open: d.s.Ticket(desk.Ticket)}
	switch c := c.(type) {
	case CloseCounter:
		return w.leave(CounterClosed{Counter: counter.ID}, true)
	case PauseCounter:
		// A desk is on a break while it has a reason, so there always is one.
		return w.leave(CounterPaused{Counter: counter.ID, Reason: cmp.Or(cut(c.Reason), "break")}, false)
	case CallNext:
		return w.callNext()
	case CallTicket:
		return w.callTicket(c)
	}
	if w.open == nil {
		return nil, refusal.New("no-ticket-open")
	}
	return w.withOpen(c)
}

// window is an occupied counter, with its open ticket if there is one.
type window struct {
	decision
	counter Counter
	desk    *Desk
	open    *Ticket
}

// leave ends or interrupts the work at a counter: refused while somebody is
// being served. Tickets put aside here go back to the line (scenario 19); when
// the officer goes for good, so do those that were sent here.
func (w window) leave(e Event, good bool) ([]Event, error) {
	if w.open != nil {
		return nil, refusal.New("ticket-open", "ticket", w.open.ID.Label())
	}
	return append(w.s.returned(w.counter.ID, w.by.Officer, good), e), nil
}

// returned puts back in line what a counter or an officer keeps aside: held
// tickets, and with sent also those that nobody else may call.
func (s *State) returned(counter, officer string, sent bool) []Event {
	var list []*Ticket
	if counter != "" {
		list = s.HeldAt(counter)
	}
	if sent {
		list = append(list, s.sentTo(counter, officer)...)
	}
	var events []Event
	for _, t := range list {
		events = append(events, TicketReturned{Ticket: t.ID, Rank: t.Rank})
	}
	return events
}

// clear finishes the open ticket before another call, or refuses (scenario 8).
func (w window) clear() ([]Event, error) {
	if w.desk.Paused != "" {
		return nil, refusal.New("counter-paused", "counter", w.counter.ID)
	}
	if w.open == nil {
		return nil, nil
	}
	if !w.s.Config.AutoFinish {
		return nil, refusal.New("ticket-open", "ticket", w.open.ID.Label())
	}
	return w.finished(true)
}

func (w window) callNext() ([]Event, error) {
	before, err := w.clear()
	if err != nil {
		return nil, err
	}
	s := w.s
	if len(before) > 1 { // the open ticket goes on, perhaps in this line
		s = s.after(before, w.env.Now, w.by)
	}
	t, why := s.Next(w.counter.ID)
	if t == nil {
		return nil, refusal.New("queue-empty")
	}
	return append(before, w.called(t, why, s.Explain(w.counter.ID))), nil
}

func (w window) callTicket(c CallTicket) ([]Event, error) {
	before, err := w.clear()
	if err != nil {
		return nil, err
	}
	t, err := w.find(c.Ticket)
	if err != nil {
		return nil, err
	}
	switch {
	case t.Status() == Held && t.Counter == w.counter.ID:
		return append(before, w.called(t, "held", Explanation{Code: WhyHeld, Ticket: t.ID})), nil
	case t.Status() == Held || t.Status() != Waiting:
		return nil, wrongStatus(t)
	}
	next, why := w.s.Next(w.counter.ID)
	if next != nil && next.ID == t.ID {
		return append(before, w.called(t, why, w.s.Explain(w.counter.ID))), nil
	}
	if c.Reason == "" {
		return nil, refusal.New("reason-missing", "ticket", t.ID.Label())
	}
	because := Explanation{Code: WhyChosen, Ticket: t.ID}
	if next != nil {
		because.Over = next.ID
	}
	return append(before, w.called(t, cut(c.Reason), because)), nil
}

func (w window) called(t *Ticket, why string, because Explanation) Event {
	return TicketCalled{
		Ticket: t.ID, Counter: w.counter.ID, Officer: w.by.Officer, Why: why,
		Chosen: because.Code == WhyChosen, Because: because,
	}
}

// means is the ticket that a command names as the open one, "" for none.
func means(c Command) TicketID {
	switch c := c.(type) {
	case StartService:
		return c.Ticket
	case MarkAbsent:
		return c.Ticket
	case HoldTicket:
		return c.Ticket
	case FinishTicket:
		return c.Ticket
	}
	return ""
}

// withOpen decides what concerns the ticket at the counter.
func (w window) withOpen(c Command) ([]Event, error) {
	t := w.open
	if meant := means(c); meant != "" && meant != t.ID {
		return nil, refusal.New("ticket-not-open", "ticket", cut(meant.Label()), "open", t.ID.Label())
	}
	switch c := c.(type) {
	case Recall:
		return w.recall()
	case StartService:
		if t.Status() == Serving {
			return nil, nil
		}
		return []Event{TicketStarted{Ticket: t.ID}}, nil
	case MarkAbsent:
		if t.Status() != Called {
			return nil, wrongStatus(t)
		}
		return []Event{TicketMissed{Ticket: t.ID}}, nil
	case HoldTicket:
		return []Event{TicketHeld{Ticket: t.ID, Reason: cut(c.Reason)}}, nil
	case TransferTicket:
		return w.transfer(c)
	case FinishTicket:
		return w.finished(false, c.Next...)
	}
	return nil, refusal.New("command-unknown", "command", c.Name())
}

// recall calls again: not before the pause is over, and not more often than
// the limit, after which the ticket is absent (scenario 9).
func (w window) recall() ([]Event, error) {
	t := w.open
	if t.Status() != Called {
		return nil, wrongStatus(t)
	}
	pause := time.Duration(w.s.Config.RecallPause) * time.Second
	if left := pause - w.now.Sub(t.LastCall); left > 0 {
		return nil, refusal.New("recall-too-soon", "seconds", strconv.Itoa(int(math.Ceil(left.Seconds()))))
	}
	if t.Calls > w.s.Config.RecallLimit {
		return []Event{TicketMissed{Ticket: t.ID}}, nil
	}
	return []Event{TicketRecalled{Ticket: t.ID, Counter: w.counter.ID, Nth: t.Calls + 1}}, nil
}
