package catalogue

import (
	"fmt"
	"slices"

	"motcua/queue/money"
	"motcua/queue/worktime"
)

// notes reports whether anything is open about a field, advice included.
func (p *Procedure) notes(field string) bool {
	return slices.ContainsFunc(p.Open, func(o Open) bool { return o.Field == field })
}

func tooLong(texts ...string) bool {
	return slices.ContainsFunc(texts, func(s string) bool { return len(s) > maxText })
}

// checkParts names the faults of what a full record has beside a short one.
func (p *Procedure) checkParts() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if n := max(len(p.Channels), len(p.Results), len(p.Steps), len(p.Legal)); n > MaxParts {
		bad("%d channels, results, steps or documents: more than %d", n, MaxParts)
	}
	if len(p.Remarks) > MaxRemarks || len(p.Open) > MaxOpen {
		bad("%d remarks, %d open points: too many", len(p.Remarks), len(p.Open))
	}
	for i, c := range p.Channels {
		if c.Kind != ChannelCounter && c.Kind != ChannelOnline && c.Kind != ChannelPost {
			bad("channel %d: there is no channel %.20q", i+1, c.Kind)
		}
		if err := worktime.Term(c.Time).Check(); err != nil && c.Time != (Duration{}) {
			bad("channel %d: time: %w", i+1, err)
		}
		for _, err := range c.Fee.check() {
			bad("channel %d: %w", i+1, err)
		}
		if tooLong(c.TimeText, c.Note) {
			bad("channel %d: a text is too long", i+1)
		}
	}
	for i, s := range p.Steps {
		if s.Name == "" || tooLong(s.Name, s.Unit) || s.Hours < 0 {
			bad("step %d: the name is missing or too long, or its hours are negative", i+1)
		}
	}
	for i, r := range p.Results {
		if r.Name == "" || tooLong(r.Name, r.Code) {
			bad("result %d: the name is missing or too long", i+1)
		}
	}
	for _, o := range p.Open {
		if o.Field == "" || o.Why == "" || tooLong(o.Field, o.Why, o.Text) {
			bad("an open point without field or reason, or too long")
		}
	}
	if tooLong(p.Remarks...) || tooLong(p.Legal...) {
		bad("a remark or document is longer than %d bytes", maxText)
	}
	return faults
}

func (f *Fee) check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if f.Amount < 0 {
		bad("the fee is negative")
	}
	if f.Amount > money.Max {
		bad("the fee is more than %s đồng", money.Digits(money.Max))
	}
	if f.Kind != "" && f.Kind != FeeKindCharge && f.Kind != FeeKindFee {
		bad("there is no kind of fee %.20q", f.Kind)
	}
	if f.Until != "" && !isDate(f.Until) {
		bad("the fee holds until %.20q: not a date", f.Until)
	}
	if tooLong(f.Per, f.Note, f.Text) || tooLong(f.Exempt...) || max(len(f.Reductions), len(f.Exempt)) > MaxReductions {
		bad("a text of the fee is too long, or there are too many")
	}
	for _, r := range f.Reductions {
		if r.Percent < 0 || r.Percent > 100 || r.From != "" && !isDate(r.From) || r.To != "" && !isDate(r.To) || tooLong(r.Text, r.Channel) {
			bad("a reduction to %d %% from %.20q to %.20q", r.Percent, r.From, r.To)
		}
	}
	return faults
}
