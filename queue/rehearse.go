package queue

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"
)

// fates is how often a queue is rehearsed. Forty promise hardly better, for more
// than half as much again.
const fates = 24

// never is a moment that does not come today.
const never = 24 * 60 * 60

// rehearsal is the queue ahead of a ticket of any service, taken apart into
// whole numbers so that playing it costs nanoseconds a person. Moments are
// seconds from now.
type rehearsal struct {
	lines    [][]person // by service, in calling order
	sent     [][]person // by desk: who was sent there by name
	desks    []seat
	comers   [][]*comer // by service
	me       int        // rank of the one who would take a number now
	gaps     []int
	breaks   []int
	pauses   int // per mille of calls that are followed by a break
	halts    []halt
	closing  int // when the last session ends; 0 unknown
	overtime int // how long after a session's end people are still called

	// Scratch of one run.
	free, heads, used []int
	order             []int // a heap of the desks, the one that is free first on top
	calls             []int // by service, -1 not yet
	soon              []int // by service: when the next comer is there
	lucks             []luck
}

// person waits: rank is the place in the order of calling (see rank), tenths how
// long one takes, in tenths of an ordinary stay.
type person struct {
	rank, service, tenths, dossiers int
}

// places is how many can come in the same second, head start included.
const places = 1 << 20

// rank is one number to compare: when somebody came, head start included, in
// seconds from now, and the order of those who came together. The newcomer is
// the last of them.
func rank(since, place int) int { return since*places + min(place, places-1) }

const nobody = math.MaxInt

// seat is a counter of the rehearsal.
type seat struct {
	tiers  [][]int
	spells [][]int // by service, recent first choice: the officer's own
	// busy is how long the open ticket has been there, -1 for none.
	busy, service, tenths int
	rests                 []int // of the open ticket's stay, or of the break
	// away says that nobody calls here: since so many seconds; -1 not away.
	away   int
	unsure bool  // nobody sits here; whether somebody will is learned
	opens  []int // past moments of opening, as seconds from now
}

// comer is a stream of people who may come before me although they arrive
// later: a head start or a better tier.
type comer struct {
	head  int
	every float64 // mean seconds between two
	place int

	luck luck // of one run
	at   float64
}

// come lets the next one of the stream arrive.
func (c *comer) come() { c.at += -math.Log(c.luck.unit()) * c.every }

func (c *comer) rank() int { return rank(int(c.at)-c.head, c.place) }

// halt is a time without service between two sessions.
type halt struct{ from, to int }

// rehearsalOf takes the state apart, once for all runs and services.
func rehearsalOf(s *State, class string, now time.Time) *rehearsal {
	n, desks := len(s.Config.Services), len(s.Config.Counters)
	index := make(map[string]int, n)
	r := &rehearsal{
		lines: make([][]person, n), sent: make([][]person, desks), gaps: s.Learned.Gaps, breaks: s.Learned.Breaks,
		me: rank(-int(s.Config.HeadStart(class)/time.Second), places-1), free: make([]int, desks), order: make([]int, desks), used: make([]int, desks), lucks: make([]luck, desks),
		heads: make([]int, n), calls: make([]int, n), soon: make([]int, n), overtime: usualOvertime,
	}
	for i, svc := range s.Config.Services {
		index[svc.ID] = i
	}
	r.line(s, index, now)
	r.sessions(s.Config, now)
	if len(s.Learned.Late) > 0 {
		r.overtime = slices.Max(s.Learned.Late)
	}
	if s.Learned.Calls > 20 {
		r.pauses = 1000 * s.Learned.Pauses / s.Learned.Calls
	}
	for i, c := range s.Config.Counters {
		r.desks = append(r.desks, s.seatOf(c, index, now))
		for _, t := range s.HeldAt(c.ID) {
			r.sent[i] = append(r.sent[i], person{service: index[t.Service], tenths: dossierTenths(t.Dossiers)})
		}
	}
	r.open()
	r.expect(s, now)
	return r
}

