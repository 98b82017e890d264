package raster

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
)

// MaxDots bounds a picture that is read from outside: 832 dots (the widest
// head) by 16,000 rows are two metres of paper.
const MaxDots = 832 * 16000

// Image is the picture for screens and files: two colours, white and black,
// shared with nothing.
func (b *Bitmap) Image() image.Image {
	img := image.NewPaletted(b.Bounds(), color.Palette{color.White, color.Black})
	for y := range b.Height {
		for x := range b.Width {
			if b.Black(x, y) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	return img
}

// WritePNG writes the picture as a PNG with one bit a dot.
func (b *Bitmap) WritePNG(w io.Writer) error {
	if b.Width == 0 || b.Height == 0 {
		return errors.New("write picture: it is empty")
	}
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(w, b.Image()); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

// ReadPNG reads a picture that WritePNG wrote; any other PNG is thresholded at
// half brightness. A picture beyond MaxDots is refused before it is decoded.
func ReadPNG(r io.ReadSeeker) (*Bitmap, error) {
	cfg, err := png.DecodeConfig(r)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if cfg.Width > MaxDots || cfg.Height > MaxDots || cfg.Width*cfg.Height > MaxDots {
		return nil, fmt.Errorf("read picture: %d × %d dots are too many", cfg.Width, cfg.Height)
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	img, err := png.Decode(r)
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	return From(img), nil
}

// From makes a bitmap of any picture; what is darker than half is black.
func From(img image.Image) *Bitmap {
	r := img.Bounds()
	b := New(r.Dx(), r.Dy())
	if p, ok := img.(*image.Paletted); ok {
		fromPaletted(b, p)
		return b
	}
	for y := range b.Height {
		for x := range b.Width {
			if color.GrayModel.Convert(img.At(r.Min.X+x, r.Min.Y+y)).(color.Gray).Y < 128 {
				b.Set(x, y)
			}
		}
	}
	return b
}

// fromPaletted judges each colour once: a slip has two.
func fromPaletted(b *Bitmap, p *image.Paletted) {
	var dark [256]bool
	for i, c := range p.Palette {
		dark[i] = color.GrayModel.Convert(c).(color.Gray).Y < 128
	}
	for y := range b.Height {
		for x := range b.Width {
			if dark[p.Pix[y*p.Stride+x]] {
				b.Set(x, y)
			}
		}
	}
}
