package central

import (
	"strconv"
	"strings"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
)

// words writes texts, numbers and times in one language.
type words struct {
	texts *i18n.Texts
	Lang  string
}

func (w words) text(key string, args ...string) string { return w.texts.Get(w.Lang, key, args...) }

// number groups thousands: 12.345 in Vietnamese, 12,345 in English.
func (w words) number(n int) string {
	s := strconv.Itoa(max(n, -n))
	sep := "."
	if w.Lang == "en" {
		sep = ","
	}
	var b strings.Builder
	for i, r := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString(sep)
		}
		b.WriteRune(r)
	}
	if n < 0 {
		return "−" + b.String()
	}
	return b.String()
}

// percent has one decimal, cut and not rounded: 98,96 % is not 99 %.
func (w words) percent(share float64) string {
	tenths := int(share*1000 + 1e-9)
	whole, rest := w.number(tenths/10), tenths%10
	if w.Lang == "en" {
		if rest == 0 {
			return whole + "%"
		}
		return whole + "." + strconv.Itoa(rest) + "%"
	}
	if rest == 0 {
		return whole + "\u00a0%"
	}
	return whole + "," + strconv.Itoa(rest) + "\u00a0%"
}

// when is the clock time on the day of now, with the date on other days.
func (w words) when(t, now time.Time) string {
	t, now = t.In(vietnam), now.In(vietnam)
	if t.IsZero() {
		return w.text("central.nothing")
	}
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format("15:04")
	}
	return t.Format("15:04 02/01/2006")
}

// name is the office's name, or its id before it has told us one.
func (w words) name(o OfficeLine) string {
	if o.Name == (queue.Text{}) {
		return o.ID
	}
	return o.Name.In(w.Lang)
}

func (w words) minutes(m *int) string {
	if m == nil {
		return w.text("central.nothing")
	}
	return w.number(*m) + "\u00a0" + w.text("central.minutes")
}
