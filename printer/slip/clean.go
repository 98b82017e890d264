package slip

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// fieldLimit is the most letters one field may print. A procedure's name may
// have some 200; whatever is longer ends in "…".
const fieldLimit = 240

// clean makes any string fit for paper: NFC, so that letters typed in pieces
// are whole again; control, bidirectional, zero-width and unassigned characters
// dropped; at most one loose mark on a letter; runs of white space become one
// space; at most fieldLimit letters. A no-break space stays.
func clean(s string) string {
	if cut := 16 * fieldLimit; len(s) > cut {
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0':
			return r
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsGraphic(r):
			return -1
		}
		return r
	}, s)
	var out strings.Builder
	letters, marks := 0, 1 // a mark with no letter before it is dropped
	for _, r := range norm.NFC.String(kept) {
		if unicode.Is(unicode.M, r) {
			if marks++; marks == 1 {
				out.WriteRune(r)
			}
			continue
		}
		if marks = 0; r == ' ' {
			marks = 1
		}
		if letters++; letters > fieldLimit {
			out.WriteRune('…')
			break
		}
		out.WriteRune(r)
	}
	return strings.Join(strings.FieldsFunc(out.String(), func(r rune) bool { return r == ' ' }), " ")
}
