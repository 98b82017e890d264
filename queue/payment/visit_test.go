package payment_test

import (
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/ereceipt"
	"motcua/queue/payment"
	"motcua/queue/vietqr"
)

// TestATransferFromCodeToReceipt follows a fee of 150.000 đ through a morning
// without a line: the code on the screen, the confirmation three times, the
// official dossier code, the bank's line, the receipt, the day's report.
func TestATransferFromCodeToReceipt(t *testing.T) {
	t.Parallel()
	const provisional, official = "TAM.Q1-261123-0012", "H26.138-261123-0012"
	purpose, ok := vietqr.Purpose("Lệ phí hồ sơ", "Q1 261123 0012")
	if !ok {
		t.Fatal("no purpose")
	}
	text, err := vietqr.Payment{Bank: "970405", Account: "1500201234567", Amount: 150000, Purpose: purpose}.Encode()
	if err != nil {
		t.Fatal(err)
	}
	scanned, err := vietqr.Parse(text) // what the citizen's bank sees
	if err != nil || scanned.Amount != 150000 || len(scanned.Purpose) > vietqr.MaxPurpose {
		t.Fatalf("got %+v, %v", scanned, err)
	}
	var l payment.Ledger
	key := ereceipt.Key{Dossier: provisional, Fee: "le-phi"}
	for i := range 3 {
		p := payment.Payment{
			Key: key, FeeName: queue.Text{VI: "Lệ phí", EN: "Levy"}, Amount: scanned.Amount, Method: ereceipt.Transfer,
			Officer: "ba", At: nine.Add(time.Duration(i) * time.Minute), Mark: "Q1 261123 0012",
		}
		if _, err := l.Take(p); err != nil {
			t.Fatal(err)
		}
	}
	if twice := l.Renumber(provisional, official); twice != nil {
		t.Fatal(twice)
	}
	key.Dossier = official
	open := payment.Close(nine, l.All(), nil)
	if open.Total.Total.Count != 1 || open.Total.Transfer.Amount != 150000 || len(open.Unreconciled) != 1 {
		t.Errorf("before the statement: %+v", open)
	}
	line := payment.Credit{Ref: "FT26327001", At: nine, Amount: 150000, Text: "MBVCB.77." + scanned.Purpose + ".CT tu 0011"}
	for range 3 { // the statement comes again
		for _, p := range payment.Reconcile(l.All(), []payment.Credit{line, line}).Matched {
			if !l.SetCredit(p.Key, p.Credit) {
				t.Fatal("the line is not taken")
			}
		}
	}
	book, err := ereceipt.NewBook(ereceipt.Range{Pattern: "01BLP0-001", Serial: "BI-26T", First: 1, Last: 100}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		r, err := book.Issue(ereceipt.Request{
			Key: key, Agency: "UBND phường", AgencyTaxCode: "0100000001", Payer: "Nguyễn Thị Tuyết", PayerAddress: "Số 5", FeeName: "Lệ phí",
			Amount: 150000, Method: ereceipt.Transfer, Day: nine, Officer: "Lê Văn Ba",
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := l.SetReceipt(key, r.String()); err != nil {
			t.Fatal(err)
		}
	}
	p, _ := l.Payment(key)
	r := payment.Close(nine, l.All(), nil)
	if p.Receipt != "01BLP0-001 BI-26T 0000001" || len(book.Entries()) != 1 || len(r.Unreconciled) != 0 || len(r.Unreceipted) != 0 ||
		r.Words.VI != "Một trăm năm mươi nghìn đồng" {
		t.Errorf("got %+v and %+v", p, r)
	}
}
