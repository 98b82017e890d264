// Package replay plays the records of a journal into a queue.State, one after
// the other, and shows to whoever counts or judges them what each record did:
// the ticket before, the ticket after. Statistics and audit are both such
// readers. Nothing beside the records is needed, so they run in the office, in
// the city and on a backup alike. The package is PURE.
package replay

import (
	"reflect"
	"strings"

	"motcua/queue"
	"motcua/queue/chain"
)

// Player holds the state as of the last record played.
type Player struct {
	// State is the queue's state; callers read it.
	State *queue.State
	// Unread counts records of the wanted days that could not be decoded:
	// kinds of a later version are not among them, only damaged data.
	Unread int

	wanted func(day string) bool
}

// New returns a player at the beginning of a journal. wanted chooses the
// business days ("2006-01-02") whose records are shown; nil chooses all. The
// earlier days are played too, without what only mattered on the day itself.
func New(wanted func(day string) bool) *Player {
	if wanted == nil {
		wanted = func(string) bool { return true }
	}
	return &Player{State: queue.NewState(), wanted: wanted}
}

// Step is one record of a wanted day and what it did.
type Step struct {
	Record chain.Record
	Event  queue.Event
	// Day is the business day after the record.
	Day string
	// Ticket is what the event is about, "" for none. Before and After are
	// the ticket around the event, nil while it is unknown.
	Ticket        queue.TicketID
	Before, After *queue.Ticket
	// Elsewhere is the record as another place made it, nil for the office's
	// own. Event is then what it says happened there; a queue.RecordMerged where
	// that changes nothing here.
	Elsewhere *queue.Inner
}

// made looks into a record that was made elsewhere.
func (s *Step) made() {
	m, is := s.Event.(queue.RecordMerged)
	if !is {
		return
	}
	inner, err := m.Unwrap()
	if err != nil {
		return
	}
	s.Elsewhere = &inner
	if inner.Event == nil {
		return
	}
	s.Ticket = about(inner.Event)
	if !inner.Twice {
		s.Event = inner.Event
	}
}

// Moved reports whether the ticket went from one status to another, or was
// issued.
func (s Step) Moved() bool {
	switch {
	case s.After == nil:
		return false
	case s.Before == nil:
		return true
	}
	return len(s.After.History) > len(s.Before.History)
}

// Play applies one record. before, when set, sees the step (without After)
// while State is still as it was: that is where a decision is judged. ok is
// false for records that are not of a wanted day or not of the queue.
func (p *Player) Play(r chain.Record, before func(Step)) (s Step, ok bool) {
	if !p.wanted(p.State.Day) && passing(r.Type) {
		return Step{}, false
	}
	e, known, err := queue.DecodeEvent(r.Type, r.V, r.Data)
	if err != nil && p.wanted(p.State.Day) {
		p.Unread++
	}
	if err != nil || !known {
		return Step{}, false
	}
	s = Step{Record: r, Event: e, Day: p.State.Day, Ticket: about(e)}
	if opened, is := e.(queue.DayOpened); is {
		s.Day = opened.Day
	}
	s.made()
	if s.Before = p.State.Ticket(s.Ticket); before != nil && p.wanted(s.Day) {
		before(s)
	}
	p.State.Apply(e, r.At, r.Seq, r.By)
	s.After = p.State.Ticket(s.Ticket)
	return s, p.wanted(s.Day)
}

// passing reports whether a kind of record leaves nothing for another day.
func passing(kind string) bool {
	return strings.HasPrefix(kind, "ticket.") || strings.HasPrefix(kind, "help.")
}

// about finds the ticket that an event names. It looks at the event's field
// rather than at its type, so that a kind of event that is added later is not
// overlooked by those who count.
func about(e queue.Event) queue.TicketID {
	v := reflect.ValueOf(e)
	if v.Kind() != reflect.Struct {
		return ""
	}
	f := v.FieldByName("Ticket")
	if !f.IsValid() {
		return ""
	}
	id, _ := f.Interface().(queue.TicketID) // another Ticket field names nobody
	return id
}
