package scantest

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/skip2/go-qrcode"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"motcua/assets/fonts"
)

// Payload is the text of an invented citizen's card.
const Payload = "001098012345|012345678|NGUYỄN VĂN A|01011998|Nam|Số 10 Tràng Thi, Hoàn Kiếm, Hà Nội|01012023"

// QR draws a QR code of at least the given width in whole pixels a module, with
// its quiet zone, black on white.
func QR(text string, width int) (*image.Gray, error) {
	q, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("make QR code: %w", err)
	}
	m := q.Bitmap() // with a border of four modules
	scale := max(1, (width+len(m)-1)/len(m))
	g := white(len(m)*scale, len(m)*scale)
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if m[y/scale][x/scale] {
				g.Pix[y*g.Stride+x] = 0
			}
		}
	}
	return g, nil
}

// Code128 draws bars of so many pixels a module and so high, with quiet zones.
func Code128(text string, module, height int) (*image.Gray, error) {
	return written(oned.NewCode128Writer(), text, gozxing.BarcodeFormat_CODE_128, module, height)
}

// Code39 draws bars like Code128.
func Code39(text string, module, height int) (*image.Gray, error) {
	return written(oned.NewCode39Writer(), text, gozxing.BarcodeFormat_CODE_39, module, height)
}

// DataMatrix draws a Data Matrix of so many pixels a module.
func DataMatrix(text string, module int) (*image.Gray, error) {
	return written(datamatrix.NewDataMatrixWriter(), text, gozxing.BarcodeFormat_DATA_MATRIX, module, 0)
}

func written(w gozxing.Writer, text string, f gozxing.BarcodeFormat, module, height int) (*image.Gray, error) {
	m, err := w.EncodeWithoutHint(text, f, 1, 1)
	if err != nil {
		return nil, fmt.Errorf("make bar code: %w", err)
	}
	if height == 0 {
		height = m.GetHeight() * module
	}
	const quiet = 12
	g := white((m.GetWidth()+2*quiet)*module, height+2*quiet*module)
	for y := range height {
		for x := range m.GetWidth() * module {
			if m.Get(x/module, min(y/module, m.GetHeight()-1)) {
				g.Pix[(y+quiet*module)*g.Stride+x+quiet*module] = 0
			}
		}
	}
	return g, nil
}

// Card draws a specimen card, 1000×630 pixels for 85.6×54 mm, with the QR code
// of a payload at the top right, where cards issued from 2021 to 2024 have it.
func Card(payload string) (*image.Gray, error) {
	code, err := QR(payload, 190)
	if err != nil {
		return nil, err
	}
	g := white(1000, 630)
	for y := range 630 { // a pale pattern, as printed cards have
		for x := range 1000 {
			g.Pix[y*g.Stride+x] = byte(205 + (x/3+y/5)%23 + (x*y/997)%9)
		}
	}
	fill(g, image.Rect(40, 200, 290, 560), 150) // where the photograph would be
	fill(g, image.Rect(110, 250, 220, 390), 95)
	fill(g, image.Rect(70, 410, 260, 560), 110)
	lines := []struct {
		x, y, size int
		text       string
	}{
		{330, 60, 26, "THẺ MẪU · SPECIMEN"},
		{330, 110, 22, "Không có giá trị sử dụng"},
		{330, 300, 24, "Số / No.:  0•••••••••••"},
		{330, 350, 24, "Họ và tên / Full name"},
		{330, 400, 24, "Ngày sinh / Date of birth"},
		{330, 450, 24, "Giới tính / Sex"},
		{330, 500, 24, "Nơi thường trú / Place of residence"},
		{330, 540, 20, "……………………………………………………"},
	}
	for _, l := range lines {
		if err := write(g, l.x, l.y, l.size, l.text); err != nil {
			return nil, err
		}
	}
	at := image.Pt(1000-code.Rect.Dx()-30, 30)
	draw.Draw(g, code.Rect.Add(at), code, image.Point{}, draw.Src)
	return g, nil
}

// Slip draws a paper slip, 72 mm wide at 203 dpi, with a heading, a big label
// and the QR code of a text: a ticket or a receipt.
func Slip(heading, label, qr string) (*image.Gray, error) {
	code, err := QR(qr, 240)
	if err != nil {
		return nil, err
	}
	g := white(576, 420+code.Rect.Dy())
	for _, l := range []struct {
		y, size int
		text    string
	}{{70, 32, heading}, {250, 130, label}, {330, 24, "Vui lòng chờ gọi số"}, {370, 20, "Please wait for your number"}} {
		if err := write(g, 40, l.y, l.size, l.text); err != nil {
			return nil, err
		}
	}
	draw.Draw(g, code.Rect.Add(image.Pt((576-code.Rect.Dx())/2, 390)), code, image.Point{}, draw.Src)
	return g, nil
}

// Save writes a picture as PNG.
func Save(w io.Writer, img image.Image) error { return png.Encode(w, img) }

func white(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	fill(g, g.Rect, 255)
	return g
}

func fill(g *image.Gray, r image.Rectangle, light byte) {
	draw.Draw(g, r, image.NewUniform(color.Gray{Y: light}), image.Point{}, draw.Src)
}

func write(g *image.Gray, x, y, size int, text string) error {
	f, err := opentype.Parse(fonts.Regular)
	if err != nil {
		return fmt.Errorf("parse font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return fmt.Errorf("open font: %w", err)
	}
	d := font.Drawer{Dst: g, Src: image.Black, Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
	return face.Close()
}
