package ereceipt

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// lastNumber is the largest number of seven digits.
const lastNumber = 9_999_999

// Range is what a Book may number: a pattern, a serial, and the numbers from
// First to Last.
type Range struct {
	Pattern string `json:"pattern"`
	Serial  string `json:"serial"`
	First   int    `json:"first"`
	Last    int    `json:"last"`
}

var (
	patternShape = regexp.MustCompile(`^0[0-9]BL[PT][0-9]-[0-9]{3}$`)
	serialShape  = regexp.MustCompile(`^[A-Z]{2}-[0-9]{2}[A-Z]$`)
)

// Entry is one line of a Book: a request, its number and how it stands.
type Entry struct {
	Request Request `json:"request"`
	Receipt Receipt `json:"receipt"`
	Reason  string  `json:"reason,omitempty"` // of a cancellation
}

// Book is a Provider in memory that numbers in the order of issue: for
// demonstrations and tests. What it gives out is no legal receipt. Its entries
// make it again, number for number. It is not for use by two goroutines at
// once.
type Book struct {
	numbers Range
	entries []Entry
	at      map[Key]int
}

var _ Provider = (*Book)(nil)

// NewBook opens a range with what was issued from it before.
func NewBook(numbers Range, before []Entry) (*Book, error) {
	if !patternShape.MatchString(numbers.Pattern) || !serialShape.MatchString(numbers.Serial) ||
		numbers.First < 1 || numbers.Last > lastNumber || numbers.Last < numbers.First {
		return nil, fmt.Errorf("receipt range %.20q %.20q %d–%d is none", numbers.Pattern, numbers.Serial, numbers.First, numbers.Last)
	}
	b := &Book{numbers: numbers, at: map[Key]int{}}
	for _, e := range before {
		r, err := b.Issue(e.Request)
		want := e.Receipt
		want.State = Issued
		if err != nil || r != want {
			return nil, errors.Join(fmt.Errorf("receipt book: entry %d does not follow from those before", len(b.entries)), err)
		}
		if e.Receipt.State == Cancelled {
			if _, err := b.Cancel(e.Request.Key, e.Reason); err != nil {
				return nil, fmt.Errorf("receipt book: entry %d: %w", len(b.entries), err)
			}
		}
	}
	return b, nil
}

// Issue gives the next number, or the key's own.
func (b *Book) Issue(r Request) (Receipt, error) {
	if err := r.Check(); err != nil {
		return Receipt{}, err
	}
	if i, ok := b.at[r.Key]; ok {
		e := b.entries[i]
		switch {
		case e.Receipt.State == Cancelled:
			return e.Receipt, ErrCancelled
		case !e.Request.same(r):
			return e.Receipt, ErrDifferent
		}
		return e.Receipt, nil
	}
	number := b.numbers.First + len(b.entries)
	if number > b.numbers.Last {
		return Receipt{}, ErrExhausted
	}
	receipt := Receipt{Key: r.Key, Pattern: b.numbers.Pattern, Serial: b.numbers.Serial, Number: fmt.Sprintf("%07d", number), State: Issued}
	b.at[r.Key] = len(b.entries)
	b.entries = append(b.entries, Entry{Request: r, Receipt: receipt})
	return receipt, nil
}

// Status looks a key up.
func (b *Book) Status(key Key) (Receipt, error) {
	i, ok := b.at[key]
	if !ok {
		return Receipt{}, ErrUnknown
	}
	return b.entries[i].Receipt, nil
}

// Cancel voids a receipt; the first reason stands.
func (b *Book) Cancel(key Key, reason string) (Receipt, error) {
	i, ok := b.at[key]
	switch {
	case !ok:
		return Receipt{}, ErrUnknown
	case strings.TrimSpace(reason) == "" || !readable(reason):
		return b.entries[i].Receipt, fmt.Errorf("the reason is missing, too long or not text: %w", ErrRequest)
	case b.entries[i].Receipt.State == Issued:
		b.entries[i].Receipt.State, b.entries[i].Reason = Cancelled, reason
	}
	return b.entries[i].Receipt, nil
}

// Entries lists everything issued, in order.
func (b *Book) Entries() []Entry { return append([]Entry(nil), b.entries...) }
