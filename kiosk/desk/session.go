package desk

import (
	"slices"
	"strconv"
	"time"

	"motcua/queue"
)

// supervises reports whether this officer may close a session: queue.Officer
// says who.
func (s State) supervises() bool {
	named := slices.ContainsFunc(s.Queue.Config.Officers, func(o queue.Officer) bool { return o.Supervisor })
	me, ok := s.Queue.Config.Officer(s.Officer)
	return ok && (me.Supervisor || !named)
}

// laterSession is when today's next session begins, zero when there is none.
func (s State) laterSession() time.Time {
	_, next := s.Queue.Config.Session(s.Now)
	return next
}

// sessionMenu closes and opens the session (scenario 15).
func (s State) sessionMenu() *Menu {
	m := &Menu{Title: say("counter.session.title"), Lines: []Say{s.sessionNow()}}
	if !s.supervises() {
		m.Lines = append(m.Lines, say("refusal.supervisor-only"))
		return m
	}
	waiting := strconv.Itoa(len(s.Queue.WaitingFor(func(t *queue.Ticket) bool { return t.After.IsZero() })))
	hint := say("counter.waiting-count", "n", waiting)
	if s.Queue.Stopped {
		m.Items = append(m.Items, Item{Label: say("counter.session.open"), Primary: true, Do: Order{queue.OpenSession{}}})
	} else {
		m.Items = append(m.Items, Item{Label: say("counter.session.serve"), Hint: hint, Do: Ask{dialog{kind: menuEnding, how: queue.EndServe}}})
	}
	carry := Item{Label: say("counter.session.carry-none")}
	if later := s.laterSession(); !later.IsZero() {
		carry = Item{
			Label: say("counter.session.carry", "at", queue.Local(later).Format("15:04")), Hint: hint,
			Do: Ask{dialog{kind: menuEnding, how: queue.EndCarry}},
		}
	}
	m.Items = append(m.Items, carry,
		Item{Label: say("counter.session.close"), Hint: hint, Do: Ask{dialog{kind: menuEnding, how: queue.EndClose}}})
	return m
}

// sessionNow says whether numbers are given, and until when.
func (s State) sessionNow() Say {
	ends, _ := s.Queue.Config.Session(s.Now)
	switch {
	case s.Queue.Stopped && s.Queue.Resume.IsZero():
		return say("counter.session.stopped")
	case s.Queue.Stopped:
		return say("counter.session.stopped-until", "at", queue.Local(s.Queue.Resume).Format("15:04"))
	case s.Queue.Config.Issuing(s.Now) != nil:
		return say("counter.session.between")
	case ends.IsZero():
		return say("counter.session.always")
	}
	return say("counter.session.until", "at", queue.Local(ends).Format("15:04"))
}

// endingMenu asks why; choosing is the confirmation.
func (s State) endingMenu() *Menu {
	m := &Menu{
		Title: say("counter.session.why"),
		Lines: []Say{say("counter.session.ending-"+string(s.dialog.how), "at", queue.Local(s.laterSession()).Format("15:04"))},
	}
	for _, r := range endReasons {
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.CloseSession{How: s.dialog.how, Reason: r}}})
	}
	return m
}

// ticketErrands are what else can be done about a ticket: let it wait for the
// afternoon, or give whoever holds it one more number.
func (s State) ticketErrands(t *queue.Ticket) (items []Item) {
	if later := s.laterSession(); t.Status() == queue.Waiting && t.After.IsZero() && !later.IsZero() {
		items = append(items, Item{
			Label: say("counter.ticket.carry", "at", queue.Local(later).Format("15:04")),
			Do:    Order{queue.CarryTicket{Ticket: t.ID, Reason: "citizen-asked"}},
		})
	}
	if t.Status() != queue.Void {
		items = append(items, Item{Label: say("counter.account.extra"), Do: Ask{dialog{kind: menuExtra, ticket: t.ID}}})
	}
	return items
}

