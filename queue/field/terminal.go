package field

import (
	"fmt"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// How long a terminal waits.
const (
	// IssueTimeout: a citizen who touched the screen gets a number by then.
	IssueTimeout = 2 * time.Second
	// Timeout is for everything else.
	Timeout = 10 * time.Second
	// Quiet: without a word for so long the office counts as silent, and wishes
	// are decided here at once.
	Quiet = 5 * time.Second
	// Lost: time to tell people in stronger words.
	Lost = 40 * time.Second
	// retryAfter is the pause after a failed attempt.
	retryAfter = time.Second
	// batch bounds what is offered at once.
	batch = 200
)

// Decider is queue.Decide, or something around it that also decides what other
// packages know of. It must refuse with "office-silent" what only the office
// can decide, and must not change the state.
type Decider func(*queue.State, queue.Command, chain.Actor, queue.Env) ([]queue.Event, error)

// Terminal is one device at work. Make it with Start. It is a value: a method
// returns the next one and leaves the old as it was.
//
// Times given to its methods should carry the monotonic clock, so that a clock
// that is set does not make the office silent.
type Terminal struct {
	Kept
	decide  Decider
	clock   chain.Clock
	records []Entry
	copy    *queue.State // the office as of Kept.Copy, nil before the first
	view    *queue.State // copy with what happened here since

	started  time.Time        // when Start was
	heard    time.Time        // the last word of the office; zero since Start
	followed succession.Claim // whose terms are known since Start
	out      Effect           // what awaits its outcome: one Follow, Offer or Send
	retry    time.Time        // nothing goes out before
}

// Start takes up what a terminal left when it ended. records are its field
// records on disk, and copy the state after its copy (nil for none). A number
// that was asked for and not answered is given up: who asked is gone.
func Start(kept Kept, records []Entry, copy *queue.State, decode func(Pending) (queue.Command, error), decide Decider, now time.Time) (Terminal, Step, error) {
	if err := kept.Check(); err != nil {
		return Terminal{}, Step{}, err
	}
	if n := len(records); n > 0 && (records[n-1].Record.Seq != kept.Chain.Seq || records[n-1].Record.Hash() != kept.Chain.Hash) {
		return Terminal{}, Step{}, fmt.Errorf("field record %d is not the last: %w", records[n-1].Record.Seq, ErrKept)
	}
	t := Terminal{Kept: kept, records: records, decide: decide, started: now}
	t = t.see(copy)
	list := slices.Clone(kept.Pending)
	t.Pending = nil
	var step Step
	for _, p := range list {
		c, err := decode(p)
		if _, number := c.(queue.IssueTicket); err != nil || number {
			var gone Step
			t, gone = t.giveUp(p.N, p.By, now)
			step = step.and(gone)
			continue
		}
		p.command, p.sent = c, true
		if !p.Standing {
			p.due = now.Add(Timeout)
		}
		t.Pending = append(t.Pending, p)
	}
	return t, step, nil
}

// WithClock tells how far the wall clock can be trusted from here on.
func (t Terminal) WithClock(c chain.Clock) Terminal {
	t.clock = c
	return t
}

// View is the office as this terminal knows it: its copy, and what happened
// here that the copy does not have. nil before the first copy; do not change it.
func (t Terminal) View() *queue.State { return t.view }

// Records are the field records that are still kept, oldest first.
func (t Terminal) Records() []Entry { return t.records }

// Silent reports whether wishes are decided here at once. A terminal that has
// just started gives the office the time to be heard.
func (t Terminal) Silent(now time.Time) bool {
	last := t.heard
	if last.IsZero() {
		last = t.started
	}
	return now.Sub(last) >= Quiet
}

// Unsent is how many field records the office has not confirmed.
func (t Terminal) Unsent() int { return int(t.Chain.Seq - t.Taken) }

// Lacking reports whether the office may lack something that is known here.
func (t Terminal) Lacking() bool {
	_, lacks := t.lacks()
	return lacks || t.followed != t.Seat.Seen
}

// LastWord is when the office last said anything; zero when not since Start.
func (t Terminal) LastWord() time.Time { return t.heard }

// Followed is the claim of the office whose terms are known since Start. Only
// that office's records may be copied (Copied).
func (t Terminal) Followed() succession.Claim { return t.followed }

// Next is when Tick has something to do at the latest, zero for never.
func (t Terminal) Next() time.Time {
	next := time.Time{}
	sooner := func(at time.Time) {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	for _, p := range t.Pending {
		sooner(p.due)
	}
	if t.out == nil && (t.Lacking() || len(t.Pending) > 0) {
		sooner(t.retry)
	}
	return next
}

// Tick decides here what nobody answered in time, and tries again what failed.
func (t Terminal) Tick(now time.Time) (Terminal, Step) {
	var step Step
	for _, p := range slices.Clone(t.Pending) {
		if !p.due.IsZero() && !p.due.After(now) {
			var s Step
			t, s = t.expire(p, now)
			step = step.and(s)
		}
	}
	return t.pump(step, now)
}

// Forget drops field records made before a moment that the office has. Keep
// them for days: a hub that dies takes what it confirmed with it (R10).
func (t Terminal) Forget(before time.Time) (Terminal, []chain.Record) {
	i := 0
	for i < len(t.records) && t.records[i].Record.Seq <= t.Taken && t.records[i].Record.At.Before(before) {
		i++
	}
	var gone []chain.Record
	for _, e := range t.records[:i] {
		gone = append(gone, e.Record)
	}
	t.records = t.records[i:]
	return t, gone
}

// see takes a state of the office as the copy and lays the records over it that
// it does not have.
func (t Terminal) see(s *queue.State) Terminal {
	t.copy, t.view = s, s
	if s == nil {
		return t
	}
	var missing []Entry
	for _, e := range t.records {
		if seq := e.Record.Seq; seq > t.Taken && !s.Merged[t.Seat.Device].Has(seq) {
			missing = append(missing, e)
		}
	}
	return t.lay(missing)
}

// lay shows field records in the view.
func (t Terminal) lay(list []Entry) Terminal {
	if t.view == nil || len(list) == 0 {
		return t
	}
	t.view = t.view.Clone()
	for _, e := range list {
		if e.Event != nil {
			t.view.Apply(e.Event, e.Record.At, t.view.Seq, e.Record.By)
		}
	}
	return t
}

// full refuses more field records than a terminal keeps.
func (t Terminal) full(more int) error {
	if len(t.records)+more > MaxRecords {
		return refusal.New("field-full")
	}
	return nil
}
