package stats

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"motcua/assets/i18n"
	"motcua/queue"
)

// WriteText writes the report for a terminal or a mail: every figure of the
// total, the main figures of the rest, and what they mean. Durations are
// hours, minutes and seconds.
func (r Report) WriteText(w io.Writer, t *i18n.Texts, lang string) error {
	var b strings.Builder
	in := func(x queue.Text) string { return Clean(x.In(lang)) }
	fmt.Fprintf(&b, "%s\n%s: %s, %s\n%s: %s\n", t.Get(lang, "stats.title"), t.Get(lang, "stats.office"),
		in(r.Name), in(r.Parent), t.Get(lang, "stats.period"), in(r.Period(t)))
	for i, s := range r.Sheets(t) {
		if len(s.Rows) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n%s\n", strings.ToUpper(in(s.Name)))
		if i == 0 {
			writeList(&b, s, lang)
		} else {
			writeTable(&b, s, lang)
		}
	}
	b.WriteString("\n")
	for _, n := range r.Notes(t) {
		fmt.Fprintf(&b, "* %s\n", in(n))
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}

// writeList writes a sheet's only row as one figure a line.
func writeList(b *strings.Builder, s Sheet, lang string) {
	width := 0
	for _, c := range s.Columns[1:] {
		width = max(width, utf8.RuneCountInString(c.Head.In(lang)))
	}
	for i, c := range s.Columns[1:] {
		fmt.Fprintf(b, "  %s  %9s\n", pad(c.Head.In(lang), width), Written(c.Kind, s.Rows[0][i+1]))
	}
}

// writeTable writes the brief columns that say anything, each as wide as it
// must be.
func writeTable(b *strings.Builder, s Sheet, lang string) {
	var lines [][]string
	add := func(of func(i int) string) {
		var line []string
		for i, c := range s.Columns {
			silent := !slices.ContainsFunc(s.Rows, func(row []Cell) bool { return !row[i].Empty })
			if c.Brief && !silent {
				line = append(line, of(i))
			}
		}
		lines = append(lines, line)
	}
	add(func(i int) string { return s.Columns[i].Head.In(lang) })
	for _, row := range s.Rows {
		add(func(i int) string { return Written(s.Columns[i].Kind, row[i]) })
	}
	width := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	for _, line := range lines {
		b.WriteString("  " + pad(line[0], width[0]))
		for i, cell := range line[1:] {
			b.WriteString("  " + strings.Repeat(" ", width[i+1]-utf8.RuneCountInString(cell)) + cell)
		}
		b.WriteString("\n")
	}
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(s)))
}

// Written is a cell as people read it: 12, 0:04:30, 93.3 %; "–" when Empty.
func Written(k Kind, c Cell) string {
	switch {
	case k == Words:
		return Clean(c.Text)
	case c.Empty:
		return "–"
	case k == Percent:
		return strconv.FormatFloat(math.Round(c.Number*1000)/10, 'f', 1, 64) + " %"
	case k == Duration:
		n := int(c.Number)
		return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
	}
	return strconv.Itoa(int(c.Number))
}
