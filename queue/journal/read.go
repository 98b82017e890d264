package journal

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"motcua/queue/chain"
)

// Bounds of one read transaction.
const (
	pageRecords = 1000
	pageTime    = 50 * time.Millisecond
	// slowReader is reported: beyond it the writer may have to wait.
	slowReader = 100 * time.Millisecond
)

// View is a read transaction. It is valid only inside the function it was
// handed to, and so are byte slices that it returns.
type View struct{ tx *bolt.Tx }

// View runs fn in a read transaction, which sees the last commit. fn must be
// short (100 ms): it must not write to a network, wait for anything or keep
// the View.
func (j *Journal) View(fn func(View) error) error {
	done := j.readers.begin()
	defer done()
	return guarded(func() error {
		return j.db.View(func(tx *bolt.Tx) error { return fn(View{tx: tx}) })
	})
}

// readers watches read transactions.
type readers struct {
	log *slog.Logger

	mu    sync.Mutex
	next  int
	since map[int]time.Time // guarded by mu
}

func (r *readers) begin() (done func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.since == nil {
		r.since = map[int]time.Time{}
	}
	id, start := r.next, time.Now()
	r.next++
	r.since[id] = start
	return func() {
		if took := time.Since(start); took > slowReader {
			r.log.Warn("a read of the journal was slow", "took", took)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		delete(r.since, id)
	}
}

// Readers tells how many read transactions are open and how long the oldest
// has been. More than a second means that somebody forgot one.
func (j *Journal) Readers() (open int, oldest time.Duration) {
	j.readers.mu.Lock()
	defer j.readers.mu.Unlock()
	for _, start := range j.readers.since {
		oldest = max(oldest, time.Since(start))
	}
	return len(j.readers.since), oldest
}

// Range returns up to limit committed records after a sequence number, in
// order, and none when there is nothing more. It pages through long ranges in
// short transactions.
func (j *Journal) Range(ctx context.Context, after uint64, limit int) ([]chain.Record, error) {
	var records []chain.Record
	for len(records) < limit {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("read records after %d: %w", after, err)
		}
		lines, err := j.page(after, min(pageRecords, limit-len(records)))
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			break
		}
		for _, line := range lines {
			r, err := chain.Parse(line)
			if err != nil {
				return nil, fmt.Errorf("read record %d: %w (%w)", after+1, ErrDamaged, err)
			}
			if r.Seq != after+1 {
				return nil, fmt.Errorf("read record %d, found %d: %w", after+1, r.Seq, ErrDamaged)
			}
			records, after = append(records, r), r.Seq
		}
	}
	return records, nil
}

// Acked is the last record that the city has confirmed.
func (j *Journal) Acked(context.Context) (uint64, error) {
	var head chain.Head
	err := j.View(func(v View) error {
		_, err := getJSON(v.tx.Bucket(bucketMeta), metaAcked, &head)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("read the uplink's position: %w", err)
	}
	return head.Seq, nil
}

// SetAcked remembers what the city has confirmed. It survives a restart; losing
// it would be harmless, since the city knows too.
func (j *Journal) SetAcked(_ context.Context, head chain.Head) error {
	_, err := j.Update(func(tx *Tx) error {
		return putJSON(tx.tx.Bucket(bucketMeta), metaAcked, head)
	})
	if err != nil {
		return fmt.Errorf("keep the uplink's position: %w", err)
	}
	return nil
}
