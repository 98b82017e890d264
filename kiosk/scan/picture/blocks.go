package picture

import (
	"cmp"
	"math"
	"slices"
)

// Bars make every gradient of a patch point the same way, and that way is the
// direction to read them in. So the picture is cut into blocks, each block's
// gradients are summed into a structure tensor, and a line is laid through the
// middle of each block whose tensor is nearly one-dimensional, best ones first.
// That finds a code at any angle at the cost of one pass over the picture.

const (
	blockSize = 16
	// A block must be this much one-dimensional (0 none, 1 wholly) …
	minCoherence = .5
	// … and have this much gradient, summed over 3×3 blocks: about 8 grey
	// levels per pixel, where noise of a dark camera ends.
	minEnergy = 9 * 128 * 60
	// A line is followed over this many blocks without bars before it ends:
	// the white gap beside a code is wider.
	maxGap = 3
)

// ray is a line to read along: through a point, by steps of one pixel, from
// and to which step.
type ray struct {
	at, dir  point
	from, to float64
}

// beside is the same ray moved sideways by some pixels.
func (r ray) beside(pixels float64) ray {
	r.at = point{r.at.x - pixels*r.dir.y, r.at.y + pixels*r.dir.x}
	return r
}

type tensor struct{ xx, xy, yy float64 }

// blockMap holds the summed tensors of a picture's blocks.
type blockMap struct {
	w, h    int
	tensors []tensor // each summed over 3×3 blocks
}

func newBlockMap(g *gray) blockMap {
	m := blockMap{w: g.w / blockSize, h: g.h / blockSize}
	single := make([]tensor, m.w*m.h)
	for i := range single {
		single[i] = blockTensor(g, i%m.w*blockSize, i/m.w*blockSize)
	}
	m.tensors = make([]tensor, m.w*m.h)
	for i := range m.tensors {
		x, y := i%m.w, i/m.w
		for v := max(0, y-1); v <= min(m.h-1, y+1); v++ {
			for _, t := range single[v*m.w+max(0, x-1) : v*m.w+min(m.w-1, x+1)+1] {
				m.tensors[i].xx += t.xx
				m.tensors[i].xy += t.xy
				m.tensors[i].yy += t.yy
			}
		}
	}
	return m
}

// blockTensor sums the gradients of every second row of a block.
func blockTensor(g *gray, left, top int) tensor {
	var xx, xy, yy int
	x0, x1 := max(1, left), min(g.w-1, left+blockSize)
	for y := max(1, top); y < min(g.h-1, top+blockSize); y += 2 {
		above, row, below := g.pix[(y-1)*g.w:][:x1], g.pix[y*g.w:][:x1+1], g.pix[(y+1)*g.w:][:x1]
		for x := x0; x < x1; x++ {
			dx := int(row[x+1]) - int(row[x-1])
			dy := int(below[x]) - int(above[x])
			xx += dx * dx
			xy += dx * dy
			yy += dy * dy
		}
	}
	return tensor{float64(xx), float64(xy), float64(yy)}
}

