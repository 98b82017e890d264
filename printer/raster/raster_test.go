package raster_test

import (
	"bytes"
	"image"
	"testing"

	"pgregory.net/rapid"

	"motcua/printer/raster"
)

// draw makes a random picture.
func draw(t *rapid.T) *raster.Bitmap {
	b := raster.New(rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 30).Draw(t, "height"))
	for range rapid.IntRange(0, 200).Draw(t, "dots") {
		b.Set(rapid.IntRange(-2, 42).Draw(t, "x"), rapid.IntRange(-2, 32).Draw(t, "y"))
	}
	return b
}

func TestPNGKeepsEveryDot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := draw(t)
		var buf bytes.Buffer
		if err := b.WritePNG(&buf); err != nil {
			t.Fatal(err)
		}
		back, err := raster.ReadPNG(bytes.NewReader(buf.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if !b.Equal(back) || b.Differ(back) != 0 {
			t.Fatalf("%d dots differ", b.Differ(back))
		}
	})
}

func TestInvertTwiceIsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := draw(t)
		was := b.Crop(0, b.Height)
		r := image.Rect(rapid.IntRange(-3, 45).Draw(t, "x0"), rapid.IntRange(-3, 45).Draw(t, "y0"), 50, 50)
		b.Invert(r)
		inside := r.Intersect(b.Bounds())
		if got, want := b.Differ(was), inside.Dx()*inside.Dy(); got != want {
			t.Fatalf("inverted %d dots, want %d", got, want)
		}
		b.Invert(r)
		if !b.Equal(was) {
			t.Fatal("two inversions changed the picture")
		}
	})
}

func TestStackAndCropAreOpposites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		top, low := draw(t), draw(t)
		s := raster.Stack(top, low)
		if s.Height != top.Height+low.Height || s.Ink() != top.Ink()+low.Ink() {
			t.Fatal("dots were lost or made")
		}
		if s.Crop(top.Height, s.Height).Ink() != low.Ink() {
			t.Fatal("the lower picture is not below")
		}
	})
}

func TestReadPNGRefuses(t *testing.T) {
	var buf bytes.Buffer
	if err := raster.New(2, 2).WritePNG(&buf); err != nil {
		t.Fatal(err)
	}
	huge := bytes.Clone(buf.Bytes())
	copy(huge[16:], []byte{0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff}) // IHDR size
	for name, raw := range map[string][]byte{"nothing": nil, "text": []byte("<svg/>"), "half": buf.Bytes()[:20], "huge": huge} {
		if _, err := raster.ReadPNG(bytes.NewReader(raw)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
}

func TestPaperMillimetres(t *testing.T) {
	p := raster.Paper{Dots: 576, DPI: 203}
	if got := p.MM(25.4); got != 203 {
		t.Errorf("an inch is %d dots, want 203", got)
	}
	if got := p.Width(); got < 72 || got > 72.2 {
		t.Errorf("width %.2f mm, want 72", got)
	}
}
