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
func (r *rehearsal) run(fate, wanted int) {
	pace := r.begin(fate)
	missing := len(r.lines)
	for len(r.order) > 0 && missing > 0 {
		now, k := r.order[0]/seats, r.order[0]%seats
		if now >= never {
			return
		}
		if to, halted := r.halted(now, k); halted {
			r.again(to, k)
			continue
		}
		who, service := r.next(k, now)
		var p person
		switch who {
		case whoNobody:
			r.again(never, k)
			continue
		case whoMe:
			r.calls[service] = max(0, now)
			if missing--; service == wanted {
				return
			}
			continue
		case whoSent:
			x := &r.desks[k]
			p = x.sent[x.used]
			x.used++
		case whoWaits:
			p = r.take(service, now)
		}
		l := &r.desks[k].luck
		stay := l.of(r.lot(k, int(p.service)), fallbackPace) * int(p.tenths) * pace / 1000
		free := now + max(1, stay) + l.of(r.gaps, usualGap)
		if r.pauses > 0 && l.below(1000) < r.pauses {
			free += l.of(r.breaks, usualBreak)
		}
		r.again(free, k)
	}
}

// begin sets the scratch of a run. Every counter and every stream of comers has
// luck of its own, so that one more person ahead changes nobody else's. pace is
// how today differs from the days that were learned from, in percent: the fates
// share the likely range out evenly.
func (r *rehearsal) begin(fate int) (pace int) {
	seed := luck(fate * 0x632be59bd9b4e01)
	pace = 90 + 20*fate/max(1, r.times-1)
	clear(r.heads)
	clear(r.late)
	for i := range r.calls {
		r.calls[i] = -1
		r.head(i)
	}
	r.order = r.order[:0]
	for k := range r.desks {
		x := &r.desks[k]
		own := seed + luck(x.place)<<32
		x.luck, x.used = luck(own.next()), 0
		r.order = append(r.order, min(r.ready(k), never)*seats+k)
	}
	for i := len(r.order)/2 - 1; i >= 0; i-- {
		r.sink(i)
	}
	for i, streams := range r.comers {
		for _, c := range streams {
			c.begin(seed + luck(1000*i+c.place))
		}
		r.await(i, 0)
	}
	return pace
}

// again says when the desk on top of the heap is free again.
func (r *rehearsal) again(free, k int) {
	r.order[0] = min(free, never)*seats + k
	r.sink(0)
}

// sink puts the desk at a place of the heap where it belongs.
func (r *rehearsal) sink(i int) {
	heap := r.order
	for x := heap[i]; ; {
		child := 2*i + 1
		if child >= len(heap) {
			heap[i] = x
			return
		}
		if child+1 < len(heap) && heap[child+1] < heap[child] {
			child++
		}
		if x <= heap[child] {
			heap[i] = x
			return
		}
		heap[i], i = heap[child], child
	}
}

// ready is when a counter can call.
func (r *rehearsal) ready(k int) int {
	x, l := &r.desks[k], &r.desks[k].luck
	switch {
	case x.busy >= 0:
		return l.rest(r.lot(k, x.service), x.tenths, x.busy) + l.of(r.gaps, usualGap)
	case x.away < 0:
		return 0
	case !x.unsure && (x.away < longestBreak || len(x.opens) == 0):
		return l.rest(r.absences, 10, x.away)
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
	x := &r.desks[k]
	if x.used < len(x.sent) {
		return whoSent, 0
	}
	best := nobody
	for _, i := range x.rota {
		s := int(i)
		if s < 0 { // the end of a tier
			if who != whoNobody {
				return who, service
			}
			continue
		}
		first := r.first[s]
		if now >= r.soon[s] {
			first, _, _ = r.foremost(s, now)
		}
		if r.me < min(first, best) && r.calls[s] < 0 {
			best, who, service = r.me, whoMe, s
		} else if first < best {
			best, who, service = first, whoWaits, s
		}
	}
	return who, service
}

// head notes the rank of the head of a service's line.
func (r *rehearsal) head(s int) {
	r.first[s] = nobody
	if i := r.heads[s]; i < len(r.lines[s]) {
		r.first[s] = r.lines[s][i].rank
	}
}

// foremost is the rank of the first of a service at a moment: the head of the
// line, or who was carried to this session, or the stream of a comer.
func (r *rehearsal) foremost(s, now int) (first int, carried bool, c *comer) {
	first = r.first[s]
	if i := r.late[s]; i < len(r.carried[s]) {
		if p := &r.carried[s][i]; int(p.from) <= now && p.rank < first {
			first, carried = p.rank, true
		}
	}
	for _, x := range r.comers[s] {
		if x.due <= now && x.rank < first {
			first, carried, c = x.rank, false, x
		}
	}
	return first, carried, c
}

// await notes when the next one of a service is there who is not in its line.
func (r *rehearsal) await(s, now int) {
	r.soon[s] = never
	if i := r.late[s]; i < len(r.carried[s]) {
		r.soon[s] = max(now, int(r.carried[s][i].from))
	}
	for _, c := range r.comers[s] {
		r.soon[s] = min(r.soon[s], c.due)
	}
}

// take removes the first of a service.
func (r *rehearsal) take(s, now int) person {
	if now >= r.soon[s] {
		switch rank, carried, c := r.foremost(s, now); {
		case carried:
			p := r.carried[s][r.late[s]]
			r.late[s]++
			r.await(s, now)
			return p
		case c != nil:
			c.come()
			r.await(s, now)
			return person{service: int32(s), tenths: 10, rank: rank}
		}
	}
	p := r.lines[s][r.heads[s]]
	r.heads[s]++
	r.head(s)
	return p
}

// halted moves a call that falls between two sessions to the next one. People
// still waiting at the end of a session are served a little longer.
func (r *rehearsal) halted(now, k int) (to int, halted bool) {
	for _, h := range r.halts {
		if now > h.from+r.overtime && now < h.to {
			return h.to + r.desks[k].luck.below(5*60), true
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
