package picture

import (
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
)

// symbol writes QR segments bit by bit.
type symbol struct {
	bits []byte
}

func (s *symbol) put(v, n int) *symbol {
	for n--; n >= 0; n-- {
		s.bits = append(s.bits, byte(v>>n&1))
	}
	return s
}

func (s *symbol) bytes(text string) *symbol {
	s.put(4, 4).put(len(text), 8)
	for _, b := range []byte(text) {
		s.put(int(b), 8)
	}
	return s
}

// data pads to as many codewords as a version has, with the terminator.
func (s *symbol) data(codewords int) []byte {
	s.put(0, min(4, 8*codewords-len(s.bits)))
	out := make([]byte, codewords)
	for i, b := range s.bits {
		out[i/8] |= b << (7 - i%8)
	}
	return out
}

// Data codewords of version 3 at level L; its counts have 10, 9, 8, 8 bits.
const version3L = 55

func TestQRText(t *testing.T) {
	const name = "Nguyễn Thị Hà"
	cut := 5 // in the middle of ễ
	for _, c := range []struct {
		what string
		data []byte
		want string
	}{
		{"whole", (&symbol{}).bytes(name).data(version3L), name},
		{"a letter cut between two segments", (&symbol{}).bytes(name[:cut]).bytes(name[cut:]).data(version3L), name},
		{"announced as Latin-1", (&symbol{}).put(7, 4).put(3, 8).bytes(name).data(version3L), name},
		{"announced as binary, two-byte number", (&symbol{}).put(7, 4).put(0x80|899>>8, 8).put(899&0xFF, 8).bytes(name).data(version3L), name},
		{"squeezed into Kanji mode", (&symbol{}).bytes("Th").put(8, 4).put(1, 8).put(kanjiValue(0xE1BB), 13).bytes("\x8b").data(version3L), "Thị"},
		{"digits and capitals", (&symbol{}).put(1, 4).put(5, 10).put(123, 10).put(45, 7).put(2, 4).put(3, 9).put(17*45+43, 11).put(44, 6).data(version3L), "12345H/:"},
		{"GS1 percent", (&symbol{}).put(5, 4).put(2, 4).put(4, 9).put(38*45+38, 11).put(10*45+38, 11).data(version3L), "%A\x1d"},
		{"Latin-1 stays the library's", (&symbol{}).bytes("Caf\xe9").data(version3L), "library"},
		{"count beyond the end", (&symbol{}).put(4, 4).put(200, 8).data(version3L), "library"},
		{"unknown mode", (&symbol{}).put(15, 4).data(version3L), "library"},
		{"no such length", make([]byte, 54), "library"},
	} {
		if got := qrText(c.data, "L", "library"); got != c.want {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}

func kanjiValue(c int) int {
	if c < 0xE040 {
		c -= 0x8140
	} else {
		c -= 0xC140
	}
	return c>>8*0xC0 + c&0xFF
}

func TestTidy(t *testing.T) {
	for in, want := range map[string]string{
		"\uFEFFHà": "Hà", "a\xf3": "aó", "Ha\u0300": "Hà", "": "",
	} {
		if got := tidy(in); got != want {
			t.Errorf("tidy(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzQRText(f *testing.F) {
	f.Add((&symbol{}).bytes("Nguyễn").data(version3L), 3)
	f.Add((&symbol{}).put(8, 4).put(9, 8).data(version3L), 27)
	f.Fuzz(func(t *testing.T, data []byte, version int) {
		qrBytes(data, 1+(version%40+40)%40)
		if s := qrText(data, "L", "library"); !utf8.ValidString(s) {
			t.Fatalf("%q is not UTF-8", s)
		}
	})
}

func TestCode128Text(t *testing.T) {
	const a, b, c = code128Start, code128Start + 1, code128Start + 2
	for _, x := range []struct {
		what    string
		symbols []int
		want    string
	}{
		{"digits", []int{c, 12, 34, 5}, "123405"},
		{"C then B", []int{c, 12, code128ToB, 33, 65}, "12Aa"},
		{"control characters in A", []int{a, 33, 64 + 13}, "A\r"},
		{"shift", []int{b, 65, code128Shift, 64 + 9, 65}, "a\ta"},
		{"FNC1 first and later", []int{c, code128FNC1, 1, code128FNC1, 2}, "01\x1d02"},
		{"FNC4 once", []int{b, code128ToB, 83, 66}, "\u00f3b"},
		{"FNC4 locked", []int{b, code128ToB, code128ToB, 83, code128ToB, 66, 83}, "\u00f3b\u00f3"},
		{"nothing", []int{b, code128FNC3}, ""},
	} {
		if got, ok := code128Text(x.symbols); got != x.want || ok != (x.want != "") {
			t.Errorf("%s: %q, %v, want %q", x.what, got, ok, x.want)
		}
	}
}

// Edges that ink spread has moved must still be read.
func TestReadCode128WithSpreadInk(t *testing.T) {
	for _, spread := range []float64{-.35, -.2, 0, .2, .35} {
		e := code128Edges([]int{code128Start + 1, 40, 18, 22}, 3, spread)
		if got, ok := readCode128(e); !ok || got != "H26" {
			t.Errorf("spread %v: %q, %v", spread, got, ok)
		}
		back := e.reversed()
		if got, ok := readCode128(back.reversed()); !ok || got != "H26" {
			t.Errorf("spread %v, reversed twice: %q, %v", spread, got, ok)
		}
		if got, ok := readCode128(back); ok {
			t.Errorf("spread %v, backwards: read %q", spread, got)
		}
	}
	e := code128Edges([]int{code128Start + 1, 40, 18, 23}, 3, 0)
	e.at = e.at[:len(e.at)-3]
	if got, ok := readCode128(e); ok {
		t.Errorf("cut off: read %q", got)
	}
}

// code128Edges draws symbols with their check symbol and stop.
func code128Edges(symbols []int, module, spread float64) edges {
	sum := symbols[0]
	for i, s := range symbols[1:] {
		sum += (i + 1) * s
	}
	e := edges{dark: true}
	x := 40.0
	for _, s := range append(symbols[:len(symbols):len(symbols)], sum%103, code128Stop) {
		for i := range 6 {
			off := -spread / 2 * module
			if i%2 == 1 {
				off = -off
			}
			e.at = append(e.at, x+off)
			x += float64(code128Widths[6*s+i]-'0') * module
		}
	}
	e.at = append(e.at, x-spread/2*module, x+(2+spread/2)*module)
	return e
}

func TestReadCode39Edges(t *testing.T) {
	draw := func(text string, wide float64) edges {
		e, x := edges{dark: true}, 10.0
		for i := range len(text) {
			p := 0
			for j := range len(code39Alphabet) {
				if code39Alphabet[j] == text[i] {
					p = code39Wide[j]
				}
			}
			for bit := 8; bit >= 0; bit-- {
				e.at = append(e.at, x)
				x++
				if p>>bit&1 == 1 {
					x += wide - 1
				}
			}
			e.at = append(e.at, x)
			x++
		}
		return e
	}
	for _, c := range []struct {
		text, want string
		wide       float64
	}{
		{"*H26-21*", "H26-21", 3},
		{"*H26-21*", "H26-21", 2},
		{"*$/+%*", "$/+%", 2.5},
		{"*A%*", "", 2},
		{"*ABC", "", 3},
		{"ABC*", "", 3},
	} {
		if got, ok := readCode39(draw(c.text, c.wide)); got != c.want || ok != (c.want != "") {
			t.Errorf("%s at %v: %q, %v", c.text, c.wide, got, ok)
		}
	}
}

// explosive is a binarizer that panics, as the library does on some pictures.
type explosive struct{ gozxing.Binarizer }

func (explosive) GetBlackMatrix() (*gozxing.BitMatrix, error) { panic("index out of range") }

func TestAttemptContainsPanics(t *testing.T) {
	for _, f := range []Format{QR, DataMatrix} {
		if h, ok := attempt(f, explosive{hybrid(newGray(50, 50))}); ok || h.code.Text != "" {
			t.Errorf("%s: read %v", f, h)
		}
	}
}

func TestErasedPaintsTheArea(t *testing.T) {
	g := newGray(8, 8)
	got := g.erased([]point{{2, 2}, {5, 2}, {5, 4}, {2, 4}})
	want := newGray(8, 8)
	for y := 2; y <= 4; y++ {
		for x := 2; x <= 5; x++ {
			want.pix[y*8+x] = 255
		}
	}
	if diff := cmp.Diff(want.pix, got.pix); diff != "" {
		t.Error(diff)
	}
}
