package queue

import "math"

// defaults before anything was learned, in seconds.
const (
	usualGap   = 15
	usualBreak = 10 * 60
	lateBy     = 15 * 60 // a counter that opens every day may be this late
	// usualOvertime is how long after a session's end people are still called.
	usualOvertime = 30 * 60
)

// run plays one fate and notes in calls when the newcomer of each service is
// called; of all services, or of the one that is wanted. A newcomer is called
// and takes nobody's time, so that one run answers for all of them.
func (r *rehearsal) run(fate uint64, wanted int) {
	pace := r.begin(fate)
	for missing := len(r.lines); missing > 0; r.sink(0) {
		k := r.order[0]
		now := r.free[k]
		if now >= never {
			return
		}
		if to, halted := r.halted(now, k); halted {
			r.free[k] = to
			continue
		}
		who, service := r.next(k, now)
		var p person
		switch who {
		case whoNobody:
			r.free[k] = never
			continue
		case whoMe:
			r.calls[service] = max(0, now)
			if missing--; service == wanted {
				return
			}
			continue
		case whoSent:
			p = r.sent[k][r.used[k]]
			r.used[k]++
		case whoWaits:
			p = r.take(service, now)
		}
		l := &r.lucks[k]
		stay := l.of(r.desks[k].spells[p.service], fallbackPace) * p.tenths * pace / 1000
		r.free[k] = now + max(1, stay) + l.of(r.gaps, usualGap)
		if r.pauses > 0 && l.below(1000) < r.pauses {
			r.free[k] += l.of(r.breaks, usualBreak)
		}
	}
}

// begin sets the scratch of a run. Every counter and every stream of comers has
// luck of its own, so that one more person ahead changes nobody else's. pace is
// how today differs from the days that were learned from, in percent.
func (r *rehearsal) begin(fate uint64) (pace int) {
	l := luck(fate * 0x632be59bd9b4e019)
	pace = 85 + l.below(31)
	clear(r.heads)
	clear(r.used)
	for i := range r.calls {
		r.calls[i] = -1
	}
	for i := range r.desks {
		r.lucks[i] = luck(l.next())
		r.free[i] = r.desks[i].ready(&r.lucks[i], r)
	}
	for i := range r.order {
		r.order[i] = i
	}
	for i := len(r.order)/2 - 1; i >= 0; i-- {
		r.sink(i)
	}
	for i, streams := range r.comers {
		for _, c := range streams {
			c.luck, c.at = l+luck(1000*i+c.place), 0
			c.come()
		}
		r.await(i)
	}
	return pace
}

// sink puts the desk at a place of the heap where it belongs.
func (r *rehearsal) sink(i int) {
	for {
		first := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(r.order); child++ {
			a, b := r.order[child], r.order[first]
			if r.free[a] < r.free[b] || r.free[a] == r.free[b] && a < b {
				first = child
			}
		}
		if first == i {
			return
		}
		r.order[i], r.order[first] = r.order[first], r.order[i]
		i = first
	}
}

// ready is when a counter can call.
func (x seat) ready(l *luck, r *rehearsal) int {
	switch {
	case x.busy >= 0:
		return l.rest(x.rests, x.busy) + l.of(r.gaps, usualGap)
	case x.away < 0:
		return 0
	case !x.unsure && (x.away < longestBreak || len(x.opens) == 0):
		return l.rest(x.rests, x.away)
	case len(x.opens) == 0:
		return never
	}
	at := x.opens[l.below(len(x.opens))]
	switch {
	case at > 0:
		return at
	case at > -lateBy:
		return int(-math.Log(l.unit()) * lateBy / 2)
	}
	return never
}

// Whom a counter takes.
const (
	whoNobody = iota
	whoMe     // the newcomer of a service
	whoSent   // sent here by name, or put aside here
	whoWaits  // the head of a service's line
)

// next is the rule of State.Next on the rehearsed queue, and the service of the
// person.
func (r *rehearsal) next(k, now int) (who, service int) {
	if r.used[k] < len(r.sent[k]) {
		return whoSent, 0
	}
	for _, tier := range r.desks[k].tiers {
		best := nobody
		for _, s := range tier {
			first, _ := r.head(s, now)
			if r.calls[s] < 0 && r.me < min(first, best) {
				best, who, service = r.me, whoMe, s
			} else if first < best {
				best, who, service = first, whoWaits, s
			}
		}
		if who != whoNobody {
			break
		}
	}
	return who, service
}

// head is the rank of the first of a service's line at a moment, and the stream
// of a comer who is it.
func (r *rehearsal) head(s, now int) (first int, c *comer) {
	first = nobody
	if i := r.heads[s]; i < len(r.lines[s]) {
		first = r.lines[s][i].rank
	}
	if now < r.soon[s] {
		return first, nil
	}
	for _, x := range r.comers[s] {
		if x.at <= float64(now) && x.rank() < first {
			first, c = x.rank(), x
		}
	}
	return first, c
}

// await notes when the next comer of a service is there.
func (r *rehearsal) await(s int) {
	r.soon[s] = never
	for _, c := range r.comers[s] {
		r.soon[s] = min(r.soon[s], int(math.Ceil(c.at)))
	}
}

// take removes the head of a service's line.
func (r *rehearsal) take(s, now int) person {
	rank, c := r.head(s, now)
	if c == nil {
		r.heads[s]++
		return r.lines[s][r.heads[s]-1]
	}
	c.come()
	r.await(s)
	return person{service: s, tenths: 10, rank: rank}
}

// halted moves a call that falls between two sessions to the next one. People
// still waiting at the end of a session are served a little longer.
func (r *rehearsal) halted(now, k int) (to int, halted bool) {
	for _, h := range r.halts {
		if now > h.from+r.overtime && now < h.to {
			return h.to + r.lucks[k].below(5*60), true
		}
	}
	if r.closing > 0 && now > r.closing+r.overtime {
		return never, true
	}
	return 0, false
}

// stuck is when a newcomer is called if nobody who serves them calls today:
// after everybody before, one after the other.
func (r *rehearsal) stuck(service int) int {
	people, _ := r.ahead(service)
	return min(never, (people+1)*fallbackPace)
}