// extraMenu gives one more number to somebody who helps another person, for a
// reason that the record keeps (scenario 21): first the service, then why.
func (s State) extraMenu() *Menu {
	c := queue.IssueTicket{Service: s.dialog.service, Lang: s.Lang, Identity: s.dialog.person}
	m := &Menu{Title: say("counter.extra.title")}
	if t := s.Queue.Ticket(s.dialog.ticket); t != nil {
		c.Lang = t.Lang
		m.Title = say("counter.extra.title-for", "ticket", t.ID.Label())
	}
	if c.Service == "" {
		m.Lines = []Say{say("counter.extra.service"), s.personLine()}
		for _, v := range s.Queue.Config.Services {
			turned := s.dialog
			turned.service, turned.page = v.ID, 0
			m.Items = append(m.Items, Item{
				Raw: v.Name.In(s.Lang), Hint: say("counter.waiting-count", "n", strconv.Itoa(s.Queue.Waiting(v.ID))), Do: Ask{turned},
			})
		}
		return m
	}
	m.Lines = []Say{say("counter.extra.why", "service", s.serviceName(c.Service)), s.personLine()}
	for _, r := range extraReasons {
		c.Reason = r
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{c}})
	}
	return m
}

// issuedMenu shows a number given at this counter: there is no paper for it.
func (s State) issuedMenu() *Menu {
	return &Menu{
		Title: say("counter.extra.issued", "ticket", s.dialog.ticket.Label()),
		Lines: []Say{say("counter.extra.write", "service", s.serviceName(s.dialog.service))},
		Items: []Item{{Label: say("counter.done"), Do: CloseMenu{}}},
	}
}

// doneErrand is what the rarer commands change on the screen. An open menu is
// left alone.
func (p *step) doneErrand(c queue.Command, in CommandReplied) {
	free := p.Menu() == nil
	switch c := c.(type) {
	case queue.IssueTicket, queue.CheckIn:
		if in.Ticket == nil {
			return
		}
		if free {
			p.dialog = dialog{kind: menuIssued, ticket: in.Ticket.ID, service: in.Ticket.Service}
		}
		p.tell(Good, say("counter.notice.issued", "ticket", in.Ticket.ID.Label()))
	case queue.BookAppointment:
		if free {
			p.dialog = dialog{kind: menuBooked, seq: in.Seq}
		}
		p.tell(Good, say("counter.notice.booked", "at", queue.Local(c.Slot).Format("15:04 02/01")))
	case queue.CancelAppointment:
		p.tell(Good, say("counter.notice.cancelled", "code", c.Code))
	case queue.ServeByHand:
		if in.Ticket != nil {
			p.tell(Good, say("counter.notice.by-hand", "ticket", in.Ticket.ID.Label()))
		}
	case queue.AcknowledgeAnomaly:
		p.tell(Good, say("counter.notice.anomaly-seen"))
	case queue.CarryTicket:
		p.tell(Good, say("counter.notice.carried", "ticket", c.Ticket.Label()))
	case queue.CloseSession:
		p.tell(Good, say("counter.notice.session-closed"))
	case queue.OpenSession:
		p.tell(Good, say("counter.notice.session-opened"))
	case queue.RaiseAlarm:
		p.tell(Warn, say("counter.notice.alarm-raised"))
	}
}

// Hint is the quiet sentence at the foot of the screen.
func (s State) Hint() (title, text Say) {
	if s.Queue != nil && s.Queue.Stopped {
		return s.sessionNow(), say("counter.session.stopped-hint")
	}
	if s.SignedIn() && s.Queue != nil && s.supervises() && len(s.Queue.Anomalies) > 0 {
		return say("counter.account.anomalies", "n", strconv.Itoa(len(s.Queue.Anomalies))), say("counter.anomalies.hint")
	}
	if words := s.trouble(); !words.Empty() {
		return say("counter.link.trouble"), words
	}
	return say("counter.hint.title"), say("counter.hint.text")
}
