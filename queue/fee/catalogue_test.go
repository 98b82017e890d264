package fee_test

import (
	"errors"
	"testing"
	"time"

	shipped "motcua/assets/catalogue"
	"motcua/queue/catalogue"
	"motcua/queue/fee"
	"motcua/queue/refusal"
)

// record is what the portal says about re-issuing a card, as it is imported.
func record() catalogue.Procedure {
	half := catalogue.Reduction{From: "2025-07-01", To: "2026-12-31", Percent: 50, Text: "bằng 50 %"}
	counter := catalogue.Fee{
		Amount: 70000, Per: "thẻ", Kind: catalogue.FeeKindFee, Reductions: []catalogue.Reduction{half}, Exempt: []string{"Miễn cho trẻ em."},
	}
	online := counter
	online.Reductions = []catalogue.Reduction{{From: "2025-01-01", To: "2025-12-31", Percent: 40, Channel: catalogue.ChannelOnline, Text: "trực tuyến"}, half}
	return catalogue.Procedure{
		Code: "1.014064", Name: "Cấp lại thẻ căn cước", Source: "portal", Decision: "1/QĐ-BCA", From: "2025-01-01", Fee: counter,
		Channels: []catalogue.Channel{
			{Kind: catalogue.ChannelCounter, Fee: counter},
			{Kind: catalogue.ChannelOnline, Fee: online},
			{Kind: catalogue.ChannelPost, Fee: catalogue.Fee{Open: true}},
		},
	}
}

func TestFromCatalogue(t *testing.T) {
	t.Parallel()
	next := record()
	next.From, next.Fee.Amount, next.Channels = "2026-06-01", 80000, nil
	next.Fee.Until = "2026-08-31"
	council := catalogue.Procedure{Code: "1.004444", Name: "Khai tử", From: "2025-01-01", Fee: catalogue.Fee{Local: true}}
	set := council
	set.Code, set.Fee.Amount = "1.001612", 50000
	known := country()
	s := schedule(t, known, fee.FromCatalogue([]catalogue.Procedure{next, record(), council, set, {Code: "2.000815", From: "2025-01-01"}}, known))
	child := s.GroundsOf(fee.TariffID("1.014064"), time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC))
	if len(child) != 1 || child[0].Name.VI != "Miễn cho trẻ em." {
		t.Fatalf("grounds: %+v", child)
	}
	for name, c := range map[string]struct {
		code, channel, date string
		grounds             []string
		due                 int64
		refused             string
	}{
		"before the reduction":      {"1.014064", "counter", "2025-06-30", nil, 70000, ""},
		"in it":                     {"1.014064", "counter", "2025-07-01", nil, 35000, ""},
		"online, the better of two": {"1.014064", "online", "2025-07-01", nil, 28000, ""},
		"online, the year after":    {"1.014064", "online", "2026-01-01", nil, 35000, ""},
		"by post, not decided":      {"1.014064", "post", "2025-07-01", nil, 0, "fee-not-set"},
		"a child":                   {"1.014064", "counter", "2025-03-01", []string{child[0].ID}, 0, ""},
		"the last day of a version": {"1.014064", "counter", "2026-05-31", nil, 35000, ""},
		"the next version":          {"1.014064", "post", "2026-06-01", nil, 40000, ""},
		"known until then":          {"1.014064", "counter", "2026-09-01", nil, 0, "fee-unknown"},
		"before any version":        {"1.014064", "counter", "2024-12-31", nil, 0, "fee-unknown"},
		"the council's":             {"1.004444", "counter", "2026-01-01", nil, 0, "fee-not-set"},
		"the council's, entered":    {"1.001612", "counter", "2026-01-01", nil, 50000, ""},
		"known better":              {"2.000815", "counter", "2026-01-01", nil, 0, "fee-unknown"},
	} {
		day, err := time.Parse(time.DateOnly, c.date)
		if err != nil {
			t.Fatal(err)
		}
		a, err := s.Assess(fee.Request{Tariff: fee.TariffID(c.code), Channel: c.channel, Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}, Grounds: c.grounds})
		if a.Due != c.due || (c.refused == "") != (err == nil) || err != nil && !errors.Is(err, refusal.New(c.refused)) {
			t.Errorf("%s: got %+v, %v", name, a, err)
		}
	}
}

// TestShippedCatalogue: every procedure that is shipped has a tariff, and what
// it costs at the counter is what the catalogue says itself.
func TestShippedCatalogue(t *testing.T) {
	t.Parallel()
	c, err := shipped.Load()
	if err != nil {
		t.Fatal(err)
	}
	s := schedule(t, fee.FromCatalogue(c.Procedures))
	for _, p := range c.Procedures {
		if !p.InForce(day) {
			continue
		}
		list := s.For(p.Code, day)
		if len(list) != 1 {
			t.Fatalf("%s has %d tariffs", p.Code, len(list))
		}
		a, err := s.Assess(fee.Request{Tariff: list[0].ID, Channel: "counter", Day: day, Items: []fee.Item{{Copies: 1, Units: 1}}})
		entered := !p.Fee.Open && (!p.Fee.Local || p.Fee.Amount > 0)
		if entered != (err == nil) || entered && a.Full != p.Fee.Amount {
			t.Errorf("%s: got %d (%v), want %d (%t)", p.Code, a.Full, err, p.Fee.Amount, entered)
		}
	}
}
