package office

import (
	"sync"
	"sync/atomic"
	"time"
)

// meter counts what the metrics and the health page show.
type meter struct {
	busy, full, commands, records, commits atomic.Uint64

	// offset is how far the clock is off, in nanoseconds, and standby the last
	// record that a standby has; nil while nobody has said.
	offset  atomic.Pointer[time.Duration]
	standby atomic.Pointer[uint64]

	mu      sync.Mutex
	buckets [len(commitBounds) + 1]uint64 // guarded by mu
	total   time.Duration                 // guarded by mu
	worst   time.Duration                 // of the last minutes, fading; guarded by mu
}

// commitBounds are the upper bounds of the commit histogram.
var commitBounds = [...]time.Duration{
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond,
	50 * time.Millisecond, 100 * time.Millisecond, 250 * time.Millisecond, time.Second,
}

// committed is called by the writer after each transaction; nothing was flushed
// when wrote is false.
func (m *meter) committed(commands, records int, took time.Duration, wrote bool) {
	m.commands.Add(uint64(commands))
	if !wrote {
		return
	}
	m.records.Add(uint64(records))
	m.commits.Add(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	i := 0
	for i < len(commitBounds) && took > commitBounds[i] {
		i++
	}
	m.buckets[i]++
	m.total += took
	m.worst = max(took, m.worst-m.worst/256)
}

// SetClockOffset tells how far this machine's clock is behind the city's
// (negative: ahead), for the health page and the metrics. Nothing is ordered or
// decided by it.
func (o *Office) SetClockOffset(d time.Duration) { o.meter.offset.Store(&d) }

// SetStandby tells the last record that the standby has on its disk, for the
// metrics.
func (o *Office) SetStandby(seq uint64) { o.meter.standby.Store(&seq) }

// slowest is the worst commit of late.
func (m *meter) slowest() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.worst
}
