package journal_test

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
)

// wrapped is a dossier's record as another hub's chain has it.
func wrapped(t *testing.T, index uint64, e queue.Event) queue.RecordMerged {
	t.Helper()
	f, err := journal.Fact(e.Kind(), e)
	if err != nil {
		t.Fatal(err)
	}
	f.At = time.Date(2026, 11, 20, 3, 0, 0, 0, time.UTC)
	f.By = chain.Actor{Device: "counter-1", Officer: "cb01", Counter: "1"}
	r, _, err := chain.Head{Seq: index - 1}.Append(f)
	if err != nil {
		t.Fatal(err)
	}
	return queue.RecordMerged{Origin: "term-1", Index: index, Record: string(r.Line())}
}

// TestProvisionalDossiersAreNumbered: what a receipt bears finds the dossier for
// ever, and the list of those to be numbered is in the order of the record.
func TestProvisionalDossiersAreNumbered(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	own, other := "TAM.H2-261120-0001", "TAM.Q1-261120-0007"
	add(t, j,
		dossier.DossierReceived{Code: own, Provisional: own, Procedure: "p"},
		wrapped(t, 5, dossier.DossierReceived{Code: other, Provisional: other, Procedure: "p"}),
		wrapped(t, 6, dossier.DossierReceived{Code: "H26.138-261120-0009", Procedure: "p"}),
		wrapped(t, 7, dossier.DossierReturned{Code: other}), // is not ready here
	)
	list := func(j *journal.Journal) (codes []string) {
		if err := j.View(func(v journal.View) error {
			all, err := v.Unnumbered(10)
			for _, d := range all {
				codes = append(codes, d.Code)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return codes
	}
	if diff := cmp.Diff([]string{own, other}, list(j)); diff != "" {
		t.Fatalf("to be numbered (-want +got):\n%s", diff)
	}
	add(t, j, dossier.DossierNumbered{Provisional: other, Code: "H26.138-261120-0010"})
	check := func(j *journal.Journal) {
		t.Helper()
		if diff := cmp.Diff([]string{own}, list(j)); diff != "" {
			t.Errorf("to be numbered (-want +got):\n%s", diff)
		}
		if err := j.View(func(v journal.View) error {
			for _, code := range []string{other, "H26.138-261120-0010"} {
				d, found, err := v.Dossier(code)
				if err != nil || !found || d.Code != "H26.138-261120-0010" || d.Provisional != other || d.CaseName() != other || d.Status() != dossier.Received {
					t.Errorf("%s: got %+v, %v, %v", code, d, found, err)
				}
			}
			for count, want := range map[string]int{"2026-11-20": 10, "Q1 2026-11-20": 7, "H2 2026-11-20": 1} {
				if n, err := v.Serial(count); n != want || err != nil {
					t.Errorf("last of %s: got %d, %v, want %d", count, n, err, want)
				}
			}
			all, err := v.Dossiers(journal.DossierQuery{Day: "2026-11-20", Limit: 10})
			if len(all) != 3 {
				t.Errorf("%d dossiers on the day, want 3", len(all))
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	check(j)
	if err := j.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	check(j)
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
