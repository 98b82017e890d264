package view_test

import (
	"testing"

	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/queue"
	"motcua/queue/refusal"
)

// askPIN signs an officer in whom the office asks for a PIN.
func (r *counterRig) askPIN(code string) {
	r.do(queue.CloseCounter{}, "1", "o1")
	r.do(queue.FinishTicket{}, "3", "o0")
	r.do(queue.CloseCounter{}, "3", "o0")
	r.see()
	r.take(desk.SignIn{Officer: "o2"})
	c := r.out[len(r.out)-1].(desk.Command)
	r.take(desk.CommandReplied{ID: c.ID, Outcome: desk.Outcome{Refusal: refusal.New(code, "left", "4")}})
}

// A PIN is typed on the keyboard without touching the mouse, wherever the focus
// was, and no field gets a digit of it.
func TestCounterPINKeys(t *testing.T) {
	r := newCounterRig(t, counterSizes[0], "vi")
	r.busy()
	r.askPIN("pin-needed")
	r.out = nil
	for _, k := range "4927" {
		r.key(fyne.KeyName(string(k))) // a window sends both
		r.runes(string(k))
	}
	r.key(fyne.KeyBackspace)
	r.runes("3")
	if got := r.s.Menu().Items[0].Raw; got != "• • • •" {
		t.Errorf("shown: %q", got)
	}
	r.key(fyne.KeyReturn)
	if len(r.out) != 1 || r.out[0].(desk.Command).Command != (queue.OpenCounter{PIN: "4923"}) {
		t.Errorf("sent %+v", r.out)
	}
	for f := range desk.Fields {
		if r.s.Text[f] != "" {
			t.Errorf("field %d got %q", f, r.s.Text[f])
		}
	}
}
