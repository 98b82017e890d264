package picture_test

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/scan/picture"
	"motcua/kiosk/scan/scantest"
	"motcua/queue/refusal"
)

const dossier = "000.00.00.H26-210105-0001"

func must(t testing.TB) func(g *image.Gray, err error) *image.Gray {
	return func(g *image.Gray, err error) *image.Gray {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
}

// frame is a camera's view: 1280×720, slightly soft and noisy.
func frame(s scantest.Shot) scantest.Shot {
	s.Width, s.Height = 1280, 720
	s.Blur, s.Noise = max(s.Blur, .7), max(s.Noise, 3)
	return s
}

func TestReadEveryFormat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		format picture.Format
		text   string
		thing  *image.Gray
	}{
		{picture.QR, scantest.Payload, must(t)(scantest.QR(scantest.Payload, 240))},
		{picture.QR, "HTTPS://MOTCUA.EXAMPLE/T/261122-A012-K7Q2M5XP", must(t)(scantest.QR("HTTPS://MOTCUA.EXAMPLE/T/261122-A012-K7Q2M5XP", 200))},
		{picture.Code128, dossier, must(t)(scantest.Code128(dossier, 3, 120))},
		{picture.Code128, "Ab1", must(t)(scantest.Code128("Ab1", 3, 120))},
		{picture.Code39, "H26-210105", must(t)(scantest.Code39("H26-210105", 3, 120))},
		{picture.DataMatrix, dossier, must(t)(scantest.DataMatrix(dossier, 6))},
	} {
		codes, err := picture.Read(frame(scantest.Shot{}).Of(c.thing), picture.Options{})
		if diff := cmp.Diff([]picture.Code{{Format: c.format, Text: c.text}}, codes); err != nil || diff != "" {
			t.Errorf("%s %q: %v (-want +got)\n%s", c.format, c.text, err, diff)
		}
	}
}

// A citizen lays a receipt down at any angle, in bad light, out of focus.
func TestReadUnderTheKiosksConditions(t *testing.T) {
	t.Parallel()
	bars := must(t)(scantest.Code128(dossier, 3, 150))
	square := must(t)(scantest.QR(scantest.Payload, 240))
	shots := map[string]scantest.Shot{
		"soft": {Blur: 1.6}, "noisy": {Noise: 18}, "half in the dark": {Dusk: .7},
		"leaning": {Tilt: 35}, "leaning and turned": {Tilt: 25, Turn: 20},
	}
	for _, turn := range []float64{0, 10, 20, 45, 75, 135, 200} {
		shots[fmt.Sprint("turned ", turn)] = scantest.Shot{Turn: turn}
	}
	for name, shot := range shots {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shot = frame(shot)
			for thing, want := range map[*image.Gray]picture.Code{
				bars: {Format: picture.Code128, Text: dossier}, square: {Format: picture.QR, Text: scantest.Payload},
			} {
				shot := shot
				if want.Format == picture.Code128 {
					shot.Scale = .68 // 308 modules of 2 pixels, or they stick out when turned
				}
				codes, err := picture.Read(shot.Of(thing), picture.Options{Budget: 20 * time.Second})
				if diff := cmp.Diff([]picture.Code{want}, codes); err != nil || diff != "" {
					t.Errorf("%s: %v (-want +got)\n%s", want.Format, err, diff)
				}
			}
		})
	}
}

func TestReadSeveralCodes(t *testing.T) {
	t.Parallel()
	desk := image.NewGray(image.Rect(0, 0, 1280, 720))
	draw.Draw(desk, desk.Rect, image.NewUniform(color.Gray{Y: 240}), image.Point{}, draw.Src)
	put := func(g *image.Gray, x, y int) {
		draw.Draw(desk, g.Rect.Add(image.Pt(x, y)), g, image.Point{}, draw.Src)
	}
	put(must(t)(scantest.QR("https://motcua.example/t/261122-A012-K7Q2M5XP", 240)), 40, 40)
	put(must(t)(scantest.QR(scantest.Payload, 240)), 900, 380)
	put(must(t)(scantest.Code128(dossier, 2, 100)), 420, 60)
	put(must(t)(scantest.Code128("H26.12-261123-0007", 2, 100)), 100, 460)
	codes, err := picture.Read(scantest.Shot{Blur: .6, Noise: 2}.Of(desk), picture.Options{Budget: 20 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, c := range codes {
		got[c.Text] = true
	}
	want := map[string]bool{"https://motcua.example/t/261122-A012-K7Q2M5XP": true, scantest.Payload: true, dossier: true, "H26.12-261123-0007": true}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("read (-want +got)\n%s", diff)
	}
	one, err := picture.Read(desk, picture.Options{Max: 1, Formats: []picture.Format{picture.Code128}})
	if err != nil || len(one) != 1 || one[0].Format != picture.Code128 {
		t.Errorf("one Code 128 wanted, got %v, %v", one, err)
	}
}

func TestReadKindsOfImages(t *testing.T) {
	t.Parallel()
	g := must(t)(scantest.QR("H26.12-261123-0007", 120))
	rgba := image.NewRGBA(g.Rect)
	draw.Draw(rgba, g.Rect, g, image.Point{}, draw.Src)
	ycbcr := image.NewYCbCr(g.Rect, image.YCbCrSubsampleRatio420)
	for y := range g.Rect.Dy() {
		copy(ycbcr.Y[y*ycbcr.YStride:], g.Pix[y*g.Stride:(y+1)*g.Stride])
	}
	wide := image.NewGray(image.Rect(0, 0, g.Rect.Dx()+77, g.Rect.Dy()+9))
	draw.Draw(wide, g.Rect.Add(image.Pt(33, 5)), g, image.Point{}, draw.Src)
	clear := image.NewNRGBA(g.Rect) // black ink on nothing
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			clear.SetNRGBA(x, y, color.NRGBA{A: 255 - g.GrayAt(x, y).Y})
		}
	}
	for name, img := range map[string]image.Image{
		"gray": g, "rgba": rgba, "ycbcr": ycbcr, "transparent": clear,
		"part of a larger one": wide.SubImage(g.Rect.Add(image.Pt(33, 5))),
	} {
		codes, err := picture.Read(img, picture.Options{})
		if err != nil || len(codes) != 1 || codes[0].Text != "H26.12-261123-0007" {
			t.Errorf("%s: %v, %v", name, codes, err)
		}
	}
}

