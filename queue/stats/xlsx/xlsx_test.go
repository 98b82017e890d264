package xlsx_test

import (
	"bytes"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/replay/replaytest"
	"motcua/queue/stats"
	"motcua/queue/stats/xlsx"
)

// written makes a workbook of a day with one ticket that waited 90 s, and
// reads it back.
func written(t *testing.T, edit func(*queue.Config)) (stats.Report, *excelize.File) {
	t.Helper()
	o := replaytest.New(t, edit)
	by := o.Sit("1", "cb01")
	o.Issue("ho-tich", "")
	o.Wait(90 * time.Second)
	o.Call(by)
	o.Serve(by, 14*time.Hour)
	f := stats.New(stats.Options{})
	for _, r := range o.Records {
		f.Add(r)
	}
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := xlsx.Write(&b, f.Report(), texts); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := book.Close(); err != nil {
			t.Error(err)
		}
	})
	return f.Report(), book
}

// at finds the cell of a figure by its Vietnamese name: beside it in the
// summary, in the first row below it elsewhere.
func at(t *testing.T, book *excelize.File, sheet, head string) string {
	t.Helper()
	rows, err := book.GetRows(sheet)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if sheet == "Tổng hợp" && len(row) > 0 && row[0] == head {
			return "C" + strconv.Itoa(i+1)
		}
	}
	for i, cell := range rows[4] {
		if strings.HasPrefix(cell, head+"\n") {
			name, err := excelize.CoordinatesToCellName(i+1, 6)
			if err != nil {
				t.Fatal(err)
			}
			return name
		}
	}
	t.Fatalf("sheet %s has no column %q: %q", sheet, head, rows[4])
	return ""
}

func TestWorkbookReadsBack(t *testing.T) {
	_, book := written(t, nil)
	want := []string{"Tổng hợp", "Theo giờ lấy số", "Theo dịch vụ", "Theo đối tượng", "Theo quầy", "Theo cán bộ", "Ghi chú"}
	if got := book.GetSheetList(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Fatalf("sheets %q", got)
	}
	for _, c := range []struct {
		sheet, head, shown string
		raw                float64
	}{
		{"Tổng hợp", "Số đã lấy", "1", 1},
		{"Tổng hợp", "Chờ: trung vị", "0:01:30", 90.0 / 86400},
		{"Theo dịch vụ", "Đạt mục tiêu chờ", "100.0%", 1},
		{"Theo cán bộ", "Tổng thời gian phục vụ", "14:00:00", 14.0 / 24},
	} {
		cell := at(t, book, c.sheet, c.head)
		shown, err := book.GetCellValue(c.sheet, cell)
		if err != nil || shown != c.shown {
			t.Errorf("%s, %s: shown as %q (%v), want %q", c.sheet, c.head, shown, err, c.shown)
		}
		raw, err := book.GetCellValue(c.sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Error(err)
		}
		if f := number(t, raw); math.Abs(f-c.raw) > 1e-9 {
			t.Errorf("%s, %s: holds %v, want %v", c.sheet, c.head, f, c.raw)
		}
	}
	empty, err := book.GetCellValue("Tổng hợp", at(t, book, "Tổng hợp", "Hài lòng"))
	if err != nil || empty != "" {
		t.Errorf("the share of no ratings is %q (%v)", empty, err)
	}
	if w, err := book.GetColWidth("Theo cán bộ", "A"); err != nil || w < 14 {
		t.Errorf("names are %v wide (%v)", w, err)
	}
	note, err := book.GetCellValue("Ghi chú", "A3")
	if err != nil || !strings.HasPrefix(note, "Thời gian chờ: từ lúc lấy số đến lần gọi đầu tiên") {
		t.Errorf("first note %q (%v)", note, err)
	}
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestScenario40_NamesAreNoFormulas(t *testing.T) {
	evil := "=cmd()\x1b@\u202e" + strings.Repeat("ễ", 40_000)
	r, book := written(t, func(c *queue.Config) {
		c.Officers[0].Name, c.Name = evil, queue.Text{VI: evil}
	})
	for _, place := range []struct{ sheet, cell string }{{"Theo cán bộ", "A6"}, {"Tổng hợp", "A2"}} {
		formula, err := book.GetCellFormula(place.sheet, place.cell)
		if err != nil || formula != "" {
			t.Errorf("%v is the formula %q (%v)", place, formula, err)
		}
		text, err := book.GetCellValue(place.sheet, place.cell)
		if err != nil || !strings.HasPrefix(text, "=cmd()@ễ") || len(text) > 2000 {
			t.Errorf("%v holds %d bytes, %.20q (%v)", place, len(text), text, err)
		}
	}
	if r.Officers[0].Name.VI != evil {
		t.Error("the report itself keeps the name")
	}
}
