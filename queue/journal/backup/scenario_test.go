package backup_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/journal/backup"
)

// at makes one record of a moment.
func (r *rig) at(e queue.Event, t time.Time) {
	r.t.Helper()
	f, err := journal.Fact(e.Kind(), e)
	if err != nil {
		r.t.Fatal(err)
	}
	f.At, f.By = t, chain.Actor{Device: "kiosk-1"}
	if _, err := r.j.Update(func(tx *journal.Tx) error {
		_, err := tx.Append(f)
		if d, ok := e.(dossier.DossierReceived); ok {
			err = errors.Join(err, tx.PutCaseKey(d.Code, []byte("key")))
		}
		return err
	}); err != nil {
		r.t.Fatal(err)
	}
}

// TestScenario29_RestoredAndTheRestFetched: the live file is destroyed; the
// backup gives what it has, the city the rest, and the record is whole.
func TestScenario29_RestoredAndTheRestFetched(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	city := openJournal(t, t.TempDir()) // has every record
	for range 3 {
		r.help(40)
		r.once()
	}
	r.help(25)
	if _, err := city.CatchUp(t.Context(), r.j.Range); err != nil {
		t.Fatal(err)
	}
	want, path := r.j.Head(), r.j.Path()
	_ = r.j.Close()
	if err := os.Truncate(path, 9000); err != nil {
		t.Fatal(err)
	}
	if _, err := journal.Open(t.Context(), path, journal.Options{MinFree: -1}); !errors.Is(err, journal.ErrDamaged) {
		t.Fatalf("the destroyed file: got %v, want ErrDamaged", err)
	}
	j, report := r.restore(backup.Until{})
	if report.Head.Seq != want.Seq-25 {
		t.Errorf("restored %d of %d", report.Head.Seq, want.Seq)
	}
	if head, err := j.CatchUp(t.Context(), city.Range); err != nil || head != want {
		t.Fatalf("fetched: got %v, %v, want %v", head, err, want)
	}
	if head, err := j.Verify(t.Context()); err != nil || head != want {
		t.Errorf("got %v, %v", head, err)
	}
	_ = j.View(func(v journal.View) error {
		for n := uint64(1); n <= r.n; n++ { // nothing is carried out twice
			answer, _ := v.Answer("kiosk-1", n)
			if fetched := n > r.n-25; fetched != (answer == nil) || v.LastN("kiosk-1") != r.n {
				t.Fatalf("command %d: answer %q, last %d", n, answer, v.LastN("kiosk-1"))
			}
		}
		return nil
	})
}

// TestMediumThatWasAwayWhileMonthsWereDropped comes back with nothing that is
// still kept.
func TestMediumThatWasAwayWhileMonthsWereDropped(t *testing.T) {
	t.Parallel()
	for _, more := range []int{0, 5} { // up to the very end of the month, or not
		r := newRig(t)
		august := time.Date(2026, 8, 5, 1, 0, 0, 0, time.UTC)
		r.at(queue.DayOpened{Day: "2026-08-05"}, august)
		r.at(queue.HelpRequested{Device: "kiosk-1"}, august)
		r.once()
		for range more {
			r.at(queue.HelpRequested{Device: "kiosk-1"}, august)
		}
		r.at(queue.DayOpened{Day: "2026-11-05"}, august.AddDate(0, 3, 0))
		if _, err := r.j.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.j.SetAcked(t.Context(), r.j.Head()); err != nil {
			t.Fatal(err)
		}
		if n, err := r.j.Drop(t.Context(), august.AddDate(0, 1, 0)); err != nil || n != 1 {
			t.Fatalf("dropped %d, %v", n, err)
		}
		r.once()
		r.same(first(r.restore(backup.Until{})))
	}
}

// TestRetentionReachesTheBackup: a dropped month leaves the medium, and what is
// left still makes a journal.
func TestRetentionReachesTheBackup(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for m := range 3 {
		day := time.Date(2026, time.Month(8+m), 5, 1, 0, 0, 0, time.UTC)
		r.at(queue.DayOpened{Day: day.Format(time.DateOnly)}, day)
		code := fmt.Sprintf("H26.138-%s-0001", day.Format("060102"))
		r.at(dossier.DossierReceived{Code: code, Procedure: "1.001"}, day)
		r.at(dossier.DossierClosed{Code: code, As: dossier.Withdrawn}, day)
		for range 30 {
			r.at(queue.HelpRequested{Device: "kiosk-1"}, day)
		}
		r.once()
	}
	if _, err := r.j.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := r.j.SetAcked(t.Context(), r.j.Head()); err != nil {
		t.Fatal(err)
	}
	if n, err := r.j.Drop(t.Context(), time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)); err != nil || n != 1 {
		t.Fatalf("dropped %d months, %v", n, err)
	}
	r.once()
	r.help(3)
	r.once()
	list, err := filepath.Glob(filepath.Join(r.dir, "records", "*"))
	if err != nil || len(list) != 3 {
		t.Errorf("got files %v, %v", list, err)
	}
	j, report := r.restore(backup.Until{})
	r.same(j)
	if !report.Whole() || j.Base() != r.j.Base() || j.Base().Seq == 0 {
		t.Errorf("got report %+v, base %v", report, j.Base())
	}
	_ = j.View(func(v journal.View) error {
		for m, want := range map[int]bool{8: false, 9: true, 10: true} {
			code := fmt.Sprintf("H26.138-26%02d05-0001", m)
			_, found, err := v.Dossier(code)
			key, _ := v.CaseKey(code)
			if err != nil || found != want || (key != nil) != want {
				t.Errorf("dossier of month %d: there %t, key %t, %v", m, found, key != nil, err)
			}
		}
		return nil
	})
	old := openJournal(t, t.TempDir())
	if _, err := backup.Restore(t.Context(), r.dir, ids(r), old, backup.Until{Seq: 5}); !errors.Is(err, journal.ErrDropped) {
		t.Errorf("a dropped moment: got %v, want ErrDropped", err)
	}
}
