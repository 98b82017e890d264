package central

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// Document is what the city has published to an office last, of one kind, and
// what the office says of it.
type Document struct {
	Kind    string    `json:"kind"`
	Version uint64    `json:"version"`
	At      time.Time `json:"at"` // published
	// ToAll is false when it is for this office alone.
	ToAll bool `json:"to_all"`
	// AnsweredAt is when the office took or refused it, zero until its record
	// says so.
	AnsweredAt time.Time        `json:"answered_at,omitzero"`
	Refusal    *refusal.Refusal `json:"refusal,omitempty"`
}

// Publish puts a document in force for one office, or for all with office "";
// each is told at its next poll. Publishing what is in force changes nothing.
// The version grows and is not below the clock's milliseconds, so that a city
// restored from a backup does not give an old one again.
func (s *Store) Publish(ctx context.Context, kind, office string, body json.RawMessage, now time.Time) (version uint64, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		sum, err := keep(ctx, tx, body)
		if err != nil {
			return err
		}
		var inForce, applies, newest uint64
		var content string
		err = tx.QueryRowContext(ctx, `SELECT version, content FROM document WHERE kind = $1 AND office_id = $2 ORDER BY version DESC LIMIT 1`,
			kind, office).Scan(&inForce, &content)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		err = tx.QueryRowContext(ctx, `
			SELECT COALESCE(MAX(version), 0), COALESCE(MAX(CASE WHEN office_id IN ('', $2) THEN version END), 0)
			FROM document WHERE kind = $1`, kind, office).Scan(&newest, &applies)
		if err != nil {
			return err
		}
		if content == sum && inForce == applies {
			version = inForce
			return nil
		}
		version = max(newest+1, uint64(millis(now)))
		_, err = tx.ExecContext(ctx, `INSERT INTO document (kind, version, office_id, content, at) VALUES ($1, $2, $3, $4, $5)`,
			kind, version, office, sum, millis(now))
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("publish %s: %w", kind, err)
	}
	return version, nil
}

// inform tells an office of every document that is newer than the one it was
// told of.
func inform(ctx context.Context, tx *sql.Tx, office string, now time.Time) error {
	rows, err := tx.QueryContext(ctx, `
		SELECT d.kind, d.version, d.content FROM document d
		WHERE d.version = (SELECT MAX(version) FROM document WHERE kind = d.kind AND office_id IN ('', $1))
			AND NOT EXISTS (SELECT 1 FROM told t WHERE t.office_id = $1 AND t.kind = d.kind AND t.version >= d.version)
		ORDER BY d.kind`, office)
	if err != nil {
		return fmt.Errorf("look for documents: %w", err)
	}
	type news struct {
		kind, content string
		version       uint64
	}
	var list []news
	for rows.Next() {
		var n news
		if err := rows.Scan(&n.kind, &n.version, &n.content); err != nil {
			return errors.Join(err, rows.Close())
		}
		list = append(list, n)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return err
	}
	for _, n := range list {
		id, err := tell(ctx, tx, office, told(n), fmt.Sprintf("document %s %d", n.kind, n.version), now)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO told (office_id, kind, version, notice) VALUES ($1, $2, $3, $4)
			ON CONFLICT (office_id, kind) DO UPDATE SET version = excluded.version, notice = excluded.notice`,
			office, n.kind, n.version, id)
		if err != nil {
			return err
		}
	}
	return nil
}

// TellAgain makes an office be told of all documents in force once more.
func (s *Store) TellAgain(ctx context.Context, office string) error {
	return s.update(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM told WHERE office_id = $1`, office); err != nil {
			return fmt.Errorf("tell %s again: %w", office, err)
		}
		// The old notices keep their request keys out of the way of the new ones.
		_, err := tx.ExecContext(ctx, `UPDATE notice SET request = 'before ' || id || ' ' || request
			WHERE office_id = $1 AND version > 0 AND request LIKE 'document %'`, office)
		if err != nil {
			return fmt.Errorf("tell %s again: %w", office, err)
		}
		return nil
	})
}

// Documents lists what is in force for an office, by kind.
func (s *Store) Documents(ctx context.Context, office string) ([]Document, error) {
	list := []Document{}
	err := s.query(ctx, func(rows *sql.Rows) error {
		var d Document
		var at, answered int64
		var to, why string
		if err := rows.Scan(&d.Kind, &d.Version, &to, &at, &answered, &why); err != nil {
			return err
		}
		d.At, d.ToAll, d.AnsweredAt = moment(at), to == "", moment(answered)
		var err error
		d.Refusal, err = parseRefusal(why)
		list = append(list, d)
		return err
	}, `SELECT d.kind, d.version, d.office_id, d.at, COALESCE(n.answered_at, 0), COALESCE(n.refusal, '') FROM document d
		LEFT JOIN told t ON t.office_id = $1 AND t.kind = d.kind AND t.version = d.version
		LEFT JOIN notice n ON n.office_id = $1 AND n.id = t.notice
		WHERE d.version = (SELECT MAX(version) FROM document WHERE kind = d.kind AND office_id IN ('', $1))
		ORDER BY d.kind`, office)
	if err != nil {
		return nil, fmt.Errorf("read documents of %s: %w", office, err)
	}
	return list, nil
}

// kinds of documents that can be published; true when to all offices at once.
func documentKinds() map[string]bool {
	return map[string]bool{wire.NoticeCatalogue: true, wire.NoticeSettings: true, wire.NoticeStaff: false}
}
