package picture

import (
	"image"
	"slices"
	"time"
)

// Format is a kind of bar code.
type Format string

// Formats that can be read.
const (
	QR         Format = "qr"
	Code128    Format = "code128"
	Code39     Format = "code39"
	DataMatrix Format = "datamatrix"
)

// Code is one bar code: what it is and its text in valid UTF-8, NFC, without a
// byte order mark. The text may hold control characters and anything else a
// stranger printed.
type Code struct {
	Format Format
	Text   string
}

// Options say what to look for and for how long. The zero value reads
// everything for two seconds, as for a picture file.
type Options struct {
	// Formats wanted; none means all.
	Formats []Format
	// Budget bounds the time; what has been read by then is returned. One
	// attempt more may run over it by some 20 ms a megapixel. 0 is 2 s.
	Budget time.Duration
	// Quick takes only the cheap rungs, for camera frames: the next frame is a
	// better second chance than a harder look.
	Quick bool
	// Max is how many codes to return at most; 0 is 8.
	Max int
}

// Read finds the codes in a picture, in the order in which they were found; no
// code is no error. It refuses a picture that is nil, empty, too large or
// shorter than it says, with "picture-unreadable". It never panics, whatever
// the picture.
func Read(img image.Image, o Options) ([]Code, error) {
	g, err := grayOf(img)
	if err != nil {
		return nil, err
	}
	if o.Budget <= 0 {
		o.Budget = 2 * time.Second
	}
	if o.Max <= 0 {
		o.Max = 8
	}
	s := search{o: o, views: views{full: g, made: map[string]*gray{}}, deadline: time.Now().Add(o.Budget)}
	s.climb()
	return s.found, nil
}

// search is one call of Read.
type search struct {
	o        Options
	views    views
	deadline time.Time
	found    []Code
}

func (s *search) late() bool { return !time.Now().Before(s.deadline) }
func (s *search) done() bool { return len(s.found) >= s.o.Max || s.late() }

func (s *search) wants(f Format) bool {
	return len(s.o.Formats) == 0 || slices.Contains(s.o.Formats, f)
}

// add keeps a code once, in whatever ways it was read.
func (s *search) add(c Code) {
	if !slices.Contains(s.found, c) {
		s.found = append(s.found, c)
	}
}

// each reads codes with one method until it finds no more: what was read is
// painted over and the rest looked at again.
func (s *search) each(g *gray, read func(*gray) (hit, bool)) {
	for !s.done() {
		h, ok := read(g)
		if !ok {
			return
		}
		s.add(h.code)
		if len(h.corners) == 0 {
			return
		}
		g = g.erased(h.corners)
	}
}
