package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Heighter is an object whose height depends on its width, as wrapped text.
type Heighter interface {
	HeightFor(width float32) float32
}

// widther is an object that would like more than its least width.
type widther interface {
	wideAs() float32
}

// sizer is a layout that can say the same of its container.
type sizer interface {
	fyne.Layout
	heightFor(objs []fyne.CanvasObject, width float32) float32
	wideAs(objs []fyne.CanvasObject) float32
}

// HeightFor is the height an object wants at a width.
func HeightFor(o fyne.CanvasObject, width float32) float32 {
	if h, ok := o.(Heighter); ok {
		return h.HeightFor(width)
	}
	if c, ok := o.(*fyne.Container); ok {
		if s, ok := c.Layout.(sizer); ok {
			return s.heightFor(c.Objects, width)
		}
	}
	return o.MinSize().Height
}

// WidthOf is the width at which nothing of an object has to wrap.
func WidthOf(o fyne.CanvasObject) float32 {
	if w, ok := o.(widther); ok {
		return w.wideAs()
	}
	if c, ok := o.(*fyne.Container); ok {
		if s, ok := c.Layout.(sizer); ok {
			return s.wideAs(c.Objects)
		}
	}
	return o.MinSize().Width
}

// place gives an object its rectangle.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}

func shown(objs []fyne.CanvasObject) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, 0, len(objs))
	for _, o := range objs {
		if o.Visible() {
			out = append(out, o)
		}
	}
	return out
}

// grow marks an object that takes what a row or column has left.
type grow struct {
	one
	weight float32
}

// Grow lets an object take a share of what its row or column has left.
func Grow(o fyne.CanvasObject) *fyne.Container { return Share(1, o) }

// Share is Grow with a weight.
func Share(weight float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&grow{weight: weight}, o)
}

// Spring is empty space that grows.
func Spring() *fyne.Container { return container.New(&grow{weight: 1}) }

func weightOf(o fyne.CanvasObject) float32 {
	if c, ok := o.(*fyne.Container); ok {
		if g, ok := c.Layout.(*grow); ok {
			return g.weight
		}
	}
	return 0
}

// one is a layout whose only object fills it.
type one struct{}

func (one) MinSize(objs []fyne.CanvasObject) fyne.Size {
	if len(objs) == 0 {
		return fyne.Size{}
	}
	return objs[0].MinSize()
}

func (one) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		place(o, 0, 0, s.Width, s.Height)
	}
}

func (one) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	if len(objs) == 0 || !objs[0].Visible() {
		return 0
	}
	return HeightFor(objs[0], w)
}

func (one) wideAs(objs []fyne.CanvasObject) float32 {
	if len(objs) == 0 || !objs[0].Visible() {
		return 0
	}
	return WidthOf(objs[0])
}

// column stacks objects at full width.
type column struct {
	look *Look
	gap  float32
}

// Column stacks objects from top to bottom at full width, gap millimetres
// apart. Hidden objects take no room.
func (l *Look) Column(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&column{look: l, gap: gap}, objs...)
}

func (c *column) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	vis := shown(objs)
	for _, o := range vis {
		m := o.MinSize()
		s.Width = max(s.Width, m.Width)
		s.Height += m.Height
	}
	s.Height += c.gaps(len(vis))
	return s
}

func (c *column) gaps(n int) float32 { return c.look.MM(c.gap) * float32(max(0, n-1)) }

func (c *column) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	vis := shown(objs)
	h := c.gaps(len(vis))
	for _, o := range vis {
		h += HeightFor(o, w)
	}
	return h
}

func (c *column) wideAs(objs []fyne.CanvasObject) (w float32) {
	for _, o := range shown(objs) {
		w = max(w, WidthOf(o))
	}
	return w
}

func (c *column) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	vis := shown(objs)
	var weights float32
	for _, o := range vis {
		weights += weightOf(o)
	}
	left := max(0, s.Height-c.heightFor(objs, s.Width))
	y := float32(0)
	for _, o := range vis {
		h := HeightFor(o, s.Width)
		if w := weightOf(o); w > 0 {
			h += left * w / weights
		}
		place(o, 0, y, s.Width, h)
		y += h + c.look.MM(c.gap)
	}
}

// row puts objects beside each other, centred in height unless they grow tall.
type row struct {
	look    *Look
	gap     float32
	stretch bool
}

// Row puts objects beside each other, gap millimetres apart, each as wide as it
// wants and centred in height; those in Grow share the rest of the width.
func (l *Look) Row(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{look: l, gap: gap}, objs...)
}

// Bar is a Row whose objects all take its full height.
func (l *Look) Bar(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&row{look: l, gap: gap, stretch: true}, objs...)
}

func (r *row) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	vis := shown(objs)
	for _, o := range vis {
		m := o.MinSize()
		s.Width += m.Width
		s.Height = max(s.Height, m.Height)
	}
	s.Width += r.look.MM(r.gap) * float32(max(0, len(vis)-1))
	return s
}

// widths shares a width among visible objects.
func (r *row) widths(vis []fyne.CanvasObject, width float32) []float32 {
	ws := make([]float32, len(vis))
	var weights float32
	left := width - r.look.MM(r.gap)*float32(max(0, len(vis)-1))
	for i, o := range vis {
		if w := weightOf(o); w > 0 {
			weights += w
			continue
		}
		ws[i] = WidthOf(o)
		left -= ws[i]
	}
	for i, o := range vis {
		if w := weightOf(o); w > 0 {
			ws[i] = max(0, left*w/weights)
		}
	}
	return ws
}

func (r *row) heightFor(objs []fyne.CanvasObject, w float32) (h float32) {
	vis := shown(objs)
	for i, width := range r.widths(vis, w) {
		h = max(h, HeightFor(vis[i], width))
	}
	return h
}

func (r *row) wideAs(objs []fyne.CanvasObject) (w float32) {
	vis := shown(objs)
	for _, o := range vis {
		w += WidthOf(o)
	}
	return w + r.look.MM(r.gap)*float32(max(0, len(vis)-1))
}

func (r *row) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	vis := shown(objs)
	x := float32(0)
	for i, w := range r.widths(vis, s.Width) {
		h := s.Height
		if !r.stretch {
			h = min(h, HeightFor(vis[i], w))
		}
		place(vis[i], x, (s.Height-h)/2, w, h)
		x += w + r.look.MM(r.gap)
	}
}
