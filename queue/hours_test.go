package queue_test

import (
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

func TestHolidaysAndWorkedSaturdaysAreData(t *testing.T) {
	d := open(t, func(c *queue.Config) {
		c.Hours = officeHours()
		c.Days = map[string][]queue.Span{
			"2026-11-23": {},                             // a holiday
			"2026-11-28": {{From: 8 * 60, To: 11 * 60}},  // a worked Saturday
			"2026-11-24": {{From: 9 * 60, To: 9*60 + 1}}, // a short day
			"2026-11-25": {}, "2026-11-26": {}, "2026-11-27": {},
		}
	})
	r := d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "office-closed")
	if r.Args["day"] != "24/11/2026" || r.Args["opens"] != "09:00" {
		t.Errorf("the holiday sends to %v", r.Args)
	}
	d.now = d.now.Add(25*time.Hour + time.Minute)
	r = d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "office-closed")
	if r.Args["day"] != "28/11/2026" || r.Args["opens"] != "08:00" {
		t.Errorf("the short day sends to %v", r.Args)
	}
	d.now = time.Date(2026, 11, 28, 10, 59, 59, 0, monday.Location())
	d.issue("tra", "")
}

func TestANewYearOfDaysOffStillSaysWhen(t *testing.T) {
	days := map[string][]queue.Span{}
	for i := range 14 {
		days[monday.AddDate(0, 0, i).Format(time.DateOnly)] = nil
	}
	d := open(t, func(c *queue.Config) { c.Hours, c.Days = officeHours(), days })
	if r := d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "office-closed"); r.Args["day"] != "07/12/2026" {
		t.Errorf("sent to %v", r.Args)
	}
}

func TestConfigCheckKnowsTheNewRules(t *testing.T) {
	c := config()
	c.Classes[0].HeadStart = -1
	c.Officers[0].Services = []string{"khong-co"}
	c.Days = map[string][]queue.Span{"2026-13-01": nil, "2026-11-23": {{From: 600, To: 540}}}
	c.Booking.Days = 1000
	if faults := c.Check(); len(faults) != 5 {
		t.Errorf("named %d faults: %v", len(faults), faults)
	}
}

func TestAnOfficeWithoutHoursHasNoLaterSession(t *testing.T) {
	d := open(t, nil)
	if o := d.s.Outlook("tra", "", d.now); o.Chance != queue.InTime || !o.Closes.IsZero() {
		t.Errorf("outlook %+v", o)
	}
	d.refused(queue.IssueTicket{Service: "tra", Later: true}, kiosk, "no-later-session")
	by := d.sit("1", "cb01")
	d.refused(queue.CloseSession{How: queue.EndServe}, kiosk, "officer-unknown")
	d.refused(queue.CloseSession{How: "?"}, by, "session-ending-unknown")
	d.must(queue.CloseSession{How: queue.EndServe}, by)
	d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "day-closed")
	d.now = d.now.Add(24 * time.Hour)
	d.issue("tra", "")
}

