package station_test

import (
	"testing"
	"time"

	"motcua/kiosk/scan"
	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/office"
)

// rules changes the office's configuration.
func (h *hall) rules(t *testing.T, change func(*queue.Config)) {
	t.Helper()
	cfg := h.demo.Config
	cfg.Services = append([]queue.Service(nil), cfg.Services...)
	change(&cfg)
	setup := office.NewCaller(office.Local(h.Office), office.DeviceSetup)
	if _, err := setup.Do(t.Context(), "", "", queue.Configure{Config: cfg}); err != nil {
		t.Fatal(err)
	}
}

// leave ends the visit.
func (k *kiosk) leave() {
	k.t.Helper()
	k.press(session.Done, "")
	k.until("the first screen", func(s session.State) bool { return s.Screen == session.Home })
}

// TestScenario14_CodeOfAnAppointmentBecomesANumber: what the office booked is
// read by the scanner, and the number ranks as it should. Scanned again, it is
// the same number; the code of no appointment gives none.
func TestScenario14_CodeOfAnAppointmentBecomesANumber(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.rules(t, func(c *queue.Config) {
		c.Services[0].PerSlot = 1
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 8 * 60, To: 17 * 60}}}
		c.Booking = queue.Booking{Grace: 15}
		c.Classes = append(c.Classes, queue.Class{ID: queue.ClassAppointment, HeadStart: 30})
	})
	desk := office.NewCaller(office.Local(h.Office), "counter-1")
	slot := time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("+07", 7*3600))
	if _, err := desk.Do(t.Context(), "", "", queue.BookAppointment{Service: h.demo.Config.Services[0].ID, Slot: slot, Dossiers: 3}); err != nil {
		t.Fatal(err)
	}
	code := ""
	for c := range h.State().Appointments {
		code = c
	}
	read := scan.Classify(h.demo.Config.TicketLink + code)
	if read.Kind != scan.AppointmentCode || read.Code != code {
		t.Fatalf("the office's code %s is read as %v", code, read)
	}
	k := h.kiosk(t, office.Local(h.Office), nil)
	present := func() session.State {
		k.loop.Send(session.Scanned{Kind: session.ScanAppointment, Code: read.Code})
		return k.until("the number", func(s session.State) bool { return s.Screen == session.Ticket && !s.Busy() })
	}
	k.until("the tile", func(s session.State) bool { return s.Tiles()[0].Press.Arg == string(session.FeatureAppointment) })
	first := present().Issued
	if first.Appointment != code || first.Class != queue.ClassAppointment || first.Dossiers != 3 {
		t.Errorf("got %+v", first)
	}
	k.until("the office's copy", func(s session.State) bool { return s.Queue.Ticket(first.ID) != nil })
	k.leave()
	if again := present(); again.Issued.ID != first.ID || again.Paper != session.NotPrinting {
		t.Errorf("scanned again it is %s", again.Issued.ID)
	}
	k.leave()
	k.loop.Send(session.Scanned{Kind: session.ScanAppointment, Code: "H261123-A99-K7Q2M5XP"})
	k.until("no such appointment", func(s session.State) bool {
		return s.Screen == session.Message && s.Notice.Code == "appointment-unknown"
	})
}

// TestScenario22_DossiersAndSessionReachTheOffice: what the citizen said at the
// kiosk is on the office's ticket.
func TestScenario22_DossiersAndSessionReachTheOffice(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := h.kiosk(t, office.Local(h.Office), nil)
	k.press(session.TakeNumber, "")
	k.press(session.ToggleMany, "")
	k.press(session.PickService, "ho-tich")
	k.press(session.SetDossiers, "12")
	k.press(session.TakeCounted, "")
	s := k.until("a number", func(s session.State) bool { return s.Screen == session.Ticket })
	if got := h.State().Ticket(s.Issued.ID); got.Dossiers != 12 {
		t.Errorf("the office has %d dossiers", got.Dossiers)
	}
}

// TestScenario15_NumberForTheAfternoon: many wait and the morning is nearly
// over, so the kiosk asks; the afternoon's number waits for it.
func TestScenario15_NumberForTheAfternoon(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.rules(t, func(c *queue.Config) {
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 8 * 60, To: 9*60 + 5}, {From: 13 * 60, To: 17 * 60}}}
	})
	others := office.NewCaller(office.Local(h.Office), "kiosk-2")
	for range 10 {
		h.issue(t, others, "ho-tich")
	}
	k := h.kiosk(t, office.Local(h.Office), nil)
	k.press(session.TakeNumber, "")
	k.press(session.PickService, "ho-tich")
	k.until("the question", func(s session.State) bool { return s.Screen == session.Closing })
	k.press(session.TakeLater, "")
	s := k.until("a number", func(s session.State) bool { return s.Screen == session.Ticket })
	if after := queue.Local(h.State().Ticket(s.Issued.ID).After).Format("15:04"); after != "13:00" {
		t.Errorf("the number waits until %s", after)
	}
}

// TestScenario15_StoppedSessionGivesTheAfternoon: a leader ends the morning
// early; the kiosk gives a number for the afternoon, whose slip says more than
// one of the morning.
func TestScenario15_StoppedSessionGivesTheAfternoon(t *testing.T) {
	t.Parallel()
	h, p := open(t), plug(t, slow())
	h.rules(t, func(c *queue.Config) {
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 8 * 60, To: 11*60 + 30}, {From: 13*60 + 30, To: 17 * 60}}}
	})
	client := office.Local(h.Office)
	k := h.kiosk(t, client, load(t, epson, "tcp:"+p.addr.String()))
	k.take()
	k.paper(session.Printed)
	k.leave()
	leader := office.NewCaller(client, "counter-1")
	if _, err := leader.Do(t.Context(), "cb01", "1", queue.CloseSession{How: queue.EndServe, Reason: "crowded"}); err != nil {
		t.Fatal(err)
	}
	k.until("the offer", func(s session.State) bool { return !s.ForLater().Empty() })
	k.press(session.TakeNumber, "")
	k.press(session.PickService, "ho-tich")
	k.until("the question", func(s session.State) bool { return s.Screen == session.Closing })
	k.press(session.TakeLater, "")
	s := k.until("a number", func(s session.State) bool { return s.Screen == session.Ticket })
	if from := queue.Local(h.State().Ticket(s.Issued.ID).After).Format("15:04"); from != "13:30" || s.Turn().Left.Value.Raw != from {
		t.Errorf("the number counts from %s, the screen says %+v", from, s.Turn().Left)
	}
	k.paper(session.Printed)
	if papers := p.Papers(); len(papers) != 2 || papers[1].Picture.Height <= papers[0].Picture.Height {
		t.Errorf("%d papers; the second should have a line more: from when it counts", len(papers))
	}
}
