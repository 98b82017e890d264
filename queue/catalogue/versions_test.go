package catalogue_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/catalogue"
)

// drawn draws a sound catalogue of a few codes, some with an ended version
// before the one in force on the day.
func drawn(r *rapid.T, name string, from []string) *catalogue.Catalogue {
	var list []catalogue.Procedure
	for _, code := range rapid.SliceOfDistinct(rapid.IntRange(1, 6), rapid.ID).Draw(r, name) {
		p := procedure(fmt.Sprintf("1.%06d", code), rapid.SampledFrom([]string{"Khai sinh", "Khai tử"}).Draw(r, "title"), "", "Hộ tịch")
		p.From = rapid.SampledFrom(from).Draw(r, "from")
		p.Time.N = rapid.IntRange(1, 3).Draw(r, "n")
		p.Fee.Amount = rapid.SampledFrom([]int64{0, 8000}).Draw(r, "fee")
		if rapid.Bool().Draw(r, "papers") {
			p.Papers = nil
		}
		if rapid.Bool().Draw(r, "earlier") {
			was := p
			was.From, was.To = "2020-01-01", "2020-12-31"
			if rapid.Bool().Draw(r, "gone") {
				was.To = "2026-06-30"
				list = append(list, was)
				continue
			}
			list = append(list, was)
		}
		list = append(list, p)
	}
	return catalogue.New(name, list)
}

// Until the day, everything stays what it was; from the day on, everything is
// as the fresh catalogue says; and nothing is in force twice.
func TestNextKeepsThePastAndTakesTheFuture(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(r *rapid.T) {
		old := drawn(r, "old", []string{"2021-01-01", "2026-11-30", "2026-12-01"})
		fresh := drawn(r, "fresh", []string{"2021-01-01", "2026-12-01"})
		next := catalogue.Next(old, fresh, day)
		if faults := next.Check(); faults != nil {
			r.Fatal(errors.Join(faults...))
		}
		for code := 1; code <= 6; code++ {
			code := fmt.Sprintf("1.%06d", code)
			for _, at := range []time.Time{day.AddDate(-6, 0, 0), day.AddDate(0, 0, -1)} {
				was, known := old.Find(code, at)
				is, still := next.Find(code, at)
				was.To, is.To = "", ""
				if known && (!still || !cmp.Equal(was, is)) {
					r.Errorf("%s on %s was %+v, is %+v", code, at.Format(time.DateOnly), was, is)
				}
			}
			for _, at := range []time.Time{day, day.AddDate(1, 0, 0)} {
				says, comes := fresh.Find(code, at)
				is, there := next.Find(code, at)
				says.From, is.From = "", "" // it may begin earlier, as the same version
				if comes != there || !cmp.Equal(says, is) {
					r.Errorf("%s on %s should be %+v, is %+v", code, at.Format(time.DateOnly), says, is)
				}
			}
		}
		if again := catalogue.Next(next, fresh, day); !cmp.Equal(again.Procedures, next.Procedures) {
			r.Errorf("the same catalogue again changes something:\n%s", cmp.Diff(next.Procedures, again.Procedures))
		}
		if d := catalogue.Diff(next, fresh, day); !d.Empty() {
			r.Errorf("the next catalogue differs from the fresh one: %+v", d)
		}
	})
}

// A change announced for a later day arrives on that day, though the office
// installs the catalogue today; nothing moves before.
func TestAnnouncedChange(t *testing.T) {
	t.Parallel()
	install, later := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC), time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)
	old := sample()
	changed := slices.Clone(old.Procedures)
	changed[0].Time.N = 1
	published := catalogue.Next(old, catalogue.New("2027", changed), later)
	inUse := catalogue.Next(old, published, install)
	if faults := inUse.Check(); faults != nil {
		t.Fatal(errors.Join(faults...))
	}
	if d := catalogue.Diff(old, inUse, install); !d.Empty() {
		t.Errorf("something changes today: %+v", d)
	}
	for day, want := range map[time.Time]int{install: 3, later.AddDate(0, 0, -1): 3, later: 1} {
		if p, ok := inUse.Find("1.001193", day); !ok || p.Time.N != want {
			t.Errorf("on %s: %d days, %t; want %d", day.Format(time.DateOnly), p.Time.N, ok, want)
		}
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	old := sample()
	list := slices.Clone(old.Procedures)
	list[0].Time.N = 5
	list[0].Fee = catalogue.Fee{Amount: 8000, Per: "bản"}
	list[1].Papers = append(slices.Clone(list[1].Papers), catalogue.Paper{Name: "Bản sao", Copies: 1})
	list[2].Channels = []catalogue.Channel{{Kind: catalogue.ChannelOnline, Time: catalogue.Duration{N: 2, Unit: "workday", Model: "day"}}}
	list[3].Source = "elsewhere" // no one's matter
	list[3].Open = []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyInferred, Advisory: true}}
	list[4].To = "2026-11-01"
	list[5].Code = "1.999999"
	got := catalogue.Diff(old, catalogue.New("2", list), today)
	if diff := cmp.Diff([]string{"1.999999"}, codes(got.Added)); diff != "" {
		t.Errorf("added (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"1.001612", "2.000815"}, codes(got.Removed)); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
	changes := map[string][]catalogue.Change{}
	for _, c := range got.Changed {
		changes[c.New.Code] = c.Changes
	}
	want := map[string][]catalogue.Change{
		"1.001193": {{Field: "time"}, {Field: "fee"}},
		"1.004884": {{Field: "papers"}},
		"1.000894": {{Field: "time", Channel: "online"}, {Field: "fee", Channel: "online"}},
	}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Errorf("changed (-want +got):\n%s", diff)
	}
	if d := catalogue.Diff(old, old, today); !d.Empty() {
		t.Errorf("a catalogue differs from itself: %+v", d)
	}
	if d := catalogue.Diff(nil, old, today); len(d.Added) != 7 || len(d.Removed)+len(d.Changed) != 0 {
		t.Errorf("after nothing: %+v", d)
	}
}

