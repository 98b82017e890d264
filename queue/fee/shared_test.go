package fee_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"motcua/assets/fees"
	"motcua/queue/catalogue"
	"motcua/queue/catalogue/portal"
	"motcua/queue/fee"
	"motcua/queue/refusal"
)

// TestPortalRecords makes tariffs of the national portal's own records: every
// procedure has one, each channel is worked out or refused for a reason, and
// nothing costs less than nothing.
func TestPortalRecords(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("MOTCUA_SHARED")
	if folder == "" {
		t.Skip("MOTCUA_SHARED names no folder with the portal's records")
	}
	files, err := filepath.Glob(filepath.Join(folder, "catalogue", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list []catalogue.Procedure
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := portal.Read(raw, portal.Options{From: "2026-01-01"})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	national, err := fees.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := schedule(t, national, fee.FromCatalogue(list, national))
	count := map[string]int{}
	for _, p := range list {
		tariffs := s.For(p.Code, day)
		if len(tariffs) == 0 && p.Fee.Until == "" {
			t.Errorf("%s has no tariff", p.Code)
		}
		for _, one := range tariffs {
			for _, channel := range []string{"counter", "online", "post"} {
				a, err := s.Assess(fee.Request{Tariff: one.ID, Channel: channel, Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}})
				no, refused := refusal.Of(err)
				switch {
				case err == nil && a.Due >= 0 && a.Due <= a.Full:
					count["worked out"]++
				case refused && no.Code == "fee-not-set":
					count["not set"]++
				default:
					t.Errorf("%s by %s: %+v, %v", one.ID, channel, a, err)
				}
			}
		}
	}
	t.Logf("%d procedures: %v", len(list), count)
	if count["worked out"] < 300 || count["not set"] == 0 {
		t.Errorf("%v of %d procedures", count, len(list))
	}
}

// BenchmarkAssess works out a fee among the rates of 5,700 procedures.
func BenchmarkAssess(b *testing.B) {
	var list []catalogue.Procedure
	for n := range 5700 {
		p := record()
		p.Code = fmt.Sprintf("1.%06d", n)
		list = append(list, p)
	}
	s := schedule(b, fee.FromCatalogue(list))
	r := fee.Request{Tariff: fee.TariffID("1.005000"), Channel: "online", Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}}
	for b.Loop() {
		if len(s.For("1.005000", day)) != 1 {
			b.Fatal("no tariff")
		}
		if _, err := s.Assess(r); err != nil {
			b.Fatal(err)
		}
	}
}
