package idcard

import (
	"fmt"
	"log/slog"
	"strings"
)

// Sex as printed on the card.
type Sex string

// The card knows two values; the empty one means it could not be read.
const (
	Male   Sex = "male"   // Nam
	Female Sex = "female" // Nữ
)

// Date is a date of birth. Month and Day are 0 when the card does not state
// them: people registered without papers have a bare year.
type Date struct {
	Year  int `json:"year"`
	Month int `json:"month,omitempty"`
	Day   int `json:"day,omitempty"`
}

// Complete reports whether day, month and year are all known.
func (d Date) Complete() bool { return d.Year > 0 && d.Month > 0 && d.Day > 0 }

// String is the date as it is written in Vietnam, as far as it is known:
// "01/02/1998", "02/1998", "1998", or nothing.
func (d Date) String() string {
	switch {
	case d.Year == 0:
		return ""
	case d.Month == 0:
		return fmt.Sprintf("%04d", d.Year)
	case d.Day == 0:
		return fmt.Sprintf("%02d/%04d", d.Month, d.Year)
	}
	return fmt.Sprintf("%02d/%02d/%04d", d.Day, d.Month, d.Year)
}

// Card is what an office may know from a citizen card.
type Card struct {
	Number string // 12 digits
	// Name is empty when the scan damaged it beyond repair (NameDamaged):
	// somebody has to type it from the card.
	Name    string
	Birth   Date
	Sex     Sex
	Address string
	// Repairs lists what differs from the scanned text, for the officer's eye.
	Repairs []Repair
	// Warnings lists contradictions; none of them makes the card false.
	Warnings []Warning
}

// String is the masked number and nothing else.
func (c Card) String() string { return Mask(c.Number) }

// LogValue keeps personal data out of structured logs.
func (c Card) LogValue() slog.Value { return slog.StringValue(Mask(c.Number)) }

// Has reports whether the card carries a warning.
func (c Card) Has(w Warning) bool {
	for _, x := range c.Warnings {
		if x == w {
			return true
		}
	}
	return false
}

// Mask hides the middle of a personal number for screens and logs:
// "079*****1234". Anything that is not 12 digits is hidden altogether.
func Mask(number string) string {
	if !ValidNumber(number) {
		return strings.Repeat("*", min(len(number), 12))
	}
	return number[:3] + "*****" + number[8:]
}

// Warning is a contradiction or a gap in a card. Each has a text
// "scan.card.<warning>".
type Warning string

// Warnings. The number's structure is that of decree 137/2015/NĐ-CP: province
// of registration, century and sex, year of birth, serial; no check digit.
const (
	ProvinceUnknown  Warning = "province-unknown"  // not one of the 63 codes: registered abroad, or misread
	SexMismatch      Warning = "sex-mismatch"      // number and field disagree
	SexUnreadable    Warning = "sex-unreadable"    // neither Nam nor Nữ
	CenturyMismatch  Warning = "century-mismatch"  // number and birth date disagree
	YearMismatch     Warning = "year-mismatch"     // number and birth date disagree
	BirthPartial     Warning = "birth-partial"     // day or month not stated
	BirthUnreadable  Warning = "birth-unreadable"  // not a date
	NameDamaged      Warning = "name-damaged"      // digits or rubbish in the name: left out
	AddressDamaged   Warning = "address-damaged"   // rubbish in the address: kept, to be checked
	PayloadShortened Warning = "payload-shortened" // the end of the text is missing
)
