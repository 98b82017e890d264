package office

import (
	"context"
	"encoding/json"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
)

// Client is what a screen, a script or the city's adapter needs of an office.
// Local serves it in-process, Dial over HTTP; both behave alike, so nothing
// above this interface knows where the office is.
//
// A refusal comes back as *refusal.Refusal (use refusal.Of). ErrUnreachable
// wraps every failure of the way to the office; the command may or may not
// have been carried out, and sending the same Call again is harmless.
type Client interface {
	// Do carries out a command exactly once per (Device, N) of its Call.
	Do(ctx context.Context, call Call) (Reply, error)
	// Follow sends what changes, beginning with a whole Update (State set),
	// until ctx ends or the office is lost; then the channel is closed and the
	// caller follows again. A slow reader is cut off and does the same.
	Follow(ctx context.Context) (<-chan Update, error)
	// Dossier finds a dossier by code for a citizen's eyes: no applicant.
	Dossier(ctx context.Context, code string) (dossier.Dossier, error)
	// Case finds a dossier for an officer, with the applicant in clear.
	Case(ctx context.Context, code string) (Case, error)
	// Dossiers lists dossiers for the desk, newest first.
	Dossiers(ctx context.Context, q DossierQuery) ([]dossier.Dossier, error)
	// Procedures searches the catalogue (accents optional), each procedure in
	// brief; "" lists all.
	Procedures(ctx context.Context, query string) ([]catalogue.Procedure, error)
	// Criteria lists what can be praised in a rating, in the office's order.
	Criteria(ctx context.Context) ([]dossier.Criterion, error)
	// Promise says when and for how much a procedure would be done if it were
	// taken in now: what the officer reads out before printing.
	Promise(ctx context.Context, procedure string) (dossier.Promise, error)
	// Ticket finds a ticket of today by id or by the code of its QR.
	Ticket(ctx context.Context, idOrCode string) (queue.Ticket, error)
}

// Terminal is what a terminal needs of an office besides a Client: to go on
// where its copy ends, and to hand over what happened while it was alone. What
// Dial returns has it.
type Terminal interface {
	Client
	// FollowFrom is Follow for who has everything up to a record: the updates go
	// on after it where that is within reach, else they begin with a State.
	FollowFrom(ctx context.Context, last uint64) (<-chan Update, error)
	// About tells a device how it stands with the office.
	About(ctx context.Context, device string) (About, error)
	// Merge offers records made elsewhere; everything up to last is at the
	// office then.
	Merge(ctx context.Context, o Offer) (last uint64, err error)
}

// Call is one command of one device. N grows by one per command and is kept
// by the device; (Device, N) is the idempotency key.
type Call struct {
	N       uint64
	By      chain.Actor
	Command queue.Command
}

// Reply is what the office did. The fields that do not concern a command are
// zero. A repeated call gets the same reply.
type Reply struct {
	Seq     uint64           `json:"seq"` // last event of the command
	At      time.Time        `json:"at"`
	Ticket  *queue.Ticket    `json:"ticket,omitempty"`
	Dossier *dossier.Dossier `json:"dossier,omitempty"`
	// Records are the lines that the command made, where the caller asked for
	// them (DialOptions.Records).
	Records []json.RawMessage `json:"records,omitempty"`
}

// Update is one message of the stream: either the whole state or one record.
type Update struct {
	Seq uint64 `json:"seq"`
	// State is set in the first message.
	State *queue.State `json:"state,omitempty"`
	// Record is set in the others. Apply it with queue.DecodeEvent.
	Record *chain.Record `json:"record,omitempty"`
	// Link tells how the office's line to the city is, when it changed.
	Link *Link `json:"link,omitempty"`
}

// Link is the state of the line to the city.
type Link struct {
	Up     bool      `json:"up"`
	Since  time.Time `json:"since"`
	Acked  uint64    `json:"acked"`  // last record the city has
	Latest uint64    `json:"latest"` // last record the office has
	// SyncedAt is when the city last answered.
	SyncedAt time.Time `json:"synced_at,omitzero"`
	// Trouble is a reason that does not pass by itself, e.g. "fork"; its text is
	// "central.trouble.<code>". Empty means that waiting is enough.
	Trouble string `json:"trouble,omitempty"`
}

// Case is a dossier with its applicant in clear, for an officer.
type Case struct {
	Dossier   dossier.Dossier `json:"dossier"`
	Applicant dossier.Person  `json:"applicant"`
	// Erased is true when the applicant's key has been dropped.
	Erased bool `json:"erased,omitempty"`
}

// DossierQuery selects dossiers. Empty fields do not select.
type DossierQuery struct {
	Day    string         `json:"day,omitempty"`    // received on, "2006-01-02"
	Status dossier.Status `json:"status,omitempty"` // e.g. ready
	Card   string         `json:"card,omitempty"`   // personal number, hashed by the office
	Limit  int            `json:"limit,omitempty"`  // 0 means 50
}

// wireCall is a Call on the wire; docs/api.md and /openapi.json describe it.
type wireCall struct {
	N    uint64          `json:"n"`
	By   chain.Actor     `json:"by"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}
