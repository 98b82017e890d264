// Package xlsx reads and writes the catalogue's table as an Excel workbook
// (Excelize). What is read comes from anybody's hand: its size is bounded
// packed and unpacked, and formulas are refused.
package xlsx

import (
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"motcua/queue/catalogue/table"
	"motcua/queue/refusal"
)

const (
	sheet = "Danh mục"
	// maxUnpacked bounds what a workbook unpacks to, in bytes.
	maxUnpacked = 64 << 20
)

// Write writes rows as text cells: a code keeps its zeros, and nothing becomes
// a formula.
func Write(w io.Writer, rows [][]string) (err error) {
	f := excelize.NewFile()
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("close workbook: %w", closed)
		}
	}()
	if err := f.SetSheetName(f.GetSheetName(0), sheet); err != nil {
		return fmt.Errorf("name the sheet: %w", err)
	}
	head, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}})
	if err != nil {
		return fmt.Errorf("prepare workbook: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "top"}}) // 49 is text
	if err != nil {
		return fmt.Errorf("prepare workbook: %w", err)
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return fmt.Errorf("prepare workbook: %w", err)
	}
	columns := 1
	if len(rows) > 0 {
		columns = max(1, len(rows[0]))
	}
	if err := layOut(out, columns, text); err != nil {
		return fmt.Errorf("prepare workbook: %w", err)
	}
	for i, row := range rows {
		style := text
		if i == 0 {
			style = head
		}
		cells := make([]any, len(row))
		for n, cell := range row {
			cells[n] = excelize.Cell{StyleID: style, Value: cell}
		}
		at, err := excelize.CoordinatesToCellName(1, i+1)
		if err == nil {
			err = out.SetRow(at, cells)
		}
		if err != nil {
			return fmt.Errorf("write row %d: %w", i+1, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write sheet: %w", err)
	}
	if err := f.Write(w); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return nil
}

// layOut makes empty cells text too, and keeps header and code in sight.
func layOut(out *excelize.StreamWriter, columns, text int) error {
	if err := out.SetColStyle(1, columns, text); err != nil {
		return err
	}
	if err := out.SetColWidth(1, columns, 24); err != nil {
		return err
	}
	return out.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
}

// Read reads the rows of a workbook's first sheet. The error is a
// *refusal.Refusal.
func Read(raw []byte) (rows [][]string, err error) {
	if len(raw) > table.MaxSize {
		return nil, refusal.New("import-too-large")
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: maxUnpacked, UnzipXMLSizeLimit: maxUnpacked,
	})
	if err != nil {
		return nil, refusal.New("import-not-table")
	}
	defer func() {
		if closed := f.Close(); err == nil && closed != nil {
			err = fmt.Errorf("close workbook: %w", closed)
		}
	}()
	name := f.GetSheetName(0)
	in, err := f.Rows(name)
	if err != nil {
		return nil, refusal.New("import-not-table")
	}
	for in.Next() {
		if len(rows) > table.MaxRows {
			return nil, refusal.New("import-too-many", "limit", fmt.Sprint(table.MaxRows))
		}
		row, err := in.Columns()
		if err != nil {
			return nil, refusal.New("import-not-table")
		}
		rows = append(rows, row)
	}
	if in.Error() != nil || in.Close() != nil {
		return nil, refusal.New("import-not-table")
	}
	return rows, formulas(f, name, rows)
}

// formulas refuses a sheet with a formula: what it shows may be anything.
func formulas(f *excelize.File, name string, rows [][]string) error {
	for i, row := range rows {
		for n := range row {
			at, err := excelize.CoordinatesToCellName(n+1, i+1)
			if err != nil {
				return refusal.New("import-not-table")
			}
			formula, err := f.GetCellFormula(name, at)
			if err != nil {
				return refusal.New("import-not-table")
			}
			if formula != "" {
				return refusal.New("import-formula", "cell", at)
			}
		}
	}
	return nil
}
