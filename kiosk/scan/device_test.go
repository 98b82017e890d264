package scan

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/scan/scantest"
	"motcua/queue/refusal"
)

// line is a fake device: what is sent comes out of Read, an error is sent once.
type line struct {
	in      chan any // []byte or error
	timeout time.Duration
	late    error // what Read says after timeout
}

func newLine(timeout time.Duration, late error) *line {
	return &line{make(chan any, 64), timeout, late}
}

func (l *line) Read(p []byte) (int, error) {
	select {
	case x := <-l.in:
		if err, ok := x.(error); ok {
			return 0, err
		}
		return copy(p, x.([]byte)), nil
	case <-time.After(l.timeout):
		return 0, l.late
	}
}
func (l *line) SetReadDeadline(time.Time) error { return nil }
func (l *line) Close() error                    { return nil }

// runs starts a source in a bubble and returns what it has emitted so far.
func runs(t *testing.T, s Source) func() []string {
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var got []string
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := s.Run(ctx, func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e.String())
		}); err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(func() { cancel(); wg.Wait() })
	return func() []string {
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), got...)
	}
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestFramer(t *testing.T) {
	for _, c := range []struct {
		name, in string
		want     []string
		left     string
	}{
		{"CR", "abc\rdef\r", []string{"abc", "def"}, ""},
		{"LF", "abc\n", []string{"abc"}, ""},
		{"CR LF", "abc\r\ndef\r\n", []string{"abc", "def"}, ""},
		{"not ended", "abc\rde", []string{"abc"}, "de"},
		{"too long", strings.Repeat("x", maxScan+1) + "\rabc\r", []string{"abc"}, ""},
	} {
		var f framer
		var got []string
		for _, b := range []byte(c.in) { // byte by byte, as slow lines deliver
			got = append(got, f.bytes([]byte{b})...)
		}
		left, _ := f.end()
		if diff := cmp.Diff(c.want, got); diff != "" || left != c.left {
			t.Errorf("%s: left %q (-want +got)\n%s", c.name, left, diff)
		}
	}
}

func TestSerialScanner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(serialSilence, nil)
		var allowed atomic.Bool
		s := &serialSource{device: device{name: "serial:x"}, open: func() (port, error) {
			if !allowed.Load() {
				return nil, &fs.PathError{Op: "open", Path: "x", Err: syscall.EACCES}
			}
			return l, nil
		}}
		got := runs(t, s)
		got()
		if !errors.Is(s.Fault(), refusal.New("scanner-denied")) {
			t.Errorf("fault %v", s.Fault())
		}
		allowed.Store(true)
		time.Sleep(reopenAfter + time.Millisecond)
		if s.Fault() != nil {
			t.Errorf("fault %v after opening", s.Fault())
		}
		l.in <- []byte(scantest.Payload[:60]) // cut within a letter
		l.in <- []byte(scantest.Payload[60:] + "\r\n")
		l.in <- []byte("H26.12-261123-0007\r")
		l.in <- []byte("H26.12-261123-0007\r") // the same at once
		time.Sleep(time.Millisecond)
		l.in <- []byte("261122-A012-K7Q2M5XP") // ended by silence
		time.Sleep(time.Second)
		l.in <- error(syscall.EIO) // pulled out
		time.Sleep(time.Millisecond)
		if !errors.Is(s.Fault(), refusal.New("scanner-unplugged")) {
			t.Errorf("fault %v", s.Fault())
		}
		time.Sleep(3 * time.Second)
		l.in <- []byte("H26.12-261123-0007\r")
		time.Sleep(time.Millisecond)
		expect(t, got(), "citizen-card 001*****2345", "dossier-code H26.12-261123-0007",
			"ticket-code 261122-A012-K7Q2M5XP", "dossier-code H26.12-261123-0007")
	})
}

// event encodes an input event as the kernel does.
func inputEvent(kind, code uint16, value int32) []byte {
	b := make([]byte, timevalSize+eventTail)
	tail := b[timevalSize:]
	binary.NativeEndian.PutUint16(tail, kind)
	binary.NativeEndian.PutUint16(tail[2:], code)
	binary.NativeEndian.PutUint32(tail[4:], uint32(value))
	return b
}

