package journal_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"motcua/queue"
	"motcua/queue/journal"
)

var update = flag.Bool("update", false, "write the fixture of the present format")

// edit opens the closed file with bbolt itself, as somebody with the disk in
// hand could.
func edit(t *testing.T, path string, fn func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: time.Second, NoFreelistSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(fn), db.Close()); err != nil {
		t.Fatal(err)
	}
}

func setSchema(t *testing.T, path string, n uint32) {
	t.Helper()
	edit(t, path, func(tx *bolt.Tx) error {
		v := binary.BigEndian.AppendUint32(nil, n)
		framed := binary.BigEndian.AppendUint32(nil, crc32.Checksum(v, crc32.MakeTable(crc32.Castagnoli)))
		return tx.Bucket([]byte("meta")).Put([]byte("schema"), append(framed, v...))
	})
}

func key(seq uint64) []byte { return binary.BigEndian.AppendUint64(nil, seq) }

// TestScenario39_VerifyNamesTheFirstFalseRecord edits one record on disk.
func TestScenario39_VerifyNamesTheFirstFalseRecord(t *testing.T) {
	t.Parallel()
	edits := map[string]func(tx *bolt.Tx, seq uint64) error{
		"a name is changed": func(tx *bolt.Tx, seq uint64) error {
			b := tx.Bucket([]byte("events"))
			return b.Put(key(seq), bytes.Replace(bytes.Clone(b.Get(key(seq))), []byte("cb01"), []byte("cb02"), 1))
		},
		"one bit of the link is flipped": func(tx *bolt.Tx, seq uint64) error {
			b := tx.Bucket([]byte("events"))
			line := bytes.Clone(b.Get(key(seq)))
			i := bytes.Index(line, []byte(`"prev":"`)) + 10
			if line[i] ^= 1; line[i] < '0' || line[i] > '9' && line[i] < 'a' || line[i] > 'f' {
				line[i] = '0'
			}
			return b.Put(key(seq), line)
		},
		"it is removed":      func(tx *bolt.Tx, seq uint64) error { return tx.Bucket([]byte("events")).Delete(key(seq)) },
		"it is no record":    func(tx *bolt.Tx, seq uint64) error { return tx.Bucket([]byte("events")).Put(key(seq), []byte("{")) },
		"control: no change": func(*bolt.Tx, uint64) error { return nil },
	}
	for name, change := range edits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "office.db")
			j := open(t, path, journal.Options{})
			add(t, j, queue.Configured{Config: config()})
			add(t, j, day("2026-11-19", 20)...)
			add(t, j, day("2026-11-20", 2)...)
			_ = j.Close()
			edit(t, path, func(tx *bolt.Tx) error { return change(tx, 17) })
			// An old day: opening does not read it. Reading only and writing
			// say the same.
			j = open(t, path, journal.Options{ReadOnly: true})
			_, readOnly := j.Verify(t.Context())
			_ = j.Close()
			j = open(t, path, journal.Options{})
			_, err := j.Verify(t.Context())
			if fmt.Sprint(err) != fmt.Sprint(readOnly) {
				t.Errorf("reading only says %v, otherwise %v", readOnly, err)
			}
			if name == "control: no change" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var false_ *journal.FalseRecord
			if !errors.As(err, &false_) || false_.Seq != 17 {
				t.Fatalf("got %v, want record 17", err)
			}
		})
	}
}

func TestFalseRecordOfTodayStopsOpening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	add(t, j, day("2026-11-20", 5)...)
	last := j.Head().Seq
	_ = j.Close()
	for _, seq := range []uint64{last, 4} {
		copied := filepath.Join(t.TempDir(), "copy.db")
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(copied, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		edit(t, copied, func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte("events"))
			return b.Put(key(seq), bytes.Replace(bytes.Clone(b.Get(key(seq))), []byte("cb01"), []byte("cb02"), 1))
		})
		_, err = journal.Open(t.Context(), copied, journal.Options{})
		var false_ *journal.FalseRecord
		if !errors.As(err, &false_) || false_.Seq != seq {
			t.Fatalf("got %v, want record %d", err, seq)
		}
	}
}

// TestBitFlips flips bits that lie in live values and asks Verify; the control
// is bbolt alone, which hardly sees any.
func TestBitFlips(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	add(t, j, day("2026-11-19", 20)...)
	if _, err := j.Update(func(tx *journal.Tx) error { return tx.PutAnswer("kiosk-1", 1, []byte("the stored answer")) }); err != nil {
		t.Fatal(err)
	}
	add(t, j, queue.DayOpened{Day: "2026-11-20"})
	_ = j.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, needle := range []string{`"261119-A007"`, `"261119-A013-X"`, `the stored answer`} {
		// Old copies of a page stay in the file: only the live one, found by
		// the last commit, must be noticed.
		flips, seen := 0, 0
		for at := 0; ; at++ {
			i := bytes.Index(whole[at:], []byte(needle))
			if i < 0 {
				break
			}
			at += i
			damaged := bytes.Clone(whole)
			damaged[at+3] ^= 0x10
			flips++
			copied := filepath.Join(t.TempDir(), "copy.db")
			if err := os.WriteFile(copied, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			k, err := journal.Open(t.Context(), copied, journal.Options{MinFree: -1})
			if err != nil {
				t.Fatalf("open with a flip in an old day: %v", err)
			}
			_, err = k.Verify(t.Context())
			_ = k.Close()
			if err != nil {
				seen++
			}
		}
		t.Logf("%s: %d places, %d noticed", needle, flips, seen)
		if flips == 0 || seen == 0 {
			t.Errorf("%s: %d places, %d noticed, want the live one noticed", needle, flips, seen)
		}
		found += seen
	}
	if found < 3 {
		t.Errorf("got %d flips found, want at least 3", found)
	}
}

// fixture is a file of format 1; every later version must open it.
const fixture = "testdata/format1.db.gz"

func TestScenario30_OlderFileOpensAndIsBroughtUpToDate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	if *update {
		writeFixture(t, path)
	}
	packed, err := os.Open(fixture)
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unzip, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(unzip)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	j := open(t, path, journal.Options{})
	want := text(t, j.Snapshot().State)
	if len(j.Snapshot().State.Tickets) != 5 || j.Snapshot().State.Day != "2026-11-20" {
		t.Fatalf("fixture: got %d tickets of %s", len(j.Snapshot().State.Tickets), j.Snapshot().State.Day)
	}
	_ = j.Close()

	// The same file as a version before the first would have left it: without
	// read models.
	setSchema(t, path, 0)
	edit(t, path, func(tx *bolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("dossiers")), tx.Bucket([]byte("meta")).Delete([]byte("morning")))
	})
	j = open(t, path, journal.Options{})
	if got := text(t, j.Snapshot().State); got != want {
		t.Errorf("state after bringing the file up to date: got %s, want %s", got, want)
	}
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func writeFixture(t *testing.T, path string) {
	t.Helper()
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	add(t, j, day("2026-11-20", 5)...)
	_ = j.Close()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, err = zip.Write(raw)
	if err := errors.Join(err, zip.Close(), os.WriteFile(fixture, packed.Bytes(), 0o644)); err != nil {
		t.Fatal(err)
	}
}
