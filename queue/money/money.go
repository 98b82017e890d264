// Package money writes and reads amounts in đồng: in digits, as people type
// them, and in words for receipts, Vietnamese and English.
//
// An amount is an int64 of đồng, never negative and at most Max; there is
// nothing smaller in use. What is to be paid is the matter of queue/fee. The
// package is PURE.
package money

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Max bounds every amount: a thousand billion đồng, more than any fee or day's
// takings, and small enough that sums of a million of them do not overflow.
const Max = 1_000_000_000_000

// ErrAmount: the text is not an amount between 0 and Max.
var ErrAmount = errors.New("not an amount in đồng")

// Digits writes an amount with a dot between thousands, as Vietnamese read it:
// "150.000". One below 0 keeps its sign: it is a fault to be seen.
func Digits(amount int64) string {
	s := strconv.FormatInt(amount, 10)
	first := 1
	if amount < 0 {
		first = 2
	}
	for i := len(s) - 3; i >= first; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// Format writes an amount with its unit, which stays on the amount's line:
// "150.000 đ" with a no-break space.
func Format(amount int64) string { return Digits(amount) + "\u00a0đ" }

// units are what may follow the digits, lower case, longest first.
var units = []struct {
	name  string
	times int64
}{
	{"triệu đồng", 1_000_000},
	{"nghìn đồng", 1000},
	{"ngàn đồng", 1000},
	{"triệu", 1_000_000},
	{"nghìn", 1000},
	{"ngàn", 1000},
	{"đồng", 1},
	{"vnđ", 1},
	{"vnd", 1},
	{"tr", 1_000_000},
	{"k", 1000},
	{"đ", 1},
	{"d", 1},
}

// Parse reads what a person typed: "150000", "150.000", "150,000 đ", "150 000
// đồng", "150k", "2 triệu". Dots, commas and spaces may stand between groups
// of three digits only, all of one kind: "1.50", "15.00" and "1.000,00" are
// not read, for nobody knows what was meant. The error wraps ErrAmount.
func Parse(text string) (int64, error) {
	bad := func() (int64, error) { return 0, fmt.Errorf("%.30q: %w", text, ErrAmount) }
	if len(text) > 60 {
		return bad()
	}
	s := strings.ToLower(strings.Join(strings.Fields(text), " "))
	times := int64(1)
	for _, u := range units {
		if rest, ok := strings.CutSuffix(s, u.name); ok {
			s, times = strings.TrimRight(rest, " "), u.times
			break
		}
	}
	for _, separator := range []string{".", ",", " "} {
		if groups := strings.Split(s, separator); len(groups) > 1 {
			if !inThousands(groups) {
				return bad()
			}
			s = strings.Join(groups, "")
			break
		}
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return bad()
		}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n > Max/times {
		return bad()
	}
	return n * times, nil
}

// inThousands reports whether groups are one to three digits and then threes.
func inThousands(groups []string) bool {
	for i, g := range groups {
		if len(g) > 3 || i == 0 && g == "" || i > 0 && len(g) != 3 {
			return false
		}
	}
	return true
}
