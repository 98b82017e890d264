package queue

import "strconv"

// Predecessor is a hub before this one that may still hold records which this
// chain lacks: those of its term after After.
type Predecessor struct {
	Term  int    `json:"term"`
	After uint64 `json:"after"` // the last of its records that this chain has
	Head  string `json:"head"`  // that record's hash
}

// Endings of a predecessor.
const (
	HandedOver = "handed-over" // every record that it made is here
	Lost       = "lost"        // its disk is gone; a supervisor says so
)

// BeginTerm makes this machine the hub, by a supervisor, in its copy of the
// chain: After and Head are the end of that copy. From here on numbers carry
// the term.
type BeginTerm struct {
	Term   int    `json:"term"`
	Hub    string `json:"hub"`
	After  uint64 `json:"after"`
	Head   string `json:"head"`
	Reason string `json:"reason"`
}

// SettlePredecessor ends the wait for an earlier hub's records. Handed over:
// Last is the end of its chain, and everything up to there must be here. Lost:
// by a supervisor, with a reason.
type SettlePredecessor struct {
	Term   int    `json:"term"`
	How    string `json:"how"`
	Last   uint64 `json:"last,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Name implements Command.
func (BeginTerm) Name() string { return "term.begin" }

// Name implements Command.
func (SettlePredecessor) Name() string { return "term.settle" }

// TermBegan: another hub serves from here on. It is record After+1.
type TermBegan struct {
	Term    int    `json:"term"`
	Hub     string `json:"hub"`
	After   uint64 `json:"after"`
	Head    string `json:"head"`
	Officer string `json:"officer"`
	Reason  string `json:"reason"`
}

// TermSettled: nothing more is to come from the hub of an earlier term.
type TermSettled struct {
	Term    int    `json:"term"`
	How     string `json:"how"`
	Last    uint64 `json:"last,omitempty"`
	Officer string `json:"officer,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Kind implements Event.
func (TermBegan) Kind() string { return "term.began" }

// Kind implements Event.
func (TermSettled) Kind() string { return "term.settled" }

// TermOrigin names the records of a hub's term among those that are merged.
func TermOrigin(term int) string { return "term-" + strconv.Itoa(max(1, term)) }

// Settled reports whether every hub before this one has handed over or is known
// to be lost: only then are official dossier codes given (R6).
func (s *State) Settled() bool { return len(s.Predecessors) == 0 }
