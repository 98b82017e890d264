package proof

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"motcua/queue"
	"motcua/queue/chain"
)

// TestLedgerSeesWhatIsWrong is the control of everything that the ledger
// judges: an office that lost something, and ones that say something else.
func TestLedgerSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir, older := t.TempDir(), t.TempDir()
	o, err := open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := machines()
	if err != nil {
		t.Fatal(err)
	}
	l := newLedger()
	for round := range 12 {
		ask, err := within(o)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			s, err := m.speak(t.Context(), ask)
			if err == nil {
				err = l.add(s)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if round == 8 { // a power cut on a disk that lied would leave this
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(older, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			if o, err = open(dir, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		dir    string
		change func(*ledger)
		says   string
	}{
		"nothing":        {dir, func(*ledger) {}, ""},
		"lost records":   {older, func(*ledger) {}, "was acknowledged"},
		"another answer": {dir, func(l *ledger) { last := len(l.answers["desk-1"]) - 1; l.answers["desk-1"][last].Answer = []byte(`{}`) }, "again"},
		"no such answer": {dir, func(l *ledger) {
			list := l.answers["kiosk-1"]
			l.answers["kiosk-1"] = list[:len(list)-1]
		}, "the last command"},
	} {
		t.Run(name, func(t *testing.T) {
			copied := newLedger()
			copied.last, copied.total, copied.owners = l.last, l.total, l.owners
			for device, list := range l.answers {
				copied.answers[device] = slices.Clone(list)
			}
			tt.change(copied)
			o, err := open(tt.dir, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			ask, err := within(o)
			if err != nil {
				t.Fatal(err)
			}
			if err := copied.check(t.Context(), ask, rand.New(rand.NewPCG(1, 1))); tt.says == "" != (err == nil) || !strings.Contains(fmt.Sprint(err), tt.says) {
				t.Errorf("got %v, want %q", err, tt.says)
			}
		})
	}
	if err := l.audit(t.Context(), dir); err != nil {
		t.Errorf("control: %v", err)
	}
	if err := l.audit(t.Context(), older); err == nil {
		t.Error("the audit does not miss the lost records")
	}
	given := l.answers["kiosk-1"][slices.IndexFunc(l.answers["kiosk-1"], func(s said) bool { return bytes.Contains(s.Call, []byte("ticket.issue")) })]
	given.Device = "kiosk-9"
	if err := l.add(given); err == nil {
		t.Error("a number that is given twice is not seen")
	}
}

// TestBookSeesWhatIsWrong: an act done twice, a number that is missing or
// doubled.
func TestBookSeesWhatIsWrong(t *testing.T) {
	t.Parallel()
	issued := func(seq uint64, device string, n uint64, ticket string) chain.Record {
		data, err := json.Marshal(queue.TicketIssued{Ticket: queue.TicketID(ticket)})
		if err != nil {
			t.Fatal(err)
		}
		return chain.Record{Seq: seq, Fact: chain.Fact{By: chain.Actor{Device: device}, N: n, Type: (queue.TicketIssued{}).Kind(), Data: data}}
	}
	for name, tt := range map[string]struct {
		list []chain.Record
		says string
	}{
		"in order":      {[]chain.Record{issued(1, "a", 1, "261120-A001"), issued(2, "b", 1, "261120-A002"), issued(3, "a", 2, "261121-A001")}, ""},
		"acted twice":   {[]chain.Record{issued(1, "a", 1, "261120-A001"), issued(2, "b", 1, "261120-A002"), issued(3, "a", 1, "261120-A003")}, "acted"},
		"number gone":   {[]chain.Record{issued(1, "a", 1, "261120-A001"), issued(2, "b", 1, "261120-A003")}, "after 1"},
		"number twice":  {[]chain.Record{issued(1, "a", 1, "261120-A001"), issued(2, "b", 1, "261120-A001")}, "after 1"},
		"from the next": {[]chain.Record{issued(1, "a", 1, "261120-A002")}, "after 0"},
	} {
		b := book{acts: map[act]uint64{}, numbers: map[string]int{}, given: map[string]act{}}
		var err error
		for _, r := range tt.list {
			if err == nil {
				err = b.read(r)
			}
		}
		if tt.says == "" != (err == nil) || !strings.Contains(fmt.Sprint(err), tt.says) {
			t.Errorf("%s: got %v, want %q", name, err, tt.says)
		}
	}
}
