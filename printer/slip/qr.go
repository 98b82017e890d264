package slip

import (
	"fmt"
	"image"

	qrcode "github.com/skip2/go-qrcode"
)

// The size of a module: 0.75 mm (6 dots at 203 dpi) was read by a poor camera
// in the simulation, 5 dots are the least that were read at all. A code grows
// to 33 mm where the paper has room, but not beyond 8 dots.
const (
	moduleMM    = 0.75
	moduleLeast = 5
	moduleMost  = 8
	codeMM      = 33
)

// qr paints a QR code with its quiet zone. The payload is ASCII; in upper case
// it needs a smaller code.
func qr(payload string) block {
	return func(s *sheet) {
		if payload == "" {
			return
		}
		modules, err := encodeQR(payload)
		if err != nil {
			s.err = err
			return
		}
		n := len(modules)
		dots := max(s.paper.MM(moduleMM), min(s.paper.MM(codeMM)/n, moduleMost))
		if dots = min(dots, s.paper.Dots/n); dots < moduleLeast {
			s.err = fmt.Errorf("slip: a QR code of %d modules does not fit %d dots", n, s.paper.Dots)
			return
		}
		x0, y0 := s.centre(n*dots), s.room(n*dots)
		for y, row := range modules {
			for x, dark := range row {
				if dark {
					s.picture.Fill(image.Rect(x0+x*dots, y0+y*dots, x0+(x+1)*dots, y0+(y+1)*dots))
				}
			}
		}
	}
}

// encodeQR returns the modules with the border of four that readers need. The
// level is M, or Q where that costs no larger code (go-qrcode calls Q "High").
func encodeQR(payload string) ([][]bool, error) {
	for _, r := range payload {
		if r < ' ' || r > '~' {
			return nil, fmt.Errorf("slip: a QR text must be printable ASCII, not %U", r)
		}
	}
	q, err := qrcode.New(payload, qrcode.Medium)
	if err != nil {
		return nil, fmt.Errorf("slip: encode QR: %w", err)
	}
	if better, err := qrcode.New(payload, qrcode.High); err == nil && better.VersionNumber == q.VersionNumber {
		q = better
	}
	return q.Bitmap(), nil
}
