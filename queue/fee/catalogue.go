package fee

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
)

// FromCatalogue makes a table of what the catalogue's own records say about
// fees, for the procedures that no known table has a tariff for: a rate for
// each channel that has one amount, dated reductions, and each sentence about
// who pays nothing as a ground, in the source's own words. What is open or the
// council's becomes a tariff without rates, which Assess refuses. Prices by the
// page or with a cap stand in notes there, not in figures: those need a tariff
// of a known table.
func FromCatalogue(procedures []catalogue.Procedure, known ...Table) Table {
	taken := map[string]bool{}
	for _, t := range known {
		for _, row := range t.Tariffs {
			for _, code := range row.Procedures {
				taken[code] = true
			}
		}
	}
	list := slices.DeleteFunc(slices.Clone(procedures), func(p catalogue.Procedure) bool { return taken[p.Code] })
	slices.SortStableFunc(list, func(a, b catalogue.Procedure) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From))
	})
	table := Table{Version: "catalogue"}
	for i, p := range list {
		to := p.To
		if i+1 < len(list) && list[i+1].Code == p.Code { // a version ends where the next begins
			to = earlier(to, dayBefore(list[i+1].From))
		}
		if to != "" && to < p.From {
			continue // the next one begins on the same day
		}
		table.add(p, to)
	}
	return table
}

// TariffID is the id of the tariff that FromCatalogue makes for a procedure.
func TariffID(code string) string { return "tthc-" + strings.ReplaceAll(code, ".", "-") }

// add appends the rules of one version that holds until a date.
func (t *Table) add(p catalogue.Procedure, to string) {
	row := Tariff{
		ID: TariffID(p.Code), Name: both(p.Name, p.NameEN), Kind: p.Fee.Kind, Procedures: []string{p.Code},
		From: p.From, To: to, Source: cmp.Or(strings.TrimSpace(strings.Trim(p.Source+"; "+p.Decision, "; ")), p.Code),
	}
	t.channel(&row, p, "", p.Fee, decided(p.Fee) && len(p.Channels) == 0)
	if len(p.Channels) > 0 {
		for _, kind := range []string{catalogue.ChannelCounter, catalogue.ChannelOnline, catalogue.ChannelPost} {
			f, ok := p.FeeBy(kind)
			t.channel(&row, p, kind, f, ok && decided(f))
		}
	}
	row.Council = len(row.Rates) == 0
	t.Tariffs = append(t.Tariffs, row)
}

// decided: a council's fee of 0 is one that nobody has entered.
func decided(f catalogue.Fee) bool { return !f.Open && !(f.Local && f.Amount == 0) }

// channel appends what one channel costs, if that is decided. An amount that
// is known until a date ends the whole tariff there: what then is not said.
func (t *Table) channel(row *Tariff, p catalogue.Procedure, kind string, f catalogue.Fee, ok bool) {
	if !ok || f.Until != "" && f.Until < row.From {
		return
	}
	row.To = earlier(row.To, f.Until)
	per := queue.Text{VI: "hồ sơ", EN: "dossier"}
	if f.Per != "" {
		per = both(f.Per, "")
	}
	row.Rates = append(row.Rates, Rate{Channel: kind, Per: per, Tiers: []Tier{{From: 1, Amount: f.Amount}}})
	relief := func(name string) Relief {
		id := fmt.Sprintf("%s-%d", row.ID, len(t.Reliefs)+1)
		return Relief{ID: id, Name: both(name, ""), Tariffs: []string{row.ID}, From: row.From, To: row.To, Channel: kind, Source: row.Source}
	}
	for _, red := range f.Reductions {
		one := relief(cmp.Or(red.Text, f.Text, p.Name))
		one.From, one.To, one.Percent = max(one.From, red.From), earlier(one.To, red.To), red.Percent
		one.Channel = cmp.Or(kind, red.Channel)
		elsewhere := kind != "" && red.Channel != "" && red.Channel != kind
		if red.Percent < 100 && !elsewhere && (one.To == "" || one.From <= one.To) {
			t.Reliefs = append(t.Reliefs, one)
		}
	}
	for _, sentence := range f.Exempt {
		one := relief(sentence)
		one.Grounds = []string{t.ground(row.ID, sentence)}
		t.Reliefs = append(t.Reliefs, one)
	}
}

// ground is the id of a sentence about who pays nothing.
func (t *Table) ground(tariff, sentence string) string {
	for _, g := range slices.Backward(t.Grounds) { // a procedure's stand together
		if !strings.HasPrefix(g.ID, tariff+"-mien-") {
			break
		}
		if g.Name.VI == sentence {
			return g.ID
		}
	}
	id := fmt.Sprintf("%s-mien-%d", tariff, len(t.Grounds)+1)
	t.Grounds = append(t.Grounds, Ground{ID: id, Name: both(sentence, "")})
	return id
}

func both(vi, en string) queue.Text { return queue.Text{VI: vi, EN: cmp.Or(en, vi)} }

// earlier of two dates, of which "" is no bound.
func earlier(a, b string) string {
	if a == "" || b != "" && b < a {
		return b
	}
	return a
}

func dayBefore(date string) string {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return ""
	}
	return day.AddDate(0, 0, -1).Format(time.DateOnly)
}
