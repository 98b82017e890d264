package catalogue_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/catalogue"
)

var today = time.Date(2026, 11, 22, 9, 0, 0, 0, time.FixedZone("", 7*3600))

func procedure(code, name, nameEN, domain string) catalogue.Procedure {
	return catalogue.Procedure{
		Code: code, Name: name, NameEN: nameEN, Domain: domain, Service: "ho-tich",
		Decision: "163/QĐ-BTP", From: "2026-01-01", Source: "test",
		Time:   catalogue.Duration{N: 3, Unit: "workday", Model: "day"},
		Papers: []catalogue.Paper{{Name: "Tờ khai", Original: 1, Required: true}},
	}
}

func sample() *catalogue.Catalogue {
	return catalogue.New("1", []catalogue.Procedure{
		procedure("1.001193", "Đăng ký khai sinh", "Birth registration", "Hộ tịch"),
		procedure("1.004884", "Đăng ký lại khai sinh", "Birth re-registration", "Hộ tịch"),
		procedure("1.000894", "Đăng ký kết hôn", "Marriage registration", "Hộ tịch"),
		procedure("1.000656", "Đăng ký khai tử", "Death registration", "Hộ tịch"),
		procedure("2.000815", "Chứng thực bản sao từ bản chính", "Certified copy", "Chứng thực"),
		procedure("1.001612", "Đăng ký thành lập hộ kinh doanh", "Household business registration", "Hộ kinh doanh"),
		procedure("1.013978", "Đăng ký đất đai lần đầu", "First land registration", "Đất đai"),
	})
}

func codes(ps []catalogue.Procedure) []string {
	var list []string
	for _, p := range ps {
		list = append(list, p.Code)
	}
	return list
}

func TestSearch(t *testing.T) {
	t.Parallel()
	cat := sample()
	for _, tt := range []struct {
		name, query string
		want        []string
	}{
		{"with accents", "khai sinh", []string{"1.001193", "1.004884"}},
		{"without accents", "dang ky ket hon", []string{"1.000894"}},
		{"capitals without accents", "DANG KY KET HON", []string{"1.000894"}},
		{"initials of neighbours", "đk", []string{"1.000894", "1.000656", "1.001193", "1.004884", "1.013978", "1.001612"}},
		{"initials before words", "dk khai sinh", []string{"1.001193", "1.004884"}},
		{"initials of a name's middle", "hkd", []string{"1.001612"}},
		{"initials of no neighbours", "dks", nil},
		{"a wrong letter", "thnah lap", []string{"1.001612"}},
		{"a missing letter", "chug thuc", nil}, // too short to be sure
		{"a letter too many", "chunng thuc", []string{"2.000815"}},
		{"a changed letter, with accents", "chứmg thực", []string{"2.000815"}},
		{"two wrong letters", "chunmh thuc", nil},
		{"local code", "2.000815.000.00.00.H26", []string{"2.000815"}},
		{"beginnings of words, in any order", "tu kha", []string{"1.000656"}},
		{"đ typed as d", "dat dai", []string{"1.013978"}},
		{"words inside the name", "hộ kinh", []string{"1.001612"}},
		{"by domain", "hộ tịch", []string{"1.000894", "1.000656", "1.001193", "1.004884"}},
		{"in English", "birth reg", []string{"1.001193", "1.004884"}},
		{"loose combining marks", "ke\u0302\u0301t ho\u0302n", []string{"1.000894"}},
		{"by code", "1.000894", []string{"1.000894"}},
		{"by the beginning of a code", "1.00", []string{"1.000894", "1.000656", "1.001193", "1.004884", "1.001612"}},
		{"by the end of a code", "000815", []string{"2.000815"}},
		{"by a code without its dot", "2000815", []string{"2.000815"}},
		{"code and word", "1.004884 lai", []string{"1.004884"}},
		{"nothing like it", "hộ chiếu", nil},
		{"only signs match like nothing typed", "?!", codes(cat.Search("", today, 0))},
		{"far too long", strings.Repeat("khai sinh ", 100), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, codes(cat.Search(tt.query, today, 0))); diff != "" {
				t.Errorf("Search(%q) (-want +got):\n%s", tt.query, diff)
			}
		})
	}
}

// Typed accents rank what agrees with them, but hide nothing.
func TestSearchPrefersAgreeingAccents(t *testing.T) {
	t.Parallel()
	cat := catalogue.New("1", []catalogue.Procedure{
		procedure("1.000001", "Đăng ký tự do", "", "A"),
		procedure("1.000002", "Đăng ký khai tử, báo tử", "", "B"),
	})
	for query, want := range map[string]string{"tử": "1.000002", "tự": "1.000001", "tu": "1.000001"} {
		got := cat.Search(query, today, 0)
		if len(got) != 2 || got[0].Code != want {
			t.Errorf("Search(%q) gave %v, want %s first of two", query, codes(got), want)
		}
	}
}

func TestSearchLimitAndAll(t *testing.T) {
	t.Parallel()
	cat := sample()
	all := cat.Search("", today, 0)
	if len(all) != 7 || all[0].Name != "Chứng thực bản sao từ bản chính" {
		t.Errorf("everything: %v", codes(all))
	}
	if got := codes(cat.Search("", today, 2)); !cmp.Equal(got, codes(all[:2])) {
		t.Errorf("limit 2: %v", got)
	}
}

