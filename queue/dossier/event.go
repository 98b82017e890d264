package dossier

import (
	"encoding/json"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
)

// DossierReceived: a dossier was taken in. It holds everything the receipt
// says, so that later changes of catalogue or calendar move nothing. When and
// by whom is the record's time and actor. The applicant is Sealed.
type DossierReceived struct {
	Code         string             `json:"code"`
	Procedure    string             `json:"procedure"`
	Version      string             `json:"version"`
	Title        queue.Text         `json:"title"`
	Domain       string             `json:"domain"`
	Ticket       queue.TicketID     `json:"ticket,omitempty"`
	Due          time.Time          `json:"due"`
	DueRule      string             `json:"due_rule"`
	Time         catalogue.Duration `json:"time"`
	DueTentative bool               `json:"due_tentative,omitempty"`
	Papers       []Paper            `json:"papers"`
	Sets         int                `json:"sets"`
	Fee          int64              `json:"fee"`
	FeeNote      string             `json:"fee_note,omitempty"`
	Handover     Handover           `json:"handover"`
	Sealed       []byte             `json:"sealed,omitempty"`
	Mask         string             `json:"mask,omitempty"`
	CardHash     string             `json:"card_hash,omitempty"`
	// Provisional is the code on the citizen's receipt when that is not an
	// official one; Code is the same until it is numbered. At is the receipt's
	// moment when that is not the record's.
	Provisional string    `json:"provisional,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

// DossierNumbered gives an official code to a dossier that had a provisional
// one. It is found by either from here on.
type DossierNumbered struct {
	Provisional string `json:"provisional"`
	Code        string `json:"code"`
}

// DossierAdvanced: a step of the handling.
type DossierAdvanced struct {
	Code string `json:"code"`
	Unit string `json:"unit,omitempty"`
	Note string `json:"note,omitempty"`
}

// SupplementRequested: papers are missing, the clock stops. From Nth 2 on the
// dossier counts as late.
type SupplementRequested struct {
	Code   string `json:"code"`
	Unit   string `json:"unit,omitempty"`
	Reason string `json:"reason"`
	Nth    int    `json:"nth"`
}

// DossierSupplemented: the papers came, the clock goes on. Due has moved by
// Paused, the working time that passed since the request (nanoseconds).
type DossierSupplemented struct {
	Code         string        `json:"code"`
	Unit         string        `json:"unit,omitempty"`
	Due          time.Time     `json:"due"`
	DueTentative bool          `json:"due_tentative,omitempty"`
	Paused       time.Duration `json:"paused"`
}

// DossierReady: the result is at the desk.
type DossierReady struct {
	Code string `json:"code"`
	Unit string `json:"unit,omitempty"`
	Note string `json:"note,omitempty"`
}

// DossierReturned: the result was handed over; Proof is the authorisation
// shown by somebody else than the applicant.
type DossierReturned struct {
	Code  string `json:"code"`
	Unit  string `json:"unit,omitempty"`
	Proxy bool   `json:"proxy,omitempty"`
	Proof string `json:"proof,omitempty"`
}

// DossierClosed: over without a result, as Refused, Withdrawn or Stopped.
type DossierClosed struct {
	Code   string `json:"code"`
	Unit   string `json:"unit,omitempty"`
	As     Status `json:"as"`
	Reason string `json:"reason"`
}

// DossierRated is a rating of a stage; it names no person.
type DossierRated struct {
	Code   string   `json:"code"`
	Stage  string   `json:"stage"`
	Level  int      `json:"level"`
	Praise []string `json:"praise,omitempty"`
}

// Kind implements queue.Event.
func (DossierReceived) Kind() string { return "dossier.received" }

// Kind implements queue.Event.
func (DossierAdvanced) Kind() string { return "dossier.advanced" }

// Kind implements queue.Event.
func (SupplementRequested) Kind() string { return "dossier.supplement-requested" }

// Kind implements queue.Event.
func (DossierSupplemented) Kind() string { return "dossier.supplemented" }

// Kind implements queue.Event.
func (DossierReady) Kind() string { return "dossier.ready" }

// Kind implements queue.Event.
func (DossierReturned) Kind() string { return "dossier.returned" }

// Kind implements queue.Event.
func (DossierClosed) Kind() string { return "dossier.closed" }

// Kind implements queue.Event.
func (DossierRated) Kind() string { return "dossier.rated" }

// Kind implements queue.Event.
func (DossierNumbered) Kind() string { return "dossier.numbered" }

// CodeOf is the code of the dossier that an event of this package is about,
// "" for events of other packages.
func CodeOf(e queue.Event) string {
	switch e := e.(type) {
	case DossierReceived:
		return e.Code
	case DossierAdvanced:
		return e.Code
	case SupplementRequested:
		return e.Code
	case DossierSupplemented:
		return e.Code
	case DossierReady:
		return e.Code
	case DossierReturned:
		return e.Code
	case DossierClosed:
		return e.Code
	case DossierRated:
		return e.Code
	case DossierNumbered:
		return e.Provisional
	}
	return ""
}

// DecodeEvent reads a journal record of this package. ok is false for kinds
// of other packages and of later versions, which are stored and forwarded
// unread.
func DecodeEvent(kind string, v int, data json.RawMessage) (e queue.Event, ok bool, err error) {
	if v != 1 {
		return nil, false, nil
	}
	switch kind {
	case "dossier.received":
		return decode[DossierReceived](kind, data)
	case "dossier.advanced":
		return decode[DossierAdvanced](kind, data)
	case "dossier.supplement-requested":
		return decode[SupplementRequested](kind, data)
	case "dossier.supplemented":
		return decode[DossierSupplemented](kind, data)
	case "dossier.ready":
		return decode[DossierReady](kind, data)
	case "dossier.returned":
		return decode[DossierReturned](kind, data)
	case "dossier.closed":
		return decode[DossierClosed](kind, data)
	case "dossier.rated":
		return decode[DossierRated](kind, data)
	case "dossier.numbered":
		return decode[DossierNumbered](kind, data)
	}
	return nil, false, nil
}

func decode[E queue.Event](kind string, data json.RawMessage) (queue.Event, bool, error) {
	var e E
	if err := json.Unmarshal(data, &e); err != nil {
		return nil, false, fmt.Errorf("read %s event: %w", kind, err)
	}
	return e, true, nil
}
