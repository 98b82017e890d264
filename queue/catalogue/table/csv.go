package table

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"motcua/queue/refusal"
)

// bom tells Excel that the file is UTF-8.
const bom = "\ufeff"

// formulas are the first letters that a spreadsheet may take for a formula; a
// quote before them says text, as spreadsheets write it themselves.
const formulas = "=+-@"

// WriteCSV writes rows as Excel opens them with a double click.
func WriteCSV(w io.Writer, rows [][]string) error {
	var b bytes.Buffer
	b.WriteString(bom)
	out := csv.NewWriter(&b)
	out.UseCRLF = true
	for _, row := range rows {
		safe := make([]string, len(row))
		for i, cell := range row {
			if cell != "" && strings.ContainsRune(formulas, rune(cell[0])) {
				cell = "'" + cell
			}
			safe[i] = cell
		}
		if err := out.Write(safe); err != nil {
			return fmt.Errorf("write table: %w", err)
		}
	}
	out.Flush()
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// ReadCSV reads the rows of a CSV, separated by commas or, as a Vietnamese
// Excel saves it, by semicolons.
func ReadCSV(raw []byte) ([][]string, error) {
	if len(raw) > MaxSize {
		return nil, refusal.New("import-too-large")
	}
	raw = bytes.TrimPrefix(raw, []byte(bom))
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	in := csv.NewReader(bytes.NewReader(raw))
	if bytes.Count(head, []byte(";")) > bytes.Count(head, []byte(",")) {
		in.Comma = ';'
	}
	in.FieldsPerRecord = -1
	var rows [][]string
	for {
		row, err := in.Read()
		switch {
		case err == io.EOF:
			return rows, nil
		case err != nil:
			return nil, refusal.New("import-not-table")
		case len(rows) > MaxRows:
			return nil, refusal.New("import-too-many", "limit", fmt.Sprint(MaxRows))
		}
		for i, cell := range row {
			if len(cell) > 1 && cell[0] == '\'' && strings.ContainsRune(formulas, rune(cell[1])) {
				row[i] = cell[1:]
			}
		}
		rows = append(rows, row)
	}
}
