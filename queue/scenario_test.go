package queue_test

import (
	"fmt"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// clock sets the office's clock to a time of the test's Monday.
func (d *desk) clock(hour, minute int) {
	d.now = time.Date(2026, 11, 23, hour, minute, 0, 0, monday.Location())
}

// order calls everybody whom a counter may call.
func (d *desk) order(by chain.Actor) []queue.TicketID {
	d.t.Helper()
	var list []queue.TicketID
	for {
		if next, _ := d.s.Next(by.Counter); next == nil {
			return list
		}
		list = append(list, d.callNext(by))
		d.must(queue.FinishTicket{}, by)
	}
}

func (d *desk) wantOrder(by chain.Actor, want ...queue.TicketID) {
	d.t.Helper()
	if got := d.order(by); fmt.Sprint(got) != fmt.Sprint(want) {
		d.t.Fatalf("called in the order %v, want %v", got, want)
	}
}

func TestScenario01_NumbersAreUniqueAndConsecutive(t *testing.T) {
	d := open(t, nil)
	for i := range 32 {
		by := chain.Actor{Device: fmt.Sprintf("kiosk-%d", i%2+1)}
		events := d.must(queue.IssueTicket{Service: "ho-tich"}, by)
		if got := events[len(events)-1].(queue.TicketIssued).Ticket.Label(); got != label(i+1) {
			t.Fatalf("press %d of %s got %s", i+1, by.Device, got)
		}
	}
}

func TestScenario02_OneTicketGoesToOneCounter(t *testing.T) {
	d := open(t, nil)
	one, two := d.sit("1", "cb01"), d.sit("2", "cb02")
	id := d.issue("ho-tich", "")
	if got := d.callNext(one); got != id {
		t.Fatalf("called %s", got)
	}
	d.refused(queue.CallNext{}, two, "queue-empty") // the same millisecond, decided after
	if len(d.s.Calls) != 1 || d.s.Calls[0].Counter != "1" {
		t.Errorf("the hall shows %+v", d.s.Calls)
	}
}

// TestScenario05_EveryPrefixKnowsItsNumbers: wherever the power fails, what is
// on the disk is a prefix of the journal; the office that opens with it gives
// the number after the last recorded one.
func TestScenario05_EveryPrefixKnowsItsNumbers(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	for range 3 {
		id := d.issue("ho-tich", "")
		d.must(queue.ReportPrint{Ticket: id, Outcome: queue.Printed}, kiosk)
		d.callNext(by)
		d.must(queue.FinishTicket{}, by)
	}
	for cut := 1; cut <= len(d.journal); cut++ {
		left := &desk{t: t, now: d.now, seq: uint64(cut), journal: d.journal[:cut:cut]}
		left.s = left.replayed()
		known := len(left.s.Tickets)
		if got := left.issue("ho-tich", "").Label(); got != label(known+1) {
			t.Fatalf("after %d records the office knows %d numbers and gives %s", cut, known, got)
		}
	}
}

func TestScenario06_AnUnprintedNumberIsVoidNotLost(t *testing.T) {
	d := open(t, nil)
	torn := d.issue("ho-tich", "")
	d.must(queue.ReportPrint{Ticket: torn, Outcome: queue.PrintFailed}, kiosk)
	d.must(queue.VoidTicket{Ticket: torn, Reason: "paper"}, kiosk)
	whole := d.issue("ho-tich", "")
	d.must(queue.ReportPrint{Ticket: whole, Outcome: queue.Printed}, kiosk)
	if torn == whole || d.s.Ticket(torn).Status() != queue.Void {
		t.Errorf("%s is %s after the refill gave %s", torn, d.s.Ticket(torn).Status(), whole)
	}
	d.wantOrder(d.sit("1", "cb01"), whole)
}

func TestScenario12_ThereAndBackIsFirstAtTheFirstCounter(t *testing.T) {
	d := open(t, nil)
	one, two, three := d.sit("1", "cb01"), d.sit("2", "cb02"), d.sit("3", "cb03")
	early := d.issue("ho-tich", "")
	id := d.issue("ho-tich", "")
	d.callNext(two) // early
	d.callNext(one)
	d.must(queue.TransferTicket{Counter: "3", Back: true, Reason: "nộp lệ phí"}, one)
	d.must(queue.TransferTicket{Counter: "1"}, two) // early arrived before and is sent here too
	d.wait(5 * time.Minute)
	if got := d.callNext(three); got != id {
		t.Fatalf("counter 3 called %s", got)
	}
	d.wait(5 * time.Minute)
	d.must(queue.FinishTicket{}, three)
	d.status(id, queue.Waiting)
	d.refused(queue.CallNext{}, two, "queue-empty")
	if why := d.s.Explain("1"); why.Code != queue.WhyBack || why.Ticket != id || why.Over != early {
		t.Errorf("explained as %+v", why)
	}
	d.wantOrder(one, id, early)
	legs := d.s.Ticket(id).Legs()
	if len(legs) != 3 || legs[1].Counter != "3" || legs[1].Served != 5*time.Minute || legs[2].Counter != "1" {
		t.Errorf("legs %+v", legs)
	}
}

func TestScenario12_BackGoesWhereTheOfficerSits(t *testing.T) {
	for name, test := range map[string]struct {
		leave func(*desk, chain.Actor)
		at    string
	}{
		"moved to another counter": {func(d *desk, _ chain.Actor) { d.sit("2", "cb01") }, "2"},
		"relieved by a colleague":  {func(d *desk, _ chain.Actor) { d.sit("1", "cb02") }, "1"},
		"gone":                     {func(d *desk, by chain.Actor) { d.must(queue.CloseCounter{}, by) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil)
			one, three := d.sit("1", "cb01"), d.sit("3", "cb03")
			id := d.issue("ho-tich", "")
			d.callNext(one)
			d.must(queue.TransferTicket{Counter: "3", Back: true}, one)
			test.leave(d, one)
			d.callNext(three)
			d.must(queue.FinishTicket{}, three)
			if got := d.s.Ticket(id); got.For != test.at || got.Status() != queue.Waiting || got.Service != "ho-tich" {
				t.Errorf("%s waits for counter %q, want %q", got.Status(), got.For, test.at)
			}
		})
	}
}

