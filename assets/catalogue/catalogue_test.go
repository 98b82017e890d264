package catalogue_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	seed "motcua/assets/catalogue"
)

func TestSeedIsComplete(t *testing.T) {
	t.Parallel()
	cat, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	services := map[string]int{}
	for _, p := range cat.Procedures {
		services[p.Service]++
		if p.NameEN == "" || p.Domain == "" || p.Result == "" || p.Level == "" {
			t.Errorf("%s: the English name, domain, result or level is missing", p.Code)
		}
		required := 0
		for _, paper := range p.Papers {
			if paper.Required {
				required++
			}
			if n := len([]rune(paper.Name)); n > 72 {
				t.Errorf("%s: paper %q has %d letters, too long for a line of a screen", p.Code, paper.Name, n)
			}
			if paper.Original+paper.Copies == 0 {
				t.Errorf("%s: paper %q in no number", p.Code, paper.Name)
			}
		}
		if required == 0 {
			t.Errorf("%s: no paper is required", p.Code)
		}
		if raw, err := json.Marshal(p); err != nil || !norm.NFC.IsNormal(raw) {
			t.Errorf("%s: not in Unicode form NFC (%v)", p.Code, err)
		}
	}
	if len(cat.Procedures) < 40 {
		t.Errorf("only %d procedures", len(cat.Procedures))
	}
	for _, id := range []string{"ho-tich", "dat-dai", "xay-dung", "kinh-doanh", "lao-dong"} {
		if services[id] < 3 {
			t.Errorf("service %s has %d procedures", id, services[id])
		}
	}
	if len(services) != 5 {
		t.Errorf("services %v", services)
	}
}

func TestSeedIsSearched(t *testing.T) {
	t.Parallel()
	cat, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	for query, want := range map[string]string{
		"khai sinh": "1.001193", "ket hon": "1.000894", "hộ kinh doanh": "1.001612", "giay phep xay": "1.013225",
		"chung thuc ban sao": "2.000815", "tam tru": "1.004194", "ho ngheo": "1.011607",
		"certified copy": "2.000815", "2.000635": "2.000635",
	} {
		found := cat.Search(query, day, 5)
		ok := false
		for _, p := range found {
			ok = ok || p.Code == want
		}
		if !ok {
			t.Errorf("%q does not find %s among its first five", query, want)
		}
	}
}

// The seed against the portal's own records, where they are at hand.
func TestSeedAgreesWithThePortal(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("MOTCUA_SHARED")
	if shared == "" {
		t.Skip("MOTCUA_SHARED names no folder with the portal's records")
	}
	cat, err := seed.Load()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, p := range cat.Procedures {
		raw, err := os.ReadFile(filepath.Join(shared, "catalogue", p.Code+".json"))
		if errors.Is(err, fs.ErrNotExist) {
			if p.Decision != "" || !strings.Contains(p.Source, "chưa kèm bản gốc") {
				t.Errorf("%s: has no record, yet claims one: %s, %s", p.Code, p.Decision, p.Source)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		var record struct {
			Decision string `json:"so_quyet_dinh"`
			URL      string `json:"detail_url"`
		}
		if err := json.Unmarshal(raw, &record); err != nil {
			t.Fatal(err)
		}
		compared++
		if p.Decision != record.Decision || !strings.Contains(p.Source, record.URL) {
			t.Errorf("%s: decision %s from %s, want %s from %s", p.Code, p.Decision, p.Source, record.Decision, record.URL)
		}
	}
	if compared < 25 {
		t.Errorf("only %d procedures were compared", compared)
	}
}
