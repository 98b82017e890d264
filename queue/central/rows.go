package central

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// load reads the tickets and dossiers that the records speak of.
func (in *ingest) load(ctx context.Context, fresh []item) (*tally, error) {
	tickets, codes := map[string]bool{}, map[string]bool{}
	for _, it := range fresh {
		if it.dossier != nil {
			codes[it.dossier.Code] = true
			if it.dossier.Provisional != "" {
				codes[it.dossier.Provisional] = true
			}
		} else if id, about := ticketOf(it.event); about {
			tickets[string(id)] = true
		}
	}
	t := newTally()
	err := in.tx.QueryRowContext(ctx, `SELECT signer FROM office WHERE office_id = $1`, in.office).Scan(&t.signer)
	if err != nil {
		return nil, fmt.Errorf("read the office's key: %w", err)
	}
	err = in.each(ctx, `SELECT ticket_id, service, status, issued_at, called_at, level, est_low, est_high FROM ticket WHERE office_id = $1 AND ticket_id IN `,
		tickets, func(rows *sql.Rows) error {
			var id string
			var r ticketRow
			if err := rows.Scan(&id, &r.service, &r.status, &r.issued, &r.called, &r.level, &r.low, &r.high); err != nil {
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
		tickets = append(tickets, []any{in.office, id, dayOf(id), r.service, string(r.status), r.issued, r.called, r.level, r.low, r.high})
	}
	for _, code := range slices.Sorted(maps.Keys(t.dossiers)) {
		r := t.dossiers[code]
		dossiers = append(dossiers, []any{in.office, code, r.received, r.due, r.finished, r.paused, r.supplements})
	}
	for _, day := range slices.Sorted(maps.Keys(t.days)) {
		c := t.days[day]
		days = append(days, []any{
			in.office, day, c.issued, c.waiting, c.serving, c.held, c.absent, c.served, c.dropped,
			c.received, c.onTime, c.late, c.rated, c.satisfied, c.promised, c.kept, c.fees,
		})
	}
	for k, n := range t.waits {
		waits = append(waits, []any{in.office, k.day, k.minute, n})
	}
	return errors.Join(
		in.s.bulk(ctx, in.tx, `INSERT INTO ticket (office_id, ticket_id, day, service, status, issued_at, called_at, level, est_low, est_high)`,
			`ON CONFLICT (office_id, ticket_id) DO UPDATE SET service = excluded.service, status = excluded.status,
			called_at = excluded.called_at, level = excluded.level`, tickets),
		in.s.bulk(ctx, in.tx, `INSERT INTO dossier (office_id, code, received_at, due_at, finished_at, paused_at, supplements)`,
			`ON CONFLICT (office_id, code) DO UPDATE SET due_at = excluded.due_at, finished_at = excluded.finished_at,
			paused_at = excluded.paused_at, supplements = excluded.supplements`, dossiers),
		in.s.bulk(ctx, in.tx, `INSERT INTO daily (office_id, day, issued, waiting, serving, held, absent, served, dropped,
			received, on_time, late, rated, satisfied, promised, kept, fees)`,
			`ON CONFLICT (office_id, day) DO UPDATE SET issued = daily.issued + excluded.issued,
			waiting = daily.waiting + excluded.waiting, serving = daily.serving + excluded.serving,
			held = daily.held + excluded.held, absent = daily.absent + excluded.absent,
			served = daily.served + excluded.served, dropped = daily.dropped + excluded.dropped,
			received = daily.received + excluded.received, on_time = daily.on_time + excluded.on_time,
			late = daily.late + excluded.late, rated = daily.rated + excluded.rated,
			satisfied = daily.satisfied + excluded.satisfied,
			promised = daily.promised + excluded.promised, kept = daily.kept + excluded.kept,
			fees = daily.fees + excluded.fees`, days),
		in.s.bulk(ctx, in.tx, `INSERT INTO wait (office_id, day, minute, n)`,
			`ON CONFLICT (office_id, day, minute) DO UPDATE SET n = wait.n + excluded.n`, waits))
}
