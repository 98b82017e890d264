package view_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"golang.org/x/image/font/sfnt"

	"motcua/assets/fonts"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/kiosk/kit/kittest"
	"motcua/kiosk/view"
	"motcua/queue/catalogue"
)

// field focuses the nth visible field of the screen, top to bottom.
func (r *counterRig) field(n int) *kit.Input {
	r.t.Helper()
	var list []*kit.Input
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch v := o.(type) {
		case *kit.Input:
			list = append(list, v)
		case *fyne.Container:
			for _, c := range v.Objects {
				visit(c)
			}
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(v).Objects() {
				visit(c)
			}
		}
	}
	visit(r.c.Root())
	if n >= len(list) {
		r.t.Fatalf("field %d of %d", n, len(list))
	}
	r.w.Canvas().Focus(list[n])
	return list[n]
}

// key delivers a named key as a window does: to the focused field, else to the
// canvas.
func (r *counterRig) key(k fyne.KeyName) {
	e := &fyne.KeyEvent{Name: k}
	if f := r.w.Canvas().Focused(); f != nil {
		f.TypedKey(e)
	} else if typed := r.w.Canvas().OnTypedKey(); typed != nil {
		typed(e)
	}
}

func (r *counterRig) runes(s string) {
	for _, c := range s {
		if f := r.w.Canvas().Focused(); f != nil {
			f.TypedRune(c)
		} else if typed := r.w.Canvas().OnTypedRune(); typed != nil {
			typed(c)
		}
	}
}

func newBusyCounter(t *testing.T) *counterRig {
	t.Helper()
	r := newCounterRig(t, counterSizes[0], "vi")
	r.busy()
	return r
}

func TestCounterHotkeysWorkInAField(t *testing.T) {
	r := newBusyCounter(t)
	name := r.field(1)
	r.runes("Nguyễn")
	r.key(fyne.KeyF5)
	if m := r.s.Menu(); m == nil || m.Title.Key != "counter.hold.title" {
		t.Fatalf("menu after F5 in a field: got %+v", m)
	}
	r.runes("2") // chooses, and is not typed
	if name.Text != "Nguyễn" || r.s.Text[desk.FieldName] != "Nguyễn" {
		t.Errorf("field: got %q, state %q, want what was typed", name.Text, r.s.Text[desk.FieldName])
	}
	if r.s.Menu() != nil || r.lastCommand() == 0 {
		t.Error("the digit did not choose")
	}
	r.key(fyne.KeyF1)
	r.key(fyne.KeyEscape)
	if r.s.Menu() != nil {
		t.Error("Esc in a field did not close the menu")
	}
	if r.w.Canvas().Focused() != name {
		t.Error("the field lost the focus")
	}
}

func TestCounterArrowsChooseInTheSearch(t *testing.T) {
	r := newBusyCounter(t)
	r.field(0)
	r.runes("khai")
	second := counterBirth
	second.Code = "1.000894"
	r.take(desk.ProceduresFound{Query: "khai", List: []catalogue.Procedure{counterBirth, second}})
	r.key(fyne.KeyDown)
	r.key(fyne.KeyReturn)
	if p := r.s.Intake.Procedure; p == nil || p.Code != "1.000894" {
		t.Errorf("chosen: got %+v, want the second", p)
	}
}

func TestCounterKeepsScansOutOfFields(t *testing.T) {
	r := newBusyCounter(t)
	name := r.field(1)
	var held []view.Stroke
	r.c.OnKeyStroke = func(s view.Stroke) bool { held = append(held, s); return true }
	r.runes("H26")
	r.key(fyne.KeyReturn)
	if name.Text != "" || len(held) != 4 || held[3].Key != fyne.KeyReturn || !held[0].At.Equal(r.now) {
		t.Fatalf("held %+v, field %q, want four strokes held with their time and nothing typed", held, name.Text)
	}
	r.c.OnKeyStroke = nil
	r.c.TypeBack(held[:3]) // it was a person after all
	if name.Text != "H26" || r.s.Text[desk.FieldName] != "H26" {
		t.Errorf("given back: field %q, state %q, want H26", name.Text, r.s.Text[desk.FieldName])
	}
	r.w.Canvas().Unfocus()
	seen := 0
	r.c.OnKeyStroke = func(view.Stroke) bool { seen++; return true }
	r.runes("1")
	r.key(fyne.KeyF2)
	if seen != 2 {
		t.Errorf("strokes without a focus: got %d, want 2", seen)
	}
}