// bookingOffice takes appointments every ten minutes.
func bookingOffice(t *testing.T) *desk {
	return open(t, func(c *queue.Config) {
		c.Hours = officeHours()
		c.Classes = append(c.Classes, queue.Class{ID: queue.ClassAppointment, Name: text("Hẹn giờ"), HeadStart: 20})
		c.Services[0].PerSlot = 3
		c.Booking = queue.Booking{Slot: 10, Early: 30, Grace: 15}
	})
}

// book gives a slot of today.
func (d *desk) book(hour, minute int) string {
	d.t.Helper()
	at := time.Date(2026, 11, 23, hour, minute, 0, 0, monday.Location())
	events := d.must(queue.BookAppointment{Service: "ho-tich", Slot: at}, chain.Actor{Device: "city"})
	return events[len(events)-1].(queue.AppointmentBooked).Code
}

func (d *desk) checkIn(code string) queue.TicketID {
	d.t.Helper()
	events := d.must(queue.CheckIn{Code: code}, kiosk)
	return events[len(events)-1].(queue.TicketIssued).Ticket
}

func TestScenario14_AppointmentsByTheRule(t *testing.T) {
	d := bookingOffice(t)
	early, onTime, ten, forty := d.book(9, 0), d.book(9, 0), d.book(9, 10), d.book(9, 0)
	next := d.book(9, 20)
	d.clock(8, 15)
	if r := d.refused(queue.CheckIn{Code: early}, kiosk, "appointment-early"); r.Args["from"] != "08:30" {
		t.Errorf("told to come from %s", r.Args["from"])
	}
	d.clock(8, 30)
	e := d.checkIn(early)
	before := d.issue("ho-tich", "") // came 30 minutes before the slot
	d.clock(8, 50)
	after := d.issue("ho-tich", "")
	d.clock(9, 0)
	o := d.checkIn(onTime)
	d.clock(9, 15)
	n := d.checkIn(next) // five minutes early
	d.clock(9, 20)
	l := d.checkIn(ten) // ten minutes late: by its arrival, behind nobody's earlier slot
	d.clock(9, 40)
	f := d.checkIn(forty) // forty late: an ordinary number
	if got := d.s.Ticket(f); got.Class != "" || got.Appointment != forty {
		t.Errorf("forty minutes late has class %q", got.Class)
	}
	// Effective arrivals: before 8:30, early and on time 8:40, after 8:50, next
	// and ten late 9:00 (next was there first), forty late 9:40.
	d.wantOrder(d.sit("1", "cb01"), before, e, o, after, n, l, f)
}

