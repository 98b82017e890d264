package idcard

import (
	"regexp"
	"strings"
	"time"
	"unicode"

	"motcua/queue/refusal"
)

// maxPayload is far above any card (about 200 bytes, three times that when
// damaged) and keeps hostile texts cheap.
const maxPayload = 4096

// Parse reads the text of a card's QR code:
//
//	number | old number | name | birth DDMMYYYY | Nam/Nữ | address | issued DDMMYYYY
//
// Fields are found by what they look like, not by counting bars: newer cards
// add fields, and scanners lose or double bars. A text that is no card is
// refused with "not-a-card".
func Parse(text string) (Card, error) {
	if len(text) > maxPayload {
		return Card{}, refusal.New("not-a-card")
	}
	var m mender
	text = strings.ToValidUTF8(strings.TrimPrefix(text, "\uFEFF"), "\uFFFD")
	raw, ok := m.fields(text)
	if !ok { // the bars may hide in %7C or &#124;, or be gone
		text = m.whole(text)
		if raw, ok = m.fields(text); !ok {
			raw, ok = m.unseparated(text)
		}
	}
	if !ok {
		return Card{}, refusal.New("not-a-card")
	}
	return m.card(raw), nil
}

// parts are a card's fields as texts.
type parts struct {
	number, name, birth, sex, address string
	issued                            bool // a date of issue follows the address
}

// fields finds the anchors between bars: twelve digits first, a sex with a
// date before it, a date at the end.
func (m *mender) fields(text string) (p parts, ok bool) {
	fs := strings.Split(text, "|")
	for i := range fs {
		fs[i] = strings.TrimFunc(fs[i], blank)
	}
	start := 0
	for start < len(fs) && !ValidNumber(fs[start]) {
		start++
	}
	if len(fs)-start < 5 {
		return p, false
	}
	p.number = fs[start]
	at := sexField(fs, start+3)
	if at < 0 {
		if at = start + 4; len(fs)-start < 7 || fs[at-1] == "" || !dateLike(fs[at-1]) {
			return p, false
		}
	}
	p.birth, p.sex = fs[at-1], m.field(fs[at], true)
	p.name = m.field(words(fs[start+1:at-1]), true)
	rest := fs[at+1:]
	end := 0
	for end < len(rest) && !issueDate(rest[end]) {
		end++
	}
	p.issued = end < len(rest)
	if !p.issued && len(rest) > 1 {
		rest, end = rest[:1], 1 // unknown fields are not an address
	}
	p.address = m.field(words(rest[:end]), false)
	return p, p.name != ""
}

// sexField finds Nam or Nữ with something like a date before it.
func sexField(fs []string, from int) int {
	for i := from; i < len(fs); i++ {
		probe := mender{} // looking repairs nothing
		if sexOf(probe.compose(probe.field(fs[i], true))) != "" && dateLike(fs[i-1]) {
			return i
		}
	}
	return -1
}

// run is the same card without bars, as a keyboard that cannot type them
// leaves it.
var run = regexp.MustCompile(`^[^\pL\d]*(\d{12})[^\pL\d]*(?:\d{9})?[^\pL\d]*(\pL[\pL\pM .'’-]*?)[^\pL\d]*(\d{8}|\d{4})[^\pL\d]*(?i:(nam|n(?:ữ|u\x{31B}\x{303}|ư\x{303})))[^\pL\d]*(.*)$`)

var tail = regexp.MustCompile(`^(.*?)[^\pL\d]*(\d{8})\D*$`)

func (m *mender) unseparated(text string) (p parts, ok bool) {
	f := run.FindStringSubmatch(strings.TrimFunc(text, blank))
	if f == nil {
		return p, false
	}
	p = parts{number: f[1], name: f[2], birth: f[3], sex: f[4], address: f[5]}
	if t := tail.FindStringSubmatch(p.address); t != nil && issueDate(t[2]) {
		p.address, p.issued = t[1], true
	}
	m.repairs = append(m.repairs, Repair{Kind: Separators})
	return p, true
}

