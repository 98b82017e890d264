package payment_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/ereceipt"
	"motcua/queue/payment"
	"motcua/queue/refusal"
)

var (
	zone  = time.FixedZone("+07", 7*3600)
	nine  = time.Date(2026, 11, 23, 9, 0, 0, 0, zone)
	copyF = queue.Text{VI: "Phí bản sao", EN: "Copies"}
)

func key(n int) ereceipt.Key {
	return ereceipt.Key{Dossier: fmt.Sprintf("H26.138-261123-%04d", n), Fee: "copy"}
}

func cash(n int, amount int64) payment.Payment {
	return payment.Payment{Key: key(n), FeeName: copyF, Amount: amount, Method: ereceipt.Cash, Officer: "ba", At: nine}
}

func transfer(n int, amount int64) payment.Payment {
	p := cash(n, amount)
	p.Method, p.Mark, p.Officer = ereceipt.Transfer, fmt.Sprintf("H26 261123 %04d", n), "tu"
	return p
}

func refused(t *testing.T, err error, code string) {
	t.Helper()
	if !errors.Is(err, refusal.New(code)) {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestAFeeIsPaidOnce(t *testing.T) {
	t.Parallel()
	var l payment.Ledger
	first := transfer(7, 150000)
	for i := range 3 { // the confirmation comes three times
		p := first
		p.At, p.Officer = p.At.Add(time.Duration(i)*time.Minute), []string{"tu", "ba", "tu"}[i]
		if got, err := l.Take(p); err != nil || got != first {
			t.Fatalf("time %d: got %+v, %v", i, got, err)
		}
	}
	if n := len(l.All()); n != 1 {
		t.Fatalf("%d payments", n)
	}
	_, err := l.Take(transfer(7, 150001))
	refused(t, err, "payment-different")
	_, err = l.Take(cash(7, 150000))
	refused(t, err, "payment-different")
	for range 2 { // the receipt number comes once
		if p, err := l.SetReceipt(key(7), "01BLP0-001 BI-26T 0000123"); err != nil || p.Receipt == "" {
			t.Fatal(err)
		}
	}
	_, err = l.SetReceipt(key(7), "01BLP0-001 BI-26T 0000124")
	refused(t, err, "receipt-number-different")
	_, err = l.SetReceipt(key(8), "01BLP0-001 BI-26T 0000124")
	refused(t, err, "payment-unknown")
	_, err = l.TakeBack(key(8), "sai")
	refused(t, err, "payment-unknown")
	if p, err := l.TakeBack(key(7), "nộp nhầm"); err != nil || p.Void != "nộp nhầm" {
		t.Fatalf("got %+v, %v", p, err)
	}
	if p, err := l.Take(cash(7, 150000)); err != nil || p.Method != ereceipt.Cash || len(l.All()) != 2 {
		t.Errorf("paid again: got %+v, %v", p, err)
	}
}

func TestInvalid(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*payment.Payment){
		"nothing paid":            func(p *payment.Payment) { p.Amount = 0 },
		"less than nothing":       func(p *payment.Payment) { p.Amount = -1 },
		"too much":                func(p *payment.Payment) { p.Amount = 1_000_000_000_001 },
		"no officer":              func(p *payment.Payment) { p.Officer = "" },
		"no moment":               func(p *payment.Payment) { p.At = time.Time{} },
		"another method":          func(p *payment.Payment) { p.Method = "card" },
		"a transfer without mark": func(p *payment.Payment) { p.Method = ereceipt.Transfer },
		"cash with a mark":        func(p *payment.Payment) { p.Mark = "H26" },
		"no dossier":              func(p *payment.Payment) { p.Key.Dossier = "" },
		"taken back already":      func(p *payment.Payment) { p.Void = "sai" },
	} {
		var l payment.Ledger
		p := cash(1, 8000)
		change(&p)
		if got, err := l.Take(p); !errors.Is(err, refusal.New("payment-invalid")) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}

func TestRenumber(t *testing.T) {
	t.Parallel()
	var l payment.Ledger
	p := cash(1, 8000)
	p.Key.Dossier = "TAM.Q1-261123-0001"
	if _, err := l.Take(p); err != nil {
		t.Fatal(err)
	}
	if twice := l.Renumber(p.Key.Dossier, key(1).Dossier); twice != nil {
		t.Errorf("paid twice: %v", twice)
	}
	if got, ok := l.Payment(key(1)); !ok || got.Amount != 8000 {
		t.Errorf("got %+v", got)
	}
	if _, ok := l.Payment(p.Key); ok {
		t.Error("the provisional code is still there")
	}
	if _, err := l.Take(p); err != nil {
		t.Fatal(err)
	}
	if twice := l.Renumber(p.Key.Dossier, key(1).Dossier); len(twice) != 1 || twice[0] != key(1) {
		t.Errorf("paid under both codes: %v", twice)
	}
	if _, err := l.TakeBack(p.Key, "nộp hai lần"); err != nil {
		t.Fatal(err)
	}
	if twice := l.Renumber(p.Key.Dossier, key(1).Dossier); twice != nil {
		t.Errorf("one was taken back: %v", twice)
	}
	if got, ok := l.Payment(key(1)); !ok || got.Void != "" {
		t.Errorf("the one that stands became %+v", got)
	}
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	credit := func(ref string, amount int64, text string) payment.Credit {
		return payment.Credit{Ref: ref, At: nine, Amount: amount, Text: text}
	}
	good, short, gone, back, done := transfer(1, 8000), transfer(2, 8000), transfer(3, 8000), transfer(4, 8000), transfer(5, 8000)
	twice, a, b := transfer(6, 8000), transfer(7, 8000), transfer(8, 8000)
	back.Void, done.Credit = "sai", "F5"
	lines := []payment.Credit{
		credit("F1", 8000, "MBVCB.123.Le phi h26.261123.0001.CT tu 00110"),
		credit("F1", 8000, "MBVCB.123.Le phi h26.261123.0001.CT tu 00110"),
		credit("F2", 7000, "LE PHI H26 261123 0002"),
		credit("F4", 8000, "LE PHI H26 261123 0004"),
		credit("F5", 8000, "LE PHI H26 261123 0005"),
		credit("F6", 8000, "LE PHI H26 261123 0006"), credit("F7", 8000, "LE PHI H26 261123 0006"),
		credit("F8", 16000, "H26 261123 0007 va H26 261123 0008"),
		credit("F9", 8000, "LE PHI H26 261123 00030"), // not 0003
		credit("F1", 9000, "changed"),
		credit("", 9000, "no reference"),
	}
	got := payment.Reconcile([]payment.Payment{good, short, gone, back, done, twice, a, b, cash(9, 1000)}, lines)
	matched := good
	matched.Credit = "F1"
	want := payment.Reconciliation{
		Matched: []payment.Payment{matched}, Missing: []payment.Payment{gone},
		Amounts: []payment.Difference{{Payment: short, Credit: lines[2]}},
		Unclear: []payment.Payment{twice, a, b},
		Unknown: []payment.Credit{lines[3], lines[8]}, Conflicts: []payment.Credit{lines[9], lines[10]},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAMarkOfDigits(t *testing.T) {
	t.Parallel()
	p := transfer(1, 8000)
	p.Mark = "261123 0012"
	for text, want := range map[string]int{"HS 261123 0012 GD 5": 1, "HS 261123 0012": 1, "HS 1261123 0012": 0, "HS 9261123 0012, HS 261123.0012": 1, "": 0} {
		r := payment.Reconcile([]payment.Payment{p}, []payment.Credit{{Ref: "F1", Amount: 8000, Text: text}})
		if len(r.Matched) != want {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

func TestALineExplainsOnePayment(t *testing.T) {
	t.Parallel()
	var l payment.Ledger
	for _, p := range []payment.Payment{transfer(1, 8000), transfer(2, 8000), cash(3, 8000)} {
		if _, err := l.Take(p); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		n    int
		ref  string
		want bool
	}{{1, "F1", true}, {1, "F1", true}, {1, "F2", false}, {2, "F1", false}, {2, "F2", true}, {3, "F3", false}, {4, "F4", false}} {
		if got := l.SetCredit(key(c.n), c.ref); got != c.want {
			t.Errorf("%s for %d: got %t", c.ref, c.n, got)
		}
	}
}

func TestClose(t *testing.T) {
	t.Parallel()
	yesterday, spoiled, back, other := cash(4, 1), cash(5, 0), cash(6, 9000), cash(7, 50000)
	yesterday.At = nine.Add(-10 * time.Hour)
	back.Void = "sai"
	other.Key.Fee, other.FeeName, other.Receipt = "will", queue.Text{VI: "Phí di chúc", EN: "Will"}, "01BLP0-001 BI-26T 0000001"
	other.At = time.Date(2026, 11, 23, 0, 30, 0, 0, zone) // the day before in Greenwich
	late := transfer(3, 150000)
	late.At = time.Date(2026, 11, 23, 16, 59, 0, 0, time.UTC) // 23:59 here
	different := cash(1, 8001)
	got := payment.Close(nine, []payment.Payment{cash(1, 8000), cash(1, 8000), different, transfer(2, 4000), late, yesterday, spoiled, back, other},
		map[string]int64{"ba": 57000, "vu": 0})
	sum := func(n int, amount int64) payment.Sum { return payment.Sum{Count: n, Amount: amount} }
	ba := payment.Takings{Cash: sum(1, 8000), Total: sum(1, 8000)}
	will := payment.Takings{Cash: sum(1, 50000), Total: sum(1, 50000)}
	tu := payment.Takings{Transfer: sum(2, 154000), Total: sum(2, 154000)}
	want := payment.Report{
		Day: "2026-11-23",
		Lines: []payment.Line{
			{Officer: "ba", Fee: "copy", FeeName: copyF, Takings: ba},
			{Officer: "ba", Fee: "will", FeeName: other.FeeName, Takings: will},
			{Officer: "tu", Fee: "copy", FeeName: copyF, Takings: tu},
		},
		Drawers: []payment.Drawer{
			{Officer: "ba", Takings: payment.Takings{Cash: sum(2, 58000), Total: sum(2, 58000)}, IsCounted: true, Counted: 57000, Over: -1000},
			{Officer: "tu", Takings: tu},
			{Officer: "vu", IsCounted: true},
		},
		Fees: []payment.Line{
			{Fee: "copy", FeeName: copyF, Takings: payment.Takings{Cash: sum(1, 8000), Transfer: sum(2, 154000), Total: sum(3, 162000)}},
			{Fee: "will", FeeName: other.FeeName, Takings: will},
		},
		Total:        payment.Takings{Cash: sum(2, 58000), Transfer: sum(2, 154000), Total: sum(4, 212000)},
		Words:        queue.Text{VI: "Hai trăm mười hai nghìn đồng", EN: "Two hundred and twelve thousand dong"},
		Unreconciled: []payment.Payment{transfer(2, 4000), late},
		Unreceipted:  []payment.Payment{cash(1, 8000), transfer(2, 4000), late},
		TakenBack:    []payment.Payment{back},
		Faults:       []payment.Payment{different, spoiled},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestTotalsAddUp: lines, drawers and fees add up to the total, whatever was
// paid, and a report does not depend on the order.
func TestTotalsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var list []payment.Payment
		for n := range rapid.IntRange(0, 30).Draw(t, "payments") {
			p := cash(n, rapid.Int64Range(1, 1_000_000_000_000).Draw(t, "amount"))
			if rapid.Bool().Draw(t, "transfer") {
				p = transfer(n, p.Amount)
			}
			p.Officer = rapid.SampledFrom([]string{"ba", "tu", "vu"}).Draw(t, "officer")
			p.Key.Fee = rapid.SampledFrom([]string{"copy", "will"}).Draw(t, "fee")
			list = append(list, p)
		}
		r := payment.Close(nine, list, nil)
		var paid int64
		for _, p := range list {
			paid += p.Amount
		}
		var lines, drawers, fees int64
		for _, l := range r.Lines {
			lines += l.Cash.Amount + l.Transfer.Amount
		}
		for _, d := range r.Drawers {
			drawers += d.Total.Amount
		}
		for _, f := range r.Fees {
			fees += f.Total.Amount
		}
		if total := r.Total.Total.Amount; total != paid || lines != paid || drawers != paid || fees != paid || r.Total.Cash.Amount+r.Total.Transfer.Amount != paid {
			t.Fatalf("paid %d: total %d, lines %d, drawers %d, fees %d", paid, total, lines, drawers, fees)
		}
		turned := rapid.Permutation(list).Draw(t, "order")
		again := payment.Close(nine, turned, nil)
		if diff := cmp.Diff([]any{r.Lines, r.Drawers, r.Fees, r.Total}, []any{again.Lines, again.Drawers, again.Fees, again.Total}); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		for _, s := range []string{
			texts.Get(lang, "refusal.payment-different", "amount", "8.000"), texts.Get(lang, "refusal.payment-invalid"), texts.Get(lang, "refusal.payment-unknown"),
			texts.Get(lang, "refusal.receipt-number-different", "number", "1"), texts.Get(lang, "ereceipt.method."+ereceipt.Cash), texts.Get(lang, "ereceipt.method."+ereceipt.Transfer),
		} {
			if strings.ContainsAny(s, "⟦{") {
				t.Errorf("%s: %q", lang, s)
			}
		}
	}
}
