package queue_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

func TestDevicesHaveSeriesOfTheirOwn(t *testing.T) {
	x := office(t, nil)
	want := map[string]queue.Station{
		"kiosk-2": {Role: "kiosk", Series: "X1"}, "counter-1": {Role: "counter", Series: "Q1"}, "counter-2": {Role: "counter", Series: "Q2"},
	}
	if got := x.s.Stations; fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	if events := x.must(queue.AdmitDevice{Role: queue.RoleKiosk}, kiosk2, 2); len(events) != 0 {
		t.Errorf("a known device was admitted again: %v", events)
	}
	x.refused(queue.AdmitDevice{Role: "board"}, kiosk2, "role-unknown")
	x.refused(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "term-1"}, "device-name-reserved")
	x.wait(24 * time.Hour)
	x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1)
	if x.s.Day != "2026-11-24" || x.s.Stations["kiosk-2"].Series != "X1" {
		t.Errorf("the series did not outlive the day: %v", x.s.Stations)
	}
	bad := config()
	for _, letter := range []string{"X", "Q"} {
		bad.Services[0].Letter = letter
		if faults := bad.Check(); len(faults) != 1 {
			t.Errorf("a service may have letter %s: %v", letter, faults)
		}
	}
}

func TestLabels(t *testing.T) {
	for typed, want := range map[string]string{
		"a12": "261123-A012", " X1-7": "261123-X1-007", "q12-0045": "261123-Q12-045", "A2-1000": "261123-A2-1000", "A0012": "261123-A012",
		"X1 7": "261123-X1-007", "a 12": "261123-A012", "": "", "12": "", "AB12": "", "A-12": "", "A12345": "", "X123-001": "",
	} {
		id, ok := queue.ParseLabel("2026-11-23", typed)
		if string(id) != want && !(want == "" && !ok) {
			t.Errorf("%q: got %q, want %q", typed, id, want)
		}
		if ok && (queue.NewTicketID("2026-11-23", id.Series(), id.Number()) != id) {
			t.Errorf("%s is not made of series %q and number %d", id, id.Series(), id.Number())
		}
	}
}

func TestSilentKioskGivesItsOwnNumbers(t *testing.T) {
	x := office(t, nil)
	k := x.alone("kiosk-2")
	first := issuedIn(k.must(queue.IssueTicket{Service: "ho-tich", Instead: 7}, kiosk2, 8))
	second := issuedIn(k.must(queue.IssueTicket{Service: "dat-dai"}, kiosk2, 9))
	if first.Label() != "X1-001" || second.Label() != "X1-002" {
		t.Fatalf("got %s and %s", first.Label(), second.Label())
	}
	k.refused(queue.CallNext{}, boss, "office-silent")
	k.refused(queue.Configure{Config: config()}, boss, "office-silent")
	k.s = x.s.Clone() // a fresh copy does not know the numbers yet
	if id := issuedIn(k.must(queue.IssueTicket{Service: "tra"}, kiosk2, 10)); id.Label() != "X1-003" {
		t.Errorf("after a new copy: got %s, want X1-003", id.Label())
	}
	stranger := x.alone("kiosk-9")
	stranger.refused(queue.IssueTicket{Service: "tra"}, chain.Actor{Device: "kiosk-9"}, "station-unknown")

	x.wait(10 * time.Minute)
	x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1)
	x.offer("kiosk-2", k.records, 1)
	if got := x.s.Tickets[first]; got == nil || !got.Arrived.Equal(monday) || got.Origin != "kiosk-2" || got.Kiosk != "kiosk-2" {
		t.Fatalf("the office has %+v", got)
	}
	if got, _ := x.s.Next("1"); got.ID != first {
		t.Errorf("%s is next, want %s, who came ten minutes earlier", got.ID, first)
	}
	if !x.s.GivenUp["kiosk-2"].Has(7) {
		t.Error("the command that was given up may still give a number")
	}
	if events := x.offer("kiosk-2", k.records, 2); len(events) != 0 {
		t.Errorf("the same records again: %d events", len(events))
	}
	x.sound(t)
}

