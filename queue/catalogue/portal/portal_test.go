package portal_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"motcua/queue/catalogue"
	"motcua/queue/catalogue/portal"
	"motcua/queue/money"
	"motcua/queue/refusal"
)

const (
	head   = "Hình thức nộpThời gianPhí, lệ phíMô tả"
	papers = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
	order  = "Tiếp nhận hồ sơ; nếu tiếp nhận hồ sơ sau 15 giờ thì có Phiếu hẹn, trả kết quả cho người yêu cầu trong ngày làm việc tiếp theo."
)

// day is when the records below are in force.
var day = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

var options = portal.Options{From: "2026-12-01", Services: map[string]string{"Hộ tịch": "ho-tich"}}

// read reads a record that has the given cells.
func read(t testing.TB, cells map[string]string) catalogue.Procedure {
	t.Helper()
	record := map[string]string{"ma_thu_tuc": "1.000001", "ten_thu_tuc": "Thủ tục thử", "linh_vuc": "Hộ tịch"}
	for k, v := range cells {
		record[k] = v
	}
	raw, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	p, err := portal.Read(raw, options)
	if err != nil {
		t.Fatal(err)
	}
	if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); faults != nil {
		t.Errorf("read a faulty procedure: %v", errors.Join(faults...))
	}
	return p
}

// why lists what is left open, advice with a question mark.
func why(p catalogue.Procedure, field string) string {
	var list []string
	for _, o := range p.Open {
		if o.Field == field && o.Advisory {
			list = append(list, o.Why+"?")
		} else if o.Field == field {
			list = append(list, o.Why)
		}
	}
	return strings.Join(list, " ")
}