// stroke types a character on a US keyboard, shift and all.
func stroke(r rune) (b []byte) {
	if r == '\n' {
		return append(inputEvent(evKey, keyEnter, keyDown), inputEvent(evKey, keyEnter, keyUp)...)
	}
	i, shift := strings.IndexRune(usPlain, r), false
	if i < 0 {
		i, shift = strings.IndexRune(usShifted, r), true
	}
	if shift {
		b = append(b, inputEvent(evKey, keyRightShift, keyDown)...)
	}
	b = append(b, inputEvent(4, 4, 458756)...) // MSC_SCAN comes with every key
	b = append(b, inputEvent(evKey, uint16(i+2), keyDown)...)
	b = append(b, inputEvent(evSync, 0, 0)...)
	b = append(b, inputEvent(evKey, uint16(i+2), 2)...) // held: a repeat is no second press
	b = append(b, inputEvent(evKey, uint16(i+2), keyUp)...)
	if shift {
		b = append(b, inputEvent(evKey, keyRightShift, keyUp)...)
	}
	return b
}

func TestKeyboardScannerBelowTheDesktop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLine(evdevSilence, os.ErrDeadlineExceeded)
		s := &evdev{device: device{name: "evdev:x"}, open: func() (input, error) { return l, nil }}
		got := runs(t, s)
		var all []byte
		for _, r := range "HTTPS://X.VN/?a=H26.DD-261123-0007\n" {
			all = append(all, stroke(r)...)
		}
		l.in <- all[:1000] // in the middle of an event
		l.in <- all[1000:3000]
		l.in <- all[3000:]
		time.Sleep(time.Second)
		for _, r := range "261122-A012-K7Q2M5XP" { // no Enter
			l.in <- stroke(r)
		}
		time.Sleep(time.Second)
		for _, r := range "H26.12-2611" {
			l.in <- stroke(r)
		}
		l.in <- inputEvent(evSync, synDrop, 0) // the kernel lost some
		l.in <- stroke('\n')
		time.Sleep(time.Second)
		expect(t, got(), "dossier-code H26.DD-261123-0007", "ticket-code 261122-A012-K7Q2M5XP")
		l.in <- error(syscall.ENODEV)
		synctest.Wait()
		if !errors.Is(s.Fault(), refusal.New("scanner-unplugged")) {
			t.Errorf("fault %v", s.Fault())
		}
	})
}

func TestKeys(t *testing.T) {
	var k keys
	var typed []rune
	press := func(code uint16) {
		if r, _ := k.press(code, true); r != 0 {
			typed = append(typed, r)
		}
		k.press(code, false)
	}
	press(30) // a
	k.press(keyLeftShift, true)
	press(30)
	press(43) // backslash with shift: the bar between a card's fields
	k.press(keyLeftShift, false)
	press(keyCapsLock)
	press(30)
	press(2)
	press(keyCapsLock)
	for _, code := range []uint16{71, 82, 83, keySlash, keySpace, 1, 14, 29, 59, 200, 500} {
		press(code)
	}
	if string(typed) != "aA|A170./ " {
		t.Errorf("typed %q", string(typed))
	}
	for _, code := range []uint16{keyEnter, keyKeypad, keyTab} {
		if _, end := k.press(code, true); !end {
			t.Errorf("key %d ends no scan", code)
		}
	}
}

// reel is a fake camera.
type reel struct {
	in chan any // image.Image or error
}

func (r *reel) next(ctx context.Context) (image.Image, error) {
	select {
	case <-ctx.Done():
		return nil, nil
	case <-time.After(time.Second):
		return nil, nil
	case x := <-r.in:
		if err, ok := x.(error); ok {
			return nil, err
		}
		return x.(image.Image), nil
	}
}
func (r *reel) close() error { return nil }

