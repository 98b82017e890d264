package central

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"motcua/queue/uplink/wire"
)

// Limits of one answer to a poll; a single notice may exceed the bytes.
const (
	noticesPerPoll = 100
	noticeBytes    = 4 << 20
)

// Cursor tells an office where we stand, in both directions.
func (s *Store) Cursor(ctx context.Context, office string) (wire.Cursor, error) {
	c := wire.Cursor{Office: office, Term: 1}
	var head string
	err := s.read.QueryRowContext(ctx, `SELECT seq, head, notice_ack, term FROM office WHERE office_id = $1`, office).
		Scan(&c.Have, &head, &c.Notices, &c.Term)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil // a new office: nothing yet
	}
	if err == nil {
		c.Head, err = parseHead(head)
	}
	if err != nil {
		return c, fmt.Errorf("read cursor of %s: %w", office, err)
	}
	return c, nil
}

// Attend records that an office is there, has its notices up to after, and
// tells it the documents in force that it has not been told of yet.
func (s *Store) Attend(ctx context.Context, office string, after uint64, now time.Time) error {
	err := s.update(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO office (office_id, seen_at) VALUES ($1, $2)
			ON CONFLICT (office_id) DO UPDATE SET seen_at = excluded.seen_at`, office, millis(now))
		if err != nil {
			return err
		}
		// After our own restore from a backup the office may be ahead of us.
		_, err = tx.ExecContext(ctx, `
			UPDATE office SET notice_ack = $2, notice = CASE WHEN notice < $2 THEN $2 ELSE notice END
			WHERE office_id = $1 AND notice_ack < $2`, office, after)
		if err != nil {
			return err
		}
		return inform(ctx, tx, office, now)
	})
	if err != nil {
		return fmt.Errorf("attend to %s: %w", office, err)
	}
	return nil
}

// Notices reads those of an office after a position, oldest first.
func (s *Store) Notices(ctx context.Context, office string, after uint64) ([]wire.Notice, error) {
	list, size := []wire.Notice{}, 0
	err := s.query(ctx, func(rows *sql.Rows) error {
		var n wire.Notice
		var body []byte
		if err := rows.Scan(&n.ID, &n.Kind, &n.Version, &body); err != nil {
			return err
		}
		if size += len(body); len(list) > 0 && size > noticeBytes {
			return nil
		}
		n.Data = json.RawMessage(body)
		list = append(list, n)
		return nil
	}, `SELECT n.id, n.kind, n.version, c.body FROM notice n JOIN content c ON c.sum = n.content
		WHERE n.office_id = $1 AND n.id > $2 ORDER BY n.id LIMIT $3`, office, after, noticesPerPoll)
	if err != nil {
		return nil, fmt.Errorf("read notices of %s: %w", office, err)
	}
	return list, nil
}

// Tell gives an office a notice and returns its id. The same request key again
// returns the first id and tells nothing; key "" never repeats.
func (s *Store) Tell(ctx context.Context, office, kind string, data json.RawMessage, key string, now time.Time) (id uint64, err error) {
	err = s.update(ctx, func(tx *sql.Tx) error {
		sum, err := keep(ctx, tx, data)
		if err != nil {
			return err
		}
		if key != "" {
			key = "staff " + key
		}
		id, err = tell(ctx, tx, office, told{kind, sum, 0}, key, now)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("tell %s a %s: %w", office, kind, err)
	}
	return id, nil
}

// told is what a notice says: content by its sum, version 0 when the ids order.
type told struct {
	kind, content string
	version       uint64
}

// tell allocates an id that no restored backup will give again: it is never
// below the clock's milliseconds.
func tell(ctx context.Context, tx *sql.Tx, office string, what told, key string, now time.Time) (id uint64, err error) {
	err = tx.QueryRowContext(ctx, `
		INSERT INTO office (office_id, notice) VALUES ($1, $2)
		ON CONFLICT (office_id) DO UPDATE SET
			notice = CASE WHEN office.notice < excluded.notice THEN excluded.notice ELSE office.notice + 1 END
		RETURNING notice`, office, millis(now)).Scan(&id)
	if err != nil {
		return 0, err
	}
	if key == "" {
		key = fmt.Sprintf("none %d", id)
	} else {
		var earlier uint64
		err := tx.QueryRowContext(ctx, `SELECT id FROM notice WHERE office_id = $1 AND request = $2`, office, key).Scan(&earlier)
		if !errors.Is(err, sql.ErrNoRows) {
			return earlier, err
		}
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO notice (office_id, id, kind, version, content, request, at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		office, id, what.kind, what.version, what.content, key, millis(now))
	return id, err
}

// keep stores a body once.
func keep(ctx context.Context, tx *sql.Tx, body []byte) (sum string, err error) {
	h := sha256.Sum256(body)
	sum = hex.EncodeToString(h[:])
	_, err = tx.ExecContext(ctx, `INSERT INTO content (sum, body) VALUES ($1, $2) ON CONFLICT (sum) DO NOTHING`, sum, body)
	return sum, err
}

// HasDossier reports whether an office has received a dossier.
func (s *Store) HasDossier(ctx context.Context, office, code string) (bool, error) {
	var n int
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM dossier WHERE office_id = $1 AND code = $2`, office, code).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for dossier: %w", err)
	}
	return n > 0, nil
}

// Records reads back an office's records after a position, byte for byte.
func (s *Store) Records(ctx context.Context, office string, after uint64, max int) ([][]byte, error) {
	var lines [][]byte
	err := s.query(ctx, func(rows *sql.Rows) error {
		var line []byte
		err := rows.Scan(&line)
		lines = append(lines, line)
		return err
	}, `SELECT line FROM event WHERE office_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, office, after, max)
	if err != nil {
		return nil, fmt.Errorf("read records of %s: %w", office, err)
	}
	return lines, nil
}
