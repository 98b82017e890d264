package queue

import (
	"slices"
	"time"

	"motcua/queue/refusal"
)

// farAhead bounds the search for the next session: longer than any Tết.
const farAhead = 31

// Issuing tells whether the kiosk gives numbers now; when it does not, the
// refusal "office-closed" says when it will again (args opens, day). Decide
// asks the same.
func (c Config) Issuing(now time.Time) error { return c.issuing(now) }

// Sessions are the parts of a date in which the office gives numbers. bounded is
// false for an office without hours, which always does.
func (c Config) Sessions(day time.Time) (spans []Span, bounded bool) {
	local := Local(day)
	if spans, named := c.Days[local.Format(time.DateOnly)]; named {
		return spans, true
	}
	return c.Hours[local.Weekday()], len(c.Hours) > 0
}

// on is a minute of a date.
func on(day time.Time, minute int) time.Time {
	y, m, d := Local(day).Date()
	return time.Date(y, m, d, 0, minute, 0, 0, zone)
}

// Session is the one that now falls in: when it ends, and when the next one of
// the same day begins. Both are zero where there is none.
func (c Config) Session(now time.Time) (ends, next time.Time) {
	spans, _ := c.Sessions(now)
	for _, span := range spans {
		from, to := on(now, span.From), on(now, span.To)
		switch {
		case now.Before(from):
			return ends, from
		case now.Before(to):
			ends = to
		}
	}
	return ends, time.Time{}
}

// issuing refuses outside the hours in which the kiosk gives numbers, and says
// when it will again.
func (c Config) issuing(now time.Time) error {
	ends, opens := c.Session(now)
	if _, bounded := c.Sessions(now); !bounded || !ends.IsZero() {
		return nil
	}
	for ahead := 1; ahead <= farAhead && opens.IsZero(); ahead++ {
		day := Local(now).AddDate(0, 0, ahead)
		switch spans, bounded := c.Sessions(day); {
		case !bounded:
			opens = on(day, 0)
		case len(spans) > 0:
			opens = on(day, spans[0].From)
		}
	}
	if opens.IsZero() {
		return refusal.New("office-closed", "opens", "—", "day", "—")
	}
	return refusal.New("office-closed", "opens", opens.Format("15:04"), "day", opens.Format("02/01/2006"))
}

// Chance says whether a number taken now is called before the session ends.
type Chance string

// Chances. Each but InTime has a sentence, the text "queue.outlook." and the
// code.
const (
	InTime   Chance = "in-time"
	Doubtful Chance = "doubtful" // the promise reaches past the end
	TooLate  Chance = "too-late" // more wait than can be served
)

// Outlook is what a citizen should know before taking a number.
type Outlook struct {
	Estimate Estimate `json:"estimate"`
	Chance   Chance   `json:"chance"`
	// Closes is when this session ends; zero in an office without hours.
	Closes time.Time `json:"closes,omitzero"`
	// Later is when today's next session begins, for IssueTicket.Later; zero
	// when there is none.
	Later time.Time `json:"later,omitzero"`
}

// Key is the key of the warning, "" when there is nothing to warn of.
func (o Outlook) Key() string {
	if o.Chance == InTime {
		return ""
	}
	return "queue.outlook." + string(o.Chance)
}

// Args are the name, value pairs of the warning and of "queue.outlook.later",
// which offers the next session when Later is set.
func (o Outlook) Args() []string {
	return []string{"closes", Local(o.Closes).Format("15:04"), "later", Local(o.Later).Format("15:04")}
}

// lastHour is how near the end of a session a counter that nobody has opened
// probably stays closed.
const lastHour = time.Hour

// Outlook says, before a number is taken, how long the wait would be and
// whether it ends before closing (scenario 15). Towards the end of a session a
// service that nobody sits for is doubtful, however short its line.
func (s *State) Outlook(service, class string, now time.Time) Outlook {
	o := Outlook{Estimate: s.Estimate(service, class, now), Chance: InTime}
	o.Closes, o.Later = s.Config.Session(now)
	switch left := o.Closes.Sub(now); {
	case o.Closes.IsZero():
	case o.Estimate.Low >= left || o.Estimate.Likely >= left || o.Estimate.AfterClosing:
		o.Chance = TooLate
	case o.Estimate.High > left || left <= lastHour && !s.manned(service):
		o.Chance = Doubtful
	}
	return o
}

