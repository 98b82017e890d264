// Package payment is what was paid for dossiers: each fee once, however often
// its confirmation comes; held against the bank's statement; and the report of
// a day's takings.
//
// A transfer is money that somebody says was sent. It is unreconciled until
// the bank's own line of it is found, by the mark in its purpose and by its
// amount, and nothing else makes it reconciled. The package is PURE; amounts
// are in đồng.
//
// Sources: Law on fees and charges 97/2015/QH13, art. 11 (paid in đồng, in cash
// or through a bank) and art. 14 (duties of the agency that takes it). A bare
// transfer to an agency's account is outside the national payment platform,
// hence reconciled before a receipt is issued.
package payment

import (
	"slices"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/ereceipt"
	"motcua/queue/money"
	"motcua/queue/refusal"
)

// Payment is one fee of one dossier, paid.
type Payment struct {
	// Key is the dossier and the fee; a fee is paid once. The code may be a
	// provisional one until the official is given (Ledger.Renumber).
	Key     ereceipt.Key `json:"key"`
	FeeName queue.Text   `json:"fee_name"`
	Amount  int64        `json:"amount"`
	Method  string       `json:"method"` // ereceipt.Cash or ereceipt.Transfer
	Officer string       `json:"officer"`
	Counter string       `json:"counter,omitempty"`
	At      time.Time    `json:"at"`
	// Mark is the code at the end of a transfer's purpose (vietqr.Purpose), as
	// it stood on the code that was scanned: it never changes.
	Mark string `json:"mark,omitempty"`
	// Credit is the bank's reference of the line that it was reconciled with.
	Credit string `json:"credit,omitempty"`
	// Receipt is the provider's number, "01BLP0-001 BI-26T 0000123".
	Receipt string `json:"receipt,omitempty"`
	// Void is why it was taken back, with the money; "" is it stands.
	Void string `json:"void,omitempty"`
}

// Reconciled reports whether the money is known to be there: in the drawer, or
// on the bank's statement.
func (p Payment) Reconciled() bool { return p.Method == ereceipt.Cash || p.Credit != "" }

// says compares what was paid, not who confirmed it when.
func (p Payment) says(o Payment) bool {
	return p.Key == o.Key && p.Amount == o.Amount && p.Method == o.Method && p.Mark == o.Mark
}

// check wants an amount, a method, somebody who took it, and no Mark or Credit
// that do not belong there.
func (p Payment) check() bool {
	transfer := p.Method == ereceipt.Transfer
	return p.Key.Dossier != "" && p.Key.Fee != "" && p.Amount > 0 && p.Amount <= money.Max && p.Officer != "" && !p.At.IsZero() &&
		(transfer && p.Mark != "" || p.Method == ereceipt.Cash && p.Mark == "" && p.Credit == "")
}

// Ledger is the payments in the order they were taken. Its zero value is
// empty; it is not for use by two goroutines at once.
type Ledger struct {
	list []Payment
	at   map[ereceipt.Key]int // the one that stands or was the last
}

// Take records a payment. The same one again, from whomever, is answered with
// the first. "payment-invalid": it lacks something; "payment-different": the
// fee is paid already with another amount or in another way, and a person has
// to look.
func (l *Ledger) Take(p Payment) (Payment, error) {
	if !p.check() || p.Void != "" {
		return Payment{}, refusal.New("payment-invalid")
	}
	if i, ok := l.at[p.Key]; ok && l.list[i].Void == "" {
		if !l.list[i].says(p) {
			return l.list[i], refusal.New("payment-different", "amount", money.Digits(l.list[i].Amount))
		}
		return l.list[i], nil
	}
	if l.at == nil {
		l.at = map[ereceipt.Key]int{}
	}
	l.at[p.Key] = len(l.list)
	l.list = append(l.list, p)
	return p, nil
}

// SetReceipt records the provider's number, once: the same number again is no
// error, another is "receipt-number-different". "payment-unknown" when the fee
// is not paid.
func (l *Ledger) SetReceipt(key ereceipt.Key, number string) (Payment, error) {
	i, ok := l.at[key]
	switch {
	case !ok || number == "":
		return Payment{}, refusal.New("payment-unknown")
	case l.list[i].Receipt != "" && l.list[i].Receipt != number:
		return l.list[i], refusal.New("receipt-number-different", "number", l.list[i].Receipt)
	}
	l.list[i].Receipt = number
	return l.list[i], nil
}

// TakeBack voids a payment for a reason; the first reason stands, and the fee
// may be paid again. "payment-unknown" when it is not paid.
func (l *Ledger) TakeBack(key ereceipt.Key, reason string) (Payment, error) {
	i, ok := l.at[key]
	if !ok || strings.TrimSpace(reason) == "" {
		return Payment{}, refusal.New("payment-unknown")
	}
	if l.list[i].Void == "" {
		l.list[i].Void = reason
	}
	return l.list[i], nil
}

// Renumber moves the payments of a provisional code to the official one. A fee
// that is paid under both is left as it is and reported: somebody paid twice.
func (l *Ledger) Renumber(from, to string) (twice []ereceipt.Key) {
	for i, p := range l.list {
		if p.Key.Dossier != from || l.at[p.Key] != i {
			continue
		}
		key := ereceipt.Key{Dossier: to, Fee: p.Key.Fee}
		if other, ok := l.at[key]; ok && l.list[other].Void == "" && p.Void == "" {
			twice = append(twice, key)
			continue
		}
		delete(l.at, p.Key)
		l.list[i].Key = key
		if other, ok := l.at[key]; !ok || l.list[other].Void != "" {
			l.at[key] = i
		}
	}
	return twice
}

// Payment is the one that stands for a dossier and a fee, or the last that was
// taken back.
func (l *Ledger) Payment(key ereceipt.Key) (Payment, bool) {
	i, ok := l.at[key]
	if !ok {
		return Payment{}, false
	}
	return l.list[i], true
}

// All lists every payment in the order they were taken.
func (l *Ledger) All() []Payment { return slices.Clone(l.list) }
