package journal_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
)

// months is an office's work over some months: two days of each, n numbers a
// day, at those days' own times.
func months(t testing.TB, j *journal.Journal, n int, names ...string) {
	t.Helper()
	for _, m := range names {
		for _, d := range []string{m + "-03", m + "-17"} {
			at, err := time.Parse(time.DateOnly, d)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := j.Update(func(tx *journal.Tx) error {
				for i, e := range day(d, n) {
					if _, err := tx.Append(fact(t, e, at.Add(time.Duration(i)*time.Second))); err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// lines is the whole record as one text.
func lines(t testing.TB, j *journal.Journal) string {
	t.Helper()
	all, err := j.Range(t.Context(), j.Base().Seq, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, r := range all {
		text.Write(r.Line())
		text.WriteByte('\n')
	}
	return text.String()
}

func sealedFiles(t testing.TB, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.zst*"))
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSealedMonthsReadAsOneJournal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 400, "2026-09", "2026-10", "2026-11")
	want, state, head := lines(t, j), text(t, j.Snapshot().State), j.Head()

	n, err := j.Seal(t.Context())
	if err != nil || n != 2 {
		t.Fatalf("got %d months, %v, want 2", n, err)
	}
	if n, err := j.Seal(t.Context()); err != nil || n != 0 {
		t.Fatalf("sealing again: got %d months, %v", n, err)
	}
	check := func(what string, j *journal.Journal) {
		t.Helper()
		if diff := cmp.Diff(want, lines(t, j)); diff != "" {
			t.Fatalf("%s: records (-want +got):\n%.500s", what, diff)
		}
		if diff := cmp.Diff(state, text(t, j.Snapshot().State)); diff != "" {
			t.Fatalf("%s: state (-want +got):\n%.500s", what, diff)
		}
		if got, err := j.Verify(t.Context()); err != nil || got != head {
			t.Fatalf("%s: verify: got %v, %v", what, got, err)
		}
	}
	check("sealed", j)
	if got := sealedFiles(t, dir); len(got) != 2 || filepath.Base(got[0]) != "office-202609.zst" {
		t.Errorf("got files %v", got)
	}
	_ = j.Close()
	edit(t, path, func(tx *bolt.Tx) error {
		if k, _ := tx.Bucket([]byte("events")).Cursor().First(); cmp.Diff(k, key(j.Sealed()[1].Last.Seq+1)) != "" {
			t.Errorf("the live file begins with record %x", k)
		}
		return nil
	})
	j = open(t, path, journal.Options{})
	check("reopened", j)
	if err := j.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("rebuilt", j)
	months(t, j, 10, "2026-12")
	if n, err := j.Seal(t.Context()); err != nil || n != 1 {
		t.Fatalf("the next month: got %d, %v", n, err)
	}
	if _, err := j.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	readOnly := open(t, path, journal.Options{ReadOnly: true})
	if _, err := readOnly.Verify(t.Context()); err != nil {
		t.Errorf("opened for reading: %v", err)
	}
}

// TestSealingCutOffAnywhere stops after each commit of a sealing and reopens:
// nothing is lost or doubled, and the next run ends the work.
func TestSealingCutOffAnywhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 400, "2026-09", "2026-10", "2026-11")
	want, state := lines(t, j), text(t, j.Snapshot().State)
	_ = j.Close()
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	points := 0
	for stop := 1; ; stop++ {
		path := filepath.Join(t.TempDir(), "office.db")
		if err := os.WriteFile(path, before, 0o600); err != nil {
			t.Fatal(err)
		}
		commits, cut := 0, errors.New("cut off")
		j := open(t, path, journal.Options{BeforeCommit: func() error {
			if commits++; commits == stop {
				return cut
			}
			return nil
		}})
		_, err := j.Seal(t.Context())
		_ = j.Close()
		j = open(t, path, journal.Options{})
		if got := lines(t, j); got != want {
			t.Fatalf("stopped at commit %d: records differ", stop)
		}
		if got := text(t, j.Snapshot().State); got != state {
			t.Fatalf("stopped at commit %d: state differs", stop)
		}
		if _, err := j.Seal(t.Context()); err != nil {
			t.Fatalf("stopped at commit %d: the next run: %v", stop, err)
		}
		if _, err := j.Verify(t.Context()); err != nil || len(j.Sealed()) != 2 || lines(t, j) != want {
			t.Fatalf("stopped at commit %d: afterwards: %v, %d months", stop, err, len(j.Sealed()))
		}
		_ = j.Close()
		if err == nil {
			break // it went through to the end
		}
		points++
	}
	if points < 5 {
		t.Errorf("only %d points were tried", points)
	}
	t.Logf("%d points", points)
}

// TestUnlistedFileIsMadeAnew: a file without its entry is what a crash between
// the two leaves, and may be of another journal.
func TestUnlistedFileIsMadeAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, filepath.Join(dir, "office.db"), journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 5, "2026-10", "2026-11")
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "office-202610.zst"), []byte("half of a fi"), 0o600),
		os.WriteFile(filepath.Join(dir, "office-202610.zst.part"), []byte("x"), 0o600)); err != nil {
		t.Fatal(err)
	}
	if n, err := j.Seal(t.Context()); err != nil || n != 1 {
		t.Fatalf("got %d, %v", n, err)
	}
	if _, err := j.Verify(t.Context()); err != nil || len(sealedFiles(t, dir)) != 1 {
		t.Error(err, sealedFiles(t, dir))
	}
}

