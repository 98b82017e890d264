package scan

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"go.bug.st/serial"
)

// A serial scanner sends a text and then CR, LF, both, or nothing but silence.
// It passes UTF-8 on untouched, which makes it the sound way to scan citizen
// cards.

// serialSilence ends a text without a line end.
const serialSilence = 50 * time.Millisecond

// framer cuts a stream of bytes into texts.
type framer struct {
	buf      []byte
	overlong bool // dropping the rest of a text nobody could mean
}

// bytes takes what came in and returns the texts that it ended.
func (f *framer) bytes(b []byte) (texts []string) {
	for _, c := range b {
		if c != '\r' && c != '\n' {
			if len(f.buf) >= maxScan {
				f.overlong = true
				continue
			}
			f.buf = append(f.buf, c)
			continue
		}
		if text, ok := f.end(); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// end takes the text in hand, and wipes it; empty ones are the second half of
// a CR LF.
func (f *framer) end() (string, bool) {
	text, overlong := string(f.buf), f.overlong
	clear(f.buf)
	f.buf, f.overlong = f.buf[:0], false
	return text, text != "" && !overlong
}

// port is what is needed of a serial port. Read returns 0 after serialSilence
// without a byte.
type port interface {
	Read(p []byte) (int, error)
	Close() error
}

type serialSource struct {
	device
	open func() (port, error)
}

func newSerial(name, path string, baud int) *serialSource {
	return &serialSource{device: device{name: name}, open: func() (port, error) {
		p, err := serial.Open(path, &serial.Mode{BaudRate: baud})
		if err != nil {
			return nil, fmt.Errorf("open serial scanner: %w", portError(err))
		}
		if err := p.SetReadTimeout(serialSilence); err != nil {
			return nil, errors.Join(fmt.Errorf("set up serial scanner: %w", err), p.Close())
		}
		return p, nil
	}}
}

// portError makes the module's own error codes comparable with fs's.
func portError(err error) error {
	var p *serial.PortError
	if !errors.As(err, &p) {
		return err
	}
	switch p.Code() {
	case serial.PortNotFound, serial.PortClosed:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case serial.PermissionDenied:
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	return err
}

// Run reads the port until ctx ends, opening it again after it was pulled out.
func (s *serialSource) Run(ctx context.Context, emit func(Event)) error {
	repeat := once{within: repeatAfter}
	return s.keep(ctx, func(ctx context.Context) error {
		p, err := s.open()
		if err != nil {
			return err
		}
		defer p.Close() //nolint:errcheck // nothing is written
		s.works()
		var f framer
		buf := make([]byte, 1024)
		for ctx.Err() == nil {
			n, err := p.Read(buf)
			if err != nil {
				return fmt.Errorf("read serial scanner: %w", portError(err))
			}
			texts := f.bytes(buf[:n])
			if n == 0 {
				if text, ok := f.end(); ok {
					texts = append(texts, text)
				}
			}
			for _, text := range texts {
				if now := time.Now(); repeat.first(text, now) {
					emit(s.event(text, now))
				}
			}
		}
		return nil
	})
}