func TestGivenUpNumberLeavesTheLine(t *testing.T) {
	for _, called := range []bool{false, true} {
		x := office(t, nil)
		ghost := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk2, 5)) // the answer is lost
		k := x.alone("kiosk-2")
		k.s = office(t, nil).s // an older copy
		paper := issuedIn(k.must(queue.IssueTicket{Service: "ho-tich", Instead: 5}, kiosk2, 6))
		if called {
			x.must(queue.CallNext{}, boss, 3) // nobody can come: the counter is free again
		}
		x.offer("kiosk-2", k.records, 1)
		x.status(ghost, queue.Void)
		x.status(paper, queue.Waiting)
		x.sound(t)
	}
}

// TestPaperOfALostAnswerIsKnown: the kiosk asks the new hub again under the same
// (device, n); the old hub's number for it is void, and known to be.
func TestPaperOfALostAnswerIsKnown(t *testing.T) {
	x := office(t, nil)
	sb := x.copied(len(x.records))
	ghost := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk2, 5))
	x.must(queue.CallNext{}, boss, 3) // the old hub calls it
	sb.promote(2)
	paper := issuedIn(sb.must(queue.IssueTicket{Service: "ho-tich"}, kiosk2, 5))
	if paper.Label() != "A2-001" {
		t.Fatalf("the second hub gives %s", paper.Label())
	}
	events := sb.offer("term-1", x.records[len(sb.records)-2:], 1)
	if got := whys(events); !slices.Equal(got, []string{queue.WhyKnown, queue.WhyUnfounded}) {
		t.Errorf("verdicts %q", got)
	}
	sb.status(ghost, queue.Void)
	sb.status(paper, queue.Waiting)
	sb.sound(t)
}

func TestByHand(t *testing.T) {
	x := office(t, nil)
	waits := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	x.wait(time.Minute)
	c := x.alone("counter-1")
	c.refused(queue.ServeByHand{Ticket: "261123-Q1-001"}, boss, "ticket-unknown")
	c.refused(queue.ServeByHand{Ticket: "261122-X1-001"}, boss, "ticket-unknown")
	c.refused(queue.ServeByHand{Service: "sao-hoa"}, boss, "service-unknown")
	c.must(queue.ServeByHand{Ticket: waits}, boss, 11)
	c.refused(queue.ServeByHand{Ticket: "261123-X1-001"}, boss, "ticket-open")
	c.wait(5 * time.Minute)
	c.must(queue.FinishTicket{}, boss, 12)
	c.must(queue.ServeByHand{Ticket: "261123-X1-001"}, boss, 13)
	c.wait(4 * time.Minute)
	c.must(queue.FinishTicket{}, boss, 14)
	roll := issuedIn(c.must(queue.ServeByHand{}, boss, 15))
	if roll.Label() != "Q1-001" {
		t.Errorf("the paper roll gives %s", roll.Label())
	}
	c.sound(t)
	calls := len(x.s.Calls)
	x.wait(10 * time.Minute)
	if got := whys(x.offer("counter-1", c.records, 1)); slices.ContainsFunc(got, func(why string) bool { return why != "" }) {
		t.Errorf("verdicts %q", got)
	}
	x.status(waits, queue.Done)
	x.status("261123-X1-001", queue.Done)
	x.status(roll, queue.Serving)
	if got := x.s.Ticket(waits); got.Wait(*x.now) != time.Minute || got.History[1].Reason != queue.ByHand {
		t.Errorf("waited %v, called because %q", got.Wait(*x.now), got.History[1].Reason)
	}
	if x.s.Counters["1"].Ticket != roll {
		t.Errorf("counter 1 has %q open", x.s.Counters["1"].Ticket)
	}
	if len(x.s.Calls) != calls {
		t.Error("the hall is told of calls that are over")
	}

	// The kiosk's own record tells when the citizen really came, and for what.
	k := x.alone("kiosk-2")
	k.s = office(t, nil).s
	*k.now = monday
	k.must(queue.IssueTicket{Service: "dat-dai", Lang: "en"}, kiosk2, 9)
	x.wait(30 * time.Minute)
	x.offer("kiosk-2", k.records, 2)
	got := x.s.Ticket("261123-X1-001")
	if got.Adopted || got.Lang != "en" || !got.Arrived.Equal(monday) || got.Wait(*x.now) != 6*time.Minute {
		t.Errorf("the number that was shown became %+v", got)
	}
	if len(x.s.Anomalies) != 0 {
		t.Errorf("anomalies %v", x.anomalies())
	}
	x.sound(t)
}

