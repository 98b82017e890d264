package central

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // driver "pgx"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewer: the database was written by a newer version of this program.
var ErrNewer = errors.New("the database is from a newer version of motcua-central; install that version or restore a backup from before")

// Vietnam is the city's time, whatever the machine's zone.
var vietnam = time.FixedZone("UTC+7", 7*60*60)

// Store is the city's memory. It is safe for concurrent use.
type Store struct {
	// read and write are one pool on PostgreSQL. SQLite has one writer at a
	// time, so there the write pool is one connection and readers never wait.
	read, write *sql.DB
	// arrays: rows go over the wire as one array a column, in one INSERT. It is
	// the only thing an engine decides.
	arrays bool
}

// Open opens or makes the database and brings its tables up to date. db is the
// path of an SQLite file, or a DSN beginning with "postgres://".
func Open(ctx context.Context, db string) (*Store, error) {
	s, dialect, err := connect(db)
	if err != nil {
		return nil, err
	}
	if err := s.migrate(ctx, dialect); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func connect(db string) (*Store, goose.Dialect, error) {
	if strings.HasPrefix(db, "postgres://") || strings.HasPrefix(db, "postgresql://") {
		pool, err := sql.Open("pgx", db)
		if err != nil {
			return nil, "", errors.New("open PostgreSQL: the address is malformed") // it may hold a password
		}
		pool.SetMaxOpenConns(32)
		pool.SetMaxIdleConns(16)
		pool.SetConnMaxLifetime(time.Hour)
		return &Store{read: pool, write: pool, arrays: true}, goose.DialectPostgres, nil
	}
	pragmas := []string{"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(ON)"}
	dsn := func(extra url.Values) string {
		q := url.Values{"_pragma": pragmas}
		for k, v := range extra {
			q[k] = append(q[k], v...)
		}
		return "file:" + (&url.URL{Path: db}).EscapedPath() + "?" + q.Encode()
	}
	write, err := sql.Open("sqlite", dsn(url.Values{"_txlock": {"immediate"}}))
	if err != nil {
		return nil, "", fmt.Errorf("open SQLite %s: %w", db, err)
	}
	write.SetMaxOpenConns(1)
	read, err := sql.Open("sqlite", dsn(url.Values{"_pragma": {"query_only(ON)"}}))
	if err != nil {
		return nil, "", errors.Join(fmt.Errorf("open SQLite %s: %w", db, err), write.Close())
	}
	read.SetMaxOpenConns(8)
	return &Store{read: read, write: write}, goose.DialectSQLite3, nil
}

func (s *Store) migrate(ctx context.Context, dialect goose.Dialect) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, s.write, dir, goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("prepare migrations: %w", err)
	}
	have, known, err := p.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	if have > known {
		return fmt.Errorf("schema %d, known %d: %w", have, known, ErrNewer)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("bring tables up to date: %w", err)
	}
	return nil
}

// Close ends all use of the database.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(s.read.Close(), err)
	}
	return err
}

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read.PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// update runs do in one transaction, again if the engine says that only
// another transaction was in the way. do must not keep anything of a run that
// did not commit.
func (s *Store) update(ctx context.Context, do func(*sql.Tx) error) error {
	const tries = 5
	for try := 1; ; try++ {
		err := s.once(ctx, do)
		if err == nil || try == tries || !transient(err) || ctx.Err() != nil {
			return err
		}
	}
}

func (s *Store) once(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it has nothing to do
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// transient: serialisation failure or deadlock (SQLSTATE 40001, 40P01), or a
// busy SQLite file.
func transient(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "40001" || pg.Code == "40P01"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code()&0xff == sqlite3.SQLITE_BUSY
}

// bulk inserts rows of equal length as the engine likes it: over a wire one
// statement, whose text the driver knows again; in the process one prepared for
// all rows. head is "INSERT INTO t (a, b)", tail "" or an ON CONFLICT clause.
func (s *Store) bulk(ctx context.Context, tx *sql.Tx, head, tail string, rows [][]any) error {
	switch {
	case len(rows) == 0:
		return nil
	case s.arrays:
		from, args, err := unnested(rows)
		if err == nil {
			_, err = tx.ExecContext(ctx, head+" SELECT * FROM "+from+" "+tail, args...)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", head, err)
		}
		return nil
	}
	st, err := tx.PrepareContext(ctx, head+" VALUES "+tuples(1, len(rows[0]))+" "+tail)
	if err != nil {
		return fmt.Errorf("%s: %w", head, err)
	}
	defer st.Close() //nolint:errcheck // the transaction's end tells
	for _, row := range rows {
		if _, err := st.ExecContext(ctx, row...); err != nil {
			return fmt.Errorf("%s: %w", head, err)
		}
	}
	return nil
}

// unnested turns rows into columns: "unnest($1::bigint[], …)" and the arrays.
func unnested(rows [][]any) (from string, args []any, err error) {
	parts := make([]string, len(rows[0]))
	for c := range rows[0] {
		column, kind, err := column(rows, c)
		if err != nil {
			return "", nil, err
		}
		args = append(args, column)
		parts[c] = fmt.Sprintf("$%d::%s[]", c+1, kind)
	}
	return "unnest(" + strings.Join(parts, ", ") + ")", args, nil
}

// column is one column of rows as an array with its SQL type: texts, bytes or
// whole numbers, as the first row has it.
func column(rows [][]any, c int) (array any, kind string, err error) {
	switch rows[0][c].(type) {
	case string:
		return collect(rows, c, func(v any) (string, bool) { s, ok := v.(string); return s, ok }, "text")
	case []byte:
		return collect(rows, c, func(v any) ([]byte, bool) { b, ok := v.([]byte); return b, ok }, "bytea")
	}
	return collect(rows, c, whole, "bigint")
}

func collect[T any](rows [][]any, c int, read func(any) (T, bool), kind string) (any, string, error) {
	list := make([]T, len(rows))
	for i, row := range rows {
		v, ok := read(row[c])
		if !ok {
			return nil, "", fmt.Errorf("column %d of row %d is a %T, not %s", c+1, i+1, row[c], kind)
		}
		list[i] = v
	}
	return list, kind, nil
}

// whole is a whole number of the kinds that the tables' rows hold.
func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case int:
		return int64(n), true
	case uint64:
		return int64(n), n <= math.MaxInt64
	}
	return 0, false
}

// tuples writes "($1,$2),($3,$4)" for 2 rows of 2.
func tuples(rows, width int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		for c := range width {
			if c > 0 {
				b.WriteByte(',')
			}
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(r*width + c + 1))
		}
		b.WriteByte(')')
	}
	return b.String()
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).In(vietnam)
}
