package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Skin is how a surface is drawn. Lengths are millimetres.
type Skin struct {
	Fill   Role
	Stroke Role    // border; Clear draws none
	Thick  float32 // of the border; 0 means 0.5
	Radius float32 // of the corners
	Under  Role    // the pressed edge below; Clear draws none
}

// Radii and edges in use.
const (
	RadiusCard   = 7
	RadiusButton = 5.5
	underEdge    = 1.7
)

// Surface is a filled, rounded area with content on it. It does not take taps.
type Surface struct {
	widget.BaseWidget
	look    *Look
	skin    Skin
	content fyne.CanvasObject
}

// Surface makes one; content may be nil.
func (l *Look) Surface(s Skin, content fyne.CanvasObject) *Surface {
	f := &Surface{}
	f.become(f, l, s, content)
	return f
}

// become finishes a surface that may be part of a larger widget; Fyne must
// know the outermost one.
func (s *Surface) become(self fyne.Widget, l *Look, k Skin, content fyne.CanvasObject) {
	s.look, s.skin, s.content = l, k, content
	s.ExtendBaseWidget(self)
}

// Card is the white rounded surface with a quiet border that carries things
// to read; margin is millimetres round its content.
func (l *Look) Card(margin float32, content fyne.CanvasObject) *Surface {
	return l.Surface(Skin{Fill: Card, Stroke: Line, Radius: RadiusCard}, l.Pad(margin, content))
}

// SetSkin changes how it is drawn; the same skin costs nothing.
func (s *Surface) SetSkin(k Skin) {
	if s.skin != k {
		s.skin = k
		s.Refresh()
	}
}

// HeightFor implements Heighter.
func (s *Surface) HeightFor(width float32) float32 {
	h := s.under()
	if s.content != nil {
		h += HeightFor(s.content, width)
	}
	return h
}

func (s *Surface) wideAs() float32 {
	if s.content == nil {
		return 0
	}
	return WidthOf(s.content)
}

func (s *Surface) under() float32 {
	if s.skin.Under == Clear {
		return 0
	}
	return s.look.MM(underEdge)
}

func (s *Surface) inside() fyne.CanvasObject { return s.content }

// CreateRenderer implements fyne.Widget.
func (s *Surface) CreateRenderer() fyne.WidgetRenderer {
	return newSurfaceRenderer(s, func() bool { return false })
}

// surfaceRenderer draws a surface; sunk says that it is being pressed.
type surfaceRenderer struct {
	s     *Surface
	sunk  func() bool
	below *canvas.Rectangle
	face  *canvas.Rectangle
	objs  []fyne.CanvasObject
}

func newSurfaceRenderer(s *Surface, sunk func() bool) *surfaceRenderer {
	r := &surfaceRenderer{s: s, sunk: sunk, below: &canvas.Rectangle{}, face: &canvas.Rectangle{}}
	r.objs = []fyne.CanvasObject{r.below, r.face}
	if s.content != nil {
		r.objs = append(r.objs, s.content)
	}
	r.paint()
	return r
}

func (r *surfaceRenderer) Destroy()                     {}
func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return r.objs }

func (r *surfaceRenderer) MinSize() fyne.Size {
	var m fyne.Size
	if r.s.content != nil {
		m = r.s.content.MinSize()
	}
	return m.AddWidthHeight(0, r.s.under())
}

func (r *surfaceRenderer) paint() {
	k, l := r.s.skin, r.s.look
	if r.sunk() && k.Under == Clear { // flat surfaces show it by their border
		k.Stroke, k.Thick = Gold, 1.2
	}
	r.face.FillColor, r.face.CornerRadius = l.Paint(k.Fill), l.MM(k.Radius)
	r.face.StrokeColor, r.face.StrokeWidth = l.Paint(k.Stroke), 0
	if k.Stroke != Clear {
		thick := k.Thick
		if thick == 0 {
			thick = 0.5
		}
		r.face.StrokeWidth = max(1, l.MM(thick))
	}
	r.below.FillColor, r.below.CornerRadius = l.Paint(k.Under), l.MM(k.Radius)
	r.below.Hidden = k.Under == Clear
}

func (r *surfaceRenderer) Refresh() {
	r.paint()
	r.Layout(r.s.Size())
	r.below.Refresh()
	r.face.Refresh()
	if r.s.content != nil {
		r.s.content.Refresh()
	}
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	under := r.s.under()
	place(r.below, 0, 0, size.Width, size.Height)
	y := float32(0)
	if under > 0 && r.sunk() {
		y = under * 0.7
	}
	place(r.face, 0, y, size.Width, size.Height-under)
	if r.s.content != nil {
		place(r.s.content, 0, y, size.Width, size.Height-under)
	}
}

// Relayout lays a tree out again after texts or visibility changed, without
// drawing anew what did not move.
func Relayout(o fyne.CanvasObject) {
	if !o.Visible() {
		return
	}
	switch v := o.(type) {
	case *fyne.Container:
		if v.Layout != nil {
			v.Layout.Layout(v.Objects, v.Size())
		}
		for _, child := range v.Objects {
			Relayout(child)
		}
	case interface{ inside() fyne.CanvasObject }:
		if in := v.inside(); in != nil {
			Relayout(in)
		}
	}
}

// Skinned marks widgets that draw an area which their content must not leave.
func (s *Surface) Skinned() bool { return true }
