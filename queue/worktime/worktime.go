package worktime

import "time"

// midnight is the start of t's local day.
func midnight(t time.Time) time.Time {
	y, m, d := t.In(Zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, Zone)
}

// at is a moment of a day, in minutes from its midnight.
func at(day time.Time, minute int) time.Time { return day.Add(time.Duration(minute) * time.Minute) }

// IsWorking reports whether the office works at a moment: from the first
// minute of a session up to, not including, its end.
func (c *Calendar) IsWorking(t time.Time) (bool, error) {
	day := midnight(t)
	sessions, err := c.on(day)
	for _, s := range sessions {
		if !t.Before(at(day, s.From)) && t.Before(at(day, s.To)) {
			return true, nil
		}
	}
	return false, err
}

// NextOpening is t itself while the office works, otherwise the moment it next
// begins: the morning, the end of lunch, the next working morning.
func (c *Calendar) NextOpening(t time.Time) (time.Time, error) {
	t = t.In(Zone)
	for day := midnight(t); ; day = day.AddDate(0, 0, 1) {
		sessions, err := c.on(day)
		if err != nil {
			return time.Time{}, err
		}
		for _, s := range sessions {
			if from := at(day, s.From); t.Before(from) {
				return from, nil
			}
			if t.Before(at(day, s.To)) {
				return t, nil
			}
		}
	}
}

// WorkingBetween is the working time from one moment to a later one; zero when
// they stand the other way round, as after a clock was put back.
func (c *Calendar) WorkingBetween(from, to time.Time) (time.Duration, error) {
	var sum time.Duration
	for day := midnight(from); day.Before(to); day = day.AddDate(0, 0, 1) {
		sessions, err := c.on(day)
		if err != nil {
			return 0, err
		}
		for _, s := range sessions {
			begin, end := at(day, s.From), at(day, s.To)
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
	}
	return sum, nil
}

// Add is the moment at which d of working time has passed since t. A result
// that falls on the end of a session stays there (17:00, not the next
// morning). Add of nothing is t itself.
func (c *Calendar) Add(t time.Time, d time.Duration) (time.Time, error) {
	t = t.In(Zone)
	if d <= 0 {
		return t, nil
	}
	for day := midnight(t); ; day = day.AddDate(0, 0, 1) {
		sessions, err := c.on(day)
		if err != nil {
			return time.Time{}, err
		}
		for _, s := range sessions {
			begin, end := at(day, s.From), at(day, s.To)
			if begin.Before(t) {
				begin = t
			}
			free := end.Sub(begin)
			if free > 0 && d <= free {
				return begin.Add(d), nil
			}
			d -= max(0, free)
		}
	}
}

// endOf is the end of work of the first working day from a day on.
func (c *Calendar) endOf(day time.Time) (time.Time, error) {
	for ; ; day = day.AddDate(0, 0, 1) {
		sessions, err := c.on(day)
		if err != nil {
			return time.Time{}, err
		}
		if n := len(sessions); n > 0 {
			return at(day, sessions[n-1].To), nil
		}
	}
}
