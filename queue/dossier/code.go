package dossier

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// MaxSerial is the largest serial of a day: four digits, as the provinces'
// portals print them.
const MaxSerial = 9999

// maxCode bounds a code read from outside, in bytes; the longest live shape
// has 33 characters.
const maxCode = 64

// Code is a dossier code taken apart: receiving agency, day of receipt and
// serial of that day.
type Code struct {
	// Text is what was read, unchanged; registers and messages keep it so.
	Text string
	// Key is Text in upper case without spaces: compare and look up by this.
	Key string
	// Office is the agency's identifier. An agency that nobody knows is no
	// reason to reject a code.
	Office string
	Day    string // "2006-01-02"
	Serial int
}

// codeShape covers every live shape: three lower tiers in front (QCVN
// 102:2016/BTTTT), tiers behind (Decision 20/2020/QĐ-TTg), dates of six and
// eight digits, serials of four (provinces) to seven digits (ministries).
var codeShape = regexp.MustCompile(
	`^((?:\d{3}\.[0-9A-Z]{2}\.[0-9A-Z]{2}\.)?[A-Z]\d{2}(?:\.[0-9A-Z]{2,3})*)-(\d{8}|\d{6})-(\d{4,7})$`)

// ParseCode recognises a dossier code of any live shape, in either case and
// with stray spaces. ok is false for anything else, a date that does not exist
// included.
func ParseCode(s string) (c Code, ok bool) {
	if len(s) > maxCode {
		return Code{}, false
	}
	key := strings.ToUpper(strings.Map(dropSpace, s))
	m := codeShape.FindStringSubmatch(key)
	if m == nil {
		return Code{}, false
	}
	if len(m[2]) == 6 {
		m[2] = "20" + m[2] // electronic dossiers begin in this century
	}
	day, err := time.Parse("20060102", m[2])
	if err != nil {
		return Code{}, false
	}
	serial, err := strconv.Atoi(m[3])
	if err != nil {
		return Code{}, false
	}
	return Code{Text: s, Key: key, Office: m[1], Day: day.Format(time.DateOnly), Serial: serial}, true
}

func dropSpace(r rune) rune {
	if unicode.IsSpace(r) {
		return -1
	}
	return r
}

// NewCode writes the code of an office's nth dossier of a day ("2006-01-02"),
// e.g. "H26.138-261122-0019". serial is 1 to MaxSerial.
func NewCode(office, day string, serial int) string {
	return fmt.Sprintf("%s-%s%s%s-%04d", office, day[2:4], day[5:7], day[8:10], serial)
}

// provisionalShape is what a receipt bears while official codes may not be
// given: "TAM.Q1-261122-0007". It is nobody's dossier code.
var provisionalShape = regexp.MustCompile(`^TAM\.([A-Z]\d{1,2})-(\d{6})-(\d{4})$`)

// NewProvisional writes the provisional code of the nth dossier that was taken
// in under a series on a day ("2006-01-02"). The series is a terminal's own
// (queue.Station) or a hub's (HubSeries), so that no two places give the same.
func NewProvisional(series, day string, n int) string {
	return fmt.Sprintf("TAM.%s-%s%s%s-%04d", series, day[2:4], day[5:7], day[8:10], n)
}

// HubSeries is the series of the provisional codes of a hub whose predecessor
// has not handed over yet: "H2" in the second term.
func HubSeries(term int) string { return "H" + strconv.Itoa((term-1)%99+1) }

// ParseProvisional recognises a provisional code, in either case and with stray
// spaces. Office is its series.
func ParseProvisional(s string) (c Code, ok bool) {
	if len(s) > maxCode {
		return Code{}, false
	}
	key := strings.ToUpper(strings.Map(dropSpace, s))
	m := provisionalShape.FindStringSubmatch(key)
	if m == nil {
		return Code{}, false
	}
	day, err := time.Parse("060102", m[2])
	if err != nil {
		return Code{}, false
	}
	serial, err := strconv.Atoi(m[3])
	if err != nil || serial == 0 {
		return Code{}, false
	}
	return Code{Text: s, Key: key, Office: m[1], Day: day.Format(time.DateOnly), Serial: serial}, true
}

// Key is a code as it is filed and looked up, official or provisional; ok is
// false for anything else, which is bounded and unchanged.
func Key(code string) (key string, ok bool) {
	if c, ok := ParseCode(code); ok {
		return c.Key, true
	}
	if c, ok := ParseProvisional(code); ok {
		return c.Key, true
	}
	return code[:min(len(code), maxCode)], false
}

// Serial is the number that a code takes, and of which count (Book.LastSerial):
// its day's, or its provisional series' on that day.
func Serial(code string) (count string, n int, ok bool) {
	if c, ok := ParseCode(code); ok {
		return c.Day, c.Serial, true
	}
	if c, ok := ParseProvisional(code); ok {
		return provisionalCount(c.Office, c.Day), c.Serial, true
	}
	return "", 0, false
}

func provisionalCount(series, day string) string { return series + " " + day }
