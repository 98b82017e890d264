package table_test

import (
	"bytes"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/catalogue"
	"motcua/queue/catalogue/table"
	"motcua/queue/refusal"
)

var options = table.Options{From: "2026-12-01", Source: "bảng.csv"}

func full() catalogue.Procedure {
	fee := catalogue.Fee{Amount: 8000, Per: "bản", Kind: catalogue.FeeKindFee, Note: "ghi chú", Local: true, Until: "2026-12-31"}
	online := fee // a channel's fee has the counter's words
	online.Amount = 4000
	return catalogue.Procedure{
		Code: "1.001193", Name: "Đăng ký khai sinh", NameEN: "Birth registration", Domain: "Hộ tịch", Service: "ho-tich", Level: "Cấp xã",
		Decision: "163/QĐ-BTP", From: "2026-07-01", To: "2027-06-30", Source: "s",
		Time: catalogue.Duration{Unit: "same-day", Model: "day", CutOff: 900},
		Fee:  fee,
		Channels: []catalogue.Channel{
			{Kind: catalogue.ChannelOnline, Time: catalogue.Duration{N: 2, Unit: "workday", Model: "day"}, Fee: online},
		},
		Papers: []catalogue.Paper{
			{Name: "Tờ khai", Original: 1, Required: true, Note: "theo mẫu"}, {Name: "Bản sao", Copies: 2},
		},
		Steps:   []catalogue.Step{{Name: "Thẩm tra", Unit: "Tư pháp", Hours: 4}, {Name: "Trả kết quả"}},
		Results: []catalogue.Result{{Name: "Giấy khai sinh", Code: "KQ.G15.000031"}},
		Result:  "Giấy khai sinh",
		Legal:   []string{"60/2014/QH13", "123/2015/NĐ-CP"},
	}
}

// A table written and read again is the same catalogue, and over what it was
// written from it changes nothing at all.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	open := full()
	open.Code, open.Time, open.Service = "1.000002", catalogue.Duration{}, ""
	open.Fee = catalogue.Fee{Open: true, Note: "HĐND"}
	open.Open = []catalogue.Open{
		{Field: catalogue.FieldTime, Why: catalogue.WhyNoUnit, Text: "3"},
		{Field: catalogue.FieldFee, Why: catalogue.WhyCouncil},
		{Field: catalogue.FieldService, Why: catalogue.WhyUnmapped, Advisory: true},
	}
	list := []catalogue.Procedure{full(), open}
	var b bytes.Buffer
	if err := table.WriteCSV(&b, table.Rows(list)); err != nil {
		t.Fatal(err)
	}
	rows, err := table.ReadCSV(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	got, read, faults := table.Apply(rows, nil, options)
	if faults != nil || len(read) != 2 {
		t.Fatalf("read %v, faults %+v", read, faults)
	}
	if diff := cmp.Diff(list[:1], got[:1]); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	if got[1].Decided(catalogue.FieldTime) || got[1].Decided(catalogue.FieldFee) || !got[1].Fee.Open {
		t.Errorf("what was open is decided: %+v", got[1])
	}
	over, _, faults := table.Apply(rows, list, options)
	if diff := cmp.Diff(list, over); diff != "" || faults != nil {
		t.Errorf("over itself, faults %+v (-want +got):\n%s", faults, diff)
	}
}

