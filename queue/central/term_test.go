package central_test

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/uplink"
)

// successor is a standby promoted with the first k records of an office.
func successor(t *testing.T, old *office, k, term int) *office {
	t.Helper()
	o := old.backup(k)
	o.write(t, noon, event(queue.TermBegan{Term: term, Hub: "counter-1", After: uint64(k), Head: o.head.Hash.String(), Officer: "cb01", Reason: "máy chủ hỏng"}))
	return o
}

// merge is a record of the old hub inside the new record.
func merge(r chain.Record, twice bool) fact {
	return event(queue.RecordMerged{Origin: queue.TermOrigin(1), Index: r.Seq, Record: string(r.Line()), Twice: twice})
}

// TestANewTermGoesOnFromItsBeginning: what the old hub alone had told the city
// is put aside, readable, and counts once when it comes again.
func TestANewTermGoesOnFromItsBeginning(t *testing.T) {
	ctx := context.Background()
	onEngines(t, func(t *testing.T, e *engine) {
		s, old := e.open(t), newOffice()
		want := old.busyDay(t, 13, 40)
		n, k := len(old.records), len(old.records)-30
		ingest(t, s, "H1", old.batch(1, n))
		heir := successor(t, old, k, 2)
		id := queue.NewTicketID(today, "H", 1)
		heir.write(t, noon, event(queue.TicketIssued{Ticket: id, Service: "civil"}), event(queue.TicketCalled{Ticket: id}))
		b := heir.batch(k-5, len(heir.records)) // overlaps what both have
		b.Term = 2
		taken := ingest(t, s, "H1", b)
		if taken.Head != heir.Head() || taken.Fresh != 3 {
			t.Fatalf("got %+v", taken)
		}
		copyOf(t, s, "H1", heir)
		tails, err := s.Tails(ctx, "H1")
		if err != nil || len(tails) != 1 || tails[0].First != uint64(k+1) || tails[0].N != 30 || tails[0].Back != 0 || tails[0].Term != 2 {
			t.Fatalf("tails %+v, %v", tails, err)
		}
		lines, err := s.Superseded(ctx, "H1", 2)
		if err != nil || len(lines) != 30 || string(lines[29]) != string(old.records[n-1].Line()) {
			t.Fatalf("the tail is not readable: %d lines, %v", len(lines), err)
		}
		alone := e.twin(t, heir)
		if diff := cmp.Diff(alone, counted(city(t, s, noon).City), cmp.AllowUnexported(dayCount{})); diff != "" {
			t.Errorf("the tail counts (-without +got):\n%s", diff)
		}

		c := refused(t, s, "H1", old.batch(n, n))
		if c.Fork || c.Superseded != 2 {
			t.Errorf("the old hub: %+v", c)
		}
		if r := city(t, s, noon); r.Offices[0].Line != central.LineUp || r.Offices[0].Term != 2 || r.Offices[0].Hub != "counter-1" {
			t.Errorf("the office is shown as %+v", r.Offices[0])
		}

		for _, r := range old.records[k:] { // handed over, some of it twice
			heir.write(t, noon, merge(r, false))
		}
		heir.write(t, noon, merge(old.records[n-1], true), merge(old.records[2], true))
		b = heir.batch(k+4, len(heir.records))
		b.Term = 2
		if taken := ingest(t, s, "H1", b); len(taken.Rejected) > 0 {
			t.Errorf("set aside: %+v", taken.Rejected)
		}
		want.issued++
		got := counted(city(t, s, noon).City)
		got.served, want.served = 0, 0 // the new ticket stands at a counter
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(dayCount{})); diff != "" {
			t.Errorf("with the tail (-want +got):\n%s", diff)
		}
		if tails, err := s.Tails(ctx, "H1"); err != nil || tails[0].Back != 30 {
			t.Errorf("tails %+v, %v", tails, err)
		}
		before := reportedBy(t, s, "H1")
		if err := s.Rewind(ctx, "H1", uint64(k+1), noon); err != nil {
			t.Fatal(err)
		}
		b = heir.batch(k+2, len(heir.records))
		b.Term = 2
		ingest(t, s, "H1", b)
		if diff := cmp.Diff(before, reportedBy(t, s, "H1"), cmp.AllowUnexported(central.OfficeLine{})); diff != "" {
			t.Errorf("counted anew (-before +after):\n%s", diff)
		}
	})
}

