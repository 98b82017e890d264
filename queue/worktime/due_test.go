package worktime_test

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/assets/calendar"
	"motcua/queue/worktime"
)

func load(t testing.TB) *worktime.Calendar {
	t.Helper()
	cal, err := calendar.Load()
	if err != nil {
		t.Fatal(err)
	}
	return cal
}

// moment reads "31/12/2026 15:10", Vietnamese order, Vietnamese time.
func moment(t testing.TB, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("02/01/2006 15:04", s, worktime.Zone)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func workdays(n int, model string) worktime.Term {
	return worktime.Term{N: n, Unit: worktime.Workdays, Model: model}
}

// The awkward receipts, under both models.
func TestScenario31_DueMoment(t *testing.T) {
	t.Parallel()
	cal := load(t)
	const hour, day = worktime.ByHour, worktime.ByDay
	sameDay := worktime.Term{Unit: worktime.SameDay, CutOff: 15 * 60}
	tests := []struct {
		name, received string
		term           worktime.Term
		want           string
	}{
		{"Monday morning by hour", "09/11/2026 10:00", workdays(3, hour), "12/11/2026 10:00"},
		{"Monday morning by day", "09/11/2026 10:00", workdays(3, day), "12/11/2026 17:00"},

		{"15:10 on 31/12 by hour", "31/12/2026 15:10", workdays(3, hour), "06/01/2027 15:10"},
		{"15:10 on 31/12 by day", "31/12/2026 15:10", workdays(3, day), "06/01/2027 17:00"},
		{"15:10 on 31/12 before a bridge day", "31/12/2025 15:10", workdays(3, hour), "07/01/2026 15:10"},
		{"15:10 on 31/12, same day with a cut-off at 15:00", "31/12/2026 15:10", sameDay, "04/01/2027 17:00"},

		{"11:20 before lunch, 3 days by hour", "10/11/2026 11:20", workdays(3, hour), "13/11/2026 11:20"},
		{"11:20 before lunch, 3 days by day", "10/11/2026 11:20", workdays(3, day), "13/11/2026 17:00"},
		{"11:20 before lunch, 1 hour", "10/11/2026 11:20", worktime.Term{N: 1, Unit: worktime.Hours, Model: hour}, "10/11/2026 13:20"},
		{"in the lunch break, 1 hour", "10/11/2026 12:15", worktime.Term{N: 1, Unit: worktime.Hours, Model: hour}, "10/11/2026 14:00"},
		{"hours are hours in the day model too", "10/11/2026 11:20", worktime.Term{N: 2, Unit: worktime.Hours, Model: day}, "10/11/2026 14:20"},

		{"worked Saturday by hour", "22/08/2026 10:00", workdays(1, hour), "24/08/2026 10:00"},
		{"worked Saturday by day", "22/08/2026 10:00", workdays(1, day), "24/08/2026 17:00"},
		{"Friday before a worked Saturday by hour", "21/08/2026 10:00", workdays(1, hour), "22/08/2026 10:00"},
		{"Friday before a worked Saturday by day", "21/08/2026 10:00", workdays(1, day), "22/08/2026 17:00"},
		{"same day on a worked Saturday", "22/08/2026 14:00", sameDay, "22/08/2026 17:00"},

		{"before Tết by hour", "13/02/2026 15:10", workdays(3, hour), "25/02/2026 15:10"},
		{"before Tết by day", "13/02/2026 15:10", workdays(3, day), "25/02/2026 17:00"},
		{"before Tết, same day, after the cut-off", "13/02/2026 15:01", sameDay, "23/02/2026 17:00"},

		{"before the 24/11 holiday by hour", "20/11/2026 16:30", workdays(2, hour), "25/11/2026 16:30"},
		{"before the 24/11 holiday by day", "20/11/2026 16:30", workdays(2, day), "25/11/2026 17:00"},

		{"early in the morning by hour", "10/11/2026 06:45", workdays(1, hour), "10/11/2026 17:00"},
		{"after hours by hour", "10/11/2026 18:30", workdays(1, hour), "11/11/2026 17:00"},
		{"after hours by day", "10/11/2026 18:30", workdays(1, day), "11/11/2026 17:00"},
		{"on a Sunday by hour", "22/11/2026 09:42", workdays(3, hour), "26/11/2026 17:00"},
		{"on a Sunday by day", "22/11/2026 09:42", workdays(3, day), "26/11/2026 17:00"},

		{"same day at the cut-off itself", "10/11/2026 15:00", sameDay, "10/11/2026 17:00"},
		{"same day just after the cut-off", "10/11/2026 15:01", sameDay, "11/11/2026 17:00"},
		{"same day on a Sunday", "22/11/2026 16:00", sameDay, "23/11/2026 17:00"},
		{"same day without a cut-off, late", "10/11/2026 16:59", worktime.Term{Unit: worktime.SameDay}, "10/11/2026 17:00"},
		{"same day after work", "10/11/2026 17:00", worktime.Term{Unit: worktime.SameDay}, "11/11/2026 17:00"},

		{"15 days end on a holiday", "09/11/2026 10:00", worktime.Term{N: 15, Unit: worktime.Days, Model: day}, "25/11/2026 17:00"},
		{"15 days end on a Saturday", "06/11/2026 10:00", worktime.Term{N: 15, Unit: worktime.Days, Model: day}, "23/11/2026 17:00"},
		{"4 days by hour keep the hour", "09/11/2026 10:00", worktime.Term{N: 4, Unit: worktime.Days, Model: hour}, "13/11/2026 10:00"},
		{"5 days by hour over a weekend open on Monday", "09/11/2026 10:00", worktime.Term{N: 5, Unit: worktime.Days, Model: hour}, "16/11/2026 08:00"},
		{"a month without that date", "31/01/2026 09:00", worktime.Term{N: 1, Unit: worktime.Months, Model: day}, "02/03/2026 17:00"},
		{"a month into a holiday", "02/08/2026 09:00", worktime.Term{N: 1, Unit: worktime.Months, Model: day}, "03/09/2026 17:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			want := moment(t, tt.want)
			// The machine's zone must not matter.
			for _, zone := range []*time.Location{worktime.Zone, time.UTC, time.FixedZone("", -8*3600)} {
				got, err := cal.Due(moment(t, tt.received).In(zone), tt.term)
				if err != nil {
					t.Fatal(err)
				}
				if !got.At.Equal(want) {
					t.Errorf("received %s in %s: got %s, want %s", tt.received, zone, got.At.Format("02/01/2006 15:04"), tt.want)
				}
				if got.At.Location() != worktime.Zone {
					t.Errorf("due in zone %s", got.At.Location())
				}
			}
		})
	}
}

