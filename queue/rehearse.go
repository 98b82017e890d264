package queue

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"time"
)

// fates is how often a queue is rehearsed at most, and fewest at least.
const (
	fates  = 40
	fewest = 5
)

// enough is how many people and counters a rehearsal has of which all fates are
// needed: chance evens out over a long line and over many counters, and a
// promise should not take longer to make.
const enough = 40

// never is a moment that does not come today.
const never = 24 * 60 * 60

// rehearsal is the queue ahead of a ticket of any service, taken apart into
// whole numbers so that playing it costs nanoseconds a person. Moments are
// seconds from now.
type rehearsal struct {
	lines    [][]person // by service, in calling order
	carried  [][]person // the same of who waits for a later session
	sent     [][]person // by desk: who was sent there by name, then who is held
	desks    []seat
	rota     []int   // the desks' tiers, one after the other, each closed by -1
	lots     [][]int // times at a counter to draw from
	lotOf    []int   // index in lots + 1, by desk and service; 0 not looked up yet
	comers   [][]*comer
	me       int // rank of the one who would take a number now
	gaps     []int
	breaks   []int
	absences []int // breaks, or a guess at them
	pauses   int   // per mille of calls that are followed by a break
	halts    []halt
	closing  int // when the last session ends; 0 unknown
	overtime int // how long after a session's end people are still called
	times    int // how often to rehearse

	state   *State
	matters []bool // by service: has a part in what is asked

	// Scratch of one run.
	order []int // a heap of free·seats + desk, the desk that is free first on top
	used  []int // by desk: how many of sent
	heads []int // by service: how many of lines
	late  []int // by service: how many of carried
	first []int // by service: the rank of the line's head
	calls []int // by service, -1 not yet
	soon  []int // by service: when a comer or somebody carried must be looked at
	lucks []luck
}

// person waits: rank is the place in the order of calling (see rank), tenths how
// long one takes, in tenths of an ordinary stay, from is when the session begins
// for which one waits.
type person struct {
	rank                            int
	service, tenths, dossiers, from int32
}

// places is how many records a rank tells apart that came in the same
// millisecond, head start included.
const places = 1 << 20

// rank is one number to compare: when somebody came, head start included, in
// milliseconds from now, and the order of those who came together. The newcomer
// is the last of them.
func rank(since time.Duration, place int) int {
	const longest = 1 << 40
	return int(max(-longest, min(since/time.Millisecond, longest)))*places + max(0, min(place, places-1))
}

const nobody = math.MaxInt

// seats bounds the counters of a rehearsal: see rehearsal.order.
const seats = 1 << 20

// seat is a counter of the rehearsal.
type seat struct {
	counter   string
	desk      *Desk // never nil
	rota, end int   // where its tiers are
	// busy is how long the open ticket has been there, -1 for none.
	busy, service, tenths int
	// away says that nobody calls here: since so many seconds; -1 not away.
	away   int
	unsure bool  // nobody sits here; whether somebody will is learned
	opens  []int // past moments of opening, as seconds from now
	never  bool  // has no part in what is asked
}

// comer is a stream of people who may come before me although they arrive
// later: a head start or a better tier.
type comer struct {
	head  time.Duration
	every float64 // mean seconds between two
	place int

	luck luck // of one run
	at   float64
}

// come lets the next one of the stream arrive.
func (c *comer) come() { c.at += -math.Log(c.luck.unit()) * c.every }

func (c *comer) rank() int {
	return rank(time.Duration(c.at)*time.Second-c.head, c.place)
}

// halt is a time without service between two sessions.
type halt struct{ from, to int }

// all asks for every service.
const all = -1

// rehearsalOf takes the state apart, once for all runs. Counters that have
// nothing to do with the wanted service, not even through others, are left out.
func rehearsalOf(s *State, class string, now time.Time, wanted int) *rehearsal {
	n, desks := len(s.Config.Services), min(len(s.Config.Counters), seats-1)
	ints := make([]int, 5*n+2*desks+n*desks) // one allocation for all of them
	cut := func(k int) (list []int) { list, ints = ints[:k:k], ints[k:]; return list }
	r := &rehearsal{
		state: s, lines: make([][]person, n), carried: make([][]person, n), sent: make([][]person, desks),
		desks: make([]seat, desks), lotOf: cut(n * desks), comers: make([][]*comer, n),
		gaps: s.Learned.Gaps, breaks: s.Learned.Breaks, overtime: usualOvertime,
		order: cut(desks)[:0], used: cut(desks), heads: cut(n), late: cut(n), first: cut(n), calls: cut(n), soon: cut(n),
		lucks: make([]luck, desks),
	}
	r.me = rank(-s.headStart(class), places-1)
	r.times = max(fewest, min(fates, fates*enough/max(1, s.Waiting("")+desks)))
	if r.absences = r.breaks; len(r.absences) == 0 {
		r.absences = []int{usualBreak / 2, usualBreak, 2 * usualBreak}
	}
	r.sessions(&s.Config, now)
	if len(s.Learned.Late) > 0 {
		r.overtime = slices.Max(s.Learned.Late)
	}
	if s.Learned.Calls > 20 {
		r.pauses = 1000 * s.Learned.Pauses / s.Learned.Calls
	}
	index := make(map[string]int, n)
	for i := range s.Config.Services {
		index[s.Config.Services[i].ID] = i
	}
	r.tiers(index)
	r.narrow(wanted)
	for k := range r.desks {
		if !r.desks[k].never {
			r.sit(&r.desks[k], index, now)
		}
	}
	r.line(index, now)
	r.open()
	r.expect(class, now)
	return r
}