func TestCounterTypingSurvivesEverything(t *testing.T) {
	r := newBusyCounter(t)
	name := r.field(1)
	r.runes("Nguyễn Th")
	name.CursorColumn = 3
	for range 3 {
		r.see()
		r.take(desk.Tick{})
		r.take(desk.SetLang{Lang: "en"})
	}
	if name.Text != "Nguyễn Th" || name.CursorColumn != 3 {
		t.Errorf("field %q, cursor %d, want both untouched", name.Text, name.CursorColumn)
	}
	r.take(desk.OpenTab{Tab: desk.TabReturn})
	if r.w.Canvas().Focused() != nil {
		t.Error("a hidden field keeps the focus")
	}
	r.take(desk.OpenTab{Tab: desk.TabIntake})
	if name.Text != "Nguyễn Th" {
		t.Errorf("after changing tabs: %q", name.Text)
	}
}

func TestCounterClicks(t *testing.T) {
	r := newBusyCounter(t)
	tap := func(words string) {
		t.Helper()
		o := kittest.Find(r.c.Root(), words)
		if o == nil {
			t.Fatalf("nothing says %q", words)
		}
		o.Tapped(&fyne.PointEvent{})
	}
	tap("A005")
	if m := r.s.Menu(); m == nil || m.Title.Args[1] != "A005" {
		t.Fatalf("menu after clicking a row: %+v", m)
	}
	tap("Có hẹn giờ")
	if r.lastCommand() == 0 {
		t.Error("the reason sent nothing")
	}
	tap("Hồ sơ trong ngày")
	if r.s.Tab != desk.TabDay {
		t.Errorf("tab: got %d", r.s.Tab)
	}
	r.take(desk.DossiersListed{List: counterDossiers(3)})
	tap("H26.138-261122-0018")
	if r.s.Tab != desk.TabReturn {
		t.Error("clicking a dossier did not open it")
	}
}

func TestCounterWheelMovesTheQueue(t *testing.T) {
	r := newBusyCounter(t)
	for _, s := range counterScenes {
		if s.name == "trouble" {
			s.set(r)
		}
	}
	before := kittest.Words(r.c.Root())
	test.Scroll(r.w.Canvas(), fyne.NewPos(100, 400), 0, -20)
	if kittest.Words(r.c.Root()) == before {
		t.Error("the wheel over the queue moves nothing")
	}
	test.Scroll(r.w.Canvas(), fyne.NewPos(100, 400), 0, 20)
	if kittest.Words(r.c.Root()) != before {
		t.Error("turned back, the list is not where it was")
	}
}

// Every character on the screens is in the bundled face: a fallback would be
// looked for on the machine, slowly, and may not be there.
func TestScreensUseOnlyOurFace(t *testing.T) {
	face, err := sfnt.Parse(fonts.Regular)
	if err != nil {
		t.Fatal(err)
	}
	r := newBusyCounter(t)
	q, s, now := r.q, r.s, r.now
	for _, scene := range counterScenes {
		r.q, r.s, r.now, r.out = q.Clone(), s, now, nil
		scene.set(r)
		var visit func(o fyne.CanvasObject)
		visit = func(o fyne.CanvasObject) {
			switch v := o.(type) {
			case *fyne.Container:
				for _, c := range v.Objects {
					visit(c)
				}
			case *canvas.Text:
				for _, c := range v.Text {
					if i, err := face.GlyphIndex(nil, c); err != nil || i == 0 {
						t.Errorf("%s: %q of %q is not in Noto Sans", scene.name, c, v.Text)
					}
				}
			case fyne.Widget:
				for _, c := range test.WidgetRenderer(v).Objects() {
					visit(c)
				}
			}
		}
		visit(r.c.Root())
	}
}

// The pictures that a reviewer looks at.
func TestCounterPictures(t *testing.T) {
	heroes := map[string][2]float32{"intake": counterSizes[0], "day": counterSizes[0], "return-ready": counterSizes[1], "menu-transfer": counterSizes[1], "trouble": counterSizes[1]}
	for _, scene := range counterScenes {
		size, ok := heroes[scene.name]
		if !ok {
			continue
		}
		t.Run(scene.name, func(t *testing.T) {
			r := newCounterRig(t, size, "vi")
			r.busy()
			scene.set(r)
			kittest.Golden(t, "counter-"+scene.name, r.w.Canvas().Capture())
		})
	}
}
