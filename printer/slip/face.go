package slip

import (
	"image"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"

	"motcua/printer/raster"
)

// weight is one of the faces of Noto Sans.
type weight int

const (
	regular weight = iota
	semiBold
	bold
	extraBold
	weights
)

// floor is the smallest type, in dots, that was read back without errors in
// the legibility test.
const floor = 18

// ink is the coverage, of 255, from which a dot is black: 255 − 140, where 140
// is the grey that kept thin strokes and open counters in the OCR comparison.
const ink = 115

// face draws one weight at one size in dots. It belongs to one sheet: glyph
// buffers are reused.
type face struct {
	font.Face
	file   *sfnt.Font
	buf    sfnt.Buffer
	em     float64
	ascent int // from a line's top to its baseline
}

func newFace(f *opentype.Font, em float64) (*face, error) {
	// Unhinted: hinting is for screens and squeezes stacked marks together.
	ff, err := opentype.NewFace(f, &opentype.FaceOptions{Size: em, DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil, err
	}
	return &face{Face: ff, file: f, em: em, ascent: ff.Metrics().Ascent.Ceil()}, nil
}

// has reports whether the font has a letter.
func (f *face) has(r rune) bool {
	i, err := f.file.GlyphIndex(&f.buf, r)
	return err == nil && i != 0
}

// width is how far a text runs, in dots, rounded up.
func (f *face) width(s string) int { return font.MeasureString(f.Face, s).Ceil() }

// draw paints a text with its baseline at y. Each glyph is thresholded from
// its own mask, so no box can cut a mark off.
func (f *face) draw(b *raster.Bitmap, x, y int, s string) {
	dot := fixed.P(x, y)
	for _, r := range s {
		dr, mask, mp, advance, _ := f.Glyph(dot, r)
		if alpha, ok := mask.(*image.Alpha); ok {
			stamp(b, dr, alpha, mp)
		}
		dot.X += advance
	}
}

// stamp sets the dots that a glyph covers by more than ink.
func stamp(b *raster.Bitmap, dr image.Rectangle, mask *image.Alpha, mp image.Point) {
	for y := range dr.Dy() {
		row := mask.Pix[mask.PixOffset(mp.X, mp.Y+y):]
		for x := range dr.Dx() {
			if row[x] > ink {
				b.Set(dr.Min.X+x, dr.Min.Y+y)
			}
		}
	}
}

// wrap breaks a text into lines no wider than width: at spaces, and inside a
// word only when the word alone is too long.
func (f *face) wrap(s string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(strings.ReplaceAll(s, "\u00a0", nbsp)) {
		word = strings.ReplaceAll(word, nbsp, "\u00a0")
		if line != "" && f.width(line+" "+word) <= width {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; f.width(line) > width; {
			n := f.fit(line, width)
			if n == len(line) {
				break // one letter, wider than the paper
			}
			lines, line = append(lines, line[:n]), line[n:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// nbsp stands for a no-break space while a text is split at its other spaces;
// clean has removed every such character from what came from outside.
const nbsp = "\x00"

// fit returns how many bytes of a word fit into width: whole letters with
// their marks, and at least one.
func (f *face) fit(s string, width int) int {
	n := 0
	for i, r := range s {
		if i == 0 || unicode.Is(unicode.M, r) {
			continue
		}
		if n > 0 && f.width(s[:i]) > width {
			return n
		}
		n = i
	}
	if n == 0 {
		return len(s)
	}
	return n
}

// balance wraps like wrap but makes the lines about equally long, which reads
// better when they are centred.
func (f *face) balance(s string, width int) []string {
	best := f.wrap(s, width)
	if len(best) < 2 {
		return best
	}
	for low, high := width/2, width; low < high; {
		mid := (low + high) / 2
		if lines := f.wrap(s, mid); len(lines) == len(best) {
			best, high = lines, mid
		} else {
			low = mid + 1
		}
	}
	return best
}
