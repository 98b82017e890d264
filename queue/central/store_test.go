package central_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/central"
	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, vietnam)

func ingest(t *testing.T, s *central.Store, id string, b wire.Batch) central.Taken {
	t.Helper()
	taken, err := s.Ingest(context.Background(), id, b, noon, 0)
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func refused(t *testing.T, s *central.Store, id string, b wire.Batch) *central.Conflict {
	t.Helper()
	_, err := s.Ingest(context.Background(), id, b, noon, 0)
	var c *central.Conflict
	if !errors.As(err, &c) {
		t.Fatalf("got %v, want a conflict", err)
	}
	return c
}

func city(t *testing.T, s *central.Store, now time.Time) central.Report {
	t.Helper()
	r, err := s.City(context.Background(), today, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// counted is what busyDay foretells of a report.
func counted(tot central.Totals) dayCount {
	return dayCount{
		issued: tot.Tickets, waiting: tot.Waiting, absent: tot.Absent, served: tot.Served,
		dossiers: tot.Received, onTime: tot.OnTime, late: tot.Late, rated: tot.Rated, satisfied: tot.Satisfied,
	}
}

// copyOf is the city's copy of a journal, checked against the original.
func copyOf(t *testing.T, s *central.Store, id string, o *office) {
	t.Helper()
	var n uint64
	for {
		lines, err := s.Records(context.Background(), id, n, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if len(lines) == 0 {
			break
		}
		for _, line := range lines {
			if string(line) != string(o.records[n].Line()) {
				t.Fatalf("record %d differs:\ngot  %s\nwant %s", n+1, line, o.records[n].Line())
			}
			n++
		}
	}
	if n != uint64(len(o.records)) {
		t.Fatalf("got %d records, want %d", n, len(o.records))
	}
}

func TestBatchesInOrderAreCountedAndKept(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		want := o.busyDay(t, 7, 60)
		for first := 1; first <= len(o.records); first += 50 {
			last := min(first+49, len(o.records))
			taken := ingest(t, s, "H26.138", o.batch(first, last))
			if taken.Head.Seq != uint64(last) || taken.Fresh != last-first+1 || len(taken.Rejected) > 0 {
				t.Fatalf("batch %d–%d: got %+v", first, last, taken)
			}
		}
		copyOf(t, s, "H26.138", o)
		r := city(t, s, noon)
		if diff := cmp.Diff(want, counted(r.City), cmp.AllowUnexported(dayCount{})); diff != "" {
			t.Errorf("counts (-want +got):\n%s", diff)
		}
		if r.Offices[0].Name.VI != "Bộ phận Một cửa 7" || r.Offices[0].Line != central.LineUp || !r.Offices[0].DayOpen {
			t.Errorf("office: got %+v", r.Offices[0])
		}
		if r.City.WaitMedian == nil || *r.City.WaitMedian < 10 || *r.City.WaitMedian > 30 || *r.City.WaitP90 < *r.City.WaitMedian {
			t.Errorf("waits: got %v", r.City.WaitMedian)
		}
		one, err := s.Office(context.Background(), "H26.138", today, noon)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(r.Offices[0].Totals, one.Totals); diff != "" {
			t.Errorf("the office's page differs from the city's (-city +office):\n%s", diff)
		}
		sum := 0
		for _, h := range one.Hours {
			sum += h.Issued
		}
		if sum != want.issued || len(one.Services) != 3 {
			t.Errorf("slices: %d tickets in %d hours, %d services", sum, len(one.Hours), len(one.Services))
		}
	})
}

// TestScenario26 sends batches twice, out of order, by halves, and from an old
// backup: applied once, or refused with a clear report.
func TestScenario26_TwiceOutOfOrderHalvesAndAnOldBackup(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		want := o.busyDay(t, 3, 40)
		n := len(o.records)

		gap := refused(t, s, "H1", o.batch(11, 20))
		if gap.Fork || gap.Have.Seq != 0 {
			t.Fatalf("a gap at the beginning: got %+v", gap)
		}
		ingest(t, s, "H1", o.batch(1, 20))
		if again := ingest(t, s, "H1", o.batch(1, 20)); again.Fresh != 0 || again.Head.Seq != 20 {
			t.Fatalf("the same again: got %+v", again)
		}
		if older := ingest(t, s, "H1", o.batch(3, 9)); older.Fresh != 0 || older.Head.Seq != 20 {
			t.Fatalf("an old one: got %+v", older)
		}
		if overlap := ingest(t, s, "H1", o.batch(15, 30)); overlap.Fresh != 10 || overlap.Head.Seq != 30 {
			t.Fatalf("half known: got %+v", overlap)
		}
		gap = refused(t, s, "H1", o.batch(40, 50))
		if gap.Fork || gap.Have.Seq != 30 || gap.Have.Hash != o.records[29].Hash() {
			t.Fatalf("a gap: got %+v", gap)
		}
		ingest(t, s, "H1", o.batch(31, n))
		if got := counted(city(t, s, noon).City); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}

		// The office is restored from a backup and goes on with new records.
		restored := o.backup(n - 10)
		restored.write(t, noon, event(queue.DayClosed{Day: today}))
		fork := refused(t, s, "H1", restored.batch(n-9, n-9))
		if !fork.Fork || fork.Have.Seq != uint64(n) || fork.Have.Hash != o.head.Hash {
			t.Fatalf("an old backup: got %+v", fork)
		}
		r := city(t, s, noon)
		if r.Offices[0].Line != central.LineFork {
			t.Errorf("the fork is not shown: %s", r.Offices[0].Line)
		}
		if got := counted(r.City); got != want {
			t.Errorf("a fork changed the counts: got %+v, want %+v", got, want)
		}
		copyOf(t, s, "H1", o)
		// The true office still gets through, and the alarm stays until settled.
		o.write(t, noon, event(queue.DayClosed{Day: today}))
		ingest(t, s, "H1", o.batch(n+1, n+1))
		if city(t, s, noon).Offices[0].Line != central.LineFork {
			t.Error("the alarm went away by itself")
		}
		if err := s.Settle(context.Background(), "H1"); err != nil {
			t.Fatal(err)
		}
		if city(t, s, noon).Offices[0].Line != central.LineUp {
			t.Error("the alarm stays after it was settled")
		}
	})
}

