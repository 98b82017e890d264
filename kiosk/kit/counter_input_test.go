package kit_test

import (
	"testing"

	"fyne.io/fyne/v2/test"

	"motcua/kiosk/kit"
)

// TestInputKeepsWhatIsTyped types faster than the state answers: the answers
// are always behind, and no letter may be lost to them.
func TestInputKeepsWhatIsTyped(t *testing.T) {
	test.NewTempApp(t)
	var typed []string
	look := kit.NewLook(kit.DeskPanel(1366, 768), kit.Desk)
	in := look.Input(func(kit.Stroke) bool { return false }, func(s string) { typed = append(typed, s) }, func() {})
	test.NewTempWindow(t, in)
	state := ""
	in.Set(state)
	for _, r := range "khai sinh" {
		in.TypedRune(r)
		in.Set(state) // a tick redraws a state that has not heard yet
		if len(typed) > 2 {
			state = typed[len(typed)-3] // the answer to an earlier letter
			in.Set(state)
		}
	}
	if in.Text != "khai sinh" {
		t.Fatalf("the field has %q", in.Text)
	}
	in.Set("khai sinh")
	if in.Set("1.001193 · Đăng ký khai sinh"); in.Text != "1.001193 · Đăng ký khai sinh" {
		t.Errorf("a choice is not shown: %q", in.Text)
	}
	if in.Set(""); in.Text != "" {
		t.Errorf("an emptied form still shows %q", in.Text)
	}
}
