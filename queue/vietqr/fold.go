package vietqr

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold makes ASCII of Vietnamese: đ becomes d, marks fall off, letters and
// digits stay, everything else is one space. Banks' cores take no more
// (NAPAS guideline: letters, digits and space).
func Fold(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		case unicode.Is(unicode.Mn, r):
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Purpose is what the payee reads on the statement: as many of the words as
// leave room for all of the code, then the code. The code is how a transfer is
// found again, so it is never cut; ok is false when it alone is longer than
// MaxPurpose, or nothing of it is left after folding. Reading the statement,
// compare Fold(code), since banks drop what Fold drops.
func Purpose(words, code string) (purpose string, ok bool) {
	words, code = Fold(words), Fold(code)
	if code == "" || len(code) > MaxPurpose {
		return "", false
	}
	kept := ""
	for _, w := range strings.Fields(words) {
		if len(kept)+len(w)+1+len(code) > MaxPurpose {
			break
		}
		kept += w + " "
	}
	return kept + code, true
}
