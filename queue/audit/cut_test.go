package audit_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/audit"
	"motcua/queue/chain"
	"motcua/queue/replay/replaytest"
)

// TestDayWithACutLineIsClean: what a kiosk and a counter did alone is counted
// apart, breaks no rule, and the double service is named.
func TestDayWithACutLineIsClean(t *testing.T) {
	o := replaytest.New(t, nil)
	one, two := o.Sit("1", "cb01"), o.Sit("2", "cb02")
	o.Must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-2"})
	o.Must(queue.AdmitDevice{Role: queue.RoleCounter}, one)
	first := o.Issue("ho-tich", "")
	o.Issue("ho-tich", "")
	kiosk, counter := o.Alone("kiosk-2"), o.Alone("counter-1")
	kiosk.Must(queue.IssueTicket{Service: "ho-tich"}, chain.Actor{Device: "kiosk-2"})
	for _, id := range []queue.TicketID{first, "261123-X1-001", ""} {
		counter.Wait(time.Minute)
		counter.Must(queue.ServeByHand{Ticket: id}, one)
		counter.Wait(5 * time.Minute)
		counter.Must(queue.FinishTicket{}, one)
	}
	o.Wait(time.Minute)
	o.Call(two) // the first number, here too
	o.Serve(two, 4*time.Minute)
	o.Wait(20 * time.Minute)
	o.Merge(counter)
	o.Merge(kiosk)
	o.Must(queue.ServeByHand{Service: "dat-dai"}, one)
	o.Must(queue.CloseDay{}, one)

	r := audited(o.Records)
	if !r.Clean() {
		t.Errorf("not clean: %+v %+v", r.FaultList, r.UnexplainedCalls)
	}
	if r.Elsewhere != 2 || r.ByHand != 1 || r.Calls != r.ByRule+r.Resumed+r.Chosen+r.ByHand+r.Elsewhere+r.Unexplained {
		t.Errorf("%d elsewhere, %d by hand of %+v", r.Elsewhere, r.ByHand, r)
	}
	if r.Tickets != 5 {
		t.Errorf("%d tickets, want 5: two of the office, one of the kiosk, two paper rolls", r.Tickets)
	}
	var kinds []queue.AnomalyKind
	for _, a := range r.AnomalyList {
		kinds = append(kinds, a.What)
	}
	if want := []queue.AnomalyKind{queue.DoubleCall, queue.DoubleService}; !slices.Equal(kinds, want) || r.Anomalies != 2 {
		t.Errorf("anomalies %v, want %v", kinds, want)
	}
	for _, lang := range []string{"vi", "en"} {
		if text := said(t, r, lang); strings.Count(text, "A001") < 2 {
			t.Errorf("%s does not name the ticket:\n%s", lang, text)
		}
	}
}

// TestForgedMergeIsFound: a record that says it was made elsewhere hides nothing.
func TestForgedMergeIsFound(t *testing.T) {
	o := replaytest.New(t, nil)
	one := o.Sit("1", "cb01")
	o.Must(queue.AdmitDevice{Role: queue.RoleCounter}, one)
	o.Issue("ho-tich", "")
	alone := o.Alone("counter-1")
	alone.Keep(one, queue.TicketFinished{Ticket: "261123-A001"})
	line := string(alone.Records[0].Line())
	o.Keep(one, queue.RecordMerged{Origin: "counter-1", Index: 1, Record: line})
	r := audited(o.Records)
	if len(r.FaultList) != 1 || r.FaultList[0].Code != audit.EndNoStart {
		t.Errorf("got %+v", r.FaultList)
	}
}