func TestByHandWhereTheOfficeAnswers(t *testing.T) {
	x := office(t, nil)
	id := issuedIn(x.must(queue.ServeByHand{Service: "dat-dai"}, boss, 5))
	if id.Label() != "H001" {
		t.Errorf("got %s, want the office's next number", id.Label())
	}
	x.must(queue.FinishTicket{}, boss, 6)
	x.refused(queue.ServeByHand{Ticket: id}, boss, "ticket-wrong-status")
	x.refused(queue.ServeByHand{Ticket: "261123-A900"}, boss, "ticket-unknown") // this office gives A itself
	x.refused(queue.ServeByHand{}, at("3", "cb03"), "counter-closed")
	x.must(queue.ServeByHand{Ticket: "261123-X1-044"}, boss, 7)
	if !x.s.Ticket("261123-X1-044").Adopted {
		t.Error("a number that nobody knows is not marked so")
	}
	x.sound(t)
}

// TestAnswerLostToACounter: the office carried out what the counter then did by
// itself; the two are one.
func TestAnswerLostToACounter(t *testing.T) {
	x := office(t, nil)
	id := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	c := x.alone("counter-1")
	x.must(queue.CallNext{}, boss, 20) // the answer is lost, but the hall announces it
	c.must(queue.ServeByHand{Ticket: id}, boss, 21)
	c.wait(3 * time.Minute)
	x.must(queue.StartService{}, boss, 19)
	x.must(queue.FinishTicket{}, boss, 22) // so is this answer
	c.must(queue.FinishTicket{}, boss, 22)
	got := whys(x.offer("counter-1", c.records, 1))
	if want := []string{queue.WhySame, queue.WhySame, queue.WhyKnown}; !slices.Equal(got, want) {
		t.Errorf("verdicts %q, want %q", got, want)
	}
	if len(x.s.Anomalies) != 0 || x.s.Counters["1"].Served != 1 {
		t.Errorf("%v, served %d", x.anomalies(), x.s.Counters["1"].Served)
	}
	x.sound(t)
}

// TestDeskThatWentOn: the office called A001 to a counter that never heard of
// it and served somebody else. A001 is back in line.
func TestDeskThatWentOn(t *testing.T) {
	x := office(t, nil)
	first := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	second := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 2))
	c := x.alone("counter-1")
	x.must(queue.CallNext{}, boss, 20)
	c.must(queue.ServeByHand{Ticket: second}, boss, 21)
	x.offer("counter-1", c.records, 1)
	x.status(first, queue.Waiting)
	x.status(second, queue.Serving)
	if next, _ := x.s.Next("2"); next.ID != first {
		t.Errorf("next is %s", next.ID)
	}
	x.sound(t)
}

