package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
)

var morning = time.Date(2026, 11, 20, 0, 30, 0, 0, time.UTC)

func open(t *testing.T, path string, opt journal.Options) *journal.Journal {
	t.Helper()
	if opt.MinFree == 0 {
		opt.MinFree = -1
	}
	j, err := journal.Open(t.Context(), path, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func fact(t testing.TB, e queue.Event, at time.Time) chain.Fact {
	t.Helper()
	f, err := journal.Fact(e.Kind(), e)
	if err != nil {
		t.Fatal(err)
	}
	f.At, f.By = at, chain.Actor{Device: "kiosk-1", Counter: "1", Officer: "cb01"}
	return f
}

func config() queue.Config {
	return queue.Config{
		Office:   "H26.138",
		Services: []queue.Service{{ID: "civil", Letter: "A", Pace: 300}},
		Counters: []queue.Counter{{ID: "1", Tiers: [][]string{{"civil"}}}},
	}
}

// append commits events one transaction each.
func add(t testing.TB, j *journal.Journal, events ...queue.Event) {
	t.Helper()
	for i, e := range events {
		f := fact(t, e, morning.Add(time.Duration(i)*time.Second))
		if _, err := j.Update(func(tx *journal.Tx) error {
			_, err := tx.Append(f)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
}

// day is a business day with n tickets, of which every third is called.
func day(date string, n int) []queue.Event {
	events := []queue.Event{queue.DayOpened{Day: date}, queue.CounterOpened{Counter: "1", Officer: "cb01"}}
	for i := range n {
		id := queue.NewTicketID(date, "A", i+1)
		events = append(events, queue.TicketIssued{Ticket: id, Service: "civil", Lang: "vi", Code: string(id) + "-X", Dossiers: 1})
		if i%3 == 0 {
			events = append(events, queue.TicketCalled{Ticket: id, Counter: "1", Officer: "cb01", Why: "rule"},
				queue.TicketStarted{Ticket: id}, queue.TicketFinished{Ticket: id})
		}
	}
	return events
}

func text(t *testing.T, s *queue.State) string {
	t.Helper()
	raw, err := json.MarshalIndent(s, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestOpeningGivesTheSameStateByteForByte(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	add(t, j, day("2026-11-19", 9)...)
	add(t, j, day("2026-11-20", 10)...)
	want, head := text(t, j.Snapshot().State), j.Head()
	_ = j.Close()

	again := open(t, path, journal.Options{})
	if diff := cmp.Diff(want, text(t, again.Snapshot().State)); diff != "" {
		t.Errorf("state after reopening (-want +got):\n%s", diff)
	}
	if again.Head() != head {
		t.Errorf("got head %v, want %v", again.Head(), head)
	}
	if err := again.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, text(t, again.Snapshot().State)); diff != "" {
		t.Errorf("state after a rebuild of everything (-want +got):\n%s", diff)
	}
	if got, err := again.Verify(t.Context()); err != nil || got != head {
		t.Errorf("verify: got %v, %v, want %v", got, err, head)
	}
	add(t, again, queue.HelpRequested{Device: "kiosk-1"})
}

func TestUpdateIsAllOrNothing(t *testing.T) {
	t.Parallel()
	j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	want, head := text(t, j.Snapshot().State), j.Head()
	boom := errors.New("boom")
	_, err := j.Update(func(tx *journal.Tx) error {
		for _, e := range day("2026-11-20", 3) {
			if _, err := tx.Append(fact(t, e, morning)); err != nil {
				return err
			}
		}
		if tx.State().Day != "2026-11-20" || len(tx.State().Tickets) != 3 {
			t.Error("a transaction does not see its own records")
		}
		if len(j.Snapshot().State.Tickets) != 0 {
			t.Error("readers see records that are not committed")
		}
		return errors.Join(tx.PutAnswer("kiosk-1", 1, []byte("x")), boom)
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v, want the function's own error", err)
	}
	if diff := cmp.Diff(want, text(t, j.Snapshot().State)); diff != "" || j.Head() != head {
		t.Errorf("a failed transaction changed the state (-want +got):\n%s", diff)
	}
	add(t, j, day("2026-11-20", 1)...)
	if got := len(j.Snapshot().State.Tickets); got != 1 {
		t.Errorf("got %d tickets after the failed transaction, want 1", got)
	}
}

func TestRangeAndChanged(t *testing.T) {
	t.Parallel()
	j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	changed := j.Changed()
	add(t, j, queue.Configured{Config: config()})
	select {
	case <-changed:
	default:
		t.Error("a commit did not close Changed")
	}
	add(t, j, day("2026-11-20", 30)...)
	head, after := chain.Head{}, uint64(0)
	for {
		records, err := j.Range(t.Context(), after, 7)
		if err != nil {
			t.Fatal(err)
		}
		if len(records) == 0 {
			break
		}
		if len(records) > 7 {
			t.Fatalf("got %d records, want at most 7", len(records))
		}
		for _, r := range records {
			if head, err = head.Check(r); err != nil {
				t.Fatal(err)
			}
			after = r.Seq
		}
	}
	if head != j.Head() {
		t.Errorf("ranges end at %v, want %v", head, j.Head())
	}
	if err := j.SetAcked(t.Context(), chain.Head{Seq: 5}); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Acked(t.Context()); err != nil || got != 5 {
		t.Errorf("got acked %d, %v, want 5", got, err)
	}
}

func TestAnswersOfADevice(t *testing.T) {
	t.Parallel()
	j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
	put := func(device string, n uint64) {
		t.Helper()
		if _, err := j.Update(func(tx *journal.Tx) error {
			return tx.PutAnswer(device, n, fmt.Appendf(nil, "%s/%d", device, n))
		}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := j.Update(func(tx *journal.Tx) error {
		for n := uint64(1); n <= 4440; n++ {
			if err := tx.PutAnswer("k", n, []byte{1}); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	put("k1", 7)
	put("a", 3)
	_ = j.View(func(v journal.View) error {
		for device, want := range map[string]uint64{"k": 4440, "k1": 7, "a": 3, "b": 0, "": 0, "z": 0} {
			if got := v.LastN(device); got != want {
				t.Errorf("last command of %q: got %d, want %d", device, got, want)
			}
		}
		if got, _ := v.Answer("k1", 7); string(got) != "k1/7" {
			t.Errorf("got answer %q", got)
		}
		for n, want := range map[uint64]bool{4440: true, 345: true, 344: false, 1: false} {
			if got, _ := v.Answer("k", n); (got != nil) != want {
				t.Errorf("answer %d kept: got %v, want %v", n, got != nil, want)
			}
		}
		return nil
	})
}

func TestNewerFormatIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	_ = open(t, path, journal.Options{}).Close()
	setSchema(t, path, 99)
	_, err := journal.Open(t.Context(), path, journal.Options{})
	var newer *journal.NewerError
	if !errors.As(err, &newer) || newer.Have != 99 {
		t.Fatalf("got %v, want a NewerError of 99", err)
	}
}

func TestDiskFullIsHarmless(t *testing.T) {
	t.Parallel()
	cases := map[string]func(full *bool) journal.Options{
		"the reserve is reached": func(full *bool) journal.Options {
			return journal.Options{MinFree: 1 << 20, Free: func() (int64, error) {
				if *full {
					return 1 << 19, nil
				}
				return 1 << 30, nil
			}}
		},
		"the file cannot grow": func(full *bool) journal.Options {
			return journal.Options{BeforeCommit: func() error {
				if *full {
					return fmt.Errorf("file resize error: %s", syscall.ENOSPC) // as bbolt says it
				}
				return nil
			}}
		},
	}
	for name, options := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			full := false
			j := open(t, filepath.Join(t.TempDir(), "office.db"), options(&full))
			add(t, j, queue.Configured{Config: config()})
			want := text(t, j.Snapshot().State)
			full = true
			_, err := j.Update(func(tx *journal.Tx) error {
				_, err := tx.Append(fact(t, queue.DayOpened{Day: "2026-11-20"}, morning))
				return err
			})
			if !errors.Is(err, journal.ErrFull) {
				t.Fatalf("got %v, want ErrFull", err)
			}
			if diff := cmp.Diff(want, text(t, j.Snapshot().State)); diff != "" {
				t.Errorf("state (-want +got):\n%s", diff)
			}
			full = false
			add(t, j, day("2026-11-20", 2)...)
			if _, err := j.Verify(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFileBoundIsErrFull(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{MaxSize: 17 << 20})
	add(t, j, queue.Configured{Config: config()})
	doc := make([]byte, 256<<10)
	var err error
	n := 0
	for ; err == nil && n < 100; n++ {
		_, err = j.Update(func(tx *journal.Tx) error { return tx.PutDocument(fmt.Sprint(n), doc) })
	}
	if !errors.Is(err, journal.ErrFull) {
		t.Fatalf("got %v after %d documents, want ErrFull", err, n)
	}
	_ = j.Close()
	roomy := open(t, path, journal.Options{})
	add(t, roomy, day("2026-11-20", 2)...)
	if _, err := roomy.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFailedFlushEndsTheJournal(t *testing.T) {
	t.Parallel()
	broken := false
	j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{BeforeCommit: func() error {
		if broken {
			return syscall.EIO
		}
		return nil
	}})
	add(t, j, queue.Configured{Config: config()})
	broken = true
	write := func() error { return j.SetAcked(context.Background(), chain.Head{Seq: 1}) }
	if err := write(); !errors.Is(err, journal.ErrSuspect) {
		t.Fatalf("got %v, want ErrSuspect", err)
	}
	broken = false
	if err := write(); !errors.Is(err, journal.ErrSuspect) {
		t.Fatalf("second write: got %v, want ErrSuspect still", err)
	}
}

func TestForgottenReaderIsSeen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		j := open(t, filepath.Join(t.TempDir(), "office.db"), journal.Options{})
		release, inside := make(chan struct{}), make(chan struct{})
		done := make(chan error)
		go func() {
			done <- j.View(func(journal.View) error { close(inside); <-release; return nil })
		}()
		<-inside
		time.Sleep(2 * time.Second) // the bubble's clock: no real time passes
		if n, oldest := j.Readers(); n != 1 || oldest < 2*time.Second {
			t.Errorf("got %d readers, oldest %v, want one of 2 s", n, oldest)
		}
		close(release)
		if err := <-done; err != nil {
			t.Error(err)
		}
		if n, _ := j.Readers(); n != 0 {
			t.Errorf("got %d readers afterwards, want none", n)
		}
	})
}

func TestInUse(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	open(t, path, journal.Options{})
	if _, err := journal.Open(t.Context(), path, journal.Options{}); !errors.Is(err, journal.ErrInUse) {
		t.Fatalf("got %v, want ErrInUse", err)
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	if _, err := journal.Open(t.Context(), path, journal.Options{ReadOnly: true}); err == nil {
		t.Error("a journal that is not there opened for reading")
	}
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	head := j.Head()
	_ = j.Close()
	j = open(t, path, journal.Options{ReadOnly: true})
	if j.Head() != head {
		t.Errorf("got head %v, want %v", j.Head(), head)
	}
	if err := j.SetAcked(t.Context(), head); !errors.Is(err, journal.ErrReadOnly) {
		t.Errorf("got %v, want ErrReadOnly", err)
	}
}
