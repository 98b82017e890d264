package portal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"motcua/queue/catalogue"
	"motcua/queue/catalogue/portal"
)

// shared reads the portal's own records, where they are at hand.
func shared(t testing.TB, check func(p catalogue.Procedure, raw string)) map[string]catalogue.Procedure {
	t.Helper()
	folder := os.Getenv("MOTCUA_SHARED")
	if folder == "" {
		t.Skip("MOTCUA_SHARED names no folder with the portal's records")
	}
	files, err := filepath.Glob(filepath.Join(folder, "catalogue", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]catalogue.Procedure{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := portal.Read(raw, options)
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		if p.Code+".json" != filepath.Base(file) {
			t.Errorf("%s holds %s", filepath.Base(file), p.Code)
		}
		found[p.Code] = p
		if check != nil {
			check(p, string(raw))
		}
	}
	return found
}

// verbatim holds what was kept against the record: no word of it is ours.
func verbatim(t testing.TB, p catalogue.Procedure, raw string) {
	t.Helper()
	squeeze := func(s string) string {
		s = strings.NewReplacer(`\n`, "", `\t`, "", `\"`, `"`, "\u200e", "", "\u200b", "", "\u00ad", "").Replace(norm.NFC.String(s))
		return strings.Join(strings.Fields(s), "")
	}
	record := squeeze(raw)
	missing := 0
	for _, paper := range p.Papers {
		text := paper.Text
		if text == "" {
			text = paper.Name
		}
		text = strings.TrimSuffix(text, "…")
		if !strings.Contains(record, squeeze(text)) {
			missing++
		}
	}
	for _, c := range p.Channels {
		if !strings.Contains(record, squeeze(c.TimeText)) || !strings.Contains(record, squeeze(strings.TrimSuffix(c.Note, "…"))) {
			missing++
		}
	}
	if missing > 0 {
		t.Errorf("%s: %d texts are not the record's", p.Code, missing)
	}
}

func TestEveryRecordImports(t *testing.T) {
	t.Parallel()
	found := shared(t, func(p catalogue.Procedure, raw string) { verbatim(t, p, raw) })
	if len(found) != 324 {
		t.Errorf("%d of 324 records were read", len(found))
	}
	var all []catalogue.Procedure
	open := map[string]int{}
	for _, p := range found {
		all = append(all, p)
		for _, field := range []string{catalogue.FieldTime, catalogue.FieldFee} {
			if !p.Decided(field) {
				open[field]++
			}
		}
		if len(p.Channels) == 0 {
			t.Errorf("%s has no channel", p.Code)
		}
		if len(p.Papers) == 0 && p.Decided(catalogue.FieldPapers) {
			t.Errorf("%s has no paper, and nobody is told", p.Code)
		}
	}
	for _, fault := range catalogue.New("1", all).Check() {
		t.Error(fault)
	}
	if diff := cmp.Diff(map[string]int{"time": 120, "fee": 105}, open); diff != "" {
		t.Errorf("undecided (-want +got):\n%s", diff)
	}
}

// checked were read by eye, record by record.
var checked = []struct {
	code, time, timeOpen string
	fee                  int64
	per, feeOpen         string
	channels, papers     int // 0: not counted
	onlineTime           string
	onlineFee            int64
	result               string
}{
	{code: "1.001193", time: "Trong ngày", timeOpen: "inferred?", channels: 3, papers: 8, onlineTime: "Trong ngày", result: "KQ.G15.000031"},
	{code: "1.000656", time: "Trong ngày", timeOpen: "inferred?", feeOpen: "council", channels: 3, onlineTime: "Trong ngày"},
	{code: "1.000110", time: "Trong ngày", timeOpen: "inferred?", feeOpen: "council", channels: 3, onlineTime: "Trong ngày"},
	{code: "2.000528", time: "Trong ngày", timeOpen: "inferred?", feeOpen: "council", channels: 3, onlineTime: "Trong ngày"},
	{code: "2.000635", time: "Trong ngày", timeOpen: "inferred?", fee: 8000, channels: 3, onlineTime: "Trong ngày", onlineFee: 8000},
	{code: "1.001022", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.005461", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.004746", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.000689", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.000094", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.001695", time: "10 Ngày", feeOpen: "council", channels: 3, onlineTime: "10 Ngày"},
	{code: "1.004845", time: "2 Ngày làm việc", feeOpen: "elsewhere", channels: 3, onlineTime: "2 Ngày làm việc"},
	{code: "2.000815", timeOpen: "nothing nothing", fee: 2000, per: "trang", feeOpen: "foreign? other-amounts?", channels: 2, papers: 1, result: "KQ.G15.000021"},
	{code: "2.000942", timeOpen: "nothing", fee: 2000, per: "trang", feeOpen: "other-amounts?", channels: 1},
	{code: "2.000908", time: "1 Ngày làm việc", channels: 3, papers: 2, onlineTime: "1 Ngày làm việc"},
	{code: "2.000913", timeOpen: "nothing", fee: 30_000, per: "giao dịch", channels: 3, onlineFee: 30_000},
	{code: "2.000992", timeOpen: "nothing", fee: 10_000, per: "trường hợp", channels: 1},
	{code: "2.001008", timeOpen: "nothing", fee: 10_000, per: "trường hợp", channels: 1},
	{code: "2.001019", timeOpen: "nothing", fee: 50_000, per: "di chúc", channels: 3, onlineFee: 50_000},
	{code: "1.004222", time: "7 Ngày làm việc", fee: 20_000, channels: 2, onlineTime: "7 Ngày làm việc", onlineFee: 10_000},
	{code: "1.004194", time: "3 Ngày làm việc", fee: 10_000, per: "người/lần đăng ký", channels: 2, onlineTime: "3 Ngày làm việc", onlineFee: 7000},
	{code: "1.010038", time: "5 Ngày làm việc", fee: 10_000, per: "lần đăng ký", channels: 2, onlineTime: "5 Ngày làm việc", onlineFee: 5000},
	{code: "1.010028", time: "2 Ngày làm việc", feeOpen: "nothing", channels: 3, onlineTime: "2 Ngày làm việc"},
	{code: "1.010041", timeOpen: "several", channels: 2},
	{code: "1.003677", timeOpen: "contradiction several", feeOpen: "nothing", channels: 2},
	{code: "3.000228", timeOpen: "several", feeOpen: "nothing", channels: 2},
	{code: "1.001612", timeOpen: "nothing", feeOpen: "council", channels: 3},
	{code: "2.000720", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.001266", timeOpen: "no-unit", feeOpen: "council", channels: 3},
	{code: "1.013225", time: "15 Ngày", feeOpen: "council", channels: 3, onlineTime: "20 Ngày"},
	{code: "1.000014", timeOpen: "run-together", feeOpen: "run-together", channels: 2},
	{code: "1.000034", time: "15 Ngày", feeOpen: "implausible", channels: 2, onlineTime: "15 Ngày"},
	{code: "1.000106", timeOpen: "no-unit", channels: 2, papers: 3},
	{code: "1.001598", time: "6 Ngày làm việc", channels: 3, onlineTime: "6 Ngày làm việc"},
	{code: "1.002372", time: "3 Giờ", feeOpen: "elsewhere", channels: 1},
	{code: "1.003133", time: "1 Ngày làm việc", feeOpen: "implausible", channels: 2, onlineTime: "1 Ngày làm việc", onlineFee: 5000},
	{code: "1.003970", time: "2 Ngày làm việc", fee: 70_000, per: "Giấy chứng nhận", channels: 3, onlineTime: "2 Ngày làm việc", onlineFee: 70_000},
	{code: "1.007037", time: "40 Ngày", channels: 3, onlineTime: "6 Ngày làm việc"},
	{code: "1.007857", time: "2 Giờ", channels: 2},
	{code: "1.008504", time: "7 Ngày làm việc", channels: 3, onlineTime: "5 Ngày làm việc"},
	{code: "1.014064", time: "7 Ngày làm việc", fee: 70_000, per: "thẻ căn cước", channels: 3, onlineTime: "7 Ngày làm việc", onlineFee: 70_000},
	{code: "1.014364", time: "1 Ngày làm việc", fee: 25_000, per: "giấy thông hành", feeOpen: "until?", channels: 3, onlineTime: "1 Ngày làm việc"},
	{code: "2.001023", timeOpen: "contradiction", channels: 1},
}

func TestCheckedRecords(t *testing.T) {
	t.Parallel()
	found := shared(t, nil)
	for _, c := range checked {
		p := found[c.code]
		if c.papers == 0 {
			c.papers = len(p.Papers)
		}
		if c.result == "" && len(p.Results) > 0 {
			c.result = p.Results[0].Code
		}
		got := c
		got.time, got.timeOpen, got.fee, got.per, got.feeOpen = catalogue.FormatTime(p.Time), why(p, "time"), p.Fee.Amount, p.Fee.Per, why(p, "fee")
		got.channels, got.papers = len(p.Channels), len(p.Papers)
		online, _ := p.TimeBy(catalogue.ChannelOnline)
		fee, _ := p.FeeBy(catalogue.ChannelOnline)
		got.onlineTime, got.onlineFee, got.result = catalogue.FormatTime(online), fee.Amount, ""
		if len(p.Results) > 0 {
			got.result = p.Results[0].Code
		}
		if got != c {
			t.Errorf("\n got %+v\nwant %+v", got, c)
		}
	}
	if p := found["1.014064"]; len(p.Fee.Reductions) != 2 || p.Fee.Reductions[1].To != "2026-12-31" || p.Fee.Reductions[1].Percent != 50 {
		t.Errorf("1.014064: %+v", p.Fee.Reductions)
	}
	if p := found["1.014364"]; p.Fee.Until != "2026-12-31" {
		t.Errorf("1.014364: until %q", p.Fee.Until)
	}
	if p := found["1.000656"]; len(p.Fee.Exempt) != 1 || !strings.HasPrefix(p.Fee.Exempt[0], "Miễn lệ phí đối với trường hợp đăng ký khai tử đúng hạn") {
		t.Errorf("1.000656: exempt %q", p.Fee.Exempt)
	}
}

// The names as the portal writes them are found as people type them.
func TestSearchOfTheRealNames(t *testing.T) {
	t.Parallel()
	var all []catalogue.Procedure
	for _, p := range shared(t, nil) {
		all = append(all, p)
	}
	cat := catalogue.New("1", all)
	for query, want := range map[string]string{
		"khai sinh": "1.001193", "dk khai sinh": "1.001193", "dang ky thuong tru": "1.004222", "tach ho": "1.010038", "thuonng tru": "1.004222",
		"cap giay phep xay dung": "1.013225", "1.014064": "1.014064", "di chuc": "2.001019", "ho kinh doanh": "1.001612", "hkd": "1.001612",
	} {
		hits := cat.Search(query, day, 12)
		ok := false
		for _, p := range hits {
			ok = ok || p.Code == want
		}
		if !ok {
			var names []string
			for _, p := range hits {
				names = append(names, p.Code+" "+p.Name)
			}
			t.Errorf("%q does not find %s among its first twelve:\n%s", query, want, strings.Join(names, "\n"))
		}
	}
}

// BenchmarkKeystrokeRealNames searches as many procedures as the portal has,
// with its real names, against 2 ms a letter.
func BenchmarkKeystrokeRealNames(b *testing.B) {
	var all []catalogue.Procedure
	for _, p := range shared(b, nil) {
		for n := range 18 {
			q := p
			q.Code, q.Name = fmt.Sprintf("%d%s", n%5+1, p.Code[1:]), fmt.Sprintf("%s %d", p.Name, n)
			all = append(all, q)
		}
	}
	cat := catalogue.New("1", all)
	for _, query := range []string{"đăng ký khai sinh", "giay phep xay dung", "dk kinh doanh", "chungs thực", "1.001193"} {
		b.Run(query, func(b *testing.B) {
			worst, n := time.Duration(0), 0
			for b.Loop() {
				least := time.Hour // of several tries: others use the machine too
				for range 3 {
					begin := time.Now()
					cat.Search(query[:n%len(query)+1], day, 20)
					least = min(least, time.Since(begin))
				}
				worst, n = max(worst, least), n+1
			}
			b.ReportMetric(float64(worst.Microseconds()), "dearest-µs")
			b.ReportMetric(float64(worst)/float64(2*time.Millisecond), "of-limit")
		})
	}
}