func TestDoubleCallAndServiceAreShown(t *testing.T) {
	x := office(t, nil)
	id := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	c := x.alone("counter-1")
	c.must(queue.ServeByHand{Ticket: id}, boss, 21)
	c.wait(2 * time.Minute)
	two := at("2", "cb02")
	x.must(queue.CallNext{}, two, 20)
	x.must(queue.StartService{}, two, 21)
	c.must(queue.FinishTicket{}, boss, 22)
	x.must(queue.FinishTicket{}, two, 22)
	x.offer("counter-1", c.records, 1)
	if got, want := x.anomalies(), []string{"double-call A001", "double-service A001"}; !slices.Equal(got, want) {
		t.Fatalf("anomalies %q, want %q", got, want)
	}
	a := x.s.Anomalies[0]
	if a.Here.Counter != "2" || a.Here.Officer != "cb02" || a.There.Counter != "1" || a.There.Officer != "cb01" || a.ID != "counter-1/1" {
		t.Errorf("the anomaly says %+v", a)
	}
	x.refused(queue.AcknowledgeAnomaly{ID: a.ID}, two, "supervisor-only")
	x.must(queue.AcknowledgeAnomaly{ID: a.ID}, boss, 30)
	x.refused(queue.AcknowledgeAnomaly{ID: a.ID}, boss, "anomaly-unknown")
	x.wait(24 * time.Hour)
	x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 9)
	if got := x.anomalies(); !slices.Equal(got, []string{"double-service A001"}) {
		t.Errorf("the next day shows %q", got)
	}
	x.sound(t)
}

// TestOldHubHandsOver: a promotion by mistake. Both hubs served; the old one's
// records come to the new one in two parts, one of them twice.
func TestOldHubHandsOver(t *testing.T) {
	x := office(t, nil)
	two := at("2", "cb02")
	for n := range uint64(3) {
		x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, n+1)
	}
	x.must(queue.CallNext{}, two, 10) // A001, open at counter 2 when the copy is made
	sb := x.copied(len(x.records))
	shared := len(x.records)
	sb.promote(2)
	sb.refused(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-7"}, "predecessor-unsettled")

	x.wait(time.Minute)
	x.must(queue.StartService{}, two, 11)
	x.wait(3 * time.Minute)
	x.must(queue.FinishTicket{}, two, 12)
	x.must(queue.CallNext{}, two, 13) // A002, served under the old hub
	x.must(queue.StartService{}, two, 14)
	late := issuedIn(x.must(queue.IssueTicket{Service: "dat-dai"}, kiosk, 4))
	x.must(queue.FinishTicket{}, two, 15)
	x.must(queue.CallNext{}, two, 16) // A003, still open there at the end

	id := issuedIn(sb.must(queue.IssueTicket{Service: "ho-tich"}, kiosk2, 40))
	if id.Label() != "A2-001" || sb.s.Settled() {
		t.Fatalf("the new hub gave %s, settled %v", id.Label(), sb.s.Settled())
	}
	sb.must(queue.CallNext{}, boss, 41) // A002 here too
	tail := x.records[shared:]
	sb.offer("term-1", tail[:4], 1)
	sb.refused(queue.SettlePredecessor{Term: 1, How: queue.HandedOver, Last: x.head.Seq}, boss, "predecessor-incomplete")
	sb.offer("term-1", tail[2:], 2)
	sb.sound(t)
	if got := sb.anomalies(); !slices.Equal(got, []string{"double-call A002"}) {
		t.Errorf("anomalies %q", got)
	}
	sb.status("261123-A001", queue.Done)
	sb.status("261123-A002", queue.Called)
	sb.status("261123-A003", queue.Called)
	sb.status(late, queue.Waiting)
	if !sb.s.Ticket("261123-A003").Away || sb.s.Counters["2"].Ticket != "" {
		t.Error("a call under the old hub took a desk of the new one")
	}
	sb.must(queue.SettlePredecessor{Term: 1, How: queue.HandedOver, Last: x.head.Seq}, chain.Actor{Device: "hub"}, 50)
	if !sb.s.Settled() {
		t.Error("the old hub handed over everything and is still waited for")
	}
	sb.status("261123-A003", queue.Held)
	if events := sb.must(queue.SettlePredecessor{Term: 1, How: queue.HandedOver}, boss, 51); len(events) != 0 {
		t.Errorf("settled twice: %v", events)
	}
	sb.must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-7"}, 1)
	if got := sb.s.Stations["kiosk-7"].Series; got != "X2" {
		t.Errorf("the next kiosk has %s", got)
	}
	sb.sound(t)
}

