package vietqr

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Bank is one receiving bank as the switch knows it, between two dates.
type Bank struct {
	BIN    string `json:"bin"`   // 6 digits
	Short  string `json:"short"` // as apps show it
	Name   string `json:"name"`  // in Vietnamese
	NameEN string `json:"name_en"`
	// From and To bound when this BIN had this name: local dates "2006-01-02",
	// both included; empty is not known to begin or to end.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
	// Source is where it was read. Verify marks one that must be held against
	// the bank's own papers before money goes there.
	Source string `json:"source"`
	Verify bool   `json:"verify,omitempty"`
}

// Banks are all banks known, read-only.
type Banks struct{ list []Bank }

// NewBanks checks a list: every BIN has six digits, a name, a source, and one
// row a day.
func NewBanks(list []Bank) (*Banks, error) {
	list = slices.Clone(list)
	slices.SortFunc(list, func(a, b Bank) int {
		return cmp.Or(cmp.Compare(a.BIN, b.BIN), cmp.Compare(a.From, b.From))
	})
	var faults []error
	for i, b := range list {
		if len(b.BIN) != 6 || !digits(b.BIN) || b.Short == "" || b.Name == "" || b.NameEN == "" || b.Source == "" {
			faults = append(faults, fmt.Errorf("bank %.20q: its BIN is not six digits, or a name or the source is missing", b.BIN))
		}
		if !isDate(b.From) || !isDate(b.To) || b.To != "" && b.To < b.From {
			faults = append(faults, fmt.Errorf("bank %.20q: %.20q to %.20q is no time", b.BIN, b.From, b.To))
		}
		if i > 0 && list[i-1].BIN == b.BIN && (list[i-1].To == "" || b.From <= list[i-1].To) {
			faults = append(faults, fmt.Errorf("bank %.20q: two rows for %.20q", b.BIN, b.From))
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("banks: %w", errors.Join(faults...))
	}
	return &Banks{list: list}, nil
}

// Find is the bank with a BIN on a local date.
func (b *Banks) Find(bin string, day time.Time) (Bank, bool) {
	date := day.Format(time.DateOnly)
	for _, one := range b.list {
		if one.BIN == bin && one.From <= date && (one.To == "" || date <= one.To) {
			return one, true
		}
	}
	return Bank{}, false
}

// On lists the banks of a local date by short name.
func (b *Banks) On(day time.Time) []Bank {
	date := day.Format(time.DateOnly)
	var list []Bank
	for _, one := range b.list {
		if one.From <= date && (one.To == "" || date <= one.To) {
			list = append(list, one)
		}
	}
	slices.SortStableFunc(list, func(x, y Bank) int { return cmp.Compare(x.Short, y.Short) })
	return list
}

// isDate is for bounds: "" is none.
func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return s == "" || err == nil
}
