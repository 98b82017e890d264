package fees_test

import (
	"errors"
	"testing"
	"time"

	"motcua/assets/fees"
	"motcua/queue/fee"
	"motcua/queue/refusal"
)

// TestFees holds the table against amounts worked out by hand.
func TestFees(t *testing.T) {
	t.Parallel()
	table, err := fees.Load()
	if err != nil {
		t.Fatal(err)
	}
	s, err := fee.New(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		procedure, tariff, channel, day string
		items                           []fee.Item
		grounds                         []string
		due                             int64
	}{
		"an extract":                           {"2.000635", "trich-luc-ho-tich", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, nil, 8000},
		"three extracts":                       {"2.000635", "trich-luc-ho-tich", "post", "2026-11-23", []fee.Item{{Copies: 3, Units: 1}}, nil, 24000},
		"a copy of one page":                   {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, nil, 2000},
		"a copy of two pages":                  {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 2}}, nil, 4000},
		"a copy of three pages":                {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 3}}, nil, 5000},
		"198 pages reach the cap":              {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 198}}, nil, 200000},
		"199 pages stay at it":                 {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 199}}, nil, 200000},
		"two papers":                           {"2.000815", "chung-thuc-ban-sao", "counter", "2026-11-23", []fee.Item{{Copies: 2, Units: 300}, {Copies: 3, Units: 10}}, nil, 436000},
		"residence at the counter":             {"1.004222", "cu-tru-thuong-tru", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, nil, 20000},
		"residence online":                     {"1.004222", "cu-tru-thuong-tru", "online", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, nil, 10000},
		"residence of a child":                 {"1.004222", "cu-tru-thuong-tru", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, []string{"tre-em"}, 0},
		"a card before the reduction":          {"1.014064", "can-cuoc-cap-lai", "counter", "2025-06-30", []fee.Item{{Copies: 1, Units: 1}}, nil, 70000},
		"a card online before it":              {"1.014064", "can-cuoc-cap-lai", "online", "2025-06-30", []fee.Item{{Copies: 1, Units: 1}}, nil, 35000},
		"a card on its first day":              {"1.014064", "can-cuoc-cap-lai", "counter", "2025-07-01", []fee.Item{{Copies: 1, Units: 1}}, nil, 35000},
		"a card online, both: not added up":    {"1.014064", "can-cuoc-cap-lai", "online", "2025-07-01", []fee.Item{{Copies: 1, Units: 1}}, nil, 35000},
		"a card on its last day":               {"1.014064", "can-cuoc-cap-lai", "counter", "2026-12-31", []fee.Item{{Copies: 1, Units: 1}}, nil, 35000},
		"a card the day after":                 {"1.014064", "can-cuoc-cap-lai", "counter", "2027-01-01", []fee.Item{{Copies: 1, Units: 1}}, nil, 70000},
		"a ground that is none for this paper": {"2.000635", "trich-luc-ho-tich", "counter", "2026-11-23", []fee.Item{{Copies: 1, Units: 1}}, []string{"ho-ngheo"}, 8000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			day, err := time.Parse(time.DateOnly, c.day)
			if err != nil {
				t.Fatal(err)
			}
			known := false
			for _, tariff := range s.For(c.procedure, day) {
				known = known || tariff.ID == c.tariff
			}
			a, err := s.Assess(fee.Request{Tariff: c.tariff, Channel: c.channel, Day: day, Items: c.items, Grounds: c.grounds})
			if err != nil || a.Due != c.due || !known {
				t.Errorf("got %+v (%v), want %d", a, err, c.due)
			}
		})
	}
	day := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	_, err = s.Assess(fee.Request{Tariff: "ho-tich", Channel: "counter", Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}})
	if !errors.Is(err, refusal.New("fee-not-set")) {
		t.Errorf("what the council sets is %v", err)
	}
}