// ahead counts the people of a service before the one who would come now, and
// what they bring.
func (r *rehearsal) ahead(service int) (people, dossiers int) {
	for _, p := range r.lines[service] {
		if p.rank < r.me {
			people++
			dossiers += p.dossiers
		}
	}
	return people, dossiers
}

// line puts everybody who waits for this session in line.
func (r *rehearsal) line(s *State, index map[string]int, now time.Time) {
	for place, t := range s.WaitingFor(nil) {
		at, ok := index[t.Service]
		if !ok || !t.After.IsZero() { // not called in this session
			continue
		}
		p := person{
			service: at, tenths: dossierTenths(t.Dossiers), dossiers: t.Dossiers,
			rank: rank(-int(now.Sub(s.effective(t))/time.Second), place),
		}
		only := t.For
		if t.ForOfficer != "" {
			only = s.seatOfOfficer(t.ForOfficer)
		}
		if only != "" {
			if k := slices.IndexFunc(s.Config.Counters, func(c Counter) bool { return c.ID == only }); k >= 0 {
				r.sent[k] = append(r.sent[k], p)
				continue
			}
		}
		r.lines[at] = append(r.lines[at], p)
	}
}

// seatOf reads a counter: who sits there, for whom, since when.
func (s *State) seatOf(c Counter, index map[string]int, now time.Time) seat {
	x := seat{busy: -1, away: -1, spells: make([][]int, len(index))}
	d := s.Counters[c.ID]
	if d == nil {
		d = &Desk{}
	}
	c, _ = s.serving(c.ID)
	for _, tier := range c.Tiers {
		var ids []int
		for _, id := range tier {
			if i, ok := index[id]; ok {
				ids = append(ids, i)
				x.spells[i] = s.spells(id, d.Officer)
			}
		}
		x.tiers = append(x.tiers, ids)
	}
	if t := s.Ticket(d.Ticket); t != nil {
		x.busy = max(0, int(now.Sub(t.called())/time.Second))
		x.tenths, x.service = dossierTenths(t.Dossiers), index[t.Service]
	}
	if !d.Working() {
		x.away, x.unsure = max(0, int(now.Sub(d.Since)/time.Second)), d.Officer == ""
		x.opens = s.openings(c.ID, now)
	}
	for i, svc := range s.Config.Services { // also what was sent here by name
		if x.spells[i] == nil {
			x.spells[i] = s.spells(svc.ID, d.Officer)
		}
	}
	switch {
	case x.busy >= 0:
		x.rests = left(x.spells[x.service], x.tenths, x.busy)
	case x.away >= 0 && len(s.Learned.Breaks) > 0:
		x.rests = left(s.Learned.Breaks, 10, x.away)
	case x.away >= 0:
		x.rests = left([]int{usualBreak / 2, usualBreak, 2 * usualBreak}, 10, x.away)
	}
	return x
}

// spells are times at a counter to draw from: the officer's own when there are
// enough, else everybody's, else a spread around what is expected.
func (s *State) spells(service, officer string) []int {
	if own := s.Learned.Spells[service+"/"+officer]; len(own) >= enoughPersonal {
		return own
	}
	if all := s.Learned.Spells[service]; len(all) >= enoughSpells {
		return all
	}
	expected := s.Pace[service]
	if expected == 0 {
		svc, _ := s.Config.Service(service)
		expected = cmp.Or(svc.Pace, fallbackPace)
	}
	guess := make([]int, 0, 9)
	for _, percent := range []int{30, 45, 60, 75, 90, 105, 125, 160, 230} {
		guess = append(guess, expected*percent/100)
	}
	return guess
}

// openings are the moments at which a counter opened on other days, as if
// today, in seconds from now.
func (s *State) openings(counter string, now time.Time) []int {
	second := secondOfDay(Local(now))
	var list []int
	for _, at := range s.Learned.Opened[counter] {
		list = append(list, at-second)
	}
	return list
}

