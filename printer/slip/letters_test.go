package slip

import (
	"image"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"motcua/assets/i18n"
	"motcua/printer/raster"
)

// letters returns all 146 letters that Vietnamese has beyond or with ASCII's
// vowels: 12 vowels by 6 tones and đ, small and capital.
func letters() []string {
	var all []string
	for _, base := range strings.Split("a ă â e ê i o ô ơ u ư y", " ") {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"} {
			c := norm.NFC.String(base + tone)
			all = append(all, c, strings.ToUpper(c))
		}
	}
	return append(all, "đ", "Đ")
}

func testMaker(t *testing.T) *Maker {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAllLettersStayInTheirLine(t *testing.T) {
	if n := len(letters()); n != 146 {
		t.Fatalf("%d letters, want 146", n)
	}
	m := testMaker(t)
	for _, paper := range []raster.Paper{{Dots: 576, DPI: 203}, {Dots: 512, DPI: 180}, {Dots: 384, DPI: 203}} {
		s, err := m.sheet(paper)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range []style{heading, subhead, service, mark, body, value, caption, strong, small} {
			f := s.face(st)
			for _, letter := range letters() {
				if !f.has([]rune(letter)[0]) {
					t.Errorf("the font has no %s", letter)
				}
				inLine(t, f, letter)
			}
		}
	}
}

// inLine fails when any ink of a letter falls outside its own line.
func inLine(t *testing.T, f *face, letter string) {
	t.Helper()
	line, free := raster.New(200, lineHeight(f)), raster.New(200, 200)
	f.draw(line, 50, f.ascent, letter)
	f.draw(free, 50, 100, letter)
	if line.Ink() == 0 || line.Ink() != free.Ink() {
		t.Errorf("%s at %.0f dots: %d dots of ink in its line, %d when free", letter, f.em, line.Ink(), free.Ink())
	}
}

func TestLettersInPiecesPrintTheSame(t *testing.T) {
	m := testMaker(t)
	paper := raster.Paper{Dots: 576, DPI: 203}
	for _, letter := range letters() {
		whole, err := m.set(paper, []block{centred(service, letter)})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := m.set(paper, []block{centred(service, norm.NFD.String(letter))})
		if err != nil {
			t.Fatal(err)
		}
		if !whole.Equal(pieces) || whole.Ink() == 0 {
			t.Errorf("%s prints differently when typed in pieces", letter)
		}
	}
}

// TestThickMarks guards the threshold: the marks that tell letters apart must
// survive it at the smallest size.
func TestThickMarks(t *testing.T) {
	m := testMaker(t)
	f, err := newFace(m.fonts[semiBold], floor)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, letter := range letters() {
		b := raster.New(60, 60)
		f.draw(b, 20, 40, letter)
		if other, twice := seen[string(b.Pix)]; twice {
			t.Errorf("%s and %s look the same at %d dots", letter, other, floor)
		}
		seen[string(b.Pix)] = letter
	}
}

func TestClean(t *testing.T) {
	long := strings.Repeat("ơ", fieldLimit+5)
	for name, c := range map[string]struct{ in, want string }{
		"composes":             {"Vie\u0323\u0302t", "Việt"},
		"controls are dropped": {"a\x1b@\x10\x04b\u0085c", "a@b c"},
		"bidi is dropped":      {"a\u202eb\u2066c", "abc"},
		"zero width inside":    {"e\u200d\u0301", "é"},
		"marks pile up":        {"x" + strings.Repeat("\u0301", 50), "x\u0301"},
		"a mark alone":         {"\u0301x \u0301y", "x y"},
		"space of all kinds":   {" a\t\n\u2003b ", "a b"},
		"no-break space stays": {"4\u00a0người", "4\u00a0người"},
		"private use":          {"a\ue000b\U000f0000c", "abc"},
		"too long":             {long, strings.Repeat("ơ", fieldLimit) + "…"},
		"empty":                {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := clean(c.in); got != c.want {
				t.Errorf("clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, s := range []string{"Nguyễn", "\x1b@", "=cmd()", "\u202e", "e\u0323\u0302", strings.Repeat("\u0301", 90), "\xff\xfe"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(s)
		if !norm.NFC.IsNormalString(got) {
			t.Errorf("%q is not NFC", got)
		}
		if again := clean(got); again != got {
			t.Errorf("cleaning twice: %q, then %q", got, again)
		}
		if n := len([]rune(got)); n > 2*fieldLimit+2 {
			t.Errorf("%d characters are too many", n)
		}
	})
}

func TestWrapLosesNothing(t *testing.T) {
	m := testMaker(t)
	f, err := newFace(m.fonts[bold], 26)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"Thủ tục đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con",
		"Nghiêngnghiêngnghiêngnghiêngnghiêngnghiêngnghiêng x",
		"W", "", strings.Repeat("m", 100), "a x\u0301y" + strings.Repeat("z\u0301", 60),
	} {
		for _, width := range []int{30, 100, 384, 540} {
			for _, lines := range [][]string{f.wrap(text, width), f.balance(text, width)} {
				if got := strings.Join(lines, ""); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text, " ", "") {
					t.Errorf("%q at %d became %q", text, width, got)
				}
				for _, line := range lines {
					if w := f.width(line); w > width && len([]rune(line)) > 2 {
						t.Errorf("%q is %d dots wide, more than %d", line, w, width)
					}
				}
			}
		}
	}
}

func TestBoxIsClosed(t *testing.T) {
	b := raster.New(40, 30)
	frame(b, image.Rect(5, 6, 35, 26), 2)
	if got, want := b.Ink(), 2*30*2+2*16*2; got != want {
		t.Errorf("the frame has %d dots, want %d", got, want)
	}
}