func TestDueSaysWhenAHolidayIsNotDecided(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for received, want := range map[string]bool{
		"04/01/2027 09:00": false, // due before Tết
		"01/02/2027 09:00": true,  // counts over Tết 2027
		"13/02/2026 09:00": false, // Tết 2026 was decided
	} {
		got, err := cal.Due(moment(t, received), workdays(5, worktime.ByDay))
		if err != nil || got.Tentative != want {
			t.Errorf("received %s: tentative %t (%v), want %t", received, got.Tentative, err, want)
		}
	}
}

func TestDueRefusesYearsWithoutHolidays(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for name, received := range map[string]string{
		"runs into 2028": "30/12/2027 09:00",
		"before 2025":    "31/12/2024 09:00",
		"far away":       "01/06/2040 09:00",
	} {
		_, err := cal.Due(moment(t, received), workdays(5, worktime.ByHour))
		if _, ok := errors.AsType[*worktime.MissingError](err); !ok {
			t.Errorf("%s: got %v, want a MissingError", name, err)
		}
	}
	if got, err := cal.Due(moment(t, "30/12/2027 09:00"), workdays(1, worktime.ByDay)); err != nil {
		t.Errorf("within 2027: %v", err)
	} else if want := moment(t, "31/12/2027 17:00"); !got.At.Equal(want) {
		t.Errorf("within 2027: got %s, want %s", got.At, want)
	}
}

func TestDueRefusesSenselessTerms(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, term := range []worktime.Term{
		{},
		{N: 0, Unit: worktime.Workdays, Model: worktime.ByDay},
		{N: -1, Unit: worktime.Hours, Model: worktime.ByHour},
		{N: 1 << 40, Unit: worktime.Days, Model: worktime.ByDay},
		{N: 1, Unit: "fortnight", Model: worktime.ByDay},
		{N: 1, Unit: worktime.Days, Model: "moon"},
		{Unit: worktime.SameDay, CutOff: 24 * 60},
	} {
		if _, err := cal.Due(moment(t, "10/11/2026 09:00"), term); !errors.Is(err, worktime.ErrTerm) {
			t.Errorf("%+v: got %v, want ErrTerm", term, err)
		}
	}
}

// drawMoment is any minute of 2025 to autumn 2027, any second.
func drawMoment(r *rapid.T, label string) time.Time {
	start := time.Date(2025, 1, 1, 0, 0, 0, 0, worktime.Zone)
	return start.Add(time.Duration(rapid.Int64Range(0, 1000*24*3600).Draw(r, label)) * time.Second)
}

func drawTerm(r *rapid.T) worktime.Term {
	return worktime.Term{
		N:      rapid.IntRange(1, 20).Draw(r, "n"),
		Unit:   rapid.SampledFrom([]string{worktime.Hours, worktime.Workdays, worktime.Days, worktime.Months}).Draw(r, "unit"),
		Model:  rapid.SampledFrom([]string{worktime.ByHour, worktime.ByDay}).Draw(r, "model"),
		CutOff: 15 * 60,
	}
}

func TestDueProperties(t *testing.T) {
	t.Parallel()
	cal := load(t)
	rapid.Check(t, func(r *rapid.T) {
		received, term := drawMoment(r, "received"), drawTerm(r)
		if rapid.Bool().Draw(r, "same day") {
			term.N, term.Unit = 0, worktime.SameDay
		}
		due, err := cal.Due(received, term)
		if _, missing := errors.AsType[*worktime.MissingError](err); missing {
			r.Skip("beyond the calendar")
		}
		if err != nil {
			r.Fatal(err)
		}
		if due.At.Before(received) {
			r.Errorf("due %s before receipt %s", due.At, received)
		}
		// A moment just inside the last session, or the first minute of one.
		inside, err1 := cal.IsWorking(due.At.Add(-time.Second))
		begin, err2 := cal.IsWorking(due.At)
		if !inside && !begin || err1 != nil || err2 != nil {
			r.Errorf("due %s is outside working time (%v, %v)", due.At, err1, err2)
		}
		later := received.Add(time.Duration(rapid.IntRange(0, 5*24*3600).Draw(r, "later")) * time.Second)
		if next, err := cal.Due(later, term); err == nil && next.At.Before(due.At) {
			r.Errorf("received later, at %s, due earlier: %s before %s", later, next.At, due.At)
		}
		longer := term
		longer.N++
		if next, err := cal.Due(received, longer); err == nil && term.Unit != worktime.SameDay && next.At.Before(due.At) {
			r.Errorf("%+v due at %s, before %+v at %s", longer, next.At, term, due.At)
		}
	})
}
