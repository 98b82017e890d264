package idcard

import (
	"html"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// RepairKind names a way in which texts get damaged between card and screen.
// Each has a text "scan.repair.<kind>".
type RepairKind string

// Kinds of damage that can be undone without guessing.
const (
	Percent      RepairKind = "percent"       // %E1%BB%8D: percent-encoded UTF-8
	Entities     RepairKind = "entities"      // &#7885; : HTML entities
	Mojibake     RepairKind = "mojibake"      // TrÆ°Æ¡ng: UTF-8 taken for Windows-1252
	DecimalBytes RepairKind = "decimal-bytes" // Ng022501870141c: bytes typed as 4-digit numbers
	CodePoints   RepairKind = "code-points"   // Ph432417ng: characters typed as their numbers
	Combining    RepairKind = "combining"     // e + U+0301 → é
	Separators   RepairKind = "separators"    // the bars between the fields were lost
)

// Repair is one thing that was undone in a field that is kept. From and To are
// empty when it concerns the text as a whole, most of which is forgotten.
type Repair struct {
	Kind     RepairKind
	From, To string
}

// mender undoes damage and remembers what it undid.
type mender struct {
	repairs []Repair
}

func (m *mender) note(kind RepairKind, from, to string) string {
	if from != to {
		m.repairs = append(m.repairs, Repair{kind, from, to})
	}
	return to
}

func (m *mender) did(kind RepairKind) bool {
	for _, r := range m.repairs {
		if r.Kind == kind {
			return true
		}
	}
	return false
}

// carriers undo what web pages and wrong code pages do to any text. None of it
// can be mistaken for Vietnamese.
var carriers = [...]struct {
	kind RepairKind
	undo func(string) string
}{
	{Percent, unescapePercent},
	{Entities, unescapeEntities},
	{Mojibake, undoMojibake},
}

// whole mends a text in which no fields can be seen yet.
func (m *mender) whole(s string) string {
	for _, c := range carriers {
		if to := c.undo(s); to != s {
			s = to
			m.repairs = append(m.repairs, Repair{Kind: c.kind})
		}
	}
	return s
}

// field mends one field that is not a number; name says it has no digits.
func (m *mender) field(s string, name bool) string {
	for _, c := range carriers {
		s = m.note(c.kind, s, c.undo(s))
	}
	return m.letters(s, name)
}

// letters undoes damage that writes digits into words. In an address "P201" may be a room, so code points
// are believed there only when the name, which never has digits, showed them.
func (m *mender) letters(s string, name bool) string {
	s = m.note(DecimalBytes, s, digitRun.ReplaceAllStringFunc(s, undoDecimalBytes))
	if name || m.did(CodePoints) {
		s = m.note(CodePoints, s, wordRun.ReplaceAllStringFunc(s, undoCodePoints))
	}
	return s
}

// unescapePercent decodes when every % starts a valid escape and the outcome is
// UTF-8, so that "giảm 50%" stays.
func unescapePercent(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	decode := url.PathUnescape
	if !strings.Contains(s, " ") {
		decode = url.QueryUnescape // a form: + stands for space
	}
	u, err := decode(s)
	if err != nil || !utf8.ValidString(u) {
		return s
	}
	return u
}

var entity = regexp.MustCompile(`&(?:#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z]{2,8});`)

func unescapeEntities(s string) string {
	return entity.ReplaceAllStringFunc(s, func(e string) string {
		u := html.UnescapeString(e)
		if r, n := utf8.DecodeRuneInString(u); n != len(u) || r == utf8.RuneError || !unicode.IsPrint(r) {
			return e
		}
		return u
	})
}

// undoMojibake looks at each run of characters that Windows-1252 writes as
// bytes from 0x80 up. If those bytes are UTF-8, they were UTF-8: a Vietnamese
// run never is, since no Vietnamese letter sits at 0x80–0xBF.
func undoMojibake(s string) string {
	var out strings.Builder
	var run []byte
	start := 0
	flush := func(end int) {
		if len(run) > 1 && utf8.Valid(run) {
			out.Write(run)
		} else if len(run) > 0 {
			out.WriteString(s[start:end])
		}
		run = run[:0]
	}
	for i, r := range s {
		b, ok := highByte(r)
		if !ok {
			flush(i)
			out.WriteRune(r)
			continue
		}
		if len(run) == 0 {
			start = i
		}
		run = append(run, b)
	}
	flush(len(s))
	return out.String()
}

// highByte is the Windows-1252 byte of r when that is 0x80 or more. The five
// bytes which that code page leaves open come through as C1 controls.
func highByte(r rune) (byte, bool) {
	if r >= 0x80 && r <= 0x9F {
		return byte(r), true
	}
	b, ok := charmap.Windows1252.EncodeRune(r)
	return b, ok && b >= 0x80
}

var (
	digitRun = regexp.MustCompile(`[0-9]{8,}`)
	wordRun  = regexp.MustCompile(`\pL[0-9]{3,}`)
)

// undoDecimalBytes reads a run of digits as groups of four, each one byte of
// UTF-8, as long as they make Vietnamese letters; what follows is kept.
func undoDecimalBytes(run string) string {
	var out strings.Builder
	for len(run) >= 8 {
		r, n := decimalRune(run)
		if n == 0 {
			break
		}
		out.WriteRune(r)
		run = run[n:]
	}
	return out.String() + run
}

// decimalRune reads one letter from 8 or 12 digits; n is 0 when there is none.
func decimalRune(s string) (r rune, n int) {
	var b []byte
	for n = 4; n <= min(12, len(s)); n += 4 {
		v, _ := strconv.Atoi(s[n-4 : n])
		if v < 0x80 || v > 0xFF {
			return 0, 0
		}
		b = append(b, byte(v))
		if r, size := utf8.DecodeRune(b); size == len(b) && r != utf8.RuneError {
			if !vietnamese(r) {
				return 0, 0
			}
			return r, n
		}
	}
	return 0, 0
}

// undoCodePoints reads the digits after a letter as decimal code points of
// Vietnamese letters; unless all of them are, nothing changes.
func undoCodePoints(word string) string {
	first, size := utf8.DecodeRuneInString(word)
	out := []rune{first}
	for rest := word[size:]; rest != ""; {
		n := 3
		if rest[0] == '7' { // U+1EA0–U+1EF9 are 7840–7929; no letter is 7xx
			n = 4
		}
		if len(rest) < n {
			return word
		}
		v, _ := strconv.Atoi(rest[:n])
		if v < 0x80 || !vietnamese(rune(v)) {
			return word
		}
		out = append(out, rune(v))
		rest = rest[n:]
	}
	return string(out)
}

// vietnamese reports whether r is a letter of the Vietnamese alphabet outside
// ASCII, or a combining mark that makes one.
func vietnamese(r rune) bool {
	switch {
	case r >= 0x1EA0 && r <= 0x1EF9:
		return true
	case r == 0x300 || r == 0x301 || r == 0x302 || r == 0x303 || r == 0x306 || r == 0x309 || r == 0x31B || r == 0x323:
		return true
	}
	return r > 0x7F && strings.ContainsRune("ÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝàáâãèéêìíòóôõùúýĂăĐđĨĩŨũƠơƯư", r)
}

// compose brings a field to NFC with single spaces, and notes the former.
func (m *mender) compose(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return m.note(Combining, s, norm.NFC.String(s))
}