func TestBookingRefusals(t *testing.T) {
	d := bookingOffice(t)
	city := chain.Actor{Device: "city"}
	slot := func(day, hour, minute int) time.Time {
		return time.Date(2026, 11, day, hour, minute, 0, 0, monday.Location())
	}
	book := func(service string, at time.Time) queue.BookAppointment {
		return queue.BookAppointment{Service: service, Slot: at}
	}
	for _, test := range []struct {
		c    queue.BookAppointment
		code string
	}{
		{book("sao-hoa", slot(24, 9, 0)), "service-unknown"},
		{book("dat-dai", slot(24, 9, 0)), "appointment-no-slot"},
		{book("ho-tich", slot(24, 9, 5)), "appointment-no-slot"},
		{book("ho-tich", slot(24, 12, 0)), "appointment-no-slot"},
		{book("ho-tich", slot(28, 9, 0)), "appointment-no-slot"}, // Saturday
		{book("ho-tich", slot(23, 7, 50)), "appointment-past"},
		{book("ho-tich", slot(23, 9, 0).AddDate(0, 0, 9)), "appointment-too-far"},
		{queue.BookAppointment{Service: "ho-tich", Slot: slot(24, 9, 0), Code: "\x1b@"}, "appointment-unknown"},
	} {
		d.refused(test.c, city, test.code)
	}
	first := book("ho-tich", slot(24, 9, 0))
	first.Code, first.Identity = "HN-2026-0001", card
	d.must(first, city)
	other := book("ho-tich", slot(24, 9, 10))
	other.Code = first.Code
	d.refused(other, city, "appointment-code-used")
	other.Code, other.Identity = "HN-2026-0002", card
	d.refused(other, city, "appointment-held")
	d.must(queue.CancelAppointment{Code: first.Code}, city)
	d.refused(queue.CancelAppointment{Code: first.Code}, city, "appointment-unknown")
	d.must(other, city)
	for range 2 {
		d.must(book("ho-tich", slot(24, 9, 10)), city)
	}
	d.refused(book("ho-tich", slot(24, 9, 10)), city, "appointment-full")
	for _, s := range d.s.Slots("ho-tich", slot(24, 0, 0)) {
		want := 3
		if s.At.Equal(slot(24, 9, 10)) {
			want = 0
		}
		if s.Free != want {
			t.Errorf("%v has %d places", s.At, s.Free)
		}
	}
	d.refused(queue.CheckIn{Code: other.Code}, kiosk, "appointment-other-day")

	// The booking outlives the night; checking in makes it a number of its day.
	d.now = slot(24, 9, 10)
	events := d.must(queue.CheckIn{Code: other.Code}, kiosk)
	e := events[len(events)-1].(queue.TicketIssued)
	if e.Class != queue.ClassAppointment || e.Identity != card || d.s.Appointments[other.Code].Ticket != e.Ticket {
		t.Errorf("checked in as %+v", e)
	}
	d.refused(queue.IssueTicket{Service: "ho-tich", Identity: card}, kiosk, "number-held")
	d.must(queue.VoidTicket{Ticket: e.Ticket, Reason: "paper"}, kiosk)
	d.must(queue.CheckIn{Code: other.Code}, kiosk) // a number that never was does not use it up
	d.now = slot(25, 8, 0)
	d.issue("tra", "")
	if len(d.s.Appointments) != 0 {
		t.Errorf("yesterday's appointments are kept: %v", d.s.Appointments)
	}
}

// TestOutlookOfAnEmptyOfficeNearClosing: nobody waits and nobody is there to
// call: towards the end of a session that is no promise.
func TestOutlookOfAnEmptyOfficeNearClosing(t *testing.T) {
	d := open(t, func(c *queue.Config) { c.Hours = officeHours() })
	chance := func(hour, minute int) queue.Chance {
		d.clock(hour, minute)
		return d.s.Outlook("ho-tich", "", d.now).Chance
	}
	if c := chance(9, 0); c != queue.InTime {
		t.Errorf("in the middle of the morning: %s", c)
	}
	if c := chance(11, 0); c != queue.Doubtful {
		t.Errorf("with nobody at a counter half an hour before the end: %s", c)
	}
	by := d.sit("1", "cb01")
	if c := chance(11, 5); c != queue.InTime {
		t.Errorf("with somebody at a counter: %s", c)
	}
	d.must(queue.PauseCounter{Reason: "nghỉ"}, by)
	if c := chance(11, 6); c != queue.InTime && c != queue.Doubtful {
		t.Errorf("during a break: %s", c)
	}
	d.must(queue.CloseCounter{}, by)
	if c := chance(11, 10); c == queue.InTime {
		t.Error("the officer has gone, and it says in time")
	}
}

// TestWhoWaitsForTheAfternoonIsAhead: people who were carried to the afternoon
// keep their rank, and who comes later and is called after lunch hears of it.
func TestWhoWaitsForTheAfternoonIsAhead(t *testing.T) {
	likely := func(carried int) time.Duration {
		d := open(t, func(c *queue.Config) { c.Hours = officeHours() })
		d.clock(11, 0)
		d.sit("1", "cb01")
		for range carried {
			id := d.issue("ho-tich", "")
			d.must(queue.CarryTicket{Ticket: id}, kiosk)
		}
		for range 20 { // more than the morning and its overtime can serve
			d.issue("ho-tich", "")
		}
		return d.s.Estimate("ho-tich", "", d.now).Likely
	}
	none, ten := likely(0), likely(10)
	if none < 2*time.Hour {
		t.Fatalf("the wait of %v ends before lunch", none)
	}
	if ten < none+20*time.Minute {
		t.Errorf("with ten people who wait for the afternoon %v, without %v", ten, none)
	}
}
