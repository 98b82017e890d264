package queue

import (
	"encoding/json"
	"fmt"
	"time"
)

// An Event is a fact about the queue. Kind is its type in the journal. Events
// are only ever added to; a changed meaning is a new kind or version.
type Event interface{ Kind() string }

// Configured replaces the configuration.
type Configured struct {
	Config Config `json:"config"`
}

// DayOpened starts the business day; number series begin again.
type DayOpened struct {
	Day string `json:"day"` // local date, "2006-01-02"
	// Pace carries yesterday's median service seconds by service, so that the
	// morning's first estimates are not guesses.
	Pace map[string]int `json:"pace,omitempty"`
}

// DayClosed ends the business day.
type DayClosed struct {
	Day string `json:"day"`
}

// TicketIssued gives a number.
type TicketIssued struct {
	Ticket   TicketID `json:"ticket"`
	Service  string   `json:"service"`
	Class    string   `json:"class,omitempty"`
	Lang     string   `json:"lang"`
	Code     string   `json:"code"`
	Dossiers int      `json:"dossiers"`
	Estimate Estimate `json:"estimate"`
	// Identity is the day-salted hash of who took it; Reason why an officer
	// gave one more than the rule allows (scenario 21).
	Identity string `json:"identity,omitempty"`
	Reason   string `json:"reason,omitempty"`
	// Appointment is the code of a booked slot; Rank is then the arrival that
	// ordering uses, when it is not the moment of issue.
	Appointment string    `json:"appointment,omitempty"`
	Rank        time.Time `json:"rank,omitzero"`
	// After is when the session begins for which it was taken; zero is now.
	After time.Time `json:"after,omitzero"`
	// Instead is the device's command that it gave up for this number (R7).
	Instead uint64 `json:"instead,omitempty"`
}

// TicketPrinted records the paper.
type TicketPrinted struct {
	Ticket  TicketID `json:"ticket"`
	Outcome Print    `json:"outcome"`
}

// TicketCalled: the ticket belongs to a counter from here. Why explains the
// choice: "rule", "held", or the officer's reason for a chosen ticket.
type TicketCalled struct {
	Ticket  TicketID `json:"ticket"`
	Counter string   `json:"counter"`
	Officer string   `json:"officer"`
	Why     string   `json:"why"`
	Chosen  bool     `json:"chosen,omitempty"` // by hand, not by the rule
	// Because is the rule's reason, for the officer and the audit.
	Because Explanation `json:"because,omitzero"`
}

// TicketRecalled: called again.
type TicketRecalled struct {
	Ticket  TicketID `json:"ticket"`
	Counter string   `json:"counter"`
	Nth     int      `json:"nth"` // 2 is the first recall
}

// TicketStarted: service began.
type TicketStarted struct {
	Ticket TicketID `json:"ticket"`
}

// TicketHeld: put aside for this counter and officer.
type TicketHeld struct {
	Ticket TicketID `json:"ticket"`
	Reason string   `json:"reason,omitempty"`
}

