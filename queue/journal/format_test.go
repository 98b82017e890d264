package journal_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"motcua/queue"
	"motcua/queue/journal"
)

var update = flag.Bool("update", false, "write the fixture of the present format")

// unpack lays out a kept journal and returns its path. Every later version must
// open each of them.
func unpack(t *testing.T, format string) string {
	t.Helper()
	dir := t.TempDir()
	kept, err := filepath.Glob(filepath.Join("testdata", format+"*"))
	if err != nil || len(kept) == 0 {
		t.Fatal("no kept file", err)
	}
	for _, name := range kept {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		to := "office" + strings.TrimPrefix(filepath.Base(name), format)
		if packed, ok := strings.CutSuffix(to, ".gz"); ok {
			unzip, err := gzip.NewReader(bytes.NewReader(raw))
			if err != nil {
				t.Fatal(err)
			}
			if raw, err = io.ReadAll(unzip); err != nil {
				t.Fatal(err)
			}
			to = packed
		}
		if err := os.WriteFile(filepath.Join(dir, to), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "office.db")
}

func TestScenario30_KeptFilesOfEveryFormatOpen(t *testing.T) {
	t.Parallel()
	if *update {
		writeFixture(t)
	}
	for format, tickets := range map[string]int{"format1": 5, "format2": 7} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			path := unpack(t, format)
			j := open(t, path, journal.Options{ReadOnly: true})
			if _, err := j.Verify(t.Context()); err != nil {
				t.Fatalf("opened for reading, as it is: %v", err)
			}
			_ = j.Close()
			j = open(t, path, journal.Options{})
			state, record := text(t, j.Snapshot().State), lines(t, j)
			if len(j.Snapshot().State.Tickets) != tickets || j.Snapshot().State.Day != "2026-11-20" {
				t.Fatalf("got %d tickets of %s", len(j.Snapshot().State.Tickets), j.Snapshot().State.Day)
			}
			if _, err := j.Verify(t.Context()); err != nil {
				t.Fatal(err)
			}
			_ = j.View(func(v journal.View) error {
				if got, err := v.Answer("kiosk-1", 7); format == "format2" && (string(got) != "the stored answer" || err != nil) {
					t.Errorf("answer: %q, %v", got, err)
				}
				return nil
			})
			// It works on, a month later, and what it reads from the records
			// comes out the same when made again.
			months(t, j, 2, "2026-12")
			if _, err := j.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(lines(t, j), record) {
				t.Error("its records changed")
			}
			_ = j.Close()
			j = open(t, unpack(t, format), journal.Options{})
			if err := j.Rebuild(t.Context()); err != nil {
				t.Fatal(err)
			}
			if text(t, j.Snapshot().State) != state {
				t.Error("a rebuild comes to another state")
			}
		})
	}
}

// TestRebuildCutOffIsDoneAgain opens a file as a rebuild that was cut off leaves
// it: without read models, schema 0.
func TestRebuildCutOffIsDoneAgain(t *testing.T) {
	t.Parallel()
	path := unpack(t, "format2")
	j := open(t, path, journal.Options{})
	want := text(t, j.Snapshot().State)
	_ = j.Close()
	setSchema(t, path, 0)
	edit(t, path, func(tx *bolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("dossiers")), tx.Bucket([]byte("states")).Delete([]byte("morning")))
	})
	j = open(t, path, journal.Options{})
	if got := text(t, j.Snapshot().State); got != want {
		t.Errorf("state: got %s, want %s", got, want)
	}
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func writeFixture(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	j := open(t, filepath.Join(dir, "office.db"), journal.Options{})
	if err := j.SignWith(t.Context(), signKey); err != nil {
		t.Fatal(err)
	}
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 20, "2026-10")
	newer(t, j)
	add(t, j, day("2026-11-20", 7)...)
	if _, err := j.Update(func(tx *journal.Tx) error {
		return errors.Join(tx.PutAnswer("kiosk-1", 7, []byte("the stored answer")), tx.PutCaseKey("H26.138-261003-0001", []byte("a wrapped key")), tx.PutDocument("catalogue", []byte("{}")))
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	raw, err := os.ReadFile(filepath.Join(dir, "office.db"))
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err = zip.Write(raw)
	month, err2 := os.ReadFile(filepath.Join(dir, "office-202610.zst"))
	if err := errors.Join(err, err2, zip.Close(), os.WriteFile("testdata/format2.db.gz", packed.Bytes(), 0o644), os.WriteFile("testdata/format2-202610.zst", month, 0o644)); err != nil {
		t.Fatal(err)
	}
}
