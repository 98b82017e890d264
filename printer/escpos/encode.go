package escpos

import (
	"bytes"
	"fmt"
	"io"

	"motcua/printer/raster"
)

// Commands (ESC/POS reference).
var (
	cmdInit     = []byte{0x1b, 0x40}                                                                                         // ESC @
	cmdSingle   = []byte{0x1c, 0x2e}                                                                                         // FS .  leave double-byte mode, in which Chinese firmware starts
	cmdASB      = []byte{0x1d, 0x61, 0x0e}                                                                                   // GS a  report on/offline, errors and paper
	cmdGuard    = []byte{0x1d, 0x28, 0x44, 0x05, 0x00, 0x14, 1, 0, 2, 0}                                                     // GS ( D
	cmdProcess  = []byte{0x1d, 0x28, 0x48, 0x06, 0x00, 0x30, 0x30}                                                           // GS ( H fn 48, then the marker
	cmdAnswer   = []byte{0x1d, 0x72, 0x01}                                                                                   // GS r 1
	cmdClear    = []byte{0x10, 0x14, 0x08, 0x01, 0x03, 0x14, 0x01, 6, 2, 8}                                                  // DLE DC4 fn 8
	cmdCut      = map[string][]byte{CutPartial: {0x1d, 0x56, 66, 0}, CutFull: {0x1d, 0x56, 65, 0}, CutNone: {0x1b, 0x64, 5}} // GS V, ESC d
	bandCommand = []byte{0x1d, 0x76, 0x30, 0x00}                                                                             // GS v 0, normal size
)

const (
	bandHeader = 8 // GS v 0 m xL xH yL yH
	// blankRun is how many blank rows are worth a feed command.
	blankRun = 8
)

// Marker is a process id: four bytes that a printer returns when it has come
// to them. They are random, so that nobody else on the wire can confirm a slip
// he has not seen.
type Marker [4]byte

// NewMarker makes a marker of four random bytes.
func NewMarker(random io.Reader) (Marker, error) {
	var m Marker
	if _, err := io.ReadFull(random, m[:]); err != nil {
		return m, fmt.Errorf("make a print marker: %w", err)
	}
	for i, b := range m {
		m[i] = 0x20 + b%0x5f // 20h to 7Eh
	}
	return m, nil
}

// Hello is sent when a connection begins: normal state, status reports on.
func (p Profile) Hello() []byte {
	out := append(bytes.Clone(cmdInit), cmdSingle...)
	if p.Status == StatusASB {
		out = append(out, cmdASB...)
	}
	return out
}

// Poll asks for the state in four questions (DLE EOT 1 to 4). Tell the Reader
// with Reader.Asked. Each question must reach the printer in one piece.
func (p Profile) Poll() []byte {
	return []byte{0x10, 0x04, 1, 0x10, 0x04, 2, 0x10, 0x04, 3, 0x10, 0x04, 4}
}

// Drop throws away what a printer has received and not printed. With
// ClearBuffer it answers Cleared; Flush is the fallback.
func (p Profile) Drop() []byte {
	if p.Clear == ClearBuffer {
		return bytes.Clone(cmdClear)
	}
	return p.Flush()
}

// CutOff parts what is on the paper already from what comes next.
func (p Profile) CutOff() []byte { return bytes.Clone(cmdCut[p.Cut]) }

// Resync is for a new connection after one that was cut anywhere: NULs end a
// command that was received in part, which would take ours for its rest, then
// Drop and Hello.
func (p Profile) Resync() []byte {
	out := append(make([]byte, 16), p.Drop()...)
	return append(out, p.Hello()...)
}

// Flush completes any half-received picture with white, then initialises.
func (p Profile) Flush() []byte {
	return append(make([]byte, p.BandBytes), p.Hello()...)
}

// Encode makes the bytes of one slip: initialise, picture, cut, and whatever
// makes the printer confirm. printed and cut are returned by printers with
// ConfirmProcess, after the last row and after the cut. A picture narrower
// than the paper is centred; a wider one is an error.
func (p Profile) Encode(b *raster.Bitmap, printed, cut Marker) ([]byte, error) {
	if b.Width > p.Paper.Dots {
		return nil, fmt.Errorf("encode slip: %d dots are wider than the paper's %d", b.Width, p.Paper.Dots)
	}
	if b.Height < 1 || b.Width < 1 || b.Height*p.Paper.Dots > raster.MaxDots {
		return nil, fmt.Errorf("encode slip: %d × %d dots", b.Width, b.Height)
	}
	out := make([]byte, 0, b.Height*p.stride()+256)
	out = append(out, p.Hello()...)
	if p.Guard {
		out = append(out, cmdGuard...)
	}
	out = p.picture(out, b)
	if p.Confirm == ConfirmProcess {
		out = append(append(out, cmdProcess...), printed[:]...)
	}
	out = append(out, cmdCut[p.Cut]...)
	switch p.Confirm {
	case ConfirmProcess:
		out = append(append(out, cmdProcess...), cut[:]...)
	case ConfirmAnswer:
		out = append(out, cmdAnswer...)
	}
	return out, nil
}

// picture appends bands and feeds.
func (p Profile) picture(out []byte, b *raster.Bitmap) []byte {
	left := (p.stride() - b.Stride()) / 2
	for y := 0; y < b.Height; {
		if n := blanks(b, y); p.FeedUnits > 0 && n >= blankRun {
			out = p.feed(out, n)
			y += n
			continue
		}
		rows := 1
		for rows < p.rows() && y+rows < b.Height && !(p.FeedUnits > 0 && blanks(b, y+rows) >= blankRun) {
			rows++
		}
		out = p.band(out, b, y, rows, left)
		y += rows
	}
	return out
}

// blanks counts blank rows from y on, as far as it matters.
func blanks(b *raster.Bitmap, y int) int {
	n := 0
	for y+n < b.Height && b.Blank(y+n) {
		n++
	}
	return n
}

// feed appends "ESC J n" for blank rows.
func (p Profile) feed(out []byte, rows int) []byte {
	for most := 255 / p.FeedUnits; rows > 0; {
		n := min(rows, most)
		out = append(out, 0x1b, 0x4a, byte(n*p.FeedUnits))
		rows -= n
	}
	return out
}

// band appends one "GS v 0".
func (p Profile) band(out []byte, b *raster.Bitmap, y, rows, left int) []byte {
	stride := p.stride()
	out = append(out, bandCommand...)
	out = append(out, byte(stride), byte(stride>>8), byte(rows), 0)
	start := len(out)
	out = append(out, make([]byte, rows*stride)...)
	for i := range rows {
		copy(out[start+i*stride+left:], b.Row(y+i))
	}
	hush(out[start:])
	return out
}

// hush breaks every real-time command (DLE EOT, DLE ENQ, DLE DC4) in picture
// data: printers execute them wherever they stand, and one of them opens the
// drawer, another clears the buffer. One dot more beside the one of the DLE is
// not seen. Headers cannot hold such a pair, nor complete one: a band's first
// header bytes are 1D 76 30 00 and its data follows a 0.
func hush(data []byte) {
	for i := 0; i+1 < len(data); i++ {
		if data[i] == 0x10 && (data[i+1] == 0x04 || data[i+1] == 0x05 || data[i+1] == 0x14) {
			data[i] = 0x18
		}
	}
}
