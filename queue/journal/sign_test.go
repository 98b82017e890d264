package journal_test

import (
	"crypto/ed25519"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
)

var signKey = ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))

// checkpoints are the places of the checkpoints' records.
func checkpoints(t testing.TB, j *journal.Journal) (places []uint64) {
	t.Helper()
	all, err := j.Range(t.Context(), 0, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if c, ok, err := chain.ReadCheckpoint(r); err != nil || ok && (c.Check() != nil || c.Seq != r.Seq-1 || c.Hash != r.Prev) {
			t.Fatalf("record %d: %v", r.Seq, err)
		} else if ok {
			places = append(places, r.Seq)
		}
	}
	return places
}

func TestCheckpointsAreMadeWhenDue(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	sign := func() {
		t.Helper()
		if err := j.SignWith(t.Context(), signKey); err != nil {
			t.Fatal(err)
		}
	}
	at := morning
	write := func(e queue.Event, later time.Duration) {
		t.Helper()
		at = at.Add(later)
		if _, err := j.Update(func(tx *journal.Tx) error {
			_, err := tx.Append(fact(t, e, at))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what string, want int) {
		t.Helper()
		if got := checkpoints(t, j); len(got) != want {
			t.Errorf("%s: got checkpoints %v, want %d", what, got, want)
		}
	}
	for range 50 {
		write(queue.HelpRequested{Device: "kiosk-1"}, 0)
	}
	expect("without a key", 0)
	sign()
	for range 60 {
		write(queue.HelpRequested{Device: "kiosk-1"}, 0)
	}
	expect("110 records, half of them before the key", 1)
	write(queue.HelpRequested{Device: "kiosk-1"}, 12*time.Hour)
	expect("the first record after a night signs for the evening", 2)
	write(queue.HelpRequested{Device: "kiosk-1"}, 12*time.Hour)
	expect("a record alone waits for the next", 2)
	_ = j.Close()
	j = open(t, path, journal.Options{})
	sign()
	write(queue.HelpRequested{Device: "kiosk-1"}, 11*time.Minute)
	expect("ten minutes, with a restart between", 3)
	write(queue.DayOpened{Day: "2026-11-20"}, time.Minute)
	write(queue.DayClosed{Day: "2026-11-20"}, time.Minute)
	expect("the end of a day", 4)
	head, last, err := j.VerifyAgainst(t.Context(), chain.Evidence{Keys: []chain.PublicKey{chain.PublicOf(signKey)}})
	if err != nil || head != j.Head() || last.Seq != head.Seq-1 {
		t.Errorf("got %v, %v, %v", head, last.Seq, err)
	}

	copied := open(t, filepath.Join(t.TempDir(), "copy.db"), journal.Options{})
	if err := copied.SignWith(t.Context(), signKey); err != nil {
		t.Fatal(err)
	}
	if _, err := copied.CatchUp(t.Context(), j.Range); err != nil {
		t.Fatal(err)
	}
	if copied.Head() != head {
		t.Errorf("a copy signed for itself: %v, want %v", copied.Head(), head)
	}
}
