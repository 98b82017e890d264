package slip

import (
	"errors"
	"image"
	"math"

	"golang.org/x/image/font"

	"motcua/printer/raster"
)

// block is one thing on a slip, drawn below what is already there.
type block func(*sheet)

// style is a weight and a size in millimetres of em; on 58 mm paper the size
// is narrow, and regular becomes semi-bold to keep thin strokes.
type style struct {
	weight       weight
	wide, narrow float64
}

// The type of slips (printing: 3.0–3.25 mm for elderly readers; anything at or
// under 20 dots is bold).
var (
	heading = style{bold, 3.55, 3.1}
	subhead = style{regular, 3.0, 2.75}
	service = style{bold, 4.5, 3.6}
	mark    = style{bold, 3.5, 3.1}
	body    = style{regular, 3.1, 2.75}
	value   = style{bold, 3.1, 2.75}
	caption = style{regular, 2.9, 2.65}
	strong  = style{bold, 4.0, 3.4}
	small   = style{bold, 2.5, 2.5}
)

// sheet is a slip while it is being set: y is where the next block begins.
type sheet struct {
	maker   *Maker
	paper   raster.Paper
	picture *raster.Bitmap
	y       int
	margin  int
	narrow  bool
	faces   map[faceKey]*face
	missing map[rune]bool
	err     error
}

type faceKey struct {
	weight weight
	dots   int
}

func (m *Maker) sheet(p raster.Paper) (*sheet, error) {
	if w := p.Width(); p.DPI < 120 || p.DPI > 600 || !(w >= 40 && w <= 120) {
		return nil, errors.New("slip: the paper must be 40 to 120 mm wide at 120 to 600 dpi")
	}
	s := &sheet{
		maker: m, paper: p, picture: raster.New(p.Dots, p.MM(90)),
		faces: map[faceKey]*face{}, missing: map[rune]bool{},
		narrow: p.Width() < 60, margin: p.MM(2.25),
	}
	if s.narrow {
		s.margin = p.MM(0.75)
	}
	return s, nil
}

// inner is the width between the margins.
func (s *sheet) inner() int { return s.paper.Dots - 2*s.margin }

// face returns the face of a style on this paper.
func (s *sheet) face(st style) *face {
	mm, w := st.wide, st.weight
	if s.narrow {
		mm = st.narrow
		if w == regular {
			w = semiBold
		}
	}
	return s.faceOf(w, max(s.paper.MM(mm), floor))
}

func (s *sheet) faceOf(w weight, dots int) *face {
	key := faceKey{w, dots}
	if f, ok := s.faces[key]; ok {
		return f
	}
	f, err := newFace(s.maker.fonts[w], float64(dots))
	if err != nil {
		s.err = err
	}
	s.faces[key] = f
	return f
}

// room makes place for height dots and returns where they begin.
func (s *sheet) room(height int) int {
	at := s.y
	s.y += height
	s.picture.Grow(s.y + s.paper.MM(3)) // letters may reach below their line
	return at
}

// notice remembers letters the font does not have.
func (s *sheet) notice(f *face, text string) {
	for _, r := range text {
		if !f.has(r) {
			s.missing[r] = true
		}
	}
}

// lines sets lines one below the other; place says where each begins.
func (s *sheet) lines(f *face, lines []string, place func(width int) int) {
	leading := lineHeight(f)
	for _, line := range lines {
		s.notice(f, line)
		y := s.room(leading)
		f.draw(s.picture, place(f.width(line)), y+f.ascent, line)
	}
}

// lineHeight is the distance of two baselines: the stacked marks of capitals
// (1.05 em) and the descenders of the line above (0.24 em) do not touch.
func lineHeight(f *face) int { return int(math.Ceil(f.em * 1.34)) }

func (s *sheet) left(int) int         { return s.margin }
func (s *sheet) centre(width int) int { return (s.paper.Dots - width) / 2 }
func (s *sheet) right(width int) int  { return s.paper.Dots - s.margin - width }

// gap leaves white.
func gap(mm float64) block { return func(s *sheet) { s.room(s.paper.MM(mm)) } }

