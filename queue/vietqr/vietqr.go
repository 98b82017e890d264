package vietqr

import (
	"errors"
	"fmt"
	"strconv"
)

// Bounds of what a Payment may hold.
const (
	// MaxAmount is the largest amount that field 54 has room for: 13 digits
	// (EMVCo MPM table 3.5). What a bank moves in one transfer is less.
	MaxAmount = 9_999_999_999_999
	// MaxPurpose and MaxBill are the lengths of fields 62.08 and 62.01 (EMVCo
	// MPM table 3.7).
	MaxPurpose = 25
	MaxBill    = 25
	// MaxAccount is the longest account number that NAPAS switches.
	MaxAccount = 19

	maxName, maxCity = 25, 15
	// maxText bounds what is read (EMVCo MPM 3.1: 512 alphanumerics).
	maxText = 512
)

// What can be wrong, inside of a *Fault.
var (
	ErrMissing     = errors.New("is missing")
	ErrTooLong     = errors.New("is too long")
	ErrCharacter   = errors.New("has a character that does not belong there")
	ErrLayout      = errors.New("is not a data object")
	ErrLength      = errors.New("is longer than what follows, or empty")
	ErrTwice       = errors.New("stands twice")
	ErrChecksum    = errors.New("does not agree with the text before it")
	ErrUnsupported = errors.New("is not of a VietQR transfer in đồng")
	ErrAmount      = errors.New("is not an amount")
)

// Fault names the field that cannot be written or read. errors.Is finds what is
// wrong with it.
type Fault struct {
	Field string // its id, "38.01", or the Payment's field, "Purpose"
	Err   error  // Err…
}

// Error is for logs; it repeats no value, which may be personal.
func (f *Fault) Error() string { return fmt.Sprintf("vietqr: field %q %v", f.Field, f.Err) }

// Unwrap gives the Err… inside.
func (f *Fault) Unwrap() error { return f.Err }

// Payment is a transfer to be made. Bank and either Account or Card are
// needed; all text is printable ASCII (Purpose and Fold help).
type Payment struct {
	Bank    string // the receiving bank's BIN, 6 digits: "970436"
	Account string // the account number: letters and digits
	Card    string // the card number, 16 to 19 digits, instead of Account
	// Reusable is a code for many payments (static, "11"); its amount may be 0,
	// and then the payer types it. A code for one payment (dynamic, "12") has
	// an amount: a slip that forgot it is not written.
	Reusable bool
	Amount   int64  // đồng
	Bill     string // number of the bill, at most MaxBill characters
	Terminal string // who shows the code, at most 25 characters
	Purpose  string // what the payee reads, at most MaxPurpose characters
	Name     string // the payee, at most 25 characters; apps look the name up themselves
	City     string // at most 15 characters
}

// Ids and values that a VietQR text always has.
const (
	idFormat, format                  = "00", "01"
	idInitiation, static, dynamic     = "01", "11", "12"
	idAccount, napas                  = "38", "A000000727"
	toAccount, toCard                 = "QRIBFTTA", "QRIBFTTC"
	idCurrency, dong                  = "53", "704" // ISO 4217
	idAmount                          = "54"
	idCountry, vietnam                = "58", "VN"
	idName, idCity                    = "59", "60"
	idAdditional                      = "62"
	idBill, idTerminal, idPurpose     = "01", "07", "08"
	crcTail                           = "6304"
	idTip, idConvenience, idConvenPct = "55", "56", "57"
)

// Encode writes the text to be drawn as a QR code. The error is a *Fault.
func (p Payment) Encode() (string, error) {
	if err := p.check(); err != nil {
		return "", err
	}
	number, service, initiation, amount := p.Account, toAccount, dynamic, ""
	if p.Card != "" {
		number, service = p.Card, toCard
	}
	if p.Reusable {
		initiation = static
	}
	if p.Amount > 0 {
		amount = strconv.FormatInt(p.Amount, 10)
	}
	beneficiary, err := join(object{"00", p.Bank}, object{"01", number})
	if err != nil {
		return "", err
	}
	account, err := join(object{"00", napas}, object{"01", beneficiary}, object{"02", service})
	if err != nil {
		return "", err
	}
	additional, err := join(object{idBill, p.Bill}, object{idTerminal, p.Terminal}, object{idPurpose, p.Purpose})
	if err != nil {
		return "", err
	}
	text, err := join(object{idFormat, format}, object{idInitiation, initiation}, object{idAccount, account},
		object{idCurrency, dong}, object{idAmount, amount}, object{idCountry, vietnam},
		object{idName, p.Name}, object{idCity, p.City}, object{idAdditional, additional})
	if err != nil {
		return "", err
	}
	text += crcTail
	return text + fmt.Sprintf("%04X", crc(text)), nil
}

// check names the first field that no bank could use.
func (p Payment) check() error {
	bad := func(field string, err error) error { return &Fault{Field: field, Err: err} }
	switch {
	case len(p.Bank) != 6 || !digits(p.Bank):
		return bad("Bank", ErrCharacter)
	case p.Account == "" && p.Card == "":
		return bad("Account", ErrMissing)
	case p.Account != "" && p.Card != "":
		return bad("Card", ErrTwice)
	case len(p.Account) > MaxAccount:
		return bad("Account", ErrTooLong)
	case p.Account != "" && !alphanumeric(p.Account):
		return bad("Account", ErrCharacter)
	case p.Card != "" && (!digits(p.Card) || len(p.Card) < 16 || len(p.Card) > 19):
		return bad("Card", ErrCharacter)
	case p.Amount < 0 || p.Amount > MaxAmount:
		return bad("Amount", ErrAmount)
	case p.Amount == 0 && !p.Reusable:
		return bad("Amount", ErrMissing)
	}
	for _, t := range []struct {
		field, value string
		limit        int
	}{
		{"Bill", p.Bill, MaxBill},
		{"Terminal", p.Terminal, maxName},
		{"Purpose", p.Purpose, MaxPurpose},
		{"Name", p.Name, maxName},
		{"City", p.City, maxCity},
	} {
		if len(t.value) > t.limit {
			return bad(t.field, ErrTooLong)
		}
		if !printable(t.value) {
			return bad(t.field, ErrCharacter)
		}
	}
	return nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func alphanumeric(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != ""
}
