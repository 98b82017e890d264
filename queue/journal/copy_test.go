package journal_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
)

// newer is a record of a kind that only a later version knows.
func newer(t testing.TB, j *journal.Journal) {
	t.Helper()
	if _, err := j.Update(func(tx *journal.Tx) error {
		_, err := tx.Append(chain.Fact{At: morning, By: chain.Actor{Device: "kiosk-1"}, Type: "weather.changed", V: 3, Data: []byte(`{"sun":true}`)})
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

func TestCatchUpMakesTheSameJournalByteForByte(t *testing.T) {
	t.Parallel()
	a := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	add(t, a, queue.Configured{Config: config()})
	add(t, a, day("2026-11-19", 20)...)
	newer(t, a)
	add(t, a, day("2026-11-20", 7)...)

	path := filepath.Join(t.TempDir(), "office.db")
	b := open(t, path, journal.Options{})
	changed := b.Changed()
	head, err := b.CatchUp(t.Context(), func(ctx context.Context, after uint64, limit int) ([]chain.Record, error) {
		return a.Range(ctx, after, min(limit, 9))
	})
	if err != nil || head != a.Head() || b.Head() != head {
		t.Fatalf("got head %v, %v, want %v", head, err, a.Head())
	}
	select {
	case <-changed:
	default:
		t.Error("copied records did not close Changed")
	}
	same := func() {
		t.Helper()
		if diff := cmp.Diff(text(t, a.Snapshot().State), text(t, b.Snapshot().State)); diff != "" {
			t.Errorf("state (-original +copy):\n%s", diff)
		}
		theirs, _ := a.Range(t.Context(), 0, 1<<20)
		ours, err := b.Range(t.Context(), 0, 1<<20)
		if err != nil || len(ours) != len(theirs) {
			t.Fatalf("got %d records, %v, want %d", len(ours), err, len(theirs))
		}
		for i := range ours {
			if string(ours[i].Line()) != string(theirs[i].Line()) {
				t.Fatalf("record %d differs", i+1)
			}
		}
	}
	same()
	_ = b.Close()
	b = open(t, path, journal.Options{})
	same()
	add(t, b, queue.HelpRequested{Device: "kiosk-1"}) // and it can go on by itself
	if _, err := b.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCopyRefusesWhatDoesNotContinue(t *testing.T) {
	t.Parallel()
	a := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	add(t, a, queue.Configured{Config: config()})
	add(t, a, day("2026-11-20", 7)...)
	all, err := a.Range(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	forged, err := chain.Parse(append(all[3].Line()[:len(all[3].Line())-1:len(all[3].Line())-1], " }"...))
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	if _, err := b.Update(func(tx *journal.Tx) error { return tx.Copy(all[:2]) }); err != nil {
		t.Fatal(err)
	}
	want, head := text(t, b.Snapshot().State), b.Head()
	for name, c := range map[string]struct {
		records []chain.Record
		want    error
	}{
		"a gap":               {all[3:], chain.ErrGap},
		"again":               {all[1:], chain.ErrGap},
		"a forged one inside": {[]chain.Record{all[2], forged, all[4]}, chain.ErrFork},
	} {
		if _, err := b.Update(func(tx *journal.Tx) error { return tx.Copy(c.records) }); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
		if diff := cmp.Diff(want, text(t, b.Snapshot().State)); diff != "" || b.Head() != head {
			t.Errorf("%s changed the journal: %s", name, diff)
		}
	}
}

// TestCopiedCommandsCountAsCarriedOut: a copy without the answers must not
// carry a command out a second time.
func TestCopiedCommandsCountAsCarriedOut(t *testing.T) {
	t.Parallel()
	a := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	for n := uint64(1); n <= 3; n++ {
		f := fact(t, queue.HelpRequested{Device: "kiosk-1"}, morning)
		f.N = n
		if _, err := a.Update(func(tx *journal.Tx) error {
			_, err := tx.Append(f, f)
			return errors.Join(err, tx.PutAnswer("kiosk-1", n, []byte{byte(n)}))
		}); err != nil {
			t.Fatal(err)
		}
	}
	all, err := a.Range(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	b := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	if _, err := b.Update(func(tx *journal.Tx) error {
		return errors.Join(tx.PutAnswer("kiosk-1", 2, []byte{2}), tx.Copy(all))
	}); err != nil {
		t.Fatal(err)
	}
	check := func(want map[uint64]string) {
		t.Helper()
		_ = b.View(func(v journal.View) error {
			if got := v.LastN("kiosk-1"); got != 3 {
				t.Errorf("last command: got %d, want 3", got)
			}
			for n, w := range want {
				if got, err := v.Answer("kiosk-1", n); err != nil || string(got) != w || (w == "") != (got == nil) {
					t.Errorf("answer %d: got %q, %v, want %q", n, got, err, w)
				}
			}
			return nil
		})
	}
	check(map[uint64]string{1: "", 2: "\x02", 3: "", 4: ""})
	if _, err := b.Update(func(tx *journal.Tx) error { return tx.PutAnswer("kiosk-1", 3, []byte{3}) }); err != nil {
		t.Fatal(err)
	}
	check(map[uint64]string{1: "", 2: "\x02", 3: "\x03"})
}
