package escpos_test

import (
	"bytes"
	"encoding/hex"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"motcua/printer/escpos"
	"motcua/printer/raster"
)

var (
	printed = escpos.Marker{'a', 'b', 'c', 'd'}
	cut     = escpos.Marker{'e', 'f', 'g', 'h'}
)

func profile(t testing.TB, name string) escpos.Profile {
	t.Helper()
	p, err := escpos.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestExactBytes spells two whole jobs out.
func TestExactBytes(t *testing.T) {
	b := raster.New(64, 12)
	b.Set(0, 0)
	b.Set(63, 11)
	row0, row11 := "80"+strings.Repeat("00", 7), strings.Repeat("00", 7)+"01"
	for name, c := range map[string]struct {
		change func(*escpos.Profile)
		want   string
	}{
		"Epson": {
			func(p *escpos.Profile) {},
			"1b40 1c2e 1d610e 1d28440500140100 0200" +
				"1d763000 0800 0100" + row0 + "1b4a14" + "1d763000 0800 0100" + row11 +
				"1d2848060030306162636 4 1d564200 1d28480600303065666768",
		},
		"clone": {
			func(p *escpos.Profile) {
				p.Status, p.Confirm, p.FeedUnits, p.Guard, p.Cut = escpos.StatusPoll, escpos.ConfirmAnswer, 0, false, escpos.CutFull
			},
			"1b40 1c2e" + "1d763000 0800 0c00" + row0 + strings.Repeat("00", 80) + row11 + "1d564100 1d7201",
		},
		"mute": {
			func(p *escpos.Profile) {
				p.Status, p.Confirm, p.FeedUnits, p.Guard, p.Cut = escpos.StatusNone, escpos.ConfirmNone, 1, false, escpos.CutNone
			},
			"1b40 1c2e" + "1d763000 0800 0100" + row0 + "1b4a0a" + "1d763000 0800 0100" + row11 + "1b6405",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile(t, "epson-tm-t82")
			p.Paper.Dots = 64
			c.change(&p)
			got, err := p.Encode(b, printed, cut)
			if err != nil {
				t.Fatal(err)
			}
			if want := strings.ReplaceAll(c.want, " ", ""); hex.EncodeToString(got) != want {
				t.Errorf("got  %x\nwant %s", got, want)
			}
		})
	}
}

// noise is a random picture, dense enough to hold real-time commands.
func noise(t *rapid.T, dots int) *raster.Bitmap {
	b := raster.New(rapid.IntRange(1, dots).Draw(t, "width"), rapid.IntRange(1, 150).Draw(t, "height"))
	seed := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 0, 0x10, 0x04, 0x05, 0x14, 0xff, 0x18}), 1, 200).Draw(t, "pattern")
	for y := range b.Height {
		for i := range b.Row(y) {
			b.Row(y)[i] = seed[(y*7+i)%len(seed)]
		}
		if rapid.IntRange(0, 3).Draw(t, "blank") == 0 {
			clear(b.Row(y))
		}
		if over := b.Stride()*8 - b.Width; over > 0 {
			b.Row(y)[b.Stride()-1] &= 0xff << over
		}
	}
	return b
}

func TestNoRealTimeCommandSurvives(t *testing.T) {
	list, err := escpos.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(list).Draw(t, "profile")
		b := noise(t, p.Paper.Dots)
		before := bytes.Clone(b.Pix)
		out, err := p.Encode(b, printed, cut)
		if err != nil {
			t.Fatal(err)
		}
		for i := 0; i+1 < len(out); i++ {
			if out[i] == 0x10 && (out[i+1] == 4 || out[i+1] == 5 || out[i+1] == 0x14) {
				t.Fatalf("DLE %02x at byte %d", out[i+1], i)
			}
		}
		if !bytes.Equal(before, b.Pix) {
			t.Fatal("the caller's picture was changed")
		}
	})
}

func TestEncodeRefuses(t *testing.T) {
	p := profile(t, "generic-58")
	for name, b := range map[string]*raster.Bitmap{
		"too wide": raster.New(385, 10), "no rows": raster.New(384, 0), "no dots": raster.New(0, 10), "too long": raster.New(384, 60000),
	} {
		if _, err := p.Encode(b, printed, cut); err == nil {
			t.Errorf("%s was encoded", name)
		}
	}
}

func TestProfiles(t *testing.T) {
	list, err := escpos.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range list {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
		if seen[p.Name] || p.Label == "" {
			t.Errorf("%q stands twice or has no label", p.Name)
		}
		seen[p.Name] = true
	}
	if _, err := escpos.Find("fax"); err == nil || !strings.Contains(err.Error(), "generic-80") {
		t.Errorf("error %v does not help", err)
	}
	good := list[0]
	for name, spoil := range map[string]func(*escpos.Profile){
		"dots":    func(p *escpos.Profile) { p.Paper.Dots = 0 },
		"band":    func(p *escpos.Profile) { p.BandBytes = 10 },
		"units":   func(p *escpos.Profile) { p.FeedUnits = -1 },
		"cut":     func(p *escpos.Profile) { p.Cut = "scissors" },
		"mouth":   func(p *escpos.Profile) { p.Status, p.Confirm = escpos.StatusNone, escpos.ConfirmAnswer },
		"status":  func(p *escpos.Profile) { p.Status = "" },
		"confirm": func(p *escpos.Profile) { p.Confirm = "?" },
		"clear":   func(p *escpos.Profile) { p.Clear = "" },
		"speed":   func(p *escpos.Profile) { p.Speed = 0 },
	} {
		bad := good
		if spoil(&bad); bad.Check() == nil {
			t.Errorf("a profile with a wrong %s passed", name)
		}
	}
}

func TestMarkerIsPrintable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, err := escpos.NewMarker(bytes.NewReader(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "random")))
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range m {
			if b < 0x20 || b > 0x7e {
				t.Fatalf("marker % x", m)
			}
		}
	})
	if _, err := escpos.NewMarker(bytes.NewReader(nil)); err == nil {
		t.Error("a marker was made of nothing")
	}
}

func BenchmarkEncode(b *testing.B) {
	p, err := escpos.Find("epson-tm-t82")
	if err != nil {
		b.Fatal(err)
	}
	pic := raster.New(576, 1000)
	for i := range pic.Pix {
		pic.Pix[i] = byte(i * i)
	}
	for b.Loop() {
		if _, err := p.Encode(pic, printed, cut); err != nil {
			b.Fatal(err)
		}
	}
}