// A filled cell decides, an empty one leaves the record as it is.
func TestDecides(t *testing.T) {
	t.Parallel()
	p := full()
	p.Time, p.Fee = catalogue.Duration{}, catalogue.Fee{Open: true, Note: "Mức do HĐND"}
	p.Open = []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyNoUnit}, {Field: catalogue.FieldFee, Why: catalogue.WhyCouncil}}
	got, read, faults := table.Apply([][]string{
		{"Mã thủ tục (code)", "time", "Phí, lệ phí trực tiếp (đồng)", "Cách tính: ngày hoặc giờ (model)", "post_time", "name_en"},
		{"1.001193", "3 ngày làm việc", "50.000", "giờ", "5 Ngày", "-"},
		{"", " ", "", "", "", ""},
	}, []catalogue.Procedure{p}, options)
	if faults != nil || !slices.Equal(read, []string{"1.001193"}) {
		t.Fatalf("read %v, faults %+v", read, faults)
	}
	want := p
	want.Time = catalogue.Duration{N: 3, Unit: "workday", Model: "hour"}
	want.Fee = catalogue.Fee{Amount: 50_000, Note: "Mức do HĐND"}
	want.NameEN, want.Open = "", nil
	want.Channels = append(slices.Clone(p.Channels), catalogue.Channel{
		Kind: catalogue.ChannelPost, Time: catalogue.Duration{N: 5, Unit: "day", Model: "day"}, Fee: want.Fee,
	})
	if diff := cmp.Diff([]catalogue.Procedure{want}, got); diff != "" {
		t.Errorf("decided (-want +got):\n%s", diff)
	}
	if len(p.Open) != 2 || len(p.Channels) != 1 {
		t.Errorf("the base was written over: %+v", p)
	}
}

// What a spreadsheet makes of codes, dates and times is understood.
func TestSpreadsheetCells(t *testing.T) {
	t.Parallel()
	got, _, faults := table.Apply([][]string{
		{"code", "name", "from", "to", "time", "cut_off", "fee"},
		{"1.00001", "A", "46204", "31/12/2026", "Trong ngày", "0.625", "8000"},
		{"1.0011930000000001", "B", "2026-07-01", "", "3 Tháng", "", "Miễn phí"},
		{"2.000815.000.00.00.H26", "C", "", "", "", "", ""},
	}, nil, options)
	if faults != nil {
		t.Fatalf("faults %+v", faults)
	}
	type row struct {
		Code, From, To, Time string
		CutOff               int
		Decided              bool
	}
	var rows []row
	for _, p := range got {
		rows = append(rows, row{p.Code, p.From, p.To, catalogue.FormatTime(p.Time), p.Time.CutOff, p.Decided(catalogue.FieldTime) && p.Decided(catalogue.FieldFee)})
	}
	want := []row{
		{"1.000010", "2026-07-01", "2026-12-31", "Trong ngày", 900, true},
		{"1.001193", "2026-07-01", "", "3 Tháng", 0, true},
		{"2.000815", "2026-12-01", "", "", 0, false},
	}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	head := []string{"code", "name", "time", "fee", "from", "papers", "cut_off"}
	for name, c := range map[string]struct {
		rows [][]string
		code string
		row  int
	}{
		"nothing":             {nil, "import-header", 1},
		"no code column":      {[][]string{{"name"}}, "import-header", 1},
		"an unknown column":   {[][]string{{"code", "giá"}}, "import-column", 1},
		"a column twice":      {[][]string{{"code", "name", "Tên thủ tục"}}, "import-column", 1},
		"no code":             {[][]string{head, {"", "A"}}, "import-no-code", 2},
		"a strange code":      {[][]string{head, {"khai sinh", "A"}}, "import-no-code", 2},
		"a code twice":        {[][]string{head, {"1.000001", "A"}, {"1.000001", "B"}}, "import-twice", 3},
		"a formula":           {[][]string{head, {"1.000001", "=1+1"}}, "import-formula", 2},
		"a bare number":       {[][]string{head, {"1.000001", "A", "3"}}, "import-cell", 2},
		"a negative fee":      {[][]string{head, {"1.000001", "A", "", "-5000"}}, "import-cell", 2},
		"a fee in words":      {[][]string{head, {"1.000001", "A", "", "tùy"}}, "import-cell", 2},
		"no such day":         {[][]string{head, {"1.000001", "A", "", "", "31/02/2026"}}, "import-cell", 2},
		"no such count":       {[][]string{head, {"1.000001", "A", "", "", "", "Tờ khai | nhiều"}}, "import-cell", 2},
		"a faulty count":      {[][]string{head, {"1.000001", "A", "", "", "", "Tờ khai | -1"}}, "import-faulty", 2},
		"a paper twice":       {[][]string{head, {"1.000001", "A", "", "", "", "X\nX"}}, "import-faulty", 2},
		"no name":             {[][]string{head, {"1.000001"}}, "import-faulty", 2},
		"a cut-off for days":  {[][]string{head, {"1.000001", "A", "3 Ngày", "", "", "", "15:00"}}, "import-cell", 2},
		"a huge cell":         {[][]string{head, {"1.000001", strings.Repeat("x", 100_000)}}, "import-cell", 2},
		"more rows than any":  {make([][]string, table.MaxRows+1), "import-too-many", table.MaxRows},
		"an early To":         {[][]string{{"code", "name", "to"}, {"1.000001", "A", "2020-01-01"}}, "import-faulty", 2},
		"a code with letters": {[][]string{head, {"1.00119E3", "A"}}, "import-no-code", 2},
	} {
		base := []catalogue.Procedure{full()}
		all, _, faults := table.Apply(c.rows, base, options)
		if len(faults) != 1 || !errors.Is(faults[0].Why, refusal.New(c.code)) || faults[0].Row != c.row {
			t.Errorf("%s: got %+v, want %s in row %d", name, faults, c.code, c.row)
		}
		if len(all) == 0 || !cmp.Equal(all[0], full()) {
			t.Errorf("%s: the base changed", name)
		}
	}
}

