package kit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// lineHeight is in em; Vietnamese stacks two marks on a capital and one below.
const lineHeight = 1.4

// longest is how many characters of a text are shown at all.
const longest = 2000

// Style says how a text looks.
type Style struct {
	Size   Size
	Weight Weight
	Color  Role // Ink when empty
	Align  fyne.TextAlign
	// Lines bounds the lines; what is cut ends in "…". 0 means no bound: a
	// text of ours must never be cut, a name from outside may be.
	Lines int
	// Tight drops the room for marks above and below: only for figures and
	// plain capitals (a ticket's number), which then centre optically.
	Tight bool
	// Shrink keeps the words on one line by making them smaller: for a number
	// that may have more figures than usual.
	Shrink bool
}

// Text is words in one style that wrap to the width they are given. A part
// between ** pairs is bold. Control and direction characters are dropped, so
// that no name can disturb its neighbours.
type Text struct {
	widget.BaseWidget
	look  *Look
	style Style
	text  string
	words []word
	lines []line // laid out for width and em
	width float32
	em    float32
	cut   bool
}

type word struct {
	text   string
	weight Weight
}

type line []run

type run struct {
	text   string
	weight Weight
	x, w   float32
}

// Text makes an empty text; Set fills it.
func (l *Look) Text(s Style) *Text {
	if s.Color == Clear {
		s.Color = Ink
	}
	t := &Text{look: l, style: s, width: -1}
	t.ExtendBaseWidget(t)
	return t
}

// Say makes a text that is already filled.
func (l *Look) Say(s Style, text string) *Text {
	t := l.Text(s)
	t.Set(text)
	return t
}

// Set changes the words; the same words cost nothing.
func (t *Text) Set(text string) {
	if text == t.text {
		return
	}
	t.text = text
	t.words = split(clean(text), t.style.Weight)
	t.changed()
}

// SetColor changes the colour.
func (t *Text) SetColor(r Role) {
	if t.style.Color != r {
		t.style.Color = r
		t.Refresh()
	}
}

// SetWeight changes the weight.
func (t *Text) SetWeight(w Weight) {
	if t.style.Weight != w {
		t.style.Weight = w
		t.words = split(clean(t.text), w)
		t.changed()
	}
}

// SetSize changes the step of the type scale and the bound of lines.
func (t *Text) SetSize(s Size, lines int) {
	if t.style.Size != s || t.style.Lines != lines {
		t.style.Size, t.style.Lines = s, lines
		t.changed()
	}
}

func (t *Text) changed() {
	t.width = -1
	t.look.dirty = true
	t.Refresh()
}

// String returns the words as they were set.
func (t *Text) String() string { return t.text }

// Cut reports whether words had to be left out at the present size.
func (t *Text) Cut() bool {
	t.flow(t.Size().Width)
	return t.cut
}

// clean drops what is not meant to be seen.
func clean(s string) string {
	if utf8.RuneCountInString(s) > longest {
		s = string([]rune(s)[:longest]) + "…"
	}
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Bidi_Control, r), r == utf8.RuneError, r == '\u200b', r == '\ufeff':
			return -1
		}
		return r
	}, s)
}

// split cuts a text into words; ** switches to bold and back. A no-break space
// stays inside its word.
func split(s string, base Weight) []word {
	var words []word
	for i, part := range strings.Split(s, "**") {
		w := base
		if i%2 == 1 {
			w = max(Bold, base)
		}
		for _, f := range strings.FieldsFunc(part, func(r rune) bool { return r == ' ' }) {
			words = append(words, word{text: f, weight: w})
		}
	}
	return words
}

func (t *Text) measure(s string, w Weight) float32 { return t.measureAt(s, w, t.emNow()) }

func (t *Text) measureAt(s string, w Weight, em float32) float32 {
	size, _ := fyne.CurrentApp().Driver().RenderedTextSize(s, em, fyne.TextStyle{}, t.look.faces[w])
	return size.Width
}

// emNow is the size of the style, or the one a shrinking text was laid out in.
func (t *Text) emNow() float32 {
	full := t.look.Em(t.style.Size)
	if t.style.Shrink && t.em > 0 {
		return min(t.em, full)
	}
	return full
}

// fit is the largest size at which a shrinking text fits a width.
func (t *Text) fit(width float32) float32 {
	full := t.look.Em(t.style.Size)
	if !t.style.Shrink || width <= 0 {
		return full
	}
	var wide float32
	for i, w := range t.words {
		if i > 0 {
			wide += t.measureAt(" ", t.style.Weight, full)
		}
		wide += t.measureAt(w.text, w.weight, full)
	}
	if wide <= width {
		return full
	}
	return full * width / wide * 0.99
}

// flow breaks the words into lines for a width.
func (t *Text) flow(width float32) {
	em := t.fit(width)
	if t.width == width && t.em == em {
		return
	}
	t.width, t.em = width, em
	t.lines = t.lines[:0]
	space := t.measure(" ", t.style.Weight)
	var now line
	var x float32
	for _, w := range t.breakLong(width) {
		ww := t.measure(w.text, w.weight)
		if x > 0 && x+space+ww > width+0.5 {
			t.lines = append(t.lines, now)
			now, x = nil, 0
		}
		if x > 0 {
			x += space
		}
		if n := len(now); n > 0 && now[n-1].weight == w.weight {
			now[n-1].text += " " + w.text
			now[n-1].w = x + ww - now[n-1].x
		} else {
			now = append(now, run{text: w.text, weight: w.weight, x: x, w: ww})
		}
		x += ww
	}
	if len(now) > 0 {
		t.lines = append(t.lines, now)
	}
	t.trim(width)
}

