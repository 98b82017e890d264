// Package wire is what an office and the city say to each other: header names,
// answers and the encoding of a batch. The uplink and the central server both
// use it, so that the protocol stands in one place. The package has no state.
//
// An office pushes ranges of its journal and pulls notices, always as the side
// that calls:
//
//	POST /v1/offices/{office}/events     a Batch                → Ack | Conflict
//	GET  /v1/offices/{office}/cursor?seq=n&head=h[&common=m][&term=t] → Cursor
//	GET  /v1/offices/{office}/notices?after=n&wait=50           → Notices
//	GET  /v1/offices/{office}/events?after=n&max=500            → record lines
//	GET  /v1/offices/{office}/key                               → CityKey, as text
//	POST /v1/offices/{office}/documents/again                   all documents are told once more
//
// In the question for the cursor, seq and head are the end of the office's own
// journal, and common the last record that both hold, once it is known.
//
// A hub that was promoted (see package succession) begins a new term with the
// record "term.began" after number k of its copy. When the city holds other
// records after k they are superseded: it keeps them aside and goes on from k.
// They come again inside the new record, wrapped. A branch without a higher
// term is a fork.
//
// Every good answer names the office and the position it is about. A gateway
// that answers 200 to everything therefore never moves a cursor.
package wire

import (
	"encoding/json"
	"regexp"
	"time"

	"motcua/queue/chain"
)

// Version is the version of the envelope, sent in HeaderVersion. Events carry
// versions of their own; this one changes only with the batch or the answers.
const Version = 1

// Request headers of a batch. Prev is the hash of the record before First, 64
// hex digits. Date (RFC 9110) is the office's clock, from which the city reads
// its offset; nothing is ordered by it.
const (
	HeaderVersion = "Sync-Version"
	HeaderFirst   = "Sync-First"
	HeaderCount   = "Sync-Count"
	HeaderPrev    = "Sync-Prev"
	// HeaderTerm is the term of the hub that sends (package succession); 1 when
	// it is missing.
	HeaderTerm = "Sync-Term"
)

// ContentType and Encoding are those of a batch: one record line per line.
const (
	ContentType = "application/x-ndjson"
	Encoding    = "zstd"
)

// Limits of a batch. A single record may be as large as chain.MaxLine, so a
// receiver takes somewhat more than MaxBytes.
const (
	BatchEvents = 500     // in ordinary work
	MaxEvents   = 1000    // after an outage
	MaxBytes    = 1 << 20 // of record lines, before compression, unless one line alone is longer
	maxDecoded  = MaxBytes + chain.MaxLine + MaxEvents
	// MaxBody bounds the compressed request.
	MaxBody = maxDecoded
)

// PollWait is the longest a request for notices stays open.
const PollWait = 50 * time.Second

// Ack says that the city holds the office's chain up to LastSeq, durably.
type Ack struct {
	Office  string     `json:"office"`
	LastSeq uint64     `json:"last_seq"`
	Head    chain.Hash `json:"head"` // of record LastSeq
	// Rejected events are kept and set aside for a person; they are not lost
	// and must not be sent again.
	Rejected []Rejected `json:"rejected,omitempty"`
	// MaxBatch and MaxBytes are the receiver's wishes; 0 means no wish.
	MaxBatch    int       `json:"max_batch,omitempty"`
	MaxBytes    int       `json:"max_bytes,omitempty"`
	NextAfterMS int       `json:"next_after_ms,omitempty"`
	ServerTime  time.Time `json:"server_time"`
	Sig         []byte    `json:"sig"` // SignPosition
}

// Rejected names an event that the city keeps without having read it.
type Rejected struct {
	Seq uint64 `json:"seq"`
	Why string `json:"why"` // "malformed", "shape" or "unknown-ticket" …
}

// Conflict (status 409) says where the city stands instead. Fork means that
// what was sent contradicts what the city holds: sending again cannot help.
type Conflict struct {
	Office string     `json:"office"`
	Have   uint64     `json:"have"`
	Head   chain.Hash `json:"head"`
	Fork   bool       `json:"fork,omitempty"`
	// Superseded is set when the sender's term is over: the term that is in
	// force. The sender must stop; its successor sends.
	Superseded uint64 `json:"superseded,omitempty"`
	Why        string `json:"why,omitempty"`
	Sig        []byte `json:"sig"` // SignPosition
}

// Position is what the city has.
func (c Conflict) Position() chain.Head { return chain.Head{Seq: c.Have, Hash: c.Head} }

// Cursor tells where the city stands with an office, in both directions.
type Cursor struct {
	Office string     `json:"office"`
	Have   uint64     `json:"have"`
	Head   chain.Hash `json:"head"`
	// Term is the one in which the office's record stands here; at least 1.
	Term uint64 `json:"term"`
	// Notices is the last notice that the office has acknowledged.
	Notices    uint64    `json:"notices"`
	ServerTime time.Time `json:"server_time"`
	Sig        []byte    `json:"sig"` // SignPosition
}

// Position is what the city has.
func (c Cursor) Position() chain.Head { return chain.Head{Seq: c.Have, Hash: c.Head} }

// Notice is one thing the city tells an office. ID grows within an office, with
// gaps, and is never used again, even by a city restored from a backup; so
// (device "central", n = ID) is the key of the command made of it.
type Notice struct {
	ID   uint64 `json:"id"`
	Kind string `json:"kind"`
	// Version orders the documents of a kind (catalogue, staff, settings): an
	// office never goes back to an older one. 0 for everything else, which the
	// ids order.
	Version uint64          `json:"version,omitempty"`
	Data    json.RawMessage `json:"data"`
	// Sig is the city's signature for one office; see Sign.
	Sig []byte `json:"sig,omitempty"`
}

// Kinds of notices and what Data holds.
const (
	NoticeCatalogue = "catalogue"       // catalogue.Catalogue, a document
	NoticeStaff     = "staff"           // a document: {"officers": […]}
	NoticeSettings  = "settings"        // a document: what differs from the office's configuration (RFC 7396)
	NoticeAdvance   = "dossier.advance" // dossier.Advance
	NoticeReady     = "dossier.ready"   // dossier.MarkReady
	// Bookings of the city; the code is always set.
	NoticeBook   = "appointment.book"   // queue.BookAppointment
	NoticeCancel = "appointment.cancel" // queue.CancelAppointment
)

// Notices answers a poll: those after After, oldest first, maybe none.
type Notices struct {
	Office  string   `json:"office"`
	After   uint64   `json:"after"`
	Notices []Notice `json:"notices"`
}

var officeShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// ValidOffice reports whether id can name an office in a path and a key.
func ValidOffice(id string) bool { return officeShape.MatchString(id) }
