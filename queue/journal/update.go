package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"syscall"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"motcua/queue"
	"motcua/queue/chain"
)

// Tx is the one write transaction. It is valid only inside Update.
type Tx struct {
	View
	j       *Journal
	head    chain.Head
	records []chain.Record
	applied []applied
	signing signing // as of the records appended so far
	copied  bool    // some were made elsewhere, and so are their checkpoints
}

// applied is a queue event with its place, to bring the shown state up to date
// after the commit.
type applied struct {
	event  queue.Event
	record chain.Record
}

// Update runs fn in one transaction and makes it durable; when it returns nil,
// everything fn did is on the disk. It returns the records appended. An error
// of fn undoes everything and comes back as it is; see ErrFull and ErrSuspect
// for the disk's own.
func (j *Journal) Update(fn func(*Tx) error) ([]chain.Record, error) {
	j.writing.Lock()
	defer j.writing.Unlock()
	switch {
	case j.opt.ReadOnly:
		return nil, ErrReadOnly
	case j.suspect != nil:
		return nil, j.suspect
	}
	if room, err := j.Room(); err == nil && room < 0 {
		return nil, fmt.Errorf("%d bytes short of the reserve: %w", -room, ErrFull)
	}
	tx := &Tx{j: j, head: j.head, signing: j.signing.clone()}
	var own error
	err := guarded(func() error {
		return j.db.Update(func(btx *bolt.Tx) error {
			tx.View = View{tx: btx}
			btx.Bucket(bucketEvents).FillPercent = 1 // keys only ever grow
			if own = fn(tx); own != nil {
				return own
			}
			if own = tx.finish(); own != nil {
				return own
			}
			if j.opt.BeforeCommit != nil {
				return j.opt.BeforeCommit()
			}
			return nil
		})
	})
	if err == nil {
		j.signing = tx.signing
		j.publish(tx)
		return tx.records, nil
	}
	if len(tx.records) > 0 {
		j.work = j.shown.Clone() // only the writer changes shown, so no lock
	}
	if own != nil {
		return nil, own
	}
	return nil, j.judge(err)
}

// judge tells a file that could not grow, before which nothing was written, from
// everything else, which ends this process. A write or a flush that fails with
// ENOSPC is of the second kind: it may have been the head's, and pages may be
// lost and marked clean. The reserve (Options.MinFree) makes it rare, and the
// next start refuses gently by the reserve.
func (j *Journal) judge(err error) error {
	resize := strings.HasPrefix(err.Error(), "file resize error") && strings.Contains(err.Error(), syscall.ENOSPC.Error())
	if errors.Is(err, bolterrors.ErrMaxSizeReached) || resize {
		return fmt.Errorf("commit: %w (%w)", ErrFull, err)
	}
	j.suspect = fmt.Errorf("commit: %w (%w)", ErrSuspect, err)
	return j.suspect
}

// publish shows a committed transaction to readers.
func (j *Journal) publish(tx *Tx) {
	if len(tx.records) == 0 {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, a := range tx.applied {
		j.shown.Apply(a.event, a.record.At, a.record.Seq, a.record.By)
	}
	j.head = tx.head
	j.snapshot.Store(nil)
	close(j.changed)
	j.changed = make(chan struct{})
}

// finish writes the head after the last record.
func (tx *Tx) finish() error {
	if len(tx.records) == 0 {
		return nil
	}
	if err := tx.sign(); err != nil {
		return err
	}
	return putJSON(tx.tx.Bucket(bucketMeta), metaHead, tx.head)
}

// Head is the end of the chain with what this transaction has appended.
func (tx *Tx) Head() chain.Head { return tx.head }

// State is today's queue with what this transaction has appended. Read it
// before the next Append; do not change it.
func (tx *Tx) State() *queue.State { return tx.j.work }

// Append places facts at the end of the chain and brings every read model up to
// date. It takes all of them or, with an error, none: a fact that cannot be
// written or read back is found before the first is stored.
func (tx *Tx) Append(facts ...chain.Fact) ([]chain.Record, error) {
	head := tx.head
	list := make([]staged, 0, len(facts))
	for _, f := range facts {
		r, next, err := head.Append(f)
		if err != nil {
			return nil, err
		}
		s, err := stage(r)
		if err != nil {
			return nil, err
		}
		list, head = append(list, s), next
	}
	first := len(tx.records)
	if err := tx.place(list); err != nil {
		return nil, err
	}
	return tx.records[first:], nil
}

// Copy places records that were made elsewhere, byte for byte: what a standby
// follows, what a backup holds and what the city gives back. They must continue
// the chain (chain.ErrGap, chain.ErrFork); all of them are taken or, with an
// error, none. Commands whose records are copied count as carried out: LastN
// tells so even where PutAnswer does not bring their answers along.
func (tx *Tx) Copy(records []chain.Record) error {
	head := tx.head
	list := make([]staged, 0, len(records))
	for _, r := range records {
		next, err := head.Check(r)
		if err != nil {
			return fmt.Errorf("copy records: %w", err)
		}
		s, err := stage(r)
		if err != nil {
			return fmt.Errorf("copy records: %w", err)
		}
		list, head = append(list, s), next
	}
	tx.copied = true
	if err := tx.place(list); err != nil {
		return err
	}
	return tx.carriedOut(records)
}

// place stores staged records, which continue the chain, and projects them.
func (tx *Tx) place(list []staged) error {
	events := tx.tx.Bucket(bucketEvents)
	for _, s := range list {
		r := s.record
		if err := events.Put(number(r.Seq), r.Line()); err != nil {
			return fmt.Errorf("store record %d: %w", r.Seq, err)
		}
		if err := tx.project(tx.j.work, s); err != nil {
			return fmt.Errorf("project record %d: %w", r.Seq, err)
		}
		if s.queue != nil {
			tx.applied = append(tx.applied, applied{s.queue, r})
		}
		tx.records = append(tx.records, r)
		tx.signing.add(r)
		tx.head = chain.Head{Seq: r.Seq, Hash: r.Hash()}
	}
	return nil
}

// Fact makes a fact of an event; the caller sets the time, the clock's state
// and the actor.
func Fact(kind string, event any) (chain.Fact, error) {
	data, err := json.Marshal(event)
	if err != nil {
		return chain.Fact{}, fmt.Errorf("encode %s event: %w", kind, err)
	}
	return chain.Fact{Type: kind, V: 1, Data: data}, nil
}
