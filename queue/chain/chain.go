// Package chain is the record itself: one line of JSON per event, each line
// naming the hash of the line before it.
//
// The hash of a record is SHA-256 over the exact bytes of its line, so whoever
// holds the bytes can recompute it with any tool; nothing is re-encoded before
// hashing and a record that came over a wire or out of a file keeps its bytes.
// The journal appends records, the uplink sends their lines, the city checks
// them: all three use this package and nothing else. The package is PURE.
package chain

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// MaxLine is the largest record accepted, in bytes. A whole office
// configuration is about 20 kB; anything near this limit is an attack or a bug.
const MaxLine = 1 << 20

// Errors a caller decides on.
var (
	// ErrGap: the record is not the next one; something is missing or repeated.
	ErrGap = errors.New("record out of sequence")
	// ErrFork: the record does not continue the chain that we hold.
	ErrFork = errors.New("record does not continue the chain")
	// ErrMalformed: the line is not a record.
	ErrMalformed = errors.New("malformed record")
)

// Hash is a SHA-256 sum, written as 64 hex digits.
type Hash [32]byte

// String returns 64 lower-case hex digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// MarshalText writes the hash as hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads exactly 64 hex digits.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != 2*len(h) {
		return fmt.Errorf("hash of %d characters: %w", len(b), ErrMalformed)
	}
	if _, err := hex.Decode(h[:], b); err != nil {
		return fmt.Errorf("hash: %w", ErrMalformed)
	}
	return nil
}

// Clock tells how far the wall clock could be trusted when a record was made.
type Clock string

// Clock states.
const (
	ClockSynced Clock = "synced" // set by the network since boot
	ClockFree   Clock = "free"   // running on its own
	ClockJumped Clock = "jumped" // earlier than the record before, or far ahead of it
)

// Actor says who did it and where. Officer is a staff code, never a citizen.
type Actor struct {
	Device  string `json:"device"`
	Officer string `json:"officer,omitempty"`
	Counter string `json:"counter,omitempty"`
}

// Fact is what a record states, before it has a place in the chain.
type Fact struct {
	At    time.Time       `json:"at"`
	Clock Clock           `json:"clock,omitempty"`
	By    Actor           `json:"by"`
	N     uint64          `json:"n,omitempty"` // the device's number of the command that made it
	Type  string          `json:"type"`
	V     int             `json:"v"`
	Data  json.RawMessage `json:"data"`
}

// Record is a fact with its place: sequence number and previous hash.
// The zero Record is not valid; make one with Head.Append or Parse.
type Record struct {
	Seq  uint64 `json:"seq"`
	Prev Hash   `json:"prev"`
	Fact
	line []byte
}

// Line returns the record's bytes without a newline. Do not modify them.
func (r Record) Line() []byte { return r.line }

// Hash is SHA-256 over Line.
func (r Record) Hash() Hash { return sha256.Sum256(r.line) }

// Head is the position at the end of a chain; the zero Head is an empty chain.
type Head struct {
	Seq  uint64 `json:"seq"`
	Hash Hash   `json:"hash"`
}

// Append places a fact after h. Times are kept in UTC at millisecond
// precision, so that a record read back equals the one written.
func (h Head) Append(f Fact) (Record, Head, error) {
	f.At = f.At.UTC().Truncate(time.Millisecond)
	r := Record{Seq: h.Seq + 1, Prev: h.Hash, Fact: f}
	line, err := json.Marshal(r)
	if err != nil {
		return Record{}, h, fmt.Errorf("encode %s record: %w", f.Type, err)
	}
	if len(line) > MaxLine {
		return Record{}, h, fmt.Errorf("encode %s record of %d bytes: %w", f.Type, len(line), ErrMalformed)
	}
	r.line = line
	return r, Head{Seq: r.Seq, Hash: r.Hash()}, nil
}

// Parse reads a line written by Append. It copies the bytes; Data is a part of
// Line.
func Parse(line []byte) (Record, error) {
	line = bytes.TrimRight(line, "\r\n")
	if len(line) == 0 || len(line) > MaxLine {
		return Record{}, fmt.Errorf("record of %d bytes: %w", len(line), ErrMalformed)
	}
	line = bytes.Clone(line)
	r, ok := canonical(line)
	if !ok {
		if err := json.Unmarshal(line, &r); err != nil {
			return Record{}, fmt.Errorf("record: %w (%w)", ErrMalformed, err)
		}
		r.line = line
	}
	if r.Seq == 0 || r.Type == "" {
		return Record{}, fmt.Errorf("record without sequence or type: %w", ErrMalformed)
	}
	return r, nil
}

// Check accepts r as the next record after h and returns the new head.
func (h Head) Check(r Record) (Head, error) {
	if r.Seq != h.Seq+1 {
		return h, fmt.Errorf("record %d after %d: %w", r.Seq, h.Seq, ErrGap)
	}
	if r.Prev != h.Hash {
		return h, fmt.Errorf("record %d: %w", r.Seq, ErrFork)
	}
	return Head{Seq: r.Seq, Hash: r.Hash()}, nil
}
