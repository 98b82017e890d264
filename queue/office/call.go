package office

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// ErrUnreachable: the way to the office failed, or the office is stopping. The
// command may or may not have been carried out; the same Call may be sent again.
var ErrUnreachable = errors.New("the office cannot be reached")

// Codes of the office service's own refusals. The texts are "refusal.<code>".
const (
	codeBusy       = "office-busy"     // too many commands are waiting
	codeFull       = "disk-full"       // nothing was promised
	codeFault      = "office-fault"    // a bug or a damaged value; see the log
	codeStopping   = "office-stopping" // restarting, or the store is suspect
	codeBadRequest = "request-invalid" // not a request of this API
	codeBadCall    = "call-invalid"    // device, n or actor are not acceptable
	codeStale      = "call-stale"      // older than a command already answered
	codeReused     = "call-reused"     // the same (device, n) with another command
	codeUnknown    = "command-unknown"
	codeNotFound   = "dossier-unknown"
	codeTicket     = "ticket-unknown"
	codeDevice     = "device-unknown"
	codeCatalogue  = "catalogue-invalid"
	codeGivenUp    = "call-given-up" // the device helped itself instead
)

// Command is a wish; see queue.Command.
type Command = queue.Command

// Erase drops the key of an applicant (crypto-shredding): the dossier stays,
// the person in it can never be read again, and the chain still verifies.
type Erase struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Name implements queue.Command.
func (Erase) Name() string { return "applicant.erase" }

// Erased records that an applicant's key was dropped.
type Erased struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

// Kind implements queue.Event.
func (Erased) Kind() string { return "applicant.erased" }

// InstallCatalogue replaces the procedures from today on, as the city publishes
// them or local IT imports them. What held until now is kept as ended versions.
// The result is kept beside the journal; the record carries the document's
// version and hash and how much it changed.
type InstallCatalogue struct {
	Document json.RawMessage `json:"document"`
}

// Name implements queue.Command.
func (InstallCatalogue) Name() string { return "catalogue.install" }

// CatalogueInstalled records which catalogue is in use from here on.
type CatalogueInstalled struct {
	Version string `json:"version"`
	SHA256  string `json:"sha256"` // of the document
	// How many procedures in force came, went and changed.
	Added   int `json:"added,omitempty"`
	Removed int `json:"removed,omitempty"`
	Changed int `json:"changed,omitempty"`
}

// Kind implements queue.Event.
func (CatalogueInstalled) Kind() string { return "catalogue.installed" }

// commandType is one command of the API: its name, an example for the
// description, and how to read it.
type commandType struct {
	name   string
	zero   queue.Command
	decode func(json.RawMessage) (queue.Command, error)
}

func kind[C queue.Command]() commandType {
	var zero C
	return commandType{name: zero.Name(), zero: zero, decode: func(data json.RawMessage) (queue.Command, error) {
		var c C
		if err := strict(data, &c); err != nil {
			return nil, refusal.New(codeBadRequest, "fault", zero.Name()+": "+err.Error())
		}
		return c, nil
	}}
}

// commandTypes lists every command that the office carries out.
func commandTypes() []commandType {
	return []commandType{
		kind[queue.Configure](), kind[queue.OpenDay](), kind[queue.CloseDay](),
		kind[queue.IssueTicket](), kind[queue.ReportPrint](), kind[queue.VoidTicket](),
		kind[queue.OpenCounter](), kind[queue.PauseCounter](), kind[queue.CloseCounter](),
		kind[queue.CallNext](), kind[queue.CallTicket](), kind[queue.Recall](), kind[queue.StartService](),
		kind[queue.MarkAbsent](), kind[queue.ReturnTicket](), kind[queue.HoldTicket](),
		kind[queue.TransferTicket](), kind[queue.FinishTicket](), kind[queue.RateTicket](),
		kind[queue.RequestHelp](), kind[queue.AnswerHelp](),
		kind[queue.RaiseAlarm](), kind[queue.AnswerAlarm](),
		kind[queue.CarryTicket](), kind[queue.CloseSession](), kind[queue.OpenSession](),
		kind[queue.BookAppointment](), kind[queue.CancelAppointment](), kind[queue.CheckIn](),
		kind[queue.AdmitDevice](), kind[queue.ServeByHand](), kind[queue.AcknowledgeAnomaly](), kind[queue.ReportReceipt](),
		kind[queue.Merge](),
		kind[dossier.Receive](), kind[dossier.Advance](), kind[dossier.RequestSupplement](),
		kind[dossier.Supplemented](), kind[dossier.MarkReady](), kind[dossier.Return](),
		kind[dossier.Close](), kind[dossier.Rate](),
		kind[Erase](), kind[InstallCatalogue](), kind[RevokeDevice](), kind[SetPIN](), kind[UnlockOfficer](),
	}
}

// strict reads exactly one JSON value without unknown fields: a misspelt field
// is a fault to report, not a wish to ignore.
func strict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the value")
	}
	return nil
}

// Bounds of what identifies a call.
const (
	maxName = 64
	maxN    = 1 << 53 // what every JSON reader keeps exactly
)

var deviceShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// check refuses calls that could not be answered again.
func (c Call) check() error {
	switch {
	case c.Command == nil:
		return refusal.New(codeBadCall, "field", "command")
	case !deviceShape.MatchString(c.By.Device):
		return refusal.New(codeBadCall, "field", "device")
	case c.N == 0 || c.N > maxN:
		return refusal.New(codeBadCall, "field", "n")
	case !nameOK(c.By.Officer):
		return refusal.New(codeBadCall, "field", "officer")
	case !nameOK(c.By.Counter):
		return refusal.New(codeBadCall, "field", "counter")
	}
	return nil
}

func nameOK(s string) bool { return len(s) <= maxName && utf8.ValidString(s) }

// answer is what is stored for (device, n): the reply or the refusal, and a
// keyed digest of the question, so that a number used for another question
// cannot get this answer.
type answer struct {
	Digest  string           `json:"digest"`
	Reply   json.RawMessage  `json:"reply,omitempty"`
	Refusal *refusal.Refusal `json:"refusal,omitempty"`

	stored bool // it was there before this transaction
}

func (s secret) digest(by chain.Actor, c queue.Command) (string, error) {
	raw, err := json.Marshal(struct {
		By      chain.Actor
		Name    string
		Command queue.Command
	}{by, c.Name(), c})
	if err != nil {
		return "", fmt.Errorf("encode %s command: %w", c.Name(), err)
	}
	return hex.EncodeToString(s.mac("call", raw)[:12]), nil
}

// reply reads the answer back: the same for the first time and for every
// repetition, in-process and over HTTP.
func (a answer) reply() (Reply, error) {
	if a.Refusal != nil {
		return Reply{}, a.Refusal
	}
	var r Reply
	if err := json.Unmarshal(a.Reply, &r); err != nil {
		return Reply{}, fmt.Errorf("read stored answer: %w", err)
	}
	return r, nil
}
