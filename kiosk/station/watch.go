package station

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/office"
	"motcua/queue/office/terminal"
)

// Caller carries out one device's commands, each wish once (0 is never the
// same): *office.Caller at an office, *terminal.Terminal also without one.
type Caller interface {
	DoAs(ctx context.Context, wish uint64, officer, counter string, cmd queue.Command) (office.Reply, error)
}

// Seen is what a station knows of its office. State is not changed by later
// updates; nil until the office has been reached once.
type Seen struct {
	State *queue.State
	Link  *office.Link
	silent.Hearing
}

// WatchTerminal is Watch for a station on a network: the terminal keeps the copy
// and finds who leads.
func WatchTerminal(ctx context.Context, t *terminal.Terminal, emit func(Seen)) {
	t.Watch(ctx, func(s terminal.Seen) {
		emit(Seen{State: s.State, Link: s.Link, Hearing: silent.Hearing{Lost: s.Lost, AsOf: s.AsOf, Unsent: s.Unsent}})
	})
}

// Watch keeps a copy of the queue of an office in this process by following its
// stream and emits it at every change, until ctx ends. When the office is silent it says so and
// keeps trying; the last copy stays valid to look at.
func Watch(ctx context.Context, client office.Client, now func() time.Time, emit func(Seen)) {
	var seen Seen
	pause := firstPause
	for ctx.Err() == nil {
		updates, err := client.Follow(ctx)
		if err == nil {
			pause = firstPause
			for u := range updates {
				if seen.take(u) {
					emit(seen.share())
				}
			}
		}
		if ctx.Err() != nil {
			return
		}
		if seen.Lost.IsZero() {
			seen.Lost = now()
			slog.Warn("office lost", "err", err)
			emit(seen.share())
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause/2 + rand.N(pause/2)): // uneven, so that a hall does not come back in step
		}
		pause = min(2*pause, lastPause)
	}
}

// How long Watch waits before it tries again: short, because a citizen may be
// standing there, and bounded, because sixty terminals come back at once.
const (
	firstPause = 250 * time.Millisecond
	lastPause  = 4 * time.Second
)

// take folds one update into what is known; it reports whether that changed.
func (seen *Seen) take(u office.Update) bool {
	seen.Lost = time.Time{}
	switch {
	case u.State != nil:
		seen.State = u.State.Clone()
	case u.Record != nil && seen.State != nil:
		r := u.Record
		e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data)
		if err != nil {
			slog.Error("office sent an event that cannot be read", "seq", r.Seq, "type", r.Type, "err", err)
			return false
		}
		if !ok {
			return false // dossiers and later kinds are looked up when wanted
		}
		seen.State.Apply(e, r.At, r.Seq, r.By)
	}
	if u.Link != nil {
		seen.Link = u.Link
	}
	return true
}

// share clones what others will read while we go on changing ours.
func (seen *Seen) share() Seen {
	c := *seen
	if c.State != nil {
		c.State = c.State.Clone()
	}
	return c
}
