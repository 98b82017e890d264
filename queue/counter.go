package queue

import (
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
		name := desk.Officer
		if o, ok := d.s.Config.Officer(desk.Officer); ok {
			name = o.Name
		}
		return nil, refusal.New("counter-not-yours", "counter", counter.ID, "officer", name)
	}
	w := window{decision: d, counter: counter, desk: desk, open: d.s.Ticket(desk.Ticket)}
	switch c := c.(type) {
	case CloseCounter:
		return w.leave(CounterClosed{Counter: counter.ID})
	case PauseCounter:
		return w.leave(CounterPaused{Counter: counter.ID, Reason: cut(c.Reason)})
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
// being served; tickets put aside here go back to the line (scenario 19).
func (w window) leave(e Event) ([]Event, error) {
	if w.open != nil {
		return nil, refusal.New("ticket-open", "ticket", w.open.ID.Label())
	}
	var events []Event
	for _, t := range w.s.HeldAt(w.counter.ID) {
		events = append(events, TicketReturned{Ticket: t.ID, Rank: t.Rank})
	}
	return append(events, e), nil
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
	return []Event{TicketFinished{Ticket: w.open.ID, Auto: true}}, nil
}

func (w window) callNext() ([]Event, error) {
	before, err := w.clear()
	if err != nil {
		return nil, err
	}
	t, why := w.s.Next(w.counter.ID)
	if t == nil {
		return nil, refusal.New("queue-empty")
	}
	return append(before, w.called(t, why, false)), nil
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
		return append(before, w.called(t, "held", false)), nil
	case t.Status() == Held || t.Status() != Waiting:
		return nil, wrongStatus(t)
	}
	if next, why := w.s.Next(w.counter.ID); next != nil && next.ID == t.ID {
		return append(before, w.called(t, why, false)), nil
	}
	if c.Reason == "" {
		return nil, refusal.New("reason-missing", "ticket", t.ID.Label())
	}
	return append(before, w.called(t, cut(c.Reason), true)), nil
}

func (w window) called(t *Ticket, why string, chosen bool) Event {
	return TicketCalled{Ticket: t.ID, Counter: w.counter.ID, Officer: w.by.Officer, Why: why, Chosen: chosen}
}

// withOpen decides what concerns the ticket at the counter.
func (w window) withOpen(c Command) ([]Event, error) {
	t := w.open
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
		return []Event{TicketFinished{Ticket: t.ID}}, nil
	}
	return nil, refusal.New("command-unknown", "command", c.Name())
}

// recall calls again: not before the pause is over, and not more often than
// the limit, after which the ticket is absent (scenario 9).
func (w window) recall() ([]Event, error) {
	t := w.open
	pause := time.Duration(w.s.Config.RecallPause) * time.Second
	if left := pause - w.now.Sub(t.LastCall); left > 0 {
		return nil, refusal.New("recall-too-soon", "seconds", strconv.Itoa(int(math.Ceil(left.Seconds()))))
	}
	if t.Calls > w.s.Config.RecallLimit {
		return []Event{TicketMissed{Ticket: t.ID}}, nil
	}
	return []Event{TicketRecalled{Ticket: t.ID, Counter: w.counter.ID, Nth: t.Calls + 1}}, nil
}

func (w window) transfer(c TransferTicket) ([]Event, error) {
	service := c.Service
	if service == "" {
		service = w.open.Service
	}
	if _, ok := w.s.Config.Service(service); !ok {
		return nil, refusal.New("service-unknown", "service", cut(service))
	}
	if c.Counter != "" {
		if _, ok := w.s.Config.Counter(c.Counter); !ok {
			return nil, refusal.New("counter-unknown", "counter", cut(c.Counter))
		}
	}
	if c.Counter == "" && service == w.open.Service || c.Counter == w.counter.ID {
		return nil, refusal.New("transfer-nowhere")
	}
	return []Event{TicketTransferred{
		Ticket: w.open.ID, Service: service, Counter: c.Counter, Reason: cut(c.Reason),
	}}, nil
}
