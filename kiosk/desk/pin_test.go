package desk_test

import (
	"strings"
	"testing"
	"time"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/refusal"
)

// refuse answers the command under way with a refusal.
func (r *rig) refuse(code string, args ...string) {
	r.t.Helper()
	c := r.command()
	r.out = nil
	r.take(desk.CommandReplied{ID: c.ID, Outcome: desk.Outcome{Refusal: refusal.New(code, args...)}})
}

// command is the last command sent.
func (r *rig) command() desk.Command {
	r.t.Helper()
	for i := len(r.out) - 1; i >= 0; i-- {
		if c, ok := r.out[i].(desk.Command); ok {
			return c
		}
	}
	r.t.Fatal("no command was sent")
	return desk.Command{}
}

func (r *rig) typed() string {
	r.t.Helper()
	m := r.s.Menu()
	if m == nil || !m.Typing {
		r.t.Fatalf("no PIN is asked for: %+v", m)
	}
	return m.Items[0].Raw
}

func TestSigningInWithAPIN(t *testing.T) {
	t.Parallel()
	r := office(t, 0)
	r.take(desk.SignIn{Officer: "an"})
	r.refuse("pin-needed", "officer", "an")
	if m := r.s.Menu(); m.Title.Args[1] != "Trần Văn An" || m.Items[1].Do != nil || r.typed() != "–" || !r.s.Notice.Say.Empty() {
		t.Fatalf("the question: %+v, notice %+v", m, r.s.Notice)
	}
	for _, k := range []desk.Key{"1", "2", "7", "BackSpace", "9", "A", "Up"} {
		r.press(k)
	}
	if got := r.typed(); got != "• • •" {
		t.Errorf("typed %q, want three dots", got)
	}
	r.press("Return")
	c := r.command()
	if c.Officer != "an" || c.Command != (queue.OpenCounter{PIN: "129"}) || r.s.SignedIn() {
		t.Fatalf("sent %+v", c)
	}
	r.refuse("pin-wrong", "left", "4")
	r.wantNotice("refusal.pin-wrong")
	if got := r.typed(); got != "–" {
		t.Errorf("a wrong PIN is still there: %q", got)
	}
	for range 20 {
		r.press("5")
	}
	if got := r.typed(); got != strings.TrimSpace(strings.Repeat("• ", 12)) {
		t.Errorf("typed %q, want twelve dots", got)
	}
	r.take(desk.KeyPressed{Key: "KP_Enter"})
	next := r.command()
	if next.ID == c.ID {
		t.Error("another PIN goes out under the first one's id")
	}
	r.out = nil
	r.take(desk.CommandReplied{ID: next.ID})
	if r.s.Officer != "an" || r.s.Menu() != nil {
		t.Errorf("after the right one: officer %q, menu %+v", r.s.Officer, r.s.Menu())
	}
}

// A half-typed PIN goes with Esc and with time; a lock leads back to the list;
// whoever the office does not know here any more signs in again.
func TestLeavingThePIN(t *testing.T) {
	t.Parallel()
	begin := func() *rig {
		r := office(t, 0)
		r.take(desk.SignIn{Officer: "an"})
		r.refuse("pin-needed")
		r.press("4")
		return r
	}
	list := func(r *rig, what string) {
		t.Helper()
		if m := r.s.Menu(); m == nil || m.Typing || !m.Must {
			t.Errorf("%s: got %+v, want the list of officers", what, m)
		}
	}
	r := begin()
	r.press("Escape")
	list(r, "Esc")
	r = begin()
	r.now = r.now.Add(time.Minute)
	r.take(desk.Tick{})
	list(r, "a minute later")
	r = begin()
	r.press("Return")
	r.refuse("pin-locked", "minutes", "15")
	list(r, "locked")
	r.wantNotice("refusal.pin-locked")
	r = seated(t, 1)
	r.press("F2")
	r.refuse("officer-not-here", "officer", "ha")
	list(r, "not here any more")
	r.wantNotice("refusal.officer-not-here")
}
