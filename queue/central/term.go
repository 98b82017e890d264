package central

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// Tail is what a later term left behind: records of the hub before it that its
// successor did not have when it was promoted.
type Tail struct {
	Term  uint64    `json:"term"` // that superseded them
	First uint64    `json:"first"`
	Last  uint64    `json:"last"`
	N     int       `json:"records"`
	Back  int       `json:"back"` // that have come again inside the new record
	At    time.Time `json:"at"`
}

// branch looks for the record in a batch with which a later term leaves the
// copy: the first that differs from the one held must begin the term, and name
// the record before it. It returns that record's place in items.
func (in *ingest) branch(ctx context.Context, items []item) (at int, found bool, err error) {
	for i, it := range items {
		if it.seq > in.at.Seq {
			return 0, false, nil
		}
		same, err := in.holds(ctx, it)
		if err != nil {
			return 0, false, err
		}
		if same {
			continue
		}
		e, ok := it.event.(queue.TermBegan)
		if !ok || it.says != it.kind || it.seq < 2 {
			return 0, false, nil
		}
		before, err := in.hashOf(ctx, it.seq-1)
		if err != nil {
			return 0, false, err
		}
		return i, before == it.record.Prev && e.Term > 0 && uint64(e.Term) > in.term && e.After == it.seq-1 && e.Head == it.record.Prev.String(), nil
	}
	return 0, false, nil
}

// hashOf is the hash of a record of the copy.
func (in *ingest) hashOf(ctx context.Context, seq uint64) (chain.Hash, error) {
	var line []byte
	err := in.tx.QueryRowContext(ctx, `SELECT line FROM event WHERE office_id = $1 AND seq = $2`, in.office, seq).Scan(&line)
	if err != nil {
		return chain.Hash{}, fmt.Errorf("read record %d: %w", seq, err)
	}
	return sha256.Sum256(line), nil
}

// holds reports whether the copy has this very record.
func (in *ingest) holds(ctx context.Context, it item) (bool, error) {
	hash, err := in.hashOf(ctx, it.seq)
	return hash == it.hash, err
}

// supersede puts aside what we hold beyond the record before it, which begins a
// later term, and goes back there. Everything is counted anew without it.
func (in *ingest) supersede(ctx context.Context, it item) error {
	after := it.seq - 1
	_, err := in.tx.ExecContext(ctx, `
		INSERT INTO superseded (office_id, term, seq, line, at)
		SELECT office_id, $3, seq, line, $4 FROM event WHERE office_id = $1 AND seq > $2`,
		in.office, after, it.event.(queue.TermBegan).Term, in.now)
	if err == nil {
		_, err = in.tx.ExecContext(ctx, `DELETE FROM event WHERE office_id = $1 AND seq > $2`, in.office, after)
	}
	if err != nil {
		return fmt.Errorf("put superseded records aside: %w", err)
	}
	if err := in.recount(ctx); err != nil {
		return err
	}
	in.at = chain.Head{Seq: after, Hash: it.record.Prev}
	return nil
}

// beginsTerm reports whether a batch may make us count an office anew, which
// must not be given up because the sender has hung up.
func beginsTerm(items []item) bool {
	for _, it := range items {
		if _, ok := it.event.(queue.TermBegan); ok {
			return true
		}
	}
	return false
}

// merged is a record that was made elsewhere and came again inside this one.
type merged struct {
	Record string `json:"record"`
	Twice  bool   `json:"twice"` // it changes nothing
}

// maxWraps bounds a record inside a record inside a record: one for each term.
const maxWraps = 8

// unwrap counts a merged record as what it says, unless the office has found
// that it changes nothing. What was of concern only where it was made (days,
// settings) never counts.
func (it *item) unwrap(rec chain.Record, depth int) {
	var m merged
	inner, err := chain.Record{}, json.Unmarshal(rec.Data, &m)
	if err == nil {
		inner, err = chain.Parse([]byte(m.Record))
	}
	if err != nil || depth > maxWraps {
		it.why = whyShape
		return
	}
	it.merged = &inner
	if m.Twice {
		return
	}
	in := item{seq: it.seq, at: inner.At}
	in.interpret(inner, depth)
	switch in.event.(type) {
	case queue.Configured, queue.DayOpened, queue.DayClosed, queue.TermBegan:
		return
	}
	it.at, it.says, it.event, it.dossier, it.answer, it.why = in.at, in.says, in.event, in.dossier, in.answer, in.why
}

