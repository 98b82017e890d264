package cut

import (
	"fmt"
	"math/bits"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Options of a run.
type Options struct {
	// Steps before everything is mended; 0 means 150.
	Steps int
	// Without leaves a rule out.
	Without Rule
	// Tell writes the schedule down.
	Tell bool
}

// Result is what a run found.
type Result struct {
	Seed uint64
	// Fault is the first thing that was wrong, "" when all was well.
	Fault    string
	Schedule []string // with Options.Tell
	Count    Count
}

// Count is what happened in a run.
type Count struct {
	Papers, Emergency, Services, Receipts            int
	Promotions, Crashes, Cuts, Lost, Doubled, Merged int
	Twice, Anomalies, Ghosts, Disks                  int
}

// Add adds another run's count.
func (c *Count) Add(o Count) {
	c.Papers += o.Papers
	c.Emergency += o.Emergency
	c.Services += o.Services
	c.Receipts += o.Receipts
	c.Promotions += o.Promotions
	c.Crashes += o.Crashes
	c.Cuts += o.Cuts
	c.Lost += o.Lost
	c.Doubled += o.Doubled
	c.Merged += o.Merged
	c.Twice += o.Twice
	c.Anomalies += o.Anomalies
	c.Ghosts += o.Ghosts
	c.Disks += o.Disks
}

// The machines. The first two can be hub.
const (
	box = iota // beside the ticket printer: the first hub
	desk
	kiosk
	counter1
	counter2
	machines
)

var names = [machines]string{"box", "desk", "kiosk-2", "counter-1", "counter-2"}

// dice is a seeded generator (splitmix64).
type dice uint64

func (d *dice) below(n int) int {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	hi, _ := bits.Mul64(z^z>>31, uint64(n))
	return int(hi)
}

// one is true once in n times.
func (d *dice) one(n int) bool { return d.below(n) == 0 }

// entry is a record with its event.
type entry struct {
	chain.Record
	event queue.Event
}

// message is on its way, or something that a machine will do by itself.
type message struct {
	at       time.Time
	from, to int
	what     string
	act      func()
}

// world is one office and everything that befalls it.
type world struct {
	dice
	lab      *Lab
	opt      Options
	now      time.Time
	calm     bool // nothing more goes wrong
	hubs     [2]*hub
	stations [3]*station // the kiosk and two counters
	officers [2]*officer
	cut      [machines][machines]bool
	flying   []message // by time
	people   []*person
	papers   map[queue.TicketID]*person
	deeds    []deed
	receipts []string
	count    Count
	told     []string
	start    time.Time
	wrong    string
}

// Run plays one schedule.
func (l *Lab) Run(seed uint64, o Options) Result {
	if o.Steps == 0 {
		o.Steps = 150
	}
	w := l.world(seed, o)
	for range o.Steps {
		w.step()
	}
	w.mend()
	if w.wrong == "" {
		w.wrong = w.check()
	}
	return Result{Seed: seed, Fault: w.wrong, Schedule: w.told, Count: w.count}
}

func (l *Lab) world(seed uint64, o Options) *world {
	w := &world{dice: dice(seed), lab: l, opt: o, now: l.start, start: l.start, papers: map[queue.TicketID]*person{}}
	w.hubs[box] = newHub(w, box)
	w.hubs[desk] = newHub(w, desk)
	for i := range w.stations {
		w.stations[i] = newStation(w, kiosk+i)
	}
	for i := range w.officers {
		w.officers[i] = newOfficer(w, w.stations[1+i])
	}
	return w
}

// fault notes the first thing that is wrong while the schedule runs.
func (w *world) fault(format string, args ...any) {
	if w.wrong == "" {
		w.wrong = fmt.Sprintf(format, args...)
		w.tell("WRONG: %s", w.wrong)
	}
}

func (w *world) tell(format string, args ...any) {
	if w.opt.Tell {
		w.told = append(w.told, fmt.Sprintf("%7.1f s  %s", w.now.Sub(w.start).Seconds(), fmt.Sprintf(format, args...)))
	}
}

func (w *world) without(r Rule) bool { return w.opt.Without == r }

// up reports whether a machine runs.
func (w *world) up(i int) bool {
	if i < kiosk {
		return w.hubs[i].up
	}
	return w.stations[i-kiosk].up
}

func (w *world) reach(a, b int) bool { return w.up(a) && w.up(b) && !w.cut[a][b] }

// send lets a message fly: it may be lost, late, or come twice.
func (w *world) send(from, to int, what string, act func()) {
	if !w.calm && w.one(30) {
		w.count.Lost++
		w.tell("%s → %s: %s: lost", names[from], names[to], what)
		return
	}
	w.fly(message{at: w.now.Add(w.delay()), from: from, to: to, what: what, act: act})
	if !w.calm && w.one(20) {
		w.count.Doubled++
		w.fly(message{at: w.now.Add(w.delay()), from: from, to: to, what: what + " (again)", act: act})
	}
}

func (w *world) delay() time.Duration {
	switch n := w.below(20); {
	case w.calm || n < 15:
		return time.Duration(5+w.below(100)) * time.Millisecond
	case n < 19:
		return time.Duration(200+w.below(3000)) * time.Millisecond
	default:
		return time.Duration(3000+w.below(12000)) * time.Millisecond
	}
}

func (w *world) fly(m message) {
	i := len(w.flying)
	for i > 0 && w.flying[i-1].at.After(m.at) {
		i--
	}
	w.flying = slices.Insert(w.flying, i, m)
}

// pass lets time go by: what arrives meanwhile arrives.
func (w *world) pass(d time.Duration) {
	end := w.now.Add(d)
	for len(w.flying) > 0 && !w.flying[0].at.After(end) {
		m := w.flying[0]
		w.flying = w.flying[1:]
		w.now = m.at
		switch there := w.up(m.to) && !w.cut[m.from][m.to]; {
		case !there:
			w.tell("%s → %s: %s: nobody there", names[m.from], names[m.to], m.what)
			continue
		case m.from != m.to:
			w.tell("%s → %s: %s", names[m.from], names[m.to], m.what)
		}
		m.act()
	}
	w.now = end
}
