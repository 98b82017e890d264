package central

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// Conflict refuses a batch: the office must look where we stand.
type Conflict struct {
	Have chain.Head
	Fork bool
	// Superseded is the term in force when the sender's is over, else 0.
	Superseded uint64
	Why        string
}

// Error implements error.
func (c *Conflict) Error() string {
	return fmt.Sprintf("batch refused at %d (fork %t): %s", c.Have.Seq, c.Fork, c.Why)
}

// Taken says what became of a batch.
type Taken struct {
	Head     chain.Head // the cursor after it
	Fresh    int        // records that were new
	Rejected []wire.Rejected
}

// Ingest takes a batch of an office at a moment: exactly once in effect,
// durable on return. offset is the office's clock minus ours. The error is a
// *Conflict when the batch does not continue what we hold; a fork has then
// been recorded.
func (s *Store) Ingest(ctx context.Context, office string, b wire.Batch, now time.Time, offset time.Duration) (Taken, error) {
	items, broken := read(b)
	if beginsTerm(items) {
		ctx = context.WithoutCancel(ctx)
	}
	var taken Taken
	var refused *Conflict
	err := s.update(ctx, func(tx *sql.Tx) error {
		taken, refused = Taken{}, nil
		in := &ingest{s: s, tx: tx, office: office, now: millis(now)}
		err := in.open(ctx, offset)
		if err != nil {
			return err
		}
		if refused = in.over(b); refused != nil {
			taken.Head = in.at
			return nil
		}
		if broken != nil {
			refused = in.conflict(true, broken.Error())
		} else if refused, err = in.place(ctx, b, items); err != nil {
			return err
		}
		if refused != nil {
			taken.Head = in.at
			if !refused.Fork {
				return nil // a gap is no alarm: the office only has to look
			}
			return in.alarm(ctx, chain.Head{Seq: b.First - 1, Hash: b.Prev}, refused.Why)
		}
		fresh := items[min(uint64(len(items)), in.at.Seq+1-b.First):]
		taken, err = in.take(ctx, fresh)
		return err
	})
	if err != nil {
		return Taken{}, fmt.Errorf("ingest %s from %d: %w", office, b.First, err)
	}
	if refused != nil {
		return taken, refused
	}
	return taken, nil
}

// ingest is one batch in one transaction.
type ingest struct {
	s      *Store
	tx     *sql.Tx
	office string
	now    int64
	at     chain.Head // the cursor when the transaction began
	term   uint64
}

// open reads the cursor and locks it until the end: the update of the row makes
// a second batch of the same office wait, in both engines.
func (in *ingest) open(ctx context.Context, offset time.Duration) error {
	var head string
	err := in.tx.QueryRowContext(ctx, `
		INSERT INTO office (office_id, seen_at, offset_ms) VALUES ($1, $2, $3)
		ON CONFLICT (office_id) DO UPDATE SET seen_at = excluded.seen_at, offset_ms = excluded.offset_ms
		RETURNING seq, head, term`, in.office, in.now, offset.Milliseconds()).Scan(&in.at.Seq, &head, &in.term)
	if err != nil {
		return fmt.Errorf("read cursor: %w", err)
	}
	if in.at.Hash, err = parseHead(head); err != nil {
		return fmt.Errorf("read cursor: %w", err)
	}
	return nil
}

func parseHead(s string) (h chain.Hash, err error) {
	if s != "" {
		err = h.UnmarshalText([]byte(s))
	}
	return h, err
}

func (in *ingest) conflict(fork bool, why string) *Conflict {
	return &Conflict{Have: in.at, Fork: fork, Why: why}
}