// TicketTransferred: waits again, for another service or one counter.
type TicketTransferred struct {
	Ticket  TicketID `json:"ticket"`
	Service string   `json:"service"`
	Counter string   `json:"counter,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	// Officer: only that one may call it. Back: it returns from a detour.
	Officer string `json:"officer,omitempty"`
	Back    bool   `json:"back,omitempty"`
	// Stops replaces what the visit has before it.
	Stops []Stop `json:"stops,omitempty"`
}

// TicketMissed: called, nobody came.
type TicketMissed struct {
	Ticket TicketID `json:"ticket"`
}

// TicketReturned: an absent ticket waits again, ranked at Rank.
type TicketReturned struct {
	Ticket TicketID  `json:"ticket"`
	Rank   time.Time `json:"rank"`
}

// TicketFinished: service ended.
type TicketFinished struct {
	Ticket TicketID `json:"ticket"`
	// Auto: closed because the officer called the next one.
	Auto bool `json:"auto,omitempty"`
}

// TicketCarried: waits on for the session that begins at After, rank kept.
type TicketCarried struct {
	Ticket TicketID  `json:"ticket"`
	After  time.Time `json:"after"`
	Reason string    `json:"reason,omitempty"`
}

// SessionClosed: no more numbers until Resume (zero: today).
type SessionClosed struct {
	How    Ending    `json:"how"`
	Reason string    `json:"reason,omitempty"`
	Resume time.Time `json:"resume,omitzero"`
}

// SessionOpened: numbers are given again, and who waits for a session that
// began by From may be called.
type SessionOpened struct {
	From time.Time `json:"from"`
}

// AppointmentBooked gives a slot.
type AppointmentBooked struct {
	Appointment
}

// AppointmentCancelled takes a slot back.
type AppointmentCancelled struct {
	Code   string `json:"code"`
	Reason string `json:"reason,omitempty"`
}

// CounterAlarmed: an officer calls for help at once.
type CounterAlarmed struct {
	Counter string `json:"counter"`
	Officer string `json:"officer,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// AlarmAnswered: somebody is on the way to the counter.
type AlarmAnswered struct {
	Counter string `json:"counter"`
	Officer string `json:"officer,omitempty"`
}

// TicketClosed: over without service, as Void or NotServed.
type TicketClosed struct {
	Ticket TicketID `json:"ticket"`
	As     Status   `json:"as"`
	Reason string   `json:"reason"`
}

// TicketRated is a rating; it names no person and no officer.
type TicketRated struct {
	Ticket TicketID `json:"ticket"`
	Level  int      `json:"level"`
	Praise []string `json:"praise,omitempty"`
}

// CounterOpened: an officer sits at a counter. From names the officer who was
// taken over, if any.
type CounterOpened struct {
	Counter string `json:"counter"`
	Officer string `json:"officer"`
	From    string `json:"from,omitempty"`
}

// CounterPaused: a break.
type CounterPaused struct {
	Counter string `json:"counter"`
	Reason  string `json:"reason,omitempty"`
}

// CounterClosed: nobody sits there.
type CounterClosed struct {
	Counter string `json:"counter"`
}

// HelpRequested: somebody at a kiosk asks for a person.
type HelpRequested struct {
	Device string `json:"device"`
}

// HelpAnswered: an officer is on the way.
type HelpAnswered struct {
	Device  string `json:"device"`
	Officer string `json:"officer"`
}

// Kind implements Event.
func (Configured) Kind() string { return "office.configured" }

// Kind implements Event.
func (DayOpened) Kind() string { return "day.opened" }

// Kind implements Event.
func (DayClosed) Kind() string { return "day.closed" }

// Kind implements Event.
func (TicketIssued) Kind() string { return "ticket.issued" }

// Kind implements Event.
func (TicketPrinted) Kind() string { return "ticket.printed" }

// Kind implements Event.
func (TicketCalled) Kind() string { return "ticket.called" }

// Kind implements Event.
func (TicketRecalled) Kind() string { return "ticket.recalled" }

// Kind implements Event.
func (TicketStarted) Kind() string { return "ticket.started" }

// Kind implements Event.
func (TicketHeld) Kind() string { return "ticket.held" }

// Kind implements Event.
func (TicketTransferred) Kind() string { return "ticket.transferred" }

// Kind implements Event.
func (TicketMissed) Kind() string { return "ticket.missed" }

// Kind implements Event.
func (TicketReturned) Kind() string { return "ticket.returned" }

// Kind implements Event.
func (TicketFinished) Kind() string { return "ticket.finished" }

// Kind implements Event.
func (TicketClosed) Kind() string { return "ticket.closed" }

// Kind implements Event.
func (TicketRated) Kind() string { return "ticket.rated" }

// Kind implements Event.
func (CounterOpened) Kind() string { return "counter.opened" }

// Kind implements Event.
func (CounterPaused) Kind() string { return "counter.paused" }

// Kind implements Event.
func (CounterClosed) Kind() string { return "counter.closed" }

// Kind implements Event.
func (HelpRequested) Kind() string { return "help.requested" }

// Kind implements Event.
func (HelpAnswered) Kind() string { return "help.answered" }

// Kind implements Event.
func (TicketCarried) Kind() string { return "ticket.carried" }

// Kind implements Event.
func (SessionClosed) Kind() string { return "session.closed" }

// Kind implements Event.
func (SessionOpened) Kind() string { return "session.opened" }

// Kind implements Event.
func (AppointmentBooked) Kind() string { return "appointment.booked" }

// Kind implements Event.
func (AppointmentCancelled) Kind() string { return "appointment.cancelled" }

// Kind implements Event.
func (CounterAlarmed) Kind() string { return "counter.alarmed" }

// Kind implements Event.
func (AlarmAnswered) Kind() string { return "counter.alarm-answered" }

// DecodeEvent reads a journal record of this package. ok is false for kinds
// of other packages and of later versions, which are stored and forwarded
// unread.
func DecodeEvent(kind string, v int, data json.RawMessage) (e Event, ok bool, err error) {
	if v != 1 {
		return nil, false, nil
	}
	if e, ok = decodePlain(kind, data); ok {
		return e, true, nil
	}
	return decodeJSON(kind, data)
}

// decodeJSON is DecodeEvent for any JSON.
func decodeJSON(kind string, data json.RawMessage) (e Event, ok bool, err error) {
	switch kind {
	case "office.configured":
		return decode[Configured](kind, data)
	case "day.opened":
		return decode[DayOpened](kind, data)
	case "day.closed":
		return decode[DayClosed](kind, data)
	case "ticket.issued":
		return decode[TicketIssued](kind, data)
	case "ticket.printed":
		return decode[TicketPrinted](kind, data)
	case "ticket.called":
		return decode[TicketCalled](kind, data)
	case "ticket.recalled":
		return decode[TicketRecalled](kind, data)
	case "ticket.started":
		return decode[TicketStarted](kind, data)
	case "ticket.held":
		return decode[TicketHeld](kind, data)
	case "ticket.transferred":
		return decode[TicketTransferred](kind, data)
	case "ticket.missed":
		return decode[TicketMissed](kind, data)
	case "ticket.returned":
		return decode[TicketReturned](kind, data)
	case "ticket.finished":
		return decode[TicketFinished](kind, data)
	case "ticket.closed":
		return decode[TicketClosed](kind, data)
	case "ticket.rated":
		return decode[TicketRated](kind, data)
	case "counter.opened":
		return decode[CounterOpened](kind, data)
	case "counter.paused":
		return decode[CounterPaused](kind, data)
	case "counter.closed":
		return decode[CounterClosed](kind, data)
	case "help.requested":
		return decode[HelpRequested](kind, data)
	case "help.answered":
		return decode[HelpAnswered](kind, data)
	}
	return decodeMore(kind, data)
}

// decodeMore reads the events of sessions, appointments and alarms, and of what
// happened while the line was cut.
func decodeMore(kind string, data json.RawMessage) (Event, bool, error) {
	switch kind {
	case "ticket.carried":
		return decode[TicketCarried](kind, data)
	case "session.closed":
		return decode[SessionClosed](kind, data)
	case "session.opened":
		return decode[SessionOpened](kind, data)
	case "appointment.booked":
		return decode[AppointmentBooked](kind, data)
	case "appointment.cancelled":
		return decode[AppointmentCancelled](kind, data)
	case "counter.alarmed":
		return decode[CounterAlarmed](kind, data)
	case "counter.alarm-answered":
		return decode[AlarmAnswered](kind, data)
	case "device.admitted":
		return decode[DeviceAdmitted](kind, data)
	case "term.began":
		return decode[TermBegan](kind, data)
	case "term.settled":
		return decode[TermSettled](kind, data)
	case "record.merged":
		return decode[RecordMerged](kind, data)
	case "command.given-up":
		return decode[CommandGivenUp](kind, data)
	case "anomaly.found":
		return decode[AnomalyFound](kind, data)
	case "anomaly.acknowledged":
		return decode[AnomalyAcknowledged](kind, data)
	case "ticket.adopted":
		return decode[TicketAdopted](kind, data)
	}
	return nil, false, nil
}

func decode[E Event](kind string, data json.RawMessage) (Event, bool, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, false, fmt.Errorf("read %s event: %w", kind, err)
	}
	return e, true, nil
}
