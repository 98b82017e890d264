package session

import (
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// features are the tiles of the home screen: those that were set, and
// appointments where the office has any.
func (s State) features() []Feature {
	list := slices.DeleteFunc(slices.Clone(s.Config.Features), func(f Feature) bool { return f == FeatureAppointment })
	if s.books() {
		return append([]Feature{FeatureAppointment}, list...)
	}
	return list
}

// books reports that the office gives appointments, or has some.
func (s State) books() bool {
	if s.Queue == nil {
		return false
	}
	c := s.Queue.Config
	return len(s.Queue.Appointments) > 0 || c.Booking != (queue.Booking{}) ||
		slices.ContainsFunc(c.Services, func(v queue.Service) bool { return v.PerSlot > 0 })
}

// holds shows the number that a refusal says the person has already: from the
// copy, or from the office where the copy does not have it yet.
func (t *step) holds(r *refusal.Refusal) bool {
	id := r.Args["id"]
	if r.Code != "number-held" || id == "" {
		return false
	}
	if t.Queue != nil {
		if k := t.Queue.Ticket(queue.TicketID(id)); k != nil {
			t.showTicket(k, NotPrinting)
			t.OnlyOne = true
			return true
		}
	}
	t.purpose, t.OnlyOne = toLookUp, true
	t.ask(func(n uint64) Effect { return LookUpTicket{Ask: n, Code: id} })
	return true
}

// notComing says of an appointment, or of a session, that gives no number now
// what to do.
func notComing(n *Notice) {
	switch n.Code {
	case "appointment-early":
		n.Tone, n.Icon, n.Title = Calm, "clock-countdown", say("kiosk.appointment.early")
	case "appointment-other-day":
		n.Tone, n.Icon, n.Title = Calm, "calendar-blank", say("kiosk.appointment.other-day")
		n.Body.Key = "kiosk.appointment.other-day.body"
		n.Button, n.Press = say("kiosk.take-number"), Tap{Action: TakeNumber}
	case "session-closed": // which the copy will know when the button is pressed
		n.Tone, n.Icon = Calm, "clock-countdown"
		n.Button, n.Press = say("kiosk.take-number"), Tap{Action: TakeNumber}
	case "appointment-unknown":
		n.Icon, n.Title = "calendar-blank", say("kiosk.appointment.unknown")
		n.Button, n.Press = say("kiosk.take-number"), Tap{Action: TakeNumber}
	}
}

// cameFor says of a number that was just taken with an appointment how it
// ranks; empty of any other.
func (s State) cameFor(k queue.Ticket) Say {
	if s.Queue == nil || k.Appointment == "" {
		return Say{}
	}
	a, ok := s.Queue.Appointments[k.Appointment]
	if !ok {
		return Say{}
	}
	at := []string{"at", queue.Local(a.Slot).Format("15:04")}
	grace := time.Duration(s.Queue.Config.Booking.Grace) * time.Minute
	if k.Arrived.Add(-s.Queue.Skew).After(a.Slot.Add(grace)) {
		return say("kiosk.ticket.late", at...)
	}
	return say("kiosk.ticket.checked-in", at...)
}
