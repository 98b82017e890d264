package day_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"motcua/assets/demo"
	"motcua/cmd/internal/day"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// speed makes an hour of the script last about two seconds.
const speed = 2000

// open opens an office whose clock runs as fast as the script, from a Monday
// at 08:00 in Vietnam, and returns the script that plays on it.
func open(t testing.TB, change func(*queue.Config)) (*office.Office, day.Script) {
	t.Helper()
	d, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&d.Config)
	}
	people, err := day.People(d.Cards)
	if err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	o, err := office.Open(office.Config{
		Dir: t.TempDir(), Setup: &d.Config, Rules: d.Rules(), Synced: func() bool { return true }, Journal: journal.Options{MinFree: -1},
		Now: func() time.Time { return time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC).Add(speed * time.Since(begun)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o, day.Script{Client: office.Local(o), Config: d.Config, People: people, Seed: 7, Speed: speed}
}

// count is the office's own account of a day.
func count(t *testing.T, o *office.Office) *day.Tally {
	t.Helper()
	c := &day.Tally{}
	s := o.State()
	c.Tickets = len(s.Tickets)
	for _, k := range s.Tickets {
		switch k.Status() {
		case queue.Done:
			c.Served++
		case queue.Absent:
			c.Absent++
		default:
			t.Errorf("%s was left %s", k.ID, k.Status())
		}
		if k.Print != queue.Printed {
			t.Errorf("%s: paper %q", k.ID, k.Print)
		}
	}
	for _, n := range s.Ratings {
		c.Ratings += n
	}
	list, err := office.Local(o).Dossiers(t.Context(), office.DossierQuery{Limit: 500})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list {
		c.Dossiers++
		c.Ratings += len(d.Rated)
		if d.Status() == dossier.Returned {
			c.Returned++
		}
	}
	for _, desk := range s.Counters {
		if desk.Officer != "" {
			t.Errorf("%s is still at a counter", desk.Officer)
		}
	}
	return c
}

// TestFortyCitizens: the script's account is the office's, and nothing that the
// script does is refused but what two officers reach for at once.
func TestFortyCitizens(t *testing.T) {
	t.Parallel()
	o, script := open(t, nil)
	script.Citizens = 40
	tally, err := script.Play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for code, n := range tally.Refused {
		if code != "dossier-over" {
			t.Errorf("refused %d times: %s", n, code)
		}
	}
	got := count(t, o)
	if diff := cmp.Diff(got, tally, compare); diff != "" {
		t.Errorf("the office (-) and the script (+) differ:\n%s", diff)
	}
	if tally.Tickets != 40 || tally.Served < 30 || tally.Dossiers == 0 || tally.Ratings == 0 {
		t.Errorf("a poor day: %+v", tally)
	}
}

var compare = cmp.Options{cmpopts.IgnoreUnexported(day.Tally{}), cmpopts.IgnoreFields(day.Tally{}, "Refused")}

// TestSameSeedSamePeople: who comes for what is the seed's.
func TestSameSeedSamePeople(t *testing.T) {
	t.Parallel()
	var days [3][]string
	for i := range days {
		o, script := open(t, nil)
		script.Citizens, script.Leave, script.Seed = 15, []string{"1", "2", "3", "4", "5", "6"}, 11
		if i == 2 {
			script.Seed = 12
		}
		if _, err := script.Play(t.Context()); err != nil {
			t.Fatal(err)
		}
		waiting := o.State().WaitingFor(nil)
		slices.SortFunc(waiting, func(a, b *queue.Ticket) int { return int(a.Seq) - int(b.Seq) })
		for _, k := range waiting {
			days[i] = append(days[i], k.ID.Label()+" "+k.Class)
		}
	}
	if diff := cmp.Diff(days[0], days[1]); diff != "" || len(days[0]) != 15 {
		t.Errorf("one seed, two days:\n%s", diff)
	}
	if cmp.Equal(days[0], days[2]) {
		t.Error("two seeds, one day")
	}
}

// TestThirtyTwoKiosksSixteenCounters is a hall far beyond any ward's.
func TestThirtyTwoKiosksSixteenCounters(t *testing.T) {
	t.Parallel()
	o, script := open(t, func(c *queue.Config) {
		c.Counters, c.Officers = nil, nil
		var all []string
		for _, s := range c.Services {
			all = append(all, s.ID)
		}
		for i := range 16 {
			id := fmt.Sprint(i + 1)
			c.Counters = append(c.Counters, queue.Counter{ID: id, Name: queue.Text{VI: "Quầy " + id}, Tiers: [][]string{all}})
			c.Officers = append(c.Officers, queue.Officer{ID: "cb" + id, Name: id})
		}
	})
	script.Citizens, script.Kiosks = 96, 32
	tally, err := script.Play(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := count(t, o)
	if diff := cmp.Diff(got, tally, compare); diff != "" {
		t.Errorf("the office (-) and the script (+) differ:\n%s", diff)
	}
	for id, k := range o.State().Tickets {
		at := map[string]bool{}
		for _, i := range k.History {
			if i.Status == queue.Called {
				at[i.Counter] = true
			}
		}
		if len(at) != 1 {
			t.Errorf("%s was called by %d counters", id, len(at))
		}
	}
	if got.Tickets != 96 {
		t.Errorf("%d of 96 got a number", got.Tickets)
	}
}

// TestDayEndsWithItsContext, without an error and without anybody left working.
func TestDayEndsWithItsContext(t *testing.T) {
	t.Parallel()
	_, script := open(t, nil)
	script.People = nil // nobody can be taken in: that must not hang either
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	tally, err := script.Play(ctx)
	if err != nil || tally.Tickets == 0 || tally.Dossiers != 0 {
		t.Errorf("got %+v, %v", tally, err)
	}
	script.Config.Officers = nil
	if _, err := script.Play(t.Context()); err == nil {
		t.Error("an office without officers has a day")
	}
}
