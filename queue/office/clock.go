package office

import (
	"time"

	"motcua/queue/chain"
)

// aheadLimit is how far after the last record a clock that nobody sets may be
// before it counts as jumped: longer than a night, shorter than a day.
const aheadLimit = 18 * time.Hour

// strayLimit is how much further than real time a clock may have moved between
// two records before it counts as jumped: more than a correction by the network
// ever is in an office that hears it.
const strayLimit = 2 * time.Minute

// askSynced is how many stamps pass between two looks at the system's clock.
const askSynced = 256

// stamp is the time of a decision and its records, as records keep it (UTC, in
// milliseconds), and how far it can be trusted. Nothing is ordered by it.
func (o *Office) stamp() (time.Time, chain.Clock) {
	if o.clockN%askSynced == 0 {
		o.synced = o.cfg.Synced()
	}
	o.clockN++
	at := o.cfg.Now().UTC().Truncate(time.Millisecond)
	watched, strayed := o.watch(at)
	o.watched = watched && !strayed
	if strayed {
		return at, chain.ClockJumped
	}
	return at, o.judgeClock(at)
}

// watch compares the clock with real time since the last record. strayed: it
// was set forward, and waits over that moment are not what they seem. It stays
// so until something is recorded: a day that nobody believes is not opened by
// asking twice.
func (o *Office) watch(at time.Time) (watched, strayed bool) {
	if o.cfg.Uptime == nil {
		return false, false
	}
	o.nowUp = o.cfg.Uptime()
	if o.seenAt.IsZero() {
		o.seenAt, o.seenUp = at, o.nowUp
		return false, false
	}
	return o.wrote, at.Sub(o.seenAt)-(o.nowUp-o.seenUp) > strayLimit
}

// recorded notes the clock of a record.
func (o *Office) recorded(at time.Time) {
	o.lastAt, o.seenAt, o.seenUp, o.wrote = at, at, o.nowUp, true
}

func (o *Office) judgeClock(at time.Time) chain.Clock {
	switch {
	case o.lastAt.IsZero():
		return o.steady()
	case at.Before(o.lastAt):
		return chain.ClockJumped
	case !o.synced && !o.watched && at.Sub(o.lastAt) > aheadLimit:
		return chain.ClockJumped
	}
	return o.steady()
}

// trusted is what the core is told of the clock: one that nothing sets is
// believed about the day while this program has watched it run.
func (o *Office) trusted(c chain.Clock) chain.Clock {
	if c == chain.ClockFree && o.watched {
		return chain.ClockSynced
	}
	return c
}

func (o *Office) steady() chain.Clock {
	if o.synced {
		return chain.ClockSynced
	}
	return chain.ClockFree
}
