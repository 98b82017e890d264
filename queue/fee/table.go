package fee

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/money"
)

// Kinds of a tariff (Law 97/2015/QH13, art. 3).
const (
	Charge = "phi"    // phí: pays for a service
	Levy   = "le-phi" // lệ phí: fixed, for a paper or a registration
)

// Bounds of a table and of a request.
const (
	maxRows  = 50_000
	maxParts = 100
	maxItems = 100
	// MaxCopies and MaxUnits bound one item: more is a slip of the finger.
	MaxCopies = 10_000
	MaxUnits  = 10_000
)

// Table is a list of rules as data: the country's, or an office's own. Dates
// are local, "2006-01-02", both ends included; an empty one is no bound.
type Table struct {
	Version string   `json:"version"`
	Tariffs []Tariff `json:"tariffs"`
	Reliefs []Relief `json:"reliefs,omitempty"`
	Grounds []Ground `json:"grounds,omitempty"`
}

// Tariff is one fee between two dates.
type Tariff struct {
	ID         string     `json:"id"` // stable over dates: "chung-thuc-ban-sao"
	Name       queue.Text `json:"name"`
	Kind       string     `json:"kind"`                 // Charge or Levy; "" when the source does not say
	Procedures []string   `json:"procedures,omitempty"` // national codes that it is taken for
	From       string     `json:"from,omitempty"`
	To         string     `json:"to,omitempty"`
	// Council marks a fee that the provincial council sets: no Rates here; the
	// office's table has a tariff of the same ID with the council's.
	Council bool   `json:"council,omitempty"`
	Rates   []Rate `json:"rates,omitempty"`
	Source  string `json:"source"`
	Verify  bool   `json:"verify,omitempty"` // not yet held against the official text
}

// Rate is the price through one channel; Channel "" is every channel without a
// rate of its own.
type Rate struct {
	Channel string     `json:"channel,omitempty"` // "counter", "online", "post"
	Per     queue.Text `json:"per"`               // the unit: trang, page
	Tiers   []Tier     `json:"tiers"`             // by From; the first is from 1
	Cap     int64      `json:"cap,omitempty"`     // the most for one copy, đồng; 0 is none
}

// Tier is the price of each unit of a copy from the From-th on.
type Tier struct {
	From   int   `json:"from"`
	Amount int64 `json:"amount"` // đồng
}

// Relief lets people pay less between two dates: Percent of the fee is to be
// paid, 0 is an exemption.
type Relief struct {
	ID      string     `json:"id"`
	Name    queue.Text `json:"name"`
	Tariffs []string   `json:"tariffs"` // ids
	From    string     `json:"from,omitempty"`
	To      string     `json:"to,omitempty"`
	Channel string     `json:"channel,omitempty"` // "" is every one
	// Grounds are ids, one of which is enough; empty is everybody.
	Grounds []string `json:"grounds,omitempty"`
	Percent int      `json:"percent"`
	Source  string   `json:"source"`
	Verify  bool     `json:"verify,omitempty"`
}

// Ground is why somebody pays less (diện được miễn, giảm), and what shows it;
// no Proof is that the source names none.
type Ground struct {
	ID    string     `json:"id"`
	Name  queue.Text `json:"name"`
	Proof queue.Text `json:"proof,omitzero"`
}

// Schedule is every rule known, read-only.
type Schedule struct {
	tariffs map[string][]Tariff // by id
	taken   map[string][]string // ids by procedure, each once, in order
	reliefs map[string][]Relief // by tariff
	grounds map[string]Ground   // by id
}

