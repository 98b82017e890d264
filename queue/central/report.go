package central

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"motcua/queue"
)

// ErrUnknown: there is no such office, dossier or content here.
var ErrUnknown = errors.New("unknown here")

// Line is how the line of an office is, as the city sees it.
type Line string

// Lines. Up means heard from within lineFresh: an office's poll is renewed
// every 50 seconds.
const (
	LineNever Line = "never"
	LineUp    Line = "up"
	LineDown  Line = "down"
	LineFork  Line = "fork" // two histories; a person must decide
)

const lineFresh = 2 * time.Minute

// Totals are a day's numbers of one office or of all. Each has its definition
// in the text "central.define.<name>".
type Totals struct {
	Tickets int `json:"tickets"` // issued
	Waiting int `json:"waiting"` // not called yet, now
	Serving int `json:"serving"` // called or being served, now
	Held    int `json:"held"`
	Absent  int `json:"absent"`
	Served  int `json:"served"`
	Dropped int `json:"dropped"` // withdrawn, or not served at the day's end
	// Waits of the tickets that have been called, in whole minutes; nil while
	// there is none.
	WaitMedian *int `json:"wait_median_min"`
	WaitP90    *int `json:"wait_p90_min"`
	Received   int  `json:"dossiers_received"`
	OnTime     int  `json:"dossiers_on_time"` // finished on time
	Late       int  `json:"dossiers_late"`    // finished late
	Overdue    int  `json:"dossiers_overdue"` // open and past due, now
	Rated      int  `json:"rated"`
	Satisfied  int  `json:"satisfied"` // level 4 or 5
	// Promised counts first calls of tickets whose slip named a wait, Kept
	// those within it.
	Promised int `json:"promises"`
	Kept     int `json:"promises_kept"`
	// Fees of the dossiers received, in đồng.
	Fees int64 `json:"fees_dong"`
}

// OnTimeShare is the share of finished dossiers that were on time.
func (t Totals) OnTimeShare() (share float64, ok bool) { return ratio(t.OnTime, t.OnTime+t.Late) }

// SatisfiedShare is the share of ratings of level 4 or 5.
func (t Totals) SatisfiedShare() (share float64, ok bool) { return ratio(t.Satisfied, t.Rated) }

// KeptShare is the share of promised waits that held.
func (t Totals) KeptShare() (share float64, ok bool) { return ratio(t.Kept, t.Promised) }

func ratio(part, whole int) (float64, bool) {
	if whole == 0 {
		return 0, false
	}
	return float64(part) / float64(whole), true
}

func (t *Totals) add(o Totals) {
	t.Tickets += o.Tickets
	t.Waiting += o.Waiting
	t.Serving += o.Serving
	t.Held += o.Held
	t.Absent += o.Absent
	t.Served += o.Served
	t.Dropped += o.Dropped
	t.Received += o.Received
	t.OnTime += o.OnTime
	t.Late += o.Late
	t.Overdue += o.Overdue
	t.Rated += o.Rated
	t.Satisfied += o.Satisfied
	t.Promised += o.Promised
	t.Kept += o.Kept
	t.Fees += o.Fees
}

// OfficeLine is one office in a report.
type OfficeLine struct {
	ID     string     `json:"id"`
	Name   queue.Text `json:"name"`
	Parent queue.Text `json:"parent"`
	Line   Line       `json:"line"`
	// SeenAt is when it was last heard from; EventAt the time of its last
	// record; zero for never.
	SeenAt  time.Time `json:"seen_at,omitzero"`
	EventAt time.Time `json:"event_at,omitzero"`
	// BusinessDay is the office's own day, which may not be ours.
	BusinessDay string `json:"business_day"`
	DayOpen     bool   `json:"day_open"`
	Records     uint64 `json:"records"`
	// Term is that of the hub whose record this is, Hub its name from term 2 on.
	Term uint64 `json:"term"`
	Hub  string `json:"hub,omitempty"`
	// ClockOffset is its clock minus ours, in milliseconds.
	ClockOffset int64  `json:"clock_offset_ms"`
	SetAside    int    `json:"set_aside"` // records in quarantine
	Totals      Totals `json:"totals"`
	services    []serviceName
}

