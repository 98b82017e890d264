package audit

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
)

// Sentence says in words what the call was and whom the rule would have
// called, with the rule's reason.
func (c Call) Sentence(t *i18n.Texts, lang string) string {
	key := "audit.call.unexplained"
	if c.Reason != "" {
		key = "audit.call.chosen"
	}
	s := t.Get(lang, key, "at", clock(c.At), "counter", c.Counter, "officer", c.Officer,
		"ticket", c.Ticket.Label(), "reason", clean(c.Reason), "seq", strconv.FormatUint(c.Seq, 10))
	if c.Instead == "" {
		return s + " " + t.Get(lang, "audit.call.nobody")
	}
	s += " " + t.Get(lang, "audit.call.instead", "ticket", c.Instead.Label(), "n", strconv.Itoa(c.Passed))
	if key := c.Because.Key(); t.Has(lang, key) {
		s += " " + t.Get(lang, key, c.Because.Args(c.config, lang)...)
	}
	return s
}

// Sentence says in words what is wrong.
func (x Fault) Sentence(t *i18n.Texts, lang string) string {
	return t.Get(lang, "audit.fault."+string(x.Code), "at", clock(x.At), "seq", strconv.FormatUint(x.Seq, 10),
		"ticket", x.Ticket.Label(), "other", x.Other.Label(), "counter", x.Counter, "day", date(x.Day))
}

// WriteText writes the whole audit for a person: the verdict first, then what
// it rests on, then every call that an officer chose.
func (r Report) WriteText(w io.Writer, t *i18n.Texts, lang string) error {
	var b strings.Builder
	line := func(indent, s string) { fmt.Fprintf(&b, "%s%s\n", indent, clean(s)) }
	num := strconv.Itoa
	line("", t.Get(lang, "audit.title"))
	line("", r.Name.In(lang)+", "+r.Parent.In(lang))
	line("", t.Get(lang, "audit.period", "from", date(r.From), "to", date(r.To), "days", num(r.Days), "records", num(r.Records)))
	verdict := "audit.clean"
	if !r.Clean() {
		verdict = "audit.unclean"
	}
	b.WriteString("\n")
	line("", t.Get(lang, verdict, "unexplained", num(r.Unexplained), "faults", num(r.Faults)))
	b.WriteString("\n")
	line("  ", t.Get(lang, "audit.calls", "n", num(r.Calls), "tickets", num(r.Tickets)))
	line("  ", t.Get(lang, "audit.calls.rule", "n", num(r.ByRule)))
	line("  ", t.Get(lang, "audit.calls.resumed", "n", num(r.Resumed)))
	line("  ", t.Get(lang, "audit.calls.chosen", "n", num(r.Chosen)))
	if r.ByHand > 0 {
		line("  ", t.Get(lang, "audit.calls.by-hand", "n", num(r.ByHand)))
	}
	if r.Elsewhere > 0 {
		line("  ", t.Get(lang, "audit.calls.elsewhere", "n", num(r.Elsewhere)))
	}
	line("  ", t.Get(lang, "audit.calls.unexplained", "n", num(r.Unexplained)))
	if r.Longest.By == "" {
		line("  ", t.Get(lang, "audit.pass.none"))
	} else {
		line("  ", t.Get(lang, "audit.pass", "ticket", r.Longest.Ticket.Label(), "by", r.Longest.By.Label(),
			"minutes", minutes(r.Longest.Seconds), "bound", minutes(r.Bound)))
	}
	part := func(key string, sentences []string, all int) {
		if all == 0 {
			return
		}
		b.WriteString("\n")
		line("", t.Get(lang, key))
		for _, s := range sentences {
			line("  * ", s)
		}
		if more := all - len(sentences); more > 0 {
			line("  * ", t.Get(lang, "audit.more", "n", num(more)))
		}
	}
	part("audit.list.unexplained", each(r.UnexplainedCalls, t, lang), r.Unexplained)
	part("audit.list.faults", each(r.FaultList, t, lang), r.Faults)
	part("audit.list.anomalies", each(r.AnomalyList, t, lang), r.Anomalies)
	part("audit.list.chosen", each(r.ChosenCalls, t, lang), r.Chosen)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write audit: %w", err)
	}
	return nil
}

// Sentence says what two places did.
func (a Anomaly) Sentence(t *i18n.Texts, lang string) string {
	return t.Get(lang, a.Key(), a.Args()...) + " (" + strconv.FormatUint(a.Seq, 10) + ")"
}

func each[S interface {
	Sentence(t *i18n.Texts, lang string) string
}](list []S, t *i18n.Texts, lang string) []string {
	var all []string
	for _, x := range list {
		all = append(all, x.Sentence(t, lang))
	}
	return all
}

func clock(at time.Time) string { return queue.Local(at).Format("02/01 15:04:05") }

// date writes a day as people here do.
func date(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("02/01/2006")
}

// minutes writes seconds as minutes and seconds: 14:59.
func minutes(seconds int) string { return fmt.Sprintf("%d:%02d", seconds/60, seconds%60) }

// clean takes control and direction marks out of what goes to a terminal;
// reasons and names are other people's words.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, s)
}
