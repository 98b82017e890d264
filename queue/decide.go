package queue

import (
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
	if env.Station != "" && !alone(c) {
		return nil, refusal.New("office-silent")
	}
	var roll []Event
	switch c.(type) {
	case Configure, BeginTerm: // these stand alone
	default:
		var err error
		if roll, err = begin(s, c, by, env); err != nil {
			return nil, err
		}
		s = s.after(roll, env.Now, by)
		if session := rollSession(s, env.Now); len(session) > 0 {
			roll = append(roll, session...)
			s = s.after(session, env.Now, by)
		}
	}
	d := decision{s: s, by: by, env: env, now: s.Logical(env.Now)}
	events, err := d.decide(c)
	if err != nil {
		return nil, err
	}
	return append(roll, events...), nil
}

// begin refuses what cannot be decided here and now, and opens the day.
func begin(s *State, c Command, by chain.Actor, env Env) ([]Event, error) {
	switch {
	case s.Config.Office == "":
		return nil, refusal.New("office-not-configured")
	case !s.unsure(env), s.vouched(c, by, env):
		return rollDay(s, env.Now), nil
	}
	if _, sure := c.(OpenDay); !sure && !dayless(c) {
		return nil, refusal.New("day-unsure", "day", Local(env.Now).Format("02/01/2006"))
	}
	return nil, nil
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

// decideRest decides about sessions, appointments and alarms.
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
	return d.decideCut(c)
}

// decideCut decides about other hubs and devices that were alone, and leaves to
// the counters what is theirs.
func (d decision) decideCut(c Command) ([]Event, error) {
	switch c := c.(type) {
	case AdmitDevice:
		return d.admit(c)
	case BeginTerm:
		return d.beginTerm(c)
	case SettlePredecessor:
		return d.settle(c)
	case Merge:
		return d.merge(c)
	case AcknowledgeAnomaly:
		return d.acknowledge(c)
	case ReportReceipt:
		return d.reportReceipt(c)
	case ServeByHand:
		return d.serveByHand(c)
	case OpenDay:
		return d.openDay(c)
	}
	return d.atCounter(c)
}

func (d decision) configure(c Configure) ([]Event, error) {
	if faults := c.Config.Check(); len(faults) > 0 {
		return nil, refusal.New("config-faulty", "fault", faults[0].Error(), "count", strconv.Itoa(len(faults)))
	}
	return []Event{Configured(c)}, nil
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
		return nil, refusal.New("praise-too-many", "max", strconv.Itoa(maxPraise))
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

// cut bounds free text that came from outside.
func cut(s string) string {
	r := []rune(s)
	if len(r) > maxReason {
		return string(r[:maxReason])
	}
	return s
}