func TestTimesAndFees(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cell, order       string
		time, timeOpen    string
		fee               int64
		per, feeOpen      string
		channels, exempts int
	}{
		"three channels": {
			cell: "Trực tuyến5 Ngày làm việcMiễn phíDịch vụ bưu chính7 NgàyMiễn phíTrực tiếp8 GiờMiễn phí", time: "8 Giờ", channels: 3,
		},
		"months": {cell: "Trực tiếp2 ThángMiễn phí", time: "2 Tháng", channels: 1},
		"no counter, all the same": {
			cell: "Trực tuyến2 Giờ200,000 VNĐ", time: "2 Giờ", fee: 200_000, channels: 1,
		},
		"a bare number has no unit":     {cell: "Trực tiếp3Miễn phí", timeOpen: "no-unit", channels: 1},
		"a bare 1 is not one day":       {cell: "Trực tiếp1Miễn phí", timeOpen: "no-unit", channels: 1},
		"a bare 1 and the cut-off":      {cell: "Trực tiếp1Miễn phí", order: order, time: "Trong ngày", timeOpen: "inferred?", channels: 1},
		"a bare 3 in spite of it":       {cell: "Trực tiếp3Miễn phí", order: order, timeOpen: "no-unit", channels: 1},
		"no information":                {cell: "Trực tiếpKhông có thông tinKhông có thông tin", timeOpen: "nothing", feeOpen: "nothing", channels: 1},
		"words instead of a time":       {cell: "Trực tiếpKhông phải trả kết quả cho người nộp thuếMiễn phíTại Trung tâm", timeOpen: "free-text", channels: 1},
		"digits that touch":             {cell: "Trực tiếp120 VNĐ(20.000 vnđ /tờ khai)", timeOpen: "run-together", feeOpen: "run-together", channels: 1},
		"digits that touch, thousands":  {cell: "Trực tuyến120,000 VNĐ", timeOpen: "run-together", feeOpen: "run-together", channels: 1},
		"an amount nobody can pay":      {cell: "Trực tiếp15 Ngày20 VNĐ(20.000 vnđ /tờ khai)", time: "15 Ngày", feeOpen: "implausible", channels: 1},
		"an amount that the note lacks": {cell: "Trực tiếp1 Ngày50,000 VNĐ(0.000đ/giấy; 40.000đ/giấy)", time: "1 Ngày", feeOpen: "contradiction", channels: 1},
		"per": {
			cell: "Trực tiếp2 Ngày làm việc70,000 VNĐ(70.000 đồng/Giấy chứng nhận.)", time: "2 Ngày làm việc", fee: 70_000, per: "Giấy chứng nhận", channels: 1,
		},
		"per alone, tiers beside it": {
			cell: "Trực tiếp1 Ngày2,000 Việt Nam Đồng(/trang)2.000 đồng/trang; từ trang thứ 3 trở lên thu 1.000 đồng/trang",
			time: "1 Ngày", fee: 2_000, per: "trang", feeOpen: "other-amounts?", channels: 1,
		},
		"another currency beside đồng": {
			cell: "Trực tiếp1 Ngày2,000 Việt Nam Đồng(/trang)Trực tiếp1 Ngày10 USD(/bản)", time: "1 Ngày", fee: 2_000, per: "trang", feeOpen: "foreign?", channels: 2,
		},
		"free, and who is exempt": {
			cell: "Trực tiếp5 NgàyMiễn phí((Mức lệ phí cụ thể do Hội đồng nhân dân tỉnh quyết định. Miễn lệ phí cho người khuyết tật.))",
			time: "5 Ngày", feeOpen: "council", channels: 1, exempts: 1,
		},
		"free, nothing said":        {cell: "Trực tiếp5 NgàyMiễn phí(Không quy định.)", time: "5 Ngày", channels: 1},
		"free, and yet an amount":   {cell: "Trực tiếp5 NgàyMiễn phí(từ 20.000 đồng)", time: "5 Ngày", feeOpen: "contradiction", channels: 1},
		"free, by another text":     {cell: "Trực tiếp5 NgàyMiễn phí(Thông tư số 60/2023/TT-BTC)", time: "5 Ngày", feeOpen: "elsewhere", channels: 1},
		"a description that agrees": {cell: "Trực tiếp5 Ngày làm việcMiễn phí05 ngày làm việc kể từ ngày nhận đủ", time: "5 Ngày làm việc", channels: 1},
		"a description that does not": {
			cell: "Trực tiếp7 NgàyMiễn phí07 ngày làm việc, kể từ ngày nhận đủ", timeOpen: "contradiction", channels: 1,
		},
		"a description with other cases": {
			cell: "Trực tiếp16 Ngày làm việcMiễn phí16 ngày làm việc đối với cấp I và 12 ngày làm việc đối với loại khác",
			time: "16 Ngày làm việc", timeOpen: "other-times?", channels: 1,
		},
		"two rows of the counter": {cell: "Trực tiếp30 NgàyMiễn phíTrực tiếp40 NgàyMiễn phí", timeOpen: "several", channels: 2},
		"a description that names a channel": {
			cell: "Trực tiếp5 NgàyMiễn phí+ Trực tiếp: nộp tại xã. + Trực tuyến: qua CổngTrực tuyến7 NgàyMiễn phí", time: "5 Ngày", channels: 2,
		},
		"a parenthesis that never closes": {cell: "Trực tiếp5 Ngày100,000 VNĐ((Phí thẩm tra )Trực tuyến5 Ngày100,000 VNĐ", time: "5 Ngày", fee: 100_000, channels: 2},
		"nothing at all":                  {cell: "Không có thông tin", timeOpen: "nothing", feeOpen: "nothing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := read(t, map[string]string{"cach_thuc_thuc_hien": head + c.cell, "trinh_tu_thuc_hien": c.order})
			type seen struct {
				Time, TimeOpen, Per, FeeOpen string
				Fee                          int64
				Channels, Exempts            int
			}
			got := seen{catalogue.FormatTime(p.Time), why(p, "time"), p.Fee.Per, why(p, "fee"), p.Fee.Amount, len(p.Channels), len(p.Fee.Exempt)}
			want := seen{c.time, c.timeOpen, c.per, c.feeOpen, c.fee, c.channels, c.exempts}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.cell, diff)
			}
			if p.Fee.Open != (c.feeOpen != "" && !strings.HasSuffix(c.feeOpen, "?")) || p.Fee.Open && p.Fee.Note == "" {
				t.Errorf("fee open %t, note %q", p.Fee.Open, p.Fee.Note)
			}
		})
	}
}