// manned reports whether somebody who does a service sits at a counter, on a
// break or not.
func (s *State) manned(service string) bool {
	return slices.ContainsFunc(s.Config.Counters, func(k Counter) bool {
		d := s.Counters[k.ID]
		if d == nil || d.Officer == "" {
			return false
		}
		_, serves := s.Config.staffed(k, d.Officer).Serves(service)
		return serves
	})
}

// Ending is what becomes of the people who wait when a session is closed.
type Ending string

// Endings.
const (
	EndServe Ending = "serve" // they are still served
	EndCarry Ending = "carry" // they wait for the next session, rank kept
	EndClose Ending = "close" // they are not served, for a reason
)

// rollSession begins the next session once it is time for those who wait for it.
func rollSession(s *State, now time.Time) []Event {
	if s.Resume.IsZero() || now.Before(s.Resume) {
		return nil
	}
	return []Event{SessionOpened{From: s.Resume}}
}

// supervised refuses officers who may not decide about a session.
func (d decision) supervised() error {
	o, ok := d.s.Config.Officer(d.by.Officer)
	if !ok {
		return refusal.New("officer-unknown", "officer", cut(d.by.Officer))
	}
	named := slices.ContainsFunc(d.s.Config.Officers, func(o Officer) bool { return o.Supervisor })
	if named && !o.Supervisor {
		return refusal.New("supervisor-only")
	}
	return nil
}

func (d decision) closeSession(c CloseSession) ([]Event, error) {
	if err := d.supervised(); err != nil {
		return nil, err
	}
	_, next := d.s.Config.Session(d.env.Now)
	reason := cut(c.Reason)
	each := func(*Ticket) Event { return nil }
	switch c.How {
	case EndServe:
	case EndCarry:
		if next.IsZero() {
			return nil, refusal.New("no-later-session")
		}
		each = func(t *Ticket) Event { return TicketCarried{Ticket: t.ID, After: next, Reason: "session-closed"} }
	case EndClose:
		if reason == "" {
			return nil, refusal.New("session-reason-missing")
		}
		each = func(t *Ticket) Event { return TicketClosed{Ticket: t.ID, As: NotServed, Reason: reason} }
	default:
		return nil, refusal.New("session-ending-unknown")
	}
	var events []Event
	if !d.s.Stopped {
		events = append(events, SessionClosed{How: c.How, Reason: reason, Resume: next})
	}
	for _, t := range d.s.WaitingFor(func(t *Ticket) bool { return t.After.IsZero() }) {
		if e := each(t); e != nil {
			events = append(events, e)
		}
	}
	return events, nil
}

func (d decision) openSession() ([]Event, error) {
	if err := d.supervised(); err != nil {
		return nil, err
	}
	if !d.s.Stopped {
		return nil, nil
	}
	return []Event{SessionOpened{From: d.env.Now}}, nil
}

func (d decision) carry(c CarryTicket) ([]Event, error) {
	t, err := d.find(c.Ticket)
	switch {
	case err != nil:
		return nil, err
	case t.Status() != Waiting:
		return nil, wrongStatus(t)
	case !t.After.IsZero():
		return nil, nil
	}
	_, next := d.s.Config.Session(d.env.Now)
	if next.IsZero() {
		return nil, refusal.New("no-later-session")
	}
	return []Event{TicketCarried{Ticket: t.ID, After: next, Reason: cut(c.Reason)}}, nil
}

// resume applies SessionOpened: whoever waited for it may be called.
func (s *State) resume(e SessionOpened, now time.Time) {
	s.Stopped, s.Resume = false, time.Time{}
	for _, t := range s.collect(func(l *lane) bool { return l.later }) {
		if t.After.After(e.From) {
			s.resumeAt(t.After)
			continue
		}
		s.move(t.ID, Waiting, "session-opened", now, func(t *Ticket) { t.After = time.Time{} })
	}
}

// resumeAt notes that somebody waits for a session.
func (s *State) resumeAt(at time.Time) {
	if !at.IsZero() && (s.Resume.IsZero() || at.Before(s.Resume)) {
		s.Resume = at
	}
}
