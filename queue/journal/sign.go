package journal

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// When a checkpoint is due, in records and in their own time; also at the end
// of a day.
const (
	signEvery = 100
	signAfter = 10 * time.Minute
)

// deviceJournal is who makes checkpoints.
const deviceJournal = "journal"

// signing is what the next checkpoint needs.
type signing struct {
	key   ed25519.PrivateKey // nil: nothing is signed
	marks chain.Marks        // of the committed records since the last checkpoint
	since time.Time          // of the first of them
}

func (s *signing) add(r chain.Record) {
	if s.marks.Add(r); s.marks.Count() <= 2 { // the first is the checkpoint itself
		s.since = r.At
	}
}

func (s *signing) clone() signing {
	return signing{key: s.key, marks: s.marks.Clone(), since: s.since}
}

// SignWith makes the journal sign checkpoints from now on: a record of type
// chain.KindSigned at the end of a transaction when 100 records or 10 minutes
// have no checkpoint yet, and at the end of a day. What is copied is never
// signed here.
func (j *Journal) SignWith(ctx context.Context, key ed25519.PrivateKey) error {
	j.writing.Lock()
	defer j.writing.Unlock()
	// As far back as one checkpoint can name records one by one.
	head := j.Head().Seq
	recent, err := j.Range(ctx, head-min(head, chain.MaxMarks), chain.MaxMarks)
	if err != nil {
		return fmt.Errorf("read the records after the last checkpoint: %w", err)
	}
	j.signing = signing{key: key}
	for _, r := range recent {
		j.signing.add(r)
	}
	return nil
}

// sign ends a transaction with a checkpoint when one is due.
func (tx *Tx) sign() error {
	s, last := &tx.signing, tx.records[len(tx.records)-1]
	due := s.marks.Count() > signEvery || last.At.Sub(s.since) >= signAfter || tx.endsDay()
	if s.key == nil || tx.copied || !due || last.Type == chain.KindSigned {
		return nil
	}
	c := chain.Checkpoint{Office: tx.State().Config.Office, Term: uint64(max(0, tx.State().Term)), Head: tx.head, At: last.At, Marks: s.marks.Bytes()}.Sign(s.key)
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	_, err = tx.Append(chain.Fact{
		At: last.At, Clock: last.Clock, By: chain.Actor{Device: deviceJournal}, Type: chain.KindSigned, V: 1, Data: data,
	})
	return err
}

func (tx *Tx) endsDay() bool {
	for _, a := range tx.applied {
		if _, ok := a.event.(queue.DayClosed); ok {
			return true
		}
	}
	return false
}
