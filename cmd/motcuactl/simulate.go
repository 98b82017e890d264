package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/sim"
)

// simulation is what the words of a call to simulate say.
type simulation struct {
	data, day, rules       string
	open, close, headStart string
	seed                   uint64
	visits, days           int
	faults, json           bool
	change                 sim.Change
}

// simulate plays a day of the record, or one that is made up, as it was and
// with other staffing or rules, and shows what the waits would have been. With
// --days it plays made-up days one after the other and reports on them.
func simulate(ctx context.Context, c *call) error {
	var s simulation
	f := c.flags()
	f.StringVar(&s.data, "data", "", "the office's data `folder`, or a backup of its journal; without it, a made-up day of the demo office")
	f.StringVar(&s.day, "day", "", "the day, as 2026-11-23 (default: the record's last; made up: a Monday)")
	f.IntVar(&s.change.More, "counters", 0, "so many counters more (+1) or fewer (-1), all day")
	f.StringVar(&s.open, "open", "", "open these counters all day: 2,3")
	f.StringVar(&s.close, "close", "", "close counters, from a time on or all day: 5@10:00,6")
	f.StringVar(&s.headStart, "head-start", "", "minutes by class: priority=5,appointment=10")
	f.StringVar(&s.rules, "rules", "", "JSON `FILE` laid over the office's configuration: {\"counters\": […]}")
	f.Uint64Var(&s.seed, "seed", 1, "of a made-up day: the same seed makes the same day")
	f.IntVar(&s.visits, "visits", 180, "people on an ordinary made-up day")
	f.IntVar(&s.days, "days", 0, "report on so many made-up working days, from --day on")
	f.BoolVar(&s.faults, "faults", false, "with --days: clocks jump, the office crashes, commands come twice")
	f.BoolVar(&s.json, "json", false, "one JSON object instead of tables; times in nanoseconds")
	if err := c.parse(f, 0); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(c.stdout, simulateExamples)
		}
		return err
	}
	if err := s.read(); err != nil {
		return err
	}
	if s.days > 0 {
		return s.month(c)
	}
	return s.twin(ctx, c)
}

const simulateExamples = `
Examples:
  motcuactl simulate --data DIR --counters +1                one more counter, on the last day of the record
  motcuactl simulate --data DIR --day 2026-11-23 --close 5@10:00 --open 2
  motcuactl simulate --head-start priority=5 --seed 7        a made-up day of the demo office
  motcuactl simulate --rules tiers.json --json               with {"counters": [{"id": "1", "tiers": [["ho-tich"]]}, …]}
  motcuactl simulate --days 22 --faults                      prove a month

Who came, when, for what and how long each stay took are as recorded. "recorded" is what happened, "as it was" the
same day simulated: how far the two are apart is how far to trust "changed". Waits are from the number to the first call.
`

// most days and people that are made up in one call.
const (
	mostDays   = 366
	mostVisits = 20_000
)

// read turns the words of the call into a change.
func (s *simulation) read() error {
	switch {
	case s.days < 0 || s.days > mostDays || s.visits < 1 || s.visits > mostVisits:
		return fmt.Errorf("simulate: at most %d days of at most %d people: %w", mostDays, mostVisits, errUsage)
	case s.days > 0 && s.data != "":
		return fmt.Errorf("simulate: --days makes days up; it does not go with --data: %w", errUsage)
	case s.faults && s.days == 0:
		return fmt.Errorf("simulate: --faults goes with --days: %w", errUsage)
	}
	if s.day != "" {
		if _, err := time.Parse(time.DateOnly, s.day); err != nil {
			return fmt.Errorf("simulate: --day %s is not a date like 2026-11-23: %w", s.day, errUsage)
		}
	}
	s.change.Open = list(s.open)
	for _, word := range list(s.close) {
		counter, from, _ := strings.Cut(word, "@")
		if s.change.Close == nil {
			s.change.Close = map[string]string{}
		}
		s.change.Close[counter] = from
	}
	for _, word := range list(s.headStart) {
		class, minutes, _ := strings.Cut(word, "=")
		n, err := strconv.Atoi(minutes)
		if err != nil {
			return fmt.Errorf("simulate: --head-start %s is not like priority=5: %w", word, errUsage)
		}
		if s.change.HeadStart == nil {
			s.change.HeadStart = map[string]int{}
		}
		s.change.HeadStart[class] = n
	}
	if s.rules != "" {
		raw, err := os.ReadFile(s.rules)
		if err != nil {
			return fmt.Errorf("simulate: read the rules: %w", err)
		}
		s.change.Rules = raw
	}
	return nil
}

// list reads "2,3".
func list(words string) []string {
	return strings.FieldsFunc(words, func(r rune) bool { return r == ',' || r == ' ' })
}

// madeUp is the demo office as a place for made-up days, on a Monday if no day
// is named.
func (s *simulation) madeUp() (o sim.Office, day string, err error) {
	data, err := demo.Load()
	if err != nil {
		return o, "", err
	}
	o = sim.Office{Config: data.Config, Visits: s.visits, Uneven: 1, Mix: map[string]float64{"ho-tich": 2.5, "nhan-ket-qua": 2}}
	if s.day == "" {
		return o, "2026-11-23", nil
	}
	return o, s.day, nil
}

// month reports on made-up days.
func (s *simulation) month(c *call) error {
	o, day, err := s.madeUp()
	if err != nil {
		return err
	}
	changed, err := s.change.Apply(sim.Day{Date: day, Config: o.Config})
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	o.Config = changed.Config
	m := sim.Month{Office: o, Start: day, Days: s.days, Seed: s.seed}
	if s.faults {
		m.Faults = sim.SomeFaults()
	}
	r, err := m.Play()
	if err != nil {
		fmt.Fprintln(c.stdout, "BROKEN:", err)
		return errFound
	}
	if s.json {
		return json.NewEncoder(c.stdout).Encode(r.Summary())
	}
	return r.Write(c.stdout)
}

// twin shows a day as it was and changed.
func (s *simulation) twin(ctx context.Context, c *call) error {
	var day sim.Day
	var recorded []sim.Wait
	var err error
	if s.data != "" {
		day, recorded, err = s.recorded(ctx)
	} else {
		var o sim.Office
		var date string
		if o, date, err = s.madeUp(); err == nil {
			day, err = sim.Generate(o, date, s.seed)
		}
	}
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	t, err := sim.Compare(day, recorded, s.change)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if s.json {
		return json.NewEncoder(c.stdout).Encode(t)
	}
	return t.Write(c.stdout)
}

// recorded reads a day out of an office's journal, without changing it.
func (s *simulation) recorded(ctx context.Context) (day sim.Day, waits []sim.Wait, err error) {
	records, err := openRecords(ctx, s.data)
	if err != nil {
		return day, nil, err
	}
	defer func() { err = errors.Join(err, records.j.Close()) }()
	r := sim.NewRecorder(s.day)
	var unread error
	if _, err = records.each(ctx, records.j.Base(), func(rec chain.Record) {
		e, known, err := queue.DecodeEvent(rec.Type, rec.V, rec.Data)
		if err != nil && unread == nil {
			unread = fmt.Errorf("record %d: %w", rec.Seq, err)
		}
		if known && err == nil {
			r.Add(e, rec.At, rec.Seq, rec.By)
		}
	}); err != nil {
		return day, nil, err
	}
	day, waits, days, err := r.Day()
	if err != nil && len(days) > 0 {
		err = fmt.Errorf("%w; it has %s to %s", err, days[0], days[len(days)-1])
	}
	return day, waits, errors.Join(unread, err)
}
