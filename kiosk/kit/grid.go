package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// grid is equal cells.
type grid struct {
	look *Look
	cols func() int
	gap  float32
	most float32
}

// Grid puts objects in equal cells, cols beside each other, gap millimetres
// apart. The cells share the height they are given, but grow no taller than
// most millimetres (0 means no bound). A last object alone in its row takes
// the whole row. cols is asked at every layout, so it may follow the mode.
func (l *Look) Grid(cols func() int, gap, most float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&grid{look: l, cols: cols, gap: gap, most: most}, objs...)
}

// Cols is a fixed number of columns for Grid.
func Cols(n int) func() int { return func() int { return n } }

func (g *grid) shape(n int, w float32) (cols, rows int, cell, gap float32) {
	cols = max(1, g.cols())
	rows = (n + cols - 1) / cols
	gap = g.look.MM(g.gap)
	return cols, rows, (w - gap*float32(cols-1)) / float32(cols), gap
}

func (g *grid) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	vis := shown(objs)
	for _, o := range vis {
		s = s.Max(o.MinSize())
	}
	cols, rows, _, gap := g.shape(len(vis), 0)
	return fyne.NewSize(s.Width*float32(cols)+gap*float32(cols-1), s.Height*float32(rows)+gap*float32(max(0, rows-1)))
}

// cellHeight is the tallest cell's wish.
func (g *grid) cellHeight(vis []fyne.CanvasObject, cell float32) (h float32) {
	for _, o := range vis {
		h = max(h, HeightFor(o, cell))
	}
	return h
}

func (g *grid) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	vis := shown(objs)
	_, rows, cell, gap := g.shape(len(vis), w)
	return g.cellHeight(vis, cell)*float32(rows) + gap*float32(max(0, rows-1))
}

func (g *grid) wideAs(objs []fyne.CanvasObject) (w float32) {
	vis := shown(objs)
	for _, o := range vis {
		w = max(w, WidthOf(o))
	}
	cols, _, _, gap := g.shape(len(vis), 0)
	return w*float32(cols) + gap*float32(cols-1)
}

func (g *grid) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	vis := shown(objs)
	if len(vis) == 0 {
		return
	}
	cols, rows, cell, gap := g.shape(len(vis), s.Width)
	h := max(g.cellHeight(vis, cell), (s.Height-gap*float32(rows-1))/float32(rows))
	if g.most > 0 {
		h = max(g.cellHeight(vis, cell), min(h, g.look.MM(g.most)))
	}
	for i, o := range vis {
		w := cell
		if i == len(vis)-1 && i%cols == 0 {
			w = s.Width
		}
		place(o, float32(i%cols)*(cell+gap), float32(i/cols)*(h+gap), w, h)
	}
}

// flow fills lines from left to right.
type flow struct {
	look *Look
	gap  float32
}

// Flow puts objects beside each other and begins a new line where the width
// ends; gap millimetres both ways.
func (l *Look) Flow(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(&flow{look: l, gap: gap}, objs...)
}

func (f *flow) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range shown(objs) {
		s = s.Max(o.MinSize())
	}
	return s
}

// walk visits each object with its rectangle and returns the total height.
func (f *flow) walk(objs []fyne.CanvasObject, width float32, visit func(o fyne.CanvasObject, x, y, w, h float32)) float32 {
	gap := f.look.MM(f.gap)
	var x, y, tall float32
	for _, o := range shown(objs) {
		w := min(width, WidthOf(o))
		h := HeightFor(o, w)
		if x > 0 && x+w > width+0.5 {
			x, y, tall = 0, y+tall+gap, 0
		}
		visit(o, x, y, w, h)
		x += w + gap
		tall = max(tall, h)
	}
	return y + tall
}

func (f *flow) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return f.walk(objs, w, func(fyne.CanvasObject, float32, float32, float32, float32) {})
}

func (f *flow) wideAs(objs []fyne.CanvasObject) (w float32) {
	for _, o := range shown(objs) {
		w += WidthOf(o) + f.look.MM(f.gap)
	}
	return max(0, w-f.look.MM(f.gap))
}

func (f *flow) Layout(objs []fyne.CanvasObject, s fyne.Size) { f.walk(objs, s.Width, place) }

