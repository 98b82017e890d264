package central_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/uplink"
)

// wired is a perfect line between an office and a site.
func wired(t *testing.T, s *site) http.RoundTripper {
	t.Helper()
	line := &lossyLine{rng: rand.New(rand.NewPCG(1, 1)), seen: map[string]int{}}
	line.connect(s)
	return line
}

// uplinked runs an uplink until ok, and returns its last state.
func uplinked(t *testing.T, line http.RoundTripper, o *office, ok func(uplink.State) bool) uplink.State {
	t.Helper()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	states := make(chan uplink.State, 1000)
	u, err := uplink.New(uplink.Config{
		URL: "http://city.test", Office: "H26.138", TokenFile: token, Transport: line, Linger: time.Millisecond,
		Jitter: func(time.Duration) time.Duration { return time.Millisecond },
		Report: func(s uplink.State) { states <- s }, Log: slog.New(slog.DiscardHandler),
	}, o, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	done := make(chan struct{})
	go func() {
		u.Run(ctx) // ends with ctx
		close(done)
	}()
	defer func() { cancel(); <-done }()
	for {
		select {
		case s := <-states:
			if ok(s) {
				return s
			}
		case <-ctx.Done():
			t.Fatalf("it never came to that: %+v", u.State())
		}
	}
}

// reported is a report without the moments of hearing from the office.
func reported(t *testing.T, s *central.Store) central.OfficeReport {
	t.Helper()
	r, err := s.Office(context.Background(), "H26.138", today, noon)
	if err != nil {
		t.Fatal(err)
	}
	r.SeenAt, r.Line, r.ClockOffset = time.Time{}, "", 0 // the uplink says the real time
	return r
}

func TestAnOfficeRestoredFromABackup(t *testing.T) {
	t.Run("without new records: it gets the missing ones back", func(t *testing.T) {
		s, o := newSite(t), newOffice()
		o.busyDay(t, 8, 30)
		line := wired(t, s)
		uplinked(t, line, o, func(st uplink.State) bool { return st.Acked == o.Head().Seq })
		restored := o.backup(100)
		st := uplinked(t, line, restored, func(st uplink.State) bool { return st.Fork != nil && st.Fork.Known })
		if st.Fork.Common != 100 || st.Trouble != uplink.TroubleFork {
			t.Fatalf("got %+v", st.Fork)
		}
		if city(t, s.store, noon).Offices[0].Line != central.LineFork {
			t.Error("the city does not know")
		}
		u, err := uplink.New(uplink.Config{URL: "http://city.test", Office: "H26.138", TokenFile: tokenFile(t), Transport: line}, restored, restored)
		if err != nil {
			t.Fatal(err)
		}
		for restored.head.Seq < st.Fork.City.Seq {
			list, err := u.Fetch(t.Context(), restored.head.Seq, 70)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range list {
				if restored.head, err = restored.head.Check(r); err != nil {
					t.Fatal(err)
				}
				restored.records = append(restored.records, r)
			}
		}
		if restored.head != o.head {
			t.Fatalf("got back to %d, want %d", restored.head.Seq, o.head.Seq)
		}
		restored.write(t, noon, event(queue.DayClosed{Day: today}))
		uplinked(t, line, restored, func(st uplink.State) bool { return st.Acked == restored.Head().Seq && st.Fork == nil })
		copyOf(t, s.store, "H26.138", restored)
	})
	t.Run("with new records: an administrator decides", func(t *testing.T) {
		s, o := newSite(t), newOffice()
		o.busyDay(t, 8, 30)
		line := wired(t, s)
		uplinked(t, line, o, func(st uplink.State) bool { return st.Acked == o.Head().Seq })
		restored := o.backup(77)
		restored.busyDay(t, 9, 0)
		for i := 200; i < 260; i++ {
			restored.write(t, noon, event(queue.TicketIssued{Ticket: queue.NewTicketID(today, "A", i), Service: "civil"}))
		}
		uplinked(t, line, restored, func(st uplink.State) bool { return st.Fork != nil && st.Fork.Known && st.Fork.Common == 77 })
		// Until the city has heard how far they agree.
		uplinked(t, line, restored, func(uplink.State) bool {
			f, err := s.store.Fork(context.Background(), "H26.138")
			return err == nil && f != nil && f.Common == 77
		})
		if r := s.do("POST", "/v1/offices/H26.138/fork/rewind", "admin-secret", `{"to":100000}`); r.StatusCode != 422 {
			t.Errorf("beyond the copy: got %d", r.StatusCode)
		}
		if r := s.do("POST", "/v1/offices/H26.138/fork/rewind", "admin-secret", `{}`); r.StatusCode != 422 {
			t.Errorf("to nowhere: got %d", r.StatusCode)
		}
		if r := s.do("POST", "/v1/offices/H26.138/fork/rewind", "admin-secret", `{"to":77}`); r.StatusCode != 200 {
			t.Fatalf("got %d %s", r.StatusCode, text(t, r))
		}
		uplinked(t, line, restored, func(st uplink.State) bool { return st.Acked == restored.Head().Seq && st.Fork == nil })
		copyOf(t, s.store, "H26.138", restored)
		fresh := newSite(t)
		ingest(t, fresh.store, "H26.138", restored.batch(1, len(restored.records)))
		if diff := cmp.Diff(reported(t, fresh.store), reported(t, s.store), cmp.AllowUnexported(central.OfficeLine{}), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); diff != "" {
			t.Errorf("counted anew (-fresh +rewound):\n%s", diff)
		}
	})
}

func tokenFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRewindCountsAsIfNothingHadBeen: what is derived from a prefix does not
// depend on what once came after it, and what came after is kept aside.
func TestRewindCountsAsIfNothingHadBeen(t *testing.T) {
	ctx := context.Background()
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		o.busyDay(t, 11, 50)
		n := len(o.records)
		for i, to := range []int{n, n - 1, 120, 1, 0} {
			id, twin := fmt.Sprintf("H%d", i), fmt.Sprintf("T%d", i)
			ingest(t, s, id, o.batch(1, n))
			if to > 0 {
				ingest(t, s, twin, o.batch(1, to))
			} else if err := s.Attend(ctx, twin, 0, noon); err != nil {
				t.Fatal(err)
			}
			if err := s.Rewind(ctx, id, uint64(to), noon); err != nil {
				t.Fatal(err)
			}
			a, err := s.Office(ctx, id, today, noon)
			if err != nil {
				t.Fatal(err)
			}
			b, err := s.Office(ctx, twin, today, noon)
			if err != nil {
				t.Fatal(err)
			}
			a.ID, b.ID = "", ""
			if diff := cmp.Diff(b, a, cmp.AllowUnexported(central.OfficeLine{})); diff != "" {
				t.Errorf("rewound to %d (-never more +rewound):\n%s", to, diff)
			}
			var kept int
			if err := e.raw(t).QueryRow(`SELECT COUNT(*) FROM given_up WHERE office_id = $1`, id).Scan(&kept); err != nil || kept != n-to {
				t.Errorf("rewound to %d: %d records kept aside, %v", to, kept, err)
			}
			if again := ingest(t, s, id, o.batch(1, n)); again.Fresh != n-to {
				t.Errorf("after rewinding to %d: got %+v", to, again)
			}
		}
		if err := s.Rewind(ctx, "H0", uint64(n+1), noon); !errors.Is(err, central.ErrPosition) {
			t.Errorf("beyond the end: %v", err)
		}
		if err := s.Rewind(ctx, "nobody", 0, noon); !errors.Is(err, central.ErrUnknown) {
			t.Errorf("an unknown office: %v", err)
		}
	})
}

