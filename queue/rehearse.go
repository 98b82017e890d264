package queue

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// fates is how often a queue is rehearsed at most, and fewest at least.
const (
	fates  = 24
	fewest = 4
)

// enough is how many people and counters a rehearsal has of which all fates are
// needed: chance evens out over a long line and over many counters, and a
// promise should not take longer to make.
const enough = 32

// never is a moment that does not come today.
const never = 24 * 60 * 60

// rehearsal is the queue ahead of a ticket of any service, taken apart into
// whole numbers so that playing it costs nanoseconds a person. Moments are
// seconds from now.
type rehearsal struct {
	lines    [][]person // by service, in calling order
	carried  [][]person // the same of who waits for a later session
	desks    []seat
	lots     [][]int // times at a counter to draw from
	lotOf    []int32 // index in lots + 1, by desk and service; 0 not looked up yet
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
	heads []int // by service: how many of lines
	late  []int // by service: how many of carried
	first []int // by service: the rank of the line's head
	calls []int // by service, -1 not yet
	soon  []int // by service: when a comer or somebody carried must be looked at
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
	place   int // in the configuration
	counter string
	desk    *Desk    // never nil
	rota    []int32  // its tiers of services, each closed by -1
	sent    []person // who was sent here by name, then who is held
	// busy is how long the open ticket has been there, -1 for none.
	busy, service, tenths int
	// away says that nobody calls here: since so many seconds; -1 not away.
	away   int
	unsure bool  // nobody sits here; whether somebody will is learned
	opens  []int // past moments of opening, as seconds from now

	// Scratch of one run.
	used int // how many of sent
	luck luck
}

// comer is a stream of people who may come before me although they arrive
// later: a head start or a better tier.
type comer struct {
	head  time.Duration
	every float64 // mean seconds between two
	place int

	// Scratch of one run: the next one of the stream.
	luck luck
	at   float64
	due  int // the first whole second at which that one is there
	rank int
}

// begin sets the stream to its beginning.
func (c *comer) begin(l luck) {
	c.luck, c.at = l, 0
	c.come()
}

// come lets the next one of the stream arrive.
func (c *comer) come() {
	c.at += -math.Log(c.luck.unit()) * c.every
	c.due = int(math.Ceil(c.at))
	c.rank = rank(time.Duration(c.at)*time.Second-c.head, c.place)
}

// halt is a time without service between two sessions.
type halt struct{ from, to int }

// all asks for every service.
const all = -1

// rehearsalOf takes the state apart, once for all runs. Counters that have
// nothing to do with the wanted service, not even through others, are left out.
func rehearsalOf(s *State, class string, now time.Time, wanted int) *rehearsal {
	n := len(s.Config.Services)
	r := &rehearsal{
		state: s, lines: make([][]person, n), carried: make([][]person, n), comers: make([][]*comer, n),
		gaps: s.Learned.Gaps, breaks: s.Learned.Breaks, absences: s.Learned.Breaks, overtime: usualOvertime,
	}
	r.me = rank(-s.headStart(class), places-1)
	r.times = max(fewest, min(fates, fates*enough/max(1, s.Waiting("")+len(s.Config.Counters))))
	if len(r.absences) == 0 {
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
	r.seat(r.narrow(s.tiers(index), wanted))
	for k := range r.desks {
		r.sit(&r.desks[k], index, now)
	}
	r.line(index, now)
	r.open()
	r.expect(class, now)
	return r
}

// tiers notes who serves what, by counter: see seat.rota. Neighbours often serve
// the same and share a list.
func (s *State) tiers(index map[string]int) [][]int32 {
	counters := s.Config.Counters[:min(len(s.Config.Counters), seats-1)]
	some := slices.ContainsFunc(s.Config.Officers, func(o Officer) bool { return len(o.Services) > 0 })
	rotas, flat := make([][]int32, len(counters)), make([]int32, 0, 64)
	var last [][]string
	for i := range counters {
		tiers := counters[i].Tiers
		if d := s.Counters[counters[i].ID]; some && d != nil {
			tiers = s.Config.staffed(counters[i], d.Officer).Tiers
		}
		if i > 0 && slices.EqualFunc(tiers, last, slices.Equal) {
			rotas[i] = rotas[i-1]
			continue
		}
		last = tiers
		from := len(flat)
		for _, tier := range tiers {
			for _, id := range tier {
				if service, ok := index[id]; ok {
					flat = append(flat, int32(service))
				}
			}
			flat = append(flat, -1)
		}
		rotas[i] = flat[from:len(flat):len(flat)]
	}
	return rotas
}

// narrow leaves out the counters whose services are served together with the
// wanted one nowhere, nor with any of those that are: their tiers become nil.
func (r *rehearsal) narrow(rotas [][]int32, wanted int) [][]int32 {
	r.matters = make([]bool, len(r.lines))
	for i := range r.matters {
		r.matters[i] = wanted == all || wanted == i
	}
	if wanted == all {
		return rotas
	}
	matters := func(i int32) bool { return i >= 0 && r.matters[i] }
	for more := true; more; {
		more = false
		for _, rota := range rotas {
			if !slices.ContainsFunc(rota, matters) {
				continue
			}
			for _, i := range rota {
				if i >= 0 && !r.matters[i] {
					r.matters[i], more = true, true
				}
			}
		}
	}
	for k, rota := range rotas {
		if !slices.ContainsFunc(rota, matters) {
			rotas[k] = nil
		}
	}
	return rotas
}

// seat makes the desks of the counters that have tiers, and the scratch.
func (r *rehearsal) seat(rotas [][]int32) {
	desks := 0
	for _, rota := range rotas {
		if rota != nil {
			desks++
		}
	}
	r.desks = make([]seat, 0, desks)
	for i, rota := range rotas {
		if rota == nil {
			continue
		}
		x := seat{place: i, counter: r.state.Config.Counters[i].ID, rota: rota}
		if x.desk = r.state.Counters[x.counter]; x.desk == nil {
			x.desk = &Desk{}
		}
		r.desks = append(r.desks, x)
	}
	n := len(r.lines)
	r.lotOf, r.lots = make([]int32, n*desks), make([][]int, 0, n+2*desks)
	ints := make([]int, 5*n+desks) // one allocation for all of them
	cut := func(k int) (list []int) { list, ints = ints[:k:k], ints[k:]; return list }
	r.order, r.heads, r.late, r.first, r.calls, r.soon = cut(desks), cut(n), cut(n), cut(n), cut(n), cut(n)
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
			r.join(&r.desks[k].sent, l, at, now)
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
			r.desks[k].sent = append(r.desks[k].sent, person{service: int32(index[t.Service]), tenths: tenthsOf(t.Dossiers)})
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
	if at := r.lotOf[k*len(r.lines)+service]; at > 0 {
		return r.lots[at-1]
	}
	return r.lookUp(k, service)
}

func (r *rehearsal) lookUp(k, service int) []int {
	list := r.state.spells(r.state.Config.Services[service].ID, r.desks[k].desk.Officer)
	r.lots = append(r.lots, list)
	r.lotOf[k*len(r.lines)+service] = int32(len(r.lots))
	return list
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
		for _, service := range x.rota {
			if service >= 0 {
				served[service] = served[service] || !x.unsure || len(x.opens) > 0
			}
		}
	}
	for k := range r.desks {
		x := &r.desks[k]
		if x.unsure && len(x.opens) == 0 {
			x.away, x.unsure = -1, false
			x.rota = slices.DeleteFunc(slices.Clone(x.rota), func(service int32) bool { return service >= 0 && served[service] })
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
		for _, service := range slices.Backward(r.desks[k].rota) {
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
