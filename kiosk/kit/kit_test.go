package kit_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/kit/kittest"
)

// newLook gives a look whose taps are never too soon.
func newLook(t *testing.T) *kit.Look {
	t.Helper()
	test.NewTempApp(t)
	l := kit.NewLook(kit.KioskPanel(), kit.Kiosk)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	l.SetClock(func() time.Time { now = now.Add(time.Second); return now })
	return l
}

func TestTextWrapsToItsWidthAndAsksForTheHeight(t *testing.T) {
	l := newLook(t)
	text := l.Say(kit.Style{Size: kit.Body}, "Đưa **giấy hẹn** hoặc **căn cước** vào khe quét bất cứ lúc nào, máy sẽ tự mở đúng hồ sơ.")
	one, many := text.HeightFor(l.MM(800)), text.HeightFor(l.MM(80))
	if want := 1.4 * l.Em(kit.Body); one < want-0.5 || one > want+0.5 {
		t.Errorf("one line is %.1f high, want %.1f", one, want)
	}
	if many < 2.9*one {
		t.Errorf("at 80 mm the height is %.1f, want three lines or more of %.1f", many, one)
	}
}

func TestTextDropsWhatDisturbsItsNeighbours(t *testing.T) {
	l := newLook(t)
	text := l.Say(kit.Style{}, "Nguyễn\u202eThị\x1b@\x00 Ánh\u200b")
	text.Resize(fyne.NewSize(900, 100))
	got := kittest.Words(l.Middle(text))
	if want := "Nguyễn\u202eThị\x1b@\x00 Ánh\u200b"; got != want {
		t.Fatalf("String gives %q, want what was set", got)
	}
	for _, o := range test.WidgetRenderer(text).Objects() {
		if s := kittest.Words(o); strings.ContainsAny(s, "\u202e\x1b\x00\u200b") {
			t.Errorf("drawn text %q holds control characters", s)
		}
	}
}

func TestLongTextStaysWithinItsLines(t *testing.T) {
	l := newLook(t)
	for name, s := range map[string]string{"one endless word": strings.Repeat("Ặ", 10_000), "words": strings.Repeat("nguyễn ", 5_000)} {
		t.Run(name, func(t *testing.T) {
			text := l.Say(kit.Style{Size: kit.Body, Lines: 2}, s)
			text.Resize(fyne.NewSize(400, 100))
			if got, most := text.HeightFor(400), 2*1.4*l.Em(kit.Body); got > most+1 {
				t.Errorf("height %.0f, want at most %.0f", got, most)
			}
			if !text.Cut() {
				t.Error("it is not said to be cut")
			}
			for _, o := range test.WidgetRenderer(text).Objects() {
				if w := o.MinSize().Width; w > 402 {
					t.Errorf("a line is %.0f wide, want 400", w)
				}
			}
		})
	}
}

func TestShrinkingNumberFitsItsWidth(t *testing.T) {
	l := newLook(t)
	n := l.Say(kit.Style{Size: kit.Number, Weight: kit.ExtraBold, Tight: true, Shrink: true}, "A012")
	full := n.HeightFor(2000)
	n.Set("X1-0070")
	if got := n.HeightFor(600); got >= full {
		t.Errorf("seven figures in 600 are %.0f high, want less than %.0f", got, full)
	}
	n.Resize(fyne.NewSize(600, 300))
	for _, o := range test.WidgetRenderer(n).Objects() {
		if w := o.MinSize().Width; w > 600 {
			t.Errorf("they are %.0f wide, want 600", w)
		}
	}
	n.Set("A012")
	if got := n.HeightFor(2000); got != full {
		t.Errorf("back in full size it is %.0f high, want %.0f", got, full)
	}
}

func TestSecondTapSoonAfterTheFirstDoesNothing(t *testing.T) {
	test.NewTempApp(t)
	now := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		density kit.Density
		after   time.Duration
		other   bool // the second tap lands on another button
		want    int
	}{
		{"kiosk, 699 ms", kit.Kiosk, 699 * time.Millisecond, false, 1},
		{"kiosk, 701 ms", kit.Kiosk, 701 * time.Millisecond, false, 2},
		{"kiosk, on what the first brought up", kit.Kiosk, 300 * time.Millisecond, true, 1},
		{"desk, double click", kit.Desk, 200 * time.Millisecond, false, 1},
		{"desk, another button at once", kit.Desk, 100 * time.Millisecond, true, 2},
		{"clock set back between taps", kit.Kiosk, -time.Hour, false, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, n, at := kit.NewLook(kit.KioskPanel(), c.density), 0, now
			l.SetClock(func() time.Time { return at })
			a, b := l.Button(kit.Primary, func() { n++ }), l.Button(kit.Primary, func() { n++ })
			test.Tap(a)
			at = at.Add(c.after)
			if c.other {
				a = b
			}
			test.Tap(a)
			if n != c.want {
				t.Errorf("got %d taps, want %d", n, c.want)
			}
		})
	}
}

