package stats_test

import (
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/replay/replaytest"
	"motcua/queue/stats"
)

// TestDayWithACutLine: what other places did is counted once, at the time at
// which it happened, and told apart.
func TestDayWithACutLine(t *testing.T) {
	o := replaytest.New(t, nil)
	one := o.Sit("1", "cb01")
	o.Must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-2"})
	o.Must(queue.AdmitDevice{Role: queue.RoleCounter}, one)
	first := o.Issue("ho-tich", "")
	kiosk, counter := o.Alone("kiosk-2"), o.Alone("counter-1")
	kiosk.Must(queue.IssueTicket{Service: "dat-dai"}, chain.Actor{Device: "kiosk-2"})
	for _, id := range []queue.TicketID{first, "261123-X1-001"} {
		counter.Wait(10 * time.Minute)
		counter.Must(queue.ServeByHand{Ticket: id}, one)
		counter.Wait(5 * time.Minute)
		counter.Must(queue.FinishTicket{}, one)
	}
	o.Wait(2 * time.Hour)
	o.Merge(counter) // before the kiosk says when X1-001 was taken
	o.Merge(kiosk)
	o.Merge(kiosk)
	r := report(o, stats.Options{})
	if g := r.Total; g.Issued != 2 || g.Done != 2 || g.Called != 2 || g.ByHand != 2 || g.Chosen != 0 {
		t.Errorf("total %+v", g)
	}
	if w := r.Total.Wait; w.N != 2 || w.Median != 10*60 || w.Max != 25*60 {
		t.Errorf("waits %+v, want 10 and 25 minutes", w)
	}
	if s := r.Total.Service; s.N != 2 || s.Max != 5*60 {
		t.Errorf("services %+v, want two of 5 minutes", s)
	}
	want := stats.Elsewhere{Records: 8, Tickets: 1}
	if r.Elsewhere != want {
		t.Errorf("elsewhere %+v, want %+v", r.Elsewhere, want)
	}
	if len(r.Counters) != 1 || r.Counters[0].Done != 2 {
		t.Errorf("counters %+v", r.Counters)
	}
	notes := ""
	for _, n := range r.Notes(texts(t)) {
		notes += n.EN
	}
	if !strings.Contains(notes, "other places made 8 records") {
		t.Errorf("the notes do not tell: %s", notes)
	}
	plain := report(smallDay(t), stats.Options{})
	for _, n := range plain.Notes(texts(t)) {
		if strings.Contains(n.EN, "other places") {
			t.Error("a day without a cut tells of one")
		}
	}
}

// TestLateNumbersAreTold: what comes after the day is over is in no figure, and
// said.
func TestLateNumbersAreTold(t *testing.T) {
	o := replaytest.New(t, nil)
	o.Must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-2"})
	o.Issue("ho-tich", "")
	kiosk := o.Alone("kiosk-2")
	kiosk.Must(queue.IssueTicket{Service: "dat-dai"}, chain.Actor{Device: "kiosk-2"})
	o.Wait(24 * time.Hour)
	o.Merge(kiosk)
	r := report(o, stats.Options{})
	want := stats.Elsewhere{Records: 1, Kept: 1, Late: 1}
	if r.Elsewhere != want || r.Total.Issued != 1 {
		t.Errorf("elsewhere %+v, issued %d", r.Elsewhere, r.Total.Issued)
	}
}
