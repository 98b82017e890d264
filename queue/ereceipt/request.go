package ereceipt

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"motcua/queue/money"
)

// Methods of payment as receipts write them.
const (
	Cash     = "TM" // tiền mặt
	Transfer = "CK" // chuyển khoản
)

// maxText bounds each text of a request, in letters.
const maxText = 300

// ErrRequest: the request cannot become a receipt; the message says why.
var ErrRequest = errors.New("not a request for a receipt")

// Key identifies a receipt for good: one for a dossier and a fee.
type Key struct {
	Dossier string `json:"dossier"` // its official code, never a provisional one
	Fee     string `json:"fee"`     // the tariff's id (fee.Tariff)
}

var (
	dossierShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9.-]{0,59}$`)
	feeShape     = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,59}$`)
)

// String is what a provider keeps: "H26.138-261123-0007/trich-luc-ho-tich".
func (k Key) String() string { return k.Dossier + "/" + k.Fee }

// ParseKey reads what String wrote.
func ParseKey(s string) (Key, error) {
	dossier, fee, _ := strings.Cut(s, "/")
	k := Key{Dossier: dossier, Fee: fee}
	return k, k.check()
}

func (k Key) check() error {
	if !dossierShape.MatchString(k.Dossier) || strings.HasPrefix(k.Dossier, "TAM.") || !feeShape.MatchString(k.Fee) {
		return fmt.Errorf("the key of dossier and fee: %w", ErrRequest)
	}
	return nil
}

// Request is everything a receipt says but its number. It holds personal data
// and is never logged.
type Request struct {
	Key Key `json:"key"`

	Agency        string `json:"agency"`     // cơ quan thu
	AgencyTaxCode string `json:"agency_tax"` // mã số thuế

	Payer        string `json:"payer"`
	PayerAddress string `json:"payer_address"`
	PayerTaxCode string `json:"payer_tax,omitempty"`

	FeeName string    `json:"fee_name"` // tên loại phí, lệ phí
	Amount  int64     `json:"amount"`   // đồng, above 0: nothing paid is no receipt
	Method  string    `json:"method"`   // Cash or Transfer
	Day     time.Time `json:"day"`      // ngày lập, local time
	Officer string    `json:"officer"`  // họ tên người thu
}

var taxCode = regexp.MustCompile(`^(?:[0-9]{10}(?:-[0-9]{3})?|[0-9]{12})$`)

// Check names the first thing that keeps the request from becoming a receipt.
// A tax code has 10 digits, 13 as "0123456789-001", or is a personal number of
// 12 (Law on tax administration 108/2025/QH15). The error wraps ErrRequest.
func (r Request) Check() error {
	bad := func(what string) error { return fmt.Errorf("%s: %w", what, ErrRequest) }
	if err := r.Key.check(); err != nil {
		return err
	}
	for _, t := range []struct{ name, value string }{
		{"agency", r.Agency}, {"payer", r.Payer}, {"payer's address", r.PayerAddress}, {"name of the fee", r.FeeName}, {"officer", r.Officer},
	} {
		if strings.TrimSpace(t.value) == "" || !readable(t.value) {
			return bad("the " + t.name + " is missing, too long or not text")
		}
	}
	switch {
	case !taxCode.MatchString(r.AgencyTaxCode):
		return bad("the agency's tax code")
	case r.PayerTaxCode != "" && !taxCode.MatchString(r.PayerTaxCode):
		return bad("the payer's tax code")
	case r.Amount <= 0 || r.Amount > money.Max:
		return bad("the amount")
	case r.Method != Cash && r.Method != Transfer:
		return bad("the method of payment")
	case r.Day.IsZero():
		return bad("the day")
	}
	return nil
}

// Words is the amount in words as the receipt says it.
func (r Request) Words() string { return money.Words{}.Vietnamese(r.Amount) }

// same reports whether two requests would make the same receipt. The moment of
// the day is not on it.
func (r Request) same(o Request) bool {
	day := r.Day.Format(time.DateOnly) == o.Day.Format(time.DateOnly)
	r.Day, o.Day = time.Time{}, time.Time{}
	return day && r == o
}

// readable wants text that XML can carry.
func readable(s string) bool {
	return utf8.ValidString(s) && utf8.RuneCountInString(s) <= maxText &&
		!strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) && r != '\u00a0' })
}