// place judges where the batch lies against the cursor. It is good when it
// continues the copy, or overlaps it with the same records.
func (in *ingest) place(ctx context.Context, b wire.Batch, items []item) (*Conflict, error) {
	if b.First > in.at.Seq+1 {
		return in.conflict(false, fmt.Sprintf("records %d to %d are missing", in.at.Seq+1, b.First-1)), nil
	}
	// The last record of the batch that we have too, and its hash as sent.
	last, sent := b.First-1, b.Prev
	if n := min(in.at.Seq, b.Last()); n >= b.First {
		last, sent = n, items[n-b.First].hash
	}
	held := in.at.Hash
	if last == 0 {
		held = chain.Hash{}
	} else if last < in.at.Seq {
		var err error
		if held, err = in.hashOf(ctx, last); err != nil {
			return nil, err
		}
	}
	if sent == held {
		return nil, nil
	}
	if at, begins, err := in.branch(ctx, items); err != nil {
		return nil, err
	} else if begins {
		return nil, in.supersede(ctx, items[at])
	}
	// A later hub that has begun elsewhere looks for the place itself.
	return in.conflict(max(1, b.Term) == in.term, fmt.Sprintf("record %d differs from the one held", last)), nil
}

// take stores new records, counts them and moves the cursor.
func (in *ingest) take(ctx context.Context, fresh []item) (Taken, error) {
	taken := Taken{Head: in.at, Fresh: len(fresh)}
	if len(fresh) == 0 {
		return taken, nil
	}
	events := make([][]any, 0, len(fresh))
	for _, it := range fresh {
		events = append(events, []any{in.office, it.seq, it.kind, millis(it.recorded()), it.line})
	}
	err := in.s.bulk(ctx, in.tx, `INSERT INTO event (office_id, seq, kind, at, line)`, "", events)
	if err != nil {
		return taken, err
	}
	if taken.Rejected, err = in.count(ctx, fresh); err != nil {
		return taken, err
	}
	last := fresh[len(fresh)-1]
	taken.Head = chain.Head{Seq: last.seq, Hash: last.hash}
	_, err = in.tx.ExecContext(ctx, `UPDATE office SET seq = $2, head = $3, event_at = $4 WHERE office_id = $1`,
		in.office, last.seq, last.hash.String(), millis(last.recorded()))
	if err != nil {
		return taken, fmt.Errorf("move cursor: %w", err)
	}
	return taken, nil
}

// count brings everything that is derived from records up to date with some
// more of them, and returns those that it set aside.
func (in *ingest) count(ctx context.Context, items []item) (rejected []wire.Rejected, err error) {
	t, err := in.load(ctx, items)
	if err != nil {
		return nil, err
	}
	var aside [][]any
	for _, it := range items {
		if why := t.apply(it); why != "" {
			rejected = append(rejected, wire.Rejected{Seq: it.seq, Why: why})
			aside = append(aside, []any{in.office, it.seq, why, in.now})
		}
	}
	if err := in.s.bulk(ctx, in.tx, `INSERT INTO quarantine (office_id, seq, why, at)`, "", aside); err != nil {
		return nil, err
	}
	if err := in.save(ctx, t); err != nil {
		return nil, err
	}
	if err := errors.Join(in.hear(ctx, t.said), in.returned(ctx, items)); err != nil {
		return nil, err
	}
	return rejected, in.describe(ctx, t, len(rejected))
}

// describe puts the office's own facts in place.
func (in *ingest) describe(ctx context.Context, t *tally, aside int) error {
	var err error
	set := func(text string, args ...any) {
		if err == nil {
			_, err = in.tx.ExecContext(ctx, `UPDATE office SET `+text+` WHERE office_id = $1`, append([]any{in.office}, args...)...)
		}
	}
	if aside > 0 {
		set(`set_aside = set_aside + $2`, aside)
	}
	if t.signerNew {
		set(`signer = $2`, t.signer)
	}
	if t.began.Term > 0 {
		set(`term = CASE WHEN term < $2 THEN $2 ELSE term END, hub = $3`, t.began.Term, clean(t.began.Hub, 64))
	}
	if t.profile != nil {
		var raw []byte
		raw, err = json.Marshal(t.profile)
		set(`profile = $2, config_seq = $3`, string(raw), t.configured)
	}
	if t.opened != "" {
		open := 0
		if t.open {
			open = 1
		}
		set(`day = $2, day_open = $3`, t.opened, open)
	}
	if err != nil {
		return fmt.Errorf("describe office: %w", err)
	}
	return nil
}
