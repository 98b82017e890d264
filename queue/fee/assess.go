package fee

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/money"
	"motcua/queue/refusal"
)

// Item is some equal copies of one paper: Copies of Units units each, as
// "three copies of a paper of ten pages". What is paid by the case has 1 unit.
type Item struct {
	Copies int `json:"copies"`
	Units  int `json:"units"`
}

// Request is what is to be worked out.
type Request struct {
	Tariff  string    // id, of Schedule.For
	Channel string    // "counter", "online", "post"
	Day     time.Time // of receipt, in local time: what holds then is paid
	Items   []Item
	Grounds []string // ids that were shown to hold
}

// Assessment is the answer. Its values are kept with the dossier: a later
// table never changes them.
type Assessment struct {
	Tariff  string     `json:"tariff"`
	Name    queue.Text `json:"name"`
	Kind    string     `json:"kind"`
	Channel string     `json:"channel"`
	Items   []Item     `json:"items"`
	Full    int64      `json:"full"` // before relief, đồng
	Due     int64      `json:"due"`  // to be paid, đồng
	// Rules are the steps in order, each with its source; the last one's After
	// is Due.
	Rules []Rule `json:"rules"`
}

// What a Rule does.
const (
	StepRate      = "rate"
	StepTier      = "tier"
	StepCap       = "cap"
	StepExemption = "exemption"
	StepReduction = "reduction"
)

// Rule is one step of an assessment.
type Rule struct {
	Step   string     `json:"step"`              // Step…
	ID     string     `json:"id"`                // the tariff's or the relief's
	Name   queue.Text `json:"name"`              // the unit of a price, the name of a relief
	Amount int64      `json:"amount,omitempty"`  // the price or the cap, đồng
	From   int        `json:"from,omitempty"`    // of a tier
	Rest   int        `json:"percent,omitempty"` // what a reduction leaves, percent
	Source string     `json:"source"`
	After  int64      `json:"after"` // what is to be paid after this step, đồng
}

// Text is the key and arguments of the sentence for a rule:
// texts.Get(lang, key, args...).
func (r Rule) Text(lang string) (key string, args []string) {
	name := r.Name.In(lang)
	switch r.Step {
	case StepTier:
		return "fee.rule.tier", []string{"from", strconv.Itoa(r.From), "per", name, "amount", money.Format(r.Amount)}
	case StepCap:
		return "fee.rule.cap", []string{"amount", money.Format(r.Amount)}
	case StepExemption:
		return "fee.rule.exemption", []string{"name", name}
	case StepReduction:
		return "fee.rule.reduction", []string{"name", name, "percent", strconv.Itoa(r.Rest)}
	}
	return "fee.rule.rate", []string{"amount", money.Format(r.Amount), "per", name}
}

// Assess works out a fee. It refuses "fee-unknown" when no tariff of that id
// holds on the day, "fee-not-set" when the council's rate, or one for the
// channel, is in no table, "fee-count" when copies or units are none or too
// many, "fee-ground-unknown" for a ground that no table has, and
// "fee-too-large" beyond money.Max.
//
// Of several reliefs the one that leaves the least is applied, alone: the law
// states each against the full rate and none says that they add up. A part of
// a đồng is dropped.
func (s *Schedule) Assess(r Request) (Assessment, error) {
	t, ok := s.on(r.Tariff, r.Day)
	day := r.Day.Format("02/01/2006")
	if !ok {
		return Assessment{}, refusal.New("fee-unknown", "fee", clip(r.Tariff), "day", day)
	}
	rate, ok := t.rate(r.Channel)
	if !ok {
		return Assessment{}, refusal.New("fee-not-set", "fee", t.Name.VI, "day", day)
	}
	for _, id := range r.Grounds {
		if _, ok := s.Ground(id); !ok {
			return Assessment{}, refusal.New("fee-ground-unknown", "ground", clip(id))
		}
	}
	a := Assessment{Tariff: t.ID, Name: t.Name, Kind: t.Kind, Channel: r.Channel, Items: slices.Clone(r.Items)}
	if err := a.count(t, rate); err != nil {
		return Assessment{}, err
	}
	s.relieve(&a, r)
	return a, nil
}

// rate is the one of a channel, or the one for every other.
func (t Tariff) rate(channel string) (found Rate, ok bool) {
	for _, r := range t.Rates {
		if r.Channel == channel || r.Channel == "" && !ok {
			found, ok = r, true
		}
	}
	return found, ok
}

// count fills Full and the rules of the price: the first one, each tier that
// was reached, the cap if it cut anything.
func (a *Assessment) count(t Tariff, rate Rate) error {
	if len(a.Items) == 0 || len(a.Items) > maxItems {
		return countRefused()
	}
	reached, capped := 0, false
	for _, item := range a.Items {
		if item.Copies < 1 || item.Copies > MaxCopies || item.Units < 1 || item.Units > MaxUnits {
			return countRefused()
		}
		each, ok := rate.copy(item.Units)
		if ok && rate.Cap > 0 && each > rate.Cap {
			each, capped = rate.Cap, true
		}
		if !ok || each > (money.Max-a.Full)/int64(item.Copies) {
			return refusal.New("fee-too-large", "max", money.Digits(money.Max))
		}
		a.Full += each * int64(item.Copies)
		reached = max(reached, item.Units)
	}
	a.Due = a.Full
	for i, tier := range rate.Tiers {
		step := StepTier
		if i == 0 {
			step = StepRate
		}
		if tier.From <= reached {
			a.Rules = append(a.Rules, Rule{Step: step, ID: t.ID, Name: rate.Per, Amount: tier.Amount, From: tier.From, Source: t.Source, After: a.Full})
		}
	}
	if capped {
		a.Rules = append(a.Rules, Rule{Step: StepCap, ID: t.ID, Name: rate.Per, Amount: rate.Cap, Source: t.Source, After: a.Full})
	}
	return nil
}

func countRefused() error {
	return refusal.New("fee-count", "max", money.Digits(MaxCopies))
}

// copy is the price of one copy before the cap; ok is false beyond money.Max
// where no cap holds.
func (r Rate) copy(units int) (total int64, ok bool) {
	for i, tier := range r.Tiers {
		last := units
		if i+1 < len(r.Tiers) {
			last = min(units, r.Tiers[i+1].From-1)
		}
		n := int64(last - tier.From + 1)
		if n <= 0 {
			break
		}
		if tier.Amount > (money.Max-total)/n {
			return r.Cap + 1, r.Cap > 0 // more than the cap in any case
		}
		total += n * tier.Amount
	}
	return total, true
}

// relieve applies the relief that leaves the least, the earlier in the tables
// of equal ones.
func (s *Schedule) relieve(a *Assessment, r Request) {
	var best *Relief
	for _, one := range s.reliefs[a.Tariff] {
		if !holds(one.From, one.To, r.Day) || one.Channel != "" && one.Channel != r.Channel {
			continue
		}
		shown := len(one.Grounds) == 0 || slices.ContainsFunc(one.Grounds, func(id string) bool { return slices.Contains(r.Grounds, id) })
		if shown && (best == nil || one.Percent < best.Percent) {
			best = &one
		}
	}
	if best == nil {
		return
	}
	step := StepReduction
	if best.Percent == 0 {
		step = StepExemption
	}
	a.Due = a.Full/100*int64(best.Percent) + a.Full%100*int64(best.Percent)/100
	a.Rules = append(a.Rules, Rule{Step: step, ID: best.ID, Name: best.Name, Rest: best.Percent, Source: best.Source, After: a.Due})
}

// clip bounds what a refusal repeats.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), 40)], "") }
