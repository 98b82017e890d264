package say_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/assets/i18n"
	"motcua/queue/catalogue"
	"motcua/queue/catalogue/say"
	"motcua/queue/refusal"
)

func words(t *testing.T, lang string) say.Words {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return say.Words{Texts: texts, Lang: lang}
}

func TestTimesAndFees(t *testing.T) {
	t.Parallel()
	vi, en := words(t, "vi"), words(t, "en")
	for d, want := range map[catalogue.Duration][2]string{
		{N: 3, Unit: "workday", Model: "day"}:             {"3 ngày làm việc", "3 working days"},
		{N: 3, Unit: "workday", Model: "hour"}:            {"3 ngày làm việc (tính theo giờ)", "3 working days (counted by the hour)"},
		{N: 8, Unit: "hour", Model: "hour"}:               {"8 giờ làm việc", "8 working hours"},
		{N: 15, Unit: "day", Model: "day"}:                {"15 ngày", "15 days"},
		{N: 2, Unit: "month", Model: "day"}:               {"2 tháng", "2 months"},
		{Unit: "same-day", Model: "day"}:                  {"trong ngày làm việc", "the same working day"},
		{Unit: "same-day", Model: "day", CutOff: 15 * 60}: {"trong ngày làm việc; nhận sau 15:00: ngày làm việc tiếp theo", "the same working day; received after 15:00: the next working day"},
		{}: {"chưa rõ", "not decided"},
	} {
		if got := [2]string{vi.Time(d), en.Time(d)}; got != want {
			t.Errorf("%+v is %q, want %q", d, got, want)
		}
	}
	for _, c := range []struct {
		fee catalogue.Fee
		vi  string
	}{
		{catalogue.Fee{}, "miễn phí"},
		{catalogue.Fee{Amount: 8000, Per: "bản"}, "8.000 đồng/bản"},
		{catalogue.Fee{Amount: 8000, Open: true}, "chưa rõ"},
		{catalogue.Fee{Open: true, Local: true, Note: "Mức do HĐND"}, "do Hội đồng nhân dân cấp tỉnh quyết định, chưa nhập mức; “Mức do HĐND”"},
		{
			catalogue.Fee{Amount: 70_000, Until: "2026-12-31", Reductions: []catalogue.Reduction{{To: "2026-12-31", Percent: 50, Channel: "online"}}},
			"70.000 đồng; áp dụng đến hết 31/12/2026; nộp 50% từ … đến 31/12/2026 (trực tuyến)",
		},
	} {
		if got := vi.Fee(c.fee); got != c.vi {
			t.Errorf("%+v is %q, want %q", c.fee, got, c.vi)
		}
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	base := catalogue.Procedure{
		Code: "1.001193", Name: "Đăng ký khai sinh", Service: "ho-tich", Source: "s", From: "2026-01-01",
		Time:   catalogue.Duration{N: 3, Unit: "workday", Model: "day"},
		Papers: []catalogue.Paper{{Name: "Tờ khai", Original: 1, Required: true}, {Name: "Hộ khẩu", Copies: 1}},
	}
	next := base
	next.Time.N = 2
	next.Fee = catalogue.Fee{Amount: 8000, Per: "bản"}
	next.Papers = []catalogue.Paper{{Name: "Tờ khai", Original: 1, Required: true}, {Name: "Giấy chứng sinh", Original: 1}}
	next.Channels = []catalogue.Channel{{Kind: catalogue.ChannelOnline, TimeText: "1"}}
	next.Decision = "9/QĐ-BTP"
	gone, come := base, base
	gone.Code, come.Code, come.Name = "1.000001", "1.000002", "Đăng ký khai tử"
	d := catalogue.Diff(catalogue.New("1", []catalogue.Procedure{base, gone}), catalogue.New("2", []catalogue.Procedure{next, come}),
		time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	for lang, want := range map[string]string{
		"vi": `Thêm 1, bỏ 1, sửa 1 thủ tục.

Thêm mới:
  1.000002  Đăng ký khai tử

Bỏ:
  1.000001  Đăng ký khai sinh

Sửa đổi:
  1.001193  Đăng ký khai sinh
      Quyết định công bố: (không có) → 9/QĐ-BTP
      Thời hạn: 3 ngày làm việc → 2 ngày làm việc
      Phí, lệ phí: miễn phí → 8.000 đồng/bản
      Thời hạn (trực tuyến): (không có) → chưa rõ “1”
      Phí, lệ phí (trực tuyến): (không có) → miễn phí
      Thành phần hồ sơ, thêm: Giấy chứng sinh (1 bản chính, 0 bản sao)
      Thành phần hồ sơ, bỏ: Hộ khẩu (0 bản chính, 1 bản sao)
`,
		"en": `1 added, 1 removed, 1 changed.

Added:
  1.000002  Đăng ký khai tử

Removed:
  1.000001  Đăng ký khai sinh

Changed:
  1.001193  Đăng ký khai sinh
      Publishing decision: (none) → 9/QĐ-BTP
      Time: 3 working days → 2 working days
      Fee: free of charge → 8.000 đồng/bản
      Time (online): (none) → not decided “1”
      Fee (online): (none) → free of charge
      Papers, added: Giấy chứng sinh (originals: 1, copies: 0)
      Papers, removed: Hộ khẩu (originals: 0, copies: 1)
`,
	} {
		var b bytes.Buffer
		if err := words(t, lang).WriteDifference(&b, d); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, b.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", lang, diff)
		}
	}
}

// Every other field is said too, and no key of a text is left bare.
func TestEveryChangeIsSaid(t *testing.T) {
	t.Parallel()
	old := catalogue.Procedure{
		Code: "1.000001", Name: "A", Domain: "B", Level: "C", Service: "d", Result: "E", Source: "s", From: "2026-01-01",
		Time: catalogue.Duration{N: 3, Unit: "day", Model: "day"}, Steps: []catalogue.Step{{Name: "F"}, {Name: "G"}},
	}
	next := old
	next.Name, next.NameEN, next.Domain, next.Level, next.Service = "A2", "a2", "B2", "C2", "d2"
	next.Results = []catalogue.Result{{Name: "E2", Code: "KQ.G15.000031"}}
	next.Steps = []catalogue.Step{{Name: "G"}, {Name: "F"}}
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	d := catalogue.Diff(catalogue.New("1", []catalogue.Procedure{old}), catalogue.New("2", []catalogue.Procedure{next}), day)
	want := []string{
		"Tên: A → A2 / a2", "Lĩnh vực: B → B2", "Cấp thực hiện: C → C2", "Dịch vụ xếp hàng: d → d2",
		"Kết quả, thêm: E2 KQ.G15.000031", "Kết quả, bỏ: E", "Các bước: đổi thứ tự",
	}
	if diff := cmp.Diff(want, words(t, "vi").Changes(d.Changed[0])); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	next.Steps = []catalogue.Step{{Name: "G", Unit: "Tư pháp", Hours: 4}}
	d = catalogue.Diff(catalogue.New("1", []catalogue.Procedure{old}), catalogue.New("2", []catalogue.Procedure{next}), day)
	if lines := words(t, "vi").Changes(d.Changed[0]); !slices.Contains(lines, "Các bước, thêm: G – Tư pháp – 4 giờ làm việc") {
		t.Errorf("said %q", lines)
	}
}

func TestOpenPointsAndRefusals(t *testing.T) {
	t.Parallel()
	for _, lang := range i18n.Languages {
		w := words(t, lang)
		for _, field := range []string{catalogue.FieldTime, catalogue.FieldFee, catalogue.FieldPapers, catalogue.FieldService, catalogue.FieldResult, catalogue.FieldSteps} {
			for _, why := range []string{
				catalogue.WhyNoUnit, catalogue.WhyNothing, catalogue.WhyRunTogether, catalogue.WhyContradiction, catalogue.WhyCouncil, catalogue.WhyElsewhere,
				catalogue.WhySeveral, catalogue.WhyForeign, catalogue.WhyImplausible, catalogue.WhyFree, catalogue.WhyInferred, catalogue.WhyCases, catalogue.WhyLong,
				catalogue.WhyUnmapped, catalogue.WhyLeftOver, catalogue.WhyUntil, catalogue.WhyFormInName, catalogue.WhyOtherTimes, catalogue.WhyOtherAmounts, catalogue.WhyReductionText,
			} {
				if s := w.Open(catalogue.Open{Field: field, Why: why, Text: "x"}); strings.Contains(s, "⟦") || !strings.HasSuffix(s, "“x”") {
					t.Errorf("%s: %s", lang, s)
				}
			}
		}
		for _, kind := range []string{catalogue.ChannelCounter, catalogue.ChannelOnline, catalogue.ChannelPost} {
			if s := w.Channel(kind); strings.Contains(s, "⟦") {
				t.Errorf("%s: %s", lang, s)
			}
		}
		if s := w.Refusal(refusal.New("import-cell", "row", "3", "column", "fee", "value", "tùy")); !strings.Contains(s, "3") || !strings.Contains(s, "“tùy”") {
			t.Errorf("%s: %s", lang, s)
		}
	}
}