// tiers notes who serves what.
func (r *rehearsal) tiers(index map[string]int) {
	s := r.state
	some := slices.ContainsFunc(s.Config.Officers, func(o Officer) bool { return len(o.Services) > 0 })
	r.rota = make([]int, 0, 6*len(r.desks))
	for k := range r.desks {
		c, x := &s.Config.Counters[k], &r.desks[k]
		x.counter, x.desk, x.rota = c.ID, s.Counters[c.ID], len(r.rota)
		tiers := c.Tiers
		if x.desk == nil {
			x.desk = &Desk{}
		} else if some {
			tiers = s.Config.staffed(*c, x.desk.Officer).Tiers
		}
		for _, tier := range tiers {
			for _, id := range tier {
				if i, ok := index[id]; ok {
					r.rota = append(r.rota, i)
				}
			}
			r.rota = append(r.rota, -1)
		}
		x.end = len(r.rota)
	}
}

// services are those of a desk: its tiers, each closed by -1.
func (r *rehearsal) services(k int) []int { return r.rota[r.desks[k].rota:r.desks[k].end] }

// narrow leaves out the desks whose services are served together with the wanted
// one nowhere, nor with any of those that are.
func (r *rehearsal) narrow(wanted int) {
	r.matters = make([]bool, len(r.lines))
	for i := range r.matters {
		r.matters[i] = wanted == all || wanted == i
	}
	if wanted == all {
		return
	}
	for k := range r.desks {
		r.desks[k].never = true
	}
	for more := true; more; {
		more = false
		for k := range r.desks {
			list := r.services(k)
			if x := &r.desks[k]; !x.never || !slices.ContainsFunc(list, func(i int) bool { return i >= 0 && r.matters[i] }) {
				continue
			}
			r.desks[k].never, more = false, true
			for _, i := range list {
				if i >= 0 {
					r.matters[i] = true
				}
			}
		}
	}
}

// sit reads a counter: who sits there, for whom, since when.
func (r *rehearsal) sit(x *seat, index map[string]int, now time.Time) {
	s, d := r.state, x.desk
	x.busy, x.away = -1, -1
	if t := s.Ticket(d.Ticket); t != nil {
		x.busy = max(0, int(now.Sub(t.called())/time.Second))
		x.tenths, x.service = dossierTenths(t.Dossiers), index[t.Service]
	}
	if !d.Working() {
		x.away, x.unsure = max(0, int(now.Sub(d.Since)/time.Second)), d.Officer == ""
		x.opens = s.openings(x.counter, now)
	}
}

// line puts everybody who waits in line, or at the desk to which they were sent.
func (r *rehearsal) line(index map[string]int, now time.Time) {
	s := r.state
	for i := range s.lanes {
		l := &s.lanes[i]
		at, ok := index[l.service]
		if l.held || !ok {
			continue
		}
		only := l.counter
		if l.officer != "" {
			only = s.seatOfOfficer(l.officer)
		}
		k := -1
		if only != "" && !l.later {
			k = r.at(only)
		}
		switch {
		case k >= 0:
			r.join(&r.sent[k], l, at, now)
		case l.later && r.matters[at]:
			r.join(&r.carried[at], l, at, now)
		case r.matters[at]:
			r.join(&r.lines[at], l, at, now)
		}
	}
	for i := range s.lanes {
		k := r.at(s.lanes[i].counter)
		if !s.lanes[i].held || k < 0 {
			continue
		}
		for _, t := range s.HeldAt(s.lanes[i].counter) {
			r.sent[k] = append(r.sent[k], person{service: int32(index[t.Service]), tenths: tenthsOf(t.Dossiers)})
		}
	}
}

// at is the desk of a counter, -1 for none.
func (r *rehearsal) at(counter string) int {
	return slices.IndexFunc(r.desks, func(x seat) bool { return x.counter == counter && counter != "" })
}