// Report is the city on a day.
type Report struct {
	Day     string       `json:"day"`
	At      time.Time    `json:"at"`
	City    Totals       `json:"city"`
	Up      int          `json:"offices_up"`
	Offices []OfficeLine `json:"offices"` // by id
}

// Slice is a part of an office's day: an hour, or a service.
type Slice struct {
	Hour       int        `json:"hour,omitempty"`
	Service    string     `json:"service,omitempty"`
	Name       queue.Text `json:"name,omitzero"`
	Issued     int        `json:"issued"` // in this hour
	Called     int        `json:"called"` // of those
	Served     int        `json:"served"` // of those
	Waiting    int        `json:"waiting"`
	WaitMedian *int       `json:"wait_median_min"`
}

// OfficeReport is one office on a day. Hours run from the first hour with a
// ticket to the last.
type OfficeReport struct {
	Day string    `json:"day"`
	At  time.Time `json:"at"`
	OfficeLine
	Hours    []Slice `json:"hours"`
	Services []Slice `json:"services"`
	Fork     *Fork   `json:"fork,omitempty"` // the open alarm
	// Tails are what hubs before this one made and it did not have.
	Tails     []Tail     `json:"tails,omitempty"`
	Documents []Document `json:"documents"`
}

// histogram counts waits by minute.
type histogram map[int]int

// quantile is the smallest minute that at least the share q does not exceed;
// nil without waits.
func (h histogram) quantile(q float64) *int {
	total := 0
	minutes := make([]int, 0, len(h))
	for m, n := range h {
		total += n
		minutes = append(minutes, m)
	}
	if total == 0 {
		return nil
	}
	slices.Sort(minutes)
	seen := 0
	for _, m := range minutes {
		if seen += h[m]; float64(seen) >= q*float64(total) {
			return &m
		}
	}
	return nil
}

// City reports a day ("2006-01-02") of all offices, as of now. Offices listed
// in known appear even when they have never been heard from.
func (s *Store) City(ctx context.Context, day string, now time.Time, known []string) (Report, error) {
	offices, err := s.lines(ctx, day, now, "")
	if err != nil {
		return Report{}, fmt.Errorf("report %s: %w", day, err)
	}
	have := map[string]bool{}
	for _, o := range offices {
		have[o.ID] = true
	}
	for _, id := range known {
		if !have[id] {
			offices = append(offices, OfficeLine{ID: id, Line: LineNever})
		}
	}
	slices.SortFunc(offices, func(a, b OfficeLine) int { return cmp.Compare(a.ID, b.ID) })
	r := Report{Day: day, At: now.In(vietnam), Offices: offices}
	waits, err := s.waits(ctx, day)
	if err != nil {
		return Report{}, fmt.Errorf("report %s: %w", day, err)
	}
	all := histogram{}
	for i := range offices {
		o := &offices[i]
		o.Totals.WaitMedian, o.Totals.WaitP90 = waits[o.ID].quantile(.5), waits[o.ID].quantile(.9)
		for m, n := range waits[o.ID] {
			all[m] += n
		}
		r.City.add(o.Totals)
		if o.Line == LineUp {
			r.Up++
		}
	}
	r.City.WaitMedian, r.City.WaitP90 = all.quantile(.5), all.quantile(.9)
	return r, nil
}

