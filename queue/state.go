package queue

import (
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
	// Issued counts the day's tickets by kiosk, of people who showed neither an
	// identity nor an appointment.
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
	// Learned is what estimates draw from; it outlives the day.
	Learned Lessons `json:"learned"`
	// Ratings counts the day's ticket ratings by level (index 1–5).
	Ratings [6]int `json:"ratings"`
	// Rated marks tickets that have been rated.
	Rated map[TicketID]bool `json:"rated"`
	// Persons lists the day's tickets by the day-salted hash of an identity
	// (scenario 21); the hash is all that is kept.
	Persons map[string][]TicketID `json:"persons,omitempty"`
	// Appointments are the booked slots of today and later, by code.
	Appointments map[string]Appointment `json:"appointments,omitempty"`
	// Alarms are the counters that called for help and have no answer yet.
	Alarms map[string]Alarm `json:"alarms,omitempty"`
	// Stopped: a supervisor closed the session; no more numbers until Resume,
	// or until the next day when that is zero.
	Stopped bool `json:"stopped,omitempty"`
	// Resume is the wall time at which the next session begins for those who
	// were carried to it; zero when nothing waits for it.
	Resume time.Time `json:"resume,omitzero"`

	// What follows outlives the day.

	// Term counts the office's hubs: 0 and 1 are the first, 2 and more come
	// after a promotion. Began is the record that began it, 0 for the first.
	Term  int    `json:"term,omitempty"`
	Began uint64 `json:"began,omitempty"`
	// Predecessors are the hubs before this one whose records may be missing.
	Predecessors []Predecessor `json:"predecessors,omitempty"`
	// Stations are the devices with a number series of their own.
	Stations map[string]Station `json:"stations,omitempty"`
	// Spared are series that a lost hub may have given, by letter: the last.
	Spared map[string]int `json:"spared,omitempty"`
	// Merged tells by origin which records are here (Merge); Carried which
	// commands they carried out, by "origin/device".
	Merged  map[string]Ranges `json:"merged,omitempty"`
	Carried map[string]Ranges `json:"carried,omitempty"`
	// GivenUp are the commands that devices gave up, by device.
	GivenUp map[string]Ranges `json:"given_up,omitempty"`
	// Anomalies are those that no supervisor has acknowledged, oldest first.
	Anomalies []Anomaly `json:"anomalies,omitempty"`

	// lanes is everybody in line, in order. It follows from Tickets.
	lanes []line
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
// changes a ticket or a desk in place, so sharing them is safe; lists grow in
// place only in the original. A clone of a full day costs microseconds.
func (s *State) Clone() *State {
	c := *s
	c.Tickets = maps.Clone(s.Tickets)
	c.Counters = maps.Clone(s.Counters)
	c.Numbers = maps.Clone(s.Numbers)
	c.Issued = maps.Clone(s.Issued)
	c.Calls = slices.Clip(s.Calls)
	c.Help = maps.Clone(s.Help)
	c.Spells = clipped(s.Spells)
	c.Learned = s.Learned.clone()
	c.Rated = maps.Clone(s.Rated)
	c.Persons = maps.Clone(s.Persons)
	c.Appointments = maps.Clone(s.Appointments)
	c.Alarms = maps.Clone(s.Alarms)
	c.Stations = maps.Clone(s.Stations)
	c.Spared = maps.Clone(s.Spared)
	c.Merged = maps.Clone(s.Merged)
	c.Carried = maps.Clone(s.Carried)
	c.GivenUp = maps.Clone(s.GivenUp)
	c.Predecessors, c.Anomalies = slices.Clip(s.Predecessors), slices.Clip(s.Anomalies)
	c.lanes = slices.Clone(s.lanes)
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
	s.Persons = map[string][]TicketID{}
	s.Alarms = map[string]Alarm{}
	s.Stopped, s.Resume = false, time.Time{}
	s.lanes = nil
	s.keepAppointments()
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

// fill makes the maps that an earlier version's state does not have.
func (s *State) fill() {
	fresh := NewState()
	s.Tickets = orElse(s.Tickets, fresh.Tickets)
	s.Counters = orElse(s.Counters, fresh.Counters)
	s.Numbers = orElse(s.Numbers, fresh.Numbers)
	s.Issued = orElse(s.Issued, fresh.Issued)
	s.Help = orElse(s.Help, fresh.Help)
	s.Spells = orElse(s.Spells, fresh.Spells)
	s.Rated = orElse(s.Rated, fresh.Rated)
	s.Persons = orElse(s.Persons, fresh.Persons)
	s.Appointments = orElse(s.Appointments, fresh.Appointments)
	s.Alarms = orElse(s.Alarms, fresh.Alarms)
}

func orElse[K comparable, V any](m, otherwise map[K]V) map[K]V {
	if m == nil {
		return otherwise
	}
	return m
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