func TestUndecided(t *testing.T) {
	t.Parallel()
	p := procedure("1.000001", "Khai sinh", "", "Hộ tịch")
	p.Time, p.Service = catalogue.Duration{}, ""
	if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); len(faults) != 2 {
		t.Errorf("no time and no service, and nobody was told: %v", faults)
	}
	p.Open = []catalogue.Open{
		{Field: catalogue.FieldTime, Why: catalogue.WhyNoUnit, Text: "3"},
		{Field: catalogue.FieldService, Why: catalogue.WhyUnmapped, Advisory: true},
	}
	if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); faults != nil {
		t.Errorf("open points that are told: %v", errors.Join(faults...))
	}
	if p.Decided(catalogue.FieldTime) || !p.Decided(catalogue.FieldService) {
		t.Error("what must be decided is taken for advice, or the other way round")
	}
	q := p
	q.Decide(catalogue.FieldTime)
	if !q.Decided(catalogue.FieldTime) || p.Decided(catalogue.FieldTime) || len(q.Open) != 1 {
		t.Errorf("decided one: %+v, before %+v", q.Open, p.Open)
	}
}

func TestByChannel(t *testing.T) {
	t.Parallel()
	days := func(n int) catalogue.Duration { return catalogue.Duration{N: n, Unit: "day", Model: "day"} }
	p := procedure("1.000001", "Giấy phép", "", "Xây dựng")
	p.Level = "Cấp tỉnh, Cấp xã; "
	if diff := cmp.Diff([]string{"Cấp tỉnh", "Cấp xã"}, p.Levels()); diff != "" {
		t.Error(diff)
	}
	if d, ok := p.TimeBy(catalogue.ChannelOnline); !ok || d != p.Time {
		t.Errorf("without channels: %+v %t", d, ok)
	}
	p.Channels = []catalogue.Channel{
		{Kind: catalogue.ChannelCounter, Time: days(15)},
		{Kind: catalogue.ChannelOnline, Time: days(20), Fee: catalogue.Fee{Amount: 7000}},
		{Kind: catalogue.ChannelPost, Time: days(20)},
		{Kind: catalogue.ChannelPost, Time: days(30), Fee: catalogue.Fee{Open: true}},
	}
	if d, ok := p.TimeBy(catalogue.ChannelOnline); !ok || d != days(20) {
		t.Errorf("online: %+v %t", d, ok)
	}
	if f, ok := p.FeeBy(catalogue.ChannelOnline); !ok || f.Amount != 7000 {
		t.Errorf("online: %+v %t", f, ok)
	}
	if d, ok := p.TimeBy(catalogue.ChannelPost); ok {
		t.Errorf("two times by post gave %+v", d)
	}
	if f, ok := p.FeeBy(catalogue.ChannelPost); ok {
		t.Errorf("an open fee by post gave %+v", f)
	}
}

// What a time is written as is read again; what is not one is not.
func TestTimeRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		d := catalogue.Duration{N: rapid.IntRange(1, 1000).Draw(r, "n"), Unit: rapid.SampledFrom([]string{"hour", "workday", "day", "month"}).Draw(r, "unit"), Model: "day"}
		if d.Unit == "hour" {
			d.Model = "hour"
		}
		written := catalogue.FormatTime(d)
		if got, ok := catalogue.ParseTime(written); !ok || got != d {
			r.Errorf("%q was read as %+v, %t; want %+v", written, got, ok, d)
		}
		if in := catalogue.TimesIn("Không quá " + written + ", kể từ ngày nhận đủ hồ sơ."); !cmp.Equal(in, []catalogue.Duration{d}) {
			r.Errorf("%q in a sentence: %+v", written, in)
		}
	})
	for _, s := range []string{"", "3", "0 Ngày", "-1 Ngày", "1001 Ngày", "99999999999999999999 Ngày", "3 Năm", "3,5 ngày", "3 ngày làm", "ba ngày"} {
		if d, ok := catalogue.ParseTime(s); ok {
			t.Errorf("%q was read as %+v", s, d)
		}
	}
	for text, want := range map[string]int{
		"từ ngày 05 tháng 6 năm 2026": 0, "tiếp nhận sau 15 giờ": 0, "ngày 21/12/2022": 0, "15 (mười lăm) ngày": 1, "1 giờđ": 0, "02 ngày, 8 giờ": 2,
	} {
		if got := catalogue.TimesIn(text); len(got) != want {
			t.Errorf("%q holds %+v, want %d", text, got, want)
		}
	}
}

func TestAmountsIn(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]int64{
		"thu 10.000 đồng/lần": {10_000}, "5.000đ; 7,000 VNĐ": {5000, 7000}, "5 đơn vị": nil, "Điều 46": nil, "20.00 đồng": {0}, "": nil,
	} {
		if got := catalogue.AmountsIn(text); !cmp.Equal(got, want) {
			t.Errorf("%q holds %v, want %v", text, got, want)
		}
	}
}

func FuzzValues(f *testing.F) {
	f.Add("05 ngày làm việc, 10.000đ")
	f.Fuzz(func(t *testing.T, s string) {
		for _, d := range catalogue.TimesIn(s) {
			if d.N < 1 || catalogue.FormatTime(d) == "" {
				t.Errorf("%q holds %+v", s, d)
			}
		}
		for _, a := range catalogue.AmountsIn(s) {
			if a < 0 {
				t.Errorf("%q holds %d", s, a)
			}
		}
	})
}
