package queue

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// TicketID identifies a ticket for ever: day, series and number, e.g.
// "261122-A012". The day is the business day, not the clock's.
type TicketID string

var labelShape = regexp.MustCompile(`^([A-Z])(?:(\d{1,2})[ -])? ?0*(\d{1,4})$`)

// parts takes an id apart: six digits of the day, the series, three or four
// digits of the number. A series is a service's letter, or a letter and one or
// two digits with a dash. Every record of a ticket comes by here, so there is no
// regular expression.
func (id TicketID) parts() (series, number string, ok bool) {
	if len(id) < len("261122-A012") || !digits(string(id[:6])) || id[6] != '-' || id[7] < 'A' || id[7] > 'Z' {
		return "", "", false
	}
	series, number = string(id[7:8]), string(id[8:])
	if dash := strings.IndexByte(number, '-'); dash >= 0 {
		series, number = string(id[7:8+dash]), number[dash+1:]
		if len(series) < 2 || len(series) > 3 || !digits(series[1:]) {
			return "", "", false
		}
	}
	return series, number, (len(number) == 3 || len(number) == 4) && digits(number)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// NewTicketID writes an id. day is "2006-01-02"; series is a service's letter
// ("A", in the first hub's term), or "A2" in the second, or a device's own
// ("X1", "Q3").
func NewTicketID(day, series string, number int) TicketID {
	if series = strings.TrimSuffix(series, "-"); len(series) > 1 {
		series += "-"
	}
	return TicketID(fmt.Sprintf("%s%s%s-%s%03d", day[2:4], day[5:7], day[8:10], series, number))
}

// ParseLabel reads a number as somebody types it, "a12" or "X1-7", as one of a
// day ("2006-01-02").
func ParseLabel(day, typed string) (TicketID, bool) {
	if len(typed) > 16 || len(day) != len(time.DateOnly) {
		return "", false
	}
	m := labelShape.FindStringSubmatch(strings.ToUpper(strings.Join(strings.Fields(typed), " ")))
	if m == nil {
		return "", false
	}
	n, _ := strconv.Atoi(m[3])
	return ParseTicketID(string(NewTicketID(day, m[1]+m[2], n)))
}

// ParseTicketID reads an id and refuses anything else.
func ParseTicketID(s string) (TicketID, bool) {
	id := TicketID(s)
	if _, _, ok := id.parts(); !ok {
		return "", false
	}
	if _, err := time.Parse("060102", s[:6]); err != nil {
		return "", false
	}
	return id, true
}

// Label is what people see and hear: "A012".
func (id TicketID) Label() string {
	if len(id) < 8 {
		return string(id)
	}
	return string(id[7:])
}

// Number is the number without its series.
func (id TicketID) Number() int {
	_, number, ok := id.parts()
	if !ok {
		return 0
	}
	n, _ := strconv.Atoi(number)
	return n
}

// Series is what the number counts in: "A", "A2", "X1"; "" when the id is none.
func (id TicketID) Series() string {
	series, _, ok := id.parts()
	if !ok {
		return ""
	}
	return series
}

// ByDevice reports whether a device gave the number by itself, from a series of
// its own, so that its code has no check of the office.
func (id TicketID) ByDevice() bool {
	s := id.Series()
	return len(s) > 1 && (s[:1] == letterKiosk || s[:1] == letterCounter)
}

// of reports whether the number belongs to a business day ("2006-01-02").
func (id TicketID) of(day string) bool {
	return len(day) == len(time.DateOnly) && len(id) > 6 && string(id[:6]) == day[2:4]+day[5:7]+day[8:10]
}

// Status is where a ticket is. Each has a word in assets/texts.
type Status string

// Ticket statuses. Called and Serving are "open": the ticket belongs to one
// counter. Waiting and Held may be called. The rest are over, but Absent may
// come back the same day.
const (
	Waiting   Status = "waiting"
	Called    Status = "called"
	Serving   Status = "serving"
	Held      Status = "held"
	Absent    Status = "absent"
	Done      Status = "done"
	Void      Status = "void"       // withdrawn: not printed, or given up by the citizen
	NotServed Status = "not-served" // still here when the day closed
)

// Open reports whether a counter holds the ticket now.
func (s Status) Open() bool { return s == Called || s == Serving }

// Interval is one stay in a status: where a ticket was, from when, with whom
// and why. A ticket's life is its list of intervals; every duration anybody
// reports is read from it.
type Interval struct {
	Status  Status    `json:"status"`
	From    time.Time `json:"from"`
	Counter string    `json:"counter,omitempty"`
	Officer string    `json:"officer,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	// Service is what the ticket was in line or at a counter for.
	Service string `json:"service,omitempty"`
}

// Print tells what became of the paper.
type Print string

// Print states; the empty state is "not yet known".
const (
	Printed     Print = "printed"
	PrintFailed Print = "failed" // the number was shown on the screen instead
)

// Ticket is one person's turn (số thứ tự).
type Ticket struct {
	ID      TicketID `json:"id"`
	Seq     uint64   `json:"seq"` // order of issue; breaks ties, never the clock
	Service string   `json:"service"`
	Class   string   `json:"class,omitempty"`
	Kiosk   string   `json:"kiosk"`
	Lang    string   `json:"lang"`
	// Code is the text after the ticket link in its QR: id and a short check
	// that only the office can make. It names nobody.
	Code string `json:"code"`
	// Arrived is when the ticket was issued; it never changes. Rank is the
	// arrival that ordering uses: later than Arrived after a missed call.
	Arrived time.Time `json:"arrived"`
	Rank    time.Time `json:"rank"`
	// FirstCall is when it was first called; zero while it waits. The waiting
	// time that is reported is FirstCall − Arrived.
	FirstCall time.Time `json:"first_call,omitzero"`
	// Calls counts calls of the present leg, LastCall is the latest.
	Calls    int       `json:"calls,omitempty"`
	LastCall time.Time `json:"last_call,omitzero"`
	// Because is why it was last called: the rule's reason, or that it was
	// chosen by hand.
	Because Explanation `json:"because,omitzero"`
	// Counter and Officer are set while open or held.
	Counter string `json:"counter,omitempty"`
	Officer string `json:"officer,omitempty"`
	// For names the counter a ticket was sent to; only that one may call it.
	For string `json:"for,omitempty"`
	// ForOfficer names the officer a ticket was sent to, at whatever counter.
	ForOfficer string `json:"for_officer,omitempty"`
	// Back: it returns to For from a detour, and is first there.
	Back bool `json:"back,omitempty"`
	// Stops are what the visit still has before it, next first.
	Stops []Stop `json:"stops,omitempty"`
	// After, a wall time, is when the session begins for which the ticket
	// waits; zero when it may be called now.
	After time.Time `json:"after,omitzero"`
	// Identity is the day-salted hash under which the number was taken.
	Identity string `json:"identity,omitempty"`
	// Appointment is the code of the booked slot, if there was one.
	Appointment string `json:"appointment,omitempty"`
	// Dossiers is how many the citizen brings (scenario 22); at least 1.
	Dossiers int   `json:"dossiers"`
	Print    Print `json:"print,omitempty"`
	// Origin is where the number was given when this office did not give it
	// itself (Merge.Origin), N the device's command that got it there.
	Origin string `json:"origin,omitempty"`
	N      uint64 `json:"n,omitempty"`
	// Adopted: the number was shown at a counter before the record that gave it
	// came here.
	Adopted bool `json:"adopted,omitempty"`
	// Away: open at its counter under an earlier hub, while the desk went on
	// here.
	Away bool `json:"away,omitempty"`
	// Estimate is what was promised at issue.
	Estimate Estimate   `json:"estimate"`
	History  []Interval `json:"history"`
}

// Status is the present status.
func (t Ticket) Status() Status {
	if len(t.History) == 0 {
		return Waiting
	}
	return t.History[len(t.History)-1].Status
}

// Since is when the present status began.
func (t Ticket) Since() time.Time {
	if len(t.History) == 0 {
		return t.Arrived
	}
	return t.History[len(t.History)-1].From
}

// Wait is the reported waiting time: from arrival to the first call, or to now
// while it has not been called. A clock that ran backwards gives zero, never a
// negative wait (scenario 4).
func (t Ticket) Wait(now time.Time) time.Duration {
	end := t.FirstCall
	if end.IsZero() {
		end = now
	}
	return max(0, end.Sub(t.Arrived))
}

// Estimate is a promise in words: the first call is expected between Low and
// High from issue. Both zero means "straight away".
type Estimate struct {
	Ahead int           `json:"ahead"` // people before this one
	Low   time.Duration `json:"low"`   // nanoseconds
	High  time.Duration `json:"high"`
	// Likely is the middle of the range: as many such waits are shorter.
	Likely time.Duration `json:"likely,omitempty"`
	// Dossiers is what the people before this one bring, when it is more than
	// one each (scenario 22).
	Dossiers int `json:"dossiers,omitempty"`
	// AfterClosing: the office's last session probably ends before the call
	// (scenario 15).
	AfterClosing bool `json:"after_closing,omitempty"`
}
