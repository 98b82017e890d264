package picture

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// luminance hands a gray buffer to gozxing as it is. Its own sources convert
// pixel by pixel (a million allocations a frame) or cannot be turned.
type luminance struct{ *gray }

func (l luminance) GetMatrix() []byte { return l.pix }
func (l luminance) GetWidth() int     { return l.w }
func (l luminance) GetHeight() int    { return l.h }
func (l luminance) String() string    { return fmt.Sprintf("gray %d×%d", l.w, l.h) }

func (l luminance) GetRow(y int, row []byte) ([]byte, error) {
	if len(row) < l.w {
		row = make([]byte, l.w)
	}
	copy(row, l.pix[y*l.w:(y+1)*l.w])
	return row, nil
}

var errNoOperation = errors.New("not used by the two-dimensional readers")

func (l luminance) Invert() gozxing.LuminanceSource { return luminance{l.inverted()} }
func (l luminance) IsCropSupported() bool           { return false }
func (l luminance) IsRotateSupported() bool         { return false }
func (l luminance) Crop(_, _, _, _ int) (gozxing.LuminanceSource, error) {
	return nil, errNoOperation
}

func (l luminance) RotateCounterClockwise() (gozxing.LuminanceSource, error) {
	return nil, errNoOperation
}

func (l luminance) RotateCounterClockwise45() (gozxing.LuminanceSource, error) {
	return nil, errNoOperation
}

// threshold decides which pixels are ink.
type threshold func(*gray) gozxing.Binarizer

// hybrid compares with the mean around; global with one value for all. They
// fail on different pictures.
func hybrid(g *gray) gozxing.Binarizer { return gozxing.NewHybridBinarizer(luminance{g}) }
func global(g *gray) gozxing.Binarizer { return gozxing.NewGlobalHistgramBinarizer(luminance{g}) }

// middle compares with the middle between light and dark in blocks of 8×8
// pixels, smoothed over 5×5 blocks that have contrast. Unlike hybrid's mean it
// does not move with the share of ink in a block.
func middle(g *gray) gozxing.Binarizer {
	const size, contrast = 8, 24
	bw, bh := (g.w+size-1)/size, (g.h+size-1)/size
	raw := make([]int, bw*bh)
	for i := range raw {
		x, y := max(0, min(i%bw*size, g.w-size)), max(0, min(i/bw*size, g.h-size))
		lo, hi := byte(255), byte(0)
		for ; y < min((i/bw+1)*size, g.h); y++ {
			for _, p := range g.pix[y*g.w+x : y*g.w+min(x+size, g.w)] {
				lo, hi = min(lo, p), max(hi, p)
			}
		}
		if hi-lo > contrast {
			raw[i] = (int(lo) + int(hi)) / 2
		}
	}
	smooth := make([]int, bw*bh)
	last := 0
	for i := range smooth {
		sum, n := 2*raw[i], 0
		if raw[i] > 0 {
			n = 2
		}
		for y := max(0, i/bw-2); y <= min(bh-1, i/bw+2); y++ {
			for _, v := range raw[y*bw+max(0, i%bw-2) : y*bw+min(bw-1, i%bw+2)+1] {
				if v > 0 {
					sum += v
					n++
				}
			}
		}
		if n > 0 {
			last = sum / n
		}
		smooth[i] = last // flat blocks follow the block before them
	}
	return inkWhere(g, func(x, y int) int { return smooth[y/size*bw+x/size] })
}

// inked is a picture already cut into ink and paper.
type inked struct {
	luminance
	matrix *gozxing.BitMatrix
}

func inkWhere(g *gray, limit func(x, y int) int) gozxing.Binarizer {
	m, err := gozxing.NewBitMatrix(g.w, g.h)
	if err != nil {
		return nil // an empty picture: attempt refuses it
	}
	row := gozxing.NewBitArray(g.w)
	for y := range g.h {
		row.Clear()
		words := row.GetBitArray()
		for x, p := range g.pix[y*g.w : (y+1)*g.w] {
			if int(p) <= limit(x, y) {
				words[x/32] |= 1 << (x % 32)
			}
		}
		m.SetRow(y, row)
	}
	return inked{luminance{g}, m}
}

func (i inked) GetBlackMatrix() (*gozxing.BitMatrix, error) { return i.matrix, nil }
func (i inked) GetLuminanceSource() gozxing.LuminanceSource { return i.luminance }
func (i inked) CreateBinarizer(s gozxing.LuminanceSource) gozxing.Binarizer {
	return gozxing.NewHybridBinarizer(s)
}

func (i inked) GetBlackRow(y int, row *gozxing.BitArray) (*gozxing.BitArray, error) {
	return i.matrix.GetRow(y, row), nil
}

// hit is what one attempt read, and where.
type hit struct {
	code    Code
	corners []point
}

// attempt looks for one code of a two-dimensional format. It is the only place
// that runs gozxing, and no panic of it gets past.
func attempt(format Format, b gozxing.Binarizer) (h hit, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			slog.Error("bar code library panicked", "format", string(format), "panic", fmt.Sprint(p))
			h, ok = hit{}, false
		}
	}()
	bitmap, err := gozxing.NewBinaryBitmap(b)
	if err != nil {
		return hit{}, false
	}
	var reader gozxing.Reader
	if format == QR {
		reader = qrcode.NewQRCodeReader()
	} else {
		reader = datamatrix.NewDataMatrixReader()
	}
	r, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return hit{}, false // also when found but not decoded: another threshold may do it
	}
	text := r.GetText()
	if id, _ := r.GetResultMetadata()[gozxing.ResultMetadataType_SYMBOLOGY_IDENTIFIER].(string); id >= "]d4" && id <= "]d6" {
		return hit{}, false // an ECI in Data Matrix: the library takes its number for text
	}
	if format == QR {
		level, _ := r.GetResultMetadata()[gozxing.ResultMetadataType_ERROR_CORRECTION_LEVEL].(string)
		text = qrText(r.GetRawBytes(), level, text)
	}
	text = tidy(text)
	if text == "" {
		return hit{}, false
	}
	return hit{Code{format, text}, around(r.GetResultPoints())}, true
}

// around is a convex area that covers a code of which the finder's centres or
// the corners are known.
func around(points []gozxing.ResultPoint) []point {
	if len(points) < 3 {
		return nil
	}
	a, b, c := points[0], points[1], points[2] // bottom left, top left, top right in both readers
	d := point{a.GetX() + c.GetX() - b.GetX(), a.GetY() + c.GetY() - b.GetY()}
	area := []point{{a.GetX(), a.GetY()}, {b.GetX(), b.GetY()}, {c.GetX(), c.GetY()}, d}
	var mid point
	for _, p := range area {
		mid.x += p.x / 4
		mid.y += p.y / 4
	}
	// finder centres lie 3.5 modules inside: in the smallest code, 7 of 14 from the middle
	const grow = 1.7
	for i, p := range area {
		area[i] = point{mid.x + grow*(p.x-mid.x), mid.y + grow*(p.y-mid.y)}
		if math.IsNaN(area[i].x + area[i].y) {
			return nil
		}
	}
	return area
}

// latin1 repairs texts of the Data Matrix reader, which puts characters from
// 0x80 up as single bytes.
func latin1(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var out []rune
	for _, b := range []byte(s) {
		out = append(out, rune(b))
	}
	return string(out)
}