func TestDisabledButtonDoesNothing(t *testing.T) {
	l, n := newLook(t), 0
	b := l.Button(kit.Primary, func() { n++ })
	b.SetDisabled(true)
	test.Tap(b)
	if n != 0 {
		t.Error("a disabled button was pressed")
	}
}

func TestSizesComeFromThePanel(t *testing.T) {
	for _, c := range []struct {
		name string
		p    kit.Panel
		want float32 // Fyne units of 20 design millimetres
	}{
		{"21.5 inch upright", kit.KioskPanel(), 80.6},
		{"43 inch upright, enlarged", kit.Panel{WidthMM: 529, HeightMM: 941, PxW: 1080, PxH: 1920}, 80.6},
		{"15.6 inch lying, never below real size", kit.Panel{WidthMM: 345, HeightMM: 194, PxW: 1366, PxH: 768}, 79.2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := kit.NewLook(c.p, kit.Kiosk).MM(20); got < c.want-1 || got > c.want+1 {
				t.Errorf("got %.1f, want %.1f", got, c.want)
			}
		})
	}
}

func TestPanelsThatCannotBeMeantAreRefused(t *testing.T) {
	for name, p := range map[string]kit.Panel{
		"no millimetres":    {PxW: 1080, PxH: 1920},
		"turned millimetre": {WidthMM: 476, HeightMM: 268, PxW: 1080, PxH: 1920},
	} {
		if p.Check() == nil {
			t.Errorf("%s: got no error", name)
		}
	}
	for _, p := range []kit.Panel{kit.KioskPanel(), kit.HallPanel(), kit.DeskPanel(1366, 768)} {
		if err := p.Check(); err != nil {
			t.Error(err)
		}
	}
}

func TestLargeModeReachesTheCapitalsOfTheRule(t *testing.T) {
	l := newLook(t)
	root := l.Root(l.Column(0))
	capital := func(s kit.Size) float32 { return l.Em(s) * kit.CapHeight / l.Panel().MM(1) }
	if got := capital(kit.Body); got < 4.9 {
		t.Errorf("body capitals are %.2f mm, want 4.9", got)
	}
	root.Apply(kit.Mode{Large: true})
	for s := kit.Small; s <= kit.Number; s++ {
		if got := capital(s); got < 7.3 {
			t.Errorf("size %d: large capitals are %.2f mm, want 7.3", s, got)
		}
	}
}

func TestModeChangesInPlace(t *testing.T) {
	l := newLook(t)
	label := l.Say(kit.Style{Size: kit.Body}, "Lấy số thứ tự")
	root := l.Root(l.Column(0, label))
	w := test.NewTempWindow(t, root)
	w.Resize(fyne.NewSize(800, 600))
	before := label.Size().Height
	root.Apply(kit.Mode{Large: true, Contrast: true})
	if after := label.Size().Height; after <= before {
		t.Errorf("large text is %.0f high, standard %.0f", after, before)
	}
	if r, _, _, _ := w.Canvas().Capture().At(790, 590).RGBA(); r != 0 {
		t.Error("the paper did not turn black")
	}
}

func TestSettleMakesRoomForLongerWords(t *testing.T) {
	l := newLook(t)
	a, b := l.Say(kit.Style{Size: kit.Body}, "ngắn"), l.Say(kit.Style{Size: kit.Body}, "dưới")
	root := l.Root(l.Surface(kit.Skin{}, l.Column(0, a, b)))
	test.NewTempWindow(t, root).Resize(fyne.NewSize(300, 900))
	before := b.Position().Y
	a.Set(strings.Repeat("dài hơn nhiều ", 6))
	root.Settle()
	if b.Position().Y <= before {
		t.Errorf("the text below stayed at %.0f", b.Position().Y)
	}
	l.Show(a, false)
	root.Settle()
	if b.Position().Y != 0 {
		t.Errorf("the text below is at %.0f, want 0", b.Position().Y)
	}
}

func TestQRHasWholeModulesAndAQuietZone(t *testing.T) {
	l := newLook(t)
	q := l.QR(40)
	q.Set("HTTPS://MC.TAYHO.GOV.VN/T/261122-A012-7F3K")
	test.NewTempWindow(t, q).Resize(fyne.NewSize(400, 400))
	if !q.Drawn() {
		t.Fatal("nothing drawn")
	}
	q.Set(strings.Repeat("dài", 4000))
	if q.Drawn() {
		t.Error("a text that fits no code left the old one on the screen")
	}
}

