package vietqr

import (
	"fmt"
	"strconv"
	"strings"
)

// Parse reads a text that was scanned: lengths must use up every character,
// the checksum must agree, and it must ask for a transfer in đồng within
// Vietnam. Fields that a transfer does not need are passed over, but not a
// field that changes the amount. The error is a *Fault.
func Parse(text string) (Payment, error) {
	bad := func(field string, err error) (Payment, error) { return Payment{}, &Fault{Field: field, Err: err} }
	switch {
	case len(text) > maxText:
		return bad("", ErrTooLong)
	case !printable(text):
		return bad("", ErrCharacter)
	}
	body, sum := text[:max(0, len(text)-4)], text[max(0, len(text)-4):]
	if !strings.HasSuffix(body, crcTail) {
		return bad("63", ErrMissing)
	}
	if fmt.Sprintf("%04X", crc(body)) != sum {
		return bad("63", ErrChecksum)
	}
	top, err := split("", strings.TrimSuffix(body, crcTail))
	if err != nil {
		return Payment{}, err
	}
	if !strings.HasPrefix(text, idFormat) { // the first object (EMVCo MPM 3.4)
		return bad(idFormat, ErrLayout)
	}
	p, err := top.payment()
	if err != nil {
		return Payment{}, err
	}
	return p, p.check()
}

// payment reads the top level.
func (f fields) payment() (p Payment, err error) {
	for _, fixed := range []object{{idFormat, format}, {idCurrency, dong}, {idCountry, vietnam}} {
		if _, err := f.need(fixed.id, fixed.value); err != nil {
			return p, err
		}
	}
	for _, id := range []string{idTip, idConvenience, idConvenPct} {
		if _, asks := f.values[id]; asks {
			return p, f.fault(id, ErrUnsupported)
		}
	}
	initiation, err := f.need(idInitiation, "")
	switch {
	case err != nil:
		return p, err
	case initiation != static && initiation != dynamic:
		return p, f.fault(idInitiation, ErrUnsupported)
	}
	p.Reusable = initiation == static
	if err := f.amount(&p); err != nil {
		return p, err
	}
	account, err := f.need(idAccount, "")
	if err != nil {
		return p, err
	}
	if err := p.readAccount(account); err != nil {
		return p, err
	}
	p.Name, p.City = f.values[idName], f.values[idCity]
	additional, err := split(idAdditional, f.values[idAdditional])
	if err != nil {
		return p, err
	}
	p.Bill, p.Terminal, p.Purpose = additional.values[idBill], additional.values[idTerminal], additional.values[idPurpose]
	return p, nil
}

// amount reads whole đồng: no sign, no point, no zero in front.
func (f fields) amount(p *Payment) error {
	text, there := f.values[idAmount]
	if !there {
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !digits(text) || text[0] == '0' || n > MaxAmount {
		return f.fault(idAmount, ErrAmount)
	}
	p.Amount = n
	return nil
}

// readAccount reads field 38: whose switch, which service, which account.
func (p *Payment) readAccount(s string) error {
	outer, err := split(idAccount, s)
	if err != nil {
		return err
	}
	if _, err := outer.need("00", napas); err != nil {
		return err
	}
	beneficiary, err := outer.need("01", "")
	if err != nil {
		return err
	}
	inner, err := split(idAccount+".01", beneficiary)
	if err != nil {
		return err
	}
	if p.Bank, err = inner.need("00", ""); err != nil {
		return err
	}
	number, err := inner.need("01", "")
	if err != nil {
		return err
	}
	service, err := outer.need("02", "")
	switch {
	case err != nil:
		return err
	case service == toAccount:
		p.Account = number
	case service == toCard:
		p.Card = number
	default:
		return outer.fault("02", ErrUnsupported)
	}
	return nil
}
