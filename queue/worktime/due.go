package worktime

import (
	"errors"
	"fmt"
	"time"
)

// Units of a Term.
const (
	Hours    = "hour"     // giờ làm việc
	Workdays = "workday"  // ngày làm việc
	Days     = "day"      // ngày
	Months   = "month"    // tháng
	SameDay  = "same-day" // trong ngày
)

// Models of a Term.
const (
	ByHour = "hour" // counted to the minute, 1 working day = 8 working hours
	ByDay  = "day"  // counted in whole days, due at the end of the last
)

// dayOfWork is the length of a working day in the hour model, as the cities'
// systems reckon it, whatever an office's own sessions add up to.
const dayOfWork = 8 * time.Hour

// maxN bounds a term; the longest on the national portal is 60 months.
const maxN = 1000

// Term is a statutory time and how it is counted. It has the fields of
// catalogue.Duration and converts from it.
type Term struct {
	N     int
	Unit  string
	Model string
	// CutOff, in minutes from midnight, is for SameDay: received after it, a
	// dossier is due the next working day. 0 is none.
	CutOff int
}

// ErrTerm: the term is not one that can be counted.
var ErrTerm = errors.New("not a countable term")

// Check reports whether the term can be counted.
func (t Term) Check() error {
	ok := t.N >= 1 && t.N <= maxN && (t.Model == ByHour || t.Model == ByDay)
	switch t.Unit {
	case Hours, Workdays, Days, Months:
	case SameDay:
		ok = t.N >= 0 && t.N <= 1 && t.CutOff >= 0 && t.CutOff < 24*60
	default:
		ok = false
	}
	if !ok {
		return fmt.Errorf("%d %.20q by %.20q: %w", t.N, t.Unit, t.Model, ErrTerm)
	}
	return nil
}

// Deadline is when something is due. Tentative tells that the count crossed a
// day that was not decided yet when the calendar was made.
type Deadline struct {
	At        time.Time
	Tentative bool
}

// Due is the deadline of a term that began with a receipt. It always falls in
// a working session or on its end, and never before the receipt.
//
// By hour, a receipt outside working time counts from the next opening; the
// rest is working time to the minute. By day, the Civil Code 2015 holds: the
// day of receipt is not counted (art. 147.2), a month ends on the same date or
// the month's last (art. 148.3), and what would end on a day off ends with the
// next working day (art. 148.5). A same-day procedure is due when work ends
// today, or the next working day if received after the cut-off or after work.
//
// The error is a *MissingError when the count leaves the known years, ErrTerm
// when the term makes no sense.
func (c *Calendar) Due(received time.Time, t Term) (Deadline, error) {
	if err := t.Check(); err != nil {
		return Deadline{}, err
	}
	received = received.In(Zone)
	due, err := c.due(received, t)
	if err != nil {
		return Deadline{}, err
	}
	return Deadline{At: due, Tentative: c.Tentative(received, due)}, nil
}

func (c *Calendar) due(received time.Time, t Term) (time.Time, error) {
	if t.Unit == SameDay {
		return c.dueSameDay(received, t.CutOff)
	}
	if t.Model == ByDay && t.Unit != Hours {
		return c.dueByDay(received, t)
	}
	start, err := c.NextOpening(received)
	if err != nil {
		return time.Time{}, err
	}
	switch t.Unit {
	case Hours:
		return c.Add(start, time.Duration(t.N)*time.Hour)
	case Workdays:
		return c.Add(start, time.Duration(t.N)*dayOfWork)
	case Days:
		return c.NextOpening(start.AddDate(0, 0, t.N))
	}
	return c.NextOpening(addMonths(start, t.N))
}

func (c *Calendar) dueSameDay(received time.Time, cutOff int) (time.Time, error) {
	today := midnight(received)
	end, err := c.endOf(today)
	if err != nil {
		return time.Time{}, err
	}
	late := cutOff > 0 && received.After(at(today, cutOff))
	if midnight(end).Equal(today) && (late || !received.Before(end)) {
		return c.endOf(today.AddDate(0, 0, 1))
	}
	return end, nil
}

func (c *Calendar) dueByDay(received time.Time, t Term) (time.Time, error) {
	day := midnight(received)
	switch t.Unit {
	case Days:
		return c.endOf(day.AddDate(0, 0, t.N))
	case Months:
		return c.endOf(addMonths(day, t.N))
	}
	for range t.N {
		end, err := c.endOf(day.AddDate(0, 0, 1))
		if err != nil {
			return time.Time{}, err
		}
		day = midnight(end)
	}
	return c.endOf(day)
}

// addMonths keeps the date, or takes the last of a month that is too short.
func addMonths(t time.Time, n int) time.Time {
	end := t.AddDate(0, n, 0)
	if end.Day() != t.Day() { // AddDate ran over into the next month
		end = end.AddDate(0, 0, -end.Day())
	}
	return end
}

// Tentative reports whether a day that was not decided when the calendar was
// made lies between two moments, their days included.
func (c *Calendar) Tentative(from, to time.Time) bool {
	first, last := from.In(Zone).Format(time.DateOnly), to.In(Zone).Format(time.DateOnly)
	for date, d := range c.days {
		if d.Tentative && first <= date && date <= last {
			return true
		}
	}
	return false
}
