package calendar_test

import (
	"testing"
	"time"

	"motcua/assets/calendar"
	"motcua/queue/worktime"
)

func TestDaysOffAndWorkedSaturdays(t *testing.T) {
	t.Parallel()
	cal, err := calendar.Load()
	if err != nil {
		t.Fatal(err)
	}
	off := []string{
		// The first day of Tết is the anchor: many public lists have it wrong.
		"2025-01-29", "2026-02-17", "2027-02-06",
		"2025-01-27", "2025-01-31", "2025-04-07", "2025-05-02", "2025-09-01",
		"2026-01-02", "2026-02-16", "2026-02-20", "2026-04-27", "2026-08-31", "2026-11-24", "2026-11-22",
		"2027-01-01", "2027-05-03", "2027-11-24",
	}
	worked := []string{
		"2025-04-26", "2026-01-10", "2026-08-22", // Saturdays
		"2025-02-03", "2026-02-13", "2026-02-23", "2026-11-23", "2026-11-25", "2027-01-04",
	}
	for want, days := range map[bool][]string{false: off, true: worked} {
		for _, date := range days {
			ten, err := time.ParseInLocation("2006-01-02 15:04", date+" 10:00", worktime.Zone)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := cal.IsWorking(ten); got != want || err != nil {
				t.Errorf("%s at 10:00: working %t (%v), want %t", date, got, err, want)
			}
		}
	}
}
