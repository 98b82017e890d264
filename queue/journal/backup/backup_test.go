package backup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/health"
	"motcua/queue/journal"
	"motcua/queue/journal/backup"
)

const officeCode = "H26.138"

var morning = time.Date(2026, 11, 20, 0, 30, 0, 0, time.UTC)

// rig is an office's journal and the medium of its backup.
type rig struct {
	t   *testing.T
	j   *journal.Journal
	dir string
	id  *age.X25519Identity
	b   *backup.Backup
	n   uint64
}

func openJournal(t *testing.T, dir string) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), filepath.Join(dir, "office.db"), journal.Options{MinFree: -1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func newRig(t *testing.T) *rig {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, j: openJournal(t, t.TempDir()), dir: filepath.Join(t.TempDir(), "stick"), id: id}
	if err := errors.Join(os.Mkdir(r.dir, 0o700), backup.Prepare(r.dir, officeCode)); err != nil {
		t.Fatal(err)
	}
	r.write(queue.Configured{Config: queue.Config{
		Office: officeCode, Services: []queue.Service{{ID: "civil", Letter: "A", Pace: 300}}, Counters: []queue.Counter{{ID: "1", Tiers: [][]string{{"civil"}}}},
	}})
	r.b = r.backup()
	return r
}

func (r *rig) backup() *backup.Backup {
	r.t.Helper()
	b, err := backup.New(backup.Config{Dir: r.dir, Recipients: []age.Recipient{r.id.Recipient()}, Look: time.Millisecond, Linger: time.Millisecond}, r.j)
	if err != nil {
		r.t.Fatal(err)
	}
	return b
}

