package worktime_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/worktime"
)

func TestNextOpening(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, tt := range []struct{ name, at, want string }{
		{"before the morning", "10/11/2026 05:00", "10/11/2026 08:00"},
		{"at work", "10/11/2026 09:30", "10/11/2026 09:30"},
		{"lunch begins", "10/11/2026 12:00", "10/11/2026 13:00"},
		{"work ends", "10/11/2026 17:00", "11/11/2026 08:00"},
		{"Friday evening", "20/11/2026 17:05", "23/11/2026 08:00"},
		{"eve of Tết", "13/02/2026 17:00", "23/02/2026 08:00"},
		{"eve of a worked Saturday", "09/01/2026 20:00", "10/01/2026 08:00"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := cal.NextOpening(moment(t, tt.at).UTC())
			if err != nil || !got.Equal(moment(t, tt.want)) {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
			working, err := cal.IsWorking(moment(t, tt.at))
			if err != nil || working != (tt.at == tt.want) {
				t.Errorf("working %t (%v)", working, err)
			}
		})
	}
}

func TestLastEveningOfTheCalendar(t *testing.T) {
	t.Parallel()
	cal := load(t)
	evening := moment(t, "31/12/2027 18:00")
	if working, err := cal.IsWorking(evening); working || err != nil {
		t.Errorf("working %t (%v), want a plain no", working, err)
	}
	_, err := cal.NextOpening(evening)
	missing, ok := errors.AsType[*worktime.MissingError](err)
	if !ok || missing.Date != "2028-01-01" {
		t.Errorf("next opening: %v, want 2028-01-01 missing", err)
	}
}

func TestWorkingBetween(t *testing.T) {
	t.Parallel()
	cal := load(t)
	for _, tt := range []struct {
		name, from, to string
		want           time.Duration
	}{
		{"over lunch", "10/11/2026 11:20", "10/11/2026 13:05", 45 * time.Minute},
		{"a night", "10/11/2026 16:30", "11/11/2026 08:30", time.Hour},
		{"a weekend", "20/11/2026 16:00", "23/11/2026 09:00", 2 * time.Hour},
		{"Tết", "13/02/2026 16:00", "23/02/2026 09:00", 2 * time.Hour},
		{"a Sunday", "22/11/2026 08:00", "22/11/2026 17:00", 0},
		{"nothing", "10/11/2026 09:00", "10/11/2026 09:00", 0},
		{"the clock was put back", "10/11/2026 09:00", "10/11/2026 08:00", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := cal.WorkingBetween(moment(t, tt.from), moment(t, tt.to).UTC())
			if err != nil || got != tt.want {
				t.Errorf("got %s (%v), want %s", got, err, tt.want)
			}
		})
	}
}

// Adding what lies between two moments, and measuring what was added.
func TestAddAndMeasureAgree(t *testing.T) {
	t.Parallel()
	cal := load(t)
	rapid.Check(t, func(r *rapid.T) {
		from := drawMoment(r, "from")
		d := time.Duration(rapid.IntRange(0, 60*8*3600).Draw(r, "seconds")) * time.Second
		to, err := cal.Add(from, d)
		if err != nil {
			r.Skip("beyond the calendar")
		}
		got, err := cal.WorkingBetween(from, to)
		if err != nil || got != d {
			r.Errorf("from %s add %s is %s, between them %s (%v)", from, d, to, got, err)
		}
	})
}

func TestTableNamesEveryFault(t *testing.T) {
	t.Parallel()
	eight := map[string][]worktime.Session{"mon": {{From: 480, To: 720}}}
	_, err := worktime.New(worktime.Table{
		Weeks: []worktime.Week{
			{From: "2025-01-01", Sessions: eight},
			{From: "2026-01-01", Sessions: map[string][]worktime.Session{"monday": {{From: 480, To: 720}, {From: 700, To: 800}}}},
			{From: "2024-01-01", To: "2023-01-01"},
		},
		Years: []worktime.Year{
			{Year: 2025, Days: []worktime.Day{
				{Date: "2025-02-30", Kind: worktime.Holiday},
				{Date: "2026-01-01", Kind: worktime.Holiday},
				{Date: "2025-05-01", Kind: "feast"},
				{Date: "2025-05-02", Kind: worktime.InLieu, For: "2025-05-03"},
				{Date: "2025-05-02", Kind: worktime.InLieu},
			}},
			{Year: 2025},
		},
	})
	if err == nil {
		t.Fatal("New accepted the table")
	}
	for _, want := range []string{
		"overlaps the week from 2025-01-01", `"monday" is not a weekday`, "session 2 of monday", "ends before it begins",
		"nobody ever works", `day "2025-02-30": not a date`, "day 2026-01-01: not in 2025", `kind "feast"`,
		`day 2025-05-02: for "2025-05-03"`, "day 2025-05-02: stands twice", "year 2025: stands twice",
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no fault says %q in:\n%v", want, err)
		}
	}
}

