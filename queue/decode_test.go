package queue

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// FuzzDecodePlain: what is read without encoding/json is what encoding/json
// reads; and the events of an ordinary day are read so, or it would be for
// nothing.
func FuzzDecodePlain(f *testing.F) {
	id := TicketID("261123-A001")
	for _, e := range []Event{
		TicketIssued{Ticket: id, Service: "ho-tich", Lang: "vi", Code: "261123-A001-ABCD", Dossiers: 1},
		TicketIssued{
			Ticket: id, Service: "tra", Class: ClassPriority, Lang: "en", Code: "c", Dossiers: 12, Identity: "abc",
			Estimate: Estimate{Ahead: 3, Low: time.Minute, High: time.Hour, Likely: 90 * time.Second, Dossiers: 14, AfterClosing: true},
		},
		TicketPrinted{Ticket: id, Outcome: Printed},
		TicketStarted{Ticket: id},
		TicketFinished{Ticket: id},
		TicketFinished{Ticket: id, Auto: true},
		TicketCalled{Ticket: id, Counter: "1", Officer: "cb01", Why: "rule"},
		TicketCalled{
			Ticket: id, Counter: "1", Officer: "cb01", Why: "rule",
			Because: Explanation{Code: WhyHeadStart, Ticket: id, Over: "261123-A002", Class: ClassPriority, Minutes: 15},
		},
	} {
		data, err := json.Marshal(e)
		if err != nil {
			f.Fatal(err)
		}
		if got, ok := decodePlain(e.Kind(), data); !ok || cmp.Diff(e, got) != "" {
			f.Errorf("%s is not read: %+v", data, got)
		}
		f.Add(e.Kind(), data)
	}
	f.Add("ticket.called", []byte(`{"ticket":"a","counter":"1","officer":"b","why":"người già","chosen":true}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		got, ok := decodePlain(kind, data)
		if !ok {
			return
		}
		want, known, err := decodeJSON(kind, data)
		if !known || err != nil || cmp.Diff(want, got) != "" {
			t.Fatalf("%s %s: %+v, want %+v, %v", kind, data, got, want, err)
		}
	})
}
