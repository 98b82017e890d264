package kittest

import (
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/image/draw"
)

var update = flag.Bool("update", false, "write golden pictures instead of comparing")

// shrink is how much smaller goldens are than the screen: they are reviewed
// by eye and compared loosely, so that a rounding of the rasteriser is no
// failure and the repository stays small.
const shrink = 3

// Golden compares a screen with testdata/<name>.png: the mean difference must
// stay under 1.5 of 255 and no more than 0.5 % of the pixels may differ by
// more than 48. With -update it writes the picture. The failing picture is
// left in testdata/failed.
func Golden(t testing.TB, name string, screen image.Image) {
	t.Helper()
	b := screen.Bounds()
	small := image.NewRGBA(image.Rect(0, 0, b.Dx()/shrink, b.Dy()/shrink))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), screen, b, draw.Src, nil)
	path := filepath.Join("testdata", name+".png")
	if *update {
		save(t, path, small)
		return
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatalf("open golden (write it with -update): %v", err)
	}
	defer f.Close() //nolint:errcheck // only read
	want, err := png.Decode(f)
	if err != nil {
		t.Fatalf("read golden %s: %v", path, err)
	}
	if want.Bounds() != small.Bounds() {
		t.Fatalf("golden %s is %v, got %v", path, want.Bounds(), small.Bounds())
	}
	mean, far := distance(small, want)
	if mean > 1.5 || far > 0.005 {
		save(t, filepath.Join("testdata", "failed", name+".png"), small)
		t.Errorf("%s differs: mean %.2f, %.2f %% of pixels far off; see testdata/failed", name, mean, far*100)
	}
}

// Save writes a picture, for looking at.
func Save(t testing.TB, path string, img image.Image) { t.Helper(); save(t, path, img) }

func save(t testing.TB, path string, img image.Image) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(f, img); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func distance(a, b image.Image) (mean, far float64) {
	r := a.Bounds()
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			p := color.RGBAModel.Convert(a.At(x, y)).(color.RGBA)
			q := color.RGBAModel.Convert(b.At(x, y)).(color.RGBA)
			d := max(diff(p.R, q.R), diff(p.G, q.G), diff(p.B, q.B))
			mean += d
			if d > 48 {
				far++
			}
		}
	}
	n := float64(r.Dx() * r.Dy())
	return mean / n, far / n
}

func diff(a, b uint8) float64 {
	if a < b {
		a, b = b, a
	}
	return float64(a - b)
}
