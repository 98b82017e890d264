package desk

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/idcard"
)

// bookingDays is how far ahead the list of days goes in an office that sets
// nothing: as far as the core books.
const bookingDays = 7

// bookingMenus is the open menu of appointments, nil when none is.
func (s State) bookingMenus() *Menu {
	switch s.dialog.kind {
	case menuBookings:
		return s.bookingsMenu()
	case menuBookService:
		return s.bookServiceMenu()
	case menuBookDay:
		return s.bookDayMenu()
	case menuBookSlot:
		return s.bookSlotMenu()
	case menuBooked:
		return s.bookedMenu()
	case menuBooking:
		return s.bookingMenu()
	case menuCancel:
		return s.cancelMenu()
	}
	return nil
}

// today reports whether a moment falls on this day.
func (s State) today(t time.Time) bool {
	return queue.Local(t).Format(time.DateOnly) == queue.Local(s.Now).Format(time.DateOnly)
}

// slotTime is when a slot begins: the hour today, with the date on other days.
func (s State) slotTime(at time.Time) string {
	if s.today(at) {
		return queue.Local(at).Format("15:04")
	}
	return queue.Local(at).Format("15:04 02/01")
}

// bookingsMenu lists the booked slots, today's first, and begins a new booking.
func (s State) bookingsMenu() *Menu {
	list := make([]queue.Appointment, 0, len(s.Queue.Appointments))
	n := 0
	for _, a := range s.Queue.Appointments {
		list = append(list, a)
		if s.today(a.Slot) {
			n++
		}
	}
	slices.SortFunc(list, func(a, b queue.Appointment) int {
		return cmp.Or(a.Slot.Compare(b.Slot), cmp.Compare(a.Code, b.Code))
	})
	m := &Menu{
		Title: say("counter.booking.title"),
		Lines: []Say{say("counter.booking.count", "today", strconv.Itoa(n), "later", strconv.Itoa(len(list)-n))},
	}
	book := Item{Hot: "0", Label: say("counter.booking.none-offered")}
	if slices.ContainsFunc(s.Queue.Config.Services, func(v queue.Service) bool { return v.PerSlot > 0 }) {
		book.Label, book.Primary, book.Do = say("counter.booking.new"), true, Ask{dialog{kind: menuBookService}}
	}
	m.Items = append(m.Items, book)
	for _, a := range list {
		hint := say("counter.verbatim", "text", a.Code)
		if a.Ticket != "" {
			hint = say("counter.booking.arrived", "ticket", a.Ticket.Label())
		}
		m.Items = append(m.Items, Item{
			Raw: s.slotTime(a.Slot) + " · " + s.serviceName(a.Service), Hint: hint, Do: Ask{dialog{kind: menuBooking, code: a.Code}},
		})
	}
	return m
}

func (s State) bookServiceMenu() *Menu {
	m := &Menu{Title: say("counter.booking.which-service"), Lines: []Say{s.personLine()}}
	for _, v := range s.Queue.Config.Services {
		if v.PerSlot > 0 {
			turned := s.dialog
			turned.kind, turned.service, turned.page = menuBookDay, v.ID, 0
			m.Items = append(m.Items, Item{Raw: v.Name.In(s.Lang), Do: Ask{turned}})
		}
	}
	return m
}

// bookDayMenu lists the days that still have a place.
func (s State) bookDayMenu() *Menu {
	m := &Menu{Title: say("counter.booking.which-day"), Lines: []Say{s.verbatim(s.serviceName(s.dialog.service) + "."), s.personLine()}}
	for ahead := range 1 + cmp.Or(s.Queue.Config.Booking.Days, bookingDays) {
		day := queue.Local(s.Now).AddDate(0, 0, ahead)
		free := 0
		for _, slot := range s.slots(day) {
			free += slot.Free
		}
		if free == 0 {
			continue
		}
		turned := s.dialog
		turned.kind, turned.day, turned.page = menuBookSlot, day, 0
		m.Items = append(m.Items, Item{
			Label: say("counter.weekday."+strconv.Itoa(int(day.Weekday())), "date", day.Format("02/01")),
			Hint:  say("counter.booking.free", "n", strconv.Itoa(free)), Do: Ask{turned},
		})
	}
	if len(m.Items) == 0 {
		m.Lines = append(m.Lines, say("counter.booking.no-day"))
	}
	return m
}

