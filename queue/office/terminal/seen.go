package terminal

import (
	"context"
	"sync"
	"time"

	"motcua/queue"
	"motcua/queue/office"
	"motcua/queue/succession"
)

// Seen is what a screen at this terminal may show.
type Seen struct {
	// State is the office as this terminal knows it, with what happened here
	// since; nil before the first word of an office. Do not change it.
	State *queue.State
	// Link is the office's line to the city, as last heard.
	Link *office.Link
	// Lost is when the office was last heard; zero while it is there.
	Lost time.Time
	// AsOf is when what is shown was so; zero while the office is there.
	AsOf time.Time
	// Unsent is how many records made here the office does not have yet.
	Unsent int
	// Claim is who leads, as far as is known.
	Claim succession.Claim
}

// broadcast hands the latest Seen to whoever watches.
type broadcast struct {
	mu      sync.Mutex
	latest  Seen          // guarded by mu
	changed chan struct{} // guarded by mu; closed at the next change
}

func newBroadcast() *broadcast { return &broadcast{changed: make(chan struct{})} }

func (b *broadcast) put(s Seen) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s == b.latest {
		return
	}
	b.latest = s
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *broadcast) get() (Seen, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.latest, b.changed
}

// tell shows what is known now.
func (t *Terminal) tell() {
	now := t.cfg.Now()
	s := Seen{State: t.shown(now), Link: t.link, Unsent: t.field.Unsent(), Claim: t.field.Seat.Seen}
	if t.field.Silent(now) {
		s.Lost, s.AsOf = t.field.LastWord(), t.field.LastWord()
		if s.Lost.IsZero() {
			s.Lost = t.opened
			if t.state != nil {
				s.AsOf = t.state.At
			}
		}
	}
	t.seen.put(s)
}

// holdFor bounds how long a screen waits for the copy.
const holdFor = 3 * time.Second

// shown is the office as this terminal knows it. Between the office's word that
// it has what was done here and the records that show it, that is on no list:
// until then the screen stays as it is, so that nothing vanishes for a moment.
func (t *Terminal) shown(now time.Time) *queue.State {
	before, view := t.Seen().State, t.field.View()
	if before == nil || view == nil || !t.behind() {
		t.held = time.Time{}
		return view
	}
	if t.held.IsZero() {
		t.held = now
	}
	if now.Sub(t.held) >= holdFor {
		return view
	}
	return before
}

// behind reports whether the copy lacks an own record that the office has.
func (t *Terminal) behind() bool {
	records, taken := t.field.Records(), t.field.Taken
	if len(records) == 0 || taken < records[0].Record.Seq || t.state == nil {
		return false
	}
	return !t.state.Merged[t.cfg.Device].Has(taken)
}

// Seen is what is known now.
func (t *Terminal) Seen() Seen {
	s, _ := t.seen.get()
	return s
}

// Watch calls emit with what is known, at once and at every change, until ctx
// ends.
func (t *Terminal) Watch(ctx context.Context, emit func(Seen)) {
	for ctx.Err() == nil {
		s, changed := t.seen.get()
		emit(s)
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}
