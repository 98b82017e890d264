package worktime

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Zone is Vietnam's time. The country has had no summer time since 1975.
var Zone = time.FixedZone("+07", 7*60*60)

// Table is a calendar as an administrator keeps it: working weeks and days
// off, each with its validity and its source. It marshals to JSON.
type Table struct {
	Version string `json:"version"`
	Weeks   []Week `json:"weeks"`
	Years   []Year `json:"years"`
}

// Week is the working week from a local date to another, both included;
// To is empty while in force. Sessions are by weekday: "mon" … "sun".
type Week struct {
	From     string               `json:"from"`
	To       string               `json:"to,omitempty"`
	Sessions map[string][]Session `json:"sessions"`
	Source   string               `json:"source"`
}

// Session is a stretch of work in minutes from local midnight, From included,
// To not. Its text is "08:00-12:00".
type Session struct{ From, To int }

// MarshalText writes "08:00-12:00".
func (s Session) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60), nil
}

// UnmarshalText reads "08:00-12:00".
func (s *Session) UnmarshalText(b []byte) error {
	from, to, ok := strings.Cut(string(b), "-")
	f, err1 := minutes(from)
	t, err2 := minutes(to)
	if !ok || err1 != nil || err2 != nil {
		return fmt.Errorf("session %.20q is not like 08:00-12:00", b)
	}
	*s = Session{From: f, To: t}
	return nil
}

func minutes(clock string) (int, error) {
	if clock == "24:00" {
		return 24 * 60, nil
	}
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err
}

// Year lists what differs from the working week in one year. A year without
// an entry is unknown, even if nothing differs in it.
type Year struct {
	Year   int    `json:"year"`
	Source string `json:"source"` // the notices that fixed it
	Days   []Day  `json:"days"`
}

// Kind tells how a day differs.
type Kind string

// Kinds of day.
const (
	Holiday Kind = "holiday" // nghỉ lễ, Tết
	InLieu  Kind = "in-lieu" // nghỉ bù, or the weekday swapped against a Saturday
	Worked  Kind = "worked"  // làm bù: a day off that is worked
)

// Day is one day that differs from the working week.
type Day struct {
	Date string `json:"date"` // local, "2006-01-02"
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
	// For is the day that a worked day makes up for; its weekday's sessions
	// are worked. Empty means the day's own weekday.
	For string `json:"for,omitempty"`
	// Tentative marks a day that was proposed and not decided when the table
	// was made; a deadline counted across it says so.
	Tentative bool `json:"tentative,omitempty"`
}

var weekdays = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// Check names every fault of a table, not only the first.
func (t Table) Check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if len(t.Weeks) == 0 {
		bad("weeks: there is none")
	}
	for i, w := range t.Weeks {
		faults = append(faults, w.check()...)
		for _, o := range t.Weeks[:i] {
			if w.holds(o.From) || o.holds(w.From) {
				bad("week from %s: overlaps the week from %s", w.From, o.From)
			}
		}
	}
	years, dates := map[int]bool{}, map[string]bool{}
	for _, y := range t.Years {
		if years[y.Year] {
			bad("year %d: stands twice", y.Year)
		}
		years[y.Year] = true
		for _, d := range y.Days {
			if err := d.check(y.Year); err != nil {
				faults = append(faults, err)
			}
			if dates[d.Date] {
				bad("day %s: stands twice", d.Date)
			}
			dates[d.Date] = true
		}
	}
	return faults
}

func (w Week) check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !isDate(w.From) || w.To != "" && !isDate(w.To) {
		bad("week %q to %q: not dates", w.From, w.To)
	}
	if w.To != "" && w.To < w.From {
		bad("week from %s: ends before it begins", w.From)
	}
	worked := 0
	for name, sessions := range w.Sessions {
		if !slices.Contains(weekdays[:], name) {
			bad("week from %s: %q is not a weekday", w.From, name)
		}
		end := 0
		for i, s := range sessions {
			if s.From < end || s.From >= s.To || s.To > 24*60 {
				bad("week from %s: session %d of %s is empty or overlaps", w.From, i+1, name)
			}
			end = s.To
			worked++
		}
	}
	if worked == 0 {
		bad("week from %s: nobody ever works", w.From)
	}
	return faults
}

// holds reports whether a local date lies in the week's validity.
func (w Week) holds(date string) bool { return w.From <= date && (w.To == "" || date <= w.To) }

func (d Day) check(year int) error {
	switch {
	case !isDate(d.Date):
		return fmt.Errorf("day %q: not a date", d.Date)
	case d.Date[:4] != fmt.Sprintf("%04d", year):
		return fmt.Errorf("day %s: not in %d", d.Date, year)
	case d.Kind != Holiday && d.Kind != InLieu && d.Kind != Worked:
		return fmt.Errorf("day %s: kind %q is none of holiday, in-lieu, worked", d.Date, d.Kind)
	case d.For != "" && (d.Kind != Worked || !isDate(d.For)):
		return fmt.Errorf("day %s: for %q", d.Date, d.For)
	}
	return nil
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// Calendar answers questions from a table. It never changes and is safe for
// use by many goroutines. Make one with New.
type Calendar struct {
	table Table
	years map[int]bool
	days  map[string]Day
}

// New makes a calendar; the error joins every fault of the table.
func New(t Table) (*Calendar, error) {
	if err := errors.Join(t.Check()...); err != nil {
		return nil, fmt.Errorf("calendar %s: %w", t.Version, err)
	}
	c := &Calendar{table: t, years: map[int]bool{}, days: map[string]Day{}}
	for _, y := range t.Years {
		c.years[y.Year] = true
		for _, d := range y.Days {
			c.days[d.Date] = d
		}
	}
	for _, d := range c.days {
		if d.Kind == Worked && len(c.sessions(d.Date)) == 0 {
			return nil, fmt.Errorf("calendar %s: day %s is worked but has no sessions", t.Version, d.Date)
		}
	}
	return c, nil
}

// sessions are the working sessions of a local date, none on a day off.
func (c *Calendar) sessions(date string) []Session {
	like := date
	if d, ok := c.days[date]; ok {
		if d.Kind != Worked {
			return nil
		}
		if d.For != "" {
			like = d.For
		}
	}
	t, err := time.Parse(time.DateOnly, like)
	if err != nil {
		return nil
	}
	for _, w := range c.table.Weeks {
		if w.holds(date) {
			return w.Sessions[weekdays[t.Weekday()]]
		}
	}
	return nil
}

// MissingError says that the table does not reach a day: no holidays are known
// for its year, or no working week holds.
type MissingError struct {
	Date string // "2006-01-02"
}

// Error names the day.
func (e *MissingError) Error() string { return "the working calendar does not reach " + e.Date }

// on is sessions for a day that the table must know.
func (c *Calendar) on(day time.Time) ([]Session, error) {
	date := day.Format(time.DateOnly)
	held := slices.ContainsFunc(c.table.Weeks, func(w Week) bool { return w.holds(date) })
	if !held || !c.years[day.Year()] {
		return nil, &MissingError{Date: date}
	}
	return c.sessions(date), nil
}
