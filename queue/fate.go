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

// run plays one fate and says when I am called; called is false when today's
// sessions end first.
func (r *rehearsal) run(fate uint64) (at int, called bool) {
	if len(r.lines) == 0 {
		return 0, true
	}
	pace := r.begin(fate)
	for {
		k := 0
		for i, t := range r.free {
			if t < r.free[k] {
				k = i
			}
		}
		now := r.free[k]
		if now >= never {
			return r.stuck(), false
		}
		if to, halted := r.halted(now, k); halted {
			r.free[k] = to
			continue
		}
		var p person
		switch who := r.next(k, now); who {
		case whoNobody:
			r.free[k] = never
			continue
		case whoMe:
			return max(0, now), true
		case whoSent:
			p = r.sent[k][r.used[k]]
			r.used[k]++
		default:
			p = r.take(who, now)
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
	for i := range r.desks {
		r.lucks[i] = luck(l.next())
		r.free[i] = r.desks[i].ready(&r.lucks[i], r)
	}
	for _, streams := range r.comers {
		for _, c := range streams {
			c.luck, c.at = luck(l.next()), 0
			c.come()
		}
	}
	return pace
}

// ready is when a counter can call.
func (x seat) ready(l *luck, r *rehearsal) int {
	switch {
	case x.busy >= 0:
		return l.rest(x.spells[x.service], x.tenths, x.busy) + l.of(r.gaps, usualGap)
	case x.away < 0:
		return 0
	case !x.unsure && (x.away < longestBreak || len(x.opens) == 0):
		breaks := r.breaks
		if len(breaks) == 0 {
			breaks = []int{usualBreak / 2, usualBreak, 2 * usualBreak}
		}
		return l.rest(breaks, 10, x.away)
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

// Who a counter takes: a service, or one of these.
const (
	whoNobody = -1
	whoMe     = -2
	whoSent   = -3
)

// next is the rule of State.Next on the rehearsed queue.
func (r *rehearsal) next(k, now int) int {
	if r.used[k] < len(r.sent[k]) {
		return whoSent
	}
	for _, tier := range r.desks[k].tiers {
		best, who := person{}, whoNobody
		for _, s := range tier {
			p, ok := r.head(s, now)
			if s == r.me.service && (!ok || r.me.before(p)) {
				if who == whoNobody || r.me.before(best) {
					best, who = r.me, whoMe
				}
				continue
			}
			if ok && (who == whoNobody || p.before(best)) {
				best, who = p, s
			}
		}
		if who != whoNobody {
			return who
		}
	}
	return whoNobody
}

// head is the first of a service's line at a moment, those who have come since
// included.
func (r *rehearsal) head(s, now int) (p person, ok bool) {
	if i := r.heads[s]; i < len(r.lines[s]) {
		p, ok = r.lines[s][i], true
	}
	for _, c := range r.comers[s] {
		if c.at > float64(now) {
			continue
		}
		if next := c.person(s); !ok || next.before(p) {
			p, ok = next, true
		}
	}
	return p, ok
}

// take removes the head of a service's line.
func (r *rehearsal) take(s, now int) person {
	p, _ := r.head(s, now)
	if i := r.heads[s]; i < len(r.lines[s]) && p == r.lines[s][i] {
		r.heads[s]++
		return p
	}
	for _, c := range r.comers[s] {
		if c.at <= float64(now) && c.person(s) == p {
			c.come()
			break
		}
	}
	return p
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

// stuck is when I am called if nobody who serves me calls today: after
// everybody before me, one after the other.
func (r *rehearsal) stuck() int {
	n := 1
	for _, p := range r.lines[r.me.service] {
		if p.before(r.me) {
			n++
		}
	}
	return min(never, n*fallbackPace)
}
