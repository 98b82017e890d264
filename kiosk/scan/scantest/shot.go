package scantest

import (
	"image"
	"math"
	"math/rand/v2"
)

// Shot is how a camera sees a flat thing. The zero value shows it from the
// front, sharp, in even light, filling a frame of its own size.
type Shot struct {
	// Width and Height of the frame in pixels; 0 is the size of the thing.
	Width, Height int
	// Scale is frame pixels per pixel of the thing; 0 is 1.
	Scale float64
	// Turn is the rotation in the plane, Tilt the lean backwards; in degrees.
	Turn, Tilt float64
	// Blur is the sigma of the lens in frame pixels.
	Blur float64
	// Noise is the sigma of the sensor in grey levels.
	Noise float64
	// Dusk is how much light is missing at the right side, 0 to 1.
	Dusk float64
	// Seed makes the noise repeatable.
	Seed uint64
}

// Of takes the picture. Around the thing is a dark desk.
func (s Shot) Of(thing *image.Gray) *image.Gray {
	w, h := thing.Rect.Dx(), thing.Rect.Dy()
	if s.Width == 0 {
		s.Width, s.Height = w, h
	}
	if s.Scale == 0 {
		s.Scale = 1
	}
	light := s.project(thing)
	if s.Blur > 0 {
		light = blurred(light, s.Width, s.Height, s.Blur)
	}
	random := rand.New(rand.NewPCG(s.Seed, 1))
	out := image.NewGray(image.Rect(0, 0, s.Width, s.Height))
	for i, l := range light {
		l *= 1 - s.Dusk*float64(i%s.Width)/float64(s.Width)
		if s.Noise > 0 {
			l += random.NormFloat64() * s.Noise
		}
		out.Pix[i] = byte(math.Max(0, math.Min(255, l+.5)))
	}
	return out
}

// project looks through a pinhole 1.5 frame widths away, four rays a pixel.
func (s Shot) project(thing *image.Gray) []float64 {
	sin, cos := math.Sincos(s.Turn * math.Pi / 180)
	lean, up := math.Sincos(s.Tilt * math.Pi / 180)
	far := 1.5 * float64(s.Width)
	light := make([]float64, s.Width*s.Height)
	for i := range light {
		for _, off := range [4][2]float64{{.25, .25}, {.75, .25}, {.25, .75}, {.75, .75}} {
			u := float64(i%s.Width) + off[0] - float64(s.Width)/2
			v := float64(i/s.Width) + off[1] - float64(s.Height)/2
			// meet the plane through the middle that leans about its horizontal axis
			t := far / (up*far - lean*v)
			if t <= 0 {
				light[i] += 60.0 / 4
				continue
			}
			x, y := u*t*up, v*t
			x, y = (cos*x+sin*y)/s.Scale, (cos*y-sin*x)/s.Scale
			light[i] += sample(thing, x+float64(thing.Rect.Dx())/2-.5, y+float64(thing.Rect.Dy())/2-.5) / 4
		}
	}
	return light
}

func sample(g *image.Gray, x, y float64) float64 {
	x0, y0 := int(math.Floor(x)), int(math.Floor(y))
	u, v := x-float64(x0), y-float64(y0)
	at := func(x, y int) float64 {
		if x < 0 || y < 0 || x >= g.Rect.Dx() || y >= g.Rect.Dy() {
			return 60
		}
		return 30 + float64(g.Pix[y*g.Stride+x])*.8 // ink is not black, paper not white
	}
	return (at(x0, y0)*(1-u)+at(x0+1, y0)*u)*(1-v) + (at(x0, y0+1)*(1-u)+at(x0+1, y0+1)*u)*v
}

func blurred(a []float64, w, h int, sigma float64) []float64 {
	n := int(math.Ceil(3 * sigma))
	kernel := make([]float64, 2*n+1)
	sum := 0.0
	for i := range kernel {
		kernel[i] = math.Exp(-float64((i-n)*(i-n)) / (2 * sigma * sigma))
		sum += kernel[i]
	}
	pass := func(a []float64, dx, dy int) []float64 {
		out := make([]float64, len(a))
		for y := range h {
			for x := range w {
				for i, k := range kernel {
					xx, yy := min(max(x+(i-n)*dx, 0), w-1), min(max(y+(i-n)*dy, 0), h-1)
					out[y*w+x] += a[yy*w+xx] * k / sum
				}
			}
		}
		return out
	}
	return pass(pass(a, 1, 0), 0, 1)
}