func TestVersionsByDay(t *testing.T) {
	t.Parallel()
	old := procedure("1.001193", "Đăng ký khai sinh", "", "Hộ tịch")
	old.From, old.To, old.Time.N = "2025-01-01", "2025-12-31", 5
	next := procedure("1.001193", "Đăng ký khai sinh", "", "Hộ tịch")
	cat := catalogue.New("1", []catalogue.Procedure{old, next})
	if faults := cat.Check(); faults != nil {
		t.Fatal(faults)
	}
	for date, want := range map[string]int{"2025-12-31": 5, "2026-01-01": 3} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{"1.001193", "1.001193.000.00.00.H26", "1.001193.01"} {
			if p, ok := cat.Find(code, day); !ok || p.Time.N != want {
				t.Errorf("Find(%q, %s) gave %d days, %t; want %d", code, date, p.Time.N, ok, want)
			}
		}
		if got := cat.Search("khai sinh", day, 0); len(got) != 1 || got[0].Time.N != want {
			t.Errorf("Search on %s gave %+v", date, got)
		}
	}
	if p, ok := cat.Find("1.001193", today.AddDate(-3, 0, 0)); ok {
		t.Errorf("found %+v before there was any", p)
	}
	if p, ok := cat.Find("9.999999", today); ok {
		t.Errorf("found %+v", p)
	}
}

func TestJSONRoundTrip(t *testing.T) {
	t.Parallel()
	cat := sample()
	raw, err := json.Marshal(cat)
	if err != nil {
		t.Fatal(err)
	}
	back, err := catalogue.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(cat.Procedures, back.Procedures); diff != "" || back.Version != cat.Version {
		t.Errorf("read back %s (-want +got):\n%s", back.Version, diff)
	}
	if got := back.Search("ket hon", today, 1); len(got) != 1 {
		t.Errorf("a catalogue that was read finds %v", got)
	}
}

func TestParseNamesEveryFault(t *testing.T) {
	t.Parallel()
	_, err := catalogue.Parse([]byte(`{"procedures": [
		{"code": "1.1", "time": {"n": 0, "unit": "workday", "model": "day"}, "from": "2026-02-30"},
		{"code": "1.000002", "name": "B", "service": "s", "source": "s", "from": "2026-01-01", "to": "2025-01-01",
		 "time": {"n": 3, "unit": "week", "model": "day"}, "fee": {"amount": -1},
		 "papers": [{"name": ""}, {"name": "x", "original": 1}, {"name": "x", "original": 1}, {"name": "y", "copies": 1000}]},
		{"code": "1.000003", "name": "C", "service": "s", "source": "s", "from": "2026-01-01", "time": {"n": 1, "unit": "day", "model": "day"}},
		{"code": "1.000003", "name": "C", "service": "s", "source": "s", "from": "2026-06-01", "time": {"n": 1, "unit": "day", "model": "day"}}
	]}`))
	if err == nil {
		t.Fatal("Parse accepted the catalogue")
	}
	for _, want := range []string{
		"the version is missing", "the code is not like", "the name is missing", "the service is missing", "the source is missing",
		`validity "2026-02-30"`, `0 "workday"`, "before it begins", `3 "week"`, "fee is negative", "paper 1: the name",
		"paper 3: \"x\" stands twice", "paper 4: 0 originals, 1000 copies", "two versions in force",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault says %q in:\n%v", want, err)
		}
	}
}

// Whatever beginnings of a name's words somebody types, in whatever order and
// spelling, the procedure is found.
func TestSearchFindsEveryName(t *testing.T) {
	t.Parallel()
	cat := sample()
	rapid.Check(t, func(r *rapid.T) {
		p := rapid.SampledFrom(cat.Procedures).Draw(r, "procedure")
		words := rapid.Permutation(strings.Fields(p.Name)).Draw(r, "order")
		var typed []string
		for _, w := range words[:rapid.IntRange(1, len(words)).Draw(r, "words")] {
			runes := []rune(w)
			w = string(runes[:rapid.IntRange(1, len(runes)).Draw(r, "letters")])
			if rapid.Bool().Draw(r, "plain") {
				w = catalogue.Fold(w)
			}
			typed = append(typed, w)
		}
		for _, found := range cat.Search(strings.Join(typed, " "), today, 0) {
			if found.Code == p.Code {
				return
			}
		}
		r.Errorf("%q does not find %q", typed, p.Name)
	})
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{"khai sinh", "1.0011", "Đ", "\xff\xfe", "a\u0301\u0302", "ﬁ ﬂ"} {
		f.Add(s)
	}
	cat := sample()
	f.Fuzz(func(t *testing.T, s string) {
		if got := cat.Search(s, today, 3); len(got) > 3 {
			t.Errorf("Search(%q) gave %d", s, len(got))
		}
		if folded := catalogue.Fold(s); catalogue.Fold(folded) != folded {
			t.Errorf("Fold(%q) is %q, folded again %q", s, folded, catalogue.Fold(folded))
		}
	})
}

// A catalogue comes from the city or an administrator's hand: whatever it
// holds, it is refused or it is sound.
func FuzzParse(f *testing.F) {
	raw, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"version":"1","procedures":[{"code":"1.000001","from":"9999-12-31"}]}`))
	f.Add([]byte(`{"version":"1","procedures":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cat, err := catalogue.Parse(raw)
		if err != nil {
			return
		}
		for _, p := range cat.Procedures {
			day, err := time.Parse(time.DateOnly, p.From)
			if err != nil {
				t.Fatalf("accepted validity from %q", p.From)
			}
			if got, ok := cat.Find(p.Code, day); !ok || got.From != p.From {
				t.Errorf("%s of %s is not found on its first day", p.Code, p.From)
			}
		}
	})
}
