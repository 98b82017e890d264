package portal

import (
	"strings"
	"unicode/utf8"
)

// Lengths of texts in a procedure, in bytes.
const (
	maxLine     = 1000
	maxText     = 4000
	maxOpenText = 600
	maxName     = 240 // of a paper or a note: it stands on a screen and a receipt
)

// clip shortens a text to so many bytes, at the end of a word, with an
// ellipsis.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	cut := limit - len("…")
	for cut > 0 && !utf8.RuneStart(s[cut]) {
		cut--
	}
	if space := strings.LastIndexByte(s[:cut], ' '); space > limit/2 {
		cut = space
	}
	return strings.TrimRight(s[:cut], " ,;.") + "…"
}

// line makes a text one line with single spaces.
func line(s string) string { return strings.Join(strings.Fields(s), " ") }
