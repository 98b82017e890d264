package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"motcua/queue/chain"
)

// ErrPosition: there is no such position in the copy.
var ErrPosition = errors.New("no such position in the copy")

// Fork is an open alarm: an office's journal is not the one we hold.
type Fork struct {
	// Common is the last record that both have, as far as is known.
	Common  uint64    `json:"common"`
	Why     string    `json:"why"`
	FirstAt time.Time `json:"first_at"`
	LastAt  time.Time `json:"last_at"`
}

// alarm records that the office claims another history after common.
func (in *ingest) alarm(ctx context.Context, common chain.Head, why string) error {
	_, err := in.tx.ExecContext(ctx, `
		INSERT INTO fork (office_id, seq, got, held, why, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
		ON CONFLICT (office_id, seq) DO UPDATE SET got = excluded.got, held = excluded.held, why = excluded.why, last_at = excluded.last_at`,
		in.office, common.Seq, common.Hash.String(), in.at.Hash.String(), why, in.now)
	if err == nil {
		_, err = in.tx.ExecContext(ctx, `UPDATE office SET fork_at = $2 WHERE office_id = $1 AND fork_at = 0`, in.office, in.now)
	}
	if err != nil {
		return fmt.Errorf("record fork: %w", err)
	}
	return nil
}

// Compare looks at the end of the journal that an office says it has. An end
// that our copy has gone beyond, or that differs from it, is a fork (an office
// restored from a backup, or set up anew) and is recorded; common is the last
// record that both have if the office knows it, else nil.
// Who works in another term than the copy is no fork: the one is told that it is
// over, the other begins where its term does.
func (s *Store) Compare(ctx context.Context, office string, end chain.Head, term uint64, common *uint64, now time.Time) error {
	c, err := s.Cursor(ctx, office)
	if err != nil || max(1, term) != c.Term {
		return err
	}
	if have := c.Position(); end.Seq > have.Seq || end == have {
		return nil
	}
	claimed, why := end, fmt.Sprintf("the office ends at %d", end.Seq)
	if common != nil && *common <= end.Seq {
		claimed.Seq = *common
	}
	return s.update(ctx, func(tx *sql.Tx) error {
		in := &ingest{s: s, tx: tx, office: office, now: millis(now), at: c.Position()}
		return in.alarm(ctx, claimed, why)
	})
}

// Fork reads an office's open alarm, nil when there is none.
func (s *Store) Fork(ctx context.Context, office string) (*Fork, error) {
	var f Fork
	var first, last int64
	err := s.read.QueryRowContext(ctx, `
		SELECT f.seq, f.why, f.first_at, f.last_at FROM fork f JOIN office o ON o.office_id = f.office_id
		WHERE f.office_id = $1 AND o.fork_at > 0 AND f.last_at >= o.fork_at
		ORDER BY f.last_at DESC, f.seq LIMIT 1`, office).Scan(&f.Common, &f.Why, &first, &last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read fork of %s: %w", office, err)
	}
	f.FirstAt, f.LastAt = moment(first), moment(last)
	return &f, nil
}

// Settle clears an office's fork alarm: a person has looked at it. The history
// held stays the one held.
func (s *Store) Settle(ctx context.Context, office string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE office SET fork_at = 0 WHERE office_id = $1`, office); err != nil {
			return fmt.Errorf("settle fork of %s: %w", office, err)
		}
		return nil
	})
}

// Rewind takes the office's history instead of ours after record to: ours are
// put aside in table given_up, never deleted; everything derived is counted
// anew, and the office fills in its own. It is an administrator's decision
// about a fork. ErrPosition when the copy does not reach to.
func (s *Store) Rewind(ctx context.Context, office string, to uint64, now time.Time) error {
	err := s.update(ctx, func(tx *sql.Tx) error {
		in := &ingest{s: s, tx: tx, office: office, now: millis(now)}
		if err := in.lock(ctx); err != nil {
			return err
		}
		if to > in.at.Seq {
			return fmt.Errorf("%d of %d: %w", to, in.at.Seq, ErrPosition)
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO given_up (office_id, at, seq, line)
			SELECT office_id, $3, seq, line FROM event WHERE office_id = $1 AND seq > $2`, office, to, in.now)
		if err == nil {
			_, err = tx.ExecContext(ctx, `DELETE FROM event WHERE office_id = $1 AND seq > $2`, office, to)
		}
		if err != nil {
			return fmt.Errorf("put records aside: %w", err)
		}
		return in.recount(ctx)
	})
	if err != nil {
		return fmt.Errorf("rewind %s to %d: %w", office, to, err)
	}
	return nil
}

// lock reads the cursor and holds it until the end of the transaction.
func (in *ingest) lock(ctx context.Context) error {
	var head string
	err := in.tx.QueryRowContext(ctx, `UPDATE office SET seq = seq WHERE office_id = $1 RETURNING seq, head`, in.office).
		Scan(&in.at.Seq, &head)
	if errors.Is(err, sql.ErrNoRows) {
		return ErrUnknown
	}
	if err == nil {
		in.at.Hash, err = parseHead(head)
	}
	return err
}

// recount drops what is derived from an office's records and derives it again.
func (in *ingest) recount(ctx context.Context) error {
	for _, table := range []string{"ticket", "dossier", "daily", "wait", "quarantine"} {
		if _, err := in.tx.ExecContext(ctx, `DELETE FROM `+table+` WHERE office_id = $1`, in.office); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	if err := in.unhear(ctx); err != nil {
		return err
	}
	if _, err := in.tx.ExecContext(ctx, `UPDATE superseded SET back = 0 WHERE office_id = $1`, in.office); err != nil {
		return fmt.Errorf("forget what came again: %w", err)
	}
	_, err := in.tx.ExecContext(ctx, `UPDATE office SET seq = 0, term = 1, hub = '', head = '', profile = '', config_seq = 0, day = '', day_open = 0,
		event_at = 0, set_aside = 0, fork_at = 0 WHERE office_id = $1`, in.office)
	if err != nil {
		return fmt.Errorf("empty office: %w", err)
	}
	var last item
	for {
		items, err := in.again(ctx, last.seq)
		if err != nil {
			return err
		}
		if len(items) == 0 {
			break
		}
		if _, err := in.count(ctx, items); err != nil {
			return err
		}
		last = items[len(items)-1]
	}
	if last.seq == 0 {
		return nil
	}
	_, err = in.tx.ExecContext(ctx, `UPDATE office SET seq = $2, head = $3, event_at = $4 WHERE office_id = $1`,
		in.office, last.seq, last.hash.String(), millis(last.recorded()))
	return err
}

// again reads records of the copy after a position.
func (in *ingest) again(ctx context.Context, after uint64) ([]item, error) {
	rows, err := in.tx.QueryContext(ctx, `SELECT line FROM event WHERE office_id = $1 AND seq > $2 ORDER BY seq LIMIT 1000`, in.office, after)
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer rows.Close()
	var items []item
	for rows.Next() {
		var line []byte
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("read records: %w", err)
		}
		after++
		items = append(items, readLine(after, line))
	}
	return items, rows.Err()
}
