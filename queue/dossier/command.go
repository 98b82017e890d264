package dossier

import (
	"time"

	"motcua/queue"
)

// Command has the same meaning as queue.Command.
type Command = queue.Command

// Receive takes a dossier in (tiếp nhận). Over the API it carries Applicant;
// the office service replaces that by Sealed, Mask and CardHash before Decide.
type Receive struct {
	Procedure string         `json:"procedure"`
	Ticket    queue.TicketID `json:"ticket,omitempty"`
	Applicant *Person        `json:"applicant,omitempty"`
	Papers    []Paper        `json:"papers"`
	Sets      int            `json:"sets,omitempty"` // 0 means 1
	Handover  Handover       `json:"handover,omitempty"`
	Sealed    []byte         `json:"sealed,omitempty"`
	Mask      string         `json:"mask,omitempty"`
	CardHash  string         `json:"card_hash,omitempty"`
	// Provisional is the code on the receipt that a terminal gave while the
	// office was silent, and At when; the one needs the other. The time to be
	// kept runs from At, which is at most MaxBackdate ago.
	Provisional string    `json:"provisional,omitempty"`
	At          time.Time `json:"at,omitzero"`
}

// Advance records a step of the handling (chuyển bước): from the desk, or
// from the city with the department's name.
type Advance struct {
	Code string `json:"code"`
	Unit string `json:"unit"`
	Note string `json:"note"`
}

// RequestSupplement asks for missing papers; the clock stops.
type RequestSupplement struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Supplemented: the papers are here; the clock goes on.
type Supplemented struct {
	Code string `json:"code"`
}

// MarkReady: the result is at the desk.
type MarkReady struct {
	Code string `json:"code"`
	Unit string `json:"unit,omitempty"`
	Note string `json:"note,omitempty"`
}

// Return hands the result over (trả kết quả). Proxy and Proof are required
// when somebody else collects (scenario 36).
type Return struct {
	Code  string `json:"code"`
	Proxy bool   `json:"proxy,omitempty"`
	Proof string `json:"proof,omitempty"`
}

// Close ends a dossier without a result: Refused, Withdrawn or Stopped.
type Close struct {
	Code   string `json:"code"`
	As     Status `json:"as"`
	Reason string `json:"reason"`
}

// Rate rates a dossier's present stage, once (scenario 37). Level is 1 to 5.
type Rate struct {
	Code   string   `json:"code"`
	Level  int      `json:"level"`
	Praise []string `json:"praise,omitempty"`
}

// Name implements Command.
func (Receive) Name() string { return "dossier.receive" }

// Name implements Command.
func (Advance) Name() string { return "dossier.advance" }

// Name implements Command.
func (RequestSupplement) Name() string { return "dossier.request-supplement" }

// Name implements Command.
func (Supplemented) Name() string { return "dossier.supplemented" }

// Name implements Command.
func (MarkReady) Name() string { return "dossier.mark-ready" }

// Name implements Command.
func (Return) Name() string { return "dossier.return" }

// Name implements Command.
func (Close) Name() string { return "dossier.close" }

// Name implements Command.
func (Rate) Name() string { return "dossier.rate" }
