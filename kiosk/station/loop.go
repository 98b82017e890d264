// Package station runs one role of the desktop app: it gives a presenter its
// intents, carries out the effects that it asks for, and hands every new state
// to the view. Citizens' kiosk, officer's counter and hall display are three
// uses of one loop.
//
// One goroutine owns the presenter's state. Effects run beside it and come
// back as intents, so a slow printer or a silent office never holds up a touch.
// The package knows the office, the printer, the scanner and the voice, and
// nothing of Fyne: a whole station runs in a test without a display.
package station

import (
	"context"
	"sync"
	"time"
)

// Loop is a presenter at work.
type Loop[State, Intent, Effect any] struct {
	// Handle is the presenter: PURE.
	Handle func(State, Intent, time.Time) (State, []Effect)
	// Do carries out one effect; it runs in its own goroutine and may send any
	// number of intents before it returns.
	Do func(ctx context.Context, e Effect, send func(Intent))
	// Show is given every new state, in order, from the loop's goroutine.
	Show func(State)
	// Now is the clock; time.Now outside tests.
	Now func() time.Time
	// Tick is sent every Every, so that screens can time out.
	Tick  Intent
	Every time.Duration

	intents chan Intent
	once    sync.Once
}

// backlog bounds intents that wait; touches and scans come one at a time, so
// only a stuck loop could fill it.
const backlog = 256

func (l *Loop[S, I, E]) queue() chan I {
	l.once.Do(func() { l.intents = make(chan I, backlog) })
	return l.intents
}

// Send gives the presenter an intent. It never blocks the caller, who may be
// the user interface: when the loop is stuck, the intent is dropped.
func (l *Loop[S, I, E]) Send(i I) {
	select {
	case l.queue() <- i:
	default:
	}
}

// Run works until ctx ends, beginning with a state that it shows at once. It
// returns when every effect has ended.
func (l *Loop[S, I, E]) Run(ctx context.Context, state S) {
	var effects sync.WaitGroup
	defer effects.Wait()
	ticker := time.NewTicker(l.Every)
	defer ticker.Stop()
	send := func(i I) {
		select {
		case l.queue() <- i:
		case <-ctx.Done():
		}
	}
	l.Show(state)
	for {
		var intent I
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			intent = l.Tick
		case intent = <-l.queue():
		}
		var todo []E
		state, todo = l.Handle(state, intent, l.Now())
		l.Show(state)
		for _, e := range todo {
			effects.Go(func() { l.Do(ctx, e, send) })
		}
	}
}