func TestDatedFees(t *testing.T) {
	t.Parallel()
	p := read(t, map[string]string{"cach_thuc_thuc_hien": head +
		"Trực tiếp1 Ngày25,000 VNĐ(25.000đ/giấy (áp dụng đến hết ngày 31/12/2026 theo Thông tư số 64/2025/TT-BTC))"})
	if p.Fee.Until != "2026-12-31" || p.Fee.Amount != 25_000 || why(p, "fee") != "until?" {
		t.Errorf("got %+v, %s", p.Fee, why(p, "fee"))
	}
	p = read(t, map[string]string{"cach_thuc_thuc_hien": head + "Trực tiếp7 Ngày70,000 VNĐ(70.000 đồng/thẻ. " +
		"Kể từ ngày 01/01/2025 đến hết ngày 31/12/2025, mức thu theo hình thức trực tuyển bằng 50% mức thu quy định. " +
		"Kể từ ngày 01/7/2025 đến hết ngày 31/12/2026 mức thu bằng 50% mức thu nêu trên.)"})
	want := []catalogue.Reduction{
		{From: "2025-01-01", To: "2025-12-31", Percent: 50, Channel: catalogue.ChannelOnline},
		{From: "2025-07-01", To: "2026-12-31", Percent: 50},
	}
	if diff := cmp.Diff(want, p.Fee.Reductions, cmpopts.IgnoreFields(catalogue.Reduction{}, "Text")); diff != "" {
		t.Errorf("reductions (-want +got):\n%s", diff)
	}
	p = read(t, map[string]string{"cach_thuc_thuc_hien": head + "Trực tiếp7 Ngày70,000 VNĐ(70.000 đồng; giảm đến hết ngày 31/2/2026)"})
	if why(p, "fee") != "reduction-text?" || p.Fee.Reductions != nil || p.Fee.Until != "" {
		t.Errorf("a day that is not there: %+v, %s", p.Fee, why(p, "fee"))
	}
}

