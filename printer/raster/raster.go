// Package raster is the paper as printers know it: a picture of black and
// white dots, and the width and density of the print head that makes it.
//
// Every slip becomes a Bitmap before it goes anywhere; from there it is
// encoded (printer/escpos), journaled (printer/spool) or shown. The package is
// PURE.
package raster

import (
	"bytes"
	"image"
	"math/bits"
)

// Paper is what a print head can reach: Dots across, DPI dots an inch both
// ways. 80 mm paper prints 576 dots at 203 dpi or 512 at 180, 58 mm paper 384
// at 203.
type Paper struct {
	Dots int `json:"dots"`
	DPI  int `json:"dpi"`
}

// MM converts millimetres to dots, rounded to the nearest.
func (p Paper) MM(mm float64) int { return int(mm*float64(p.DPI)/25.4 + 0.5) }

// Width is the printable width in millimetres.
func (p Paper) Width() float64 { return float64(p.Dots) * 25.4 / float64(p.DPI) }

// Bitmap is a picture of dots, 1 is black. Rows lie one after the other in
// Pix, Stride bytes each, leftmost dot in the highest bit: the order of
// ESC/POS "GS v 0". Dots beyond Width in a row's last byte are white.
type Bitmap struct {
	Width, Height int
	Pix           []byte
}

// New returns a white bitmap.
func New(width, height int) *Bitmap {
	width, height = max(width, 0), max(height, 0)
	return &Bitmap{Width: width, Height: height, Pix: make([]byte, (width+7)/8*height)}
}

// Stride is the number of bytes of a row.
func (b *Bitmap) Stride() int { return (b.Width + 7) / 8 }

// Bounds is the picture's rectangle, from 0, 0.
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.Width, b.Height) }

// Black reports whether a dot is black; outside the picture all is white.
func (b *Bitmap) Black(x, y int) bool {
	if x < 0 || y < 0 || x >= b.Width || y >= b.Height {
		return false
	}
	return b.Pix[y*b.Stride()+x>>3]&(0x80>>(x&7)) != 0
}

// Set blackens a dot; outside the picture nothing happens.
func (b *Bitmap) Set(x, y int) {
	if x >= 0 && y >= 0 && x < b.Width && y < b.Height {
		b.Pix[y*b.Stride()+x>>3] |= 0x80 >> (x & 7)
	}
}

// Fill blackens a rectangle.
func (b *Bitmap) Fill(r image.Rectangle) {
	r = r.Intersect(b.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			b.Set(x, y)
		}
	}
}

// Invert turns black and white round inside a rectangle.
func (b *Bitmap) Invert(r image.Rectangle) {
	r = r.Intersect(b.Bounds())
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			b.Pix[y*b.Stride()+x>>3] ^= 0x80 >> (x & 7)
		}
	}
}

// Row is one row's bytes, shared with the picture.
func (b *Bitmap) Row(y int) []byte { return b.Pix[y*b.Stride() : (y+1)*b.Stride()] }

// Blank reports whether a row has no black dot.
func (b *Bitmap) Blank(y int) bool {
	for _, v := range b.Row(y) {
		if v != 0 {
			return false
		}
	}
	return true
}

// Ink counts the black dots.
func (b *Bitmap) Ink() int {
	n := 0
	for _, v := range b.Pix {
		n += bits.OnesCount8(v)
	}
	return n
}

// Grow adds white rows at the bottom until the picture is height rows high.
func (b *Bitmap) Grow(height int) {
	if height > b.Height {
		b.Pix = append(b.Pix, make([]byte, (height-b.Height)*b.Stride())...)
		b.Height = height
	}
}

// Crop returns a copy of the rows from (including) to to (excluding).
func (b *Bitmap) Crop(from, to int) *Bitmap {
	from, to = max(from, 0), min(to, b.Height)
	if from >= to {
		return New(b.Width, 0)
	}
	return &Bitmap{Width: b.Width, Height: to - from, Pix: bytes.Clone(b.Pix[from*b.Stride() : to*b.Stride()])}
}

// Stack puts pictures one below the other, as wide as the widest; narrower
// ones stand left.
func Stack(pictures ...*Bitmap) *Bitmap {
	width, height := 0, 0
	for _, p := range pictures {
		width, height = max(width, p.Width), height+p.Height
	}
	out, at := New(width, height), 0
	for _, p := range pictures {
		for y := range p.Height {
			copy(out.Row(at+y), p.Row(y))
		}
		at += p.Height
	}
	return out
}

// Equal reports whether two pictures have the same size and dots.
func (b *Bitmap) Equal(o *Bitmap) bool {
	return b.Width == o.Width && b.Height == o.Height && bytes.Equal(b.Pix, o.Pix)
}

// Differ counts the dots that differ between two pictures of one size; it is
// -1 when the sizes differ.
func (b *Bitmap) Differ(o *Bitmap) int {
	if b.Width != o.Width || b.Height != o.Height {
		return -1
	}
	n := 0
	for i := range b.Pix {
		n += bits.OnesCount8(b.Pix[i] ^ o.Pix[i])
	}
	return n
}
