package sim

import (
	"fmt"
	"io"
	"slices"
	"time"
	"unicode/utf8"

	"motcua/queue"
)

// Row sums waits up: the wait is from the number to the first call.
type Row struct {
	Service string        `json:"service"` // "" is all
	Name    string        `json:"name"`
	Tickets int           `json:"tickets"`
	Median  time.Duration `json:"median"` // nanoseconds
	P90     time.Duration `json:"p90"`
	Max     time.Duration `json:"max"`
	// Within15 is the share of all tickets called within 15 minutes.
	Within15  float64 `json:"within_15_min"`
	NotServed int     `json:"not_served"` // never called
}

// Table sums up by service, in the order of the configuration, and at the end
// over all.
func Table(c queue.Config, waits []Wait) []Row {
	by := map[string][]Wait{}
	for _, w := range waits {
		by[w.Service] = append(by[w.Service], w)
	}
	var rows []Row
	for _, s := range c.Services {
		row := rowOf(s.ID, by[s.ID])
		row.Name = s.Name.EN
		if row.Name == "" {
			row.Name = s.Name.VI
		}
		rows = append(rows, row)
	}
	all := rowOf("", waits)
	all.Name = "All"
	return append(rows, all)
}

func rowOf(service string, waits []Wait) Row {
	row := Row{Service: service, Tickets: len(waits)}
	var times []time.Duration
	soon := 0
	for _, w := range waits {
		if !w.Served {
			row.NotServed++
			continue
		}
		times = append(times, w.Wait)
		if w.Wait <= 15*time.Minute {
			soon++
		}
	}
	slices.Sort(times)
	row.Median, row.P90, row.Max = rank(times, 0.5), rank(times, 0.9), rank(times, 1)
	if len(waits) > 0 {
		row.Within15 = float64(soon) / float64(len(waits))
	}
	return row
}

// rank is a quantile of sorted times, by nearest rank.
func rank(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// Promises is how good estimates were.
type Promises struct {
	Tickets int     `json:"tickets"` // that were called
	Kept    float64 `json:"kept"`    // share whose first call fell in the promised range
	// Width is the median width of a range in nanoseconds; Relative the median
	// of width by wait, over the tickets that waited more than 5 minutes.
	Width    time.Duration `json:"width"`
	Relative float64       `json:"relative"`
	// Useful is the share of ranges no wider than 5 minutes or 60 % of the
	// wait.
	Useful float64 `json:"useful"`
}

// Promised measures the estimates of the tickets that were called.
func Promised(waits []Wait) Promises {
	var p Promises
	var widths []time.Duration
	var relative []float64
	kept, useful := 0, 0
	for _, w := range waits {
		if !w.Served {
			continue
		}
		p.Tickets++
		if w.Kept {
			kept++
		}
		width := w.Estimate.High - w.Estimate.Low
		widths = append(widths, width)
		if float64(width) <= max(float64(5*time.Minute), 0.6*float64(w.Wait)) {
			useful++
		}
		if w.Wait > 5*time.Minute {
			relative = append(relative, float64(width)/float64(w.Wait))
		}
	}
	if p.Tickets == 0 {
		return p
	}
	slices.Sort(widths)
	slices.Sort(relative)
	p.Kept, p.Useful = float64(kept)/float64(p.Tickets), float64(useful)/float64(p.Tickets)
	p.Width = widths[len(widths)/2]
	if len(relative) > 0 {
		p.Relative = relative[len(relative)/2]
	}
	return p
}

// WriteTable writes rows for people.
func WriteTable(w io.Writer, title string, rows []Row) error {
	out := &printer{w: w}
	wide := utf8.RuneCountInString(title)
	for _, r := range rows {
		wide = max(wide, utf8.RuneCountInString(r.Name))
	}
	out.f("%s %8s %8s %8s %8s %8s %11s\n", pad(title, wide), "tickets", "median", "p90", "max", "≤15 min", "not served")
	for _, r := range rows {
		out.f("%s %8d %8s %8s %8s %7.0f%% %11d\n", pad(r.Name, wide), r.Tickets,
			short(r.Median), short(r.P90), short(r.Max), 100*r.Within15, r.NotServed)
	}
	return out.err
}

// pad fills with spaces by letters, not bytes.
func pad(s string, n int) string {
	return s + fmt.Sprintf("%*s", n-utf8.RuneCountInString(s), "")
}

// short writes minutes and seconds: "12:05".
func short(d time.Duration) string {
	s := int(d.Round(time.Second) / time.Second)
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s/60%60, s%60)
	}
	return fmt.Sprintf("%d:%02d", s/60, s%60)
}