// breakLong cuts words that are wider than a line into pieces that fit.
func (t *Text) breakLong(width float32) []word {
	if width <= 0 {
		return nil
	}
	var out []word
	for _, w := range t.words {
		for width > 0 && t.measure(w.text, w.weight) > width {
			runes := []rune(w.text)
			n := len(runes) - 1
			for n > 1 && t.measure(string(runes[:n]), w.weight) > width {
				n = n * 3 / 4
			}
			if n < 1 {
				break
			}
			out = append(out, word{string(runes[:n]), w.weight})
			w.text = string(runes[n:])
		}
		out = append(out, w)
	}
	return out
}

// trim keeps the allowed number of lines and ends them with "…".
func (t *Text) trim(width float32) {
	t.cut = t.style.Lines > 0 && len(t.lines) > t.style.Lines
	if !t.cut {
		return
	}
	t.lines = t.lines[:t.style.Lines]
	last := t.lines[len(t.lines)-1]
	r := &last[len(last)-1]
	for runes := []rune(r.text); len(runes) > 0; runes = runes[:len(runes)-1] {
		r.text = strings.TrimRight(string(runes), " ,.;:") + "…"
		if r.w = t.measure(r.text, r.weight); r.x+r.w <= width {
			return
		}
	}
}

func (t *Text) lineHeight() float32 {
	em := t.emNow()
	if t.style.Tight {
		return em * (CapHeight + 0.04)
	}
	return em * lineHeight
}

// HeightFor implements Heighter.
func (t *Text) HeightFor(width float32) float32 {
	if len(t.words) == 0 {
		return 0
	}
	t.flow(width)
	return float32(max(1, len(t.lines))) * t.lineHeight()
}

func (t *Text) wideAs() float32 {
	full := t.look.Em(t.style.Size)
	var w float32
	for i, wd := range t.words {
		if i > 0 {
			w += t.measureAt(" ", t.style.Weight, full)
		}
		w += t.measureAt(wd.text, wd.weight, full)
	}
	return w + 1 // measuring word by word may lose a rounding to the whole
}

// MinSize implements fyne.CanvasObject: the widest word, at the present width.
func (t *Text) MinSize() fyne.Size {
	var w float32
	if !t.style.Shrink {
		for _, wd := range t.words {
			w = max(w, t.measure(wd.text, wd.weight))
		}
	}
	at := t.Size().Width
	if at <= 0 {
		at = t.wideAs()
	}
	return fyne.NewSize(w, t.HeightFor(at))
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer { return &textRenderer{text: t} }

type textRenderer struct {
	text  *Text
	parts []*canvas.Text
	objs  []fyne.CanvasObject
}

func (r *textRenderer) Destroy()                     {}
func (r *textRenderer) MinSize() fyne.Size           { return r.text.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objs }

func (r *textRenderer) Refresh() {
	r.Layout(r.text.Size())
}

// Layout gives each run a canvas text; what did not change is not drawn anew.
func (r *textRenderer) Layout(s fyne.Size) {
	t := r.text
	t.flow(s.Width)
	em, lh, paint, n := t.emNow(), t.lineHeight(), t.look.Paint(t.style.Color), 0
	for i, l := range t.lines {
		var wide, shift float32
		if len(l) > 0 {
			wide = l[len(l)-1].x + l[len(l)-1].w
		}
		switch t.style.Align {
		case fyne.TextAlignCenter:
			shift = (s.Width - wide) / 2
		case fyne.TextAlignTrailing:
			shift = s.Width - wide
		}
		for _, u := range l {
			if n == len(r.parts) {
				r.parts = append(r.parts, &canvas.Text{})
			}
			c := r.parts[n]
			n++
			face := t.look.faces[u.weight]
			if c.Text != u.text || c.TextSize != em || c.Color != paint || c.FontSource != face {
				c.Text, c.TextSize, c.Color, c.FontSource = u.text, em, paint, face
				c.Refresh()
			}
			h := c.MinSize().Height
			place(c, shift+u.x, float32(i)*lh+t.rise(h, lh, em), u.w, h)
		}
	}
	if len(r.objs) != n {
		r.objs = r.objs[:0]
		for _, c := range r.parts[:n] {
			r.objs = append(r.objs, c)
		}
	}
}

// rise is where in its line a glyph box of height h begins. A tight line
// begins just above the capitals; Noto Sans reaches 1.069 em over its base.
func (t *Text) rise(h, lh, em float32) float32 {
	if t.style.Tight {
		return -(1.069 - CapHeight - 0.02) * em
	}
	return (lh - h) / 2
}

// MayCut reports whether the style bounds the lines.
func (t *Text) MayCut() bool { return t.style.Lines > 0 }
