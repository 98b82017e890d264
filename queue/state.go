package queue

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// State is today's queue. Apply changes it; everything else reads it. It
// marshals to JSON and back without loss, which is how a screen gets its first
// copy.
type State struct {
	Config Config `json:"config"`
	// Day is the business day, "" before the first one is opened.
	Day  string `json:"day"`
	Open bool   `json:"open"` // the day is open
	// Seq is the sequence of the last applied record; At its wall time.
	Seq uint64    `json:"seq"`
	At  time.Time `json:"at"`
	// Skew is what Logical adds to a wall time: it grows when the clock is set
	// back, so that the queue's own time never does (scenario 4).
	Skew     time.Duration        `json:"skew,omitempty"`
	Tickets  map[TicketID]*Ticket `json:"tickets"`
	Counters map[string]*Desk     `json:"counters"`
	// Numbers is the last number given per series.
	Numbers map[string]int `json:"numbers"`
	// Issued counts tickets of the day by kiosk.
	Issued map[string]int `json:"issued"`
	// Calls lists the day's calls, oldest first: what the hall display shows
	// and the voice says.
	Calls []Call `json:"calls"`
	// Help is who asked for a person and has not been answered.
	Help map[string]time.Time `json:"help"`
	// Spells are the finished services of the day, for estimates.
	Spells map[string][]int `json:"spells"` // service → seconds, in order
	// Pace is yesterday's median seconds by service.
	Pace map[string]int `json:"pace"`
	// Ratings counts the day's ticket ratings by level (index 1–5).
	Ratings [6]int `json:"ratings"`
	// Rated marks tickets that have been rated.
	Rated map[TicketID]bool `json:"rated"`
}

// Desk is a counter's present condition.
type Desk struct {
	Officer string    `json:"officer,omitempty"` // "" when nobody sits there
	Since   time.Time `json:"since"`
	Paused  string    `json:"paused,omitempty"` // reason of the break
	// Ticket is the open ticket, if any.
	Ticket TicketID `json:"ticket,omitempty"`
	// Served and ServedSeconds are of the present officer's day.
	Served        int `json:"served"`
	ServedSeconds int `json:"served_s"`
}

// Working reports whether the desk can call now.
func (d Desk) Working() bool { return d.Officer != "" && d.Paused == "" }

// Call is one call as the hall sees and hears it.
type Call struct {
	Seq     uint64    `json:"seq"` // of the record; identifies the call
	At      time.Time `json:"at"`
	Ticket  TicketID  `json:"ticket"`
	Counter string    `json:"counter"`
	Nth     int       `json:"nth"` // 1 is the first call
	Lang    string    `json:"lang"`
}

// NewState returns the state of an office that has no journal yet.
func NewState() *State {
	s := &State{}
	s.reset()
	return s
}

// Clone returns a copy that later changes of s do not touch. Apply never
// changes a ticket or a desk in place, so sharing them is safe and a clone of a
// full day costs microseconds.
func (s *State) Clone() *State {
	c := *s
	c.Tickets = maps.Clone(s.Tickets)
	c.Counters = maps.Clone(s.Counters)
	c.Numbers = maps.Clone(s.Numbers)
	c.Issued = maps.Clone(s.Issued)
	c.Calls = slices.Clip(s.Calls)
	c.Help = maps.Clone(s.Help)
	c.Spells = maps.Clone(s.Spells)
	c.Rated = maps.Clone(s.Rated)
	return &c
}

// Logical turns a wall time into the queue's own time, which never runs
// backwards within a day. Waits and order are read from it.
func (s *State) Logical(wall time.Time) time.Time {
	t := wall.Add(s.Skew)
	if last := s.At.Add(s.Skew); t.Before(last) {
		return last
	}
	return t
}

// reset empties what belongs to one day.
func (s *State) reset() {
	s.Skew = 0
	s.Tickets = map[TicketID]*Ticket{}
	s.Numbers = map[string]int{}
	s.Issued = map[string]int{}
	s.Calls = nil
	s.Help = map[string]time.Time{}
	s.Spells = map[string][]int{}
	s.Ratings = [6]int{}
	s.Rated = map[TicketID]bool{}
	desks := map[string]*Desk{}
	for _, c := range s.Config.Counters {
		desks[c.ID] = &Desk{}
		// An officer who stayed past midnight keeps the seat.
		if old := s.Counters[c.ID]; old != nil {
			desks[c.ID].Officer, desks[c.ID].Since, desks[c.ID].Paused = old.Officer, old.Since, old.Paused
		}
	}
	s.Counters = desks
}

// Ticket returns a ticket of today, nil when there is none.
func (s *State) Ticket(id TicketID) *Ticket { return s.Tickets[id] }

// ByCode finds a ticket of today by the code of its QR.
func (s *State) ByCode(code string) *Ticket {
	for _, t := range s.Tickets {
		if t.Code == code {
			return t
		}
	}
	return nil
}

// WaitingFor lists who waits for the services of keep, in the order in which
// they would be called: effective arrival, then sequence. A nil keep lists all.
func (s *State) WaitingFor(keep func(*Ticket) bool) []*Ticket {
	var list []*Ticket
	for _, t := range s.Tickets {
		if t.Status() == Waiting && (keep == nil || keep(t)) {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *Ticket) int {
		return cmp.Or(s.effective(a).Compare(s.effective(b)), cmp.Compare(a.Seq, b.Seq))
	})
	return list
}

// CounterQueue lists who waits for a counter: everyone of its tiers (and
// those sent to it by name), in calling order.
func (s *State) CounterQueue(counter string) []*Ticket {
	c, _ := s.Config.Counter(counter)
	return s.WaitingFor(func(t *Ticket) bool { return eligible(c, t) })
}

// HeldAt lists the tickets put aside at a counter, oldest first.
func (s *State) HeldAt(counter string) []*Ticket {
	var list []*Ticket
	for _, t := range s.Tickets {
		if t.Status() == Held && t.Counter == counter {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *Ticket) int {
		return cmp.Or(a.Since().Compare(b.Since()), cmp.Compare(a.Seq, b.Seq))
	})
	return list
}

// Waiting counts who waits for a service; "" counts everybody.
func (s *State) Waiting(service string) int {
	n := 0
	for _, t := range s.Tickets {
		if t.Status() == Waiting && (service == "" || t.Service == service) {
			n++
		}
	}
	return n
}

// Working counts the counters that can call now and serve a service ("" any).
func (s *State) Working(service string) int {
	n := 0
	for _, c := range s.Config.Counters {
		if d := s.Counters[c.ID]; d == nil || !d.Working() {
			continue
		}
		if _, ok := c.Serves(service); ok || service == "" {
			n++
		}
	}
	return n
}

// effective is the arrival that ordering compares: rank minus head start.
func (s *State) effective(t *Ticket) time.Time {
	return t.Rank.Add(-s.Config.HeadStart(t.Class))
}

// eligible reports whether a counter may call a waiting ticket by the rule.
func eligible(c Counter, t *Ticket) bool {
	if t.For != "" {
		return t.For == c.ID
	}
	_, ok := c.Serves(t.Service)
	return ok
}
