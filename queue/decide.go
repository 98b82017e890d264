package queue

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Zone is Vietnam's time, UTC+7 without summer time, whatever zone the machine
// is set to. The business day is a local date in it.
var zone = time.FixedZone("+07", 7*60*60)

// Local returns a moment in Vietnam's time.
func Local(t time.Time) time.Time { return t.In(zone) }

// Env is what a decision needs from outside, all of it injected: with the same
// Env the same command on the same state gives the same events.
type Env struct {
	// Now is the wall clock.
	Now time.Time
	// Mint makes a ticket's Code from its id. Only the office can; nil leaves
	// the id.
	Mint func(TicketID) string
	// Station is the device that decides by itself because the office is silent,
	// "" for the office. Then numbers come from its own series, and what needs
	// the office is refused with "office-silent".
	Station string
	// Given is the highest number of its series that a silent station knows it
	// gave on a day; nil for none. What State has counts as well.
	Given func(day string) int
	// Answered tells whether this office's answers have one for a device's
	// command, and the ticket it gave, if any; nil when nothing is known.
	Answered func(device string, n uint64) (ticket TicketID, known bool)
	// Clock is how far Now can be trusted; "" is fully.
	Clock chain.Clock
}

// bounds on what a command may carry.
const (
	maxReason   = 200 // runes
	maxDossiers = 99
	maxPraise   = 10
)

// Decide turns a command into events, or into a *refusal.Refusal when it is
// understood and not carried out. It changes nothing. No events and no error
// means that the wish is already so.
//
// When the local date has passed the business day, the events begin by closing
// the old day and opening the new one; a clock behind the business day never
// opens anything.
func Decide(s *State, c Command, by chain.Actor, env Env) ([]Event, error) {
	var roll []Event
	if _, isConfig := c.(Configure); !isConfig {
		if s.Config.Office == "" {
			return nil, refusal.New("office-not-configured")
		}
		roll = rollDay(s, env.Now)
	}
	s = s.after(roll, env.Now, by)
	if session := rollSession(s, env.Now); len(session) > 0 {
		roll = append(roll, session...)
		s = s.after(session, env.Now, by)
	}
	d := decision{s: s, by: by, env: env, now: s.Logical(env.Now)}
	events, err := d.decide(c)
	if err != nil {
		return nil, err
	}
	return append(roll, events...), nil
}

// after is the state with events that are about to happen; s stays as it is.
func (s *State) after(events []Event, now time.Time, by chain.Actor) *State {
	if len(events) == 0 {
		return s
	}
	s = s.Clone()
	for _, e := range events {
		s.Apply(e, now, s.Seq+1, by)
	}
	return s
}

// decision is one command meeting the state.
type decision struct {
	s   *State
	by  chain.Actor
	env Env
	now time.Time // logical
}

func (d decision) decide(c Command) ([]Event, error) {
	switch c := c.(type) {
	case Configure:
		return d.configure(c)
	case CloseDay:
		return d.closeDay()
	case IssueTicket:
		return d.issue(c)
	case ReportPrint:
		return d.reportPrint(c)
	case VoidTicket:
		return d.void(c)
	case ReturnTicket:
		return d.returnTicket(c)
	case RateTicket:
		return d.rate(c)
	case RequestHelp:
		return []Event{HelpRequested{Device: d.by.Device}}, nil
	case AnswerHelp:
		if _, asked := d.s.Help[c.Device]; !asked {
			return nil, refusal.New("help-unknown", "device", c.Device)
		}
		return []Event{HelpAnswered{Device: c.Device, Officer: d.by.Officer}}, nil
	case OpenCounter:
		return d.openCounter()
	}
	return d.decideRest(c)
}

// decideRest decides about sessions, appointments and alarms, and leaves to the
// counters what is theirs.
func (d decision) decideRest(c Command) ([]Event, error) {
	switch c := c.(type) {
	case CarryTicket:
		return d.carry(c)
	case CloseSession:
		return d.closeSession(c)
	case OpenSession:
		return d.openSession()
	case BookAppointment:
		return d.book(c)
	case CancelAppointment:
		return d.cancel(c)
	case CheckIn:
		return d.checkIn(c)
	case RaiseAlarm:
		return d.raiseAlarm(c)
	case AnswerAlarm:
		return d.answerAlarm(c)
	}
	return d.atCounter(c)
}

func (d decision) configure(c Configure) ([]Event, error) {
	if faults := c.Config.Check(); len(faults) > 0 {
		return nil, refusal.New("config-faulty", "fault", faults[0].Error(), "count", strconv.Itoa(len(faults)))
	}
	return []Event{Configured(c)}, nil
}

