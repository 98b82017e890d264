package stats

import (
	"strconv"
	"time"

	"motcua/assets/i18n"
	"motcua/queue"
)

// Kind says what a column holds, and so how it is written.
type Kind int

// Column kinds: words, a number, seconds, a share from 0 to 1.
const (
	Words Kind = iota
	Count
	Duration
	Percent
)

// Column is one column of a sheet.
type Column struct {
	Head queue.Text
	Kind Kind
	// Brief marks the columns that a narrow page shows.
	Brief bool
}

// Cell is one value: Text for Words, else Number. Empty means that there is
// nothing to say (the share of nothing, the median of no wait), which is not 0.
type Cell struct {
	Text   string
	Number float64
	Empty  bool
}

// Sheet is one table of the report in both languages, the same for every
// format that it is written in.
type Sheet struct {
	ID      string // "total", "days", "hours" …
	Name    queue.Text
	Columns []Column // the first is the row's name
	Keys    []string // the rows' keys
	Rows    [][]Cell
}

// Sheets lays the report out: the total first, then by day (when there are
// several), hour, service, class, counter and officer.
func (r Report) Sheets(t *i18n.Texts) []Sheet {
	total := r.Total
	total.Name = both(t, "stats.key.total")
	sheets := []Sheet{sheet(t, "total", []Group{total})}
	if len(r.Days) > 1 {
		sheets = append(sheets, sheet(t, "days", r.Days))
	}
	return append(sheets,
		sheet(t, "hours", r.Hours), sheet(t, "services", r.Services), sheet(t, "classes", r.Classes),
		sheet(t, "counters", r.Counters), sheet(t, "officers", r.Officers))
}

// Notes are the sentences that belong to every copy of the report: what was
// measured and how, and what to doubt.
func (r Report) Notes(t *i18n.Texts) []queue.Text {
	minutes := strconv.Itoa(r.Target / 60)
	notes := []queue.Text{
		both(t, "stats.define.wait"), both(t, "stats.define.service"), both(t, "stats.define.later"),
		both(t, "stats.define.apart"), both(t, "stats.define.absent"), both(t, "stats.define.target", "minutes", minutes),
		both(t, "stats.define.promise"), both(t, "stats.define.satisfied"), both(t, "stats.define.quantile"),
	}
	if !r.Complete {
		notes = append(notes, both(t, "stats.state.open"))
	}
	if x := r.Elsewhere; x.Records > 0 {
		notes = append(notes, both(t, "stats.state.elsewhere", "records", strconv.Itoa(x.Records), "tickets", strconv.Itoa(x.Tickets),
			"late", strconv.Itoa(x.Late), "kept", strconv.Itoa(x.Kept), "conflicts", strconv.Itoa(x.Conflicts)))
	}
	if r.Total.ByHand > 0 {
		notes = append(notes, both(t, "stats.state.by-hand", "n", strconv.Itoa(r.Total.ByHand)))
	}
	if r.ClockJumps > 0 {
		notes = append(notes, both(t, "stats.state.jumps", "n", strconv.Itoa(r.ClockJumps)))
	}
	if r.Unread > 0 {
		notes = append(notes, both(t, "stats.state.unread", "n", strconv.Itoa(r.Unread)))
	}
	return notes
}

// Period says which days the report is about.
func (r Report) Period(t *i18n.Texts) queue.Text {
	switch len(r.Days) {
	case 0:
		return both(t, "stats.period.none")
	case 1:
		return both(t, "stats.period.day", "from", date(r.From))
	}
	return both(t, "stats.period.days", "from", date(r.From), "to", date(r.To), "n", strconv.Itoa(len(r.Days)))
}

// date writes a day as people here do.
func date(day string) string {
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return d.Format("02/01/2006")
}

// both is a text in both languages.
func both(t *i18n.Texts, key string, args ...string) queue.Text {
	return queue.Text{VI: t.Get("vi", key, args...), EN: t.Get("en", key, args...)}
}

func sheet(t *i18n.Texts, id string, groups []Group) Sheet {
	s := Sheet{ID: id, Name: both(t, "stats.sheet."+id), Columns: []Column{{Head: both(t, "stats.key."+id), Brief: true}}}
	for _, c := range columns {
		s.Columns = append(s.Columns, Column{Head: both(t, "stats.col."+c.key), Kind: c.kind, Brief: c.brief})
	}
	for _, g := range groups {
		row := []Cell{{Text: name(t, id, g)}}
		for _, c := range columns {
			if staff := id == "counters" || id == "officers"; staff && c.owned {
				row = append(row, Cell{Empty: true})
				continue
			}
			row = append(row, c.of(g))
		}
		s.Keys, s.Rows = append(s.Keys, g.Key), append(s.Rows, row)
	}
	return s
}

