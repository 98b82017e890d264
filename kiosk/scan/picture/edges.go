package picture

import "math"

// edges are the places, in pixels along a line, where light changes to dark or
// back, in order. They alternate.
type edges struct {
	at   []float64
	dark bool // the first edge leads into dark
}

// reversed is the same line read from its other end.
func (e edges) reversed() edges {
	r := edges{make([]float64, len(e.at)), e.dark == (len(e.at)%2 == 0)}
	if n := len(e.at); n > 0 {
		for i, x := range e.at {
			r.at[n-1-i] = e.at[n-1] - x
		}
	}
	return r
}

// finder is one way of finding edges. No single one reads everything: a short
// window follows uneven light, a long one survives wide bars, sharpening undoes
// blur and drowns in noise, slopes need no threshold.
type finder func(line []float64, s *scratch) edges

var finders = [...]finder{
	func(l []float64, s *scratch) edges { return crossings(l, s, 3, .3, 16) },
	func(l []float64, s *scratch) edges { return slopes(l, s, .25) },
	func(l []float64, s *scratch) edges { return crossings(l, s, 1, .8, 8) },
	func(l []float64, s *scratch) edges { return crossings(l, s, 6, 0, 16) },
}

// scratch holds what edge finding reuses from line to line.
type scratch struct {
	line, sharp, low, high, middle, edge []float64
}

func sized(buf []float64, n int) []float64 {
	if cap(buf) < n {
		return make([]float64, n)
	}
	return buf[:n]
}

// stretchSize is the resolution of the moving minimum and maximum.
const stretchSize = 8

// crossings finds where the line, sharpened, crosses the middle between the
// moving minimum and maximum over 2×reach+1 stretches; stretches with less
// contrast than that are all light.
func crossings(line []float64, s *scratch, reach int, sharpen, contrast float64) edges {
	n := len(line)
	s.sharp = sized(s.sharp, n)
	q := s.sharp
	copy(q, line)
	for i := 1; i < n-1; i++ {
		q[i] += sharpen * (2*line[i] - line[i-1] - line[i+1])
	}
	mid := s.middles(q, reach, contrast)
	e := edges{at: s.edge[:0]}
	dark := q[0] < mid[0]
	for i := 1; i < n; i++ {
		t := mid[i/stretchSize]
		if (q[i] < t) == dark {
			continue
		}
		dark = !dark
		if len(e.at) == 0 {
			e.dark = dark
		}
		a, b := q[i-1]-mid[(i-1)/stretchSize], q[i]-t
		f := .5
		if a*b < 0 {
			f = a / (a - b)
		}
		e.at = append(e.at, float64(i-1)+f)
	}
	s.edge = e.at
	return e
}

// middles is the threshold for each stretch.
func (s *scratch) middles(q []float64, reach int, contrast float64) []float64 {
	n := (len(q) + stretchSize - 1) / stretchSize
	s.low, s.high, s.middle = sized(s.low, n), sized(s.high, n), sized(s.middle, n)
	for b := range n {
		lo, hi := math.Inf(1), math.Inf(-1)
		for _, v := range q[b*stretchSize : min(len(q), (b+1)*stretchSize)] {
			lo, hi = min(lo, v), max(hi, v)
		}
		s.low[b], s.high[b] = lo, hi
	}
	for b := range n {
		lo, hi := math.Inf(1), math.Inf(-1)
		for c := max(0, b-reach); c <= min(n-1, b+reach); c++ {
			lo, hi = min(lo, s.low[c]), max(hi, s.high[c])
		}
		s.middle[b] = (lo + hi) / 2
		if hi-lo < contrast {
			s.middle[b] = math.Inf(-1)
		}
	}
	return s.middle
}

// slopes finds edges where the light changes fastest, wherever that is at
// least a share of the fastest change around. Of two edges in a row in the same
// direction the steeper one counts.
func slopes(line []float64, s *scratch, share float64) edges {
	const around = 32
	n := len(line) - 1
	s.sharp = sized(s.sharp, n)
	d := s.sharp
	s.high = sized(s.high, n/around+1)
	clear(s.high)
	for i := range n {
		d[i] = line[i+1] - line[i]
		s.high[i/around] = max(s.high[i/around], math.Abs(d[i]))
	}
	e := edges{at: s.edge[:0]}
	steepest, falling := 0.0, false
	for i := 1; i < n-1; i++ {
		a := math.Abs(d[i])
		before, after := same(d[i-1], d[i]), same(d[i+1], d[i])
		if a < 2 || a < before || a <= after {
			continue
		}
		top := s.high[i/around]
		for _, b := range [2]int{max(0, i/around-1), min(len(s.high)-1, i/around+1)} {
			top = max(top, s.high[b])
		}
		if a < share*top {
			continue
		}
		x := float64(i) + .5
		if q := before - 2*a + after; q < 0 {
			x += (before - after) / (2 * q) // vertex of the parabola
		}
		switch down := d[i] < 0; {
		case len(e.at) == 0:
			e.dark = down
			fallthrough
		case down != falling:
			e.at = append(e.at, x)
			steepest, falling = a, down
		case a > steepest:
			e.at[len(e.at)-1] = x
			steepest = a
		}
	}
	s.edge = e.at
	return e
}

// same is the size of a slope if it goes the same way as another.
func same(d, as float64) float64 {
	if d*as > 0 {
		return math.Abs(d)
	}
	return 0
}
