package say

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"motcua/queue/catalogue"
)

// Counts says how much a new catalogue changes, in one line.
func (w Words) Counts(added, removed, changed int) string {
	return w.get("catalogue.diff.counts", "added", strconv.Itoa(added), "removed", strconv.Itoa(removed), "changed", strconv.Itoa(changed))
}

// Changes says what became different in one procedure, a line each.
func (w Words) Changes(c catalogue.Changed) []string {
	var lines []string
	for _, change := range c.Changes {
		lines = append(lines, w.change(&c.Old, &c.New, change)...)
	}
	return lines
}

func (w Words) change(old, next *catalogue.Procedure, c catalogue.Change) []string {
	head := w.Field(c.Field)
	if c.Channel != "" {
		head += " (" + w.Channel(c.Channel) + ")"
	}
	switch c.Field {
	case catalogue.FieldPapers:
		return w.lists(head, each(old.Papers, w.paper), each(next.Papers, w.paper))
	case catalogue.FieldSteps:
		return w.lists(head, each(old.Steps, w.step), each(next.Steps, w.step))
	case catalogue.FieldResult:
		return w.lists(head, w.results(old), w.results(next))
	}
	return []string{w.get("catalogue.diff.value", "field", head, "old", w.none(w.value(old, c)), "new", w.none(w.value(next, c)))}
}

// value says a single-valued field.
func (w Words) value(p *catalogue.Procedure, c catalogue.Change) string {
	switch c.Field {
	case catalogue.FieldName:
		if p.NameEN != "" {
			return p.Name + " / " + p.NameEN
		}
		return p.Name
	case catalogue.FieldDomain:
		return p.Domain
	case catalogue.FieldLevel:
		return p.Level
	case catalogue.FieldService:
		return p.Service
	case catalogue.FieldDecision:
		return p.Decision
	}
	var list []string
	switch rows := p.By(c.Channel); {
	case c.Channel == "" && c.Field == catalogue.FieldTime:
		return w.Time(p.Time)
	case c.Channel == "":
		return w.Fee(p.Fee)
	case c.Field == catalogue.FieldTime:
		for _, r := range rows {
			s := w.Time(r.Time)
			if r.Time == (catalogue.Duration{}) && r.TimeText != "" {
				s += " “" + r.TimeText + "”"
			}
			list = append(list, s)
		}
	default:
		for _, r := range rows {
			list = append(list, w.Fee(r.Fee))
		}
	}
	return strings.Join(list, " | ")
}

// lists says what came to a list and what left it; only its order when that is
// all that changed.
func (w Words) lists(head string, old, next []string) []string {
	var lines []string
	for _, s := range minus(next, old) {
		lines = append(lines, w.get("catalogue.diff.more", "field", head, "value", s))
	}
	for _, s := range minus(old, next) {
		lines = append(lines, w.get("catalogue.diff.less", "field", head, "value", s))
	}
	if lines == nil {
		lines = append(lines, w.get("catalogue.diff.order", "field", head))
	}
	return lines
}

func (w Words) results(p *catalogue.Procedure) []string {
	if len(p.Results) == 0 && p.Result != "" {
		return []string{p.Result}
	}
	return each(p.Results, w.result)
}

func each[T any](list []T, say func(T) string) []string {
	var lines []string
	for _, x := range list {
		lines = append(lines, say(x))
	}
	return lines
}

// minus is what list a has and b has not, repetitions counted.
func minus(a, b []string) []string {
	left := map[string]int{}
	for _, s := range b {
		left[s]++
	}
	var rest []string
	for _, s := range a {
		if left[s]--; left[s] < 0 {
			rest = append(rest, s)
		}
	}
	return rest
}

// WriteDifference writes a whole difference for a person to read before it
// takes effect.
func (w Words) WriteDifference(out io.Writer, d catalogue.Difference) error {
	var b strings.Builder
	b.WriteString(w.Counts(len(d.Added), len(d.Removed), len(d.Changed)) + "\n")
	list := func(key string, procedures []catalogue.Procedure) {
		if len(procedures) > 0 {
			b.WriteString("\n" + w.get(key) + "\n")
		}
		for _, p := range procedures {
			fmt.Fprintf(&b, "  %s  %s\n", p.Code, p.Name)
		}
	}
	list("catalogue.diff.added", d.Added)
	list("catalogue.diff.removed", d.Removed)
	if len(d.Changed) > 0 {
		b.WriteString("\n" + w.get("catalogue.diff.changed") + "\n")
	}
	for _, c := range d.Changed {
		fmt.Fprintf(&b, "  %s  %s\n", c.New.Code, c.New.Name)
		for _, line := range w.Changes(c) {
			fmt.Fprintf(&b, "      %s\n", line)
		}
	}
	if _, err := io.WriteString(out, b.String()); err != nil {
		return fmt.Errorf("write what changes: %w", err)
	}
	return nil
}
