package stats

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode"

	"motcua/assets/i18n"
	"motcua/queue"
)

// bom makes spreadsheets read the file as UTF-8.
const bom = "\ufeff"

// maxCell bounds a name in a table, in runes.
const maxCell = 200

// WriteCSV writes all sheets as one table with one head line (RFC 4180, UTF-8
// with byte order mark): which table, the row's key, its name, then every
// figure as a whole number (seconds, percent), which no locale reads as a date.
// The notes follow as rows of the table "notes". Cells are made Safe.
func (r Report) WriteCSV(w io.Writer, t *i18n.Texts) error {
	if _, err := io.WriteString(w, bom); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	sheets := r.Sheets(t)
	head := []string{heading(both(t, "stats.col.table")), heading(both(t, "stats.col.key")), heading(both(t, "stats.col.name"))}
	units := map[Kind]queue.Text{Duration: both(t, "stats.unit.seconds"), Percent: both(t, "stats.unit.percent")}
	for _, c := range sheets[0].Columns[1:] {
		h := c.Head
		if u, ok := units[c.Kind]; ok {
			h = queue.Text{VI: h.VI + ", " + u.VI, EN: h.EN + ", " + u.EN}
		}
		head = append(head, heading(h))
	}
	rows := [][]string{head}
	for _, s := range sheets {
		for i, cells := range s.Rows {
			row := []string{s.ID, Safe(s.Keys[i]), Safe(cells[0].Text)}
			for k, c := range cells[1:] {
				row = append(row, plain(s.Columns[k+1].Kind, c))
			}
			rows = append(rows, row)
		}
	}
	period := r.Period(t)
	for _, n := range append([]queue.Text{r.Name, r.Parent, period}, r.Notes(t)...) {
		row := make([]string, len(head))
		row[0], row[1], row[2] = "notes", Safe(n.EN), Safe(n.VI)
		rows = append(rows, row)
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write statistics: %w", err)
	}
	return nil
}

// heading is a column's name in both languages.
func heading(h queue.Text) string {
	if h.VI == h.EN {
		return h.VI
	}
	return h.VI + " / " + h.EN
}

func plain(k Kind, c Cell) string {
	if c.Empty {
		return ""
	}
	if k == Percent {
		return strconv.Itoa(int(math.Round(c.Number * 100)))
	}
	return strconv.Itoa(int(c.Number))
}

// Safe makes text that came from outside harmless in a spreadsheet: no cell
// begins a formula (= + - @, also in their full-width forms, tab, carriage
// return), none holds control or direction marks, none is longer than 200
// letters. A cell that would begin one gets an apostrophe before it, which
// spreadsheets take for "this is text" (OWASP, CSV injection).
func Safe(s string) string {
	formula := strings.HasPrefix(s, "\t") || strings.HasPrefix(s, "\r") || strings.HasPrefix(s, "\n")
	s = Clean(s)
	if formula || s != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}

// Clean takes out control and direction marks and bounds the length; it is
// enough where a cell cannot become a formula.
func Clean(s string) string {
	var b strings.Builder
	n := 0
	for _, r := range strings.ToValidUTF8(s, "") {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufeff' || unicode.Is(unicode.Noncharacter_Code_Point, r) {
			continue
		}
		if n == maxCell {
			return b.String() + "…"
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
