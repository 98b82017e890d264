package fee_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/fee"
	"motcua/queue/money"
	"motcua/queue/refusal"
)

var (
	day = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	txt = queue.Text{VI: "trang", EN: "page"}
)

// country is a small national table.
func country() fee.Table {
	return fee.Table{
		Version: "1",
		Tariffs: []fee.Tariff{
			{
				ID: "copy", Name: queue.Text{VI: "Phí bản sao", EN: "Copies"}, Kind: fee.Charge, Procedures: []string{"2.000815"}, From: "2017-01-01",
				Rates: []fee.Rate{
					{Per: txt, Tiers: []fee.Tier{{From: 1, Amount: 2000}, {From: 3, Amount: 1000}}, Cap: 200000},
					{Channel: "online", Per: txt, Tiers: []fee.Tier{{From: 1, Amount: 999}}},
				},
				Source: "TT 226/2016",
			},
			{ID: "civil", Name: queue.Text{VI: "Lệ phí hộ tịch", EN: "Civil status"}, Kind: fee.Levy, Procedures: []string{"1.000656"}, Council: true, Source: "Law 97/2015, 22"},
		},
		Reliefs: []fee.Relief{
			{ID: "half", Name: queue.Text{VI: "Giảm nửa", EN: "Half"}, Tariffs: []string{"copy"}, Percent: 50, From: "2025-07-01", To: "2026-12-31", Source: "TT 64/2025"},
			{ID: "poor", Name: queue.Text{VI: "Hộ nghèo", EN: "Poor"}, Tariffs: []string{"copy", "civil"}, Grounds: []string{"poor"}, Source: "art. 10"},
		},
		Grounds: []fee.Ground{{ID: "poor", Name: queue.Text{VI: "Hộ nghèo", EN: "Poor household"}, Proof: queue.Text{VI: "Giấy", EN: "Paper"}}},
	}
}

// office is what the office's council decided.
func office() fee.Table {
	return fee.Table{Tariffs: []fee.Tariff{{
		ID: "civil", Name: queue.Text{VI: "Lệ phí hộ tịch", EN: "Civil status"}, Kind: fee.Levy, From: "2026-01-01",
		Rates:  []fee.Rate{{Per: queue.Text{VI: "việc", EN: "case"}, Tiers: []fee.Tier{{From: 1, Amount: 8000}}}},
		Source: "Nghị quyết 1/2026/NQ-HĐND",
	}}}
}

