package chain

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// FalseRecord is the first record that is not what was written.
type FalseRecord struct {
	Seq uint64
	Err error
}

// Error names the record.
func (f *FalseRecord) Error() string { return fmt.Sprintf("record %d is false: %v", f.Seq, f.Err) }

// Unwrap gives the reason.
func (f *FalseRecord) Unwrap() error { return f.Err }

// Why a record is false although the chain's links agree.
var (
	// ErrForged: a signed checkpoint names another record in this place.
	ErrForged = errors.New("a signed checkpoint names another record here")
	// ErrCut: a signed checkpoint vouches for records that are not there.
	ErrCut = errors.New("it is missing, a signed checkpoint vouches for it")
	// ErrUnsigned: the office signs more often than that.
	ErrUnsigned = errors.New("no checkpoint vouches for it, and so many records without one are not made by an office")
)

// maxUnsigned is how many records may follow the last checkpoint: the interval
// (see package journal) and the largest transaction.
const maxUnsigned = 4096

// Evidence is what a verifier holds against a chain beside the chain itself.
type Evidence struct {
	// Keys are the keys that the office signs with. Without any, a checkpoint
	// is only checked against the key that it names, which a forger can choose.
	Keys []PublicKey
	// Known are checkpoints from elsewhere: the city, a file, a slip of paper.
	Known []Checkpoint
}

// Verifier checks a chain from one end to the other: links, signed checkpoints
// and what is known from elsewhere. It holds no record.
type Verifier struct {
	evidence Evidence
	known    []Checkpoint // not reached yet, in order
	head     Head
	recent   Marks // not begun anew by checkpoints
	signed   Checkpoint
}

// NewVerifier begins after a head: the zero Head, or the kept boundary of
// records that were dropped. A known checkpoint with a bad signature is an
// error wrapping ErrSignature.
func NewVerifier(from Head, e Evidence) (*Verifier, error) {
	v := &Verifier{evidence: e, head: from}
	for _, c := range e.Known {
		if err := v.genuine(c); err != nil {
			return nil, fmt.Errorf("known %w", err)
		}
		if c.Seq > from.Seq {
			v.known = append(v.known, c)
		} else if c.Seq == from.Seq && c.Hash != from.Hash {
			return nil, &FalseRecord{Seq: c.Seq, Err: ErrForged}
		}
	}
	slices.SortStableFunc(v.known, func(a, b Checkpoint) int { return cmp.Compare(a.Seq, b.Seq) })
	return v, nil
}

// Head is the end of what was checked.
func (v *Verifier) Head() Head { return v.head }

// Signed is the last checkpoint that was met and held; zero for none.
func (v *Verifier) Signed() Checkpoint { return v.signed }

// Check takes the next record. ErrGap and ErrFork come as Head.Check makes
// them, because which of two neighbours is false only their reader can tell;
// what a signature proves false is a *FalseRecord.
func (v *Verifier) Check(r Record) error {
	next, err := v.head.Check(r)
	if err != nil {
		return err
	}
	c, ok, err := ReadCheckpoint(r)
	if err == nil && ok {
		err = v.hold(c)
	}
	var found *FalseRecord
	if errors.As(err, &found) {
		return found
	}
	if err != nil {
		return &FalseRecord{Seq: r.Seq, Err: fmt.Errorf("%w; nothing vouches for the records after %d", err, v.signed.Seq)}
	}
	v.recent.push(next.Seq, next.Hash)
	v.head = next
	for len(v.known) > 0 && v.known[0].Seq == r.Seq {
		if v.known[0].Hash != next.Hash {
			return v.forged(v.known[0])
		}
		v.known = v.known[1:]
	}
	return nil
}

// hold compares a checkpoint met in the chain with the chain before it.
func (v *Verifier) hold(c Checkpoint) error {
	if err := v.genuine(c); err != nil {
		return err
	}
	if c.Head != v.head {
		if c.Seq != v.head.Seq {
			return fmt.Errorf("it signs for record %d: %w", c.Seq, ErrGap)
		}
		return v.forged(c)
	}
	v.signed = c
	return nil
}

func (v *Verifier) genuine(c Checkpoint) error {
	if len(v.evidence.Keys) > 0 && !slices.Contains(v.evidence.Keys, c.Key) {
		return fmt.Errorf("checkpoint of record %d by key %.16s…: %w", c.Seq, c.Key, ErrSignature)
	}
	return c.Check()
}

// forged names the first record that a genuine checkpoint contradicts.
func (v *Verifier) forged(c Checkpoint) error {
	why := fmt.Errorf("%w (checkpoint of %s for records up to %d)", ErrForged, c.At.Format("2006-01-02 15:04"), c.Seq)
	first := v.recent.differs(c)
	if first == 0 {
		first = c.Seq
	}
	if marked := c.Seq - uint64(len(c.Marks)/markSize); first <= marked+1 && marked > v.signed.Seq {
		// What lies before the marks is vouched for by nothing nearer.
		why = fmt.Errorf("it, or one after record %d: %w", v.signed.Seq, why)
	}
	return &FalseRecord{Seq: first, Err: why}
}

// End judges the whole after the last record.
func (v *Verifier) End() error {
	if len(v.known) > 0 {
		last := v.known[len(v.known)-1]
		return &FalseRecord{Seq: v.head.Seq + 1, Err: fmt.Errorf("%w (checkpoint of %s for records up to %d)", ErrCut, last.At.Format("2006-01-02 15:04"), last.Seq)}
	}
	if len(v.evidence.Keys) > 0 && v.head.Seq > v.signed.Seq+maxUnsigned {
		return &FalseRecord{Seq: v.signed.Seq + 1, Err: ErrUnsigned}
	}
	return nil
}
