package picture

import "math"

// lineReader reads Code 128 and Code 39 along single lines of one picture and
// believes a text only when two lines agree on it.
type lineReader struct {
	g       *gray
	wanted  func(Format) bool
	scratch scratch
	votes   map[Code]int
}

func newLineReader(g *gray, wanted func(Format) bool) *lineReader {
	return &lineReader{g: g, wanted: wanted, votes: map[Code]int{}}
}

// agreement is how many lines must read the same. Code 39 has no check symbol.
func agreement(f Format) int {
	if f == Code39 {
		return 3
	}
	return 2
}

// anyAngle reads along the gradients of the picture.
func (l *lineReader) anyAngle(limit int, stop func() bool) (hit, bool) {
	for _, r := range newBlockMap(l.g).rays(limit) {
		if stop() {
			break
		}
		for _, spread := range [...]int{1, 4} {
			if h, ok := l.confirmed(r, spread); ok {
				return h, true
			}
		}
	}
	return hit{}, false
}

// rows reads along rows from the middle outwards, for codes too small or too
// flat to fill a block; turn the picture to read columns.
func (l *lineReader) rows(count int, stop func() bool) (hit, bool) {
	step := max(1, l.g.h/count)
	for i := range count {
		y := l.g.h/2 + (i+1)/2*step*(1-2*(i%2))
		if y < 1 || y >= l.g.h-2 {
			continue
		}
		if stop() {
			break
		}
		r := ray{at: point{0, float64(y)}, dir: point{1, 0}, to: float64(l.g.w)}
		if h, ok := l.confirmed(r, 0); ok {
			return h, true
		}
	}
	return hit{}, false
}

// confirmed reads a line and, if there is a text, its neighbours until enough
// of them agree.
func (l *lineReader) confirmed(r ray, spread int) (hit, bool) {
	code, ok := l.read(r, spread)
	if !ok {
		return hit{}, false
	}
	for _, off := range [...]float64{0, 2, -2, 1, -1, 4, -4, 7, -7} {
		if off != 0 {
			if code, ok = l.read(r.beside(off), spread); !ok {
				continue
			}
		}
		if l.votes[code]++; l.votes[code] >= agreement(code.Format) {
			return hit{code, l.covered(r)}, true
		}
	}
	return hit{}, false
}

// read tries every way of finding edges, both directions.
func (l *lineReader) read(r ray, spread int) (Code, bool) {
	l.scratch.line = l.g.profile(r, spread, l.scratch.line)
	if len(l.scratch.line) < 40 {
		return Code{}, false
	}
	for _, find := range finders {
		e := find(l.scratch.line, &l.scratch)
		if len(e.at) < 26 { // fewer than the shortest code has
			continue
		}
		for _, e := range [...]edges{e, e.reversed()} {
			if l.wanted(Code128) {
				if text, ok := readCode128(e); ok {
					return Code{Code128, tidy(text)}, true
				}
			}
			if l.wanted(Code39) {
				if text, ok := readCode39(e); ok {
					return Code{Code39, tidy(text)}, true
				}
			}
		}
	}
	return Code{}, false
}

// covered is the strip around a ray in which the bars stay bars.
func (l *lineReader) covered(r ray) []point {
	from, to := l.g.within(r, 0)
	side := math.Hypot(float64(l.g.w), float64(l.g.h)) / 12
	corner := func(along, off float64) point {
		p := r.beside(off).at
		return point{p.x + along*r.dir.x, p.y + along*r.dir.y}
	}
	return []point{corner(from, side), corner(to, side), corner(to, -side), corner(from, -side)}
}