// inset keeps a margin round its object.
type inset struct {
	look       *Look
	t, r, b, l float32
}

// Inset keeps margins round an object, in millimetres: top, right, bottom, left.
func (l *Look) Inset(top, right, bottom, left float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&inset{look: l, t: top, r: right, b: bottom, l: left}, o)
}

// Pad keeps the same margin all round.
func (l *Look) Pad(mm float32, o fyne.CanvasObject) *fyne.Container {
	return l.Inset(mm, mm, mm, mm, o)
}

func (i *inset) wh() (w, h float32) { return i.look.MM(i.l + i.r), i.look.MM(i.t + i.b) }

func (i *inset) MinSize(objs []fyne.CanvasObject) fyne.Size {
	w, h := i.wh()
	return objs[0].MinSize().AddWidthHeight(w, h)
}

func (i *inset) heightFor(objs []fyne.CanvasObject, width float32) float32 {
	w, h := i.wh()
	return HeightFor(objs[0], width-w) + h
}

func (i *inset) wideAs(objs []fyne.CanvasObject) float32 {
	w, _ := i.wh()
	return WidthOf(objs[0]) + w
}

func (i *inset) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	w, h := i.wh()
	place(objs[0], i.look.MM(i.l), i.look.MM(i.t), max(0, s.Width-w), max(0, s.Height-h))
}

// middle centres its object.
type middle struct {
	one
	look   *Look
	across bool
	tall   bool
	most   float32
}

// Middle centres an object in height at full width.
func (l *Look) Middle(o fyne.CanvasObject) *fyne.Container {
	return container.New(&middle{look: l}, o)
}

// Center centres an object both ways, no wider than it wants to be and than
// most millimetres (0 means no bound).
func (l *Look) Center(most float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&middle{look: l, across: true, most: most}, o)
}

// Across centres an object in width, at the full height.
func (l *Look) Across(o fyne.CanvasObject) *fyne.Container {
	return container.New(&middle{look: l, across: true, tall: true}, o)
}

func (m *middle) width(o fyne.CanvasObject, w float32) float32 {
	if !m.across {
		return w
	}
	if m.most > 0 {
		w = min(w, m.look.MM(m.most))
	}
	return min(w, WidthOf(o))
}

func (m *middle) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	if !objs[0].Visible() {
		return 0
	}
	return HeightFor(objs[0], m.width(objs[0], w))
}

func (m *middle) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	w := m.width(objs[0], s.Width)
	h := min(s.Height, HeightFor(objs[0], w))
	if m.tall {
		h = s.Height
	}
	place(objs[0], (s.Width-w)/2, (s.Height-h)/2, w, h)
}

// Stack lays objects over each other; it is as large as the largest.
func (l *Look) Stack(objs ...fyne.CanvasObject) *fyne.Container {
	return container.New(stack{}, objs...)
}

type stack struct{ one }

func (stack) MinSize(objs []fyne.CanvasObject) (s fyne.Size) {
	for _, o := range shown(objs) {
		s = s.Max(o.MinSize())
	}
	return s
}

func (stack) heightFor(objs []fyne.CanvasObject, w float32) (h float32) {
	for _, o := range shown(objs) {
		h = max(h, HeightFor(o, w))
	}
	return h
}

func (stack) wideAs(objs []fyne.CanvasObject) (w float32) {
	for _, o := range shown(objs) {
		w = max(w, WidthOf(o))
	}
	return w
}

// atLeast gives its object a least size.
type atLeast struct {
	one
	look *Look
	w, h float32
}

// AtLeast gives an object a least width and height in millimetres.
func (l *Look) AtLeast(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(&atLeast{look: l, w: w, h: h}, o)
}

func (a *atLeast) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return objs[0].MinSize().Max(fyne.NewSize(a.look.MM(a.w), a.look.MM(a.h)))
}

func (a *atLeast) heightFor(objs []fyne.CanvasObject, w float32) float32 {
	return max(a.look.MM(a.h), HeightFor(objs[0], w))
}

func (a *atLeast) wideAs(objs []fyne.CanvasObject) float32 {
	return max(a.look.MM(a.w), WidthOf(objs[0]))
}
