package kit

import (
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"strconv"

	"golang.org/x/image/vector"
)

// drawing is a pictogram ready to be filled at any size. Fyne's own SVG reader
// misreads repeated arcs and relative moves after a closed path, both of which
// Phosphor's drawings use everywhere; so pictograms are drawn here, from the
// one element they consist of: filled paths (SVG 1.1 §8.3).
type drawing struct {
	side  float32 // of the square view box
	paths []filled
}

type filled struct {
	opacity float64
	ops     []op
}

// op is one absolute path operator: M, L, C or Z with its points.
type op struct {
	kind byte
	p    [6]float32
}

// readDrawing reads a square, one-colour SVG made of paths.
func readDrawing(svg []byte) (drawing, error) {
	var doc struct {
		ViewBox string `xml:"viewBox,attr"`
		Paths   []struct {
			D       string `xml:"d,attr"`
			Opacity string `xml:"opacity,attr"`
		} `xml:"path"`
	}
	if err := xml.Unmarshal(svg, &doc); err != nil {
		return drawing{}, fmt.Errorf("read pictogram: %w", err)
	}
	var x, y, w, h float32
	if _, err := fmt.Sscan(doc.ViewBox, &x, &y, &w, &h); err != nil || x != 0 || y != 0 || w <= 0 || w != h {
		return drawing{}, fmt.Errorf("pictogram has the view box %q", doc.ViewBox)
	}
	d := drawing{side: w}
	for _, p := range doc.Paths {
		f := filled{opacity: 1}
		if p.Opacity != "" {
			o, err := strconv.ParseFloat(p.Opacity, 64)
			if err != nil {
				return drawing{}, fmt.Errorf("pictogram opacity: %w", err)
			}
			f.opacity = o
		}
		r := pathReader{s: p.D}
		if err := r.read(); err != nil {
			return drawing{}, fmt.Errorf("pictogram path: %w", err)
		}
		f.ops = r.ops
		d.paths = append(d.paths, f)
	}
	return d, nil
}

// fill draws it in one colour, side pixels wide and high.
func (d drawing) fill(side int, c color.Color) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, side, side))
	if side == 0 {
		return img
	}
	k := float32(side) / d.side
	n := color.NRGBAModel.Convert(c).(color.NRGBA)
	for _, p := range d.paths {
		z := vector.NewRasterizer(side, side)
		for _, o := range p.ops {
			q := o.p
			for i := range q {
				q[i] *= k
			}
			switch o.kind {
			case 'M':
				z.MoveTo(q[0], q[1])
			case 'L':
				z.LineTo(q[0], q[1])
			case 'C':
				z.CubeTo(q[0], q[1], q[2], q[3], q[4], q[5])
			case 'Z':
				z.ClosePath()
			}
		}
		ink := n
		ink.A = uint8(math.Round(float64(n.A) * p.opacity))
		z.DrawOp = draw.Over
		z.Draw(img, img.Bounds(), image.NewUniform(ink), image.Point{})
	}
	return img
}
