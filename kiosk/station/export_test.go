package station

import (
	"context"

	"motcua/printer/device"
)

// NewPaperOn is NewPaper on a line of the test's own, which may be in memory.
func NewPaperOn(c PaperConfig, open func(context.Context) (device.Device, error)) (*Paper, error) {
	return newPaper(c, device.Address{Kind: "tcp"}, open)
}

// Cards is how many personal numbers the kiosk still knows.
func (k *Kiosk) Cards() int {
	k.cards.mu.Lock()
	defer k.cards.mu.Unlock()
	return len(k.cards.numbers)
}
