package station_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/scan"
	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/office"
)

// scans is the personal number on a card of an invented citizen, and holds it
// under the kiosk's scanner as the program does.
func (h *hall) scans(k *kiosk, n int) (number string) {
	h.t.Helper()
	e := scan.Classify(h.demo.Cards[n])
	if e.Kind != scan.CitizenCard {
		h.t.Fatalf("the card reads as %s", e.Kind)
	}
	k.loop.Send(session.Scanned{Kind: session.ScanCard, Card: k.work.Card(e.Card.Number)})
	k.until("that the card was read", func(s session.State) bool { return s.Screen == session.Services && s.CardShown() })
	return e.Card.Number
}

// taken takes a number once the services are on the screen.
func (k *kiosk) taken(service string) session.State {
	k.t.Helper()
	k.press(session.PickService, service)
	return k.until("a number", func(s session.State) bool { return s.Screen == session.Ticket && !s.Busy() })
}

// heard is a log that a test reads.
type heard struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.buf.String()
}

// TestScenario21_OneNumberPerCardAtTheKiosk: a card takes one number of a
// service, a second press shows it and prints it again, another service and
// another person have their own; and of the card nothing is left in what a
// screen can show, in the record's tickets or in the log.
func TestScenario21_OneNumberPerCardAtTheKiosk(t *testing.T) {
	log, old := &heard{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	defer slog.SetDefault(old)
	h, p := open(t), plug(t, slow())
	client := office.Local(h.Office)
	k := h.kiosk(t, client, load(t, epson, "tcp:"+p.addr.String()))

	card := h.scans(k, 0)
	first := k.taken("ho-tich")
	k.paper(session.Printed)
	h.printed(t, first.Issued.ID, queue.Printed)
	k.leave()

	h.scans(k, 0)
	again := k.taken("ho-tich")
	if again.Issued.ID != first.Issued.ID || !again.OnlyOne || again.Paper != session.NotPrinting {
		t.Errorf("a second time it is %s, only one: %v", again.Issued.ID, again.OnlyOne)
	}
	k.press(session.Reprint, "")
	k.paper(session.Printed)
	if papers := p.Papers(); len(papers) != 2 || isCopy(t, papers[0].Picture) || !isCopy(t, papers[1].Picture) {
		t.Errorf("got %d papers, want the first and a copy", len(papers))
	}
	k.leave()

	h.scans(k, 0)
	if other := k.taken("nhan-ket-qua"); other.Issued.Service != "nhan-ket-qua" || other.OnlyOne {
		t.Errorf("another service: %+v", other.Issued)
	}
	k.leave()
	h.scans(k, 1)
	if other := k.taken("ho-tich"); other.Issued.ID == first.Issued.ID {
		t.Error("another person was shown the first one's number")
	}
	k.leave()
	eventually(t, "no card is known any more", func() bool { return k.work.Cards() == 0 })

	k.press(session.TakeNumber, "") // a number without a card
	k.until("the services", func(s session.State) bool { return s.Screen == session.Services })
	plain := k.taken("ho-tich")
	if got := h.State().Ticket(plain.Issued.ID); got.Identity != "" {
		t.Errorf("the next person's number is held by %q", got.Identity)
	}
	for where, text := range map[string]string{
		"the screen's state": fmt.Sprintf("%+v", k.state()), "the office's state": fmt.Sprintf("%+v", h.State().Persons), "the log": log.String(),
	} {
		if strings.Contains(text, card) {
			t.Errorf("%s has the card's number", where)
		}
	}
}

// TestScenario21_CardOfABooking: the desk booked with the card; once the booking
// has become a number, the card takes no second one.
func TestScenario21_CardOfABooking(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.rules(t, func(c *queue.Config) {
		c.Services[0].PerSlot = 1
		c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 8 * 60, To: 17 * 60}}}
	})
	client := office.Local(h.Office)
	slot := time.Date(2026, 11, 23, 9, 30, 0, 0, time.FixedZone("+07", 7*3600))
	book := queue.BookAppointment{Service: "ho-tich", Slot: slot, Identity: scan.Classify(h.demo.Cards[0]).Card.Number}
	if _, err := office.NewCaller(client, "counter-1").Do(t.Context(), "cb01", "1", book); err != nil {
		t.Fatal(err)
	}
	k := h.kiosk(t, client, nil)
	k.until("the booking", func(s session.State) bool { return len(s.Queue.Appointments) == 1 })
	for code := range h.State().Appointments {
		k.loop.Send(session.Scanned{Kind: session.ScanAppointment, Code: code})
	}
	first := k.until("its number", func(s session.State) bool { return s.Screen == session.Ticket && !s.Busy() })
	k.leave()
	h.scans(k, 0)
	if again := k.taken("ho-tich"); again.Issued.ID != first.Issued.ID || !again.OnlyOne {
		t.Errorf("the card took %s beside %s", again.Issued.ID, first.Issued.ID)
	}
}

// TestScenario41_CardOfSomebodyWhoLeft: the office was away when the number was
// asked for. The same question is asked until it is answered, nobody else gets
// the card into theirs, and then it is forgotten.
func TestScenario41_CardOfSomebodyWhoLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		defer h.serve(w)()
		k := h.kiosk(t, w.remote(t), nil)
		h.scans(k, 0)
		w.lose.Store(1000)
		k.press(session.PickService, "ho-tich")
		k.until("that it failed", func(s session.State) bool { return s.Screen == session.Message })
		k.press(session.GoHome, "")
		k.until("the first screen", func(s session.State) bool { return s.Screen == session.Home && !s.CardShown() })
		time.Sleep(time.Minute)
		w.lose.Store(0)
		eventually(t, "the number withdrawn", func() bool {
			tk := h.State().Ticket("261123-A001")
			return tk != nil && tk.Status() == queue.Void
		})
		if tk := h.State().Ticket("261123-A001"); tk.Identity == "" || len(h.State().Tickets) != 1 {
			t.Errorf("%d numbers for one press, held by %q", len(h.State().Tickets), tk.Identity)
		}
		eventually(t, "no card is known any more", func() bool { return k.work.Cards() == 0 })
	})
}
