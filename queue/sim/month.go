package sim

import (
	"fmt"
	"io"
	"time"
)

// Month is a run of generated working days.
type Month struct {
	Office Office
	Start  string // the first day; days without sessions are passed over
	Days   int
	Seed   uint64
	Faults Faults
}

// Report is what a month did.
type Report struct {
	Month Month
	Count Count
	Days  []DayReport
	Waits []Wait
}

// DayReport is one line of a month.
type DayReport struct {
	Date    string
	Tickets int
	Waits   []Wait
}

// SomeFaults is an unlucky office: every day some clock jumps and crashes, and
// one command in thirty comes twice.
func SomeFaults() Faults { return Faults{Jump: 0.001, Crash: 0.002, Retry: 0.03} }

// Summary is a report in numbers.
type Summary struct {
	Seed     uint64   `json:"seed"`
	Days     int      `json:"days"`
	Count    Count    `json:"count"`
	Services []Row    `json:"services"`
	Promises Promises `json:"promises"`
}

// Summary sums the report up.
func (r *Report) Summary() Summary {
	return Summary{
		Seed: r.Month.Seed, Days: len(r.Days), Count: r.Count,
		Services: Table(r.Month.Office.Config, r.Waits), Promises: Promised(r.Waits),
	}
}

// Play plays the month. The error names the first broken promise of the queue,
// with the day and the record; the seed plays it again.
func (m Month) Play() (*Report, error) {
	at, err := time.ParseInLocation(time.DateOnly, m.Start, local)
	if err != nil {
		return nil, fmt.Errorf("play a month: %w", err)
	}
	r := &Report{Month: m}
	run, idle := NewRun(m.Faults, m.Seed), 0
	for ; len(r.Days) < m.Days; at = at.AddDate(0, 0, 1) {
		spans, bounded := m.Office.Config.Sessions(at)
		if !bounded {
			spans = Hours()[at.Weekday()]
		}
		if len(spans) == 0 {
			if idle++; idle > 100 {
				return r, fmt.Errorf("play a month: the office has no sessions")
			}
			continue
		}
		day, err := Generate(m.Office, at.Format(time.DateOnly), m.Seed)
		if err != nil {
			return r, err
		}
		waits, err := run.Play(day)
		r.Count = run.Count()
		if err != nil {
			return r, fmt.Errorf("seed %d, %s: %w", m.Seed, day.Date, err)
		}
		r.Days = append(r.Days, DayReport{Date: day.Date, Tickets: len(waits), Waits: waits})
		r.Waits = append(r.Waits, waits...)
	}
	return r, nil
}

// Write writes the report for people.
func (r *Report) Write(w io.Writer) error {
	out := &printer{w: w}
	c := r.Count
	out.f("%d days, seed %d: %d tickets, %d commands (%d refused), %d events, %d calls\n",
		len(r.Days), r.Month.Seed, c.Tickets, c.Commands, c.Refused, c.Events, c.Calls)
	out.f("went wrong: %d clock jumps, %d crashes, %d commands again (%d pressed twice), %d people sent away and %d days lost by a wrong clock\n",
		c.Jumps, c.Crashes, c.Retries, c.Doubles, c.Reissued, c.Lost)
	out.f("held: numbers unique, one open ticket a counter, every start one end, the order rule, no negative wait, replay to the same bytes\n\n")
	out.f("%-16s %8s %7s %7s %7s %7s %9s %9s\n", "day", "tickets", "median", "p90", "max", "≤15min", "not called", "promises")
	for _, d := range r.Days {
		at, _ := time.Parse(time.DateOnly, d.Date)
		row := rowOf("", d.Waits)
		out.f("%-16s %8d %7s %7s %7s %6.0f%% %9d %8.0f%%\n", at.Format("Mon 02/01/2006"), d.Tickets,
			short(row.Median), short(row.P90), short(row.Max), 100*row.Within15, row.NotServed, 100*Promised(d.Waits).Kept)
	}
	out.f("\n")
	if out.err != nil {
		return out.err
	}
	if err := WriteTable(w, "", Table(r.Month.Office.Config, r.Waits)); err != nil {
		return err
	}
	p := Promised(r.Waits)
	out.f("\npromises: %.1f%% held of %d; half of the ranges are narrower than %s, or %.0f%% of the wait\n",
		100*p.Kept, p.Tickets, short(p.Width), 100*p.Relative)
	return out.err
}

// printer remembers the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) f(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}
