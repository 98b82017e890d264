package payment

import (
	"cmp"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/ereceipt"
	"motcua/queue/money"
)

// Sum is payments counted and added.
type Sum struct {
	Count  int   `json:"count"`
	Amount int64 `json:"amount"`
}

func (s *Sum) add(amount int64) {
	s.Count++
	s.Amount += amount
}

// Takings are sums by method.
type Takings struct {
	Cash     Sum `json:"cash"`
	Transfer Sum `json:"transfer"`
	Total    Sum `json:"total"`
}

func (t *Takings) add(p Payment) {
	if p.Method == ereceipt.Cash {
		t.Cash.add(p.Amount)
	} else {
		t.Transfer.add(p.Amount)
	}
	t.Total.add(p.Amount)
}

// Line is what one officer took for one fee.
type Line struct {
	Officer string     `json:"officer"`
	Fee     string     `json:"fee"`
	FeeName queue.Text `json:"fee_name"`
	Takings
}

// Drawer is what one officer took, and the cash that was counted.
type Drawer struct {
	Officer string `json:"officer"`
	Takings
	// Counted is the cash handed over; Over is what it has too much, below 0
	// what is missing. Both are nothing until IsCounted.
	IsCounted bool  `json:"is_counted"`
	Counted   int64 `json:"counted"`
	Over      int64 `json:"over"`
}

// Report is a day's takings. Lines, Drawers and Fees add up to Total, each of
// them to the đồng.
type Report struct {
	Day     string   `json:"day"` // local date
	Lines   []Line   `json:"lines"`
	Drawers []Drawer `json:"drawers"`
	Fees    []Line   `json:"fees"` // over all officers, Officer is ""
	Total   Takings  `json:"total"`
	// Words is Total's amount in words.
	Words queue.Text `json:"words"`

	// Unreconciled are transfers that no bank line explains; their money is in
	// Total.
	Unreconciled []Payment `json:"unreconciled"`
	// Unreceipted have no provider's number yet.
	Unreceipted []Payment `json:"unreceipted"`
	// TakenBack are not in any sum.
	TakenBack []Payment `json:"taken_back"`
	// Faults are payments that cannot be counted: incomplete, or another one
	// stands for the same dossier and fee.
	Faults []Payment `json:"faults"`
}

// Close reports a day: the payments of day's date in day's zone. The same
// payment twice counts once. counted is the cash handed over by officer; an
// officer without an entry has not counted yet.
func Close(day time.Time, payments []Payment, counted map[string]int64) Report {
	r := Report{Day: day.Format(time.DateOnly)}
	lines, drawers, fees := map[[2]string]*Line{}, map[string]*Drawer{}, map[string]*Line{}
	for officer := range counted {
		drawers[officer] = &Drawer{Officer: officer}
	}
	for _, p := range r.standing(day, payments) {
		entry(lines, [2]string{p.Officer, p.Key.Fee}, Line{Officer: p.Officer, Fee: p.Key.Fee, FeeName: p.FeeName}).add(p)
		entry(fees, p.Key.Fee, Line{Fee: p.Key.Fee, FeeName: p.FeeName}).add(p)
		entry(drawers, p.Officer, Drawer{Officer: p.Officer}).add(p)
		r.Total.add(p)
		if !p.Reconciled() {
			r.Unreconciled = append(r.Unreconciled, p)
		}
		if p.Receipt == "" {
			r.Unreceipted = append(r.Unreceipted, p)
		}
	}
	for _, d := range drawers {
		if n, ok := counted[d.Officer]; ok {
			d.IsCounted, d.Counted, d.Over = true, n, n-d.Cash.Amount
		}
	}
	byLine := func(a, b Line) int { return cmp.Or(cmp.Compare(a.Officer, b.Officer), cmp.Compare(a.Fee, b.Fee)) }
	r.Lines, r.Fees = sorted(lines, byLine), sorted(fees, byLine)
	r.Drawers = sorted(drawers, func(a, b Drawer) int { return cmp.Compare(a.Officer, b.Officer) })
	r.Words = queue.Text{VI: money.Words{}.Vietnamese(r.Total.Total.Amount), EN: money.English(r.Total.Total.Amount)}
	return r
}

// standing picks what counts on the day, and files the rest.
func (r *Report) standing(day time.Time, payments []Payment) []Payment {
	var list []Payment
	first := map[ereceipt.Key]Payment{}
	for _, p := range payments {
		before, again := first[p.Key]
		switch {
		case p.At.In(day.Location()).Format(time.DateOnly) != r.Day:
		case !p.check():
			r.Faults = append(r.Faults, p)
		case p.Void != "":
			r.TakenBack = append(r.TakenBack, p)
		case again && !before.says(p):
			r.Faults = append(r.Faults, p)
		case !again:
			first[p.Key] = p
			list = append(list, p)
		}
	}
	return list
}

func entry[K comparable, V any](m map[K]*V, key K, empty V) *V {
	if m[key] == nil {
		m[key] = &empty
	}
	return m[key]
}

func sorted[K comparable, V any](m map[K]*V, by func(a, b V) int) []V {
	list := make([]V, 0, len(m))
	for _, v := range m {
		list = append(list, *v)
	}
	slices.SortFunc(list, by)
	return list
}
