package kit

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// scrimAlpha leaves what lies behind a question readable enough to refer to.
const scrimAlpha = 0xA8

// Scrim dims what lies behind a question and takes the clicks meant for it.
type Scrim struct {
	widget.BaseWidget
	look  *Look
	onTap func()
}

var _ desktop.Mouseable = (*Scrim)(nil)

// Scrim makes one; onTap is a click beside the question.
func (l *Look) Scrim(onTap func()) *Scrim {
	s := &Scrim{look: l, onTap: onTap}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped implements fyne.Tappable.
func (s *Scrim) Tapped(*fyne.PointEvent) { s.onTap() }

// MouseDown implements desktop.Mouseable: nothing behind is pressed.
func (s *Scrim) MouseDown(*desktop.MouseEvent) {}

// MouseUp implements desktop.Mouseable.
func (s *Scrim) MouseUp(*desktop.MouseEvent) {}

// Scrolled implements fyne.Scrollable: nothing behind moves.
func (s *Scrim) Scrolled(*fyne.ScrollEvent) {}

// CreateRenderer implements fyne.Widget.
func (s *Scrim) CreateRenderer() fyne.WidgetRenderer {
	r, g, b, _ := s.look.Paint(Navy).RGBA()
	shade := color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: scrimAlpha}
	return widget.NewSimpleRenderer(canvas.NewRectangle(shade))
}

// fixed gives its object a width whatever its words want.
type fixed struct {
	one
	look *Look
	w    float32
}

// Fixed makes an object w millimetres wide in a row.
func (l *Look) Fixed(w float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&fixed{look: l, w: w}, o)
}

func (f *fixed) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(f.look.MM(f.w), objs[0].MinSize().Height)
}

func (f *fixed) wideAs([]fyne.CanvasObject) float32 { return f.look.MM(f.w) }

// start keeps an object at the left, no wider than it wants to be.
type start struct {
	one
}

// Start keeps an object at the left of a wider place and centres it in height.
func (l *Look) Start(o fyne.CanvasObject) *fyne.Container { return container.New(start{}, o) }

func (start) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	w := min(s.Width, WidthOf(objs[0]))
	h := min(s.Height, HeightFor(objs[0], w))
	place(objs[0], 0, (s.Height-h)/2, w, h)
}

// wide centres its object at a width that may change.
type wide struct {
	one
	look *Look
	w    func() float32
}

// Wide centres an object, w millimetres wide where there is room.
func (l *Look) Wide(w func() float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&wide{look: l, w: w}, o)
}

func (a *wide) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	w := min(s.Width, a.look.MM(a.w()))
	h := min(s.Height, HeightFor(objs[0], w))
	place(objs[0], (s.Width-w)/2, (s.Height-h)/2, w, h)
}