// slots are those of the chosen service on a day that have not begun.
func (s State) slots(day time.Time) []queue.Slot {
	return slices.DeleteFunc(s.Queue.Slots(s.dialog.service, day), func(slot queue.Slot) bool { return !slot.At.After(s.Now) })
}

// bookSlotMenu lists the slots of a day; a full one cannot be chosen.
func (s State) bookSlotMenu() *Menu {
	day := s.dialog.day
	m := &Menu{
		Title: say("counter.booking.which-slot"),
		Lines: []Say{
			s.verbatim(s.serviceName(s.dialog.service) + "."),
			say("counter.weekday."+strconv.Itoa(int(queue.Local(day).Weekday())), "date", queue.Local(day).Format("02/01.")),
			s.personLine(),
		},
	}
	c := queue.BookAppointment{Service: s.dialog.service, Identity: s.dialog.person}
	if t := s.ticket(); t != nil && t.Dossiers > 1 {
		c.Dossiers = t.Dossiers
	}
	for _, slot := range s.slots(day) {
		item := Item{Raw: queue.Local(slot.At).Format("15:04"), Hint: say("counter.booking.full")}
		if slot.Free > 0 {
			c.Slot = slot.At
			item.Hint, item.Do = say("counter.booking.free", "n", strconv.Itoa(slot.Free)), Order{c}
		}
		m.Items = append(m.Items, item)
	}
	return m
}

// bookedMenu shows the code of the booking just made, once the snapshot has it.
func (s State) bookedMenu() *Menu {
	m := &Menu{Title: say("counter.slow"), Items: []Item{{Label: say("counter.done"), Do: CloseMenu{}}}}
	for _, a := range s.Queue.Appointments {
		if a.Seq == s.dialog.seq && a.Seq != 0 {
			m.Title = say("counter.booking.made", "code", a.Code)
			m.Lines = []Say{say("counter.booking.tell", "at", s.slotTime(a.Slot), "service", s.serviceName(a.Service))}
		}
	}
	return m
}

// bookingMenu is one booking with what can be done about it.
func (s State) bookingMenu() *Menu {
	a, ok := s.Queue.Appointments[s.dialog.code]
	if !ok {
		return nil
	}
	m := &Menu{
		Title: s.verbatim(s.slotTime(a.Slot) + " · " + s.serviceName(a.Service)),
		Lines: []Say{say("counter.booking.code", "code", a.Code)},
	}
	if a.Dossiers > 1 {
		m.Lines = append(m.Lines, say("counter.booking.dossiers", "n", strconv.Itoa(a.Dossiers)))
	}
	if t := s.Queue.Ticket(a.Ticket); t != nil {
		m.Lines = append(m.Lines, say("counter.booking.came", "ticket", t.ID.Label()))
		m.Items = append(m.Items, Item{Label: say("counter.booking.ticket", "ticket", t.ID.Label()), Do: OpenTicket{t.ID}})
		return m
	}
	if s.today(a.Slot) {
		m.Items = append(m.Items, Item{Label: say("counter.booking.check-in"), Primary: true, Do: Order{queue.CheckIn{Code: a.Code, Lang: s.Lang}}})
	}
	m.Items = append(m.Items, Item{Label: say("counter.booking.cancel"), Do: Ask{dialog{kind: menuCancel, code: a.Code}}})
	return m
}

func (s State) cancelMenu() *Menu {
	a, ok := s.Queue.Appointments[s.dialog.code]
	if !ok {
		return nil
	}
	m := &Menu{
		Title: say("counter.booking.cancel-why"),
		Lines: []Say{s.verbatim(s.slotTime(a.Slot) + " · " + s.serviceName(a.Service))},
	}
	for _, r := range cancelReasons {
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.CancelAppointment{Code: a.Code, Reason: r}}})
	}
	return m
}

// takesCard reports that a citizen card scanned now says who the menu is about,
// and nothing else.
func (d dialog) takesCard() bool {
	switch d.kind {
	case menuExtra, menuBookService, menuBookDay, menuBookSlot:
		return true
	}
	return false
}

// personLine says whose card the booking or the number is held by.
func (s State) personLine() Say {
	if s.dialog.person == "" {
		return say("counter.person.scan")
	}
	return say("counter.person.is", "id", strings.ReplaceAll(idcard.Mask(s.dialog.person), "*", "•")) // two stars would set it in bold
}

// verbatim is a line that comes from the configuration.
func (s State) verbatim(text string) Say { return say("counter.verbatim", "text", text) }
