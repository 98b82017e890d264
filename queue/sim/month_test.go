package sim_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/sim"
)

func name(s string) queue.Text { return queue.Text{VI: s, EN: s} }

// ward is an office like the demo's: eight counters, shared services, priority.
func ward() sim.Office {
	return sim.Office{
		Uneven: 1, Visits: 270,
		Mix: map[string]float64{"ho-tich": 3.2, "tra": 2.5, "dat-dai": 1.3, "kinh-doanh": 1, "lao-dong": 1},
		Config: queue.Config{
			Office: "H26.138", Name: name("Một cửa"), TicketLink: "HTTPS://MOTCUA.EXAMPLE/T/",
			Services: []queue.Service{
				{ID: "ho-tich", Letter: "A", Name: name("Hộ tịch"), Pace: 420},
				{ID: "dat-dai", Letter: "H", Name: name("Đất đai"), Pace: 720},
				{ID: "kinh-doanh", Letter: "K", Name: name("Kinh doanh"), Pace: 540},
				{ID: "lao-dong", Letter: "L", Name: name("Lao động"), Pace: 600},
				{ID: "tra", Letter: "M", Name: name("Nhận kết quả"), Pace: 180},
			},
			Counters: []queue.Counter{
				{ID: "1", Tiers: [][]string{{"ho-tich"}, {"tra"}}},
				{ID: "2", Tiers: [][]string{{"ho-tich"}, {"tra"}}},
				{ID: "3", Tiers: [][]string{{"ho-tich", "tra"}}},
				{ID: "4", Tiers: [][]string{{"dat-dai"}, {"kinh-doanh", "lao-dong"}}},
				{ID: "5", Tiers: [][]string{{"dat-dai", "kinh-doanh"}}},
				{ID: "6", Tiers: [][]string{{"kinh-doanh", "lao-dong"}, {"dat-dai"}}},
				{ID: "7", Tiers: [][]string{{"lao-dong"}, {"ho-tich"}}},
				{ID: "8", Tiers: [][]string{{"tra"}, {"ho-tich"}}},
			},
			Officers: []queue.Officer{
				{ID: "cb01"},
				{ID: "cb02"},
				{ID: "cb03"},
				{ID: "cb04"},
				{ID: "cb05"},
				{ID: "cb06"},
				{ID: "cb07"},
				{ID: "cb08"},
				{ID: "cb09"},
				{ID: "cb10"},
			},
			Classes: []queue.Class{{ID: queue.ClassPriority, Name: name("Ưu tiên"), HeadStart: 15}},
			Hours:   sim.Hours(), RecallLimit: 2, RecallPause: 20, AbsentPenalty: 10,
		},
	}
}

func play(t testing.TB, m sim.Month) *sim.Report {
	t.Helper()
	start := time.Now()
	r, err := m.Play()
	if err != nil {
		t.Fatal(err)
	}
	took := time.Since(start).Seconds()
	t.Logf("%d tickets, %d events in %.1f s: %.0f tickets a second", r.Count.Tickets, r.Count.Events, took, float64(r.Count.Tickets)/took)
	return r
}