// New joins tables: the country's and an office's. It names everything wrong
// with them: a rule without source, dates or amounts that make no sense, two
// rates for one day. A rate never stands over another, so no office can change
// by mistake what the country has set.
func New(tables ...Table) (*Schedule, error) {
	s := &Schedule{tariffs: map[string][]Tariff{}, taken: map[string][]string{}, reliefs: map[string][]Relief{}, grounds: map[string]Ground{}}
	var faults []error
	for _, t := range tables {
		if len(t.Tariffs)+len(t.Reliefs)+len(t.Grounds) > maxRows {
			return nil, fmt.Errorf("fee table %.20q: more than %d rows", t.Version, maxRows)
		}
		for _, row := range t.Tariffs {
			faults = append(faults, row.check())
			s.tariffs[row.ID] = append(s.tariffs[row.ID], row)
			for _, code := range row.Procedures {
				if !slices.Contains(s.taken[code], row.ID) {
					s.taken[code] = append(s.taken[code], row.ID)
				}
			}
		}
		for _, g := range t.Grounds {
			faults = append(faults, s.addGround(g))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.tariffs)) {
		faults = append(faults, once(id, s.tariffs[id]))
	}
	for _, t := range tables {
		for _, r := range t.Reliefs {
			faults = append(faults, s.addRelief(r))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("fee tables: %w", err)
	}
	for _, ids := range s.taken {
		slices.Sort(ids)
	}
	return s, nil
}

// check names the first fault of a tariff by itself.
func (t Tariff) check() error {
	bad := func(what string) error { return fmt.Errorf("tariff %.40q: %s", t.ID, what) }
	switch {
	case t.ID == "" || t.Name.VI == "" || t.Name.EN == "":
		return bad("its id or a name is missing")
	case t.Kind != "" && t.Kind != Charge && t.Kind != Levy:
		return bad("is neither phí nor lệ phí")
	case t.Source == "":
		return bad("names no source")
	case !span(t.From, t.To):
		return bad("its dates are none")
	case t.Council != (len(t.Rates) == 0):
		return bad("has either rates or a council that sets them")
	case max(len(t.Rates), len(t.Procedures)) > maxParts:
		return bad("has too many parts")
	}
	for i, r := range t.Rates {
		if slices.ContainsFunc(t.Rates[:i], func(o Rate) bool { return o.Channel == r.Channel }) {
			return bad("has two rates for one channel")
		}
		if r.Per.VI == "" || r.Per.EN == "" || len(r.Tiers) == 0 || len(r.Tiers) > maxParts || !amount(r.Cap) {
			return bad("a rate has no unit, no price or a bad cap")
		}
		for k, tier := range r.Tiers {
			if !amount(tier.Amount) || k == 0 && tier.From != 1 || k > 0 && tier.From <= r.Tiers[k-1].From {
				return bad("a price is out of bounds or out of order")
			}
		}
	}
	return nil
}

// once wants at most one row that has rates, and one of a council, for a day.
func once(id string, rows []Tariff) error {
	for i, a := range rows {
		for _, b := range rows[:i] {
			if a.Council == b.Council && (a.To == "" || b.From <= a.To) && (b.To == "" || a.From <= b.To) {
				return fmt.Errorf("tariff %.40q: two rows hold on one day", id)
			}
		}
	}
	return nil
}

func (s *Schedule) addGround(g Ground) error {
	if g.ID == "" || g.Name.VI == "" || g.Name.EN == "" || (g.Proof.VI == "") != (g.Proof.EN == "") {
		return fmt.Errorf("ground %.40q: its id, a name or a language of its proof is missing", g.ID)
	}
	if _, twice := s.grounds[g.ID]; twice {
		return fmt.Errorf("ground %.40q: stands twice", g.ID)
	}
	s.grounds[g.ID] = g
	return nil
}

func (s *Schedule) addRelief(r Relief) error {
	bad := func(what string) error { return fmt.Errorf("relief %.40q: %s", r.ID, what) }
	switch {
	case r.ID == "" || r.Name.VI == "" || r.Name.EN == "" || r.Source == "":
		return bad("its id, a name or its source is missing")
	case !span(r.From, r.To):
		return bad("its dates are none")
	case r.Percent < 0 || r.Percent >= 100:
		return bad("leaves less than nothing, or all")
	case len(r.Tariffs) == 0 || max(len(r.Tariffs), len(r.Grounds)) > maxParts:
		return bad("is for no tariff, or for too many")
	}
	for _, id := range r.Tariffs {
		if s.tariffs[id] == nil {
			return bad("there is no tariff " + id)
		}
		s.reliefs[id] = append(s.reliefs[id], r)
	}
	for _, id := range r.Grounds {
		if _, ok := s.Ground(id); !ok {
			return bad("there is no ground " + id)
		}
	}
	return nil
}

// For lists the tariffs of a procedure on a local date, by id. A council's that
// the office's table fills in is the filled one.
func (s *Schedule) For(procedure string, day time.Time) []Tariff {
	var list []Tariff
	for _, id := range s.taken[procedure] {
		if t, ok := s.on(id, day); ok {
			list = append(list, t)
		}
	}
	return list
}

// Ground finds a ground by its id.
func (s *Schedule) Ground(id string) (Ground, bool) {
	g, ok := s.grounds[id]
	return g, ok
}

// GroundsOf lists the grounds that let somebody pay less of a tariff on a day.
func (s *Schedule) GroundsOf(tariff string, day time.Time) []Ground {
	var list []Ground
	seen := map[string]bool{}
	for _, r := range s.reliefs[tariff] {
		if !holds(r.From, r.To, day) {
			continue
		}
		for _, id := range r.Grounds {
			if g, ok := s.Ground(id); ok && !seen[id] {
				seen[id], list = true, append(list, g)
			}
		}
	}
	return list
}

// on is the row of a day: the one with rates before the council's.
func (s *Schedule) on(id string, day time.Time) (found Tariff, ok bool) {
	for _, t := range s.tariffs[id] {
		if holds(t.From, t.To, day) && (!ok || found.Council) {
			found, ok = t, true
		}
	}
	return found, ok
}

func holds(from, to string, day time.Time) bool {
	date := day.Format(time.DateOnly)
	return from <= date && (to == "" || date <= to)
}

func span(from, to string) bool {
	for _, s := range []string{from, to} {
		if _, err := time.Parse(time.DateOnly, s); s != "" && err != nil {
			return false
		}
	}
	return to == "" || from <= to
}

func amount(n int64) bool { return n >= 0 && n <= money.Max }
