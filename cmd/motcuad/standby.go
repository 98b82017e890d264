package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"motcua/cmd/internal/reach"
	"motcua/queue/office"
)

// deviceName is this machine's name in the succession of hubs.
func (m *Main) deviceName() string {
	if m.standbyOf != "" {
		return cmp.Or(m.device, "standby")
	}
	return cmp.Or(m.device, "hub")
}

// keyEvery is how often a new standby asks its hub for the office's key.
const keyEvery = 5 * time.Second

// ownKey gets a standby, at its first start, the office's key from the hub. It
// waits for the hub as long as ctx allows; without the key there is no copy.
func (m *Main) ownKey(ctx context.Context) error {
	if m.standbyOf == "" {
		return nil
	}
	way, err := reach.To(m.standbyOf, m.data)
	if err != nil {
		return err
	}
	for {
		err := office.FetchKey(ctx, office.FollowOptions{URL: way.Base, Transport: way.RoundTripper()}, m.data)
		if !errors.Is(err, office.ErrUnreachable) {
			return err
		}
		m.Log.Warn("waiting for the hub, to get the office's key", "hub", m.standbyOf, "err", err)
		select {
		case <-time.After(keyEvery):
		case <-ctx.Done():
			return ended(ctx, err)
		}
	}
}

// follow keeps the copy of the hub's record, and after a promotion fetches what
// the old hub still has. A copy that is not a part of the hub's record needs a
// person; until then the machine goes on as it is.
func (m *Main) follow(ctx context.Context) error {
	way, err := reach.To(m.standbyOf, m.data)
	if err != nil {
		return err
	}
	renewing, stop := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() { way.Keep(renewing, m.Log) })
	defer keeper.Wait()
	defer stop()
	err = m.office.FollowHub(ctx, office.FollowOptions{URL: way.Base, Transport: way.RoundTripper(), Log: m.Log})
	if errors.Is(err, office.ErrForked) {
		m.Log.Error("this machine's record and the hub's went different ways: no copy is kept", "hub", m.standbyOf, "err", err)
		return nil
	}
	return err
}

// whileLeading runs what only the hub may do, for as long as this machine is
// the hub: from its promotion on, until it is superseded.
func (m *Main) whileLeading(ctx context.Context, run func(context.Context) error) error {
	for ctx.Err() == nil {
		if err := m.office.Await(ctx, true); err != nil {
			return ended(ctx, err)
		}
		if err := m.leading(ctx, run); err != nil {
			return ended(ctx, err)
		}
	}
	return nil
}

func (m *Main) leading(ctx context.Context, run func(context.Context) error) error {
	term, stop := context.WithCancel(ctx)
	defer stop()
	over := make(chan struct{})
	go func() {
		defer close(over)
		if m.office.Await(term, false) == nil {
			stop()
		}
	}()
	err := run(term)
	superseded := term.Err() != nil && ctx.Err() == nil
	stop()
	<-over
	if superseded {
		return nil
	}
	if err != nil {
		return fmt.Errorf("line to the city: %w", err)
	}
	return nil
}
