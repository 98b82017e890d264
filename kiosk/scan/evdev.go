package scan

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"time"
)

// input is an opened input device.
type input interface {
	Read(p []byte) (int, error)
	SetReadDeadline(t time.Time) error
	Close() error
}

// evdev reads a keyboard scanner below the desktop. Input methods there rewrite
// what is typed (Telex makes DD into Đ, VNI makes digits into tone marks), and
// whatever is typed lands in the window with the focus; a device taken
// exclusively does neither.
type evdev struct {
	device
	open func() (input, error)
}

// Linux input events (include/uapi/linux/input.h): a timeval, then type, code
// and value.
const (
	evSync    = 0
	evKey     = 1
	synDrop   = 3 // events were lost
	keyUp     = 0
	keyDown   = 1
	eventTail = 8
)

// evdevSilence ends a scan without Enter.
const evdevSilence = 100 * time.Millisecond

// Run reads the device until ctx ends, opening it again after it was pulled
// out.
func (s *evdev) Run(ctx context.Context, emit func(Event)) error {
	repeat := once{within: repeatAfter}
	return s.keep(ctx, func(ctx context.Context) error {
		in, err := s.open()
		if err != nil {
			return err
		}
		defer in.Close() //nolint:errcheck // only read
		s.works()
		t := typist{size: timevalSize + eventTail}
		for ctx.Err() == nil {
			texts, err := t.read(in)
			if err != nil {
				return fmt.Errorf("read keyboard scanner: %w", err)
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

// typist puts input events together to texts.
type typist struct {
	size int // of an event, in bytes
	keys keys
	f    framer
	buf  [4096]byte
	have int // bytes in buf: an event may come in two reads
}

// read waits for events, at most evdevSilence, and returns the texts ended.
func (t *typist) read(in input) ([]string, error) {
	if err := in.SetReadDeadline(time.Now().Add(evdevSilence)); err != nil {
		return nil, err
	}
	n, err := in.Read(t.buf[t.have:])
	if errors.Is(err, os.ErrDeadlineExceeded) {
		if text, ok := t.f.end(); ok {
			return []string{text}, nil
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	t.have += n
	var texts []string
	at := 0
	for ; at+t.size <= t.have; at += t.size {
		texts = append(texts, t.event(t.buf[at+t.size-eventTail:at+t.size])...)
	}
	t.have = copy(t.buf[:], t.buf[at:t.have])
	return texts, nil
}

func (t *typist) event(tail []byte) []string {
	kind, code := binary.NativeEndian.Uint16(tail), binary.NativeEndian.Uint16(tail[2:])
	value := int32(binary.NativeEndian.Uint32(tail[4:]))
	switch {
	case kind == evSync && code == synDrop:
		t.f.end() // half a text is worse than none
	case kind == evKey && (value == keyDown || value == keyUp):
		r, end := t.keys.press(code, value == keyDown)
		if end {
			return t.f.bytes([]byte{'\n'})
		}
		if r != 0 {
			return t.f.bytes([]byte{byte(r)})
		}
	}
	return nil
}
