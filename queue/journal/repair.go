package journal

import (
	"context"
	"fmt"

	"motcua/queue/chain"
)

// Source hands over records that are held elsewhere: at most limit, in order,
// the first being number after+1; none when it has no more. Uplink.Fetch is
// one, and so is Journal.Range.
type Source func(ctx context.Context, after uint64, limit int) ([]chain.Record, error)

// CatchUp copies from a source what this journal lacks and returns the head that
// it arrived at. Each page is one transaction, so a run that is cut off goes on
// where it was. A source with another history is chain.ErrFork: nothing of the
// page is taken.
func (j *Journal) CatchUp(ctx context.Context, from Source) (chain.Head, error) {
	for {
		head := j.Head()
		records, err := from(ctx, head.Seq, pageRecords)
		if err != nil {
			return head, fmt.Errorf("catch up from record %d: %w", head.Seq, err)
		}
		if len(records) == 0 {
			return head, nil
		}
		if _, err := j.Update(func(tx *Tx) error { return tx.Copy(records) }); err != nil {
			return head, fmt.Errorf("catch up from record %d: %w", head.Seq, err)
		}
	}
}
