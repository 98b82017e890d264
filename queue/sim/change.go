package sim

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"motcua/queue"
)

// Change is what would have been different: other staffing, other rules. Who
// came, when, for what and how long it took stays as it was.
type Change struct {
	// More opens so many more counters all day, each as the busiest tiers
	// of the office; a negative number leaves the last ones closed.
	More int
	// Open opens these counters of the configuration all day.
	Open []string
	// Close closes counters from a time of the day on ("" all day).
	Close map[string]string // counter → "15:04"
	// HeadStart sets head starts in minutes, by class.
	HeadStart map[string]int
	// Rules is laid over the configuration as it is written in JSON: what it
	// names is replaced, whole lists at once.
	Rules json.RawMessage
}

// Apply makes the changed day. The old one stays as it is.
func (c Change) Apply(d Day) (Day, error) {
	config, err := c.rules(d.Config)
	if err != nil {
		return Day{}, err
	}
	d.Config, d.Visits, d.Shifts = config, slices.Clone(d.Visits), cloneShifts(d.Shifts)
	for counter, from := range c.Close {
		if err := d.closeFrom(counter, from); err != nil {
			return Day{}, err
		}
	}
	for _, id := range c.Open {
		k, ok := d.Config.Counter(id)
		if !ok {
			return Day{}, fmt.Errorf("open counter %s: the office has none of that name", id)
		}
		d.openAllDay(k)
	}
	for n := 1; n <= c.More; n++ {
		d.add(n)
	}
	for range -c.More {
		if err := d.drop(); err != nil {
			return Day{}, err
		}
	}
	if faults := d.Config.Check(); len(faults) > 0 {
		return Day{}, fmt.Errorf("the changed rules: %w", faults[0])
	}
	return d, nil
}

func cloneShifts(list []Shift) []Shift {
	list = slices.Clone(list)
	for i := range list {
		list[i].Breaks = slices.Clone(list[i].Breaks)
	}
	return list
}

// rules is the configuration with what the change says about it.
func (c Change) rules(config queue.Config) (queue.Config, error) {
	raw, err := json.Marshal(config)
	if err != nil {
		return config, fmt.Errorf("copy the configuration: %w", err)
	}
	config = queue.Config{}
	if err := json.Unmarshal(raw, &config); err != nil {
		return config, fmt.Errorf("copy the configuration: %w", err)
	}
	if len(c.Rules) > 0 {
		if err := overlay(c.Rules, &config); err != nil {
			return config, err
		}
	}
	for class, minutes := range c.HeadStart {
		i := slices.IndexFunc(config.Classes, func(k queue.Class) bool { return k.ID == class })
		if i < 0 {
			return config, fmt.Errorf("head start of %q: the office has no such class", class)
		}
		config.Classes[i].HeadStart = minutes
	}
	return config, nil
}

// overlay replaces what the rules name. Lists are emptied first: JSON would
// otherwise merge into their old elements.
func overlay(rules json.RawMessage, config *queue.Config) error {
	var named map[string]json.RawMessage
	if err := json.Unmarshal(rules, &named); err != nil {
		return fmt.Errorf("read the changed rules: %w", err)
	}
	for key, list := range map[string]func(){
		"services": func() { config.Services = nil }, "counters": func() { config.Counters = nil },
		"officers": func() { config.Officers = nil }, "classes": func() { config.Classes = nil },
		"hours": func() { config.Hours = nil },
	} {
		if _, ok := named[key]; ok {
			list()
		}
	}
	if err := json.Unmarshal(rules, config); err != nil {
		return fmt.Errorf("read the changed rules: %w", err)
	}
	return nil
}