// isMerged reports whether a kind of record wraps another.
func isMerged(kind string) bool { return kind == (queue.RecordMerged{}).Kind() || kind == "term.tail" }

// returned marks superseded records that have come again.
func (in *ingest) returned(ctx context.Context, items []item) error {
	for _, it := range items {
		if it.merged == nil {
			continue
		}
		_, err := in.tx.ExecContext(ctx, `UPDATE superseded SET back = $3 WHERE office_id = $1 AND seq = $2 AND line = $4 AND back = 0`,
			in.office, it.merged.Seq, it.seq, it.merged.Line())
		if err != nil {
			return fmt.Errorf("mark a superseded record: %w", err)
		}
	}
	return nil
}

// Tails lists what later terms left behind of an office, oldest first.
func (s *Store) Tails(ctx context.Context, office string) ([]Tail, error) {
	var list []Tail
	err := s.query(ctx, func(rows *sql.Rows) error {
		var t Tail
		var at int64
		err := rows.Scan(&t.Term, &t.First, &t.Last, &t.N, &t.Back, &at)
		t.At = moment(at)
		list = append(list, t)
		return err
	}, `SELECT term, MIN(seq), MAX(seq), COUNT(*), SUM(CASE WHEN back > 0 THEN 1 ELSE 0 END), MAX(at)
		FROM superseded WHERE office_id = $1 GROUP BY term ORDER BY term`, office)
	if err != nil {
		return nil, fmt.Errorf("read superseded records of %s: %w", office, err)
	}
	return list, nil
}

// Superseded reads back the records of a tail, byte for byte.
func (s *Store) Superseded(ctx context.Context, office string, term uint64) ([][]byte, error) {
	var lines [][]byte
	err := s.query(ctx, func(rows *sql.Rows) error {
		var line []byte
		err := rows.Scan(&line)
		lines = append(lines, line)
		return err
	}, `SELECT line FROM superseded WHERE office_id = $1 AND term = $2 ORDER BY seq`, office, term)
	if err != nil {
		return nil, fmt.Errorf("read superseded records of %s: %w", office, err)
	}
	return lines, nil
}

// checkpoint judges a signed checkpoint in the record: it must sign for exactly
// what stands before it, with the key that this office has signed with from the
// first. It returns why the record is to be set aside, or "".
func (t *tally) checkpoint(it item) string {
	c := it.signed
	switch {
	case c.Check() != nil || c.Seq != it.record.Seq-1 || c.Hash != it.record.Prev:
		return whySignature
	case t.signer == "":
		t.signer, t.signerNew = c.Key.String(), true
	case t.signer != c.Key.String():
		return whySigner
	}
	return ""
}

// Signer is the key that an office signs with, as far as its record has told.
func (s *Store) Signer(ctx context.Context, office string) (key chain.PublicKey, known bool, err error) {
	var text string
	err = s.read.QueryRowContext(ctx, `SELECT signer FROM office WHERE office_id = $1`, office).Scan(&text)
	if err == sql.ErrNoRows || err == nil && text == "" {
		return key, false, nil
	}
	if err == nil {
		key, err = chain.ParsePublicKey(text)
	}
	if err != nil {
		return key, false, fmt.Errorf("read the key of %s: %w", office, err)
	}
	return key, true, nil
}

// SetSigner makes an office's key the one that counts from now on, after a
// person has compared it: the office was set up anew.
func (s *Store) SetSigner(ctx context.Context, office string, key chain.PublicKey) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO office (office_id, signer) VALUES ($1, $2)
			ON CONFLICT (office_id) DO UPDATE SET signer = excluded.signer`, office, strings.ToLower(key.String()))
		if err != nil {
			return fmt.Errorf("set the key of %s: %w", office, err)
		}
		return nil
	})
}

// over refuses a sender whose term has ended.
func (in *ingest) over(b wire.Batch) *Conflict {
	if max(1, b.Term) >= in.term {
		return nil
	}
	c := in.conflict(false, fmt.Sprintf("superseded by term %d", in.term))
	c.Superseded = in.term
	return c
}
