package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
)

// Drop deletes sealed months, the oldest first, whose last record is from before
// a moment, and returns how many. With a month go the dossiers received in it,
// the keys of their applicants included. A month stays, and with it all later
// ones, while the city has not confirmed its records or a dossier received in
// it is not over. The chain from the next record on stays proven: see Base.
func (j *Journal) Drop(ctx context.Context, before time.Time) (months int, err error) {
	j.sealing.Lock()
	defer j.sealing.Unlock()
	for i, s := range j.Sealed() {
		if s.Dropped {
			if err := j.removeFile(s); err != nil { // a run was cut off
				return months, err
			}
			continue
		}
		acked, err := j.Acked(ctx)
		if err != nil || acked < s.Last.Seq || !s.Until.Before(before) {
			return months, err
		}
		gone, over, err := j.month(ctx, s)
		if err != nil || !over {
			return months, err
		}
		s.Dropped = true
		if _, err := j.Update(func(tx *Tx) error { return tx.drop(s, gone) }); err != nil {
			return months, fmt.Errorf("drop %s: %w", s.File, err)
		}
		j.mu.Lock()
		j.sealed = slices.Clone(j.sealed)
		j.sealed[i] = s
		j.mu.Unlock()
		if err := j.removeFile(s); err != nil {
			return months, err
		}
		months++
	}
	return months, nil
}

func (j *Journal) removeFile(s Sealed) error {
	if err := os.Remove(j.beside(s.File)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop %s: %w", s.File, err)
	}
	return nil
}

// dropping is what goes with a month, and what must stay of it.
type dropping struct {
	codes  []string     // dossiers received in it
	ground *queue.State // what all dropped records came to
}

// month reads a month that is to be dropped; over is false when one of its
// dossiers is not.
func (j *Journal) month(ctx context.Context, s Sealed) (gone dropping, over bool, err error) {
	if gone.ground, err = j.ground(); err != nil {
		return gone, false, err
	}
	for head := s.Before; head.Seq < s.Last.Seq; {
		records, err := j.Range(ctx, head.Seq, int(min(pageRecords, s.Last.Seq-head.Seq)))
		if err != nil {
			return gone, false, err
		}
		for _, r := range records {
			if head, err = head.Check(r); err != nil {
				return gone, false, &FalseRecord{Seq: r.Seq, Err: err}
			}
			e, err := stage(r)
			if err != nil {
				return gone, false, &FalseRecord{Seq: r.Seq, Err: err}
			}
			if e.queue != nil {
				gone.ground.Apply(e.queue, r.At, r.Seq, r.By)
			}
			if received, ok := e.dossier.(dossier.DossierReceived); ok {
				gone.codes = append(gone.codes, received.Code)
			}
		}
	}
	over = true
	err = j.View(func(v View) error {
		for _, code := range gone.codes {
			d, found, err := v.Dossier(code)
			if err != nil {
				return err
			}
			over = over && (!found || d.Status().Over())
		}
		return nil
	})
	return gone, over, err
}

// ground is the state that the first kept record meets: what the dropped ones
// came to, or nothing.
func (j *Journal) ground() (*queue.State, error) {
	state := queue.NewState()
	err := j.View(func(v View) error {
		_, err := getJSON(v.states(), stateGround, state)
		return err
	})
	return state, err
}

func (tx *Tx) drop(s Sealed, gone dropping) error {
	for _, code := range gone.codes {
		d, found, err := tx.Dossier(code)
		if err != nil {
			return err
		}
		if found {
			for bucket, key := range indexKeys(d) {
				if err := dropValue(tx.tx.Bucket([]byte(bucket)), key); err != nil {
					return fmt.Errorf("drop dossier from %s: %w", bucket, err)
				}
			}
		}
		for _, key := range []string{code, d.Code, d.Provisional} {
			if err := dropValue(tx.tx.Bucket(bucketDossiers), join(key)); err != nil {
				return fmt.Errorf("drop dossier: %w", err)
			}
		}
		if err := tx.DropCaseKey(code); err != nil {
			return err
		}
	}
	if err := putJSON(tx.tx.Bucket(bucketStates), stateGround, gone.ground); err != nil {
		return err
	}
	if err := dropValue(tx.tx.Bucket(bucketStates), stateKey(s.Last.Seq+1)); err != nil {
		return fmt.Errorf("drop the month's state: %w", err)
	}
	return tx.putSealed(s)
}

// Ground is where a journal begins whose earlier records were dropped.
type Ground struct {
	Base  chain.Head   `json:"base"`
	State *queue.State `json:"state"`
	At    time.Time    `json:"at"` // of the last dropped record
}

// Ground is what a copy of this journal must begin with; Base is zero when
// nothing was dropped.
func (j *Journal) Ground() (g Ground, err error) {
	for _, s := range j.Sealed() {
		if s.Dropped {
			g.Base, g.At = s.Last, s.Until
		}
	}
	g.State, err = j.ground()
	return g, err
}

// errNotEmpty: only a journal without records can be given a ground.
var errNotEmpty = errors.New("the journal has records already")

// Begin gives an empty journal the ground of the one that it is to be a copy
// of. A zero Base changes nothing.
func (j *Journal) Begin(g Ground) error {
	if g.Base.Seq == 0 {
		return nil
	}
	s := Sealed{File: "dropped", Last: g.Base, Until: g.At, Dropped: true}
	if _, err := j.Update(func(tx *Tx) error {
		if tx.head.Seq != 0 {
			return errNotEmpty
		}
		meta := tx.tx.Bucket(bucketMeta)
		return errors.Join(putJSON(tx.tx.Bucket(bucketStates), stateGround, g.State), putJSON(meta, metaHead, g.Base), tx.putSealed(s))
	}); err != nil {
		return fmt.Errorf("begin after record %d: %w", g.Base.Seq, err)
	}
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	j.head, j.sealed = g.Base, []Sealed{s}
	j.work, j.shown = g.State.Clone(), g.State.Clone()
	j.snapshot.Store(nil)
	return nil
}
