package kit

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// pathReader turns SVG path data into absolute operators.
type pathReader struct {
	s      string
	i      int
	ops    []op
	x, y   float64 // pen
	sx, sy float64 // start of the sub-path
	cx, cy float64 // last control point, for S
	last   byte    // last command, for S
}

// arity is how many numbers each command repeats.
var arity = map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1, 'C': 6, 'S': 4, 'Q': 4, 'A': 7, 'Z': 0}

func (r *pathReader) read() error {
	for {
		r.blank()
		if r.i == len(r.s) {
			return nil
		}
		c := r.s[r.i]
		n, ok := arity[c&^0x20]
		if !ok {
			return fmt.Errorf("unknown command %q at %d", c, r.i)
		}
		r.i++
		for first := true; first || n > 0 && r.more(); first = false {
			args, err := r.numbers(n, c&^0x20 == 'A')
			if err != nil {
				return err
			}
			r.step(c&^0x20, c >= 'a', args)
			if c&^0x20 == 'M' { // further pairs are lines
				c--
				r.last = 'M'
			}
		}
	}
}

func (r *pathReader) blank() {
	for r.i < len(r.s) && strings.IndexByte(" ,\t\n\r", r.s[r.i]) >= 0 {
		r.i++
	}
}

// more reports whether another number follows.
func (r *pathReader) more() bool {
	r.blank()
	return r.i < len(r.s) && strings.IndexByte("+-.0123456789", r.s[r.i]) >= 0
}

// numbers reads n numbers; an arc's flags are single digits without separator.
func (r *pathReader) numbers(n int, arc bool) ([]float64, error) {
	out := make([]float64, n)
	for k := range out {
		r.blank()
		from := r.i
		if arc && (k == 3 || k == 4) {
			r.i = min(r.i+1, len(r.s))
		} else {
			r.number()
		}
		v, err := strconv.ParseFloat(r.s[from:r.i], 64)
		if err != nil {
			return nil, fmt.Errorf("number at %d: %w", from, err)
		}
		out[k] = v
	}
	return out, nil
}

// number moves past one number: sign, digits, one point, exponent.
func (r *pathReader) number() {
	point := false
	for from := r.i; r.i < len(r.s); r.i++ {
		c := r.s[r.i]
		switch {
		case c >= '0' && c <= '9':
		case (c == '-' || c == '+') && (r.i == from || r.s[r.i-1]|0x20 == 'e'):
		case c == '.' && !point:
			point = true
		case c|0x20 == 'e' && r.i > from:
		default:
			return
		}
	}
}

func (r *pathReader) add(kind byte, p ...float64) {
	o := op{kind: kind}
	for i, v := range p {
		o.p[i] = float32(v)
	}
	r.ops = append(r.ops, o)
}

func (r *pathReader) lineTo(x, y float64) {
	r.add('L', x, y)
	r.x, r.y = x, y
}

func (r *pathReader) cubicTo(x1, y1, x2, y2, x, y float64) {
	r.add('C', x1, y1, x2, y2, x, y)
	r.cx, r.cy, r.x, r.y = x2, y2, x, y
}

// step carries out one command with its numbers.
func (r *pathReader) step(c byte, relative bool, a []float64) {
	ox, oy := 0.0, 0.0
	if relative {
		ox, oy = r.x, r.y
	}
	switch c {
	case 'M':
		r.x, r.y = a[0]+ox, a[1]+oy
		r.sx, r.sy = r.x, r.y
		r.add('M', r.x, r.y)
	case 'L':
		r.lineTo(a[0]+ox, a[1]+oy)
	case 'H':
		r.lineTo(a[0]+ox, r.y)
	case 'V':
		r.lineTo(r.x, a[0]+oy)
	case 'C':
		r.cubicTo(a[0]+ox, a[1]+oy, a[2]+ox, a[3]+oy, a[4]+ox, a[5]+oy)
	case 'S':
		x1, y1 := r.x, r.y
		if r.last == 'C' || r.last == 'S' {
			x1, y1 = 2*r.x-r.cx, 2*r.y-r.cy
		}
		r.cubicTo(x1, y1, a[0]+ox, a[1]+oy, a[2]+ox, a[3]+oy)
	case 'Q':
		qx, qy, x, y := a[0]+ox, a[1]+oy, a[2]+ox, a[3]+oy
		r.cubicTo(r.x+(qx-r.x)*2/3, r.y+(qy-r.y)*2/3, x+(qx-x)*2/3, y+(qy-y)*2/3, x, y)
	case 'A':
		r.arcTo(a[0], a[1], a[2]*math.Pi/180, a[3] != 0, a[4] != 0, a[5]+ox, a[6]+oy)
	case 'Z':
		r.add('Z')
		r.x, r.y = r.sx, r.sy
	}
	r.last = c
}

// arcTo draws an elliptical arc as cubics (SVG 1.1 appendix F.6.5, F.6.6).
func (r *pathReader) arcTo(rx, ry, phi float64, large, sweep bool, x, y float64) {
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || r.x == x && r.y == y {
		r.lineTo(x, y)
		return
	}
	sin, cos := math.Sincos(phi)
	dx, dy := (r.x-x)/2, (r.y-y)/2
	px, py := cos*dx+sin*dy, -sin*dx+cos*dy
	if grow := px*px/(rx*rx) + py*py/(ry*ry); grow > 1 {
		rx, ry = rx*math.Sqrt(grow), ry*math.Sqrt(grow)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*py*py-ry*ry*px*px)/(rx*rx*py*py+ry*ry*px*px)))
	if large == sweep {
		k = -k
	}
	mx, my := k*rx*py/ry, -k*ry*px/rx
	cx, cy := cos*mx-sin*my+(r.x+x)/2, sin*mx+cos*my+(r.y+y)/2
	from := math.Atan2((py-my)/ry, (px-mx)/rx)
	turn := math.Atan2((-py-my)/ry, (-px-mx)/rx) - from
	if sweep && turn < 0 {
		turn += 2 * math.Pi
	} else if !sweep && turn > 0 {
		turn -= 2 * math.Pi
	}
	n := int(math.Ceil(math.Abs(turn) / (math.Pi / 2)))
	d := turn / float64(n)
	t := 4.0 / 3 * math.Tan(d/4)
	at := func(u, v float64) (float64, float64) {
		return cx + cos*rx*u - sin*ry*v, cy + sin*rx*u + cos*ry*v
	}
	for i := range n {
		s1, c1 := math.Sincos(from + float64(i)*d)
		s2, c2 := math.Sincos(from + float64(i+1)*d)
		x1, y1 := at(c1-t*s1, s1+t*c1)
		x2, y2 := at(c2+t*s2, s2-t*c2)
		ex, ey := at(c2, s2)
		if i == n-1 {
			ex, ey = x, y
		}
		r.cubicTo(x1, y1, x2, y2, ex, ey)
	}
}