// closeFrom ends every shift at a counter at a time of the day.
func (d *Day) closeFrom(counter, from string) error {
	if _, ok := d.Config.Counter(counter); !ok {
		return fmt.Errorf("close counter %s: the office has none of that name", counter)
	}
	at, err := d.clock(from)
	if err != nil {
		return fmt.Errorf("close counter %s: %w", counter, err)
	}
	kept := d.Shifts[:0]
	for _, s := range d.Shifts {
		if s.Counter == counter {
			if from == "" || !s.From.Before(at) {
				continue
			}
			if s.To.After(at) {
				s.To, s.Stays = at, 0
			}
			s.Breaks = slices.DeleteFunc(s.Breaks, func(b Break) bool { return !b.From.Before(at) })
		}
		kept = append(kept, s)
	}
	d.Shifts = kept
	return nil
}

// clock is a time of the day, "15:04"; "" is its beginning.
func (d *Day) clock(hour string) (time.Time, error) {
	if hour == "" {
		hour = "00:00"
	}
	at, err := time.ParseInLocation(time.DateOnly+" 15:04", d.Date+" "+hour, local)
	if err != nil {
		return at, fmt.Errorf("%q is not a time of the day like 15:04", hour)
	}
	return at, nil
}

// openAllDay puts a new officer at a counter whenever anybody else is at work
// and the counter is empty.
func (d *Day) openAllDay(k queue.Counter) {
	officer := queue.Officer{ID: "extra-" + k.ID, Name: "extra " + k.ID}
	d.Config.Officers = append(d.Config.Officers, officer)
	for _, span := range d.working() {
		free := []Break{span}
		for _, s := range d.Shifts {
			if s.Counter == k.ID {
				free = without(free, s.From, s.To)
			}
		}
		for _, f := range free {
			if f.To.Sub(f.From) >= 5*time.Minute {
				d.Shifts = append(d.Shifts, Shift{Counter: k.ID, Officer: officer.ID, From: f.From, To: f.To})
			}
		}
	}
	slices.SortStableFunc(d.Shifts, func(a, b Shift) int { return a.From.Compare(b.From) })
}

// working is when anybody is at work, in whole stretches.
func (d *Day) working() []Break {
	shifts := slices.SortedFunc(slices.Values(d.Shifts), func(a, b Shift) int { return a.From.Compare(b.From) })
	var spans []Break
	for _, s := range shifts {
		if n := len(spans); n > 0 && !s.From.After(spans[n-1].To) {
			if s.To.After(spans[n-1].To) {
				spans[n-1].To = s.To
			}
			continue
		}
		spans = append(spans, Break{From: s.From, To: s.To})
	}
	return spans
}

// without cuts a stretch of time out of some others.
func without(spans []Break, from, to time.Time) []Break {
	var rest []Break
	for _, s := range spans {
		if !from.Before(s.To) || !s.From.Before(to) {
			rest = append(rest, s)
			continue
		}
		if s.From.Before(from) {
			rest = append(rest, Break{From: s.From, To: from})
		}
		if to.Before(s.To) {
			rest = append(rest, Break{From: to, To: s.To})
		}
	}
	return rest
}

// add opens a counter that the office does not have. It serves every service,
// those that took the most work of the day first.
func (d *Day) add(n int) {
	load := map[string]time.Duration{}
	for _, v := range d.Visits {
		for _, l := range v.Legs {
			load[v.Service] += l.Work
		}
	}
	var tier []string
	for _, s := range d.Config.Services {
		tier = append(tier, s.ID)
	}
	slices.SortStableFunc(tier, func(a, b string) int { return int(load[b]/time.Second) - int(load[a]/time.Second) })
	k := queue.Counter{ID: fmt.Sprintf("+%d", n), Name: queue.Text{VI: "Quầy thêm", EN: "Extra counter"}, Tiers: [][]string{tier}}
	d.Config.Counters = append(d.Config.Counters, k)
	d.openAllDay(k)
}

// drop closes the last counter that anybody sat at, all day.
func (d *Day) drop() error {
	for _, k := range slices.Backward(d.Config.Counters) {
		if slices.ContainsFunc(d.Shifts, func(s Shift) bool { return s.Counter == k.ID }) {
			d.Shifts = slices.DeleteFunc(d.Shifts, func(s Shift) bool { return s.Counter == k.ID })
			return nil
		}
	}
	return fmt.Errorf("close a counter: none is open any more")
}
