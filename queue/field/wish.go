package field

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Wish is what a person at the terminal wants.
type Wish struct {
	Officer, Counter string
	Command          queue.Command
	// Data is the command as it is kept while it has no answer; nil is its JSON.
	// Where it holds personal data the caller seals it.
	Data json.RawMessage
	// Standing: not decided here, and never given up. Taking in a dossier is:
	// the office does it when it is back, and until then a provisional receipt
	// stands for it (Receipt).
	Standing bool
}

// Wish takes a wish in. While the office is heard it becomes a call, which is
// on disk before it is sent; else it is decided here. The effects that concern
// it carry n.
func (t Terminal) Wish(w Wish, now time.Time) (next Terminal, n uint64, step Step) {
	by := chain.Actor{Device: t.Seat.Device, Officer: w.Officer, Counter: w.Counter}
	if t.Silent(now) && !w.Standing {
		return t.alone(w, by, now)
	}
	return t.call(w, by, now)
}

// call makes a wish a pending call.
func (t Terminal) call(w Wish, by chain.Actor, now time.Time) (next Terminal, n uint64, step Step) {
	most := MaxPending
	if w.Standing {
		most += MaxStanding
	}
	if len(t.Pending) >= most {
		return t, 0, refused(0, refusal.New("terminal-busy"))
	}
	p := Pending{
		N: t.N + 1, By: by, Type: w.Command.Name(), Data: w.Data, Standing: w.Standing,
		command: w.Command, due: now.Add(timeout(w.Command)),
	}
	if p.Data == nil {
		data, err := json.Marshal(w.Command)
		if err != nil {
			return t, 0, refused(0, fmt.Errorf("encode %s command: %w", p.Type, err))
		}
		p.Data = data
	}
	t.N = p.N
	t.Pending = append(slices.Clip(t.Pending), p)
	step = Step{Keep: true}
	if w.Standing && t.Silent(now) {
		t, step = t.expire(p, now)
	}
	t, step = t.pump(step, now)
	return t, p.N, step
}

// Receipt takes the next number of the terminal's provisional receipts of a day
// ("2006-01-02"). It is on disk with the next step that is kept: a standing Wish
// on the terminal that is returned.
func (t Terminal) Receipt(day string) (Terminal, int) {
	n := t.Receipts[day] + 1
	t.Receipts = counted(t.Receipts, day, n)
	return t, n
}

// alone decides a wish while the office is silent, after those that still wait.
func (t Terminal) alone(w Wish, by chain.Actor, now time.Time) (next Terminal, n uint64, step Step) {
	for _, p := range t.Pending {
		var s Step
		t, s = t.expire(p, now)
		step = step.and(s)
	}
	n = t.N + 1
	next, events, own, err := t.here(n, by, w.Command, now)
	if err != nil {
		return t, n, step.and(refused(n, err))
	}
	own.Do = append(own.Do, Decided{N: n, Events: events})
	return next, n, step.and(own)
}

func timeout(c queue.Command) time.Duration {
	if _, ok := c.(queue.IssueTicket); ok {
		return IssueTimeout
	}
	return Timeout
}

// here decides a wish on the view. n is the number of the command in its
// records; t.N moves up to it.
func (t Terminal) here(n uint64, by chain.Actor, c queue.Command, now time.Time) (Terminal, []queue.Event, Step, error) {
	if t.view == nil {
		return t, nil, Step{}, refusal.New("office-silent")
	}
	env := queue.Env{Now: now, Station: t.Seat.Device, Given: func(day string) int { return t.Numbers[day] }, Clock: t.clock}
	events, err := t.decide(t.view, c, by, env)
	if err != nil {
		return t, nil, Step{}, err
	}
	if err := t.full(len(events) + MaxPending); err != nil {
		return t, nil, Step{}, err
	}
	next, step, err := t.record(n, by, events, now)
	if err != nil {
		return t, nil, Step{}, err
	}
	next.N = max(t.N, n)
	return next, events, step, nil
}

// record appends events to the field chain.
func (t Terminal) record(n uint64, by chain.Actor, events []queue.Event, now time.Time) (Terminal, Step, error) {
	if len(events) == 0 {
		return t, Step{}, nil
	}
	step, from := Step{Keep: true}, len(t.records)
	t.records = slices.Clip(t.records)
	for _, e := range events {
		data, err := json.Marshal(e)
		if err != nil {
			return t, Step{}, fmt.Errorf("encode %s event: %w", e.Kind(), err)
		}
		r, head, err := t.Chain.Append(chain.Fact{At: now, Clock: t.clock, By: by, N: n, Type: e.Kind(), V: 1, Data: data})
		if err != nil {
			return t, Step{}, err
		}
		t.Chain, t.records = head, append(t.records, Entry{Record: r, Event: e})
		step.Append = append(step.Append, r)
	}
	t = t.lay(t.records[from:])
	for _, e := range events {
		if e, ok := e.(queue.TicketIssued); ok && t.view != nil {
			t.Numbers = counted(t.Numbers, t.view.Day, e.Ticket.Number())
		}
	}
	return t, step, nil
}

// expire ends the wait for an answer: what was asked is decided here. A number
// comes from the terminal's own series and names the call that is given up for
// it; anything else is the same command as the one that may have reached the
// office, so that it counts once (R7).
func (t Terminal) expire(p Pending, now time.Time) (Terminal, Step) {
	if p.Standing {
		return t.stand(p)
	}
	t.Pending = without(t.Pending, p.N)
	if send, ok := t.out.(Send); ok && send.Call.N == p.N {
		t.out = nil // its answer, should it come, means nothing any more
	}
	n, c := p.N, p.command
	if issue, ok := c.(queue.IssueTicket); ok && p.sent {
		issue.Instead = p.N
		n, c = t.N+1, issue
	}
	next, events, step, err := t.here(n, p.By, c, now)
	if err == nil {
		step.Keep = true
		step.Do = append(step.Do, Decided{N: p.N, Events: events})
		return next, step
	}
	if !p.sent {
		return t, Step{Keep: true}.and(refused(p.N, err))
	}
	next, step = t.giveUp(p.N, p.By, now)
	step.Keep = true
	return next, step.and(refused(p.N, err))
}

// stand lets a call wait for the office without end, and says so once.
func (t Terminal) stand(p Pending) (Terminal, Step) {
	if p.due.IsZero() {
		return t, Step{}
	}
	t.Pending = slices.Clone(t.Pending)
	for i := range t.Pending {
		if t.Pending[i].N == p.N {
			t.Pending[i].due = time.Time{}
		}
	}
	return t, Step{Keep: true, Do: []Effect{Waits{N: p.N}}}
}

// giveUp records that a call is given up, and makes sure that the office, if it
// carried it out, takes it back.
func (t Terminal) giveUp(n uint64, by chain.Actor, now time.Time) (Terminal, Step) {
	next, step, err := t.record(0, by, []queue.Event{queue.CommandGivenUp{Device: t.Seat.Device, N: n}}, now)
	if err != nil {
		return t, Step{}
	}
	return next, step
}
