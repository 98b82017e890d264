package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"motcua/queue"
	"motcua/queue/journal"
)

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

// TestScenario29_TornFileIsSaidAndNotAPanic cuts and overwrites the live file:
// opening and verifying say so or find nothing wrong, and never hang or panic.
func TestScenario29_TornFileIsSaidAndNotAPanic(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 100, "2026-11")
	want := lines(t, j)
	_ = j.Close()
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := bytes.LastIndexFunc(whole, func(r rune) bool { return r != 0 }) + 1
	said, fine := 0, 0
	try := func(name string, raw []byte) {
		t.Helper()
		copied := filepath.Join(t.TempDir(), "office.db")
		if err := os.WriteFile(copied, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		k, err := journal.Open(t.Context(), copied, journal.Options{MinFree: -1})
		if err == nil {
			if _, err = k.Verify(t.Context()); err == nil && lines(t, k) != want {
				t.Fatalf("%s: another record, and nothing is said", name)
			}
			_ = k.Close()
		}
		if err != nil {
			said++
		} else {
			fine++ // a page that nobody uses
		}
	}
	for n := 1; n < 12; n++ {
		try("cut", whole[:used*n/12])
	}
	for page := 0; page < used/4096; page += 1 + page%3 {
		raw := bytes.Clone(whole)
		clear(raw[page*4096+512*(page%8):][:512])
		try("a sector of zeros", raw)
	}
	if said < 20 {
		t.Errorf("only %d of %d were noticed", said, said+fine)
	}
	t.Logf("%d said, %d without effect", said, fine)
}

func TestFirstStartCutOffLeavesNothingInTheWay(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	if err := errors.Join(os.WriteFile(path+".new", []byte("torn"), 0o600), os.WriteFile(path, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the unfinished file is still there: %v", err)
	}
}

// TestScenario29_ChangedKeysAndLostValuesAreNoticed: a value under another key
// would be the right answer to another question.
func TestScenario29_ChangedKeysAndLostValuesAreNoticed(t *testing.T) {
	t.Parallel()
	move := func(b *bolt.Bucket) error {
		k, v := b.Cursor().First()
		k, v = bytes.Clone(k), bytes.Clone(v)
		other := bytes.Clone(k)
		other[len(other)-1] ^= 4
		return errors.Join(b.Delete(k), b.Put(other, v))
	}
	lose := func(b *bolt.Bucket) error {
		k, _ := b.Cursor().Last()
		return b.Delete(bytes.Clone(k))
	}
	for _, bucket := range []string{"answers", "keys", "documents", "sealed", "states", "meta"} {
		for name, damage := range map[string]func(*bolt.Bucket) error{"moved": move, "lost": lose} {
			t.Run(name+" in "+bucket, func(t *testing.T) {
				t.Parallel()
				path := unpack(t, "format2")
				j := open(t, path, journal.Options{})
				if _, err := j.Verify(t.Context()); err != nil {
					t.Fatalf("control: %v", err)
				}
				_ = j.Close()
				edit(t, path, func(tx *bolt.Tx) error { return damage(tx.Bucket([]byte(bucket))) })
				j, err := journal.Open(t.Context(), path, journal.Options{MinFree: -1})
				if err == nil {
					_, err = j.Verify(t.Context())
					_ = j.Close()
				}
				if err == nil {
					t.Error("nothing is said")
				}
			})
		}
	}
}

// forgeRecord changes who made a record.
func forgeRecord(seq uint64) func(tx *bolt.Tx) error {
	return func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("events"))
		return b.Put(key(seq), bytes.Replace(bytes.Clone(b.Get(key(seq))), []byte("cb01"), []byte("cb02"), 1))
	}
}
