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
	open  uint64 // wish whose command n has no answer yet, 0 none
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

// DoAs is Do for a wish that may come again: when the last wish had no answer
// and the next has the same number, it is the very same call once more, and so
// acts once. Wish 0 is never the same.
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
		if wish == 0 || wish != c.open {
			c.n++
		}
		c.open = wish
		reply, err := retry(ctx, func() (Reply, error) {
			return c.client.Do(ctx, Call{N: c.n, By: by, Command: cmd})
		})
		// Both say that this command was not carried out: another process of
		// this device has been here. Learn the number anew.
		if errors.Is(err, refusal.New(codeReused)) || errors.Is(err, refusal.New(codeStale)) {
			c.known, c.open = false, 0
			continue
		}
		if !errors.Is(err, ErrUnreachable) {
			c.open = 0
		}
		return reply, err
	}
	return Reply{}, fmt.Errorf("%s: two programs use the device name %q: %w", cmd.Name(), c.device, refusal.New(codeReused))
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