func TestForkIsFoundOnTheFirstBatch(t *testing.T) {
	mine, other := newOffice(), newOffice()
	mine.busyDay(t, 1, 10)
	other.busyDay(t, 2, 10)
	edited := mine.batch(5, 12)
	edited.Lines[2] = []byte(strings.Replace(string(edited.Lines[2]), "kiosk-1", "kiosk-2", 1))
	cases := map[string]wire.Batch{
		"another journal from the start": other.batch(1, 8),
		"another journal, continuing":    other.batch(13, 20),
		"a record edited in the batch":   edited,
		"a wrong hash before the batch":  {First: 13, Prev: chain.Hash{1}, Lines: mine.batch(13, 14).Lines},
		"another journal, old range":     other.batch(2, 4),
	}
	onEngines(t, func(t *testing.T, e *engine) {
		s := e.open(t)
		i := 0
		for name, b := range cases {
			i++
			id := fmt.Sprintf("H%d", i)
			ingest(t, s, id, mine.batch(1, 12))
			c := refused(t, s, id, b)
			if !c.Fork || c.Have.Seq != 12 {
				t.Errorf("%s: got %+v", name, c)
			}
		}
	})
}

func TestWhatCannotBeReadIsSetAsideAndBlocksNothing(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		s, o := e.open(t), newOffice()
		ok := queue.NewTicketID(today, "A", 1)
		o.write(t, morning,
			event(queue.TicketIssued{Ticket: ok, Service: "ci\x00vil\u202e<script>", Lang: "vi"}),
			event(queue.TicketIssued{Ticket: "rubbish", Service: "civil"}),                     // 2 shape
			event(queue.TicketCalled{Ticket: queue.NewTicketID(today, "B", 9)}),                // 3 unknown ticket
			fact{"ticket.issued", []int{1}},                                                    // 4 shape
			fact{"weather.changed", map[string]any{"sun": true}},                               // unknown kind: kept unread
			fact{"bad\x00kind", map[string]any{}},                                              // 6 shape
			event(queue.TicketIssued{Ticket: ok, Service: "civil"}),                            // 7 twice
			about("received", "'; DROP TABLE office; --", nil),                                 // 8 shape
			about("ready", "H26.138-261123-0001", nil),                                         // 9 unknown dossier
			event(queue.TicketRated{Ticket: ok, Level: 6}),                                     // 10 shape
			event(queue.TicketRated{Ticket: ok, Level: 5}),                                     //
			event(queue.TicketRated{Ticket: ok, Level: 1}),                                     // 12 twice
			event(queue.DayOpened{Day: "tomorrow\x00"}),                                        // 13 shape
			event(queue.Configured{Config: queue.Config{Name: queue.Text{VI: "Một\x00 cửa"}}}), //
		)
		b := o.batch(1, len(o.records))
		b.Lines = append(b.Lines, []byte("\xff\x00 not a record"), []byte("{}"))
		taken := ingest(t, s, "H1", b)
		want := []wire.Rejected{
			{Seq: 2, Why: "shape"},
			{Seq: 3, Why: "unknown-ticket"},
			{Seq: 4, Why: "shape"},
			{Seq: 6, Why: "shape"},
			{Seq: 7, Why: "twice"},
			{Seq: 8, Why: "shape"},
			{Seq: 9, Why: "unknown-dossier"},
			{Seq: 10, Why: "shape"},
			{Seq: 12, Why: "twice"},
			{Seq: 13, Why: "shape"},
			{Seq: 15, Why: "malformed"},
			{Seq: 16, Why: "malformed"},
		}
		if diff := cmp.Diff(want, taken.Rejected); diff != "" {
			t.Fatalf("rejected (-want +got):\n%s", diff)
		}
		r := city(t, s, noon)
		if r.Offices[0].SetAside != len(want) || r.City.Tickets != 1 || r.City.Rated != 1 || r.Offices[0].Name.VI != "Một cửa" {
			t.Errorf("got %+v", r.Offices[0])
		}
		// The records behind it go on, after the hash of the line that is none.
		lines, err := s.Records(context.Background(), "H1", 14, 5)
		if err != nil || len(lines) != 2 || string(lines[0]) != "\xff\x00 not a record" {
			t.Fatalf("the bytes are not kept: %q, %v", lines, err)
		}
		next := chain.Head{Seq: 16, Hash: taken.Head.Hash}
		rec, _, err := next.Append(chain.Fact{At: noon, Type: "day.closed", V: 1, Data: []byte(`{"day":"` + today + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if after := ingest(t, s, "H1", wire.NewBatch([]chain.Record{rec}, 1, 1000)); after.Head.Seq != 17 {
			t.Fatalf("got %+v", after)
		}
	})
}

func TestOnTimeFollowsDecision766(t *testing.T) {
	at, due := morning, morning.Add(4*time.Hour)
	cases := []struct {
		name         string
		facts        []fact
		onTime, late int
	}{
		{"ready before due", []fact{about("ready", "C", nil)}, 1, 0},
		{"returned counts once", []fact{about("ready", "C", nil), about("returned", "C", nil)}, 1, 0},
		{"one supplement", []fact{about("supplement-requested", "C", nil), about("supplemented", "C", nil), about("ready", "C", nil)}, 1, 0},
		{"a second supplement is late", []fact{
			about("supplement-requested", "C", nil), about("supplemented", "C", nil),
			about("supplement-requested", "C", nil), about("supplemented", "C", nil), about("ready", "C", nil),
		}, 0, 1},
		{"due moved before now", []fact{about("supplemented", "C", map[string]any{"due": morning.Add(-time.Hour)}), about("closed", "C", nil)}, 0, 1},
		{"numbered late", []fact{about("numbered", "OFFICIAL", map[string]any{"provisional": "C"}), about("ready", "OFFICIAL", nil)}, 1, 0},
		{"still open", nil, 0, 0},
	}
	onEngines(t, func(t *testing.T, e *engine) {
		s := e.open(t)
		for i, c := range cases {
			o := newOffice()
			o.write(t, at, about("received", "C", map[string]any{"due": due}))
			o.write(t, at.Add(time.Hour), c.facts...)
			id := fmt.Sprintf("H%d", i)
			ingest(t, s, id, o.batch(1, len(o.records)))
			r, err := s.Office(context.Background(), id, today, noon)
			if err != nil {
				t.Fatal(err)
			}
			if r.Totals.OnTime != c.onTime || r.Totals.Late != c.late {
				t.Errorf("%s: got %d on time, %d late", c.name, r.Totals.OnTime, r.Totals.Late)
			}
			overdue := 0
			if c.facts == nil {
				overdue = 1
			}
			if r.Totals.Overdue != overdue {
				t.Errorf("%s: got %d overdue, want %d", c.name, r.Totals.Overdue, overdue)
			}
		}
	})
}

func TestNoticesComeInOrderOnceAndSurviveARestore(t *testing.T) {
	ctx := context.Background()
	onEngines(t, func(t *testing.T, e *engine) {
		s := e.open(t)
		attend := func(after uint64) []wire.Notice {
			t.Helper()
			if err := s.Attend(ctx, "H1", after, noon); err != nil {
				t.Fatal(err)
			}
			list, err := s.Notices(ctx, "H1", after)
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if got := attend(0); len(got) != 0 {
			t.Fatalf("got %v", got)
		}
		first, err := s.Tell(ctx, "H1", wire.NoticeReady, []byte(`{"code":"C"}`), "key-1", noon)
		if err != nil {
			t.Fatal(err)
		}
		if first < uint64(noon.UnixMilli()) {
			t.Errorf("id %d could have been given before a restore", first)
		}
		if again, err := s.Tell(ctx, "H1", wire.NoticeReady, []byte(`{"code":"C"}`), "key-1", noon); err != nil || again != first {
			t.Fatalf("the same request: got %d, %v", again, err)
		}
		if v, err := s.Publish(ctx, "catalogue", "", []byte(`{"version":"1"}`), noon); err != nil || v != uint64(noon.UnixMilli()) {
			t.Fatalf("got %d, %v", v, err)
		}
		got := attend(0)
		if len(got) != 2 || got[0].ID != first || got[1].Kind != wire.NoticeCatalogue || string(got[1].Data) != `{"version":"1"}` || got[1].ID <= first {
			t.Fatalf("got %+v", got)
		}
		if again := attend(got[1].ID); len(again) != 0 {
			t.Fatalf("after all: got %v", again)
		}
		if c, err := s.Cursor(ctx, "H1"); err != nil || c.Notices != got[1].ID {
			t.Fatalf("got %+v, %v", c, err)
		}
		// A second catalogue, then the first again: each is told.
		for i, body := range []string{`{"version":"2"}`, `{"version":"1"}`} {
			if v, err := s.Publish(ctx, "catalogue", "", []byte(body), noon); err != nil || v != uint64(noon.UnixMilli())+uint64(i+1) {
				t.Fatalf("got %d, %v", v, err)
			}
			if list := attend(got[1].ID); len(list) != i+1 || string(list[i].Data) != body {
				t.Fatalf("publication %d: got %+v", i+2, list)
			}
		}
		// An office that is ahead of us (we were restored): ids are not used again.
		ahead := uint64(noon.UnixMilli()) + 1_000_000
		attend(ahead)
		if id, err := s.Tell(ctx, "H1", wire.NoticeReady, []byte(`{}`), "", noon); err != nil || id <= ahead {
			t.Fatalf("got id %d after %d, %v", id, ahead, err)
		}
	})
}

func TestReopenKeepsEverythingAndANewerSchemaIsRefused(t *testing.T) {
	onEngines(t, func(t *testing.T, e *engine) {
		o := newOffice()
		o.busyDay(t, 5, 10)
		s := e.open(t)
		ingest(t, s, "H1", o.batch(1, len(o.records)))
		before := city(t, s, noon)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = e.open(t)
		if diff := cmp.Diff(before, city(t, s, noon), cmp.AllowUnexported(central.OfficeLine{})); diff != "" {
			t.Errorf("after reopening (-before +after):\n%s", diff)
		}
		s.Close()
		if _, err := e.raw(t).Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, ` + e.trueWord() + `)`); err != nil {
			t.Fatal(err)
		}
		if _, err := central.Open(context.Background(), e.dsn); !errors.Is(err, central.ErrNewer) {
			t.Errorf("got %v, want ErrNewer", err)
		}
	})
}

func (e *engine) trueWord() string {
	if strings.HasPrefix(e.dsn, "postgres") {
		return "true"
	}
	return "1"
}
