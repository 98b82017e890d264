package catalogue

import (
	"cmp"
	"slices"
	"time"
)

// Field names of a Change beside those of Open.
const (
	FieldName     = "name"
	FieldDomain   = "domain"
	FieldLevel    = "level"
	FieldDecision = "decision"
)

// Change names one field of a procedure that became different.
type Change struct {
	Field   string // Field…
	Channel string // Channel…, when it is a channel's own; else empty
}

// Changed is a procedure that is in both catalogues and not the same.
type Changed struct {
	Old, New Procedure
	Changes  []Change
}

// Difference is what a new catalogue changes, each list by code.
type Difference struct {
	Added   []Procedure
	Removed []Procedure
	Changed []Changed
}

// Empty reports whether nothing changes for anybody.
func (d *Difference) Empty() bool { return len(d.Added)+len(d.Removed)+len(d.Changed) == 0 }

// Diff compares what is in force on a day in an old and a new catalogue. Both
// may be nil: nothing in force.
func Diff(old, next *Catalogue, day time.Time) Difference {
	before, after := old.inForce(day), next.inForce(day)
	var d Difference
	for code, p := range after {
		was, known := before[code]
		if !known {
			d.Added = append(d.Added, *p)
		} else if changes := was.changes(p); changes != nil {
			d.Changed = append(d.Changed, Changed{Old: *was, New: *p, Changes: changes})
		}
	}
	for code, p := range before {
		if _, still := after[code]; !still {
			d.Removed = append(d.Removed, *p)
		}
	}
	byCode := func(a, b Procedure) int { return cmp.Compare(a.Code, b.Code) }
	slices.SortFunc(d.Added, byCode)
	slices.SortFunc(d.Removed, byCode)
	slices.SortFunc(d.Changed, func(a, b Changed) int { return cmp.Compare(a.New.Code, b.New.Code) })
	return d
}

func (c *Catalogue) inForce(day time.Time) map[string]*Procedure {
	found := map[string]*Procedure{}
	if c == nil {
		return found
	}
	date := day.Format(time.DateOnly)
	for i := range c.Procedures {
		if p := &c.Procedures[i]; p.holds(date) {
			found[p.Code] = p
		}
	}
	return found
}

// changes lists what differs for a citizen or an officer. Where a record was
// taken from, and what a person is to decide about it, is neither.
func (p *Procedure) changes(q *Procedure) []Change {
	var list []Change
	note := func(differs bool, field, channel string) {
		if differs {
			list = append(list, Change{Field: field, Channel: channel})
		}
	}
	note(p.Name != q.Name || p.NameEN != q.NameEN, FieldName, "")
	note(p.Domain != q.Domain, FieldDomain, "")
	note(p.Level != q.Level, FieldLevel, "")
	note(p.Service != q.Service, FieldService, "")
	note(p.Decision != q.Decision, FieldDecision, "")
	note(p.Time != q.Time, FieldTime, "")
	note(!p.Fee.same(q.Fee), FieldFee, "")
	for _, kind := range []string{ChannelCounter, ChannelOnline, ChannelPost} {
		old, next := p.By(kind), q.By(kind)
		// The counter's only row is what Time and Fee already say.
		if kind == ChannelCounter && len(old) <= 1 && len(next) <= 1 {
			continue
		}
		note(!slices.EqualFunc(old, next, func(a, b Channel) bool { return a.Time == b.Time && a.TimeText == b.TimeText }), FieldTime, kind)
		note(!slices.EqualFunc(old, next, func(a, b Channel) bool { return a.Fee.same(b.Fee) }), FieldFee, kind)
	}
	note(!slices.Equal(p.Papers, q.Papers), FieldPapers, "")
	note(p.Result != q.Result || !slices.Equal(p.Results, q.Results), FieldResult, "")
	note(!slices.Equal(p.Steps, q.Steps), FieldSteps, "")
	return list
}

func (f Fee) same(g Fee) bool {
	return f.Amount == g.Amount && f.Per == g.Per && f.Note == g.Note && f.Local == g.Local && f.Kind == g.Kind &&
		f.Until == g.Until && f.Open == g.Open && slices.Equal(f.Exempt, g.Exempt) && slices.Equal(f.Reductions, g.Reductions)
}
