package stick

import (
	"cmp"
	"fmt"
	"time"

	"motcua/queue/chain"
)

// NewManifest prepares a batch of the records after one that the city has, up
// to a signed end. The error is chain.ErrGap when there is nothing to carry or
// the source does not have the record.
func NewManifest(term, after uint64, end chain.Checkpoint, from Source, now time.Time) (Manifest, error) {
	m := Manifest{Office: end.Office, Term: max(1, term), MadeAt: now.UTC().Truncate(time.Second), End: end}
	if after >= end.Seq {
		return m, fmt.Errorf("nothing after record %d: %w", after, chain.ErrGap)
	}
	hash, err := hashAt(from, after)
	m.After = chain.Head{Seq: after, Hash: hash}
	return m, err
}

// Agrees reports whether a receipt is about this record: what the city has must
// be a part of it. Anything else is chain.ErrFork, and moves nothing.
func (r Receipt) Agrees(from Source) error {
	hash, err := hashAt(from, r.Have.Seq)
	if err != nil {
		return fmt.Errorf("the city has record %d: %w", r.Have.Seq, cmp.Or(err, chain.ErrFork))
	}
	if hash != r.Have.Hash {
		return fmt.Errorf("the city's record %d is another one: %w", r.Have.Seq, chain.ErrFork)
	}
	return nil
}

// hashAt is the hash of a record, zeros for number 0.
func hashAt(from Source, seq uint64) (chain.Hash, error) {
	if seq == 0 {
		return chain.Hash{}, nil
	}
	list, err := from(seq-1, 1)
	if err != nil {
		return chain.Hash{}, fmt.Errorf("read record %d: %w", seq, err)
	}
	if len(list) == 0 {
		return chain.Hash{}, fmt.Errorf("record %d is not there: %w", seq, chain.ErrGap)
	}
	return list[0].Hash(), nil
}
