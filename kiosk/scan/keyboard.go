package scan

import (
	"context"
	"sync"
	"time"
)

// Keyboard is the wedge source: the window feeds it every key that no input
// field takes, and it emits the scans among them.
type Keyboard struct {
	device
	mu    sync.Mutex // guards wedge
	wedge *Wedge
	keyed chan struct{} // a key came: watch for silence
	scans chan string
}

func newKeyboard(c WedgeConfig) *Keyboard {
	return &Keyboard{
		device: device{name: "wedge"}, wedge: NewWedge(c),
		keyed: make(chan struct{}, 1), scans: make(chan string, 16),
	}
}

// TypedRune takes a character typed now; the window drops it when true. It
// never blocks.
func (k *Keyboard) TypedRune(r rune) (swallow bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	swallow = k.wedge.Rune(r, time.Now())
	select {
	case k.keyed <- struct{}{}:
	default:
	}
	return swallow
}

// TypedKey takes a key without a character, by Fyne's name for it; the window
// drops it when true, so that a scan's Enter presses no button.
func (k *Keyboard) TypedKey(name string) (swallow bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	text, swallow := k.wedge.Key(name, time.Now())
	k.hand(text)
	return swallow
}

// Burst takes keys that a window has collected until a pause or an Enter, and
// emits them as a scan if they are one: after the prefix, or long enough and
// mostly faster than anybody types. It never blocks.
//
// A window that stalls in drawing makes time lie both ways. It sees a gap in
// the middle of a scan, so only the middle of all gaps counts; and it gets what
// a person typed meanwhile all at once, so while a field has the focus (typing)
// keys without a prefix must also be a code that we know. Such a code is
// believed at any speed that no person reaches.
func (k *Keyboard) Burst(text string, gaps []time.Duration, typing bool) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	median := k.wedge.c.Median
	switch known := Classify(text).Kind != Unknown; {
	case known:
		median = max(median, inhuman)
	case typing && k.wedge.c.Prefix == "":
		return false
	}
	scanned, ok := k.wedge.burst(text, gaps, median, time.Now())
	k.hand(scanned)
	return ok
}

// inhuman is a middle gap between keys that no typist stays under for a whole
// code: fast ones are above 60 ms.
const inhuman = 40 * time.Millisecond

// PrefixKey reports whether a key is the one that the scanner types first.
func (k *Keyboard) PrefixKey(name string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return name != "" && name == k.wedge.c.Prefix
}

// hand passes a scan on to Run; with 16 waiting nobody is listening.
func (k *Keyboard) hand(text string) {
	if text == "" {
		return
	}
	select {
	case k.scans <- text:
	default:
	}
}

// Run emits scans until ctx ends.
func (k *Keyboard) Run(ctx context.Context, emit func(Event)) error {
	silence := time.NewTimer(time.Hour)
	defer silence.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case text := <-k.scans:
			emit(k.event(text, time.Now()))
		case <-k.keyed:
			silence.Reset(k.wedge.Silence() + time.Millisecond)
		case <-silence.C:
			k.mu.Lock()
			text, _ := k.wedge.Idle(time.Now())
			k.hand(text)
			k.mu.Unlock()
		}
	}
}