func TestUnknownIconShowsTheFallback(t *testing.T) {
	l := newLook(t)
	for _, w := range []icons.Weight{icons.Bold, icons.Duotone, icons.Fill} {
		i := l.Pic("no-such-thing", w, kit.Ink, 20)
		win := test.NewTempWindow(t, i)
		win.SetPadded(false)
		win.Resize(fyne.NewSize(100, 100))
		img, seen := win.Canvas().Capture(), false
		for x := range img.Bounds().Dx() {
			r, g, b, _ := img.At(x, img.Bounds().Dy()/2).RGBA()
			seen = seen || r+g+b < 0x9000
		}
		if !seen {
			t.Errorf("weight %s: nothing drawn", w)
		}
	}
}

// TestShowroom draws every part once per mode; with MOTCUA_LOOK set to a
// folder it leaves the pictures there to look at.
func TestShowroom(t *testing.T) {
	l := newLook(t)
	root := l.Root(showroom(l))
	w := test.NewTempWindow(t, root)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(1080, 1920))
	for name, m := range map[string]kit.Mode{"standard": {}, "contrast": {Contrast: true}, "large": {Large: true}} {
		root.Apply(m)
		for _, f := range kittest.Check(root, l.Panel(), kittest.KioskRules()) {
			t.Errorf("%s: %s", name, f)
		}
		if dir := os.Getenv("MOTCUA_LOOK"); dir != "" {
			kittest.Save(t, dir+"/kit-"+name+".png", w.Canvas().Capture())
		}
	}
}

func showroom(l *kit.Look) fyne.CanvasObject {
	tap := func() {}
	seg := l.Segment([]string{"Tiếng Việt", "English"}, func(int) {})
	seg.Set(0)
	bar := l.Surface(kit.Skin{Fill: kit.Header}, l.Pad(7, l.Row(5, l.Button(kit.OnBar, tap).Set("arrow-left", "Quay lại"), kit.Spring(), seg)))
	sw, on := l.Switch(), l.Switch()
	on.Set(true)
	pill, warn := l.Pill(kit.Body), l.Pill(kit.Body)
	pill.Set(kit.Good, "", "Đã có kết quả, mời nhận")
	warn.Set(kit.Warn, "", "Quá hạn")
	tile := l.Press(kit.Tile(), l.Pad(6, l.Row(6, l.Badge(l.Pic("baby", icons.Duotone, kit.Blue, 12), 21),
		kit.Grow(l.Column(0, l.Say(kit.Style{Size: kit.Strong, Weight: kit.Bold}, "Hộ tịch, chứng thực"), l.Say(kit.Style{Size: kit.Body, Color: kit.Ink2}, "Khai sinh, kết hôn"))), sw)), tap)
	chip, chosen := l.Chip(tap), l.Chip(tap)
	chip.Set("Đúng hẹn", false)
	chosen.Set("Cán bộ lịch sự", true)
	steps := l.Steps(4)
	steps.Set([]kit.Step{{Title: "Tiếp nhận tại quầy 3", Sub: "20/11 08:15"}, {Title: "Tư pháp – Hộ tịch", Sub: "20/11 15:40"}, {Title: "Chờ ông/bà nhận kết quả", Sub: "Quầy 5", Now: true, Icon: "envelope-open"}})
	qr := l.QR(40)
	qr.Set("HTTPS://EXAMPLE.VN/T/261122-A012-7F3K")
	banner := l.Banner(kit.Calm, kit.Body, 10)
	banner.Set("scan", "Đưa **giấy hẹn** vào khe quét.")
	return l.Column(0, bar, l.Inset(8, 14, 8, 14, l.Column(5,
		l.Say(kit.Style{Size: kit.Title, Weight: kit.ExtraBold}, "Xin chào, ông/bà cần gì?"),
		l.Grid(kit.Cols(2), 6, 0, l.BigButton(kit.Primary, tap).Set("ticket", "Lấy số"), l.BigButton(kit.Solid, tap).Set("", "Xong (8)"), l.Button(kit.Outline, tap).Set("house-line", "Gửi về nhà"), l.Button(kit.Accept, tap).Set("check", "Xong")),
		tile, l.Flow(6, pill, warn, sw2(on)), l.Flow(6, chip, chosen), banner, l.Dashes(),
		l.Row(6, qr, kit.Grow(l.Card(8, steps))),
		l.Say(kit.Style{Size: kit.Number, Weight: kit.ExtraBold, Color: kit.Brand, Align: fyne.TextAlignCenter, Tight: true}, "A012"),
	)))
}

func sw2(s *kit.Switch) fyne.CanvasObject { return s }