// lines reads the offices with their day; id "" means all.
func (s *Store) lines(ctx context.Context, day string, now time.Time, id string) ([]OfficeLine, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT o.office_id, o.profile, o.day, o.day_open, o.seq, o.seen_at, o.event_at, o.offset_ms, o.fork_at, o.set_aside, o.term, o.hub,
			COALESCE(d.issued, 0), COALESCE(d.waiting, 0), COALESCE(d.serving, 0), COALESCE(d.held, 0), COALESCE(d.absent, 0),
			COALESCE(d.served, 0), COALESCE(d.dropped, 0), COALESCE(d.received, 0), COALESCE(d.on_time, 0), COALESCE(d.late, 0),
			COALESCE(d.rated, 0), COALESCE(d.satisfied, 0), COALESCE(d.promised, 0), COALESCE(d.kept, 0), COALESCE(d.fees, 0)
		FROM office o LEFT JOIN daily d ON d.office_id = o.office_id AND d.day = $1
		WHERE $2 = '' OR o.office_id = $2`, day, id)
	if err != nil {
		return nil, fmt.Errorf("read offices: %w", err)
	}
	defer rows.Close()
	var list []OfficeLine
	for rows.Next() {
		o, err := scanLine(rows, now)
		if err != nil {
			return nil, fmt.Errorf("read offices: %w", err)
		}
		list = append(list, o)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read offices: %w", err)
	}
	overdue, err := s.overdue(ctx, now, id)
	for i := range list {
		list[i].Totals.Overdue = overdue[list[i].ID]
	}
	return list, err
}

func scanLine(rows *sql.Rows, now time.Time) (OfficeLine, error) {
	var o OfficeLine
	var text string
	var open, seen, event, fork int64
	t := &o.Totals
	err := rows.Scan(&o.ID, &text, &o.BusinessDay, &open, &o.Records, &seen, &event, &o.ClockOffset, &fork, &o.SetAside, &o.Term, &o.Hub,
		&t.Tickets, &t.Waiting, &t.Serving, &t.Held, &t.Absent, &t.Served, &t.Dropped,
		&t.Received, &t.OnTime, &t.Late, &t.Rated, &t.Satisfied, &t.Promised, &t.Kept, &t.Fees)
	if err != nil {
		return o, err
	}
	var p profile
	if text != "" {
		if err := json.Unmarshal([]byte(text), &p); err != nil {
			return o, fmt.Errorf("profile of %s: %w", o.ID, err)
		}
	}
	o.Name, o.Parent, o.services = p.Name, p.Parent, p.Services
	o.DayOpen, o.SeenAt, o.EventAt = open == 1, moment(seen), moment(event)
	switch {
	case fork != 0:
		o.Line = LineFork
	case seen == 0:
		o.Line = LineNever
	case now.Sub(o.SeenAt) <= lineFresh:
		o.Line = LineUp
	default:
		o.Line = LineDown
	}
	return o, nil
}

// overdue counts the open dossiers past their due moment.
func (s *Store) overdue(ctx context.Context, now time.Time, id string) (map[string]int, error) {
	counts := map[string]int{}
	err := s.query(ctx, func(rows *sql.Rows) error {
		var office string
		var n int
		err := rows.Scan(&office, &n)
		counts[office] = n
		return err
	}, `SELECT office_id, COUNT(*) FROM dossier
		WHERE finished_at = 0 AND paused_at = 0 AND due_at > 0 AND due_at < $1 AND ($2 = '' OR office_id = $2)
		GROUP BY office_id`, millis(now), id)
	if err != nil {
		return nil, fmt.Errorf("count overdue dossiers: %w", err)
	}
	return counts, nil
}

func (s *Store) waits(ctx context.Context, day string) (map[string]histogram, error) {
	waits := map[string]histogram{}
	err := s.query(ctx, func(rows *sql.Rows) error {
		var office string
		var minute, n int
		if err := rows.Scan(&office, &minute, &n); err != nil {
			return err
		}
		if waits[office] == nil {
			waits[office] = histogram{}
		}
		waits[office][minute] = n
		return nil
	}, `SELECT office_id, minute, n FROM wait WHERE day = $1`, day)
	if err != nil {
		return nil, fmt.Errorf("read waits: %w", err)
	}
	return waits, nil
}

// query runs scan for each row.
func (s *Store) query(ctx context.Context, scan func(*sql.Rows) error, text string, args ...any) error {
	rows, err := s.read.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
