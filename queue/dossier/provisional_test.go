package dossier_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

func TestProvisionalCodes(t *testing.T) {
	code := dossier.NewProvisional("Q12", "2026-11-22", 7)
	if code != "TAM.Q12-261122-0007" {
		t.Fatalf("got %s", code)
	}
	if _, official := dossier.ParseCode(code); official {
		t.Error("a provisional code passes for an official one")
	}
	for s, want := range map[string]string{
		code: code, " tam.q12 - 261122-0007": code, "H26.138-261122-0019": "H26.138-261122-0019",
	} {
		if key, ok := dossier.Key(s); key != want || !ok {
			t.Errorf("%q: got %q, %v", s, key, ok)
		}
	}
	for _, s := range []string{"", "TAM.Q1-261122-0000", "TAM.Q1-261322-0001", "TAM.Q123-261122-0001", "TAM.Q-261122-0001", "Q1-261122-0001"} {
		if c, ok := dossier.ParseProvisional(s); ok {
			t.Errorf("%q is taken for %+v", s, c)
		}
	}
	if count, n, ok := dossier.Serial(code); count != "Q12 2026-11-22" || n != 7 || !ok {
		t.Errorf("serial %q, %d, %v", count, n, ok)
	}
}

func TestReceiptOfASilentOffice(t *testing.T) {
	r := newRegistry(t, "09/11/2026 10:00")
	given := moment(t, "06/11/2026 16:30")
	c := birth()
	c.Provisional, c.At = "TAM.Q1-261106-0003", given
	d := r.do(c)
	if d.Code != "H26.138-261106-0001" || d.Provisional != c.Provisional || !d.Numbered() || !d.Received.Equal(given) {
		t.Fatalf("got %s for %s, received %v", d.Code, d.Provisional, d.Received)
	}
	plain := newRegistry(t, "06/11/2026 16:30").do(birth())
	if !d.Due.Equal(plain.Due) {
		t.Errorf("due %v, want %v as if received then", d.Due, plain.Due)
	}
	for name, test := range map[string]struct {
		code string
		at   time.Time
		want string
	}{
		"twice":      {"TAM.Q1-261106-0003", given, "receipt-known"},
		"future":     {"TAM.Q1-261109-0004", moment(t, "09/11/2026 10:06"), "receipt-out-of-time"},
		"too old":    {"TAM.Q1-261102-0004", moment(t, "02/11/2026 09:59"), "receipt-out-of-time"},
		"no moment":  {"TAM.Q1-261106-0004", time.Time{}, "dossier-field-invalid"},
		"other day":  {"TAM.Q1-261105-0004", given, "dossier-field-invalid"},
		"official":   {"H26.138-261106-0004", given, "dossier-field-invalid"},
		"only when":  {"", given, "dossier-field-invalid"},
		"clock fast": {"TAM.Q1-261109-0005", moment(t, "09/11/2026 10:04"), ""},
	} {
		c := birth()
		c.Provisional, c.At = test.code, test.at
		_, err := dossier.Decide(r, c, desk, r.now, r.rules)
		if no, refused := refusal.Of(err); refused != (test.want != "") || refused && no.Code != test.want {
			t.Errorf("%s: got %v, want refusal %q", name, err, test.want)
		}
	}
}

// TestOfficialCodesHaveNoGap: dossiers come in with official codes, provisional
// ones of a hub that waits for its predecessor, and those of terminals that were
// alone, over several days and hubs. Whatever the order, once numbered the
// official serials of every day are 1 to n, and every receipt finds its dossier.
func TestOfficialCodesHaveNoGap(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRegistry(t, "09/11/2026 08:00")
		receipts, alone := []string{}, 0
		number := func() {
			var waiting []dossier.Dossier
			for _, code := range receipts {
				if d, _ := r.Dossier(code); !d.Numbered() {
					waiting = append(waiting, d)
				}
			}
			for _, e := range dossier.Number(r, waiting, r.rules.Office) {
				r.record(e, desk)
			}
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			r.now = r.now.Add(time.Duration(rapid.IntRange(1, 5*60).Draw(rt, "minutes")) * time.Minute)
			c := birth()
			switch rapid.IntRange(0, 4).Draw(rt, "what") {
			case 0:
				r.rules.Series = dossier.HubSeries(rapid.IntRange(2, 4).Draw(rt, "term"))
				continue
			case 1:
				if r.rules.Series != "" {
					r.rules.Series = ""
					number()
				}
				continue
			case 2:
				alone++
				c.At = r.now.Add(-time.Duration(rapid.IntRange(0, 48).Draw(rt, "hours")) * time.Hour)
				c.Provisional = dossier.NewProvisional("Q1", c.At.Format(time.DateOnly), alone)
			}
			d := r.do(c)
			if d.Numbered() != (r.rules.Series == "") {
				rt.Fatalf("%s while the series is %q", d.Code, r.rules.Series)
			}
			receipt := d.Code
			if d.Provisional != "" {
				receipt = d.Provisional
			}
			if slices.Contains(receipts, receipt) {
				rt.Fatalf("%s was given twice", receipt)
			}
			receipts = append(receipts, receipt)
		}
		r.rules.Series = ""
		number()
		days := map[string][]int{}
		for _, receipt := range receipts {
			d, found := r.Dossier(receipt)
			code, official := dossier.ParseCode(d.Code)
			if !found || !official {
				rt.Fatalf("%s finds %q", receipt, d.Code)
			}
			if code.Day != d.Received.Format(time.DateOnly) {
				rt.Fatalf("%s was received at %v", d.Code, d.Received)
			}
			days[code.Day] = append(days[code.Day], code.Serial)
		}
		for day, serials := range days {
			slices.Sort(serials)
			for i, n := range serials {
				if n != i+1 {
					rt.Fatalf("serials of %s: %v", day, serials)
				}
			}
		}
	})
}

func TestNumberStopsAtTheLastSerial(t *testing.T) {
	r := newRegistry(t, "09/11/2026 10:00")
	r.last = map[string]int{"2026-11-09": dossier.MaxSerial - 1}
	r.rules.Series = "H2"
	list := []dossier.Dossier{r.do(birth()), r.do(birth())}
	events := dossier.Number(r, list, "H26.138")
	if len(events) != 1 || fmt.Sprint(events[0]) != fmt.Sprint(dossier.DossierNumbered{Provisional: list[0].Code, Code: "H26.138-261109-9999"}) {
		t.Errorf("got %v", events)
	}
}

func TestWhatFitsFromElsewhere(t *testing.T) {
	r := newRegistry(t, "09/11/2026 10:00")
	d := r.do(birth())
	for _, test := range []struct {
		name  string
		known bool
		event dossierEvent
		fits  bool
	}{
		{"first", false, dossier.DossierReceived{}, true},
		{"again", true, dossier.DossierReceived{}, false},
		{"unknown", false, dossier.DossierReady{}, false},
		{"ready", true, dossier.DossierReady{}, true},
		{"returned", true, dossier.DossierReturned{}, false},
		{"supplemented", true, dossier.DossierSupplemented{}, false},
		{"numbered", true, dossier.DossierNumbered{}, false},
		{"rated", true, dossier.DossierRated{Stage: "receive"}, true},
	} {
		if got := dossier.Fits(d, test.known, test.event); got != test.fits {
			t.Errorf("%s: got %v", test.name, got)
		}
	}
}

type dossierEvent interface{ Kind() string }
