package scan

import (
	"context"
	"strings"
	"sync"
	"time"
)

// Keyboard is a scanner that types into the window. The window collects keys
// until a pause or an Enter and offers each such burst; those that are scans
// are emitted, the others it gives to whoever is being typed to.
type Keyboard struct {
	device
	prefix string // what the scanner was told to type first, "" for nothing
	scans  chan string

	mu     sync.Mutex
	repeat once // mu guards
}

func newKeyboard(prefix string) *Keyboard {
	return &Keyboard{
		device: device{name: "wedge"}, prefix: prefix,
		scans: make(chan string, 16), repeat: once{within: repeatAfter},
	}
}

// Burst takes keys that came in one go, with the gaps between them, and reports
// whether they are a scan. It never blocks.
//
// A window that stalls in drawing makes time lie both ways. It sees a gap in
// the middle of a scan, so only the middle of all gaps counts; and it gets what
// a person typed meanwhile all at once, so while a field has the focus (typing)
// keys without a prefix must also be a code that we know. Such a code is
// believed at any speed that no person reaches.
func (k *Keyboard) Burst(text string, gaps []time.Duration, typing bool) bool {
	scanned, ok := burst(text, k.prefix, gaps, typing)
	if !ok || scanned == "" {
		return ok
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.repeat.first(scanned, time.Now()) {
		select {
		case k.scans <- scanned:
		default: // with 16 waiting nobody is listening
		}
	}
	return true
}

// PrefixKey reports whether a key is the one that the scanner types first.
func (k *Keyboard) PrefixKey(name string) bool { return name != "" && name == k.prefix }

// Patience is how long after its last key a burst may still go on.
func (k *Keyboard) Patience(text string) time.Duration {
	if k.prefix != "" && strings.HasPrefix(text, k.prefix) {
		return prefixPatience
	}
	return patience
}

// Run emits scans until ctx ends.
func (k *Keyboard) Run(ctx context.Context, emit func(Event)) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case text := <-k.scans:
			emit(k.event(text, time.Now()))
		}
	}
}