// text is a report as people read it.
func text(t testing.TB, r *sim.Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// hall is a district's busy office: sixteen counters in two pools, and more
// people on most days than the morning can serve at once.
func hall() sim.Office { return pools(560, 16, 10) }

// city is as large as one office can be: a hundred and forty counters, up to
// six thousand people a day.
func city() sim.Office { return pools(3600, 140, 88) }

// pools is an office of so many counters, the first of them for one pool of
// services and the rest for another.
func pools(visits, counters, first int) sim.Office {
	o := ward()
	o.Visits, o.Mix = visits, map[string]float64{"ho-tich": 3, "tra": 2, "dat-dai": 1.5, "kinh-doanh": 1.5, "lao-dong": 1}
	for i := range o.Config.Services {
		o.Config.Services[i].Last = 9999
	}
	o.Config.Counters, o.Config.Officers = nil, nil
	for i := range counters + counters/8 {
		o.Config.Officers = append(o.Config.Officers, queue.Officer{ID: fmt.Sprintf("cb%02d", i+1)})
		tiers := [][]string{{"ho-tich", "tra", "lao-dong"}}
		if i >= first {
			tiers = [][]string{{"dat-dai", "kinh-doanh"}}
		}
		if i < counters {
			o.Config.Counters = append(o.Config.Counters, queue.Counter{ID: fmt.Sprint(i + 1), Tiers: tiers})
		}
	}
	return o
}

// TestMonth plays an unlucky office month and checks after every step what must
// always be so. With MOTCUA_MONTHS=n (make prove) it plays n months, each with
// its own seed, in the hall and in the city's office too: some eighty
// thousand tickets each, as many offices side by side as there are processors.
func TestMonth(t *testing.T) {
	m := sim.Month{Office: ward(), Start: "2026-11-02", Days: 22, Seed: 1, Faults: sim.SomeFaults()}
	months := 1
	if n, err := strconv.Atoi(os.Getenv("MOTCUA_MONTHS")); err == nil {
		months = n
	}
	for seed := range uint64(months) {
		m.Seed = seed + 1
		month := m
		t.Run(fmt.Sprintf("ward %d", m.Seed), func(t *testing.T) {
			t.Parallel()
			r := play(t, month)
			if r.Count.Tickets < 3000 || r.Count.Jumps == 0 || r.Count.Crashes == 0 || r.Count.Doubles == 0 {
				t.Errorf("the month was too quiet: %+v", r.Count)
			}
			if r.Count.Lost > 0 {
				t.Errorf("%d days were lost to a wrong clock", r.Count.Lost)
			}
			t.Log(text(t, r))
		})
		if os.Getenv("MOTCUA_MONTHS") == "" {
			continue
		}
		for name, o := range map[string]sim.Office{"hall": hall(), "city": city()} {
			big := m
			big.Office = o
			if len(o.Config.Counters) > 100 { // as unlucky a day, and many more commands in it
				big.Faults.Crash, big.Faults.Jump = big.Faults.Crash/20, big.Faults.Jump/20
			}
			t.Run(fmt.Sprintf("%s %d", name, m.Seed), func(t *testing.T) {
				t.Parallel()
				play(t, big)
			})
		}
	}
}

// TestSameSeedSameBytes: a seed is a bug report.
func TestSameSeedSameBytes(t *testing.T) {
	m := sim.Month{Office: ward(), Start: "2026-11-02", Days: 3, Seed: 4, Faults: sim.SomeFaults()}
	one, two := text(t, play(t, m)), text(t, play(t, m))
	if one != two {
		t.Errorf("the same seed reports\n%s\nand\n%s", one, two)
	}
	m.Seed = 5
	if other := text(t, play(t, m)); other == one {
		t.Error("another seed makes the same month")
	}
}

// TestScenario20_PromisesHold measures the printed ranges over a month of uneven
// days: at least 80 % hold the real first call, and of those who waited more than
// five minutes the median range is no wider than 60 % of the wait or 5 minutes;
// two in three still hold then. The offices know nothing on the first morning.
// The constants of the promise (pace.go) were fitted to the seeds 101 and 102 of
// these and other offices; the seeds here are others.
func TestScenario20_PromisesHold(t *testing.T) {
	for name, o := range map[string]struct {
		office sim.Office
		days   int
	}{"ward": {ward(), 22}, "hall": {hall(), 22}, "city": {city(), 4}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var waits []sim.Wait
			for seed := range uint64(2) {
				waits = append(waits, play(t, sim.Month{Office: o.office, Start: "2026-11-02", Days: o.days, Seed: 20 + seed}).Waits...)
			}
			all, long := sim.Promised(waits), sim.Promised(only(waits, func(w sim.Wait) bool { return w.Wait > 5*time.Minute }))
			some := sim.Promised(only(waits, func(w sim.Wait) bool { return w.Estimate.High > 0 }))
			t.Logf("all %+v\nnot straight away %+v\nmore than 5 minutes %+v", all, some, long)
			if all.Kept < 0.8 || some.Kept < 0.66 {
				t.Errorf("%.1f %% of the promises hold, %.1f %% of those that say to wait; want 80 and 66", 100*all.Kept, 100*some.Kept)
			}
			if long.Useful < 0.5 || long.Relative > 0.65 {
				t.Errorf("after waits of more than 5 minutes %.0f %% of the ranges are within 60 %% of the wait or 5 minutes; the median is %.0f %% of the wait",
					100*long.Useful, 100*long.Relative)
			}
		})
	}
}

func only(waits []sim.Wait, keep func(sim.Wait) bool) []sim.Wait {
	var list []sim.Wait
	for _, w := range waits {
		if keep(w) {
			list = append(list, w)
		}
	}
	return list
}