// name is what a row is called; data in two languages shows its Vietnamese.
func name(t *i18n.Texts, id string, g Group) string {
	switch {
	case id == "classes" && g.Key == "":
		return t.Get("vi", "stats.class.ordinary")
	case id == "days":
		return date(g.Key)
	case g.Name.VI == "":
		return g.Key
	}
	return g.Name.VI
}

// column is one figure. owned ones are of groups that own tickets, and say
// nothing of counters and officers.
type column struct {
	key          string
	kind         Kind
	brief, owned bool
	of           func(Group) Cell
}

func (c column) ofOwners() column {
	c.owned = true
	return c
}

func count(key string, brief bool, of func(Group) int) column {
	return column{key, Count, brief, false, func(g Group) Cell { return Cell{Number: float64(of(g))} }}
}

func percent(key string, brief bool, of func(Group) Fraction) column {
	return column{key, Percent, brief, false, func(g Group) Cell {
		f := of(g)
		return Cell{Number: max(0, float64(f)), Empty: f == None}
	}}
}

// spell is one figure of a summary.
func spell(key string, brief bool, of func(Group) Summary, figure func(Summary) int) column {
	return column{key, Duration, brief, false, func(g Group) Cell {
		s := of(g)
		return Cell{Number: float64(figure(s)), Empty: s.N == 0}
	}}
}

// columns are the figures in the order of every sheet.
var columns = []column{
	count("issued", true, func(g Group) int { return g.Issued }).ofOwners(),
	count("called", true, func(g Group) int { return g.Called }),
	count("done", true, func(g Group) int { return g.Done }),
	count("absent", false, func(g Group) int { return g.Absent }),
	percent("absent-rate", true, func(g Group) Fraction { return g.AbsentBy }),
	spell("wait-median", true, waitOf, Summary.median),
	spell("wait-p90", true, waitOf, Summary.p90),
	spell("wait-mean", false, waitOf, Summary.mean),
	spell("wait-max", true, waitOf, Summary.max),
	percent("target-rate", true, func(g Group) Fraction { return g.InTarget }),
	spell("service-median", true, serviceOf, Summary.median),
	spell("service-p90", false, serviceOf, Summary.p90),
	spell("service-mean", false, serviceOf, Summary.mean),
	spell("service-max", false, serviceOf, Summary.max),
	{"busy", Duration, false, false, func(g Group) Cell { return Cell{Number: float64(g.Busy)} }},
	count("transferred", false, func(g Group) int { return g.Transferred }),
	count("later-legs", false, func(g Group) int { return g.Later.Legs }),
	spell("later-wait", false, func(g Group) Summary { return g.Later.Wait }, Summary.median),
	spell("later-service", false, func(g Group) Summary { return g.Later.Service }, Summary.median),
	count("not-served", false, func(g Group) int { return g.NotServed }),
	count("forced", false, func(g Group) int { return g.Forced }),
	count("void", false, func(g Group) int { return g.Void }).ofOwners(),
	count("open", false, func(g Group) int { return g.Open }).ofOwners(),
	count("recalls", false, func(g Group) int { return g.Recalls }),
	count("chosen", false, func(g Group) int { return g.Chosen }),
	count("auto-done", false, func(g Group) int { return g.AutoDone }),
	percent("promise-rate", true, func(g Group) Fraction { return g.Promise.Rate }),
	{"promise-width", Duration, false, false, func(g Group) Cell {
		return Cell{Number: float64(g.Promise.Width), Empty: g.Promise.Tickets == 0}
	}},
	count("rated", false, func(g Group) int { return g.Ratings.N }).ofOwners(),
	percent("satisfied", true, func(g Group) Fraction { return g.Ratings.Satisfied }).ofOwners(),
}

func waitOf(g Group) Summary    { return g.Wait }
func serviceOf(g Group) Summary { return g.Service }

func (s Summary) median() int { return s.Median }
func (s Summary) p90() int    { return s.P90 }
func (s Summary) mean() int   { return s.Mean }
func (s Summary) max() int    { return s.Max }
