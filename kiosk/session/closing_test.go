package session_test

import (
	"strings"
	"testing"
	"time"

	"motcua/assets/i18n"
	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// sessions is the office with today's sessions, in minutes from midnight.
func sessions(spans ...queue.Span) *queue.State {
	q := office()
	q.Config.Days = map[string][]queue.Span{"2026-11-22": spans}
	return q
}

// Minutes of the test's day; it begins at 09:42.
var (
	ending  = queue.Span{From: 450, To: 9*60 + 46} // before two people are served
	evening = queue.Span{From: 13*60 + 30, To: 17 * 60}
)

// Scenario 15 at the kiosk: who may not be called before closing is told so
// before a number is given, and offered the afternoon; after closing no number
// is asked for and the screen says when there are any again.
func TestScenario15_KioskSaysSoBeforeIssuingAndOffersTheAfternoon(t *testing.T) {
	ask := func(t *testing.T, q *queue.State) *visit {
		v := start(t).send(session.OfficeChanged{State: q})
		v.tap(session.TakeNumber).tap(session.PickService, "civil").want(session.Closing)
		if has[session.IssueTicket](v) {
			t.Fatal("asked for a number before saying so")
		}
		return v
	}
	t.Run("this afternoon", func(t *testing.T) {
		v := ask(t, sessions(ending, evening))
		l := v.s.LastCall()
		if l.Main.Label.Key != "kiosk.closing.afternoon" || l.Main.Label.Args[1] != "13:30" || l.Other.Press.Action != session.TakeNow {
			t.Errorf("offers %+v and %+v", l.Main, l.Other)
		}
		if !strings.HasPrefix(l.Body.Key, "queue.outlook.") || l.Facts[1].Value.Raw != "09:46" {
			t.Errorf("says %+v, %+v", l.Body, l.Facts)
		}
		wish := effect[session.IssueTicket](v.tap(session.TakeLater))
		if !wish.Later || wish.Service != "civil" {
			t.Fatalf("got %+v", wish)
		}
		k := newTicket("261122-A003", "civil", queue.Waiting)
		k.After = time.Date(2026, 11, 22, 13, 30, 0, 0, at.Location())
		v.send(session.Replied{Ask: wish.Ask, Ticket: k}).want(session.Ticket)
		if turn := v.s.Turn(); turn.Left.Value.Raw != "13:30" || !turn.Right.Label.Empty() {
			t.Errorf("the ticket promises %+v and %+v", turn.Left, turn.Right)
		}
	})
	t.Run("now all the same", func(t *testing.T) {
		wish := effect[session.IssueTicket](ask(t, sessions(ending, evening)).tap(session.TakeNow))
		if wish.Later || wish.Service != "civil" {
			t.Errorf("got %+v", wish)
		}
	})
	t.Run("no session after this one", func(t *testing.T) {
		v := ask(t, sessions(ending))
		if l := v.s.LastCall(); l.Main.Press.Action != session.TakeNow || !l.Other.Label.Empty() {
			t.Errorf("offers %+v and %+v", l.Main, l.Other)
		}
		if wish := effect[session.IssueTicket](v.tap(session.TakeLater)); wish.Later {
			t.Error("asked for a session that there is not")
		}
	})
	t.Run("and back", func(t *testing.T) {
		v := ask(t, sessions(ending, evening)).tap(session.GoBack).want(session.Services)
		v.tap(session.TakeNow).want(session.Services)
		if has[session.IssueTicket](v) {
			t.Error("a number was asked for from another screen")
		}
	})
	t.Run("time enough", func(t *testing.T) {
		v := start(t).send(session.OfficeChanged{State: sessions(queue.Span{From: 450, To: 17 * 60})})
		effect[session.IssueTicket](v.tap(session.TakeNumber).tap(session.PickService, "civil"))
	})
	t.Run("the session ends meanwhile", func(t *testing.T) {
		v := ask(t, sessions(queue.Span{From: 450, To: 9*60 + 43}, evening)).pass(40 * time.Second).tap(session.Stay).pass(40 * time.Second)
		if v.tap(session.TakeNow).want(session.Message); has[session.IssueTicket](v) {
			t.Error("asked for a number after closing")
		}
	})
}

// TestScenario15_ClosedKioskSaysWhenNumbersAreGivenAgain: on the first screen,
// and on the services when the session ends while somebody chooses.
func TestScenario15_ClosedKioskSaysWhenNumbersAreGivenAgain(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	morning := queue.Span{From: 450, To: 9*60 + 42}
	stopped := office()
	stopped.Stopped, stopped.Resume = true, at.Add(4*time.Hour)
	ended := office()
	ended.Stopped = true
	over := office()
	over.Open = false
	yesterday := over.Clone()
	yesterday.Day = "2026-11-21"
	tomorrow := sessions(morning)
	tomorrow.Config.Days["2026-11-23"] = []queue.Span{{From: 450, To: 690}}
	monday := sessions()
	monday.Config.Days["2026-11-23"] = nil
	monday.Config.Days["2026-11-24"] = []queue.Span{{From: 450, To: 690}}
	monday.Config.Hours = map[time.Weekday][]queue.Span{time.Friday: {{From: 450, To: 690}}}
	for name, c := range map[string]struct {
		q    *queue.State
		want string
	}{
		"lunch":                 {sessions(morning, evening), "Đang nghỉ giữa buổi · cấp số lại lúc 13:30"},
		"not open yet":          {sessions(evening), "Cấp số từ 13:30 hôm nay"},
		"tomorrow":              {tomorrow, "Cấp số lại lúc 07:30 ngày mai"},
		"after a holiday":       {monday, "Cấp số lại lúc 07:30 ngày 24/11/2026"},
		"stopped by the leader": {stopped, "Đang nghỉ giữa buổi · cấp số lại lúc 13:42"},
		"stopped for the day":   {ended, "Hôm nay đã ngừng cấp số"},
		"books closed":          {over, "Hôm nay đã ngừng cấp số"},
		"books of another day":  {yesterday, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t).tap(session.TakeNumber).want(session.Services).send(session.OfficeChanged{State: c.q})
			closed, got := v.s.Closed(), ""
			if !closed.Empty() {
				got = texts.Get("vi", closed.Key, closed.Args...)
			}
			if got != c.want {
				t.Fatalf("says %q, want %q", got, c.want)
			}
			v.tap(session.PickService, "civil")
			if has[session.IssueTicket](v) != (c.want == "") {
				t.Errorf("asked for a number: %v", c.want != "")
			}
			if c.want != "" {
				v.want(session.Message).tap(session.GoHome).tap(session.TakeNumber).want(session.Message)
			}
		})
	}
}