func TestReadRefusesBrokenPictures(t *testing.T) {
	t.Parallel()
	for name, img := range map[string]image.Image{
		"nil": nil, "empty": image.NewGray(image.Rect(0, 0, 0, 5)),
		"short frame": &image.Gray{Pix: make([]byte, 100), Stride: 40, Rect: image.Rect(0, 0, 40, 40)},
		"huge":        image.NewUniform(color.White),
	} {
		if codes, err := picture.Read(img, picture.Options{}); !errors.Is(err, refusal.New("picture-unreadable")) {
			t.Errorf("%s: %v, %v", name, codes, err)
		}
	}
}

// Pictures of any size and content neither panic nor are read as codes.
func TestReadSurvivesNoise(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, size := range []image.Point{{1, 1}, {2, 300}, {300, 2}, {17, 16}, {41, 40}, {64, 48}, {200, 160}, {640, 480}} {
		for kind := range 4 {
			g := image.NewGray(image.Rectangle{Max: size})
			for i := range g.Pix {
				switch kind {
				case 0:
					g.Pix[i] = byte(random.Uint32())
				case 1:
					g.Pix[i] = byte(random.Uint32()&1) * 255
				case 2: // stripes
					g.Pix[i] = byte(i%size.X/3%2) * 255
				}
			}
			if codes, err := picture.Read(g, picture.Options{}); err != nil || len(codes) > 0 {
				t.Errorf("%v kind %d: %v, %v", size, kind, codes, err)
			}
		}
	}
}

// The time limit holds even where everything has to be tried.
func TestReadKeepsItsBudget(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	g := image.NewGray(image.Rect(0, 0, 1920, 1080))
	for i := range g.Pix {
		g.Pix[i] = byte(i%1920/5*40) ^ byte(random.Uint32()&31)
	}
	start := time.Now()
	if _, err := picture.Read(g, picture.Options{Budget: 50 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 3*time.Second { // generous: other tests share the machine
		t.Errorf("took %v with a budget of 50 ms", took)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(uint16(60), uint16(60), []byte("\x00\xff"))
	f.Add(uint16(200), uint16(50), []byte{0, 0, 255, 255, 0, 255})
	f.Fuzz(func(t *testing.T, w, h uint16, pix []byte) {
		g := image.NewGray(image.Rect(0, 0, int(w%300), int(h%300)))
		for i := range g.Pix {
			if len(pix) > 0 {
				g.Pix[i] = pix[i%len(pix)]
			}
		}
		if _, err := picture.Read(g, picture.Options{Budget: 200 * time.Millisecond}); err != nil && !g.Rect.Empty() {
			t.Fatal(err)
		}
	})
}

func page() *image.Gray { // a page of text-like strokes, no code
	random := rand.New(rand.NewPCG(5, 6))
	g := image.NewGray(image.Rect(0, 0, 1280, 720))
	for i := range g.Pix {
		x, y := i%1280, i/1280
		g.Pix[i] = 225
		if y%28 < 14 && (x/70+y/28)%6 != 0 && (x+y%28/5*2)%9 < 3+int(random.Uint32()&1) {
			g.Pix[i] = 45
		}
	}
	return g
}

func benchmark(b *testing.B, img image.Image, want int) {
	b.ReportAllocs()
	for b.Loop() {
		codes, err := picture.Read(img, picture.Options{Quick: true, Formats: []picture.Format{picture.QR, picture.Code128}})
		if err != nil || len(codes) != want {
			b.Fatal(codes, err)
		}
	}
}

func BenchmarkReadEmptyFrame720p(b *testing.B) { benchmark(b, page(), 0) }

func BenchmarkReadQR(b *testing.B) {
	benchmark(b, frame(scantest.Shot{Turn: 7}).Of(must(b)(scantest.QR(scantest.Payload, 240))), 1)
}

func BenchmarkReadCode128(b *testing.B) {
	benchmark(b, frame(scantest.Shot{Turn: 20, Scale: .8}).Of(must(b)(scantest.Code128(dossier, 3, 150))), 1)
}
