package picture

import (
	"image"
	"math"

	"motcua/queue/refusal"
)

// gray is a picture as decoders want it: one byte of light per pixel, rows
// without padding. Operations return a new one; pixels are never changed once
// shared, except by erase on a copy.
type gray struct {
	pix  []byte
	w, h int
}

func newGray(w, h int) *gray { return &gray{make([]byte, w*h), w, h} }

// MaxPixels bounds what Read accepts: a phone's photograph is 12–50 million.
const MaxPixels = 64 << 20

// grayOf takes the light out of a picture, at most a copy of one plane for the
// formats cameras give. Transparent pixels are white, as on paper.
func grayOf(img image.Image) (*gray, error) {
	if img == nil {
		return nil, refusal.New("picture-unreadable")
	}
	b := img.Bounds()
	if b.Dx() <= 0 || b.Dy() <= 0 || b.Dx() > MaxPixels/b.Dy() {
		return nil, refusal.New("picture-unreadable")
	}
	switch p := img.(type) {
	case *image.Gray:
		return plane(p.Pix, p.Stride, b.Sub(p.Rect.Min))
	case *image.YCbCr:
		return plane(p.Y, p.YStride, b.Sub(p.Rect.Min))
	}
	at := func(x, y int) (r, g, b, a uint32) { return img.At(x, y).RGBA() }
	if p, ok := img.(image.RGBA64Image); ok { // without an allocation per pixel
		at = func(x, y int) (r, g, b, a uint32) { return p.RGBA64At(x, y).RGBA() }
	}
	g := newGray(b.Dx(), b.Dy())
	i := 0
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			red, green, blue, alpha := at(x, y)
			light := (19595*red+38470*green+7471*blue+1<<15)>>16 + 0xFFFF - alpha
			g.pix[i] = byte(min(light, 0xFFFF) >> 8)
			i++
		}
	}
	return g, nil
}

// plane lends the buffer when its rows are not padded, and copies otherwise. A
// buffer too short for its size, as a broken camera frame has, is refused.
func plane(pix []byte, stride int, r image.Rectangle) (*gray, error) {
	w, h := r.Dx(), r.Dy()
	if stride < w || len(pix) < stride*(h-1)+w {
		return nil, refusal.New("picture-unreadable")
	}
	if stride == w {
		return &gray{pix[:w*h], w, h}, nil
	}
	g := newGray(w, h)
	for y := range h {
		copy(g.pix[y*w:(y+1)*w], pix[y*stride:])
	}
	return g, nil
}

// reduced averages k×k pixels into one.
func (g *gray) reduced(k int) *gray {
	o := newGray(g.w/k, g.h/k)
	sum := make([]uint32, o.w)
	for y := range o.h {
		clear(sum)
		for dy := range k {
			row := g.pix[(y*k+dy)*g.w:]
			for x := range sum {
				for _, p := range row[x*k : x*k+k] {
					sum[x] += uint32(p)
				}
			}
		}
		n := uint32(k * k)
		for x, s := range sum {
			o.pix[y*o.w+x] = byte((s + n/2) / n)
		}
	}
	return o
}

// doubled is twice the size, bilinear.
func (g *gray) doubled() *gray {
	o := newGray(2*g.w, 2*g.h)
	for y := range o.h {
		y0, y1 := max(0, (y-1)/2), min(g.h-1, (y+1)/2)
		if y%2 == 1 {
			y0 = y / 2
		}
		near, far := g.pix[y0*g.w:], g.pix[y1*g.w:]
		if y%2 == 0 {
			near, far = far, near
		}
		for x := range o.w {
			x0, x1 := x/2, min(g.w-1, (x+1)/2)
			if x%2 == 0 {
				x1 = max(0, x/2-1)
			}
			s := 9*int(near[x0]) + 3*int(near[x1]) + 3*int(far[x0]) + int(far[x1])
			o.pix[y*o.w+x] = byte((s + 8) / 16)
		}
	}
	return o
}

func (g *gray) inverted() *gray {
	o := newGray(g.w, g.h)
	for i, p := range g.pix {
		o.pix[i] = 255 - p
	}
	return o
}