func TestReadCSV(t *testing.T) {
	t.Parallel()
	rows, err := table.ReadCSV([]byte("\ufeffcode;name;fee\r\n1.000001;\"a;b\";'-5\r\n"))
	if diff := cmp.Diff([][]string{{"code", "name", "fee"}, {"1.000001", "a;b", "-5"}}, rows); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for name, raw := range map[string]string{
		"an open quote": "code,name\n1.000001,\"x", "huge": strings.Repeat("x", table.MaxSize+1), "many": strings.Repeat("1\n", table.MaxRows+10),
	} {
		if _, err := table.ReadCSV([]byte(raw)); err == nil {
			t.Errorf("%s was read", name)
		} else if _, ok := refusal.Of(err); !ok {
			t.Errorf("%s: %v is no refusal", name, err)
		}
	}
}

// No cell that leaves may be taken for a formula.
func TestWriteCSVWritesNoFormula(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		cell := rapid.StringMatching(`[=+@-]?[a-z0-9"'; ]{0,5}`).Draw(r, "cell")
		var b bytes.Buffer
		if err := table.WriteCSV(&b, [][]string{{"x", "y", cell}}); err != nil {
			r.Fatal(err)
		}
		if written := strings.Trim(strings.TrimSuffix(strings.TrimPrefix(b.String(), "\ufeffx,y,"), "\r\n"), `"`); written != "" && strings.ContainsRune("=+@-", rune(written[0])) {
			r.Errorf("%q leaves as %q", cell, written)
		}
		rows, err := table.ReadCSV(b.Bytes())
		if err != nil || len(rows) != 1 || rows[0][2] != cell {
			if !strings.HasPrefix(cell, "'") {
				r.Errorf("%q was read as %q, %v", cell, rows, err)
			}
		}
	})
}

func FuzzApply(f *testing.F) {
	f.Add([]byte("code,name,time,fee,papers\n1.000001,A,3 Ngày,8000,Tờ khai | 1 | 0 | bắt buộc\n"))
	f.Add([]byte("code;from;cut_off;online_time;online_fee\n1.001193;46204;0.5;2 Giờ;20k\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		rows, err := table.ReadCSV(raw)
		if err != nil {
			return
		}
		all, _, _ := table.Apply(rows, []catalogue.Procedure{full()}, options)
		if faults := catalogue.New("1", all).Check(); faults != nil {
			t.Error(errors.Join(faults...))
		}
	})
}

// The document for local IT names every column.
func TestTheDocumentNamesEveryColumn(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../../docs/danh-muc.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range table.Header() {
		key := strings.TrimSuffix(head[strings.LastIndexByte(head, '(')+1:], ")")
		if !bytes.Contains(doc, []byte("`"+key+"`")) {
			t.Errorf("docs/danh-muc.md does not name the column %q", key)
		}
	}
}
