package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/klauspost/compress/zstd"

	"motcua/queue"
	"motcua/queue/chain"
)

// maxState bounds a packed state that is unpacked, in bytes.
const maxState = 256 << 20

// stateKey is where the state right before a month's first record is kept.
func stateKey(first uint64) []byte { return append([]byte("before/"), number(first)...) }

// stateKeys are where the states of all months are kept.
func (j *Journal) stateKeys() (keys [][]byte) {
	for _, s := range j.Sealed() {
		keys = append(keys, stateKey(s.Last.Seq+1))
	}
	return keys
}

// putStateBefore keeps the state that a record meets, packed: a month's end is
// some hundred tickets.
func (tx *Tx) putStateBefore(first uint64, state *queue.State) error {
	raw, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("encode state before record %d: %w", first, err)
	}
	e, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return fmt.Errorf("prepare zstd: %w", err)
	}
	return putValue(tx.tx.Bucket(bucketStates), stateKey(first), e.EncodeAll(raw, nil))
}

// stateBefore reads a kept state; nil when none is kept for that record.
func (j *Journal) stateBefore(first uint64) (state *queue.State, err error) {
	err = j.View(func(v View) error {
		packed, err := getValue(v.states(), stateKey(first))
		if packed == nil || err != nil {
			return err
		}
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxState))
		if err != nil {
			return fmt.Errorf("prepare zstd: %w", err)
		}
		defer d.Close()
		raw, err := d.DecodeAll(packed, nil)
		if err == nil {
			state = queue.NewState()
			err = json.Unmarshal(raw, state)
		}
		if err != nil {
			return fmt.Errorf("state before record %d: %w (%w)", first, ErrDamaged, err)
		}
		return nil
	})
	return state, err
}

// StateBefore is the latest kept state before a local day ("2006-01-02") and the
// head that it belongs to: who asks about that day plays the records after the
// head, which is at most a month of others. The state is the caller's.
func (j *Journal) StateBefore(ctx context.Context, day string) (*queue.State, chain.Head, error) {
	begin, err := time.ParseInLocation(time.DateOnly, day, queue.Local(time.Time{}).Location())
	if err != nil {
		return nil, chain.Head{}, fmt.Errorf("state before %q: %w", day, err)
	}
	last := j.Base()
	for _, s := range j.Sealed() {
		if !s.Until.Before(begin) {
			break // also where a clock once ran ahead: nothing after it may be skipped
		}
		last = s.Last
	}
	return j.nearest(ctx, last)
}

// nearest is the latest kept state at a head that ends a month or before it.
func (j *Journal) nearest(ctx context.Context, at chain.Head) (*queue.State, chain.Head, error) {
	list := j.Sealed()
	for i := len(list) - 1; i >= 0; i-- {
		s := list[i]
		if s.Dropped || s.Last.Seq > at.Seq {
			continue
		}
		state, err := j.stateBefore(s.Last.Seq + 1)
		if state != nil || err != nil {
			return state, s.Last, err
		}
		if err := ctx.Err(); err != nil {
			return nil, chain.Head{}, err
		}
	}
	state, err := j.ground()
	return state, j.Base(), err
}

// stateAt is the state after a record, read from the nearest kept one on.
func (j *Journal) stateAt(ctx context.Context, at chain.Head) (*queue.State, error) {
	state, head, err := j.nearest(ctx, at)
	for err == nil && head.Seq < at.Seq {
		var records []chain.Record
		records, err = j.Range(ctx, head.Seq, int(min(pageRecords, at.Seq-head.Seq)))
		if err == nil && len(records) == 0 {
			err = errors.Join(fmt.Errorf("record %d is missing: %w", head.Seq+1, ErrDamaged), ctx.Err())
		}
		for _, r := range records {
			if err = play(state, r); err != nil {
				break
			}
			head = chain.Head{Seq: r.Seq, Hash: r.Hash()}
		}
	}
	return state, err
}

// play applies a record to a state.
func play(state *queue.State, r chain.Record) error {
	e, err := stage(r)
	if err != nil {
		return &FalseRecord{Seq: r.Seq, Err: err}
	}
	if e.queue != nil {
		state.Apply(e.queue, r.At, r.Seq, r.By)
	}
	return nil
}
