// Package xlsx writes statistics as an Excel workbook: one sheet a table,
// heads in Vietnamese and English, real numbers with formats, so that leaders
// can sort and sum. Names are written as text cells, never as formulas.
package xlsx

import (
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/stats"
)

// Formats of the figures. Durations are days in Excel; [h] keeps counting
// beyond 24.
const (
	formatDuration = "[h]:mm:ss"
	formatPercent  = "0.0%"
	secondsPerDay  = 24 * 60 * 60
)

// book is a workbook being written, with the styles it uses.
type book struct {
	f                       *excelize.File
	head, title, name, wrap int
	cells                   map[stats.Kind]int
}

// Write writes the report's sheets and, at the end, what the figures mean.
func Write(w io.Writer, r stats.Report, t *i18n.Texts) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("close workbook: %w", closed)
		}
	}()
	b := &book{f: f}
	if err := b.styles(); err != nil {
		return fmt.Errorf("prepare workbook: %w", err)
	}
	for i, s := range r.Sheets(t) {
		if i == 0 {
			err = f.SetSheetName(f.GetSheetName(0), s.Name.VI)
		} else {
			_, err = f.NewSheet(s.Name.VI)
		}
		if err == nil {
			err = b.sheet(r, t, s)
		}
		if err != nil {
			return fmt.Errorf("write sheet %q: %w", s.Name.VI, err)
		}
	}
	if err := b.notes(r, t); err != nil {
		return fmt.Errorf("write notes: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

func (b *book) styles() error {
	var err error
	style := func(s excelize.Style) int {
		if err != nil {
			return 0
		}
		var id int
		id, err = b.f.NewStyle(&s)
		return id
	}
	format := func(s string) *string { return &s }
	b.title = style(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}})
	b.name = style(excelize.Style{Font: &excelize.Font{Bold: true}})
	b.wrap = style(excelize.Style{Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	b.head = style(excelize.Style{
		Font:      &excelize.Font{Bold: true},
		Fill:      excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDE7F0"}},
		Alignment: &excelize.Alignment{WrapText: true, Vertical: "center", Horizontal: "center"},
		Border:    []excelize.Border{{Type: "bottom", Style: 1, Color: "000000"}},
	})
	b.cells = map[stats.Kind]int{
		stats.Words:    style(excelize.Style{CustomNumFmt: format("@")}),
		stats.Count:    style(excelize.Style{CustomNumFmt: format("#,##0")}),
		stats.Duration: style(excelize.Style{CustomNumFmt: format(formatDuration)}),
		stats.Percent:  style(excelize.Style{CustomNumFmt: format(formatPercent)}),
	}
	return err
}

// tableRow is where a sheet's heads stand, below title, office and period.
const tableRow = 5

func (b *book) sheet(r stats.Report, t *i18n.Texts, s stats.Sheet) error {
	name := s.Name.VI
	p := page{f: b.f, name: name}
	p.text(1, 1, s.Name.VI+" / "+s.Name.EN, b.title)
	p.text(1, 2, stats.Clean(r.Name.VI)+", "+stats.Clean(r.Parent.VI), 0)
	p.text(1, 3, t.Get("vi", "stats.period")+": "+r.Period(t).VI, 0)
	if s.ID == "total" {
		return b.list(&p, s)
	}
	for i, c := range s.Columns {
		p.text(i+1, tableRow, c.Head.VI+"\n"+c.Head.EN, b.head)
		p.width(i+1, width(s, i))
	}
	for k, row := range s.Rows {
		for i, cell := range row {
			p.cell(i+1, tableRow+1+k, s.Columns[i].Kind, cell, b.cells[s.Columns[i].Kind])
		}
	}
	p.do(func() error { return b.f.SetRowHeight(name, tableRow, 48) })
	p.do(func() error {
		return b.f.SetPanes(name, &excelize.Panes{
			Freeze: true, XSplit: 1, YSplit: tableRow, TopLeftCell: "B6", ActivePane: "bottomRight",
		})
	})
	p.do(func() error {
		landscape, a4, one, any := "landscape", 9, 1, 0
		err := b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Orientation: &landscape, Size: &a4, FitToWidth: &one, FitToHeight: &any})
		if err != nil {
			return err
		}
		fit := true
		return b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit})
	})
	return p.err
}

// list writes a sheet's only row as one figure a line: both names, the value.
func (b *book) list(p *page, s stats.Sheet) error {
	p.width(1, 36)
	p.width(2, 32)
	p.width(3, 14)
	for i, c := range s.Columns[1:] {
		row := tableRow + i
		p.text(1, row, c.Head.VI, b.name)
		p.text(2, row, c.Head.EN, 0)
		p.cell(3, row, c.Kind, s.Rows[0][i+1], b.cells[c.Kind])
	}
	return p.err
}

// width is a column's width in letters: as wide as its names, or the longest
// word that a wrapped head needs.
func width(s stats.Sheet, column int) float64 {
	if s.Columns[column].Kind != stats.Words {
		return 14
	}
	widest := 12
	for _, row := range s.Rows {
		widest = max(widest, utf8.RuneCountInString(stats.Clean(row[column].Text)))
	}
	return float64(min(widest, 50) + 2)
}

// notes is the last sheet: every definition in both languages.
func (b *book) notes(r stats.Report, t *i18n.Texts) error {
	name := queue.Text{VI: t.Get("vi", "stats.sheet.notes"), EN: t.Get("en", "stats.sheet.notes")}
	if _, err := b.f.NewSheet(name.VI); err != nil {
		return err
	}
	p := page{f: b.f, name: name.VI}
	p.text(1, 1, name.VI+" / "+name.EN, b.title)
	p.width(1, 70)
	p.width(2, 70)
	for i, n := range r.Notes(t) {
		p.text(1, 3+i, n.VI, b.wrap)
		p.text(2, 3+i, n.EN, b.wrap)
	}
	return p.err
}

// page writes cells of one sheet and keeps the first error.
type page struct {
	f    *excelize.File
	name string
	err  error
}

func (p *page) do(fn func() error) {
	if p.err == nil {
		p.err = fn()
	}
}

// set writes a value at a place, counted from 1.
func (p *page) set(column, row, style int, write func(at string) error) {
	p.do(func() error {
		at, err := excelize.CoordinatesToCellName(column, row)
		if err != nil {
			return err
		}
		if err := write(at); err != nil {
			return err
		}
		return p.f.SetCellStyle(p.name, at, at, style)
	})
}

func (p *page) text(column, row int, s string, style int) {
	p.set(column, row, style, func(at string) error { return p.f.SetCellStr(p.name, at, s) })
}

func (p *page) width(column int, letters float64) {
	p.do(func() error {
		at, err := excelize.ColumnNumberToName(column)
		if err != nil {
			return err
		}
		return p.f.SetColWidth(p.name, at, at, letters)
	})
}

func (p *page) cell(column, row int, k stats.Kind, c stats.Cell, style int) {
	if k == stats.Words {
		p.text(column, row, stats.Clean(c.Text), style)
		return
	}
	p.set(column, row, style, func(at string) error {
		switch {
		case c.Empty:
			return nil
		case k == stats.Duration:
			return p.f.SetCellFloat(p.name, at, c.Number/secondsPerDay, -1, 64)
		case k == stats.Percent:
			return p.f.SetCellFloat(p.name, at, c.Number, -1, 64)
		}
		return p.f.SetCellInt(p.name, at, int64(c.Number))
	})
}
