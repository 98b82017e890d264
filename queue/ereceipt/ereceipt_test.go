package ereceipt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/ereceipt"
)

var numbers = ereceipt.Range{Pattern: "01BLP0-001", Serial: "BI-26T", First: 1, Last: 9_999_999}

func request(n int) ereceipt.Request {
	return ereceipt.Request{
		Key:    ereceipt.Key{Dossier: fmt.Sprintf("H26.138-261123-%04d", n), Fee: "trich-luc-ho-tich"},
		Agency: "UBND phường Ba Đình", AgencyTaxCode: "0100000001", Payer: "Nguyễn Thị Tuyết", PayerAddress: "Số 5, ngõ 12",
		FeeName: "Phí cấp bản sao trích lục hộ tịch", Amount: 8000, Method: ereceipt.Transfer,
		Day: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC), Officer: "Lê Văn Ba",
	}
}

func open(t testing.TB, r ereceipt.Range, before ...ereceipt.Entry) *ereceipt.Book {
	t.Helper()
	b, err := ereceipt.NewBook(r, before)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestARequestThatComesThreeTimesHasOneNumber(t *testing.T) {
	t.Parallel()
	b := open(t, numbers)
	want := ereceipt.Receipt{Key: request(1).Key, Pattern: "01BLP0-001", Serial: "BI-26T", Number: "0000001", State: ereceipt.Issued}
	for i := range 3 {
		r := request(1)
		r.Day = r.Day.Add(time.Duration(i) * time.Hour) // the moment is not on it
		if got, err := b.Issue(r); got != want || err != nil {
			t.Fatalf("time %d: got %+v, %v", i, got, err)
		}
	}
	if got, err := b.Issue(request(2)); got.Number != "0000002" || err != nil {
		t.Errorf("the next: got %+v, %v", got, err)
	}
	other := request(1)
	other.Amount = 9000
	if got, err := b.Issue(other); !errors.Is(err, ereceipt.ErrDifferent) || got != want {
		t.Errorf("another amount: got %+v, %v", got, err)
	}
	second := request(1)
	second.Key.Fee = "chung-thuc-ban-sao"
	if got, err := b.Issue(second); got.Number != "0000003" || err != nil {
		t.Errorf("another fee of the dossier: got %+v, %v", got, err)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	b := open(t, ereceipt.Range{Pattern: "01BLP0-001", Serial: "BI-26T", First: 7, Last: 8})
	if _, err := b.Cancel(request(1).Key, "sai tên"); !errors.Is(err, ereceipt.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := b.Status(request(1).Key); !errors.Is(err, ereceipt.ErrUnknown) {
		t.Errorf("got %v", err)
	}
	if _, err := b.Issue(request(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Cancel(request(1).Key, " "); !errors.Is(err, ereceipt.ErrRequest) {
		t.Errorf("no reason: %v", err)
	}
	for _, reason := range []string{"sai tên", "again"} {
		if got, err := b.Cancel(request(1).Key, reason); got.State != ereceipt.Cancelled || got.Number != "0000007" || err != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	if got := b.Entries()[0].Reason; got != "sai tên" {
		t.Errorf("the reason became %q", got)
	}
	if got, err := b.Status(request(1).Key); got.State != ereceipt.Cancelled || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := b.Issue(request(1)); !errors.Is(err, ereceipt.ErrCancelled) {
		t.Errorf("issued again: %v", err)
	}
	if got, err := b.Issue(request(2)); got.Number != "0000008" || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := b.Issue(request(3)); !errors.Is(err, ereceipt.ErrExhausted) {
		t.Errorf("beyond the range: %v", err)
	}
}

// TestNumbersFollowEachOther: whatever is asked, in whatever order, numbers
// have no gap and no repeat, and the entries make the same book again.
func TestNumbersFollowEachOther(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, err := ereceipt.NewBook(numbers, nil)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			r := request(rapid.IntRange(1, 9).Draw(t, "dossier"))
			if rapid.Bool().Draw(t, "cancel") {
				_, _ = b.Cancel(r.Key, "reason")
				continue
			}
			if _, err := b.Issue(r); err != nil && !errors.Is(err, ereceipt.ErrCancelled) {
				t.Fatal(err)
			}
		}
		for i, e := range b.Entries() {
			if want := fmt.Sprintf("%07d", i+1); e.Receipt.Number != want {
				t.Fatalf("entry %d has number %s", i, e.Receipt.Number)
			}
		}
		again, err := ereceipt.NewBook(numbers, b.Entries())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(b.Entries(), again.Entries()); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestRefusedRequests(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*ereceipt.Request){
		"no dossier":           func(r *ereceipt.Request) { r.Key.Dossier = "" },
		"a provisional code":   func(r *ereceipt.Request) { r.Key.Dossier = "TAM.Q1-261122-0007" },
		"a code with a slash":  func(r *ereceipt.Request) { r.Key.Dossier = "H26/1" },
		"a fee in capitals":    func(r *ereceipt.Request) { r.Key.Fee = "PHI" },
		"no payer":             func(r *ereceipt.Request) { r.Payer = " " },
		"a payer of 301":       func(r *ereceipt.Request) { r.Payer = strings.Repeat("a", 301) },
		"a payer of two lines": func(r *ereceipt.Request) { r.Payer = "a\nb" },
		"broken text":          func(r *ereceipt.Request) { r.Officer = "\xff" },
		"no address":           func(r *ereceipt.Request) { r.PayerAddress = "" },
		"no agency":            func(r *ereceipt.Request) { r.Agency = "" },
		"no tax code":          func(r *ereceipt.Request) { r.AgencyTaxCode = "" },
		"a tax code of 11":     func(r *ereceipt.Request) { r.PayerTaxCode = "01234567890" },
		"nothing paid":         func(r *ereceipt.Request) { r.Amount = 0 },
		"less than nothing":    func(r *ereceipt.Request) { r.Amount = -1 },
		"another method":       func(r *ereceipt.Request) { r.Method = "BTC" },
		"no day":               func(r *ereceipt.Request) { r.Day = time.Time{} },
	} {
		r := request(1)
		change(&r)
		if got, err := open(t, numbers).Issue(r); !errors.Is(err, ereceipt.ErrRequest) {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
	if got := request(1).Words(); got != "Tám nghìn đồng" {
		t.Errorf("in words: %q", got)
	}
	k := request(1).Key
	if got, err := ereceipt.ParseKey(k.String()); got != k || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := ereceipt.ParseKey("H26.138-261123-0007"); !errors.Is(err, ereceipt.ErrRequest) {
		t.Errorf("a key without a fee: %v", err)
	}
}

func TestRefusedBooks(t *testing.T) {
	t.Parallel()
	for _, r := range []ereceipt.Range{
		{},
		{Pattern: "01GTKT0/001", Serial: "BI-26T", First: 1, Last: 2},
		{Pattern: "01BLP0-001", Serial: "BI26T", First: 1, Last: 2},
		{Pattern: "01BLP0-001", Serial: "BI-26T", First: 0, Last: 2},
		{Pattern: "01BLP0-001", Serial: "BI-26T", First: 3, Last: 2},
		{Pattern: "01BLP0-001", Serial: "BI-26T", First: 1, Last: 10_000_000},
	} {
		if _, err := ereceipt.NewBook(r, nil); err == nil {
			t.Errorf("%+v is opened", r)
		}
	}
	b := open(t, numbers)
	for n := range 2 {
		if _, err := b.Issue(request(n + 1)); err != nil {
			t.Fatal(err)
		}
	}
	e := b.Entries()
	if _, err := ereceipt.NewBook(numbers, []ereceipt.Entry{e[1], e[0]}); err == nil {
		t.Error("entries out of order are taken")
	}
}