// write makes one command's record with its answer.
func (r *rig) write(e queue.Event) {
	r.t.Helper()
	f, err := journal.Fact(e.Kind(), e)
	if err != nil {
		r.t.Fatal(err)
	}
	r.n++
	f.At, f.By, f.N = morning.Add(time.Duration(r.n)*time.Second), chain.Actor{Device: "kiosk-1"}, r.n
	if _, err := r.j.Update(func(tx *journal.Tx) error {
		_, err := tx.Append(f)
		if d, ok := e.(dossier.DossierReceived); ok {
			err = errors.Join(err, tx.PutCaseKey(d.Code, []byte("the wrapped key of "+d.Code)))
		}
		return errors.Join(err, tx.PutAnswer("kiosk-1", r.n, fmt.Appendf(nil, "answer %d", r.n)))
	}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) help(n int) {
	for range n {
		r.write(queue.HelpRequested{Device: "kiosk-1"})
	}
}

func code(n int) string { return fmt.Sprintf("H26.138-261120-%04d", n) }

func (r *rig) once() {
	r.t.Helper()
	if err := r.b.Once(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) restore(until backup.Until) (*journal.Journal, backup.Report) {
	r.t.Helper()
	j := openJournal(r.t, r.t.TempDir())
	report, err := backup.Restore(r.t.Context(), r.dir, []age.Identity{r.id}, j, until)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := j.Verify(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	return j, report
}

func lines(t *testing.T, j *journal.Journal, to uint64) string {
	t.Helper()
	all, err := j.Range(t.Context(), j.Base().Seq, int(to-j.Base().Seq))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, r := range all {
		b.Write(r.Line())
		b.WriteByte('\n')
	}
	return b.String()
}

func state(t *testing.T, j *journal.Journal) string {
	t.Helper()
	raw, err := json.Marshal(j.Snapshot().State)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// same checks that a restored journal is the office's whole one.
func (r *rig) same(j *journal.Journal) {
	r.t.Helper()
	if j.Head() != r.j.Head() || lines(r.t, j, j.Head().Seq) != lines(r.t, r.j, r.j.Head().Seq) {
		r.t.Fatalf("got head %v, want %v, or records differ", j.Head(), r.j.Head())
	}
	if diff := cmp.Diff(state(r.t, r.j), state(r.t, j)); diff != "" {
		r.t.Errorf("state (-want +got):\n%s", diff)
	}
}

func TestRestoredJournalIsTheSame(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.write(queue.DayOpened{Day: "2026-11-20"})
	for i := range 30 {
		r.help(i)
		r.write(dossier.DossierReceived{Code: code(i + 1), Procedure: "1.001"})
		if i%3 == 0 {
			r.once()
		}
	}
	if _, err := r.j.Update(func(tx *journal.Tx) error {
		return errors.Join(tx.PutDocument("catalogue", []byte("a catalogue")), tx.PutDocument("probe", []byte{1}))
	}); err != nil {
		t.Fatal(err)
	}
	r.once()
	j, report := r.restore(backup.Until{})
	r.same(j)
	if !report.Whole() || report.Head != r.j.Head() || report.Seen != r.j.Head().Seq || report.Office != officeCode {
		t.Errorf("got report %+v", report)
	}
	_ = j.View(func(v journal.View) error {
		for n := uint64(1); n <= r.n; n++ {
			if got, err := v.Answer("kiosk-1", n); err != nil || string(got) != fmt.Sprintf("answer %d", n) {
				t.Fatalf("answer %d: got %q, %v", n, got, err)
			}
		}
		if key, err := v.CaseKey(code(7)); err != nil || string(key) != "the wrapped key of "+code(7) {
			t.Errorf("case key: got %q, %v", key, err)
		}
		if doc, _ := v.Document("catalogue"); string(doc) != "a catalogue" {
			t.Errorf("document: got %q", doc)
		}
		if doc, _ := v.Document("probe"); doc != nil {
			t.Error("the watchdog's mark was copied")
		}
		return nil
	})
}

func TestRestoreToAnyMoment(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.write(queue.DayOpened{Day: "2026-11-20"})
	for i := range 9 {
		r.help(2)
		r.write(dossier.DossierReceived{Code: code(i + 1), Procedure: "1.001"})
		r.once()
	}
	for seq := uint64(1); seq <= r.j.Head().Seq; seq++ {
		j, report := r.restore(backup.Until{Seq: seq})
		if report.Head.Seq != seq || lines(t, j, seq) != lines(t, r.j, seq) {
			t.Fatalf("until %d: got %d", seq, report.Head.Seq)
		}
		at, report2 := r.restore(backup.Until{At: morning.Add(time.Duration(seq)*time.Second + 400*time.Millisecond)})
		if report2.Head != report.Head || !report2.At.Equal(morning.Add(time.Duration(seq)*time.Second)) {
			t.Fatalf("until the time of %d: got %d, %s", seq, at.Head().Seq, report2.At)
		}
		_ = j.View(func(v journal.View) error {
			if v.LastN("kiosk-1") != seq {
				t.Errorf("until %d: a later command counts as carried out: %d", seq, v.LastN("kiosk-1"))
			}
			key, _ := v.CaseKey(code(3))
			if _, found, _ := v.Dossier(code(3)); found != (key != nil) {
				t.Errorf("until %d: dossier %t, its key %t", seq, found, key != nil)
			}
			return nil
		})
	}
}

// TestErasureReachesTheBackup: after the next run no file opens to the dropped
// key, whatever was written before.
func TestErasureReachesTheBackup(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for i := range 5 {
		r.write(dossier.DossierReceived{Code: code(i + 1), Procedure: "1.001"})
		r.once()
	}
	r.restore(backup.Until{})
	if _, err := r.j.Update(func(tx *journal.Tx) error { return tx.DropCaseKey(code(2)) }); err != nil {
		t.Fatal(err)
	}
	r.once()
	list, err := filepath.Glob(filepath.Join(r.dir, "keys", "*"))
	if err != nil || len(list) != 1 {
		t.Errorf("got files of keys %v, %v, want one", list, err)
	}
	j, _ := r.restore(backup.Until{})
	_ = j.View(func(v journal.View) error {
		for i, want := range []bool{true, false, true, true, true} {
			if key, _ := v.CaseKey(code(i + 1)); (key != nil) != want {
				t.Errorf("key %d is there: %t, want %t", i+1, key != nil, want)
			}
		}
		return nil
	})
	r.b = r.backup() // a restart writes nothing again
	r.once()
	if again, _ := filepath.Glob(filepath.Join(r.dir, "keys", "*")); cmp.Diff(list, again) != "" {
		t.Errorf("got %v, want %v", again, list)
	}
}

func TestNothingOnTheMediumIsInClear(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.help(50)
	r.write(dossier.DossierReceived{Code: code(1), Procedure: "1.001"})
	r.once()
	files := 0
	err := filepath.WalkDir(r.dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "motcua-backup.json" {
			return err
		}
		files++
		raw, err := os.ReadFile(path)
		for _, word := range []string{"kiosk-1", "wrapped key", "261120", "help"} {
			if bytes.Contains(raw, []byte(word)) {
				t.Errorf("%s contains %q", e.Name(), word)
			}
		}
		return err
	})
	if err != nil || files < 3 {
		t.Errorf("%d files, %v", files, err)
	}
	stranger, _ := age.GenerateX25519Identity()
	j := openJournal(t, t.TempDir())
	if _, err := backup.Restore(t.Context(), r.dir, []age.Identity{stranger}, j, backup.Until{}); err == nil {
		t.Error("another identity opens it")
	}
}

func TestPulledAndTornMediumIsMended(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.help(20)
	r.once()
	r.help(20)
	r.once()
	r.help(20)
	expect := func(want backup.Trouble, level health.Level) {
		t.Helper()
		err := r.b.Once(t.Context())
		if s := r.b.State(); s.Trouble != want || (err == nil) != (want == "") {
			t.Errorf("got trouble %q, %v, want %q", s.Trouble, err, want)
		}
		if c := r.b.Check(t.Context()); c.Level != level {
			t.Errorf("trouble %q: got health %+v, want %s", want, c, level)
		}
	}
	// Pulled out, with the mount point left behind as an empty folder.
	away := r.dir + "-in-a-pocket"
	if err := errors.Join(os.Rename(r.dir, away), os.Mkdir(r.dir, 0o700)); err != nil {
		t.Fatal(err)
	}
	expect(backup.TroubleAway, health.Warn)
	if list, _ := os.ReadDir(r.dir); len(list) > 0 {
		t.Errorf("something was written where no stick is: %v", list)
	}
	if err := errors.Join(os.Remove(r.dir), os.Rename(away, r.dir)); err != nil {
		t.Fatal(err)
	}
	expect("", health.OK)
	r.same(first(r.restore(backup.Until{})))
	// Torn: the last file is cut off, one in the middle is gone, one was never
	// finished.
	list, err := filepath.Glob(filepath.Join(r.dir, "records", "*.age"))
	if err != nil || len(list) < 3 {
		t.Fatal(list, err)
	}
	if err := errors.Join(os.Truncate(list[len(list)-1], 100), os.Remove(list[1]),
		os.WriteFile(filepath.Join(r.dir, "records", "x.part"), []byte("half"), 0o600),
		os.WriteFile(filepath.Join(r.dir, "records", "holiday.jpg"), []byte("a picture"), 0o600)); err != nil {
		t.Fatal(err)
	}
	j, report := r.restore(backup.Until{})
	if report.Whole() || j.Head().Seq == 0 || j.Head().Seq >= r.j.Head().Seq || lines(t, j, j.Head().Seq) != lines(t, r.j, j.Head().Seq) {
		t.Errorf("a torn medium: got report %+v", report)
	}
	r.b = r.backup()
	expect("", health.OK)
	r.same(first(r.restore(backup.Until{})))
	if list, _ := filepath.Glob(filepath.Join(r.dir, "records", "*.part")); len(list) > 0 {
		t.Errorf("left over: %v", list)
	}
	if _, err := os.Stat(filepath.Join(r.dir, "records", "holiday.jpg")); err != nil {
		t.Error("somebody's picture was removed")
	}
}

func ids(r *rig) []age.Identity { return []age.Identity{r.id} }

func first(j *journal.Journal, _ backup.Report) *journal.Journal { return j }

func TestAnotherHistoryIsLeftAlone(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.help(20)
	r.once()
	// The office goes on from an older state, as after a restore to a moment.
	j, _ := r.restore(backup.Until{Seq: 10})
	r.j, r.n = j, 10
	r.b = r.backup()
	files := func() []string {
		list, _ := filepath.Glob(filepath.Join(r.dir, "*", "*"))
		return list
	}
	before := files()
	for range 2 {
		if err := r.b.Once(t.Context()); !errors.Is(err, backup.ErrOther) {
			t.Errorf("got %v, want ErrOther", err)
		}
		r.write(queue.DayOpened{Day: "2026-11-21"})
		r.help(30)
	}
	if diff := cmp.Diff(before, files()); diff != "" {
		t.Errorf("the medium was changed:\n%s", diff)
	}
	if err := backup.Prepare(r.dir, "H26.139"); !errors.Is(err, backup.ErrOther) {
		t.Errorf("another office: got %v, want ErrOther", err)
	}
}

func TestManySmallFilesBecomeFew(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	most := 0
	for range 150 {
		r.help(1)
		r.once()
		list, _ := filepath.Glob(filepath.Join(r.dir, "records", "*"))
		most = max(most, len(list))
	}
	if most > 40 {
		t.Errorf("got %d files at once", most)
	}
	r.same(first(r.restore(backup.Until{})))
}

func TestRunFollowsTheJournal(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- r.b.Run(ctx) }()
	for range 5 {
		r.help(7)
		for r.b.State().Seq < r.j.Head().Seq {
			if t.Context().Err() != nil {
				t.Fatal("the backup does not follow")
			}
			time.Sleep(time.Millisecond)
		}
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	r.same(first(r.restore(backup.Until{})))
}