// stopped is an office whose leader has ended the morning early.
func stopped() *queue.State {
	q := sessions(queue.Span{From: 450, To: 690}, evening)
	q.Stopped, q.Resume = true, time.Date(2026, 11, 22, 13, 30, 0, 0, at.Location())
	k := newTicket("261122-A009", "civil", queue.Waiting)
	q.Apply(queue.TicketIssued{Ticket: k.ID, Service: "civil", After: q.Resume, Dossiers: 1}, at, q.Seq+1, chain.Actor{Device: "kiosk-2"})
	return q
}

// TestScenario15_StoppedSessionOffersTheAfternoon: every way to a number leads
// to one honest question, and the number is for the afternoon.
func TestScenario15_StoppedSessionOffersTheAfternoon(t *testing.T) {
	v := start(t).send(session.OfficeChanged{State: stopped()})
	if v.s.ForLater().Key != "kiosk.take-afternoon" || v.s.Closed().Key != "kiosk.closed.stopped" || v.s.Crowd().Args[1] != "13:30" {
		t.Errorf("the first screen offers %+v and says %+v", v.s.ForLater(), v.s.Crowd())
	}
	v.tap(session.TakeNumber).want(session.Services)
	if l := v.s.Lines()[0]; l.Wait.Key != "kiosk.wait.from" || l.People.Args[1] != "1" {
		t.Errorf("a line says %+v and %+v, want the one who waits for the afternoon", l.Wait, l.People)
	}
	v.tap(session.PickService, "civil").want(session.Closing)
	q := v.s.LastCall()
	if has[session.IssueTicket](v) || q.Title.Key != "kiosk.closing.stopped" || q.Facts[0].Value.Raw != "13:30" || q.Facts[1].Value.Args[1] != "1" || !q.Other.Label.Empty() {
		t.Fatalf("asks %+v", q)
	}
	if v.tap(session.TakeNow).want(session.Closing); has[session.IssueTicket](v) {
		t.Error("asked for a number of a session that gives none")
	}
	wish := effect[session.IssueTicket](v.send(q.Main.Press))
	if !wish.Later {
		t.Errorf("got %+v", wish)
	}
	k := newTicket("261122-A003", "civil", queue.Waiting)
	k.After = stopped().Resume
	k.Estimate = queue.Estimate{Ahead: 1, Low: k.After.Sub(at).Truncate(time.Minute), High: k.After.Sub(at) + 20*time.Minute}
	v.send(session.Replied{Ask: wish.Ask, Ticket: k}).want(session.Ticket)
	if turn := v.s.Turn(); turn.Head.Key != "kiosk.ticket.taken-afternoon" || turn.Left.Value.Raw != "13:30" || turn.Right.Value.Raw != "13:30–13:50" {
		t.Errorf("the number says %+v", turn)
	}

	v = start(t).send(session.OfficeChanged{State: stopped()}).tap(session.TakeNumber).tap(session.PickService, "civil")
	v.send(session.OfficeChanged{State: sessions(queue.Span{From: 450, To: 690}, evening)}).want(session.Closing)
	if q := v.s.LastCall(); q.Body.Key != "kiosk.closing.reopened" || q.Other.Press.Action != session.TakeNow {
		t.Errorf("opened again, it asks %+v", q)
	}
	if wish := effect[session.IssueTicket](v.tap(session.TakeNow)); wish.Later {
		t.Errorf("got %+v", wish)
	}
}

