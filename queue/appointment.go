package queue

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"time"

	"motcua/queue/refusal"
)

// Appointment is a booked slot (hẹn giờ).
type Appointment struct {
	Code     string    `json:"code"` // what the kiosk reads
	Service  string    `json:"service"`
	Slot     time.Time `json:"slot"` // when it begins
	Dossiers int       `json:"dossiers,omitempty"`
	Identity string    `json:"identity,omitempty"`
	// Ticket is set once the person has checked in.
	Ticket TicketID `json:"ticket,omitempty"`
	// Seq is the record that booked it, which whoever booked it was told.
	Seq uint64 `json:"seq,omitempty"`
}

// Slot is a time that can be booked, and how many places it has left.
type Slot struct {
	At   time.Time `json:"at"`
	Free int       `json:"free"`
}

const (
	maxBookingDays = 60
	usualSlot      = 30 // minutes
	usualAhead     = 7  // days
)

var codeShape = regexp.MustCompile(`^[A-Z0-9][A-Z0-9.-]{5,39}$`)

// Slots lists the slots of a service on a date, those that are full included.
// An office without hours has none.
func (s *State) Slots(service string, day time.Time) []Slot {
	svc, ok := s.Config.Service(service)
	if !ok || svc.PerSlot < 1 {
		return nil
	}
	taken := map[int64]int{}
	for _, a := range s.Appointments {
		if a.Service == service {
			taken[a.Slot.Unix()]++
		}
	}
	var slots []Slot
	spans, _ := s.Config.Sessions(day)
	length := cmp.Or(s.Config.Booking.Slot, usualSlot)
	for _, span := range spans {
		for minute := span.From; minute+length <= span.To; minute += length {
			at := on(day, minute)
			slots = append(slots, Slot{At: at, Free: max(0, svc.PerSlot-taken[at.Unix()])})
		}
	}
	return slots
}

func (d decision) book(c BookAppointment) ([]Event, error) {
	svc, ok := d.s.Config.Service(c.Service)
	switch {
	case !ok:
		return nil, refusal.New("service-unknown", "service", cut(c.Service))
	case c.Code != "" && !codeShape.MatchString(c.Code):
		return nil, refusal.New("appointment-unknown")
	case c.Identity != "" && !identityShape.MatchString(c.Identity):
		return nil, refusal.New("identity-malformed")
	case c.Dossiers < 0 || c.Dossiers > maxDossiers:
		return nil, refusal.New("dossiers-out-of-range", "max", strconv.Itoa(maxDossiers))
	}
	if old, known := d.s.Appointments[c.Code]; known {
		if old.Service == c.Service && old.Slot.Equal(c.Slot) {
			return nil, nil // the city sent it again
		}
		return nil, refusal.New("appointment-code-used", "code", c.Code)
	}
	if err := d.bookable(svc, c); err != nil {
		return nil, err
	}
	if c.Code == "" {
		day := Local(c.Slot).Format("060102")
		c.Code = d.mint(TicketID("H" + day + "-" + svc.Letter + strconv.FormatUint(d.s.Seq+1, 10)))
	}
	return []Event{AppointmentBooked{Appointment{
		Code: c.Code, Service: svc.ID, Slot: c.Slot.UTC(), Dossiers: c.Dossiers, Identity: c.Identity,
	}}}, nil
}

// bookable refuses slots that are not offered, past, too far ahead or full, and
// a second one for the same person.
func (d decision) bookable(svc Service, c BookAppointment) error {
	slots := d.s.Slots(svc.ID, c.Slot)
	i := slices.IndexFunc(slots, func(s Slot) bool { return s.At.Equal(c.Slot) })
	days := cmp.Or(d.s.Config.Booking.Days, usualAhead)
	switch {
	case c.Slot.Before(d.env.Now):
		return refusal.New("appointment-past")
	case c.Slot.After(on(d.env.Now, (days+1)*24*60)):
		return refusal.New("appointment-too-far", "days", strconv.Itoa(days))
	case i < 0:
		return refusal.New("appointment-no-slot", "service", svc.Name.VI)
	case slots[i].Free == 0:
		return refusal.New("appointment-full", "at", Local(c.Slot).Format("15:04 02/01/2006"))
	}
	for _, a := range d.s.Appointments {
		if c.Identity != "" && a.Identity == c.Identity && a.Service == svc.ID && a.Ticket == "" {
			return refusal.New("appointment-held", "at", Local(a.Slot).Format("15:04 02/01/2006"))
		}
	}
	return nil
}

func (d decision) cancel(c CancelAppointment) ([]Event, error) {
	a, ok := d.s.Appointments[c.Code]
	switch {
	case !ok:
		return nil, refusal.New("appointment-unknown")
	case a.Ticket != "":
		return nil, refusal.New("appointment-arrived", "ticket", a.Ticket.Label())
	}
	return []Event{AppointmentCancelled{Code: c.Code, Reason: cut(c.Reason)}}, nil
}

// checkIn gives a number to somebody with an appointment (scenario 14). On time,
// until Booking.Grace after the slot begins, it ranks by the slot (by its own
// arrival once that is later, so that nobody's later slot waits for a late
// comer) with the head start of ClassAppointment. Later than that it is an
// ordinary number. Before Booking.Early it is refused with the time to come.
func (d decision) checkIn(c CheckIn) ([]Event, error) {
	a, ok := d.s.Appointments[c.Code]
	if !ok {
		return nil, refusal.New("appointment-unknown")
	}
	svc, ok := d.s.Config.Service(a.Service)
	if !ok {
		return nil, refusal.New("service-unknown", "service", a.Service)
	}
	if t := d.s.Ticket(a.Ticket); t != nil && t.Status() != Void {
		return nil, held(t)
	}
	if open, _ := d.s.numbersOf(a.Identity, svc.ID); open != nil {
		return nil, held(open)
	}
	slot, rules := Local(a.Slot), d.s.Config.Booking
	if slot.Format(time.DateOnly) != d.s.Day {
		return nil, refusal.New("appointment-other-day", "at", slot.Format("15:04 02/01/2006"))
	}
	if _, err := d.issuing(false); err != nil {
		return nil, err
	}
	opens := slot.Add(-time.Duration(rules.Early) * time.Minute)
	if rules.Early > 0 && d.env.Now.Before(opens) {
		return nil, refusal.New("appointment-early", "at", slot.Format("15:04"), "from", opens.Format("15:04"))
	}
	e := TicketIssued{Lang: c.Lang, Dossiers: a.Dossiers, Identity: a.Identity, Appointment: a.Code}
	if !d.env.Now.After(slot.Add(time.Duration(rules.Grace) * time.Minute)) {
		if _, ok := d.s.Config.Class(ClassAppointment); ok {
			e.Class = ClassAppointment
		}
		if rank := slot.Add(d.s.Skew); rank.After(d.now) {
			e.Rank = rank.UTC()
		}
	}
	return d.issued(svc, e)
}

// keepAppointments drops those of days gone by.
func (s *State) keepAppointments() {
	kept := map[string]Appointment{}
	for code, a := range s.Appointments {
		if Local(a.Slot).Format(time.DateOnly) >= s.Day {
			kept[code] = a
		}
	}
	s.Appointments = kept
}
