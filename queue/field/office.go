package field

import (
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/succession"
)

// Heard: something came from an office that makes a claim: a heartbeat, a
// record, any answer. An office of a term that is over is not heard; whoever
// asks it shows it Seat.Seen, which ends its rule (rule R3).
func (t Terminal) Heard(c succession.Claim, now time.Time) (Terminal, Step) {
	t, step, ok := t.meet(c, now)
	if !ok {
		return t, step
	}
	return t.pump(step, now)
}

// meet takes in a claim; ok is false when its sender is not to be obeyed. In
// another term everything is offered again: the office that confirmed it may
// be gone (rule R10).
func (t Terminal) meet(c succession.Claim, now time.Time) (Terminal, Step, bool) {
	seat, word := t.Seat.Meet(c)
	switch {
	case word == succession.Stale || c.Term <= 0:
		return t, Step{}, false
	case word == succession.Known:
		t.heard = now
		return t, Step{}, true
	}
	if seat.Seen.Term != t.Seat.Seen.Term {
		t.Taken = t.Chain.Seq - uint64(len(t.records))
		t.Orphans = slices.Clone(t.Orphans)
		for i := range t.Orphans {
			t.Orphans[i].Taken = 0
		}
	}
	t.Seat, t.heard = seat, now
	return t.see(t.copy), Step{Keep: true}, true
}

// Following: the office of a claim tells the terms of its chain and the last
// number it knows of this device. What the copy has and that chain has not is
// offered to it from here on; the copy goes on from Kept.Copy, or begins anew
// with a state.
func (t Terminal) Following(c succession.Claim, terms succession.Lineage, last uint64, now time.Time) (Terminal, Step) {
	if _, asked := t.out.(Follow); asked {
		t.out = nil
	}
	t, step, ok := t.meet(c, now)
	if !ok || t.Seat.Seen != c {
		return t.pump(step, now)
	}
	shared := succession.Shared(terms, t.Terms, max(t.Copy, t.Ahead.Last()))
	for _, run := range append(queue.Ranges{{1, t.Copy}}, t.Ahead...) {
		t.Kept = t.orphaned(max(run[0], shared+1), run[1])
	}
	t.Copy, t.Ahead = min(t.Copy, shared), within(t.Ahead, t.Copy+1, shared)
	t.Terms, t.followed = terms, c
	t.N = max(t.N, last)
	return t.pump(step.and(Step{Keep: true}), now)
}

// orphaned notes records of the copy that the office's chain does not have, by
// the term they were made in.
func (k Kept) orphaned(first, last uint64) Kept {
	for first <= last {
		term, end := k.Terms.Term(first), last
		for _, b := range k.Terms {
			if b.After >= first {
				end = min(end, b.After)
			}
		}
		k = k.orphan(Span{Origin: queue.TermOrigin(term), First: first, Last: end})
		first = end + 1
	}
	return k
}

// orphan adds a run of records, and forgets the oldest of too many.
func (k Kept) orphan(run Span) Kept {
	k.Orphans = append(slices.Clip(k.Orphans), run)
	if n := len(k.Orphans) - maxSpans; n > 0 {
		k.Orphans = k.Orphans[n:]
	}
	return k
}

// Copied: the copy on disk now ends where s is, and what s shows is the office
// of the claim. The caller does not change s afterwards.
func (t Terminal) Copied(c succession.Claim, s *queue.State, now time.Time) (Terminal, Step) {
	t, step, ok := t.meet(c, now)
	if !ok || t.followed != t.Seat.Seen {
		return t.pump(step, now)
	}
	t.Copy, t.Ahead = s.Seq, within(t.Ahead, s.Seq+1, t.Ahead.Last())
	if last := s.Merged[t.Seat.Device].Last(); last > t.Chain.Seq {
		// This device had another memory once, and lost it: its records go on
		// after those that the office has.
		t.Chain, t.Taken, t.records = chain.Head{Seq: last}, last, nil
	}
	return t.see(s).pump(step.and(Step{Keep: true}), now)
}

// Answered: the office of a claim answered call n, with an answer or a refusal,
// and this is what it recorded (sequence numbers in that office's chain; none
// for a refusal, or for an answer that an earlier hub gave and handed over). The
// caller puts the records on disk with the step, by term and number, so that a
// number survives the hub that gave it. An answer to a call that was given up is
// passed over.
func (t Terminal) Answered(c succession.Claim, n uint64, recorded []uint64, now time.Time) (Terminal, Step) {
	if send, ok := t.out.(Send); ok && send.Call.N == n {
		t.out = nil
	}
	t, step, ok := t.meet(c, now)
	if !ok {
		t.retry = now.Add(retryAfter)
	}
	waits := slices.ContainsFunc(t.Pending, func(p Pending) bool { return p.N == n })
	if !ok || !waits {
		return t.pump(step, now)
	}
	t.Pending = without(t.Pending, n)
	t.Kept = t.answered(c, recorded)
	return t.pump(step.and(Step{Keep: true, Do: []Effect{Answer{N: n}}}), now)
}