// Scenario 22 at the kiosk: twelve dossiers on one number, asked for only by
// who wants it, said on the number and to the people behind.
func TestScenario22_SeveralDossiersOnOneNumber(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.PickService, "civil")
	if wish := effect[session.IssueTicket](v); wish.Dossiers != 0 {
		t.Errorf("two touches ask for %d dossiers", wish.Dossiers)
	}
	v = start(t).tap(session.TakeNumber).tap(session.ToggleMany).tap(session.TogglePriority).tap(session.PickService, "civil").want(session.Count)
	for arg, want := range map[string]int{"0": 2, "-4": 2, "12": 12, "100": 99, "many": 12} {
		v.tap(session.SetDossiers, "12").tap(session.SetDossiers, arg)
		if v.s.Dossiers != want {
			t.Errorf("%s gives %d, want %d", arg, v.s.Dossiers, want)
		}
	}
	wish := effect[session.IssueTicket](v.tap(session.SetDossiers, "12").tap(session.TakeCounted))
	if wish.Dossiers != 12 || wish.Service != "civil" || wish.Class != queue.ClassPriority {
		t.Fatalf("got %+v", wish)
	}
	k := newTicket("261122-A003", "civil", queue.Waiting)
	k.Dossiers = 12
	v.send(session.Replied{Ask: wish.Ask, Ticket: k})
	if yours := v.s.Turn().Yours; yours.Key != "kiosk.ticket.number.dossiers" || yours.Args[1] != "12" {
		t.Errorf("the ticket says %+v", yours)
	}
	q := office()
	q.Apply(queue.TicketIssued{Ticket: k.ID, Service: "civil", Dossiers: 12}, at, q.Seq+1, chain.Actor{Device: "kiosk-1"})
	v = start(t).send(session.OfficeChanged{State: q}).tap(session.TakeNumber)
	if people := v.s.Lines()[0].People; people.Key != "kiosk.people-dossiers" || people.Args[1] != "3" || people.Args[3] != "14" {
		t.Errorf("the next one reads %+v", people)
	}
}

