package journal_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/journal"
)

// TestStateBeforeADayIsWhatAReplayComesTo: whoever begins at a kept state sees
// the day as whoever read everything.
func TestStateBeforeADayIsWhatAReplayComesTo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 30, "2026-07", "2026-08", "2026-09", "2026-10", "2026-11")
	if _, err := j.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	check := func(what string) {
		t.Helper()
		for day, month := range map[string]int{"2026-07-03": -1, "2026-09-02": 1, "2026-09-17": 1, "2026-11-17": 3, "2030-01-01": 3} {
			state, head, err := j.StateBefore(t.Context(), day)
			if err != nil {
				t.Fatalf("%s, %s: %v", what, day, err)
			}
			if sealed := j.Sealed(); month < 0 && head != j.Base() || month >= 0 && head != sealed[month].Last {
				t.Errorf("%s, %s: got head %d", what, day, head.Seq)
			}
			want := queue.NewState()
			if ground, err := j.Ground(); err != nil {
				t.Fatal(err)
			} else if ground.Base.Seq > 0 {
				want = ground.State
			}
			all, err := j.Range(t.Context(), j.Base().Seq, int(head.Seq-j.Base().Seq))
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				if e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data); ok && err == nil {
					want.Apply(e, r.At, r.Seq, r.By)
				}
			}
			if diff := cmp.Diff(text(t, want), text(t, state)); diff != "" {
				t.Errorf("%s, %s: state (-want +got):\n%.600s", what, day, diff)
			}
		}
	}
	check("sealed")
	if err := j.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	check("rebuilt")
	_ = j.Close()
	j = open(t, path, journal.Options{ReadOnly: true})
	check("read only")
	_ = j.Close()
	j = open(t, path, journal.Options{})
	if err := j.SetAcked(t.Context(), j.Head()); err != nil {
		t.Fatal(err)
	}
	if n, err := j.Drop(t.Context(), morning.AddDate(0, -3, 0)); err != nil || n != 2 {
		t.Fatalf("dropped %d, %v", n, err)
	}
	check("dropped")
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := j.StateBefore(t.Context(), "yesterday"); err == nil {
		t.Error("a day that is none was accepted")
	}
}