// centred sets a text in the middle; an empty text takes no room.
func centred(st style, text string) block {
	text = clean(text)
	return func(s *sheet) {
		f := s.face(st)
		s.lines(f, f.balance(text, s.inner()), s.centre)
	}
}

// flush sets a text at the left.
func flush(st style, text string) block {
	text = clean(text)
	return func(s *sheet) {
		f := s.face(st)
		s.lines(f, f.wrap(text, s.inner()), s.left)
	}
}

// rule draws a dashed line.
func rule() block {
	return func(s *sheet) {
		s.room(s.paper.MM(1))
		thick, on, off := s.paper.MM(0.35), s.paper.MM(0.85), s.paper.MM(0.45)
		y := s.room(thick)
		for x := s.margin; x < s.paper.Dots-s.margin; x += on + off {
			s.picture.Fill(image.Rect(x, y, min(x+on, s.paper.Dots-s.margin), y+thick))
		}
		s.room(s.paper.MM(1))
	}
}

// number sets the one thing that is read from a distance, as large as the
// paper and limit (millimetres of em) allow, measured by its ink: it has no
// use for the room above its capitals.
func number(text string, wide, narrow float64) block {
	text = clean(text)
	return func(s *sheet) {
		limit := wide
		if s.narrow {
			limit = narrow
		}
		dots := s.paper.MM(limit)
		f := s.faceOf(extraBold, dots)
		if w := f.width(text); w > s.inner() {
			f = s.faceOf(extraBold, max(dots*s.inner()/w, floor))
		}
		s.notice(f, text)
		box, _ := font.BoundString(f.Face, text)
		above, below := (-box.Min.Y).Ceil(), box.Max.Y.Ceil()
		width := (box.Max.X - box.Min.X).Ceil()
		y := s.room(above + below)
		f.draw(s.picture, s.centre(width)-box.Min.X.Floor(), y+above, text)
	}
}

// pair sets a label at the left and its value, bold, at the right; where both
// do not fit, the value goes below.
func pair(label, val string) block {
	label, val = clean(label), clean(val)
	return func(s *sheet) {
		if val == "" {
			return
		}
		lf, vf := s.face(body), s.face(value)
		if lf.width(label)+vf.width(val)+s.paper.MM(2) <= s.inner() {
			y := s.y
			s.lines(lf, []string{label}, s.left)
			s.y = y
			s.lines(vf, []string{val}, s.right)
		} else {
			s.lines(lf, lf.wrap(label, s.inner()), s.left)
			s.lines(vf, vf.wrap(val, s.inner()), s.right)
		}
		s.room(s.paper.MM(0.4))
	}
}

// boxed sets a text in a frame: what black-and-white paper has for colour.
func boxed(blocks ...block) block {
	return func(s *sheet) {
		side, line, pad := s.paper.MM(5), s.paper.MM(0.4), s.paper.MM(0.9)
		if s.narrow {
			side = 0
		}
		margin := s.margin
		top := s.room(line + pad)
		s.margin += side + line + pad
		for _, b := range blocks {
			b(s)
		}
		s.margin = margin
		s.room(line + pad)
		frame(s.picture, image.Rect(margin+side, top, s.paper.Dots-margin-side, s.y), line)
	}
}

func frame(b *raster.Bitmap, r image.Rectangle, line int) {
	b.Fill(image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+line))
	b.Fill(image.Rect(r.Min.X, r.Max.Y-line, r.Max.X, r.Max.Y))
	b.Fill(image.Rect(r.Min.X, r.Min.Y, r.Min.X+line, r.Max.Y))
	b.Fill(image.Rect(r.Max.X-line, r.Min.Y, r.Max.X, r.Max.Y))
}

// inverted sets blocks white on a black bar across the paper.
func inverted(blocks ...block) block {
	return func(s *sheet) {
		top := s.room(s.paper.MM(0.8))
		for _, b := range blocks {
			b(s)
		}
		s.room(s.paper.MM(0.8))
		s.picture.Invert(image.Rect(0, top, s.paper.Dots, s.y))
	}
}