func TestWorkedDayNeedsSessions(t *testing.T) {
	t.Parallel()
	_, err := worktime.New(worktime.Table{
		Weeks: []worktime.Week{{From: "2025-01-01", Sessions: map[string][]worktime.Session{"mon": {{From: 480, To: 720}}}}},
		Years: []worktime.Year{{Year: 2026, Days: []worktime.Day{{Date: "2026-08-22", Kind: worktime.Worked}}}},
	})
	if err == nil || !strings.Contains(err.Error(), "2026-08-22") {
		t.Errorf("got %v, want a fault that names 2026-08-22", err)
	}
}

// An office that changes its hours keeps the old ones for the old days.
func TestWeeksFollowEachOther(t *testing.T) {
	t.Parallel()
	cal, err := worktime.New(worktime.Table{
		Weeks: []worktime.Week{
			{From: "2026-01-01", To: "2026-03-31", Sessions: map[string][]worktime.Session{"tue": {{From: 480, To: 1020}}}},
			{From: "2026-04-01", Sessions: map[string][]worktime.Session{"tue": {{From: 450, To: 1020}}}},
		},
		Years: []worktime.Year{{Year: 2026}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{"31/03/2026 07:45": false, "07/04/2026 07:45": true} {
		if got, err := cal.IsWorking(moment(t, at)); got != want || err != nil {
			t.Errorf("%s: working %t (%v), want %t", at, got, err, want)
		}
	}
	if _, err := cal.IsWorking(moment(t, "31/12/2025 09:00")); err == nil {
		t.Error("a day before the first week was answered")
	}
}

func TestSessionText(t *testing.T) {
	t.Parallel()
	in := []worktime.Session{{From: 450, To: 690}, {From: 0, To: 1440}}
	raw, err := json.Marshal(in)
	if err != nil || string(raw) != `["07:30-11:30","00:00-24:00"]` {
		t.Fatalf("wrote %s (%v)", raw, err)
	}
	var out []worktime.Session
	if err := json.Unmarshal(raw, &out); err != nil || !cmp.Equal(in, out) {
		t.Errorf("read back %v (%v)", out, err)
	}
	for _, bad := range []string{`"8h-12h"`, `"08:00"`, `""`, `"25:00-26:00"`, `"08:00-12:00-13:00"`} {
		var s worktime.Session
		if err := json.Unmarshal([]byte(bad), &s); err == nil {
			t.Errorf("%s was read as %v", bad, s)
		}
	}
}

// A calendar comes from an administrator's hand: whatever it holds, it is
// refused or it answers, in time.
func FuzzTable(f *testing.F) {
	f.Add([]byte(`{"weeks":[{"from":"2026-01-01","sessions":{"mon":["08:00-12:00"]}}],"years":[{"year":2026}]}`), int64(1795312800))
	f.Add([]byte(`{"weeks":[{"from":"2026-01-01","to":"2026-01-01","sessions":{"sun":["00:00-24:00"]}}],
		"years":[{"year":2026,"days":[{"date":"2026-01-01","kind":"worked","for":"2026-01-04"}]}]}`), int64(1767225600))
	f.Fuzz(func(t *testing.T, raw []byte, unix int64) {
		var table worktime.Table
		if json.Unmarshal(raw, &table) != nil {
			return
		}
		cal, err := worktime.New(table)
		if err != nil {
			return
		}
		received := time.Unix(unix%(1<<33), 0)
		due, err := cal.Due(received, workdays(3, worktime.ByHour))
		if err == nil && due.At.Before(received) {
			t.Errorf("received %s, due %s", received, due.At)
		}
	})
}