// sessions notes when there is no service between now and midnight. Counters
// that find people waiting at the end of a session go on for as long as they
// lately did.
func (r *rehearsal) sessions(c Config, now time.Time) {
	local := Local(now)
	spans, _ := c.Sessions(local)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, zone)
	from := func(minute int) int {
		return int(midnight.Add(time.Duration(minute)*time.Minute).Sub(now) / time.Second)
	}
	for i, span := range spans {
		if r.closing = from(span.To); i == 0 && from(span.From) > 0 {
			r.halts = append(r.halts, halt{-never, from(span.From)})
		}
		if i+1 < len(spans) {
			r.halts = append(r.halts, halt{from(span.To), from(spans[i+1].From)})
		}
	}
}

// open lets the counters of a service open now, for it alone, when none of them
// is at work or away for a while: nobody knows better.
func (r *rehearsal) open() {
	served := make([]bool, len(r.lines))
	for _, x := range r.desks {
		for _, tier := range x.tiers {
			for _, service := range tier {
				served[service] = served[service] || !x.unsure || len(x.opens) > 0
			}
		}
	}
	for i := range r.desks {
		x := &r.desks[i]
		if !x.unsure || len(x.opens) > 0 {
			continue
		}
		x.away, x.unsure = -1, false
		for t, tier := range x.tiers {
			x.tiers[t] = slices.DeleteFunc(tier, func(service int) bool { return served[service] })
		}
	}
}

// expect notes who may still come, at the rate of the last hour.
func (r *rehearsal) expect(s *State, now time.Time) {
	const window = 60 * 60
	r.comers = make([][]*comer, len(s.Config.Services))
	for i, svc := range s.Config.Services {
		for k, class := range append([]Class{{}}, s.Config.Classes...) {
			n, oldest := 0, int64(0)
			for _, at := range slices.Backward(s.Learned.Arrivals[svc.ID+"/"+class.ID]) {
				if age := now.Unix() - at; age >= 0 && age <= window {
					n, oldest = n+1, age
				}
			}
			if n < keptArrivals {
				oldest = window
			}
			if n > 0 {
				r.comers[i] = append(r.comers[i], &comer{
					head: class.HeadStart * 60, every: float64(max(60, oldest)) / float64(n), place: places - 2 - k,
				})
			}
		}
	}
}

// longLine is how many may wait before a queue is rehearsed less often: chance
// evens out over a long line, and a promise should not take longer to make.
const longLine = 400

// times is how often this queue is rehearsed.
func (r *rehearsal) times() int {
	waiting := 0
	for _, line := range r.lines {
		waiting += len(line)
	}
	return max(fates/3, min(fates, fates*longLine/max(1, waiting)))
}

// luck is a small generator (splitmix64): the same fate draws the same numbers
// on every machine.
type luck uint64

func (l *luck) next() uint64 {
	*l += 0x9e3779b97f4a7c15
	z := uint64(*l)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from [0, n).
func (l *luck) below(n int) int {
	hi, _ := bits.Mul64(l.next(), uint64(n))
	return int(hi)
}

// unit draws from (0, 1].
func (l *luck) unit() float64 { return float64(l.next()>>11+1) / (1 << 53) }

// of draws one of a list, or the default.
func (l *luck) of(list []int, otherwise int) int {
	if len(list) == 0 {
		return otherwise
	}
	return list[l.below(len(list))]
}

// left are the rests of a stay that has lasted so long, after the stays that
// lasted longer.
func left(list []int, tenths, lasted int) []int {
	rests := make([]int, 0, len(list))
	for _, x := range list {
		if x = x * tenths / 10; x > lasted {
			rests = append(rests, x-lasted)
		}
	}
	return rests
}

// rest draws one of the rests; a stay longer than all others takes about a
// third as long again.
func (l *luck) rest(rests []int, lasted int) int {
	if len(rests) == 0 {
		return int(-math.Log(l.unit()) * float64(lasted/3+30))
	}
	return rests[l.below(len(rests))]
}