// answered notes records that came with an answer: those ahead of the copy of
// the office that is followed, or, of one whose terms are not known yet, by the
// term that it claims.
func (t Terminal) answered(c succession.Claim, recorded []uint64) Kept {
	k := t.Kept
	for _, seq := range recorded {
		switch {
		case t.followed != c:
			k = k.orphan(Span{Origin: queue.TermOrigin(c.Term), First: seq, Last: seq})
		case seq > k.Copy:
			k.Ahead = k.Ahead.With(seq, seq)
		}
	}
	return k
}

// Took: the office of a claim has merged what was offered, up to last. It counts
// only where it continues what that office confirmed before: an offer may have
// been meant for the hub before it.
func (t Terminal) Took(c succession.Claim, offered Span, last uint64, now time.Time) (Terminal, Step) {
	if o, ok := t.out.(Offer); ok && o.Span == offered {
		t.out = nil
	}
	t, step, ok := t.meet(c, now)
	if !ok || c != t.Seat.Seen {
		return t.pump(step, now)
	}
	if offered.Origin == t.Seat.Device {
		if offered.First <= t.Taken+1 {
			t.Taken = max(t.Taken, min(last, t.Chain.Seq))
		}
		return t.see(t.copy).pump(step.and(Step{Keep: true}), now)
	}
	t.Orphans = slices.Clone(t.Orphans)
	for i, o := range t.Orphans {
		if o.Origin == offered.Origin && o.First <= offered.First && offered.First <= max(o.First, o.Taken+1) {
			t.Orphans[i].Taken = max(o.Taken, min(last, o.Last))
		}
	}
	return t.pump(step.and(Step{Keep: true}), now)
}

// Failed: an effect that was begun (Follow, Offer or Send) has no outcome. It is
// tried again.
func (t Terminal) Failed(e Effect, now time.Time) (Terminal, Step) {
	if !same(e, t.out) {
		return t, Step{}
	}
	t.out, t.retry = nil, now.Add(retryAfter)
	return t, Step{}
}

// same reports whether two effects are the same attempt.
func same(a, b Effect) bool {
	if x, ok := a.(Send); ok {
		y, ok := b.(Send)
		return ok && x.Call.N == y.Call.N
	}
	if _, ok := b.(Send); ok {
		return false
	}
	return a == b
}

// pump adds to a step what goes out next, when nothing is out: the office's
// terms, what it lacks, a call that waits. One at a time keeps their order.
func (t Terminal) pump(step Step, now time.Time) (Terminal, Step) {
	if t.out != nil || t.heard.IsZero() || t.Silent(now) || now.Before(t.retry) {
		return t, step
	}
	switch span, lacks := t.lacks(); {
	case t.followed != t.Seat.Seen:
		t.out = Follow{}
	case lacks:
		t.out = Offer{Span: span}
	case len(t.Pending) > 0:
		t.Pending = slices.Clone(t.Pending)
		t.Pending[0].sent = true
		t.out = Send{Call: t.Pending[0]}
	default:
		return t, step
	}
	step.Do = append(step.Do, t.out)
	return t, step
}

// lacks is the next run of records that the office has not confirmed: those of
// earlier hubs first, on which the own ones build.
func (t Terminal) lacks() (Span, bool) {
	for _, o := range t.Orphans {
		if o.Origin == queue.TermOrigin(t.Seat.Seen.Term) {
			continue // the office that leads made them itself
		}
		if first := max(o.First, o.Taken+1); first <= o.Last {
			return Span{Origin: o.Origin, First: first, Last: min(o.Last, first+batch-1)}, true
		}
	}
	if t.Taken < t.Chain.Seq {
		return Span{Origin: t.Seat.Device, First: t.Taken + 1, Last: min(t.Chain.Seq, t.Taken+batch)}, true
	}
	return Span{}, false
}

// within are the numbers of a set from first to last.
func within(set queue.Ranges, first, last uint64) queue.Ranges {
	var in queue.Ranges
	for _, run := range set {
		if from, to := max(run[0], first), min(run[1], last); from <= to {
			in = append(in, queue.Range{from, to})
		}
	}
	return in
}
