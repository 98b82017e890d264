package catalogue

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"motcua/queue/money"
	"motcua/queue/worktime"
)

// maxTime bounds a number of units, as worktime does.
const maxTime = 1000

var (
	timeShape = regexp.MustCompile(`(?i)^\s*([0-9]{1,6})\s*(giờ làm việc|giờ|ngày làm việc|ngày|tháng)\s*$`)
	timesIn   = regexp.MustCompile(`(?i)([0-9]{1,6})\s*(?:\([^()]{1,20}\)\s*)?(giờ làm việc|giờ|ngày làm việc|ngày|tháng)`)
	amountsIn = regexp.MustCompile(`([0-9]{1,3}(?:[.,][0-9]{3})+|[0-9]{1,13})\s*(?:Việt Nam Đồng|đồng|vnđ|vnd|đ|VNĐ|VND|Đồng|Đ)`)
)

// ParseTime reads a time with its unit: "5 Ngày làm việc", "08 giờ", "15
// ngày", "2 tháng". It counts by day, hours by hour. A bare number is not
// read: the law counts days and working days differently.
func ParseTime(s string) (d Duration, ok bool) {
	m := timeShape.FindStringSubmatch(s)
	if m == nil {
		return Duration{}, false
	}
	return duration(m[1], m[2])
}

func duration(number, unit string) (Duration, bool) {
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxTime {
		return Duration{}, false
	}
	d := Duration{N: n, Model: worktime.ByDay}
	switch strings.ToLower(unit) {
	case "giờ", "giờ làm việc":
		d.Unit, d.Model = worktime.Hours, worktime.ByHour
	case "ngày làm việc":
		d.Unit = worktime.Workdays
	case "ngày":
		d.Unit = worktime.Days
	case "tháng":
		d.Unit = worktime.Months
	}
	return d, true
}

// FormatTime writes a time as ParseTime reads it; "Trong ngày" for a same-day
// one and "" for none.
func FormatTime(d Duration) string {
	switch d.Unit {
	case worktime.Hours:
		return strconv.Itoa(d.N) + " Giờ"
	case worktime.Workdays:
		return strconv.Itoa(d.N) + " Ngày làm việc"
	case worktime.Days:
		return strconv.Itoa(d.N) + " Ngày"
	case worktime.Months:
		return strconv.Itoa(d.N) + " Tháng"
	case worktime.SameDay:
		return "Trong ngày"
	}
	return ""
}

// TimesIn lists the times with a unit that stand in a text. Dates ("ngày 12
// tháng 6") and clock times ("sau 15 giờ") are not times to be kept, and are
// left out as far as their words show.
func TimesIn(text string) []Duration {
	var list []Duration
	for _, m := range timesIn.FindAllStringSubmatchIndex(text, -1) {
		before := strings.ToLower(strings.TrimRight(text[:m[0]], " "))
		if letterAt(text, m[1]) || strings.HasSuffix(before, "ngày") || strings.HasSuffix(before, "sau") || strings.HasSuffix(before, "/") {
			continue
		}
		if d, ok := duration(text[m[2]:m[3]], text[m[4]:m[5]]); ok {
			list = append(list, d)
		}
	}
	return list
}

// AmountsIn lists the amounts in đồng that stand in a text.
func AmountsIn(text string) []int64 {
	var list []int64
	for _, m := range amountsIn.FindAllStringSubmatchIndex(text, -1) {
		if letterAt(text, m[1]) {
			continue // "5 đơn vị"
		}
		if amount, err := money.Parse(text[m[2]:m[3]]); err == nil {
			list = append(list, amount)
		}
	}
	return list
}

func letterAt(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r != utf8.RuneError && unicode.IsLetter(r)
}
