package stats

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/replay"
)

// Target is the wait that offices are held to unless Options say otherwise.
const Target = 15 * time.Minute

// Options choose what is counted; the zero value counts every day.
type Options struct {
	// Wanted chooses business days ("2006-01-02"); nil chooses all.
	Wanted func(day string) bool
	// Target is the wait to be kept; 0 means the constant Target.
	Target time.Duration
}

// Fold counts records as they are handed to it.
type Fold struct {
	opt    Options
	play   *replay.Player
	visits map[queue.TicketID]*visit // of the present day
	jumps  int
	// last is when the record before was made; leap how far the clock jumped
	// ahead on this day. Backwards needs nothing here: the queue's own time,
	// which the intervals are in, stands still then.
	last time.Time
	leap time.Duration

	elsewhere                                          Elsewhere
	total                                              group
	days, hours, services, classes, counters, officers map[string]*group
}

// New returns a fold that has counted nothing.
func New(opt Options) *Fold {
	if opt.Target <= 0 {
		opt.Target = Target
	}
	return &Fold{
		opt: opt, play: replay.New(opt.Wanted), visits: map[queue.TicketID]*visit{},
		days: map[string]*group{}, hours: map[string]*group{}, services: map[string]*group{},
		classes: map[string]*group{}, counters: map[string]*group{}, officers: map[string]*group{},
	}
}

// Begin makes the fold begin with the state that the first record to come meets,
// instead of with the journal's first record; it keeps the state.
func (f *Fold) Begin(state *queue.State) { f.play.State = state }

// Add counts one record. Records must come in order, from the first of the
// journal or from where Begin said: earlier days hold the configuration that later ones are read with.
func (f *Fold) Add(r chain.Record) {
	step, ok := f.play.Play(r, nil)
	last := f.last
	f.last = r.At
	if !ok {
		return
	}
	if r.Clock == chain.ClockJumped {
		f.jumps++
		f.leap += max(0, r.At.Sub(last))
	}
	if opened, is := step.Event.(queue.DayOpened); is {
		clear(f.visits)
		f.leap = 0
		grow(f.days, opened.Day)
	}
	f.cut(step)
	if step.After == nil {
		return
	}
	v := f.visits[step.Ticket]
	if v == nil || step.Before == nil {
		v = f.arrive(step)
		f.visits[step.Ticket] = v
		return
	}
	f.note(v, step)
	if step.Moved() {
		f.move(v, step)
	}
}

// Report is the figures so far. The fold may go on.
func (f *Fold) Report() Report {
	c := f.play.State.Config
	days := slices.Sorted(maps.Keys(f.days))
	r := Report{
		Office: c.Office, Name: c.Name, Parent: c.Parent, Target: seconds(f.opt.Target),
		Elsewhere:  f.elsewhere,
		ClockJumps: f.jumps, Unread: f.play.Unread, Total: f.total.close(),
	}
	if len(days) > 0 {
		r.From, r.To = days[0], days[len(days)-1]
		r.Complete = !f.play.State.Open || f.play.State.Day != r.To
	}
	r.Days = closeAll(f.days, nil, nil)
	r.Hours = closeAll(f.hours, nil, nil)
	var order []string
	names := map[string]queue.Text{}
	list := func(id string, name queue.Text) { order, names[id] = append(order, id), name }
	for _, s := range c.Services {
		list(s.ID, s.Name)
	}
	r.Services = closeAll(f.services, order, names)
	order, names = []string{""}, map[string]queue.Text{}
	for _, k := range c.Classes {
		list(k.ID, k.Name)
	}
	r.Classes = closeAll(f.classes, order, names)
	order, names = nil, map[string]queue.Text{}
	for _, k := range c.Counters {
		list(k.ID, k.Name)
	}
	r.Counters = closeAll(f.counters, order, names)
	order, names = nil, map[string]queue.Text{}
	for _, o := range c.Officers {
		list(o.ID, queue.Text{VI: o.Name, EN: o.Name})
	}
	r.Officers = closeAll(f.officers, order, names)
	return r
}

// closeAll lists groups in the configuration's order; those that it no longer
// knows follow by key.
func closeAll(groups map[string]*group, order []string, names map[string]queue.Text) []Group {
	place := func(key string) int {
		if i := slices.Index(order, key); i >= 0 {
			return i
		}
		return len(order)
	}
	keys := slices.SortedFunc(maps.Keys(groups), func(a, b string) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
	})
	list := make([]Group, 0, len(keys))
	for _, key := range keys {
		g := groups[key].close()
		g.Key, g.Name = key, names[key]
		list = append(list, g)
	}
	return list
}

// grow returns the group of a key, making it when it is new.
func grow(groups map[string]*group, key string) *group {
	g := groups[key]
	if g == nil {
		g = &group{}
		groups[key] = g
	}
	return g
}

// hourOf names the local hour of a moment: "07:00–08:00".
func hourOf(t time.Time) string {
	h := queue.Local(t).Hour()
	return fmt.Sprintf("%02d:00–%02d:00", h, h+1)
}
