package desk_test

import (
	"testing"

	"motcua/kiosk/desk"
	"motcua/queue"
)

// TestOfficerConfirmsTheDay: after a long time off the office asks whoever sits
// down first, and a PIN in between does not make it ask for ever.
func TestOfficerConfirmsTheDay(t *testing.T) {
	t.Parallel()
	r := office(t, 0)
	r.take(desk.SignIn{Officer: "an"})
	r.refuse("day-unsure", "day", "23/11/2026")
	m := r.s.Menu()
	if m == nil || m.Title.Key != "counter.today.title" || m.Lines[1].Key != "counter.today.weekday.Monday" || len(m.Items) != 2 {
		t.Fatalf("the question: %+v", m)
	}
	r.take(m.Items[0].Do)
	if c := r.command(); c.Officer != "an" || c.Command != (queue.OpenCounter{Day: "2026-11-23"}) {
		t.Fatalf("sent %+v", c)
	}
	r.refuse("pin-needed", "officer", "an")
	for _, k := range []desk.Key{"1", "2", "9", "Return"} {
		r.press(k)
	}
	if c := r.command(); c.Command != (queue.OpenCounter{PIN: "129", Day: "2026-11-23"}) {
		t.Errorf("sent %+v", c)
	}
}

// TestWrongDayIsNotOpened: who says no is asked again by whoever sits down next.
func TestWrongDayIsNotOpened(t *testing.T) {
	t.Parallel()
	r := office(t, 0)
	r.take(desk.SignIn{Officer: "an"})
	r.refuse("day-unsure", "day", "01/01/1970")
	r.out = nil
	r.take(r.s.Menu().Items[1].Do)
	if len(r.out) > 0 || r.s.SignedIn() {
		t.Errorf("after no: %+v", r.out)
	}
}