func TestScenario29_DamagedMonthIsNamed(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(path string) error{
		"a flipped bit": func(path string) error {
			raw, err := os.ReadFile(path)
			raw[len(raw)/2] ^= 4
			return errors.Join(err, os.WriteFile(path, raw, 0o600))
		},
		"cut off": func(path string) error { return os.Truncate(path, 1000) },
		"gone":    os.Remove,
		"another month": func(path string) error {
			return os.Rename(filepath.Join(filepath.Dir(path), "office-202609.zst"), path)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "office.db")
			j := open(t, path, journal.Options{})
			add(t, j, queue.Configured{Config: config()})
			months(t, j, 400, "2026-09", "2026-10", "2026-11")
			if _, err := j.Seal(t.Context()); err != nil {
				t.Fatal(err)
			}
			s := j.Sealed()[1]
			_ = j.Close()
			if err := damage(filepath.Join(dir, "office-202610.zst")); err != nil {
				t.Fatal(err)
			}
			j = open(t, path, journal.Options{}) // the office opens and works
			add(t, j, queue.HelpRequested{Device: "kiosk-1"})
			_, err := j.Verify(t.Context())
			var wrong *journal.FalseRecord
			if !errors.As(err, &wrong) || !errors.Is(err, journal.ErrDamaged) {
				t.Fatalf("got %v, want a damaged record", err)
			}
			first := s.Before.Seq + 1
			if name == "another month" {
				first = 1 // that one is gone as well
			}
			if wrong.Seq < first || wrong.Seq > s.Last.Seq {
				t.Errorf("got record %d, want one of %d to %d", wrong.Seq, first, s.Last.Seq)
			}
		})
	}
}