func schedule(t testing.TB, tables ...fee.Table) *fee.Schedule {
	t.Helper()
	s, err := fee.New(tables...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryRuleIsNamed(t *testing.T) {
	t.Parallel()
	s := schedule(t, country(), office())
	got, err := s.Assess(fee.Request{Tariff: "copy", Channel: "counter", Day: day, Items: []fee.Item{{Copies: 2, Units: 300}, {Copies: 1, Units: 3}}})
	if err != nil {
		t.Fatal(err)
	}
	half := queue.Text{VI: "Giảm nửa", EN: "Half"}
	want := []fee.Rule{
		{Step: fee.StepRate, ID: "copy", Name: txt, Amount: 2000, From: 1, Source: "TT 226/2016", After: 405000},
		{Step: fee.StepTier, ID: "copy", Name: txt, Amount: 1000, From: 3, Source: "TT 226/2016", After: 405000},
		{Step: fee.StepCap, ID: "copy", Name: txt, Amount: 200000, Source: "TT 226/2016", After: 405000},
		{Step: fee.StepReduction, ID: "half", Name: half, Rest: 50, Source: "TT 64/2025", After: 202500},
	}
	if diff := cmp.Diff(want, got.Rules); diff != "" || got.Full != 405000 || got.Due != 202500 {
		t.Errorf("full %d, due %d; %s", got.Full, got.Due, diff)
	}
	for name, c := range map[string]struct {
		change func(*fee.Request)
		due    int64
		last   string
	}{
		"the exemption wins over the half": {func(r *fee.Request) { r.Grounds = []string{"poor"} }, 0, "poor"},
		"before the reduction":             {func(r *fee.Request) { r.Day = time.Date(2025, 6, 30, 23, 59, 0, 0, time.UTC) }, 5000, "copy"},
		"its last day":                     {func(r *fee.Request) { r.Day = time.Date(2026, 12, 31, 23, 59, 0, 0, time.UTC) }, 2500, "half"},
		"after it":                         {func(r *fee.Request) { r.Day = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }, 5000, "copy"},
		"a part of a đồng is dropped":      {func(r *fee.Request) { r.Channel = "online" }, 2997 / 2, "half"},
		"what the council set":             {func(r *fee.Request) { r.Tariff, r.Items = "civil", []fee.Item{{Copies: 2, Units: 1}} }, 16000, "civil"},
	} {
		r := fee.Request{Tariff: "copy", Channel: "counter", Day: day, Items: []fee.Item{{Copies: 1, Units: 3}}}
		c.change(&r)
		a, err := s.Assess(r)
		if err != nil || a.Due != c.due || a.Rules[len(a.Rules)-1].ID != c.last || a.Rules[len(a.Rules)-1].After != a.Due {
			t.Errorf("%s: got %+v (%v), want %d by %s", name, a, err, c.due, c.last)
		}
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	dear := country()
	dear.Tariffs[0].Rates[0] = fee.Rate{Per: txt, Tiers: []fee.Tier{{From: 1, Amount: money.Max}}}
	for name, c := range map[string]struct {
		tables []fee.Table
		change func(*fee.Request)
		code   string
	}{
		"no such fee":              {[]fee.Table{country()}, func(r *fee.Request) { r.Tariff = "none" }, "fee-unknown"},
		"before it began":          {[]fee.Table{country()}, func(r *fee.Request) { r.Day = time.Date(2016, 12, 31, 0, 0, 0, 0, time.UTC) }, "fee-unknown"},
		"the council has not said": {[]fee.Table{country()}, func(r *fee.Request) { r.Tariff = "civil" }, "fee-not-set"},
		"not yet said": {[]fee.Table{country(), office()}, func(r *fee.Request) {
			r.Tariff, r.Day = "civil", time.Date(2025, 12, 31, 0, 0, 0, 0, time.UTC)
		}, "fee-not-set"},
		"nothing to count": {[]fee.Table{country()}, func(r *fee.Request) { r.Items = nil }, "fee-count"},
		"no copies":        {[]fee.Table{country()}, func(r *fee.Request) { r.Items[0].Copies = 0 }, "fee-count"},
		"fewer than none":  {[]fee.Table{country()}, func(r *fee.Request) { r.Items[0].Units = -1 }, "fee-count"},
		"too many":         {[]fee.Table{country()}, func(r *fee.Request) { r.Items[0].Copies = fee.MaxCopies + 1 }, "fee-count"},
		"an unknown group": {[]fee.Table{country()}, func(r *fee.Request) { r.Grounds = []string{"rich"} }, "fee-ground-unknown"},
		"too much":         {[]fee.Table{dear}, func(r *fee.Request) { r.Items[0].Copies = 2 }, "fee-too-large"},
		"too much a copy":  {[]fee.Table{dear}, func(r *fee.Request) { r.Items[0].Units = 2 }, "fee-too-large"},
	} {
		r := fee.Request{Tariff: "copy", Channel: "counter", Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}}
		c.change(&r)
		a, err := schedule(t, c.tables...).Assess(r)
		no, ok := refusal.Of(err)
		if !ok || no.Code != c.code {
			t.Errorf("%s: got %+v, %v, want %s", name, a, err, c.code)
			continue
		}
		for _, lang := range i18n.Languages {
			var args []string
			for k, v := range no.Args {
				args = append(args, k, v)
			}
			if s := texts.Get(lang, "refusal."+no.Code, args...); strings.ContainsAny(s, "⟦{") {
				t.Errorf("%s in %s: %q", name, lang, s)
			}
		}
	}
}

func TestTablesThatAreRefused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*fee.Table){
		"no source":               func(b *fee.Table) { b.Tariffs[0].Source = "" },
		"no English name":         func(b *fee.Table) { b.Tariffs[0].Name.EN = "" },
		"another kind":            func(b *fee.Table) { b.Tariffs[0].Kind = "tax" },
		"no rate and no council":  func(b *fee.Table) { b.Tariffs[0].Rates = nil },
		"a council and a rate":    func(b *fee.Table) { b.Tariffs[0].Council = true },
		"a negative price":        func(b *fee.Table) { b.Tariffs[0].Rates[0].Tiers[0].Amount = -1 },
		"a price past the bound":  func(b *fee.Table) { b.Tariffs[0].Rates[0].Tiers[0].Amount = money.Max + 1 },
		"a negative cap":          func(b *fee.Table) { b.Tariffs[0].Rates[0].Cap = -1 },
		"tiers out of order":      func(b *fee.Table) { b.Tariffs[0].Rates[0].Tiers[1].From = 1 },
		"tiers not from 1":        func(b *fee.Table) { b.Tariffs[0].Rates[0].Tiers[0].From = 2 },
		"a channel twice":         func(b *fee.Table) { b.Tariffs[0].Rates[1].Channel = "" },
		"a day that is none":      func(b *fee.Table) { b.Tariffs[0].From = "2026-02-29" },
		"an end before":           func(b *fee.Table) { b.Tariffs[0].To = "2016-01-01" },
		"two rates for a day":     func(b *fee.Table) { b.Tariffs = append(b.Tariffs, b.Tariffs[0]) },
		"a relief above all":      func(b *fee.Table) { b.Reliefs[0].Percent = 101 },
		"a relief below nothing":  func(b *fee.Table) { b.Reliefs[0].Percent = -1 },
		"a relief without source": func(b *fee.Table) { b.Reliefs[0].Source = "" },
		"a relief of no tariff":   func(b *fee.Table) { b.Reliefs[0].Tariffs = []string{"none"} },
		"a relief of no ground":   func(b *fee.Table) { b.Reliefs[1].Grounds = []string{"none"} },
		"a ground twice":          func(b *fee.Table) { b.Grounds = append(b.Grounds, b.Grounds[0]) },
		"a proof in one tongue":   func(b *fee.Table) { b.Grounds[0].Proof.EN = "" },
	} {
		b := country()
		change(&b)
		if _, err := fee.New(b); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := fee.New(country(), country()); err == nil {
		t.Error("an office's table changes what the country set")
	}
}

func TestFor(t *testing.T) {
	t.Parallel()
	s := schedule(t, country(), office())
	list := s.For("1.000656", day)
	if len(list) != 1 || list[0].Council || list[0].Source != "Nghị quyết 1/2026/NQ-HĐND" {
		t.Errorf("got %+v", list)
	}
	if list := s.For("1.000656", time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)); len(list) != 1 || !list[0].Council {
		t.Errorf("before the council: got %+v", list)
	}
	if list := s.For("9.999999", day); list != nil {
		t.Errorf("got %+v", list)
	}
	if g := s.GroundsOf("copy", day); len(g) != 1 || g[0].ID != "poor" {
		t.Errorf("got %+v", g)
	}
}