func TestLostHubsSeriesAreNotGivenAgain(t *testing.T) {
	x := office(t, nil)
	sb := x.copied(len(x.records))
	x.must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-8"}, 1) // X2, known to nobody else
	sb.promote(2)
	sb.refused(queue.SettlePredecessor{Term: 1, How: queue.Lost}, boss, "term-reason-missing")
	sb.refused(queue.SettlePredecessor{Term: 1, How: queue.Lost, Reason: "hỏng ổ đĩa"}, at("2", "cb02"), "supervisor-only")
	sb.must(queue.SettlePredecessor{Term: 1, How: queue.Lost, Reason: "hỏng ổ đĩa"}, boss, 1)
	sb.must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-9"}, 1)
	if got := sb.s.Stations["kiosk-9"].Series; got == "X2" || got == "X1" {
		t.Errorf("two kiosks have %s", got)
	}
	sb.sound(t)
}

// TestThirdHubHasTheSecondsRecords: what the second hub had merged reaches a
// third through its chain, once.
func TestThirdHubHasTheSecondsRecords(t *testing.T) {
	x := office(t, nil)
	sb := x.copied(len(x.records))
	shared := len(x.records)
	k := x.alone("kiosk-2")
	paper := issuedIn(k.must(queue.IssueTicket{Service: "ho-tich", Instead: 3}, kiosk2, 4))
	old := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	sb.promote(2)
	sb.offer("kiosk-2", k.records, 1)
	sb.offer("term-1", x.records[shared:], 2)
	own := issuedIn(sb.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 2))

	x.promote(3) // with all of its own records, and none of the second hub's
	x.must(queue.SettlePredecessor{Term: 1, How: queue.HandedOver}, boss, 60)
	if x.s.Settled() {
		t.Error("of the second term nothing is here, and nothing is waited for")
	}
	x.refused(queue.SettlePredecessor{Term: 2, How: queue.HandedOver, Last: sb.head.Seq}, boss, "predecessor-incomplete")
	x.offer("kiosk-2", k.records, 3)
	events := x.offer("term-2", sb.records[shared:], 4)
	x.must(queue.SettlePredecessor{Term: 2, How: queue.HandedOver, Last: sb.head.Seq}, boss, 61)
	if !x.s.Settled() {
		t.Error("everything is here, and something is waited for")
	}
	for _, id := range []queue.TicketID{paper, old, own} {
		x.status(id, queue.Waiting)
	}
	if got := len(x.s.Anomalies); got != 0 {
		t.Errorf("%q in %q", x.anomalies(), whys(events))
	}
	if n := x.s.Waiting(""); n != 3 {
		t.Errorf("%d wait, want 3", n)
	}
	x.refused(queue.Merge{Origin: "term-3"}, boss, "merge-origin")
	x.sound(t)
}

func TestMergeRefusesWhatWasNotWritten(t *testing.T) {
	x := office(t, nil)
	k := x.alone("kiosk-2")
	for n := range uint64(3) {
		k.must(queue.IssueTicket{Service: "ho-tich"}, kiosk2, n+1)
	}
	item := func(i int) queue.MergeItem {
		return queue.MergeItem{Index: k.records[i].Seq, Record: string(k.records[i].Line())}
	}
	for name, c := range map[string]queue.Merge{
		"no record":          {Origin: "kiosk-2", Items: []queue.MergeItem{{Index: 1, Record: "{}"}}},
		"another index":      {Origin: "kiosk-2", Items: []queue.MergeItem{{Index: 2, Record: item(0).Record}}},
		"order":              {Origin: "kiosk-2", Items: []queue.MergeItem{item(1), item(0)}},
		"twice":              {Origin: "kiosk-2", Items: []queue.MergeItem{item(1), item(1)}},
		"somebody else's":    {Origin: "kiosk-3", Items: []queue.MergeItem{item(0)}},
		"not what came next": {Origin: "kiosk-2", Items: []queue.MergeItem{item(0), forged(t, k.records[1])}},
	} {
		t.Run(name, func(t *testing.T) { x.refused(c, boss, "merge-record-invalid") })
	}
	x.refused(queue.Merge{Origin: "kiosk-2", Items: make([]queue.MergeItem, queue.MaxMerge+1)}, boss, "merge-too-many")
	for _, origin := range []string{"", "term-1", "term-2", "term-01", "term-x", "a/b"} {
		x.refused(queue.Merge{Origin: origin}, boss, "merge-origin")
	}
	x.offer("kiosk-2", k.records[2:], 1) // what came before may come later
	x.offer("kiosk-2", k.records[:1], 2)
	if got := x.s.Merged["kiosk-2"]; fmt.Sprint(got) != "[[1 1] [3 3]]" {
		t.Errorf("merged %v", got)
	}
}