func TestCameraWantsTwoFrames(t *testing.T) {
	code := func(text string) image.Image {
		g, err := scantest.QR(text, 100)
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	a, b, none := code("H26.12-261123-0007"), code("261122-A012-K7Q2M5XP"), image.NewGray(image.Rect(0, 0, 100, 100))
	synctest.Test(t, func(t *testing.T) {
		r := &reel{make(chan any)}
		c := newCamera("v4l2:x", func() (frames, error) { return r, nil })
		got := runs(t, c)
		show := func(img image.Image, times int) {
			for range times {
				time.Sleep(100 * time.Millisecond)
				r.in <- img
			}
		}
		show(a, 1)
		show(none, 3)
		expect(t, got())
		show(a, 20) // one scan, however long it is held
		expect(t, got(), "dossier-code H26.12-261123-0007")
		show(b, 2)
		show(none, 25) // out of sight for more than 2 s
		show(a, 2)
		show(&image.Gray{Rect: image.Rect(0, 0, 50, 50)}, 1) // a broken frame
		expect(t, got(), "dossier-code H26.12-261123-0007", "ticket-code 261122-A012-K7Q2M5XP", "dossier-code H26.12-261123-0007")
		r.in <- errSilent
		synctest.Wait()
		if !errors.Is(c.Fault(), refusal.New("scanner-silent")) {
			t.Errorf("fault %v", c.Fault())
		}
		time.Sleep(2 * time.Second)
		show(none, 1)
		synctest.Wait()
		if c.Fault() != nil {
			t.Errorf("fault %v after it came back", c.Fault())
		}
	})
}

func TestYUYVLight(t *testing.T) {
	frame := []byte{1, 128, 2, 128, 3, 128, 4, 128, 5, 128, 6, 128, 7, 128, 8, 128}
	want := []byte{1, 2, 3, 4, 5, 6, 7, 8}
	if g, ok := yuyvLight(frame, 4, 2); !ok || !bytes.Equal(g.Pix, want) {
		t.Errorf("got %v, %v", g, ok)
	}
	padded := append(append(append([]byte{}, frame[:8]...), 0, 0, 0, 0), append(frame[8:], 0, 0, 0, 0)...)
	if g, ok := yuyvLight(padded, 4, 2); !ok || !bytes.Equal(g.Pix, want) {
		t.Errorf("padded rows: got %v, %v", g, ok)
	}
	for _, bad := range [][]byte{nil, frame[:15]} {
		if _, ok := yuyvLight(bad, 4, 2); ok {
			t.Errorf("a frame of %d bytes was taken", len(bad))
		}
	}
}

// Go writes the standard tables, so a frame that lost them must decode to the
// same picture once they are put back.
func TestWithHuffmanTables(t *testing.T) {
	img := image.NewYCbCr(image.Rect(0, 0, 64, 48), image.YCbCrSubsampleRatio422)
	for i := range img.Y {
		img.Y[i] = byte(i * 7)
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = byte(i*3), byte(i*5)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	if !bytes.Equal(withHuffmanTables(whole), whole) {
		t.Error("a frame with tables was changed")
	}
	bare := withoutTables(whole)
	if _, err := jpeg.Decode(bytes.NewReader(bare)); err == nil {
		t.Fatal("the frame decodes without tables: the test shows nothing")
	}
	want, err := jpeg.Decode(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	got, err := jpeg.Decode(bytes.NewReader(withHuffmanTables(bare)))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("the pictures differ")
	}
}

func withoutTables(frame []byte) (out []byte) {
	out = append(out, frame[:2]...)
	for at := 2; ; {
		n := 2 + int(frame[at+2])<<8 + int(frame[at+3])
		if frame[at+1] == markSOS {
			return append(out, frame[at:]...)
		}
		if frame[at+1] != markDHT {
			out = append(out, frame[at:at+n]...)
		}
		at += n
	}
}

func FuzzFrames(f *testing.F) {
	f.Add([]byte("\xff\xd8\xff\xda\x00\x02"), 4, 2)
	f.Add([]byte("\xff\xd8\xff\xe0\xff\xff\xff\xff"), 1, 1)
	f.Fuzz(func(t *testing.T, frame []byte, w, h int) {
		if out := withHuffmanTables(frame); len(out) < len(frame) {
			t.Fatal("lost bytes")
		}
		yuyvLight(frame, w%2000, h%2000)
		ty := typist{size: timevalSize + eventTail}
		in := newLine(time.Hour, nil)
		in.in <- frame
		if _, err := ty.read(in); err != nil {
			t.Fatal(err)
		}
	})
}
