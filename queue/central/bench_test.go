package central_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"motcua/queue/uplink/wire"
)

// city20 is a day of 20 offices, in batches of 500.
func city20(b *testing.B) (batches map[string][]wire.Batch, events int) {
	batches = map[string][]wire.Batch{}
	for i := range 20 {
		o, id := newOffice(), fmt.Sprintf("H%d", i)
		o.busyDay(b, uint64(i), 333)
		for first := 1; first <= len(o.records); first += 500 {
			batches[id] = append(batches[id], o.batch(first, min(first+499, len(o.records))))
		}
		events += len(o.records)
	}
	return batches, events
}

// BenchmarkIngest takes a day of 20 offices, on SQLite or where MOTCUA_PG says,
// and compares with a bare prepared-insert loop of the same lines in the same
// batches, run just before each round.
func BenchmarkIngest(b *testing.B) {
	batches, events := city20(b)
	codec, err := wire.NewCodec()
	if err != nil {
		b.Fatal(err)
	}
	sent := 0
	for _, list := range batches {
		for _, batch := range list {
			sent += len(codec.Encode(batch, http.Header{}))
		}
	}
	var raw, whole time.Duration
	for b.Loop() {
		e := &engine{dsn: filepath.Join(b.TempDir(), "central.db")}
		where := os.Getenv("MOTCUA_PG")
		if where == "start" {
			where = sharedCluster(b).dsn()
		}
		if where != "" {
			e.dsn = freshSchema(b, where)
		}
		s := e.open(b)
		began := time.Now()
		rawLoop(b, e, batches)
		raw += time.Since(began)
		began = time.Now()
		for id, list := range batches {
			for _, batch := range list {
				if _, err := s.Ingest(context.Background(), id, batch, noon, 0); err != nil {
					b.Fatal(err)
				}
			}
		}
		whole += time.Since(began)
		s.Close()
	}
	n := float64(events) * float64(b.N)
	b.ReportMetric(n/whole.Seconds(), "events/s")
	b.ReportMetric(n/raw.Seconds(), "raw-events/s")
	b.ReportMetric(raw.Seconds()/whole.Seconds(), "of-raw")
	b.ReportMetric(float64(sent)/float64(events), "wire-B/event")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkPostgres takes in, over the wire's own coding, what comes back after
// an outage: one office's backlog in batches of 1,000, and a day of many offices
// two at a time. Its figures are seconds for a million records of the one and
// for the two million of a city's day.
func BenchmarkPostgres(b *testing.B) {
	where := os.Getenv("MOTCUA_PG")
	if where == "" {
		b.Skip("MOTCUA_PG says where there is a PostgreSQL, or start")
	}
	if where == "start" {
		where = sharedCluster(b).dsn()
	}
	codec, err := wire.NewCodec()
	if err != nil {
		b.Fatal(err)
	}
	one := newOffice()
	one.busyDay(b, 1, 12_000)
	backlog := map[string][]wire.Batch{"H26.1": nil}
	for first := 1; first <= len(one.records); first += 1000 {
		backlog["H26.1"] = append(backlog["H26.1"], one.batch(first, min(first+999, len(one.records))))
	}
	b.Run("backlog", func(b *testing.B) { takeIn(b, where, codec, backlog, len(one.records), 1, 1e6) })
	offices, events := city20(b)
	b.Run("cityday", func(b *testing.B) { takeIn(b, where, codec, offices, events, 2, 2e6) })
}

// takeIn reports how long a number of records takes, from what these take.
func takeIn(b *testing.B, where string, codec *wire.Codec, batches map[string][]wire.Batch, events, together int, want float64) {
	b.Helper()
	var took time.Duration
	for b.Loop() {
		s := (&engine{dsn: freshSchema(b, where)}).open(b)
		began := time.Now()
		var group errgroup.Group
		group.SetLimit(together)
		for id, list := range batches {
			group.Go(func() error {
				for _, batch := range list {
					h := http.Header{}
					body := codec.Encode(batch, h)
					sent, err := codec.Decode(h, bytes.NewReader(body))
					if err == nil {
						_, err = s.Ingest(context.Background(), id, sent, noon, 0)
					}
					if err != nil {
						return err
					}
				}
				return nil
			})
		}
		if err := group.Wait(); err != nil {
			b.Fatal(err)
		}
		took += time.Since(began)
		s.Close()
	}
	b.ReportMetric(took.Seconds()/float64(b.N)/float64(events)*want, "s/whole")
	b.ReportMetric(0, "ns/op")
}

// rawLoop is the least that keeping the lines can cost on this engine.
func rawLoop(b *testing.B, e *engine, batches map[string][]wire.Batch) {
	b.Helper()
	if !strings.HasPrefix(e.dsn, "postgres") {
		e = &engine{dsn: "file:" + filepath.Join(b.TempDir(), "raw.db") + "?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"}
	}
	db := e.raw(b)
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE raw (office TEXT, seq BIGINT, line BYTEA, PRIMARY KEY (office, seq))`); err != nil {
		b.Fatal(err)
	}
	insert := func(tx *sql.Tx, id string, batch wire.Batch) error {
		st, err := tx.Prepare(`INSERT INTO raw VALUES ($1, $2, $3)`)
		if err != nil {
			return err
		}
		for i, line := range batch.Lines {
			if _, err := st.Exec(id, int64(batch.First)+int64(i), line); err != nil {
				return err
			}
		}
		return tx.Commit()
	}
	for id, list := range batches {
		for _, batch := range list {
			tx, err := db.Begin()
			if err == nil {
				err = insert(tx, id, batch)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkCityReport reads the city's page of 600 offices with 200,000 tickets.
func BenchmarkCityReport(b *testing.B) {
	e := &engine{dsn: filepath.Join(b.TempDir(), "central.db")}
	s := e.open(b)
	fill(b, e, 600)
	b.ResetTimer()
	for b.Loop() {
		r, err := s.City(context.Background(), today, noon, nil)
		if err != nil || len(r.Offices) != 600 || r.City.WaitMedian == nil {
			b.Fatal(len(r.Offices), err)
		}
	}
}

// fill writes what a day leaves in the tables that a report reads.
func fill(b *testing.B, e *engine, offices int) {
	b.Helper()
	db := e.raw(b)
	tx, err := db.Begin()
	if err != nil {
		b.Fatal(err)
	}
	exec := func(q string, args ...any) {
		if _, err := tx.Exec(q, args...); err != nil {
			b.Fatal(err)
		}
	}
	for i := range offices {
		id := fmt.Sprintf("H%03d", i)
		exec(`INSERT INTO office (office_id, seq, seen_at) VALUES ($1, 3000, $2)`, id, noon.UnixMilli())
		exec(`INSERT INTO daily VALUES ($1, $2, 333, 5, 5, 1, 20, 300, 2, 150, 140, 2, 100, 90, 300, 260, 2500000)`, id, today)
		for m := range 60 {
			exec(`INSERT INTO wait VALUES ($1, $2, $3, 5)`, id, today, m)
		}
		for d := range 50 { // open dossiers, some overdue
			exec(`INSERT INTO dossier VALUES ($1, $2, 1, $3, 0, 0, 0)`, id, fmt.Sprint(d), noon.Add(time.Duration(d-5)*time.Hour).UnixMilli())
		}
	}
	if err := tx.Commit(); err != nil {
		b.Fatal(err)
	}
}
