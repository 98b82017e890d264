package picture

// rung is one way to look at a picture. The ladder is climbed until something
// is read; then the cheap rungs still left are taken for further codes, and
// that is all.
type rung struct {
	cheap bool
	run   func(*search)
}

// The order is by what each rung reads that those before did not, against its
// cost, as TestMeasure shows on public test pictures. An own
// finder for QR codes belongs after the first four, in front of everything
// that only dresses the picture for the library's finder.
var ladder = []rung{
	{true, square(QR, "", hybrid)},
	{true, bars("margin", 40)},
	{true, square(QR, "", global)},
	{true, square(DataMatrix, "", hybrid)},
	{false, square(QR, "half", middle)},
	{false, square(QR, "", middle)},
	{false, square(DataMatrix, "double", hybrid)},
	{false, square(DataMatrix, "", global)},
	{false, bars("sharp", 40)},
	{false, bars("half", 40)},
	{false, rows("", 64)},
	{false, rows("quarter-turned", 64)},
	{false, square(QR, "inverted", hybrid)},
	{false, square(QR, "third", middle)},
	{false, square(QR, "border", hybrid)},
	{false, square(QR, "double", middle)},
	{false, square(QR, "turned 45", middle)},
	{false, square(QR, "turned 22", middle)},
	{false, square(QR, "turned 67", middle)},
	{false, square(QR, "sharp", hybrid)},
	{false, square(DataMatrix, "inverted", hybrid)},
	{false, bars("inverted", 20)},
	{false, bars("double", 40)},
}

func (s *search) climb() {
	for _, r := range ladder {
		if s.done() {
			return
		}
		if !r.cheap && (s.o.Quick || len(s.found) > 0) {
			return
		}
		r.run(s)
	}
}

// square looks for a two-dimensional format in one view.
func square(f Format, view string, t threshold) func(*search) {
	return func(s *search) {
		g := s.views.get(view)
		if g == nil || !s.wants(f) {
			return
		}
		s.each(g, func(g *gray) (hit, bool) {
			return attempt(f, t(g))
		})
	}
}

// bars looks for one-dimensional codes at any angle in one view.
func bars(view string, lines int) func(*search) {
	return linear(view, func(l *lineReader, stop func() bool) (hit, bool) {
		return l.anyAngle(lines, stop)
	})
}

// rows looks for one-dimensional codes along rows of one view.
func rows(view string, count int) func(*search) {
	return linear(view, func(l *lineReader, stop func() bool) (hit, bool) {
		return l.rows(count, stop)
	})
}

func linear(view string, read func(*lineReader, func() bool) (hit, bool)) func(*search) {
	return func(s *search) {
		g := s.views.get(view)
		if g == nil || !s.wants(Code128) && !s.wants(Code39) {
			return
		}
		s.each(g, func(g *gray) (hit, bool) {
			return read(newLineReader(g, s.wants), s.late)
		})
	}
}

// views makes and keeps versions of one picture.
type views struct {
	full *gray
	made map[string]*gray
}

// maxSide: larger pictures are read worse and slower than reduced ones.
const maxSide = 2000

// get makes a view; nil when it makes no sense at the picture's size.
func (v *views) get(name string) *gray {
	if g, ok := v.made[name]; ok {
		return g
	}
	g := v.make(name)
	v.made[name] = g
	return g
}

func (v *views) make(name string) *gray {
	if name == "" {
		g := v.full
		if k := (max(g.w, g.h) + maxSide - 1) / maxSide; k > 1 {
			return g.reduced(k)
		}
		return g
	}
	g := v.get("")
	small := min(g.w, g.h) < 160
	switch name {
	case "quarter-turned":
		return g.quarterTurned()
	case "half":
		if !small {
			return g.reduced(2)
		}
	case "third":
		if min(g.w, g.h) >= 240 {
			return g.reduced(3)
		}
	case "margin": // an edge for bars that end where the picture ends
		return g.bordered(24)
	case "border":
		return g.bordered(max(g.w, g.h)/12 + 8)
	case "inverted":
		return g.inverted()
	case "double":
		if max(g.w, g.h) <= 1400 {
			return g.doubled()
		}
	case "turned 45":
		return v.modest().turned(45)
	case "turned 22":
		return v.modest().turned(22)
	case "turned 67":
		return v.modest().turned(67)
	case "sharp":
		return g.sharpened()
	}
	return nil
}

// modest is a view of at most 1,000 pixels a side, for costly operations.
func (v *views) modest() *gray {
	if g := v.get(""); max(g.w, g.h) <= maxSide/2 {
		return g
	}
	return v.get("half")
}
