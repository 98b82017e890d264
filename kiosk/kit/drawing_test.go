package kit

import (
	"image/color"
	"testing"

	"motcua/assets/icons"
)

func TestEveryPictogramIsReadable(t *testing.T) {
	for _, w := range []icons.Weight{icons.Bold, icons.Duotone, icons.Fill} {
		for _, n := range icons.Names(w) {
			svg, _ := icons.SVG(n, w)
			d, err := readDrawing(svg)
			if err != nil {
				t.Errorf("%s %s: %v", n, w, err)
				continue
			}
			ink := 0
			img := d.fill(32, color.Black)
			for i := range 32 * 32 {
				if _, _, _, a := img.At(i%32, i/32).RGBA(); a > 0x8000 {
					ink++
				}
			}
			if ink < 10 || ink > 32*32*9/10 {
				t.Errorf("%s %s has ink on %d of 1024 pixels", n, w, ink)
			}
		}
	}
}

// A ring of two arcs, the second after a relative move from a closed path, with
// flags written together: what Fyne's reader gets wrong.
func TestArcsAndHoles(t *testing.T) {
	svg := `<svg viewBox="0 0 100 100"><path d="M90,50a40,40,0,1,1-80,0,40,40,0,1180,0Zm-20,0a20,20,0,1,0-40,0,20,20,0,0,0,40,0Z"/></svg>`
	d, err := readDrawing([]byte(svg))
	if err != nil {
		t.Fatal(err)
	}
	img := d.fill(100, color.Black)
	for _, c := range []struct {
		x, y int
		want bool
	}{{50, 50, false}, {50, 20, true}, {20, 50, true}, {80, 50, true}, {50, 80, true}, {5, 5, false}, {50, 35, false}} {
		if _, _, _, a := img.At(c.x, c.y).RGBA(); a > 0x8000 != c.want {
			t.Errorf("at %d,%d: got ink %v, want %v", c.x, c.y, a > 0x8000, c.want)
		}
	}
}

func FuzzReadDrawing(f *testing.F) {
	for _, n := range []string{"ticket", "baby"} {
		svg, _ := icons.SVG(n, icons.Duotone)
		f.Add(svg)
	}
	f.Add([]byte(`<svg viewBox="0 0 1 1"><path d="M0 0A1e9 0 0 01 5 5S1 2 3 4Q1-2.5.5-1T"/></svg>`))
	f.Fuzz(func(t *testing.T, svg []byte) {
		readDrawing(svg) // must not panic
	})
}
