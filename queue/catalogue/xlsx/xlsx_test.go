package xlsx_test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"motcua/queue/catalogue"
	"motcua/queue/catalogue/table"
	"motcua/queue/catalogue/xlsx"
	"motcua/queue/refusal"
)

func TestRoundTrip(t *testing.T) {
	t.Parallel()
	rows := [][]string{table.Header(), {"1.000010", "Đăng ký", "=1+1", "hai\ndòng", "0123"}}
	var b bytes.Buffer
	if err := xlsx.Write(&b, rows); err != nil {
		t.Fatal(err)
	}
	got, err := xlsx.Read(b.Bytes())
	if diff := cmp.Diff(rows, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

// A workbook as somebody fills it in: numbers, a date.
func TestReadsWhatExcelMakesOfCells(t *testing.T) {
	t.Parallel()
	raw := workbook(t, func(f *excelize.File) error {
		for cell, v := range map[string]any{"A1": "code", "B1": "name", "C1": "fee", "D1": "from", "A2": 1.00001, "B2": "A", "C2": 20_000, "D2": 46204} {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				return err
			}
		}
		return nil
	})
	rows, err := xlsx.Read(raw)
	if err != nil {
		t.Fatal(err)
	}
	got, _, faults := table.Apply(rows, nil, table.Options{From: "2026-12-01", Source: "x"})
	if faults != nil || len(got) != 1 || got[0].Code != "1.000010" || got[0].Fee.Amount != 20_000 || got[0].From != "2026-07-01" {
		t.Errorf("read %+v, faults %+v", got, faults)
	}
	if got[0].Decided(catalogue.FieldTime) {
		t.Error("a time that nobody wrote is decided")
	}
}

func workbook(t *testing.T, fill func(*excelize.File) error) []byte {
	t.Helper()
	f := excelize.NewFile()
	var b bytes.Buffer
	if err := errors.Join(fill(f), f.Write(&b), f.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileWorkbooks(t *testing.T) {
	t.Parallel()
	formula := workbook(t, func(f *excelize.File) error {
		return errors.Join(f.SetCellValue("Sheet1", "A1", "code"), f.SetCellFormula("Sheet1", "B1", `HYPERLINK("http://x","name")`), f.SetCellValue("Sheet1", "C1", "fee"))
	})
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(w, zeros{}, 65<<20); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		raw  []byte
		code string
	}{
		"a formula":     {formula, "import-formula"},
		"not a zip":     {[]byte("code,name\n"), "import-not-table"},
		"empty":         {nil, "import-not-table"},
		"a bomb":        {bomb.Bytes(), "import-not-table"},
		"cut in half":   {formula[:len(formula)/2], "import-not-table"},
		"huge":          {make([]byte, table.MaxSize+1), "import-too-large"},
		"an empty book": {workbook(t, func(*excelize.File) error { return nil }), ""},
	} {
		_, err := xlsx.Read(c.raw)
		if c.code == "" && err == nil {
			continue
		}
		if !errors.Is(err, refusal.New(c.code)) {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }
