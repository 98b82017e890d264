package scan

import (
	"log/slog"
	"time"

	"motcua/queue/idcard"
)

// Kind says what was scanned.
type Kind string

// Kinds; each has a text "scan.kind.<kind>".
const (
	Unknown     Kind = "unknown"
	DossierCode Kind = "dossier-code"
	CitizenCard Kind = "citizen-card"
	TicketCode  Kind = "ticket-code"
	// AppointmentCode is what an office made for a booked slot.
	AppointmentCode Kind = "appointment-code"
)

// Event is one scan, from whatever source.
type Event struct {
	Kind Kind
	// Text is what was scanned: valid UTF-8 in NFC without control and
	// direction characters, at most MaxText characters. Of a citizen card it is
	// empty: see Card for what may be known.
	Text string
	// Code is the dossier code in upper case, or the ticket's id and check
	// ("261122-A012-K7Q2M5XP"), or the appointment's code
	// ("H261122-A345-K7Q2M5XP"); empty for the other kinds.
	Code string
	// Card is set for citizen cards only.
	Card *idcard.Card
	// Source is the address of what scanned it, e.g. "serial:/dev/ttyACM0".
	Source string
	At     time.Time
}

// String says what was scanned without saying whose: texts of unknown codes
// may be anybody's.
func (e Event) String() string {
	switch e.Kind {
	case CitizenCard:
		return string(e.Kind) + " " + e.Card.String()
	case Unknown:
		return string(e.Kind)
	}
	return string(e.Kind) + " " + e.Code
}

// LogValue keeps personal data out of structured logs.
func (e Event) LogValue() slog.Value { return slog.StringValue(e.String()) }