func TestDropKeepsTheChainProven(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "office.db")
	j := open(t, path, journal.Options{})
	if err := j.SignWith(t.Context(), signKey); err != nil {
		t.Fatal(err)
	}
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 200, "2026-08", "2026-09", "2026-10", "2026-11")
	if _, err := j.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	state, head, until := text(t, j.Snapshot().State), j.Head(), time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	drop := func(want int, what string) {
		t.Helper()
		if n, err := j.Drop(t.Context(), until); err != nil || n != want {
			t.Fatalf("%s: dropped %d months, %v, want %d", what, n, err, want)
		}
	}
	drop(0, "the city has nothing")
	if err := j.SetAcked(t.Context(), j.Sealed()[0].Last); err != nil {
		t.Fatal(err)
	}
	drop(1, "the city has the first month")
	if err := j.SetAcked(t.Context(), head); err != nil {
		t.Fatal(err)
	}
	drop(1, "the city has all, but October is young")
	check := func(what string) {
		t.Helper()
		e := chain.Evidence{Keys: []chain.PublicKey{chain.PublicOf(signKey)}}
		if got, _, err := j.VerifyAgainst(t.Context(), e); err != nil || got != head {
			t.Fatalf("%s: verify: got %v, %v", what, got, err)
		}
		if diff := cmp.Diff(state, text(t, j.Snapshot().State)); diff != "" {
			t.Fatalf("%s: state (-want +got):\n%.500s", what, diff)
		}
		if _, err := j.Range(t.Context(), 0, 5); !errors.Is(err, journal.ErrDropped) {
			t.Errorf("%s: reading what is gone: got %v, want ErrDropped", what, err)
		}
		if len(sealedFiles(t, dir)) != 1 || j.Base() != j.Sealed()[1].Last {
			t.Errorf("%s: files %v, base %v", what, sealedFiles(t, dir), j.Base())
		}
	}
	check("dropped")
	_ = j.Close()
	j = open(t, path, journal.Options{})
	check("reopened")
	if err := j.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("rebuilt")

	ground, err := j.Ground()
	if err != nil {
		t.Fatal(err)
	}
	copied := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	if err := copied.Begin(ground); err != nil {
		t.Fatal(err)
	}
	if got, err := copied.CatchUp(t.Context(), j.Range); err != nil || got != head {
		t.Fatalf("copy: got %v, %v", got, err)
	}
	if diff := cmp.Diff(state, text(t, copied.Snapshot().State)); diff != "" {
		t.Errorf("copy: state (-want +got):\n%.500s", diff)
	}
	if err := copied.Begin(ground); err == nil {
		t.Error("a journal with records was given a ground")
	}
	if _, err := copied.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLooseFileIsCompactedWhenOpened(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 3, "2026-11")
	for i := range 6 {
		if _, err := j.Update(func(tx *journal.Tx) error { return tx.PutDocument(fmt.Sprint(i%2), make([]byte, 20<<20)) }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 {
		if _, err := j.Update(func(tx *journal.Tx) error { return tx.PutDocument(fmt.Sprint(i), []byte{1}) }); err != nil {
			t.Fatal(err)
		}
	}
	want, state, large := lines(t, j), text(t, j.Snapshot().State), j.Size()
	_ = j.Close()
	if err := os.WriteFile(path+".compact", []byte("left over"), 0o600); err != nil {
		t.Fatal(err)
	}
	j = open(t, path, journal.Options{})
	if j.Size() > large/4 {
		t.Errorf("got %d bytes of %d", j.Size(), large)
	}
	if lines(t, j) != want || text(t, j.Snapshot().State) != state {
		t.Error("compaction changed the journal")
	}
	if _, err := j.Verify(context.Background()); err != nil {
		t.Error(err)
	}
	add(t, j, queue.HelpRequested{Device: "kiosk-1"})
}

// TestSealingBesideReadersAndWriter: who reads while months move sees one whole
// record.
func TestSealingBesideReadersAndWriter(t *testing.T) {
	t.Parallel()
	j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 700, "2026-08", "2026-09", "2026-10", "2026-11")
	stop, done := make(chan struct{}), make(chan error, 3)
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
				add(t, j, queue.HelpRequested{Device: "kiosk-1"})
			}
		}
	}()
	for _, read := range []func() error{
		func() error { _, err := j.Verify(context.Background()); return err },
		func() error { _, err := j.Range(context.Background(), 1500, 900); return err },
	} {
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				if err := read(); err != nil {
					done <- err
					return
				}
			}
		}()
	}
	n, err := j.Seal(t.Context())
	close(stop)
	if err != nil || n != 3 {
		t.Errorf("got %d months, %v", n, err)
	}
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