func reportedBy(t *testing.T, s *central.Store, id string) central.OfficeReport {
	t.Helper()
	r, err := s.Office(context.Background(), id, today, noon)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// twin is what an office with only these records counts.
func (e *engine) twin(t *testing.T, o *office) dayCount {
	t.Helper()
	s := newSite(t).store
	ingest(t, s, "H1", o.batch(1, len(o.records)))
	return counted(city(t, s, noon).City)
}

// TestABranchWithoutAHigherTermIsAFork and changes nothing.
func TestABranchWithoutAHigherTermIsAFork(t *testing.T) {
	old := newOffice()
	old.busyDay(t, 5, 20)
	n, k := len(old.records), len(old.records)-10
	began := func(e queue.TermBegan) *office {
		o := old.backup(k)
		o.write(t, noon, event(e))
		return o
	}
	head := old.backup(k).head.Hash.String()
	cases := map[string]*office{
		"the same term":         began(queue.TermBegan{Term: 1, Hub: "x", After: uint64(k), Head: head}),
		"another place":         began(queue.TermBegan{Term: 2, Hub: "x", After: uint64(k - 1), Head: head}),
		"another record before": began(queue.TermBegan{Term: 2, Hub: "x", After: uint64(k), Head: strings.Repeat("0", 64)}),
		"no term":               began(queue.TermBegan{}),
	}
	late := old.backup(k)
	late.write(t, noon, event(queue.DayClosed{Day: today}))
	late.write(t, noon, event(queue.TermBegan{Term: 2, Hub: "x", After: uint64(k + 1), Head: late.head.Hash.String()}))
	cases["a record before the term"] = late
	onEngines(t, func(t *testing.T, e *engine) {
		s := e.open(t)
		for name, o := range cases {
			id := strings.ReplaceAll(name, " ", "-")
			ingest(t, s, id, old.batch(1, n))
			if c := refused(t, s, id, o.batch(k+1, len(o.records))); !c.Fork || c.Superseded != 0 || c.Have.Seq != uint64(n) {
				t.Errorf("%s: %+v", name, c)
			}
			copyOf(t, s, id, old)
		}
	})
}

// TestAPromotedHubFindsItsPlaceByItself drives the real uplink: the city holds
// more, less or exactly what the new hub had copied; the old hub is told that it
// is over.
func TestAPromotedHubFindsItsPlaceByItself(t *testing.T) {
	old := newOffice()
	old.busyDay(t, 17, 60)
	n := len(old.records)
	for name, c := range map[string]struct{ city, copied, more int }{
		"the city has more":        {n, n - 40, 5},
		"much more than both":      {n, 30, 3},
		"the city has less":        {n - 60, n - 40, 5},
		"the same":                 {n - 40, n - 40, 5},
		"the new hub is far ahead": {n, n - 10, 400},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t)
			ingest(t, s.store, "H26.138", old.batch(1, c.city))
			line := &lossyLine{rng: rand.New(rand.NewPCG(8, 8)), faults: 20, rate: .3, seen: map[string]int{}}
			line.connect(s)
			heir := successor(t, old, c.copied, 2)
			heir.page = 50
			for range c.more {
				heir.write(t, noon, fact{"weather.changed", map[string]any{}})
			}
			stop := hub(t, line, heir, 2, nil)
			waitFor(t, func() bool { at, _ := heir.Acked(t.Context()); return at == uint64(len(heir.records)) })
			stop()
			copyOf(t, s.store, "H26.138", heir)
			if f, err := s.store.Fork(t.Context(), "H26.138"); f != nil || err != nil {
				t.Errorf("an alarm: %+v, %v", f, err)
			}
			states := make(chan uplink.State, 100)
			stop = hub(t, line, old, 1, func(st uplink.State) {
				select {
				case states <- st:
				default:
				}
			})
			defer stop()
			for st := range states {
				if st.Trouble == uplink.TroubleSuperseded {
					break
				}
				if st.Fork != nil {
					t.Fatalf("the old hub sees a fork: %+v", st.Fork)
				}
			}
			if f, err := s.store.Fork(t.Context(), "H26.138"); f != nil || err != nil {
				t.Errorf("an alarm about the old hub: %+v, %v", f, err)
			}
		})
	}
}

// hub runs an uplink in a term.
func hub(t *testing.T, line *lossyLine, o *office, term uint64, report func(uplink.State)) (stop func()) {
	t.Helper()
	u, err := uplink.New(uplink.Config{
		URL: "http://city.test", Office: "H26.138", TokenFile: tokenFile(t), Transport: line, Report: report,
		Term: func() uint64 { return term }, Linger: time.Millisecond, Log: slog.New(slog.DiscardHandler),
		Jitter: func(time.Duration) time.Duration { return time.Millisecond },
	}, o, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	return func() { cancel(); <-done }
}

func waitFor(t *testing.T, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !cond(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen in 30 s")
		}
	}
}

// TestCheckpointsInTheRecordAreChecked: the first one names the office's key;
// one that signs for something else, or by another key, is set aside.
func TestCheckpointsInTheRecordAreChecked(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	other := ed25519.NewKeyFromSeed(append(make([]byte, 31), 1))
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		sign := func(c chain.Checkpoint, k ed25519.PrivateKey) {
			o.write(t, morning, fact{chain.KindSigned, c.Sign(k)})
		}
		o.write(t, morning, configured("Một cửa"))
		sign(chain.Checkpoint{Office: "H1", Head: o.Head()}, key)                     // 2 good
		sign(chain.Checkpoint{Office: "H1", Head: o.Head()}, other)                   // 3 another key
		sign(chain.Checkpoint{Office: "H1", Head: chain.Head{Seq: 1}}, key)           // 4 something else
		o.write(t, morning, fact{chain.KindSigned, chain.Checkpoint{Head: o.Head()}}) // 5 unsigned
		sign(chain.Checkpoint{Office: "H1", Head: o.Head()}, key)                     // 6 good
		var why []string
		for i := range o.records { // across batches
			for _, r := range ingest(t, s, "H1", o.batch(i+1, i+1)).Rejected {
				raw, _ := json.Marshal(r)
				why = append(why, string(raw))
			}
		}
		want := `{"seq":3,"why":"signer"} {"seq":4,"why":"signature"} {"seq":5,"why":"signature"}`
		if got := strings.Join(why, " "); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if k, known, err := s.Signer(t.Context(), "H1"); err != nil || !known || k != chain.PublicOf(key) {
			t.Errorf("the office's key: %v, %t, %v", k, known, err)
		}
	})
}
