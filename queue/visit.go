package queue

import (
	"slices"
	"strconv"
	"time"

	"motcua/queue/refusal"
)

// Stop is a place that a visit still has before it: another service, or with
// Back the counter that sent the ticket on a detour.
type Stop struct {
	Service string `json:"service"`
	Counter string `json:"counter,omitempty"`
	Officer string `json:"officer,omitempty"`
	Back    bool   `json:"back,omitempty"`
}

// maxStops bounds a visit.
const maxStops = 8

// Leg is one service of a visit as it went: what is reported apart for each
// (scenario 11). Times not reached are zero.
type Leg struct {
	Service   string
	Counter   string // where it was last called
	Officer   string
	From      time.Time // joined this line
	FirstCall time.Time
	Until     time.Time     // the leg ended
	Served    time.Duration // with the officer
	End       Status        // Done, Waiting (went on without finishing), Void …; "" while it lasts
}

// Wait is the leg's own waiting time, to its first call or to now.
func (l Leg) Wait(now time.Time) time.Duration {
	switch {
	case !l.FirstCall.IsZero():
		now = l.FirstCall
	case !l.Until.IsZero():
		now = l.Until
	}
	return max(0, now.Sub(l.From))
}

// Legs takes a ticket's life apart by service. The first leg begins with the
// arrival; each transfer and each further service begins another.
func (t Ticket) Legs() []Leg {
	var legs []Leg
	for i, iv := range t.History {
		before := Status("")
		if i > 0 {
			before = t.History[i-1].Status
		}
		if iv.Status == Waiting && (i == 0 || before.Open() || before == Done) {
			if n := len(legs); n > 0 && legs[n-1].End == "" {
				legs[n-1].End, legs[n-1].Until = Waiting, iv.From
			}
			legs = append(legs, Leg{Service: iv.Service, From: iv.From})
		}
		if len(legs) == 0 {
			continue
		}
		leg := &legs[len(legs)-1]
		switch iv.Status {
		case Called:
			leg.Counter, leg.Officer = iv.Counter, iv.Officer
			if leg.FirstCall.IsZero() {
				leg.FirstCall = iv.From
			}
		case Done, Void, NotServed:
			leg.End, leg.Until = iv.Status, iv.From
		}
		if before == Serving || before == Called && iv.Status == Done {
			leg = legBefore(legs, iv)
			leg.Served += max(0, iv.From.Sub(t.History[i-1].From))
		}
	}
	return legs
}

// legBefore is the leg that the interval before iv belonged to: a transfer has
// already begun the next one.
func legBefore(legs []Leg, iv Interval) *Leg {
	n := len(legs) - 1
	if iv.Status == Waiting && n > 0 {
		n--
	}
	return &legs[n]
}

// finished ends the open ticket's leg, and sends it on when the visit has
// another: to the services of next, then to what was planned.
func (w window) finished(auto bool, next ...string) ([]Event, error) {
	events := []Event{TicketFinished{Ticket: w.open.ID, Auto: auto}}
	stops := make([]Stop, 0, len(next)+len(w.open.Stops))
	for _, id := range next {
		if _, ok := w.s.Config.Service(id); !ok {
			return nil, refusal.New("service-unknown", "service", cut(id))
		}
		stops = append(stops, Stop{Service: id})
	}
	stops = append(stops, w.open.Stops...)
	if len(stops) > maxStops {
		return nil, refusal.New("stops-too-many", "max", strconv.Itoa(maxStops))
	}
	// A service that the office gave up meanwhile is passed over.
	for len(stops) > 0 {
		stop := stops[0]
		stops = stops[1:]
		if _, ok := w.s.Config.Service(stop.Service); ok {
			return append(events, w.going(stop, stops)), nil
		}
	}
	return events, nil
}

// going sends the open ticket to its next stop. A detour ends where the officer
// who sent it sits now, else at that counter, else in the line of its service.
func (w window) going(stop Stop, rest []Stop) TicketTransferred {
	e := TicketTransferred{Ticket: w.open.ID, Service: stop.Service, Reason: "next-service", Stops: slices.Clone(rest)}
	if !stop.Back {
		return e
	}
	e.Reason = "back"
	if at := w.s.seatOfOfficer(stop.Officer); at != "" {
		e.Counter, e.Back = at, true
	} else if d := w.s.Counters[stop.Counter]; d != nil && d.Officer != "" {
		e.Counter, e.Back = stop.Counter, true
	}
	return e
}

// seatOfOfficer is the counter where an officer sits, "" for nowhere.
func (s *State) seatOfOfficer(officer string) string {
	for _, c := range s.Config.Counters {
		if d := s.Counters[c.ID]; d != nil && d.Officer == officer && officer != "" {
			return c.ID
		}
	}
	return ""
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
	if c.Officer != "" {
		if _, ok := w.s.Config.Officer(c.Officer); !ok {
			return nil, refusal.New("officer-unknown", "officer", cut(c.Officer))
		}
		if w.s.seatOfOfficer(c.Officer) == "" {
			return nil, refusal.New("officer-away", "officer", w.s.officerName(c.Officer))
		}
	}
	nowhere := c.Counter == "" && c.Officer == "" && service == w.open.Service
	if nowhere || c.Counter == w.counter.ID || c.Officer == w.by.Officer || c.Counter != "" && c.Officer != "" {
		return nil, refusal.New("transfer-nowhere")
	}
	stops := w.open.Stops
	if c.Back {
		here := Stop{Service: w.open.Service, Counter: w.counter.ID, Officer: w.by.Officer, Back: true}
		stops = append([]Stop{here}, stops...)
	}
	if len(stops) > maxStops {
		return nil, refusal.New("stops-too-many", "max", strconv.Itoa(maxStops))
	}
	return []Event{TicketTransferred{
		Ticket: w.open.ID, Service: service, Counter: c.Counter, Officer: c.Officer,
		Reason: cut(c.Reason), Stops: slices.Clone(stops),
	}}, nil
}

// officerName is what people call an officer.
func (s *State) officerName(id string) string {
	if o, ok := s.Config.Officer(id); ok {
		return o.Name
	}
	return cut(id)
}