// join adds the people of a lane.
func (r *rehearsal) join(into *[]person, l *line, service int, now time.Time) {
	head, first := r.state.headStart(l.class), len(*into) == 0
	*into = slices.Grow(*into, l.people.len())
	l.people.walk(func(n *sorted) bool {
		p := person{
			service: int32(service), tenths: tenthsOf(n.dossiers), dossiers: int32(n.dossiers),
			rank: rank(n.rank.Sub(now)-head, places-64-int(r.state.Seq-n.seq)),
		}
		if l.later {
			p.from = int32(max(0, min(never, r.state.Ticket(n.id).After.Sub(now)/time.Second)))
		}
		*into = append(*into, p)
		return true
	})
	if !first {
		slices.SortFunc(*into, func(a, b person) int { return cmp.Compare(a.rank, b.rank) })
	}
}

func tenthsOf(dossiers int) int32 { return int32(dossierTenths(min(dossiers, maxDossiers))) }

// ahead counts the people of a service before the one who would come now, and
// what they bring.
func (r *rehearsal) ahead(service int) (people, dossiers int) {
	for _, p := range r.lines[service] {
		if p.rank < r.me {
			people++
			dossiers += int(p.dossiers)
		}
	}
	return people, dossiers
}

// lot are times at a counter to draw from for a service.
func (r *rehearsal) lot(k, service int) []int {
	at := &r.lotOf[k*len(r.lines)+service]
	if *at == 0 {
		r.lots = append(r.lots, r.state.spells(r.state.Config.Services[service].ID, r.desks[k].desk.Officer))
		*at = len(r.lots)
	}
	return r.lots[*at-1]
}

// spells are times at a counter to draw from: the officer's own when there are
// enough, else everybody's, else a spread around what is expected.
func (s *State) spells(service, officer string) []int {
	var room [64]byte
	key := append(append(append(room[:0], service...), '/'), officer...)
	if own := s.Learned.Spells[string(key)]; len(own) >= enoughPersonal {
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
	past := s.Learned.Opened[counter]
	list := make([]int, len(past))
	for i, at := range past {
		list[i] = at - second
	}
	return list
}

// sessions notes when there is no service between now and midnight. Counters
// that find people waiting at the end of a session go on for as long as they
// lately did.
func (r *rehearsal) sessions(c *Config, now time.Time) {
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
	for k := range r.desks {
		x := &r.desks[k]
		for _, service := range r.services(k) {
			if service >= 0 {
				served[service] = served[service] || !x.never && (!x.unsure || len(x.opens) > 0)
			}
		}
	}
	for k := range r.desks {
		x := &r.desks[k]
		if !x.unsure || len(x.opens) > 0 {
			continue
		}
		x.away, x.unsure = -1, false
		list, kept := r.services(k), 0
		for _, service := range list {
			if service < 0 || !served[service] {
				list[kept], kept = service, kept+1
			}
		}
		for ; kept < len(list); kept++ {
			list[kept] = -1
		}
	}
}

// expect notes who may still come, at the rate of the last hour.
func (r *rehearsal) expect(class string, now time.Time) {
	s := r.state
	const window = 60 * 60
	mine := s.headStart(class)
	better := r.better()
	classes := append([]Class{{}}, s.Config.Classes...)
	for i := range s.Config.Services {
		for k := 0; k < len(classes) && r.matters[i]; k++ {
			c := &classes[k]
			head := time.Duration(c.HeadStart) * time.Minute
			if head <= mine && !better[i] {
				continue // comes after me wherever I may be called
			}
			n, oldest := 0, int64(0)
			for _, at := range slices.Backward(s.Learned.Arrivals[s.Config.Services[i].ID+"/"+c.ID]) {
				if age := now.Unix() - at; age >= 0 && age <= window {
					n, oldest = n+1, age
				}
			}
			if n < keptArrivals {
				oldest = window
			}
			if n > 0 {
				r.comers[i] = append(r.comers[i], &comer{
					head: head, every: float64(max(60, oldest)) / float64(n), place: places - 2 - k,
				})
			}
		}
	}
}

// better are the services that some desk has in a better tier than another one.
func (r *rehearsal) better() []bool {
	list := make([]bool, len(r.lines))
	for k := range r.desks {
		after := false // in a later tier there is a service
		tier := false
		for _, service := range slices.Backward(r.services(k)) {
			if service < 0 {
				after = after || tier
				continue
			}
			tier = true
			list[service] = list[service] || after
		}
	}
	return list
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

// rest draws what is left of a stay that has lasted so long: of the stays that
// were longer; one that is longer than nearly all takes about a third as long
// again.
func (l *luck) rest(list []int, tenths, lasted int) int {
	for range 6 {
		if x := l.of(list, 0) * tenths / 10; x > lasted {
			return x - lasted
		}
	}
	return int(-math.Log(l.unit()) * float64(lasted/3+30))
}
