package office

import (
	"context"
	"strconv"
	"sync"
	"time"

	"motcua/queue/health"
	"motcua/queue/succession"
)

// feeds counts the standbys that follow this machine.
type feeds struct {
	mu   sync.Mutex
	now  int       // guarded by mu
	gone time.Time // guarded by mu; when the last one left, zero when none ever came
}

func (f *feeds) come() (leave func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now--
		f.gone = time.Now()
	}
}

func (f *feeds) state() (following int, gone time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now, f.gone
}

const (
	// farBehind is how many records a standby may lack before it is worth a word.
	farBehind = 1000
	// goneFor is how long a standby may be away.
	goneFor = time.Minute
)

// checkSuccession tells what this machine is and whether the one beside it
// could take over.
func (o *Office) checkSuccession(context.Context) health.Check {
	const name = "succession"
	seat := o.Seat()
	behind := strconv.FormatUint(o.Behind(), 10)
	switch {
	case seat.Role == succession.Retired:
		return health.Of(name, health.Fail, "retired", "hub", seat.Seen.Hub)
	case seat.Role == succession.Standby && o.forked.Load():
		return health.Of(name, health.Fail, "forked")
	case seat.Role == succession.Standby && !o.hubThere():
		return health.Of(name, health.Fail, "hub-silent")
	case seat.Role == succession.Standby && o.Behind() > farBehind:
		return health.Of(name, health.Warn, "behind", "behind", behind)
	case seat.Role == succession.Standby:
		return health.Of(name, health.OK, "standby", "behind", behind)
	case !o.State().Settled():
		return health.Of(name, health.Warn, "unsettled", "term", strconv.Itoa(o.State().Predecessors[0].Term))
	}
	switch following, gone := o.feeds.state(); {
	case following > 0:
		return health.Of(name, health.OK, "followed")
	case gone.IsZero():
		return health.Of(name, health.OK, "alone")
	case time.Since(gone) > goneFor:
		return health.Of(name, health.Warn, "standby-gone", "minutes", strconv.Itoa(int(time.Since(gone).Minutes())))
	}
	return health.Of(name, health.OK, "followed")
}