// card turns texts into facts and warns about what does not fit.
func (m *mender) card(p parts) Card {
	c := Card{Number: p.number, Name: m.compose(p.name), Address: m.compose(p.address)}
	warn := func(w Warning) { c.Warnings = append(c.Warnings, w) }
	if strings.IndexFunc(c.Name, notInName) >= 0 {
		c.Name = ""
		warn(NameDamaged)
	}
	if strings.IndexFunc(c.Address, rubbish) >= 0 {
		c.Address = strings.Map(printable, c.Address)
		warn(AddressDamaged)
	}
	if c.Sex = sexOf(m.compose(p.sex)); c.Sex == "" {
		warn(SexUnreadable)
	}
	var ok bool
	if c.Birth, ok = parseDate(p.birth); !ok {
		warn(BirthUnreadable)
	} else if !c.Birth.Complete() {
		warn(BirthPartial)
	}
	if !p.issued {
		warn(PayloadShortened)
	}
	c.Warnings = append(c.Warnings, CheckNumber(c.Number, c.Birth, c.Sex)...)
	c.Repairs = m.repairs
	return c
}

func sexOf(s string) Sex {
	switch strings.ToLower(s) {
	case "nam":
		return Male
	case "nữ":
		return Female
	}
	return ""
}

// parseDate reads DDMMYYYY with zeros for what is unknown, a bare YYYY, and
// either with / - or . between.
func parseDate(s string) (Date, bool) {
	s = strings.Map(func(r rune) rune {
		if r == '/' || r == '-' || r == '.' || r == ' ' {
			return -1
		}
		return r
	}, s)
	if len(s) == 4 {
		s = "0000" + s
	}
	if len(s) != 8 || !onlyDigits(s) {
		return Date{}, false
	}
	num := func(a, b int) (n int) {
		for _, c := range s[a:b] {
			n = n*10 + int(c-'0')
		}
		return n
	}
	d := Date{Day: num(0, 2), Month: num(2, 4), Year: num(4, 8)}
	if d.Year < 1850 || d.Month > 12 || d.Month == 0 && d.Day > 0 {
		return Date{}, false
	}
	if d.Day > 0 && time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Day() != d.Day {
		return Date{}, false
	}
	return d, true
}

// issueDate is a whole date; a house number of eight digits is none.
func issueDate(s string) bool {
	d, ok := parseDate(s)
	return ok && d.Complete()
}

// dateLike is anything that may stand where the birth date stands: digits, or
// nothing at all.
func dateLike(s string) bool {
	return len(s) <= 10 && strings.Trim(s, "0123456789/.- ") == ""
}

// words joins fields, leaving out numbers standing alone: the old card number.
func words(fs []string) string {
	var keep []string
	for _, f := range fs {
		if f != "" && !onlyDigits(f) {
			keep = append(keep, f)
		}
	}
	return strings.Join(keep, " ")
}

// blank stays within ASCII: U+0085 and U+00A0 at the end of a field may be half
// of a letter (see Mojibake).
func blank(r rune) bool { return r <= ' ' || r == 0x7F }

func notInName(r rune) bool {
	return rubbish(r) || !unicode.In(r, unicode.Latin) && !strings.ContainsRune(" .'’-", r)
}

// rubbish is what no Vietnamese name or address contains: a lost character,
// a loose mark, a control or direction mark, or what is left of mojibake whose
// bytes were swallowed on the way.
func rubbish(r rune) bool {
	return r == unicode.ReplacementChar || unicode.In(r, unicode.C, unicode.M, unicode.Co) ||
		strings.ContainsRune("»º¼½¾¡¢£¤¥¦¨©ª«¬®¯±²³µ¶¸¹¿†‡ˆ‰‹›œŒšŠžŽŸƒÆæÄÅåÇçËÏÑÖØßÜÞÿ", r)
}

func printable(r rune) rune {
	if unicode.In(r, unicode.C, unicode.Co) {
		return -1
	}
	return r
}
