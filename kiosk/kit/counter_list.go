package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// List is rows of one height in a column that grows: it shows as many as fit
// and says how many there are beyond. The mouse wheel moves through them; the
// rows themselves are few, made once, and filled anew.
type List struct {
	Surface
	rows      []fyne.CanvasObject
	fill      func(i int)
	rest      func(before, after int) string
	more      *Text
	tall, gap float32
	least     int
	n, from   int
	fit       int
}

// List makes one of the given rows, each tall millimetres high and gap apart.
// fill puts element from+i into row i (see From); rest words what is not shown.
// It asks for the height of at most least elements and takes more if it may.
func (l *Look) List(tall, gap float32, least int, rows []fyne.CanvasObject, fill func(i int), rest func(before, after int) string) *List {
	t := &List{rows: rows, fill: fill, rest: rest, tall: tall, gap: gap, least: least}
	t.more = l.Text(Style{Size: Small, Weight: SemiBold, Color: Ink2, Align: fyne.TextAlignCenter, Lines: 1})
	t.more.Hide()
	for _, r := range rows {
		r.Hide()
	}
	t.become(t, l, Skin{}, l.Stack(newWheel(t.turn), container.New(&listLayout{list: t}, append(rows[:len(rows):len(rows)], t.more)...)))
	return t
}

// Set shows n elements; their contents are asked for again.
func (t *List) Set(n int) {
	if n != t.n {
		t.n, t.look.dirty = n, true
	}
	t.from = max(0, min(t.from, t.n-t.fit))
	for i := range min(t.fit, t.n-t.from) {
		t.fill(i)
	}
}

// From is the element in the first row.
func (t *List) From() int { return t.from }

// Reveal moves so that an element is shown; a negative one is ignored.
func (t *List) Reveal(i int) {
	switch {
	case i < 0:
	case i < t.from:
		t.moveTo(i)
	case t.fit > 0 && i >= t.from+t.fit:
		t.moveTo(i - t.fit + 1)
	}
}

func (t *List) moveTo(from int) {
	if from = max(0, min(from, t.n-t.fit)); from != t.from {
		t.from = from
		Relayout(t)
	}
}

// turn moves one element with the mouse wheel.
func (t *List) turn(down bool) {
	if down {
		t.moveTo(t.from + 1)
		return
	}
	t.moveTo(t.from - 1)
}

// wheel hears the mouse wheel and draws nothing. It lies under the rows instead
// of round them, because Fyne clips what is inside a Scrollable and cuts the
// borders of the rows with it.
type wheel struct {
	widget.BaseWidget
	turn func(down bool)
}

var _ fyne.Scrollable = (*wheel)(nil)

func newWheel(turn func(down bool)) *wheel {
	w := &wheel{turn: turn}
	w.ExtendBaseWidget(w)
	return w
}

// Scrolled implements fyne.Scrollable.
func (w *wheel) Scrolled(e *fyne.ScrollEvent) {
	if e.Scrolled.DY != 0 {
		w.turn(e.Scrolled.DY < 0)
	}
}

// CreateRenderer implements fyne.Widget.
func (w *wheel) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

type listLayout struct {
	one
	list *List
}

func (a *listLayout) height(n int) float32 {
	l := a.list.look
	return float32(n)*l.MM(a.list.tall) + float32(max(0, n-1))*l.MM(a.list.gap)
}

func (a *listLayout) heightFor([]fyne.CanvasObject, float32) float32 {
	return a.height(min(a.list.n, a.list.least))
}

func (a *listLayout) wideAs([]fyne.CanvasObject) float32 { return 0 }

func (a *listLayout) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, a.heightFor(nil, 0))
}

// Layout decides how many rows fit, fills and places them.
func (a *listLayout) Layout(_ []fyne.CanvasObject, s fyne.Size) {
	t := a.list
	l := t.look
	tall, gap, foot := l.MM(t.tall), l.MM(t.gap), l.Em(Small)*lineHeight
	fit := func(h float32) int { return max(0, min(int((h+gap+0.5)/(tall+gap)), len(t.rows))) }
	t.fit = fit(s.Height)
	over := t.n > t.fit
	if over {
		t.fit = fit(s.Height - foot - gap)
	}
	t.fit = min(t.fit, t.n)
	t.from = max(0, min(t.from, t.n-t.fit))
	y := float32(0)
	for i, r := range t.rows {
		if i >= t.fit {
			r.Hide()
			continue
		}
		r.Show()
		t.fill(i)
		place(r, 0, y, s.Width, tall)
		y += tall + gap
	}
	t.more.Hidden = !over
	if over {
		t.more.Set(t.rest(t.from, t.n-t.from-t.fit))
		place(t.more, 0, s.Height-foot, s.Width, foot)
	}
}
