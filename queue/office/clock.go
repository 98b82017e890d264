package office

import (
	"time"

	"motcua/queue/chain"
)

// aheadLimit is how far after the last record a clock that nobody sets may be
// before it counts as jumped: longer than a night, shorter than a day.
const aheadLimit = 18 * time.Hour

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
	return at, o.judgeClock(at)
}

func (o *Office) judgeClock(at time.Time) chain.Clock {
	switch {
	case o.lastAt.IsZero():
		return o.steady()
	case at.Before(o.lastAt):
		return chain.ClockJumped
	case !o.synced && at.Sub(o.lastAt) > aheadLimit:
		return chain.ClockJumped
	}
	return o.steady()
}

func (o *Office) steady() chain.Clock {
	if o.synced {
		return chain.ClockSynced
	}
	return chain.ClockFree
}
