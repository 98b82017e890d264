package money

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words chooses between two ways that are both right. The zero value is the
// north's and the official one.
type Words struct {
	// South says "ngàn" and "lẻ" where the north says "nghìn" and "linh".
	South bool
}

var vietnamese = [10]string{"không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"}

// Vietnamese writes an amount in words as a receipt wants it (số tiền bằng
// chữ): "Một trăm năm mươi nghìn đồng". Below 0 it is "".
//
// The rules are of the primary school's mathematics: mươi above ten, mốt, tư
// and lăm after mươi, lăm after mười, "không trăm" and "linh" where a group
// after the first has no hundreds or tens, and nothing for an empty group.
func (w Words) Vietnamese(amount int64) string {
	if amount < 0 {
		return ""
	}
	return capital(strings.Join(w.number(amount), " ") + " đồng")
}

// number is the words of n; beyond a billion the count of billions is read as
// a number of its own: "một nghìn tỷ".
func (w Words) number(n int64) []string {
	const billion = 1_000_000_000
	if n == 0 {
		return vietnamese[:1]
	}
	var words []string
	if n >= billion {
		words = append(w.number(n/billion), "tỷ")
	}
	for _, g := range []struct {
		value int64
		name  string
	}{{n % billion / 1_000_000, "triệu"}, {n % 1_000_000 / 1000, w.thousand()}, {n % 1000, ""}} {
		if g.value == 0 {
			continue
		}
		words = append(words, w.group(int(g.value), len(words) > 0)...)
		if g.name != "" {
			words = append(words, g.name)
		}
	}
	return words
}

// group reads 1 to 999; inside is after another group.
func (w Words) group(n int, inside bool) []string {
	hundreds, tens, ones := n/100, n/10%10, n%10
	var words []string
	if hundreds > 0 || inside {
		words = append(words, vietnamese[hundreds], "trăm")
	}
	switch {
	case tens == 1:
		words = append(words, "mười")
	case tens > 1:
		words = append(words, vietnamese[tens], "mươi")
	case ones > 0 && len(words) > 0:
		words = append(words, w.zeroTens())
	}
	switch {
	case ones == 0:
	case ones == 1 && tens > 1:
		words = append(words, "mốt")
	case ones == 4 && tens > 1:
		words = append(words, "tư")
	case ones == 5 && tens > 0:
		words = append(words, "lăm")
	default:
		words = append(words, vietnamese[ones])
	}
	return words
}

func (w Words) thousand() string {
	if w.South {
		return "ngàn"
	}
	return "nghìn"
}

func (w Words) zeroTens() string {
	if w.South {
		return "lẻ"
	}
	return "linh"
}

var (
	english = [20]string{
		"zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
		"fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
	}
	englishTens = [10]string{"", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"}
)

// English writes an amount in words: "One hundred and fifty thousand dong".
// Below 0 it is "".
func English(amount int64) string {
	if amount < 0 {
		return ""
	}
	var words []string
	rest := amount
	for _, g := range []struct {
		size int64
		name string
	}{{1_000_000_000_000_000_000, "quintillion"}, {1_000_000_000_000_000, "quadrillion"}, {1_000_000_000_000, "trillion"}, {1_000_000_000, "billion"}, {1_000_000, "million"}, {1000, "thousand"}} {
		if n := rest / g.size; n > 0 {
			words = append(words, englishGroup(int(n)), g.name)
			rest %= g.size
		}
	}
	switch {
	case amount == 0:
		words = append(words, english[0])
	case rest > 0 && rest < 100 && len(words) > 0:
		words = append(words, "and", englishGroup(int(rest)))
	case rest > 0:
		words = append(words, englishGroup(int(rest)))
	}
	return capital(strings.Join(words, " ") + " dong")
}

// englishGroup reads 1 to 999.
func englishGroup(n int) string {
	var words []string
	if n >= 100 {
		words = append(words, english[n/100], "hundred")
		if n %= 100; n == 0 {
			return strings.Join(words, " ")
		}
		words = append(words, "and")
	}
	switch {
	case n < 20:
		words = append(words, english[n])
	case n%10 == 0:
		words = append(words, englishTens[n/10])
	default:
		words = append(words, englishTens[n/10]+"-"+english[n%10])
	}
	return strings.Join(words, " ")
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