// TestScenario14_LateComersDelayNoLaterSlot: whoever comes within the grace, but
// after the next slot began, is called after that slot's holder.
func TestScenario14_LateComersDelayNoLaterSlot(t *testing.T) {
	d := bookingOffice(t)
	late, punctual := d.book(9, 0), d.book(9, 10)
	d.clock(9, 8)
	p := d.checkIn(punctual)
	d.clock(9, 12)
	l := d.checkIn(late)
	d.wantOrder(d.sit("1", "cb01"), p, l)
}

func TestScenario15_ClosingIsSaidBeforeAndNobodyIsForgotten(t *testing.T) {
	crowded := func(t *testing.T) (*desk, chain.Actor, []queue.TicketID) {
		d := open(t, func(c *queue.Config) {
			c.Hours = officeHours()
			c.Officers[1].Supervisor = true
		})
		d.clock(11, 0)
		by := d.sit("1", "cb01")
		var line []queue.TicketID
		for range 20 {
			line = append(line, d.issue("ho-tich", ""))
		}
		d.clock(11, 10)
		return d, by, line
	}
	lead := at("2", "cb02")

	t.Run("said before issuing", func(t *testing.T) {
		d, by, line := crowded(t)
		o := d.s.Outlook("ho-tich", "", d.now)
		if o.Chance != queue.TooLate || o.Closes.Format("15:04") != "11:30" || o.Later.Format("15:04") != "13:30" {
			t.Fatalf("outlook %+v", o)
		}
		if o := d.s.Outlook("tra", "", d.now); o.Chance == queue.TooLate && d.s.Working("tra") > 1 {
			t.Errorf("outlook of an empty line: %+v", o)
		}
		events := d.must(queue.IssueTicket{Service: "ho-tich", Later: true}, kiosk)
		later := events[0].(queue.TicketIssued).Ticket
		if e := d.s.Ticket(later).Estimate; e.Low != 140*time.Minute || e.High < e.Likely || e.Ahead != 0 {
			t.Errorf("the afternoon's number promises %+v", e)
		}
		d.clock(11, 30)
		d.refused(queue.IssueTicket{Service: "ho-tich"}, kiosk, "office-closed")
		d.wantOrder(by, line...) // those who wait are served, the afternoon's number is not
		d.clock(13, 30)
		if got := d.callNext(by); got != later {
			t.Errorf("the afternoon begins with %s", got)
		}
	})
	t.Run("carried with rank kept", func(t *testing.T) {
		d, by, line := crowded(t)
		d.refused(queue.CloseSession{How: queue.EndCarry}, by, "supervisor-only")
		d.must(queue.CloseSession{How: queue.EndCarry}, lead)
		d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "session-closed")
		d.refused(queue.CallNext{}, by, "queue-empty")
		if d.s.Waiting("") != len(line) {
			t.Errorf("%d wait, want %d", d.s.Waiting(""), len(line))
		}
		if why := d.s.ExplainOver("1", line[0]); why.Code != queue.WhyLater {
			t.Errorf("explained as %+v", why)
		}
		d.clock(13, 30)
		d.issue("ho-tich", "")
		if got := d.order(by); len(got) != len(line)+1 || got[0] != line[0] || got[19] != line[19] {
			t.Errorf("the afternoon's order is %v", got)
		}
	})
	t.Run("served", func(t *testing.T) {
		d, by, line := crowded(t)
		d.must(queue.CloseSession{How: queue.EndServe}, lead)
		d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "session-closed")
		d.wantOrder(by, line...)
		d.must(queue.OpenSession{}, lead)
		d.issue("tra", "")
	})
	t.Run("closed with a reason", func(t *testing.T) {
		d, by, line := crowded(t)
		called := d.callNext(by)
		d.refused(queue.CloseSession{How: queue.EndClose}, lead, "session-reason-missing")
		d.must(queue.CloseSession{How: queue.EndClose, Reason: "mất điện"}, lead)
		d.status(called, queue.Called) // whoever is at a counter is served
		last := d.s.Ticket(line[19]).History
		if got := last[len(last)-1]; got.Status != queue.NotServed || got.Reason != "mất điện" {
			t.Errorf("closed as %+v", got)
		}
	})
	t.Run("the last session", func(t *testing.T) {
		d, _, _ := crowded(t)
		d.clock(16, 50)
		d.refused(queue.IssueTicket{Service: "tra", Later: true}, kiosk, "no-later-session")
		d.refused(queue.CloseSession{How: queue.EndCarry}, lead, "no-later-session")
	})
}

const (
	card = "c2FsdGVkLWhhc2gtb2YtYS1jYXJk"
	code = "c2FsdGVkLWhhc2gtb2YtYS1jb2Rl"
)

