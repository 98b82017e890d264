package field

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/succession"
)

// Bounds of what a terminal remembers. A counter that serves by hand makes
// about four records a visit, so the records are good for days.
const (
	MaxPending  = 16    // calls without an answer
	MaxStanding = 200   // more of them that stand until they are answered
	MaxRecords  = 10000 // field records on disk
	maxDays     = 8     // business days of which the last number is remembered
	maxSpans    = 64    // runs of records that only this copy has
)

// Kept is what a terminal must remember through a power cut, besides its field
// records and its copy of the office's records, which are longer and only ever
// grow at their end.
type Kept struct {
	Seat succession.Seat `json:"seat"`
	// N is the number of the last call made (rule R2).
	N uint64 `json:"n"`
	// Pending are the calls that have no answer, oldest first.
	Pending []Pending `json:"pending,omitempty"`
	// Chain is the end of the field records; Taken, the last of them that the
	// office of the present term has confirmed, and all before it.
	Chain chain.Head `json:"chain"`
	Taken uint64     `json:"taken,omitempty"`
	// Numbers is the last number given here, by business day: the copy of
	// another hub may not know it (rules R1, R9).
	Numbers map[string]int `json:"numbers,omitempty"`
	// Receipts is the last provisional receipt made here, by business day.
	Receipts map[string]int `json:"receipts,omitempty"`
	// Copy is the last record of the copy, Terms the terms that began in it.
	Copy  uint64             `json:"copy,omitempty"`
	Terms succession.Lineage `json:"terms,omitempty"`
	// Ahead are records beyond the copy that came with answers.
	Ahead queue.Ranges `json:"ahead,omitempty"`
	// Orphans are records of hubs that are gone, which the office of the present
	// term may lack.
	Orphans []Span `json:"orphans,omitempty"`
}

// Pending is a call without an answer. What it asks is kept in the form in
// which the run time gave it, so that nothing personal is on the disk in clear.
type Pending struct {
	N    uint64          `json:"n"`
	By   chain.Actor     `json:"by"`
	Type string          `json:"type"`
	Data json.RawMessage `json:"data,omitempty"`
	// Standing: it is sent until it is answered, however long that takes.
	Standing bool `json:"standing,omitempty"`

	command queue.Command
	due     time.Time // when it is decided here
	sent    bool      // it may have reached the office
}

// Command is what the call asks.
func (p Pending) Command() queue.Command { return p.command }

// Span is a run of records with one origin (queue.Merge).
type Span struct {
	Origin string `json:"origin"`
	First  uint64 `json:"first"`
	Last   uint64 `json:"last"`
	// Taken is the last of them that the office has confirmed.
	Taken uint64 `json:"taken,omitempty"`
}

// Entry is a field record with the event in it.
type Entry struct {
	Record chain.Record
	Event  queue.Event // nil for a kind of a later version
}

// ErrKept: what was read from disk is not what a terminal keeps.
var ErrKept = errors.New("not a terminal's memory")

// Check reports whether what was read from disk fits together.
func (k Kept) Check() error {
	if err := k.Seat.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrKept, err)
	}
	last := uint64(0)
	for _, p := range k.Pending {
		if p.N <= last || p.N > k.N {
			return fmt.Errorf("pending call %d: %w", p.N, ErrKept)
		}
		last = p.N
	}
	if k.Seat.Role != succession.Terminal || k.Taken > k.Chain.Seq || len(k.Pending) > MaxPending+MaxStanding {
		return fmt.Errorf("terminal %.80q: %w", k.Seat.Device, ErrKept)
	}
	return nil
}

// counted is a count by business day with n noted for a day; the oldest days are
// forgotten. The old map stays as it is.
func counted(days map[string]int, day string, n int) map[string]int {
	days = maps.Clone(days)
	if days == nil {
		days = map[string]int{}
	}
	days[day] = max(days[day], n)
	if sorted := slices.Sorted(maps.Keys(days)); len(sorted) > maxDays {
		delete(days, sorted[0])
	}
	return days
}

// without is the list less one call.
func without(list []Pending, n uint64) []Pending {
	return slices.DeleteFunc(slices.Clone(list), func(p Pending) bool { return p.N == n })
}