// TestNeverNegativeAlwaysMonotone: more copies or pages never cost less, one
// more ground never costs more, nothing is negative or above the full price.
func TestNeverNegativeAlwaysMonotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := country()
		price := rapid.Int64Range(0, 100_000)
		b.Tariffs[0].Rates[0] = fee.Rate{
			Per: txt, Cap: rapid.Int64Range(0, 500_000).Draw(t, "cap"),
			Tiers: []fee.Tier{{From: 1, Amount: price.Draw(t, "a")}, {From: 3, Amount: price.Draw(t, "b")}, {From: 9, Amount: price.Draw(t, "c")}},
		}
		b.Reliefs[0].Percent = rapid.IntRange(0, 99).Draw(t, "percent")
		b.Reliefs[1].Percent = rapid.IntRange(0, 99).Draw(t, "percent of the poor")
		s, err := fee.New(b)
		if err != nil {
			t.Fatal(err)
		}
		r := fee.Request{Tariff: "copy", Channel: "counter", Day: day, Items: []fee.Item{{
			Copies: rapid.IntRange(1, 200).Draw(t, "copies"), Units: rapid.IntRange(1, 500).Draw(t, "units"),
		}}}
		assess := func(r fee.Request) fee.Assessment {
			a, err := s.Assess(r)
			if err != nil {
				t.Fatal(err)
			}
			if a.Due < 0 || a.Due > a.Full {
				t.Fatalf("due %d of %d", a.Due, a.Full)
			}
			return a
		}
		base, more := assess(r), r
		for _, item := range []fee.Item{{Copies: r.Items[0].Copies + 1, Units: r.Items[0].Units}, {Copies: r.Items[0].Copies, Units: r.Items[0].Units + 1}} {
			more.Items = []fee.Item{item}
			if a := assess(more); a.Due < base.Due {
				t.Fatalf("%+v costs %d, %+v costs %d", r.Items, base.Due, more.Items, a.Due)
			}
		}
		more.Items = []fee.Item{r.Items[0], {Copies: 1, Units: 1}}
		if a := assess(more); a.Full < base.Full {
			t.Fatalf("one paper more: %d after %d", a.Full, base.Full)
		}
		more = r
		more.Grounds = []string{"poor"}
		if a := assess(more); a.Due > base.Due {
			t.Fatalf("a ground more: %d after %d", a.Due, base.Due)
		}
	})
}

func TestTexts(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	a, err := schedule(t, country()).Assess(fee.Request{Tariff: "copy", Day: day, Items: []fee.Item{{Copies: 1, Units: 300}}})
	if err != nil {
		t.Fatal(err)
	}
	exempt := fee.Rule{Step: fee.StepExemption, Name: queue.Text{VI: "Hộ nghèo", EN: "Poor household"}}
	for lang, want := range map[string][]string{
		"vi": {"2.000\u00a0đ mỗi trang", "từ trang thứ 3: 1.000\u00a0đ mỗi trang", "nhiều nhất 200.000\u00a0đ mỗi bản", "Nộp 50 %: Giảm nửa", "Miễn: Hộ nghèo"},
		"en": {"2.000\u00a0đ for each page", "from page 3 on: 1.000\u00a0đ for each page", "200.000\u00a0đ at most for each copy", "50 % to pay: Half", "Exempt: Poor household"},
	} {
		var got []string
		for _, r := range append(a.Rules, exempt) {
			key, args := r.Text(lang)
			got = append(got, texts.Get(lang, key, args...))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}