func TestScenario17_TheSameDossierTwiceShowsTheNumberHeld(t *testing.T) {
	d := open(t, nil)
	c := queue.IssueTicket{Service: "tra", Identity: code}
	id := d.must(c, kiosk)[1].(queue.TicketIssued).Ticket // after the day was opened
	other := chain.Actor{Device: "kiosk-2"}
	if r := d.refused(c, other, "number-held"); r.Args["ticket"] != id.Label() || r.Args["id"] != string(id) {
		t.Errorf("points to %v", r.Args)
	}
	for _, hostile := range []string{"'; DROP TABLE", "001099012345", string(make([]byte, 9000)), "ă" + code} {
		d.refused(queue.IssueTicket{Service: "tra", Identity: hostile}, kiosk, "identity-malformed")
	}
	if len(d.s.Tickets) != 1 {
		t.Errorf("%d numbers were given", len(d.s.Tickets))
	}
}

func TestScenario21_OnePersonOneOpenNumber(t *testing.T) {
	d := open(t, func(c *queue.Config) { c.KioskDailyCap, c.PersonDailyCap = 2, 2 })
	by := d.sit("1", "cb01")
	mine := queue.IssueTicket{Service: "ho-tich", Identity: card}
	d.must(mine, kiosk)
	d.refused(mine, kiosk, "number-held")
	d.must(queue.IssueTicket{Service: "dat-dai", Identity: card}, kiosk) // another service is another matter
	d.callNext(by)
	d.must(queue.FinishTicket{}, by)
	d.must(mine, kiosk) // the first one is over
	d.callNext(by)
	d.must(queue.FinishTicket{}, by)
	d.refused(mine, kiosk, "person-cap")

	helper := mine
	helper.Reason = "lấy hộ cụ 82 tuổi"
	d.refused(helper, kiosk, "person-cap") // a reason alone is nobody's permission
	events := d.must(helper, by)
	if e := events[0].(queue.TicketIssued); e.Reason != helper.Reason {
		t.Errorf("the exception is recorded as %+v", e)
	}
	// Without an identity the kiosk's own cap holds; the numbers above do not count.
	d.issue("tra", "")
	d.issue("tra", "")
	d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "kiosk-cap")
	d.must(queue.IssueTicket{Service: "tra", Identity: card}, kiosk)
	d.now = d.now.Add(24 * time.Hour)
	d.must(mine, kiosk)
	if len(d.s.Persons) != 1 || len(d.s.Persons[card]) != 1 {
		t.Errorf("the new day remembers %v", d.s.Persons)
	}
}

func TestScenario21_AnIdentityIsOfOneDayAndOneOffice(t *testing.T) {
	hash := func(key, day, shown string) string { return queue.HashIdentity([]byte(key), day, shown) }
	mine := hash("secret", "2026-11-23", "001099012345")
	seen := map[string]bool{mine: true}
	for _, other := range []string{
		hash("secret", "2026-11-24", "001099012345"), hash("other", "2026-11-23", "001099012345"), hash("secret", "2026-11-23", "001099012346"),
	} {
		if seen[other] {
			t.Error("two identities are one")
		}
		seen[other] = true
	}
	if mine != hash("secret", "2026-11-23", "001099012345") {
		t.Error("one identity is two")
	}
	d := open(t, nil)
	d.must(queue.IssueTicket{Service: "tra", Identity: mine}, kiosk)
}

func TestScenario22_PeopleBehindAProxyAreToldTheTruth(t *testing.T) {
	estimate := func(dossiers int) queue.Estimate {
		d := open(t, nil)
		d.sit("1", "cb01")
		events := d.must(queue.IssueTicket{Service: "ho-tich", Dossiers: dossiers}, kiosk)
		id := events[len(events)-1].(queue.TicketIssued).Ticket
		if got := d.s.Ticket(id).Dossiers; got != dossiers {
			t.Errorf("the ticket says %d dossiers, want %d", got, dossiers)
		}
		return d.s.Estimate("ho-tich", "", d.now)
	}
	one, twelve := estimate(1), estimate(12)
	if twelve.Ahead != 1 || twelve.Dossiers != 12 {
		t.Errorf("told of %d people with %d dossiers", twelve.Ahead, twelve.Dossiers)
	}
	if twelve.Low < 4*one.Low || twelve.High < 4*one.High {
		t.Errorf("twelve dossiers promise %v to %v, one promises %v to %v", twelve.Low, twelve.High, one.Low, one.High)
	}
}