// rollDay closes the old business day and opens the new one when the local
// date is later than the business day (scenarios 3 and 4).
func rollDay(s *State, now time.Time) []Event {
	day := Local(now).Format(time.DateOnly)
	if day <= s.Day {
		return nil
	}
	events := closing(s)
	return append(events, DayOpened{Day: day, Pace: s.medians()})
}

// closing ends the open day: everyone still here is not served, in order.
func closing(s *State) []Event {
	if !s.Open {
		return nil
	}
	var left []*Ticket
	for _, t := range s.Tickets {
		switch t.Status() {
		case Waiting, Called, Serving, Held, Absent:
			left = append(left, t)
		}
	}
	slices.SortFunc(left, func(a, b *Ticket) int { return cmp.Compare(a.Seq, b.Seq) })
	events := make([]Event, 0, len(left)+1)
	for _, t := range left {
		events = append(events, TicketClosed{Ticket: t.ID, As: NotServed, Reason: "day-closed"})
	}
	return append(events, DayClosed{Day: s.Day})
}

func (d decision) closeDay() ([]Event, error) {
	if !d.s.Open {
		return nil, nil
	}
	events := closing(d.s)
	if Local(d.env.Now).Format(time.DateOnly) < d.s.Day {
		// The clock was a day ahead. The business day is still to come: those
		// who wait are sent home, it stays open for tomorrow's.
		events = events[:len(events)-1]
	}
	return events, nil
}

func (d decision) reportPrint(c ReportPrint) ([]Event, error) {
	t, err := d.find(c.Ticket)
	if err != nil {
		return nil, err
	}
	if c.Outcome != Printed && c.Outcome != PrintFailed {
		return nil, refusal.New("print-outcome-unknown")
	}
	if t.Print == c.Outcome {
		return nil, nil
	}
	return []Event{TicketPrinted(c)}, nil
}

func (d decision) void(c VoidTicket) ([]Event, error) {
	t, err := d.find(c.Ticket)
	if err != nil {
		return nil, err
	}
	own := t.Counter == d.by.Counter && t.Officer == d.by.Officer
	switch st := t.Status(); {
	case st == Waiting, st == Held, st == Absent, st.Open() && own:
		return []Event{TicketClosed{Ticket: t.ID, As: Void, Reason: cut(c.Reason)}}, nil
	}
	return nil, wrongStatus(t)
}

func (d decision) returnTicket(c ReturnTicket) ([]Event, error) {
	t, err := d.find(c.Ticket)
	if err != nil {
		return nil, err
	}
	if t.Status() != Absent {
		return nil, wrongStatus(t)
	}
	penalty := time.Duration(d.s.Config.AbsentPenalty) * time.Minute
	return []Event{TicketReturned{Ticket: t.ID, Rank: t.Rank.Add(penalty)}}, nil
}

func (d decision) rate(c RateTicket) ([]Event, error) {
	t, err := d.find(c.Ticket)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Level < 1 || c.Level > 5:
		return nil, refusal.New("level-out-of-range")
	case t.FirstCall.IsZero():
		return nil, refusal.New("not-yet-served", "ticket", t.ID.Label())
	case d.s.Rated[t.ID]:
		return nil, refusal.New("already-rated")
	case len(c.Praise) > maxPraise:
		return nil, refusal.New("level-out-of-range")
	}
	c.Praise = slices.Clone(c.Praise) // the caller's list stays as it is
	for i := range c.Praise {
		c.Praise[i] = cut(c.Praise[i])
	}
	return []Event{TicketRated(c)}, nil
}

func (d decision) find(id TicketID) (*Ticket, error) {
	if t := d.s.Ticket(id); t != nil {
		return t, nil
	}
	return nil, refusal.New("ticket-unknown", "ticket", cut(id.Label()))
}

func wrongStatus(t *Ticket) error {
	return refusal.New("ticket-wrong-status", "ticket", t.ID.Label(), "status", string(t.Status()))
}

// medians are the service seconds to expect tomorrow: of today when there were
// enough services, else what was expected before.
func (s *State) medians() map[string]int {
	pace := maps.Clone(s.Pace)
	for service, spells := range s.Spells {
		if len(spells) < enoughSpells {
			continue
		}
		if pace == nil {
			pace = map[string]int{}
		}
		pace[service] = quantile(spells, 0.5)
	}
	return pace
}

// cut bounds free text that came from outside.
func cut(s string) string {
	r := []rune(s)
	if len(r) > maxReason {
		return string(r[:maxReason])
	}
	return s
}
