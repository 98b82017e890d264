// Package say puts a catalogue into words, in Vietnamese and English: times,
// fees and papers, what is left open, what a new catalogue changes. The words
// are texts of assets/i18n. The package is PURE.
package say

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"motcua/assets/i18n"
	"motcua/queue/catalogue"
	"motcua/queue/money"
	"motcua/queue/refusal"
	"motcua/queue/worktime"
)

// Words speaks one language.
type Words struct {
	Texts *i18n.Texts
	Lang  string
}

func (w Words) get(key string, args ...string) string { return w.Texts.Get(w.Lang, key, args...) }

// Time says a statutory time with everything that moves a deadline.
func (w Words) Time(d catalogue.Duration) string {
	n := strconv.Itoa(d.N)
	var s string
	switch d.Unit {
	case worktime.SameDay:
		if d.CutOff > 0 {
			at := time.Time{}.Add(time.Duration(d.CutOff) * time.Minute).Format("15:04")
			return w.get("catalogue.time.same-day-cut-off", "time", at)
		}
		return w.get("catalogue.time.same-day")
	case worktime.Hours:
		return w.get("catalogue.time.hour", "n", n)
	case worktime.Workdays:
		s = w.get("catalogue.time.workday", "n", n)
	case worktime.Days:
		s = w.get("catalogue.time.day", "n", n)
	case worktime.Months:
		s = w.get("catalogue.time.month", "n", n)
	default:
		return w.get("catalogue.undecided")
	}
	if d.Model == worktime.ByHour {
		s = w.get("catalogue.time.by-hour", "time", s)
	}
	return s
}

// Fee says an amount, what lowers it, and the note, which stays as the source
// wrote it.
func (w Words) Fee(f catalogue.Fee) string {
	var parts []string
	amount := money.Digits(f.Amount)
	switch {
	case f.Open && f.Local:
		parts = append(parts, w.get("catalogue.fee.council"))
	case f.Open:
		parts = append(parts, w.get("catalogue.undecided"))
	case f.Amount == 0:
		parts = append(parts, w.get("catalogue.fee.free"))
	case f.Per != "":
		parts = append(parts, w.get("catalogue.fee.per", "amount", amount, "per", f.Per))
	default:
		parts = append(parts, w.get("catalogue.fee.amount", "amount", amount))
	}
	if f.Until != "" {
		parts = append(parts, w.get("catalogue.fee.until", "date", w.date(f.Until)))
	}
	for _, r := range f.Reductions {
		s := w.get("catalogue.fee.reduced", "percent", strconv.Itoa(r.Percent), "from", w.date(r.From), "to", w.date(r.To))
		if r.Channel != "" {
			s += " (" + w.Channel(r.Channel) + ")"
		}
		parts = append(parts, s)
	}
	if f.Note != "" {
		parts = append(parts, "“"+f.Note+"”")
	}
	return strings.Join(parts, "; ")
}

// date is a stored date as it is read in both languages; "…" for no bound.
func (w Words) date(s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return "…"
	}
	return t.Format("02/01/2006")
}

// Channel names a way of handing in.
func (w Words) Channel(kind string) string {
	switch kind {
	case catalogue.ChannelCounter:
		return w.get("catalogue.channel.counter")
	case catalogue.ChannelOnline:
		return w.get("catalogue.channel.online")
	case catalogue.ChannelPost:
		return w.get("catalogue.channel.post")
	}
	return kind
}

// Field names a part of a procedure.
func (w Words) Field(field string) string { return w.get("catalogue.field." + field) }

// Open says a point that is left open, and the source's words for it.
func (w Words) Open(o catalogue.Open) string {
	s := w.Field(o.Field) + ": " + w.get("catalogue.open."+o.Why)
	if o.Text != "" {
		s += " “" + o.Text + "”"
	}
	return s
}

// Refusal says a refusal.
func (w Words) Refusal(r *refusal.Refusal) string {
	var args []string
	for name, value := range r.Args {
		args = append(args, name, value)
	}
	return w.get("refusal."+r.Code, args...)
}

// paper says a paper in one line.
func (w Words) paper(p catalogue.Paper) string {
	s := w.get("catalogue.paper", "name", p.Name, "originals", strconv.Itoa(p.Original), "copies", strconv.Itoa(p.Copies))
	if p.Required {
		s += ", " + w.get("catalogue.paper.required")
	}
	for _, more := range []string{p.Note, p.Group} {
		if more != "" {
			s += " – " + more
		}
	}
	return s
}

func (w Words) step(s catalogue.Step) string {
	line := s.Name
	if s.Unit != "" {
		line += " – " + s.Unit
	}
	if s.Hours > 0 {
		line += " – " + w.get("catalogue.time.hour", "n", strconv.Itoa(s.Hours))
	}
	return line
}

func (w Words) result(r catalogue.Result) string { return strings.TrimSpace(r.Name + " " + r.Code) }

// none stands for an empty value, so that "from … to …" always reads.
func (w Words) none(s string) string { return cmp.Or(s, w.get("catalogue.none")) }