// forged is a record with the same place and another past.
func forged(t *testing.T, r chain.Record) queue.MergeItem {
	other, _, err := chain.Head{Seq: r.Seq - 1, Hash: chain.Hash{7}}.Append(r.Fact)
	if err != nil {
		t.Fatal(err)
	}
	return queue.MergeItem{Index: other.Seq, Record: string(other.Line())}
}

// TestOpenUnderAnOldHub: the person whose number an old hub has open is at the
// counter, and is served before that hub has handed over.
func TestOpenUnderAnOldHub(t *testing.T) {
	x := office(t, nil)
	two := at("2", "cb02")
	id := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	for _, by := range []chain.Actor{two, boss} { // at the same counter, and at another
		old, sb := x.copied(len(x.records)), x.copied(len(x.records))
		old.must(queue.CallNext{}, two, 20)
		old.must(queue.StartService{}, two, 21)
		sb.promote(2)
		sb.offer("term-1", old.records[len(x.records):], 1)
		sb.must(queue.ServeByHand{Ticket: id}, by, 30)
		sb.status(id, queue.Serving)
		sb.sound(t)
		sb.must(queue.FinishTicket{Ticket: id}, by, 31)
		sb.must(queue.SettlePredecessor{Term: 1, How: queue.HandedOver, Last: old.head.Seq}, boss, 32)
		sb.status(id, queue.Done)
	}
}

// TestTailAfterTheEnd: an old hub's disk was given up, and a terminal still has
// records of it. What that left open is put aside for its officer; the rest of
// its service, which comes later still, is taken in.
func TestTailAfterTheEnd(t *testing.T) {
	x := office(t, nil)
	two := at("2", "cb02")
	id := issuedIn(x.must(queue.IssueTicket{Service: "ho-tich"}, kiosk, 1))
	sb := x.copied(len(x.records))
	shared := len(x.records)
	for i, c := range []queue.Command{queue.CallNext{}, queue.StartService{}, queue.FinishTicket{}} {
		x.must(c, two, uint64(20+i))
	}
	sb.promote(2)
	sb.must(queue.SettlePredecessor{Term: 1, How: queue.Lost, Reason: "hỏng"}, boss, 40)
	sb.offer("term-1", x.records[shared:shared+2], 1)
	sb.status(id, queue.Held)
	sb.offer("term-1", x.records[shared+2:], 2)
	sb.status(id, queue.Done)
	sb.sound(t)
}

// TestMeantTicket: what an officer does to the number on the screen never
// happens to another one.
func TestMeantTicket(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	first, second := d.issue("ho-tich", ""), d.issue("ho-tich", "")
	d.callNext(by)
	for _, c := range []queue.Command{
		queue.StartService{Ticket: second}, queue.MarkAbsent{Ticket: second}, queue.HoldTicket{Ticket: second}, queue.FinishTicket{Ticket: second},
	} {
		d.refused(c, by, "ticket-not-open")
	}
	d.must(queue.StartService{Ticket: first}, by)
	d.must(queue.FinishTicket{Ticket: first}, by)
	d.refused(queue.FinishTicket{Ticket: first}, by, "no-ticket-open")
}
