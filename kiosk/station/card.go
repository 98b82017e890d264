package station

import (
	"maps"
	"slices"
	"sync"
)

// cards keeps the personal numbers of the citizen cards that are in use, away
// from everything a screen can show: the presenter knows a handle only, and
// ends it when the visit is over (scenario 41). Nothing of it is written down
// or logged.
type cards struct {
	mu      sync.Mutex
	last    uint64
	numbers map[uint64]string // mu guards: by handle
}

// mostCards bounds the numbers in use: a visit's, and those that were asked
// for at an office that has been away for long.
const mostCards = 32

// keep gives a handle for a number; the oldest make room.
func (c *cards) keep(number string) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.numbers == nil {
		c.numbers = map[uint64]string{}
	}
	c.last++
	c.numbers[c.last] = number
	if len(c.numbers) > mostCards {
		delete(c.numbers, slices.Min(slices.Collect(maps.Keys(c.numbers))))
	}
	return c.last
}

// number is what a handle stands for; ok is false when it is forgotten.
func (c *cards) number(handle uint64) (number string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	number, ok = c.numbers[handle]
	return number, ok
}

func (c *cards) forget(handle uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.numbers, handle)
}

// Card takes the personal number of a citizen card that was just read and gives
// the handle for session.Scanned.Card.
func (k *Kiosk) Card(number string) uint64 { return k.cards.keep(number) }
