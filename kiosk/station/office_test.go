package station_test

import (
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/session"
	"motcua/queue"
)

// TestOfficeRestartsUnderThePress: the office is killed while a number is asked
// for; it comes back, and one number is given.
func TestOfficeRestartsUnderThePress(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		stop := h.serve(w)
		k := h.kiosk(t, w.remote(t), nil)
		first := k.take()
		w.part()
		stop()
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		k.until("the loss", func(s session.State) bool { return !s.Lost.IsZero() })
		k.press(session.Done, "")
		k.press(session.TakeNumber, "")
		k.press(session.PickService, "ho-tich")
		k.until("that it takes long", func(s session.State) bool { return s.Screen == session.Working })
		h.start()
		defer h.serve(w)()
		w.cut.Store(false)
		s := k.until("the number", func(s session.State) bool { return s.Screen == session.Ticket && s.Lost.IsZero() })
		if s.Issued.ID != "261123-A002" || len(h.State().Tickets) != 2 {
			t.Errorf("got %s of %d tickets after %s", s.Issued.ID, len(h.State().Tickets), first.ID)
		}
	})
}

// TestLostRepliesGiveOneNumber: the office did it and nobody heard. The same
// question again, at once or by the citizen's own hand minutes later, has the
// same answer.
func TestLostRepliesGiveOneNumber(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]func(*kiosk, *wire){
		"tried again at once": func(_ *kiosk, w *wire) { w.cut.Store(false) },
		"help called meanwhile": func(k *kiosk, w *wire) {
			k.until("that it failed", func(s session.State) bool { return s.Screen == session.Message })
			w.cut.Store(false)
			k.press(session.CallHelp, "")
			k.until("that help was asked for", func(s session.State) bool { return s.Help == session.Asked })
			k.press(session.Retry, "")
		},
		"tried again by hand": func(k *kiosk, w *wire) {
			k.until("that it failed", func(s session.State) bool { return s.Screen == session.Message })
			w.cut.Store(false)
			k.press(session.Retry, "")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h, w := open(t), newWire()
				defer h.serve(w)()
				k := h.kiosk(t, w.remote(t), nil)
				w.lose.Store(3)
				k.press(session.TakeNumber, "")
				k.press(session.PickService, "ho-tich")
				for len(h.State().Tickets) == 0 {
					time.Sleep(time.Millisecond)
				}
				w.part()
				after(k, w)
				s := k.until("the number", func(s session.State) bool { return s.Screen == session.Ticket })
				if n := len(h.State().Tickets); n != 1 || s.Issued.ID != "261123-A001" {
					t.Errorf("%d numbers were given, %s is shown", n, s.Issued.ID)
				}
			})
		})
	}
}

// TestNumberOfSomebodyWhoLeft is withdrawn, so that it is not called into an
// empty hall.
func TestNumberOfSomebodyWhoLeft(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		defer h.serve(w)()
		k := h.kiosk(t, w.remote(t), nil)
		w.lose.Store(1000)
		k.press(session.TakeNumber, "")
		k.press(session.PickService, "ho-tich")
		k.until("that it failed", func(s session.State) bool { return s.Screen == session.Message })
		k.press(session.GoHome, "")
		time.Sleep(time.Minute)
		w.lose.Store(0)
		eventually(t, "the number withdrawn", func() bool {
			tk := h.State().Ticket("261123-A001")
			return tk != nil && tk.Status() == queue.Void
		})
		if n := len(h.State().Tickets); n != 1 {
			t.Errorf("%d numbers for one press", n)
		}
	})
}

// TestRecordIsToldWhenTheOfficeIsBack: the paper's fate reaches the record,
// however long the office was away.
func TestRecordIsToldWhenTheOfficeIsBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		defer h.serve(w)()
		k := h.kiosk(t, w.remote(t), nil)
		w.lose.Store(1) // of the number, so that the next thing is the number again
		k.press(session.TakeNumber, "")
		k.press(session.PickService, "ho-tich")
		s := k.until("the number", func(s session.State) bool { return s.Screen == session.Ticket })
		w.part()
		time.Sleep(10 * time.Minute)
		w.cut.Store(false)
		h.printed(t, s.Issued.ID, queue.PrintFailed)
	})
}
