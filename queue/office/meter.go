package office

import (
	"sync"
	"sync/atomic"
	"time"
)

// meter counts what the metrics and the health page show.
type meter struct {
	busy, full, commands, records, commits atomic.Uint64

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

// slowest is the worst commit of late.
func (m *meter) slowest() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.worst
}