// bordered puts n pixels of paper around the picture, for codes cut out without
// their quiet zone.
func (g *gray) bordered(n int) *gray {
	o := newGray(g.w+2*n, g.h+2*n)
	for i := range o.pix {
		o.pix[i] = 235
	}
	for y := range g.h {
		copy(o.pix[(y+n)*o.w+n:], g.pix[y*g.w:(y+1)*g.w])
	}
	return o
}

// sharpened raises each pixel's difference from its 3×3 mean by half again.
func (g *gray) sharpened() *gray {
	o := &gray{append([]byte(nil), g.pix...), g.w, g.h}
	for y := 1; y < g.h-1; y++ {
		a, b, c := g.pix[(y-1)*g.w:], g.pix[y*g.w:], g.pix[(y+1)*g.w:]
		for x := 1; x < g.w-1; x++ {
			sum := int(a[x-1]) + int(a[x]) + int(a[x+1]) + int(b[x-1]) + int(b[x]) + int(b[x+1]) + int(c[x-1]) + int(c[x]) + int(c[x+1])
			v := int(b[x]) + (9*int(b[x])-sum)/6
			o.pix[y*g.w+x] = byte(min(max(v, 0), 255))
		}
	}
	return o
}

// quarterTurned is turned by 90° counter-clockwise.
func (g *gray) quarterTurned() *gray {
	o := newGray(g.h, g.w)
	for y := range o.h {
		x := g.w - 1 - y
		for i := range o.w {
			o.pix[y*o.w+i] = g.pix[i*g.w+x]
		}
	}
	return o
}

// turned rotates by any angle onto white, large enough to lose nothing.
func (g *gray) turned(degrees float64) *gray {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	w, h := float64(g.w), float64(g.h)
	o := newGray(int(math.Ceil(math.Abs(w*cos)+math.Abs(h*sin))), int(math.Ceil(math.Abs(w*sin)+math.Abs(h*cos))))
	const one = 1 << 16
	dx, dy := int(cos*one), int(sin*one)
	for y := range o.h {
		px, py := -float64(o.w)/2, float64(y)-float64(o.h)/2
		fx := int((cos*px - sin*py + w/2) * one)
		fy := int((sin*px + cos*py + h/2) * one)
		for x := range o.w {
			o.pix[y*o.w+x] = g.bilinear(fx, fy)
			fx += dx
			fy += dy
		}
	}
	return o
}

// bilinear is the light at a point in 1/65536 pixels; white outside.
func (g *gray) bilinear(fx, fy int) byte {
	x, y := fx>>16, fy>>16
	if x < 0 || y < 0 || x >= g.w-1 || y >= g.h-1 {
		return 255
	}
	u, v := (fx>>8)&0xFF, (fy>>8)&0xFF
	a := g.pix[y*g.w+x:]
	b := g.pix[(y+1)*g.w+x:]
	top := int(a[0])<<8 + u*(int(a[1])-int(a[0]))
	bottom := int(b[0])<<8 + u*(int(b[1])-int(b[0]))
	return byte((top<<8 + v*(bottom-top)) >> 16)
}

// erased is a copy with a convex area painted white, so that the next code in
// the same picture can be found.
func (g *gray) erased(corners []point) *gray {
	o := &gray{append([]byte(nil), g.pix...), g.w, g.h}
	for y := range o.h {
		left, right := math.Inf(1), math.Inf(-1)
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			lo, hi := min(a.y, b.y), max(a.y, b.y)
			if yy := float64(y); yy >= lo && yy <= hi {
				x0, x1 := a.x, b.x
				if hi-lo > 1e-6 {
					x0 = a.x + (yy-a.y)/(b.y-a.y)*(b.x-a.x)
					x1 = x0
				}
				left, right = min(left, x0, x1), max(right, x0, x1)
			}
		}
		for x := max(0, int(left)); left <= right && x <= min(o.w-1, int(right)); x++ {
			o.pix[y*o.w+x] = 255
		}
	}
	return o
}

type point struct{ x, y float64 }
