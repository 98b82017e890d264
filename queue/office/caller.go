package office

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Numbered is what a Caller asks once: where the office's record of a device
// ends. The clients of this package have it.
type Numbered interface {
	LastN(ctx context.Context, device string) (uint64, error)
}

// Waits between two attempts at an office that cannot be reached.
const (
	firstRetry = 20 * time.Millisecond
	lastRetry  = 2 * time.Second
)

// Caller sends one device's commands, one at a time and each exactly once: it
// owns the device's number n, and while the office cannot be reached it sends
// the very same call again, so that a lost reply never doubles anything.
type Caller struct {
	client Client
	device string
	turn   chan struct{} // capacity 1: held by the command being sent

	// Of the holder of turn.
	n     uint64
	known bool
	open  map[uint64]uint64 // wishes without an answer → their numbers
}

// NewCaller makes the Caller of a device. There must be one per device; a
// client that cannot tell the device's last number (a fake) begins at 1.
func NewCaller(client Client, device string) *Caller {
	return &Caller{client: client, device: device, turn: make(chan struct{}, 1)}
}

// Device is the name that the Caller's commands carry.
func (c *Caller) Device() string { return c.device }

// Do sends a command by an officer at a counter (both may be empty) and waits
// for its reply, trying again until ctx ends. A refusal is an answer and is not
// tried again. When ctx ends first the error wraps ErrUnreachable, and the
// command may or may not have been carried out; it will not be carried out
// after the next command of this device has been answered.
func (c *Caller) Do(ctx context.Context, officer, counter string, cmd queue.Command) (Reply, error) {
	return c.DoAs(ctx, 0, officer, counter, cmd)
}

// DoAs is Do for a wish that may come again: while a wish has no answer it is
// the very same call each time, whatever was sent in between, and so acts once.
// A wish that was overtaken without having been carried out is sent anew. Wish
// 0 is never the same.
func (c *Caller) DoAs(ctx context.Context, wish uint64, officer, counter string, cmd queue.Command) (Reply, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return Reply{}, fmt.Errorf("%s: %w (%w)", cmd.Name(), ErrUnreachable, context.Cause(ctx))
	}
	by := chain.Actor{Device: c.device, Officer: officer, Counter: counter}
	for range 3 {
		if err := c.learn(ctx); err != nil {
			return Reply{}, err
		}
		n := c.number(wish)
		reply, err := retry(ctx, func() (Reply, error) {
			return c.client.Do(ctx, Call{N: n, By: by, Command: cmd})
		})
		if errors.Is(err, ErrUnreachable) {
			return reply, err
		}
		delete(c.open, wish)
		// Both say that this command was not carried out: a later one of this
		// device was, perhaps by another process. Learn the number anew.
		if errors.Is(err, refusal.New(codeReused)) || errors.Is(err, refusal.New(codeStale)) {
			c.known = false
			continue
		}
		return reply, err
	}
	return Reply{}, fmt.Errorf("%s: two programs use the device name %q: %w", cmd.Name(), c.device, refusal.New(codeReused))
}

// mostOpen bounds the wishes that are remembered without an answer; the oldest
// is forgotten.
const mostOpen = 64

// number is the number of a wish: its old one, or the next.
func (c *Caller) number(wish uint64) uint64 {
	if n, again := c.open[wish]; again {
		return n
	}
	c.n++
	if wish == 0 {
		return c.n
	}
	if c.open == nil {
		c.open = map[uint64]uint64{}
	}
	if len(c.open) >= mostOpen {
		oldest := wish
		for w, n := range c.open {
			if o, ok := c.open[oldest]; !ok || n < o {
				oldest = w
			}
		}
		delete(c.open, oldest)
	}
	c.open[wish] = c.n
	return c.n
}

// learn asks the office once for the device's last number.
func (c *Caller) learn(ctx context.Context) error {
	if c.known {
		return nil
	}
	numbered, ok := c.client.(Numbered)
	if !ok {
		c.known = true
		return nil
	}
	n, err := retry(ctx, func() (uint64, error) { return numbered.LastN(ctx, c.device) })
	if err != nil {
		return err
	}
	c.n, c.known = max(c.n, n), true
	return nil
}

// retry tries until the office answers or ctx ends, with growing and uneven
// waits so that a hall of machines does not come back in step.
func retry[T any](ctx context.Context, try func() (T, error)) (T, error) {
	wait := firstRetry
	for {
		v, err := try()
		if !errors.Is(err, ErrUnreachable) || ctx.Err() != nil {
			return v, err
		}
		t := time.NewTimer(wait/2 + rand.N(wait/2+1))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return v, err
		}
		wait = min(2*wait, lastRetry)
	}
}
