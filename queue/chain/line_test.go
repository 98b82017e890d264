package chain

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// lines are records as Append writes them, of every shape, and near misses.
func lines(t testing.TB) (written, other [][]byte) {
	t.Helper()
	at := time.Date(2026, 11, 23, 0, 30, 0, 7e6, time.UTC)
	var h Head
	for _, f := range []Fact{
		{At: at, Clock: ClockSynced, By: Actor{Device: "kiosk-1"}, Type: "ticket.issued", V: 1, Data: []byte(`{"ticket":"261123-A001","reason":"ng\u01b0\u1eddi già \"yếu\""}`)},
		{At: at, By: Actor{Device: "counter-2", Officer: "cb02", Counter: "2"}, N: 41, Type: "ticket.called", V: 1, Data: []byte(`{}`)},
		{At: at, Clock: ClockJumped, By: Actor{}, Type: "x", V: 0, Data: []byte(`null`)},
		{At: at, By: Actor{Device: "d", Counter: "Quầy 3"}, Type: "x", V: 2, Data: []byte(`[1,{"a":-0.5e3}]`)},
	} {
		r, next, err := h.Append(f)
		if err != nil {
			t.Fatal(err)
		}
		written, h = append(written, r.Line()), next
	}
	head := `{"seq":1,"prev":"` + Hash{}.String() + `","at":"2026-11-23T00:30:00Z","by":{"device":"d"},"type":"x","v":1,"data":`
	for _, s := range []string{
		head + `{}}`, head + ` {}}`, head + `{} }`, head + `{},"n":7}`, head + `{}`, head + `}`, head + `{"a":1,}}`,
		head + "\"a\x00\"}", head + `"\ud800"}`, head + `{}}}`, head + `{"a":{}}}`,
		`{"seq":01}`, `{"seq":-1}`, `{"seq":18446744073709551615}`, `{"seq":99999999999999999999}`, `{"seq":`, `{"seq":1,"prev":"`,
	} {
		other = append(other, []byte(s))
	}
	return written, other
}

func TestLinesAreReadInOneGo(t *testing.T) {
	written, _ := lines(t)
	for i, line := range written {
		if _, ok := canonical(line); ok != (i < 3) { // the last has letters beyond ASCII
			t.Errorf("%s: %t", line, ok)
		}
		if r, err := Parse(line); err != nil || string(r.Line()) != string(line) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// FuzzCanonical: whatever is read in one go is what encoding/json reads.
func FuzzCanonical(f *testing.F) {
	written, other := lines(f)
	for _, line := range append(written, other...) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		got, ok := canonical(line)
		if !ok {
			return
		}
		var want Record
		if err := json.Unmarshal(line, &want); err != nil {
			t.Fatalf("read %+v, and it is malformed: %v", got, err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Record{})); diff != "" {
			t.Fatalf("in one go otherwise:\n%s", diff)
		}
	})
}