// TestACrashingDatabaseLosesNothing stops PostgreSQL in the middle of its work,
// again and again, as a power cut would (only with MOTCUA_PG=start).
func TestACrashingDatabaseLosesNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		if e.cluster == nil {
			t.Skip("not a database of our own to crash; MOTCUA_PG=start makes one")
		}
		s := e.open(t)
		line := &lossyLine{rng: rand.New(rand.NewPCG(4, 2)), faults: 60, rate: .1, seen: map[string]int{}}
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		line.connect(newServer(t, ctx, s, func() time.Time { return noon }))
		o := newOffice()
		o.page = 7
		want := o.busyDay(t, 21, 400)
		stop := session(t, line, o, tokenFile(t), nil)
		defer stop()
		n := uint64(len(o.records))
		for crash := uint64(1); crash <= 6; crash++ {
			for at := uint64(0); at < n*crash/8; at, _ = o.Acked(ctx) {
				time.Sleep(time.Millisecond)
			}
			if err := e.cluster.crash(); err != nil {
				t.Fatal(err)
			}
		}
		for at := uint64(0); at < n; at, _ = o.Acked(ctx) {
			time.Sleep(time.Millisecond)
		}
		copyOf(t, s, "H26.138", o)
		if got := counted(city(t, s, noon).City); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		t.Logf("%d records, 6 crashes, other faults %v", n, line.seen)
	})
}
