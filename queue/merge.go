package queue

// Merge takes in records that were made elsewhere: by an old hub after its
// successor began (origin TermOrigin, index the record's sequence in its
// chain), or by a device while the office was silent (origin the device, index
// the sequence in the device's own chain). Whatever is here already is passed
// over, so that anybody may offer anything any number of times (R5).
type Merge struct {
	Origin string      `json:"origin"`
	Items  []MergeItem `json:"items"` // by index, rising
}

// MergeItem is one record: its exact line.
type MergeItem struct {
	Index  uint64 `json:"index"`
	Record string `json:"record"`
}

// Name implements Command.
func (Merge) Name() string { return "journal.merge" }

// RecordMerged is a record that was made elsewhere. What it says happened
// then and there; what this office makes of it is decided here and kept.
type RecordMerged struct {
	Origin string `json:"origin"`
	Index  uint64 `json:"index"`
	Record string `json:"record"`
	// Twice: it is kept, and changes nothing; Why says the reason (Why…).
	Twice bool   `json:"twice,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Reasons for which a merged record changes nothing here.
const (
	WhyKnown     = "known"     // the same command (device, n) was carried out here
	WhySame      = "same"      // it is already so
	WhyConflict  = "conflict"  // something else happened here; see the anomaly
	WhyThere     = "there"     // of concern only where it was made (days, sessions, settings)
	WhyOtherDay  = "other-day" // about a business day that is over
	WhyUnfounded = "unfounded" // about a ticket that is over here
)

// CommandGivenUp: a device gave up waiting for the answer to its command, and
// helped itself; should the command still come, it does nothing (R7).
type CommandGivenUp struct {
	Device string `json:"device"`
	N      uint64 `json:"n"`
}

// Kind implements Event.
func (RecordMerged) Kind() string { return "record.merged" }

// Kind implements Event.
func (CommandGivenUp) Kind() string { return "command.given-up" }
