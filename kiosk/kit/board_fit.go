package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Fit is one line that shrinks until it is whole: a ticket's number or a
// counter's sign, of which nothing may be missing.
type Fit struct {
	widget.BaseWidget
	look  *Look
	style Style
	text  string
}

// Fit makes an empty one; Lines of the style has no meaning here. A Tight one
// asks for the height of its capitals only.
func (l *Look) Fit(s Style) *Fit {
	if s.Color == Clear {
		s.Color = Ink
	}
	f := &Fit{look: l, style: s}
	f.ExtendBaseWidget(f)
	return f
}

// Set changes the words; the same cost nothing.
func (f *Fit) Set(text string) {
	if text = clean(text); text != f.text {
		f.text = text
		f.look.dirty = true
		f.Refresh()
	}
}

// SetColor changes the colour.
func (f *Fit) SetColor(r Role) {
	if f.style.Color != r {
		f.style.Color = r
		f.Refresh()
	}
}

// String returns the words.
func (f *Fit) String() string { return f.text }

func (f *Fit) wide(em float32) float32 {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(f.text, em, fyne.TextStyle{}, f.look.faces[f.style.Weight])
	return size.Width
}

func (f *Fit) wideAs() float32 { return f.wide(f.look.Em(f.style.Size)) + 1 }

// HeightFor implements Heighter.
func (f *Fit) HeightFor(float32) float32 {
	if f.text == "" {
		return 0
	}
	em := f.look.Em(f.style.Size)
	if f.style.Tight {
		return em * (CapHeight + 0.04)
	}
	return em * lineHeight
}

// MinSize implements fyne.CanvasObject.
func (f *Fit) MinSize() fyne.Size { return fyne.NewSize(0, f.HeightFor(0)) }

// CreateRenderer implements fyne.Widget.
func (f *Fit) CreateRenderer() fyne.WidgetRenderer {
	t := &canvas.Text{}
	return &fitRenderer{fit: f, text: t, objs: []fyne.CanvasObject{t}}
}

type fitRenderer struct {
	fit  *Fit
	text *canvas.Text
	objs []fyne.CanvasObject
}

func (r *fitRenderer) Destroy()                     {}
func (r *fitRenderer) MinSize() fyne.Size           { return r.fit.MinSize() }
func (r *fitRenderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *fitRenderer) Refresh()                     { r.Layout(r.fit.Size()) }

// Layout sets the largest size at which the line is whole, centred in height.
func (r *fitRenderer) Layout(s fyne.Size) {
	f, l := r.fit, r.fit.look
	em := l.Em(f.style.Size)
	if !f.style.Tight { // marks above and tails below are to be inside
		em = min(em, s.Height/1.3)
	}
	if w := f.wide(em); w > s.Width && w > 0 {
		em *= s.Width / w * 0.99
	}
	face, paint := l.faces[f.style.Weight], l.Paint(f.style.Color)
	if c := r.text; c.Text != f.text || c.TextSize != em || c.Color != paint {
		c.Text, c.TextSize, c.Color, c.FontSource = f.text, em, paint, face
		c.Refresh()
	}
	w, h := f.wide(em), r.text.MinSize().Height
	x := float32(0)
	switch f.style.Align {
	case fyne.TextAlignCenter:
		x = (s.Width - w) / 2
	case fyne.TextAlignTrailing:
		x = s.Width - w
	}
	y := (s.Height - h) / 2
	if f.style.Tight { // centre the capitals, not the line box
		y = (s.Height-em*CapHeight)/2 - (1.069-CapHeight)*em
	}
	place(r.text, x, y, w, h)
}

// low asks for little height and takes what it is given.
type low struct {
	one
	look *Look
	h    float32
}

// Low makes an object ask for h millimetres of height only, because it can
// shrink; put it in Grow.
func (l *Look) Low(h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&low{look: l, h: h}, o)
}

func (a *low) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(objs[0].MinSize().Width, a.look.MM(a.h))
}

func (a *low) heightFor([]fyne.CanvasObject, float32) float32 { return a.look.MM(a.h) }
