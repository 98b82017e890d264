package scan

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/idcard"
)

// MaxText bounds the text of an event, in characters. The longest URL with a
// code that is in use has about 120.
const MaxText = 300

// maxScan bounds what is looked at, in bytes: a QR code holds at most 2,953.
const maxScan = 4096

// Classify says what a scanned text is; Source and At are left to the caller.
// It accepts codes bare and in URLs (last path element; for dossiers also a
// query parameter), and takes off an AIM symbology identifier ("]C0", "]Q1").
// Anything else, a URL with two different codes included, is Unknown: the
// screen shows it and asks, nobody guesses. It is pure and never panics.
func Classify(text string) Event {
	if len(text) > maxScan {
		text = text[:maxScan]
	}
	text = strings.ToValidUTF8(text, "\uFFFD")
	text = symbology.ReplaceAllString(strings.TrimPrefix(text, "\uFEFF"), "")
	if card, err := idcard.Parse(text); err == nil {
		return Event{Kind: CitizenCard, Card: &card}
	}
	bare := strings.TrimFunc(norm.NFC.String(text), edge)
	e := Event{Kind: Unknown, Text: clean(bare)}
	if strings.ContainsFunc(bare, unicode.IsControl) {
		return e
	}
	tickets, dossiers := candidates(bare)
	if code, ok := only(tickets, ticketCode); ok {
		e.Kind, e.Code = TicketCode, code
	} else if code, ok := only(tickets, appointmentCode); ok {
		e.Kind, e.Code = AppointmentCode, code
	} else if code, ok := only(dossiers, dossierCode); ok {
		e.Kind, e.Code = DossierCode, code
	}
	return e
}

// symbology is an AIM identifier (ISO/IEC 15424), which scanners put in front
// when they are told to.
var symbology = regexp.MustCompile(`^\s*\][A-Za-z][0-9A-Za-z]`)

// candidates are the parts of a text that may be a code: itself, or parts of a
// URL, with or without its scheme.
func candidates(text string) (tickets, dossiers []string) {
	one := []string{text}
	if !strings.ContainsAny(text, "/?") {
		return one, one
	}
	if !strings.Contains(text, "://") {
		text = "//" + text
	}
	u, err := url.Parse(text)
	if err != nil {
		return one, one
	}
	path := strings.TrimRight(u.Path, "/")
	last := []string{path[strings.LastIndex(path, "/")+1:]}
	dossiers = last
	for _, values := range u.Query() {
		dossiers = append(dossiers, values...)
	}
	return last, dossiers
}

// only is the one code among the candidates; two different ones are none.
func only(candidates []string, recognise func(string) (string, bool)) (string, bool) {
	var codes []string
	for _, c := range candidates {
		if code, ok := recognise(c); ok && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	if len(codes) != 1 {
		return "", false
	}
	return codes[0], true
}

// dossierCode is an official code, or the provisional one on a receipt that was
// given while the office was silent.
func dossierCode(s string) (string, bool) {
	if c, ok := dossier.ParseCode(s); ok {
		return c.Key, true
	}
	c, ok := dossier.ParseProvisional(s)
	return c.Key, ok
}

var check = regexp.MustCompile(`^[A-Z2-7]{8}$`)

// ticketCode is a ticket's id and the check that only the office can make,
// eight characters of base32. A number that a device gave by itself has no
// check.
func ticketCode(s string) (string, bool) {
	s = strings.ToUpper(s)
	if id, ok := queue.ParseTicketID(s); ok && id.ByDevice() {
		return s, true
	}
	cut := strings.LastIndexByte(s, '-')
	if cut < 0 || !check.MatchString(s[cut+1:]) {
		return "", false
	}
	_, ok := queue.ParseTicketID(s[:cut])
	return s, ok
}

// booked is the code that an office makes for a booked slot: H, the slot's day,
// the service's letter and a record's number, and the office's check.
var booked = regexp.MustCompile(`^H([0-9]{6})-[A-Z][0-9]{1,18}-[A-Z2-7]{8}$`)

// appointmentCode recognises what the office itself made (queue: an appointment
// booked without a code). Codes that a city's portal makes have no grammar that
// could be told from other texts.
func appointmentCode(s string) (string, bool) {
	s = strings.ToUpper(s)
	m := booked.FindStringSubmatch(s)
	if m == nil {
		return "", false
	}
	_, err := time.Parse("060102", m[1])
	return s, err == nil
}

// edge is what may hang around a code and means nothing: white space, line
// ends, and the invisible marks that paste paths add.
func edge(r rune) bool {
	return unicode.IsSpace(r) || unicode.In(r, unicode.C)
}

// clean makes a text harmless to show: one line, no control or direction
// characters, not too long.
func clean(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			r = ' '
		}
		if n == MaxText || unicode.In(r, unicode.C) {
			return -1
		}
		n++
		return r
	}, s)
}
