package central

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// Conflict refuses a batch: the office must look where we stand.
type Conflict struct {
	Have chain.Head
	Fork bool
	Why  string
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
	var taken Taken
	var refused *Conflict
	err := s.update(ctx, func(tx *sql.Tx) error {
		taken, refused = Taken{}, nil
		in := &ingest{s: s, tx: tx, office: office, now: millis(now)}
		err := in.open(ctx, offset)
		if err != nil {
			return err
		}
		if broken != nil {
			refused = in.conflict(true, broken.Error())
		} else if refused, err = in.place(ctx, b, items); err != nil {
			return err
		}
		if refused != nil {
			taken.Head = in.at
			return in.alarm(ctx, b, refused)
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
}

// open reads the cursor and locks it until the end: the update of the row makes
// a second batch of the same office wait, in both engines.
func (in *ingest) open(ctx context.Context, offset time.Duration) error {
	var head string
	err := in.tx.QueryRowContext(ctx, `
		INSERT INTO office (office_id, seen_at, offset_ms) VALUES ($1, $2, $3)
		ON CONFLICT (office_id) DO UPDATE SET seen_at = excluded.seen_at, offset_ms = excluded.offset_ms
		RETURNING seq, head`, in.office, in.now, offset.Milliseconds()).Scan(&in.at.Seq, &head)
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
		var line []byte
		err := in.tx.QueryRowContext(ctx, `SELECT line FROM event WHERE office_id = $1 AND seq = $2`, in.office, last).Scan(&line)
		if err != nil {
			return nil, fmt.Errorf("read record %d: %w", last, err)
		}
		held = sha256.Sum256(line)
	}
	if sent != held {
		return in.conflict(true, fmt.Sprintf("record %d differs from the one held", last)), nil
	}
	return nil, nil
}

// alarm records a fork. A gap is no alarm: the office only has to look.
func (in *ingest) alarm(ctx context.Context, b wire.Batch, c *Conflict) error {
	if !c.Fork {
		return nil
	}
	_, err := in.tx.ExecContext(ctx, `
		INSERT INTO fork (office_id, seq, got, held, why, first_at, last_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
		ON CONFLICT (office_id, seq, got) DO UPDATE SET last_at = excluded.last_at`,
		in.office, b.First-1, b.Prev.String(), in.at.Hash.String(), c.Why, in.now)
	if err == nil {
		_, err = in.tx.ExecContext(ctx, `UPDATE office SET fork_at = $2 WHERE office_id = $1 AND fork_at = 0`, in.office, in.now)
	}
	if err != nil {
		return fmt.Errorf("record fork: %w", err)
	}
	return nil
}

// take stores new records, counts them and moves the cursor.
func (in *ingest) take(ctx context.Context, fresh []item) (Taken, error) {
	taken := Taken{Head: in.at, Fresh: len(fresh)}
	if len(fresh) == 0 {
		return taken, nil
	}
	t, err := in.load(ctx, fresh)
	if err != nil {
		return taken, err
	}
	var events, aside [][]any
	latest := int64(0)
	for _, it := range fresh {
		if why := t.apply(it); why != "" {
			taken.Rejected = append(taken.Rejected, wire.Rejected{Seq: it.seq, Why: why})
			aside = append(aside, []any{in.office, it.seq, why, in.now})
		}
		events = append(events, []any{in.office, it.seq, it.kind, millis(it.at), it.line})
		latest = millis(it.at)
	}
	last := fresh[len(fresh)-1]
	taken.Head = chain.Head{Seq: last.seq, Hash: last.hash}
	err = errors.Join(
		in.s.bulk(ctx, in.tx, `INSERT INTO event (office_id, seq, kind, at, line)`, "", events),
		in.s.bulk(ctx, in.tx, `INSERT INTO quarantine (office_id, seq, why, at)`, "", aside))
	if err != nil {
		return taken, err
	}
	if err := in.save(ctx, t); err != nil {
		return taken, err
	}
	return taken, in.move(ctx, t, taken, latest)
}

// move puts the cursor and the office's own facts in place.
func (in *ingest) move(ctx context.Context, t *tally, taken Taken, latest int64) error {
	_, err := in.tx.ExecContext(ctx, `
		UPDATE office SET seq = $2, head = $3, event_at = $4, set_aside = set_aside + $5 WHERE office_id = $1`,
		in.office, taken.Head.Seq, taken.Head.Hash.String(), latest, len(taken.Rejected))
	if err == nil && t.profile != nil {
		var raw []byte
		if raw, err = json.Marshal(t.profile); err == nil {
			_, err = in.tx.ExecContext(ctx, `UPDATE office SET profile = $2 WHERE office_id = $1`, in.office, string(raw))
		}
	}
	if err == nil && t.opened != "" {
		open := 0
		if t.open {
			open = 1
		}
		_, err = in.tx.ExecContext(ctx, `UPDATE office SET day = $2, day_open = $3 WHERE office_id = $1`, in.office, t.opened, open)
	}
	if err != nil {
		return fmt.Errorf("move cursor: %w", err)
	}
	return nil
}

// load reads the tickets and dossiers that the records speak of.
func (in *ingest) load(ctx context.Context, fresh []item) (*tally, error) {
	tickets, codes := map[string]bool{}, map[string]bool{}
	for _, it := range fresh {
		if it.dossier != nil {
			codes[it.dossier.Code] = true
		} else if id, about := ticketOf(it.event); about {
			tickets[string(id)] = true
		}
	}
	t := newTally()
	err := in.each(ctx, `SELECT ticket_id, service, status, issued_at, called_at, level FROM ticket WHERE office_id = $1 AND ticket_id IN `,
		tickets, func(rows *sql.Rows) error {
			var id string
			var r ticketRow
			if err := rows.Scan(&id, &r.service, &r.status, &r.issued, &r.called, &r.level); err != nil {
				return err
			}
			t.tickets[id] = &r
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read tickets: %w", err)
	}
	err = in.each(ctx, `SELECT code, received_at, due_at, finished_at, paused_at, supplements FROM dossier WHERE office_id = $1 AND code IN `,
		codes, func(rows *sql.Rows) error {
			var code string
			var r dossierRow
			if err := rows.Scan(&code, &r.received, &r.due, &r.finished, &r.paused, &r.supplements); err != nil {
				return err
			}
			t.dossiers[code] = &r
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read dossiers: %w", err)
	}
	return t, nil
}

// each runs a query for keys, some hundred at a time.
func (in *ingest) each(ctx context.Context, query string, keys map[string]bool, scan func(*sql.Rows) error) error {
	for part := range slices.Chunk(slices.Sorted(maps.Keys(keys)), 200) {
		args := []any{in.office}
		for _, k := range part {
			args = append(args, k)
		}
		// "($1,$2,…)" without the office in front.
		list := tuples(1, len(args))
		list = "(" + list[len("($1,"):]
		rows, err := in.tx.QueryContext(ctx, query+list, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			if err := scan(rows); err != nil {
				return errors.Join(err, rows.Close())
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
	}
	return nil
}

// save writes what the tally changed.
func (in *ingest) save(ctx context.Context, t *tally) error {
	var tickets, dossiers, days, waits [][]any
	for _, id := range slices.Sorted(maps.Keys(t.tickets)) {
		r := t.tickets[id]
		tickets = append(tickets, []any{in.office, id, dayOf(id), r.service, string(r.status), r.issued, r.called, r.level})
	}
	for _, code := range slices.Sorted(maps.Keys(t.dossiers)) {
		r := t.dossiers[code]
		dossiers = append(dossiers, []any{in.office, code, r.received, r.due, r.finished, r.paused, r.supplements})
	}
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		c := t.days[day]
		days = append(days, []any{in.office, day, c.issued, c.waiting, c.serving, c.held, c.absent, c.served, c.dropped,
			c.received, c.onTime, c.late, c.rated, c.satisfied})
	}
	for k, n := range t.waits {
		waits = append(waits, []any{in.office, k.day, k.minute, n})
	}
	return errors.Join(
		in.s.bulk(ctx, in.tx, `INSERT INTO ticket (office_id, ticket_id, day, service, status, issued_at, called_at, level)`,
			`ON CONFLICT (office_id, ticket_id) DO UPDATE SET service = excluded.service, status = excluded.status,
			called_at = excluded.called_at, level = excluded.level`, tickets),
		in.s.bulk(ctx, in.tx, `INSERT INTO dossier (office_id, code, received_at, due_at, finished_at, paused_at, supplements)`,
			`ON CONFLICT (office_id, code) DO UPDATE SET due_at = excluded.due_at, finished_at = excluded.finished_at,
			paused_at = excluded.paused_at, supplements = excluded.supplements`, dossiers),
		in.s.bulk(ctx, in.tx, `INSERT INTO daily (office_id, day, issued, waiting, serving, held, absent, served, dropped,
			received, on_time, late, rated, satisfied)`,
			`ON CONFLICT (office_id, day) DO UPDATE SET issued = daily.issued + excluded.issued,
			waiting = daily.waiting + excluded.waiting, serving = daily.serving + excluded.serving,
			held = daily.held + excluded.held, absent = daily.absent + excluded.absent,
			served = daily.served + excluded.served, dropped = daily.dropped + excluded.dropped,
			received = daily.received + excluded.received, on_time = daily.on_time + excluded.on_time,
			late = daily.late + excluded.late, rated = daily.rated + excluded.rated,
			satisfied = daily.satisfied + excluded.satisfied`, days),
		in.s.bulk(ctx, in.tx, `INSERT INTO wait (office_id, day, minute, n)`,
			`ON CONFLICT (office_id, day, minute) DO UPDATE SET n = wait.n + excluded.n`, waits))
}
