// Package table writes procedures as the rows of a table that people fill in,
// one row a procedure, and reads such rows over a catalogue: a cell that says
// something else than the record decides it, an empty cell leaves it as it is.
// The same table is CSV and a workbook. The package is PURE.
package table

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"motcua/queue/catalogue"
	"motcua/queue/refusal"
)

// Bounds of a table read from outside.
const (
	MaxSize = 32 << 20 // bytes of the file
	MaxRows = 20_000
	maxCell = 64 << 10 // bytes
)

// Clear in a cell empties the field.
const Clear = "-"

// column is one column: its key, its head for people, and how its cell is
// written from a procedure and read into one. read gets what is not empty.
type column struct {
	key, head string
	write     func(p *catalogue.Procedure) string
	read      func(p *catalogue.Procedure, cell string) bool
	field     string // the Field… that a changed cell decides
}

// Head is what stands above a column: words for people and, in parentheses,
// the key that a reader goes by.
func (c column) Head() string { return c.head + " (" + c.key + ")" }

// Header is the first row of every table.
func Header() []string {
	var row []string
	for _, c := range columns() {
		row = append(row, c.Head())
	}
	return row
}

// Rows writes a header and one row a procedure.
func Rows(procedures []catalogue.Procedure) [][]string {
	rows := [][]string{Header()}
	cols := columns()
	for i := range procedures {
		row := make([]string, len(cols))
		for n, c := range cols {
			row[n] = c.write(&procedures[i])
		}
		rows = append(rows, row)
	}
	return rows
}

// Options is what a table may leave out.
type Options struct {
	From   string // the first local date of validity, "2006-01-02"
	Source string // where the table was taken from
}

// Fault is a row that was not read; its procedure stays what it was.
type Fault struct {
	Row int // as a spreadsheet counts, the header being 1
	Why *refusal.Refusal
}

// Apply reads rows over a base, by code, and returns the procedures of both,
// the codes of the rows that were read, and the faults. A fault of the header refuses the
// table.
func Apply(rows [][]string, base []catalogue.Procedure, o Options) (all []catalogue.Procedure, read []string, faults []Fault) {
	all = slices.Clone(base)
	if len(rows) == 0 {
		return all, nil, []Fault{{Row: 1, Why: refusal.New("import-header", "column", "code")}}
	}
	if len(rows) > MaxRows {
		return all, nil, []Fault{{Row: MaxRows, Why: refusal.New("import-too-many", "limit", strconv.Itoa(MaxRows))}}
	}
	cols, why := header(rows[0])
	if why != nil {
		return all, nil, []Fault{{Row: 1, Why: why}}
	}
	at := map[string]int{} // the newest version of each code
	for i, p := range all {
		if n, known := at[p.Code]; !known || all[n].From < p.From {
			at[p.Code] = i
		}
	}
	seen := map[string]int{}
	for n, row := range rows[1:] {
		if blank(row) {
			continue
		}
		p, why := apply(cols, row, n+2, all, at, seen, o)
		if why != nil {
			faults = append(faults, Fault{Row: n + 2, Why: why})
			continue
		}
		read = append(read, p.Code)
		seen[p.Code] = n + 2
		if i, known := at[p.Code]; known {
			all[i] = p
		} else {
			at[p.Code] = len(all)
			all = append(all, p)
		}
	}
	return all, read, faults
}

// apply reads one row over the record of its code, or over an empty one.
func apply(cols []*column, row []string, n int, all []catalogue.Procedure, at, seen map[string]int, o Options) (catalogue.Procedure, *refusal.Refusal) {
	var p catalogue.Procedure
	code := ""
	for i, c := range cols {
		if c != nil && c.key == "code" && i < len(row) {
			code = codeOf(row[i])
		}
	}
	if code == "" {
		return p, refusal.New("import-no-code", "value", clip(strings.Join(row, " ")))
	}
	if first, twice := seen[code]; twice {
		return p, refusal.New("import-twice", "code", code, "where", strconv.Itoa(first))
	}
	if i, known := at[code]; known {
		p = all[i]
	} else {
		p = catalogue.Procedure{Code: code, From: o.From, Source: o.Source}
		p.Open = []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyNothing}, {Field: catalogue.FieldFee, Why: catalogue.WhyNothing}}
		p.Fee.Open = true
	}
	before := p
	for i, c := range cols {
		if c == nil || i >= len(row) || c.read == nil {
			continue
		}
		cell := tidy(row[i])
		if cell == "" || cell == tidy(c.write(&before)) {
			continue
		}
		if strings.HasPrefix(cell, "=") {
			return p, refusal.New("import-formula", "cell", c.key+" "+strconv.Itoa(n))
		}
		if len(cell) > maxCell || !c.read(&p, cell) {
			return p, refusal.New("import-cell", "row", strconv.Itoa(n), "column", c.key, "value", clip(cell))
		}
		if c.field != "" {
			p.Decide(c.field)
		}
	}
	if p.Service == "" && p.Decided(catalogue.FieldService) && !slices.ContainsFunc(p.Open, func(x catalogue.Open) bool { return x.Field == catalogue.FieldService }) {
		p.Open = append(slices.Clone(p.Open), catalogue.Open{Field: catalogue.FieldService, Why: catalogue.WhyUnmapped, Text: p.Domain, Advisory: true})
	}
	if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); len(faults) > 0 {
		return p, refusal.New("import-faulty", "fault", faults[0].Error())
	}
	return p, nil
}

// header finds the columns of a table, in any order. A column that the
// template does not have is refused: it would be lost without a word.
func header(row []string) ([]*column, *refusal.Refusal) {
	known := map[string]*column{}
	for _, c := range columns() {
		known[c.key] = &c
	}
	names := maps.Clone(known)
	for _, c := range known {
		names[catalogue.Fold(c.head)], names[catalogue.Fold(c.Head())] = c, c
	}
	found := make([]*column, len(row))
	code := false
	for i, cell := range row {
		cell = tidy(strings.TrimPrefix(cell, "\ufeff"))
		if cell == "" {
			continue
		}
		c, ok := names[catalogue.Fold(cell)]
		if !ok {
			return nil, refusal.New("import-column", "column", clip(cell))
		}
		if slices.Contains(found, c) {
			return nil, refusal.New("import-column", "column", clip(cell))
		}
		found[i] = c
		code = code || c.key == "code"
	}
	if !code {
		return nil, refusal.New("import-header", "column", "code")
	}
	return found, nil
}

func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}
