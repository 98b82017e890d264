package scan

import (
	"crypto/sha256"
	"slices"
	"strings"
	"time"
)

// WedgeConfig says how a keyboard scanner writes. The zero value suits a
// scanner as it comes out of its box, ending each scan with Enter.
type WedgeConfig struct {
	// Prefix is what the scanner was told to type first: runes such as "~", or
	// one key by its name, such as "F13". With it nothing is guessed from
	// timing; ask for it when installing.
	Prefix string
	// MinLength is the shortest scan told from typing by its speed; 0 is 8.
	MinLength int
	// MaxGap is the longest pause between two keys of a scan; 0 is 30 ms. With
	// a prefix it is half a second.
	MaxGap time.Duration
	// Median bounds the middle of all pauses; 0 is 15 ms. Fast typists stay
	// above 60 ms, a key held down repeats at about 30 ms.
	Median time.Duration
	// Silence ends a scan that has no Enter or Tab; 0 is 100 ms.
	Silence time.Duration
	// Repeat is how long the same text again is the same scan; 0 is 2 s.
	Repeat time.Duration
}

// maxKeys bounds one scan; a card has about 200 characters.
const maxKeys = maxScan

// Wedge tells scans from typing in a stream of keys, as a window gets them. It
// is pure: every key comes with its time. Feed it keys that no input field
// wants; it must be used by one goroutine.
type Wedge struct {
	c       WedgeConfig
	keys    []rune
	gaps    []time.Duration
	last    time.Time
	begun   bool // the prefix has been seen
	matched int  // runes of the prefix seen so far
	repeat  once
}

// NewWedge makes a collector.
func NewWedge(c WedgeConfig) *Wedge {
	set := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	if c.MinLength <= 0 {
		c.MinLength = 8
	}
	set(&c.MaxGap, 30*time.Millisecond)
	set(&c.Median, 15*time.Millisecond)
	set(&c.Silence, 100*time.Millisecond)
	set(&c.Repeat, repeatAfter)
	if c.Prefix != "" {
		c.MaxGap, c.MinLength = 500*time.Millisecond, 1
		c.Silence = max(c.Silence, c.MaxGap)
	}
	return &Wedge{c: c, repeat: once{within: c.Repeat}}
}

// Rune takes a typed character. Swallow tells the window to keep it to itself.
func (w *Wedge) Rune(r rune, at time.Time) (swallow bool) {
	w.pause(at)
	gap := at.Sub(w.last)
	w.last = at
	if w.c.Prefix != "" && !w.begun {
		return w.prefix(r)
	}
	if len(w.keys) < maxKeys {
		if len(w.keys) > 0 {
			w.gaps = append(w.gaps, gap)
		}
		w.keys = append(w.keys, r)
	}
	return w.collecting()
}

// Key takes a key that types no character, by its name as Fyne and X11 have it
// ("Return", "KP_Enter", "Tab", "F13"). Enter and Tab end a scan, which is
// returned once; swallow tells the window to keep the key from pressing the
// button that has the focus.
func (w *Wedge) Key(name string, at time.Time) (text string, swallow bool) {
	w.pause(at)
	switch {
	case name == "Return" || name == "Enter" || name == "KP_Enter" || name == "Tab":
		swallow = w.collecting()
		text, _ = w.finish(at)
		return text, swallow
	case name != "" && name == w.c.Prefix:
		w.reset()
		w.begun, w.last = true, at
		return "", true
	}
	return "", w.begun
}

// Idle ends a scan by silence. Call it some Silence after the last key.
func (w *Wedge) Idle(at time.Time) (text string, ok bool) {
	if len(w.keys) == 0 || at.Sub(w.last) < w.c.Silence {
		return "", false
	}
	return w.finish(at)
}

// Silence is how long after a key Idle can end a scan.
func (w *Wedge) Silence() time.Duration { return w.c.Silence }

// pause forgets what was typed too slowly to be a scan. A clock that runs
// backwards is a pause too.
func (w *Wedge) pause(at time.Time) {
	if gap := at.Sub(w.last); gap > w.c.MaxGap || gap < 0 {
		w.reset()
	}
}

// prefix follows a prefix of several runes.
func (w *Wedge) prefix(r rune) bool {
	want := []rune(w.c.Prefix)
	if r != want[w.matched] {
		w.matched = 0
		if r != want[0] {
			return false
		}
	}
	w.matched++
	if w.matched == len(want) {
		w.reset()
		w.begun = true
	}
	return true
}

// collecting reports whether what is in hand looks like a scan going on:
// three keys faster than anybody types, or after the prefix.
func (w *Wedge) collecting() bool {
	return w.begun || len(w.keys) >= 3 && w.fast()
}

func (w *Wedge) fast() bool {
	gaps := slices.Sorted(slices.Values(w.gaps))
	return len(gaps) > 0 && gaps[len(gaps)/2] <= w.c.Median
}

// burst judges keys that somebody else has collected. ok says that they are a
// scan; text is empty when it is the same scan once more.
func (w *Wedge) burst(text string, gaps []time.Duration, median time.Duration, at time.Time) (scanned string, ok bool) {
	rest, prefixed := strings.CutPrefix(text, w.c.Prefix)
	prefixed = prefixed && w.c.Prefix != ""
	sorted := slices.Sorted(slices.Values(gaps))
	fast := len(sorted) > 0 && sorted[len(sorted)/2] <= median
	if n := len([]rune(text)); n > maxKeys || !prefixed && (w.c.Prefix != "" || n < w.c.MinLength || !fast) {
		return "", false
	}
	rest = strings.TrimSpace(rest)
	if rest == "" || !w.repeat.first(rest, at) {
		return "", true
	}
	return rest, true
}

func (w *Wedge) finish(at time.Time) (string, bool) {
	text := strings.TrimSpace(string(w.keys))
	scanned := len(w.keys) >= w.c.MinLength && (w.begun || w.fast())
	w.reset()
	if !scanned || text == "" || !w.repeat.first(text, at) {
		return "", false
	}
	return text, true
}

// reset also wipes: the keys may have been somebody's card.
func (w *Wedge) reset() {
	clear(w.keys)
	w.keys, w.gaps = w.keys[:0], w.gaps[:0]
	w.begun, w.matched = false, 0
}

// repeatAfter is how long the same text from the same device is the same scan.
const repeatAfter = 2 * time.Second

// once lets a text through that was not seen for a while. A code that stays in
// front of a scanner stays one scan. It keeps a hash, not the text.
type once struct {
	within time.Duration
	seen   [sha256.Size]byte
	at     time.Time
}

func (o *once) first(text string, at time.Time) bool {
	sum := sha256.Sum256([]byte(text))
	again := sum == o.seen && at.Sub(o.at) < o.within && !at.Before(o.at)
	o.seen, o.at = sum, at
	return !again
}
