package main

import (
	"time"

	"fyne.io/fyne/v2"

	"motcua/kiosk/kit"
	"motcua/kiosk/scan"
	"motcua/kiosk/view"
)

// strokes tells a scanner that types from a person who types. Every key is
// held back for a moment; a burst that is a scan goes to the scanner's source,
// any other goes to the field after all. So nothing of a scan ever lands in a
// field, and nothing typed is lost. Fyne goroutine only.
type strokes struct {
	keyboard *scan.Keyboard
	// giveBack gets what was typed; nil where there is nothing to type into.
	giveBack func([]view.Stroke)
	// typing reports whether a field has the focus.
	typing func() bool
	held   []view.Stroke
	taken  int // keys so far: a timer of an earlier key is void
}

// stalled: a timer that comes this much late was held up by drawing, and keys
// may be waiting behind it.
const stalled = 25 * time.Millisecond

// take takes a key; false leaves it to the screen.
func (k *strokes) take(s view.Stroke) bool {
	if s.Key == "" && s.Rune == 0 {
		return false // a key that Fyne has no name for
	}
	k.taken++
	switch {
	case s.Key == "":
		k.hold(s)
	case len(s.Key) == 1 || s.Key == fyne.KeySpace:
		// Fyne names a character's key too, beside its rune.
	case k.keyboard.PrefixKey(string(s.Key)):
		k.flush()
		for _, r := range string(s.Key) { // Burst knows the prefix by its name
			k.hold(view.Stroke{Stroke: kit.Stroke{Rune: r}, At: s.At})
		}
	case len(k.held) == 0:
		return false
	case ends(s.Key) && k.scanned():
		k.held = nil
	default: // a named key in the middle of typing: keep the order
		k.held = append(k.held, s)
		k.flush()
	}
	return true
}

func (k *strokes) hold(s view.Stroke) {
	k.held = append(k.held, s)
	k.wait(k.taken)
}

// wait ends the burst when no key follows the n-th in time. A timer that is
// itself late is no proof of that, so it waits once more.
func (k *strokes) wait(n int) {
	text, _ := k.text()
	patience := k.keyboard.Patience(text)
	due := time.Now().Add(patience)
	time.AfterFunc(patience, func() {
		fyne.Do(func() {
			switch {
			case n != k.taken:
			case time.Since(due) > stalled:
				k.wait(n)
			default:
				k.flush()
			}
		})
	})
}

// flush ends a burst: a scan without an Enter is the scanner's, what was typed
// goes where it was meant to.
func (k *strokes) flush() {
	held := k.held
	if len(held) > 0 && !k.scanned() && k.giveBack != nil {
		k.giveBack(held)
	}
	k.held = nil
}

// scanned offers the burst to the scanner's source.
func (k *strokes) scanned() bool {
	text, plain := k.text()
	var gaps []time.Duration
	for i := 1; i < len(k.held); i++ {
		gaps = append(gaps, k.held[i].At.Sub(k.held[i-1].At))
	}
	return plain && k.keyboard.Burst(text, gaps, k.typing())
}

// text is what the held keys spell; plain is false when a named key is among
// them.
func (k *strokes) text() (text string, plain bool) {
	var runes []rune
	for _, s := range k.held {
		if s.Rune == 0 {
			return "", false
		}
		runes = append(runes, s.Rune)
	}
	return string(runes), true
}

// ends reports whether a key ends a scan.
func ends(k fyne.KeyName) bool {
	return k == fyne.KeyReturn || k == fyne.KeyEnter || k == fyne.KeyTab
}
