package journal

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"motcua/queue"
	"motcua/queue/chain"
)

// rebuilding is the schema number of a file whose read models are not whole; an
// interrupted rebuild begins again on the next start.
const rebuilding uint32 = 0

// prepare makes what a new file needs and brings an older one up to date.
func (j *Journal) prepare(ctx context.Context) error {
	have, fresh, err := j.format()
	switch {
	case err != nil:
		return err
	case fresh:
		return createIn(j.db)
	}
	if err := j.loadSealed(); err != nil {
		return err
	}
	if err := j.loadHead(); err != nil {
		return err
	}
	switch have {
	case rebuilding: // in whichever format it was begun
		if err := fromFormat1(j.db, rebuilding); err != nil {
			return err
		}
		return j.Rebuild(ctx)
	case 1:
		return fromFormat1(j.db, schema)
	}
	return nil
}

// format reads the format number and refuses one that is not known.
func (j *Journal) format() (have uint32, fresh bool, err error) {
	err = j.db.View(func(tx *bolt.Tx) error {
		meta := tx.Bucket(bucketMeta)
		if meta == nil {
			fresh = true
			return nil
		}
		raw, err := getValue(meta, metaSchema)
		if err != nil {
			return err
		}
		if len(raw) != 4 {
			return fmt.Errorf("format number of %d bytes: %w", len(raw), ErrDamaged)
		}
		if have = binary.BigEndian.Uint32(raw); have > schema {
			return &NewerError{Have: have, Know: schema}
		}
		return nil
	})
	return have, fresh, err
}

// readHead is all that opening for reading needs.
func (j *Journal) readHead() error {
	have, fresh, err := j.format()
	switch {
	case err != nil:
		return err
	case fresh:
		return fmt.Errorf("there is no journal in the file: %w", ErrDamaged)
	}
	j.earlier = have < schema
	return j.View(func(v View) error {
		for _, name := range append(kept(), readModels()...) {
			if v.tx.Bucket(name) == nil && !(j.earlier && !inFormat1(name)) {
				return fmt.Errorf("bucket %s is missing: %w", name, ErrDamaged)
			}
		}
		_, err := getJSON(v.tx.Bucket(bucketMeta), metaHead, &j.head)
		return err
	})
}

// loadHead reads the head and compares it with the last record.
func (j *Journal) loadHead() error {
	return j.View(func(v View) error {
		var head chain.Head
		if _, err := getJSON(v.tx.Bucket(bucketMeta), metaHead, &head); err != nil {
			return err
		}
		key, line := v.tx.Bucket(bucketEvents).Cursor().Last()
		if key == nil && head == j.Base() {
			j.head = head
			return nil // nothing yet, or nothing since what was dropped
		}
		r, err := chain.Parse(line)
		if err != nil {
			return &FalseRecord{Seq: head.Seq, Err: err}
		}
		if len(key) != 8 || binary.BigEndian.Uint64(key) != head.Seq || r.Seq != head.Seq || r.Hash() != head.Hash {
			return &FalseRecord{Seq: r.Seq, Err: chain.ErrFork}
		}
		j.head = head
		return nil
	})
}

// loadToday begins with the state stored when the day was opened and applies
// the records since, checking their chain. Its cost is one day's, however old
// the journal is.
func (j *Journal) loadToday(ctx context.Context) error {
	state, from, err := j.morning()
	if err != nil {
		return err
	}
	if _, err := j.walk(ctx, from, func(r chain.Record) error {
		s, err := stage(r)
		if err != nil {
			return &FalseRecord{Seq: r.Seq, Err: err}
		}
		if s.queue != nil {
			state.Apply(s.queue, r.At, r.Seq, r.By)
		}
		return nil
	}); err != nil {
		return err
	}
	j.work, j.shown = state, state.Clone()
	return nil
}

// morning is the state right after the latest day.opened and that record's
// place; an office that never opened begins with nothing.
func (j *Journal) morning() (*queue.State, chain.Head, error) {
	state, err := j.ground()
	head := j.Base()
	if err != nil {
		return nil, head, err
	}
	err = j.View(func(v View) error {
		stored := queue.NewState()
		ok, err := getJSON(v.states(), stateMorning, stored)
		if !ok || err != nil {
			return err
		}
		r, ok, err := v.record(stored.Seq)
		if err != nil || !ok {
			return &FalseRecord{Seq: stored.Seq, Err: errors.Join(err, errors.New("the day's first record is missing"))}
		}
		state, head = stored, chain.Head{Seq: r.Seq, Hash: r.Hash()}
		return nil
	})
	return state, head, err
}

// Rebuild drops the read models and makes them again from the records. It is
// how a new version changes them, and the cure for a damaged one. A run that is
// cut off begins again on the next start.
func (j *Journal) Rebuild(ctx context.Context) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	return guarded(func() error { return j.rebuild(ctx) })
}

func (j *Journal) rebuild(ctx context.Context) error {
	err := j.db.Update(func(tx *bolt.Tx) error {
		for _, name := range readModels() {
			if err := tx.DeleteBucket(name); err != nil && tx.Bucket(name) != nil {
				return fmt.Errorf("drop %s: %w", name, err)
			}
		}
		for _, name := range append(kept(), readModels()...) {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return fmt.Errorf("create bucket %s: %w", name, err)
			}
		}
		meta := tx.Bucket(bucketMeta)
		for _, key := range append(j.stateKeys(), stateMorning) {
			if err := dropValue(tx.Bucket(bucketStates), key); err != nil {
				return fmt.Errorf("drop a state: %w", err)
			}
		}
		return putValue(meta, metaSchema, schemaBytes(rebuilding))
	})
	if err != nil {
		return fmt.Errorf("begin rebuild: %w", err)
	}
	state, err := j.ground()
	if err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	if err := j.replay(ctx, state); err != nil {
		return fmt.Errorf("rebuild: %w", err)
	}
	if err := j.db.Update(func(tx *bolt.Tx) error {
		return putValue(tx.Bucket(bucketMeta), metaSchema, schemaBytes(schema))
	}); err != nil {
		return fmt.Errorf("end rebuild: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.work, j.shown = state, state.Clone()
	j.snapshot.Store(nil)
	return nil
}

// replay projects every record, a page to a transaction.
func (j *Journal) replay(ctx context.Context, state *queue.State) error {
	var page []staged
	flush := func() error {
		err := j.db.Update(func(btx *bolt.Tx) error {
			tx := &Tx{View: View{tx: btx}, j: j}
			for _, s := range page {
				if err := tx.project(state, s); err != nil {
					return err
				}
			}
			return nil
		})
		page = page[:0]
		return err
	}
	ends := map[uint64]bool{} // last records of months, whose states are kept
	for _, s := range j.Sealed() {
		ends[s.Last.Seq] = !s.Dropped
	}
	_, err := j.walk(ctx, j.Base(), func(r chain.Record) error {
		s, err := stage(r)
		if err != nil {
			return &FalseRecord{Seq: r.Seq, Err: err}
		}
		if page = append(page, s); len(page) < pageRecords && !ends[r.Seq] {
			return nil
		}
		if err := flush(); err != nil || !ends[r.Seq] {
			return err
		}
		return j.db.Update(func(btx *bolt.Tx) error {
			tx := &Tx{View: View{tx: btx}, j: j}
			return tx.putStateBefore(r.Seq+1, state)
		})
	})
	if err != nil {
		return err
	}
	return flush()
}