// booking is an office with one appointment for civil.
func booking(slot time.Time) *queue.State {
	q := office()
	q.Config.Booking = queue.Booking{Early: 30, Grace: 15}
	q.Apply(queue.AppointmentBooked{Appointment: queue.Appointment{Code: code, Service: "civil", Slot: slot}}, at, q.Seq+1, chain.Actor{})
	return q
}

const code = "H261122-A9-K7Q2M5XP"

// Scenario 14 at the kiosk: the code gives a number that says how it ranks.
func TestScenario14_AppointmentCodeGivesANumber(t *testing.T) {
	for name, c := range map[string]struct {
		slot time.Time
		head string
	}{
		"on time":         {at.Add(10 * time.Minute), "kiosk.ticket.checked-in"},
		"10 minutes late": {at.Add(-10 * time.Minute), "kiosk.ticket.checked-in"},
		"40 minutes late": {at.Add(-40 * time.Minute), "kiosk.ticket.late"},
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t).send(session.OfficeChanged{State: booking(c.slot)})
			v.tap(session.OpenFeature, "appointment").want(session.ScanPrompt)
			in := effect[session.CheckIn](v.send(session.Scanned{Kind: session.ScanAppointment, Code: code}))
			k := newTicket("261122-A003", "civil", queue.Waiting)
			k.Appointment = code
			v.send(session.Replied{Ask: in.Ask, Ticket: k}).want(session.Ticket)
			effect[session.PrintTicket](v)
			if got := v.s.Turn().Head.Key; in.Code != code || got != c.head {
				t.Errorf("checks %s in and says %s, want %s", in.Code, got, c.head)
			}
		})
	}
}

func TestAppointmentThatGivesNoNumberSaysWhatToDo(t *testing.T) {
	for _, c := range []struct {
		r     *refusal.Refusal
		title string
		press session.Action
	}{
		{refusal.New("appointment-early", "at", "10:30", "from", "10:00"), "kiosk.appointment.early", ""},
		{refusal.New("appointment-other-day", "at", "10:30 24/11/2026"), "kiosk.appointment.other-day", session.TakeNumber},
		{refusal.New("appointment-unknown"), "kiosk.appointment.unknown", session.TakeNumber},
	} {
		v := start(t).send(session.Scanned{Kind: session.ScanAppointment, Code: code})
		v.send(session.Replied{Ask: effect[session.CheckIn](v).Ask, Refusal: c.r}).want(session.Message)
		if n := v.s.Notice; n.Title.Key != c.title || n.Press.Action != c.press || n.Code != c.r.Code {
			t.Errorf("%s: %+v", c.r.Code, n)
		}
	}
}

// A number that the person has already is shown again, not only named.
func TestNumberHeldIsShown(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanAppointment, Code: code})
	no := refusal.New("number-held", "ticket", "A002", "id", "261122-A002")
	v.send(session.Replied{Ask: effect[session.CheckIn](v).Ask, Refusal: no}).want(session.Ticket)
	if turn := v.s.Turn(); turn.Label != "A002" || v.s.Paper != session.NotPrinting || has[session.PrintTicket](v) {
		t.Errorf("shows %+v", turn)
	}
}

func TestAppointmentTileOnlyWhereThereAreAny(t *testing.T) {
	tile := func(q *queue.State) bool {
		return start(t).send(session.OfficeChanged{State: q}).s.Tiles()[0].Press.Arg == "appointment"
	}
	slots := office()
	slots.Config.Services[0].PerSlot = 1
	if tile(office()) || !tile(slots) || !tile(booking(at)) {
		t.Errorf("shown %v, %v, %v", tile(office()), tile(slots), tile(booking(at)))
	}
	start(t).tap(session.OpenFeature, "appointment").want(session.Home)
}

// Who checks in and leaves before the answer leaves no number behind: the
// appointment can be used again.
func TestCheckInLeftBehindIsWithdrawn(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanAppointment, Code: code})
	ask := effect[session.CheckIn](v).Ask
	v.pass(11 * time.Second).tap(session.GoHome).want(session.Home)
	v.send(session.Replied{Ask: ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)})
	if void := effect[session.VoidTicket](v); void.Ticket != "261122-A003" {
		t.Errorf("withdraws %s", void.Ticket)
	}
}