// rays lists lines worth reading, best first, at most so many. Blocks on a line
// already listed add nothing.
func (m blockMap) rays(limit int) []ray {
	type candidate struct {
		block int
		score float64
	}
	var cs []candidate
	for i, t := range m.tensors {
		energy := t.xx + t.yy
		if energy < minEnergy {
			continue
		}
		coherence := math.Hypot(t.xx-t.yy, 2*t.xy) / energy
		if coherence >= minCoherence {
			cs = append(cs, candidate{i, coherence * coherence * coherence * math.Sqrt(energy)})
		}
	}
	slices.SortFunc(cs, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	var out []ray
	for _, c := range cs {
		if len(out) == limit {
			break
		}
		if r, ok := m.ray(c.block); ok && !slices.ContainsFunc(out, r.sameLine) {
			out = append(out, r)
		}
	}
	return out
}

// sameLine reports whether two rays read nearly the same pixels.
func (r ray) sameLine(o ray) bool {
	if math.Abs(r.dir.x*o.dir.y-r.dir.y*o.dir.x) > .03 {
		return false
	}
	dx, dy := r.at.x-o.at.x, r.at.y-o.at.y
	along := dx*o.dir.x + dy*o.dir.y
	return math.Abs(dx*o.dir.y-dy*o.dir.x) < 6 && along > o.from && along < o.to
}

// ray lays a line through a block along its gradient, as far as there is any
// gradient, and some white beyond. It is not ok when too short for any code.
func (m blockMap) ray(block int) (ray, bool) {
	t := m.tensors[block]
	sin, cos := math.Sincos(math.Atan2(2*t.xy, t.xx-t.yy) / 2)
	r := ray{
		at:  point{float64(block%m.w*blockSize + blockSize/2), float64(block/m.w*blockSize + blockSize/2)},
		dir: point{cos, sin},
	}
	r.to = m.reach(r, 1)
	r.from = -m.reach(r, -1)
	return r, r.to-r.from >= 60
}

// reach follows a ray in one direction to the end of its bars.
func (m blockMap) reach(r ray, sign float64) float64 {
	last, gap := 0.0, 0
	for d := 0.0; gap <= maxGap; d += blockSize {
		x := int(r.at.x+sign*d*r.dir.x) / blockSize
		y := int(r.at.y+sign*d*r.dir.y) / blockSize
		if r.at.x+sign*d*r.dir.x < 0 || r.at.y+sign*d*r.dir.y < 0 || x >= m.w || y >= m.h {
			return d
		}
		if t := m.tensors[y*m.w+x]; t.xx+t.yy >= minEnergy/4 {
			last, gap = d, 0
		} else {
			gap++
		}
	}
	return last + (maxGap-1)*blockSize
}

// profile is the light along a ray, the mean of 2×spread+1 parallel lines. The
// part of the ray outside the picture is left out.
func (g *gray) profile(r ray, spread int, buf []float64) []float64 {
	buf = buf[:0]
	const one = 1 << 16
	dx, dy := int(r.dir.x*one), int(r.dir.y*one)
	from, to := g.within(r, float64(spread)+1)
	n := int(to - from)
	if n < 2 {
		return buf
	}
	sums := slices.Grow(buf, n)[:n]
	clear(sums)
	for k := -spread; k <= spread; k++ {
		s := r.beside(float64(k))
		fx := int((s.at.x + from*r.dir.x) * one)
		fy := int((s.at.y + from*r.dir.y) * one)
		for i := range sums {
			sums[i] += g.precise(fx, fy)
			fx += dx
			fy += dy
		}
	}
	for i := range sums {
		sums[i] /= float64(2*spread + 1)
	}
	return sums
}

// precise is bilinear without rounding; the point must lie inside.
func (g *gray) precise(fx, fy int) float64 {
	i := (fy>>16)*g.w + fx>>16
	u, v := (fx>>8)&0xFF, (fy>>8)&0xFF
	a, b := g.pix[i:i+2], g.pix[i+g.w:i+g.w+2]
	top := int(a[0])<<8 + u*(int(a[1])-int(a[0]))
	bottom := int(b[0])<<8 + u*(int(b[1])-int(b[0]))
	return float64(top<<8+v*(bottom-top)) / (1 << 16)
}

// within clips a ray to the picture less a margin.
func (g *gray) within(r ray, margin float64) (from, to float64) {
	from, to = r.from, r.to
	clip := func(at, dir, lo, hi float64) {
		if math.Abs(dir) < 1e-9 {
			if at < lo || at > hi {
				to = from
			}
			return
		}
		a, b := (lo-at)/dir, (hi-at)/dir
		from, to = max(from, min(a, b)), min(to, max(a, b))
	}
	// one pixel less at the far side: precise reads the next one too
	clip(r.at.x, r.dir.x, margin, float64(g.w)-2-margin)
	clip(r.at.y, r.dir.y, margin, float64(g.h)-2-margin)
	return from, to
}