func TestPapers(t *testing.T) {
	t.Parallel()
	p := read(t, map[string]string{"thanh_phan_ho_so": "* Giấy tờ phải nộp:" + papers +
		"- Tờ khai theo mẫu1 bản chính" +
		"Văn bản ủy quyền trong trường hợp ủy quyền1 bản chính,1 bản sao" +
		"Không phải nộp nếu đã có bản điện tử.0 bản chính" +
		"Tờ khai hải quan: khai và nộp 02 bản chính tờ khai theo mẫu2 bản chính" +
		"Hóa đơn: 01 bản chụp0 bản chính,1 bản sao" +
		"Phiếu giao hàng: 02 bản chính1 bản chính" +
		"* Trường hợp đã ly hôn:" + papers +
		"Tờ khai theo mẫu1 bản chính" +
		"Đơn theo Mẫu số 181 bản chính" +
		"Phiếu (mẫu NA17)101-Mau.doc1 bản chính"})
	want := []catalogue.Paper{
		{Name: "Tờ khai theo mẫu", Original: 1, Required: true, Group: "Giấy tờ phải nộp"},
		{Name: "Văn bản ủy quyền trong trường hợp ủy quyền", Original: 1, Copies: 1, Group: "Giấy tờ phải nộp"},
		{Name: "Tờ khai hải quan: khai và nộp 02 bản chính tờ khai theo mẫu", Original: 2, Required: true, Group: "Giấy tờ phải nộp"},
		{Name: "Hóa đơn: 01 bản chụp", Copies: 1, Required: true, Group: "Giấy tờ phải nộp"},
		{Name: "Phiếu giao hàng: 02 bản chính", Original: 1, Required: true, Group: "Giấy tờ phải nộp"},
		{Name: "Tờ khai theo mẫu (2)", Original: 1, Group: "Trường hợp đã ly hôn", Text: "Tờ khai theo mẫu"},
		{Name: "Đơn theo Mẫu số 181 bản chính", Group: "Trường hợp đã ly hôn", Note: "“181 bản chính”"},
		{Name: "Phiếu (mẫu NA17)101-Mau.doc", Original: 1, Group: "Trường hợp đã ly hôn"},
	}
	if diff := cmp.Diff(want, p.Papers); diff != "" {
		t.Errorf("papers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"Không phải nộp nếu đã có bản điện tử."}, p.Remarks); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
	if got := why(p, "papers"); got != "run-together form-in-name? cases?" {
		t.Errorf("open: %s", got)
	}
	p = read(t, map[string]string{"thanh_phan_ho_so": "; nộp hồ sơ cho cơ quan"})
	if len(p.Papers) != 0 || why(p, "papers") != "free-text" {
		t.Errorf("words instead of a table: %+v, %s", p.Papers, why(p, "papers"))
	}
}

func TestResultsStepsLegal(t *testing.T) {
	t.Parallel()
	long := "Bước 3: " + strings.Repeat("chuyển hồ sơ\n", 700)
	p := read(t, map[string]string{
		"ket_qua_xu_ly":      "Giấy khai sinhMã: KQ.G15.000031Bản saoMã: 000.00.00.G09-KQ002269Từ khóaKhông có thông tinNộp hồ sơ",
		"trinh_tu_thuc_hien": "Bước 1: nộp.\n- Bước 2: thẩm tra.\n" + long,
		"can_cu_phap_ly": "Luật 60/2014/QH1360/2014/QH13Nghị định số 123/2015/NĐ-CP ngày 15/11/2015124/2015/NĐ-CP" +
			"Hướng dẫn lệ phí106/2021/TT-BTCNghị quyết 66.7/2025/NQ-CP",
		"detail_url": "https://portal.example/019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7",
	})
	if diff := cmp.Diff([]catalogue.Result{{Name: "Giấy khai sinh", Code: "KQ.G15.000031"}, {Name: "Bản sao", Code: "000.00.00.G09-KQ002269"}}, p.Results); diff != "" || p.Result != "Giấy khai sinh" {
		t.Errorf("results %q (-want +got):\n%s", p.Result, diff)
	}
	if len(p.Steps) < 4 || p.Steps[0].Name != "Bước 1: nộp" || p.Steps[1].Name != "- Bước 2: thẩm tra" {
		t.Errorf("steps: %d, %.300v", len(p.Steps), p.Steps)
	}
	words := 0
	for _, s := range p.Steps {
		words += strings.Count(s.Name, "chuyển hồ sơ")
	}
	if words != 700 {
		t.Errorf("%d of 700 words of a long step are kept", words)
	}
	if p.UUID != "019d2bfd-3fe0-70ac-b9d6-5e9e20d6eef7" {
		t.Errorf("uuid %q", p.UUID)
	}
	if diff := cmp.Diff([]string{"60/2014/QH13", "123/2015/NĐ-CP", "106/2021/TT-BTC", "66.7/2025/NQ-CP"}, p.Legal); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ raw, code string }{
		"not JSON":      {`{"ma_thu_tuc": `, "import-not-json"},
		"a list":        {`[]`, "import-not-json"},
		"nothing":       {``, "import-not-json"},
		"a number":      {`{"ma_thu_tuc": 1.001193}`, "import-wrong-type"},
		"a table":       {`{"ma_thu_tuc": "1.001193", "ten_thu_tuc": "x", "cach_thuc_thuc_hien": []}`, "import-wrong-type"},
		"no code":       {`{"ten_thu_tuc": "x"}`, "import-no-code"},
		"a strange one": {`{"ma_thu_tuc": "=HYPERLINK(1)", "ten_thu_tuc": "x"}`, "import-no-code"},
		"no name":       {`{"ma_thu_tuc": "1.001193", "ten_thu_tuc": " "}`, "import-no-name"},
		"huge":          {`{"ma_thu_tuc": "` + strings.Repeat("1", portal.MaxSize) + `"}`, "import-too-large"},
		"deep":          {strings.Repeat("[", 20_000), "import-not-json"},
	} {
		_, err := portal.Read([]byte(c.raw), options)
		if !errors.Is(err, refusal.New(c.code)) {
			t.Errorf("%s: got %v, want %s", name, err, c.code)
		}
	}
}

// What a record says is taken apart again as it was put together.
func TestReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(1, 999).Draw(r, "n")
		unit := rapid.SampledFrom([]string{"Giờ", "Ngày", "Ngày làm việc", "Tháng"}).Draw(r, "unit")
		amount := rapid.Int64Range(1, 99_999).Draw(r, "thousands") * 1000
		written := strings.ReplaceAll(money.Digits(amount), ".", ",")
		count := rapid.IntRange(1, 9).Draw(r, "count")
		name := rapid.StringMatching(`Tờ khai [a-zđ ]{0,20}[a-zđ]`).Draw(r, "name")
		term := strings.Join([]string{itoa(n), unit}, " ")
		p := read(t, map[string]string{
			"cach_thuc_thuc_hien": head + "Trực tiếp" + term + written + " VNĐ(/" + "bản)",
			"thanh_phan_ho_so":    "--" + papers + name + itoa(count) + " bản chính",
		})
		if catalogue.FormatTime(p.Time) != term || p.Fee.Amount != amount || p.Fee.Per != "bản" {
			r.Errorf("read %s, %d", catalogue.FormatTime(p.Time), p.Fee.Amount)
		}
		if len(p.Papers) != 1 || p.Papers[0].Original != count || p.Papers[0].Name != strings.Join(strings.Fields(name), " ") {
			r.Errorf("read %+v", p.Papers)
		}
	})
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// Whatever the cells hold, the record imports, is sound, and loses neither an
// amount nor a time without a word: what is not decided is marked.
func FuzzCells(f *testing.F) {
	f.Add(head+"Trực tiếp120 VNĐ(20.000 vnđ", "--"+papers+"A1 bản chính", "BMã: KQ.G15.000031", order)
	f.Add(head+"Trực tuyến0Miễn phíTrực tiếp999999 ThángMiễn phí((", papers+papers+"99999999999 bản chính,1 bản sao", "Mã: ", "Bước 1Bước 2")
	f.Add("", "1 bản chính"+papers+" 1 bản chính", "\xff", "")
	f.Add(head+"Trực tiếp1 Ngày9,999,999,999,999,999 VNĐ(đến hết ngày 99/99/9999)", papers+"a0 bản chính,99 bản sao", "x", "y")
	f.Fuzz(func(t *testing.T, channels, components, results, steps string) {
		p := read(t, map[string]string{
			"cach_thuc_thuc_hien": channels, "thanh_phan_ho_so": components, "ket_qua_xu_ly": results, "trinh_tu_thuc_hien": steps,
		})
		if p.Decided(catalogue.FieldTime) != (p.Time != catalogue.Duration{}) {
			t.Errorf("time %+v, decided %t", p.Time, p.Decided(catalogue.FieldTime))
		}
		if p.Decided(catalogue.FieldFee) == p.Fee.Open || p.Fee.Amount < 0 || p.Fee.Open && p.Fee.Amount != 0 {
			t.Errorf("fee %+v, decided %t", p.Fee, p.Decided(catalogue.FieldFee))
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"ma_thu_tuc":"1.001193","ten_thu_tuc":"x"}`))
	f.Add([]byte(`{"ma_thu_tuc":"1.001193.000.00.00.H26","ten_thu_tuc":"\u202ex","linh_vuc":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := portal.Read(raw, options)
		if _, refused := refusal.Of(err); err != nil && !refused {
			t.Errorf("not a refusal: %v", err)
		}
		if err == nil {
			if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); faults != nil {
				t.Error(errors.Join(faults...))
			}
		}
	})
}
