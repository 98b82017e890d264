package uplink

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

// pusher is the state of the way up. It lives in one goroutine.
type pusher struct {
	*Uplink
	patience
	agreed bool       // at is what the city has, as far as we know
	at     chain.Head // the city's position
	events int        // most records in a batch, halved by 413
	bytes  int
	// cityTerm is the term in which the city holds the office's record.
	cityTerm uint64
}

// push sends what the city lacks, for ever.
func (u *Uplink) push(ctx context.Context) error {
	p := &pusher{Uplink: u, events: wire.MaxEvents, bytes: wire.MaxBytes}
	for {
		err := p.step(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			continue
		}
		p.note(err)
		if err := p.rest(ctx, &p.patience, err); err != nil {
			return err
		}
	}
}

// step does one thing: agree on the position, send a batch, or wait for
// something to send.
func (p *pusher) step(ctx context.Context) error {
	if !p.agreed {
		return p.agree(ctx)
	}
	changed := p.journal.Changed()
	head := p.journal.Head()
	if head.Seq == p.at.Seq {
		p.events, p.bytes = wire.MaxEvents, wire.MaxBytes
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
			return p.linger(ctx)
		}
	}
	batch, last, err := p.next(ctx, head)
	if err != nil {
		return err
	}
	return p.send(ctx, batch, last)
}

// linger gives a fresh record company, unless enough waits already.
func (p *pusher) linger(ctx context.Context) error {
	timer := time.NewTimer(p.cfg.Linger)
	defer timer.Stop()
	for {
		changed := p.journal.Changed()
		if p.journal.Head().Seq >= p.at.Seq+wire.BatchEvents {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return nil
		case <-changed:
		}
	}
}

// agree asks where the city stands and checks that it is on our chain.
func (p *pusher) agree(ctx context.Context) error {
	c, err := p.ask(ctx)
	if err != nil {
		return err
	}
	p.cityTerm = c.Term
	return p.adopt(ctx, c.Position())
}

// errFork: only a person can decide which history is right.
var errFork = errors.New("the city holds another history")

// errJournal: the journal does not give what it should.
var errJournal = errors.New("the journal does not hold what the city lacks")

// adopt makes the city's position ours if it lies on our chain.
func (p *pusher) adopt(ctx context.Context, city chain.Head) error {
	p.agreed = false
	head := p.journal.Head()
	ours := head.Hash
	switch {
	case city.Seq > head.Seq && p.term() > p.cityTerm:
		return p.branch(ctx, head, city)
	case city.Seq > head.Seq:
		return p.fork(ctx, head, city, "the city has records that this office lacks (restored from a backup?)")
	case city.Seq < head.Seq:
		// The hash of a record stands in the one after it.
		next, err := p.journal.Range(ctx, city.Seq, 1)
		if err != nil {
			return fmt.Errorf("%w: %w", errJournal, err)
		}
		if len(next) == 0 || next[0].Seq != city.Seq+1 {
			return fmt.Errorf("%w: record %d", errJournal, city.Seq+1)
		}
		ours = next[0].Prev
	}
	if ours != city.Hash && p.term() > p.cityTerm {
		return p.branch(ctx, head, city)
	}
	if ours != city.Hash {
		return p.fork(ctx, head, city, fmt.Sprintf("record %d differs", city.Seq))
	}
	p.accept(ctx, city)
	return nil
}

// branch goes on where this hub's term left the record that the city holds: the
// city then keeps aside what it has beyond. Without a beginning of a term there
// it is a fork like any other.
func (p *pusher) branch(ctx context.Context, head, city chain.Head) error {
	common, err := p.common(ctx, min(head.Seq, city.Seq))
	if err != nil {
		return err
	}
	next, err := p.journal.Range(ctx, common, 1)
	if err != nil || len(next) == 0 {
		return fmt.Errorf("%w: record %d: %w", errJournal, common+1, cmp.Or(err, chain.ErrGap))
	}
	if next[0].Type != (queue.TermBegan{}).Kind() {
		return p.fork(ctx, head, city, fmt.Sprintf("record %d differs, and no term began with it", common+1))
	}
	p.cfg.Log.Warn("uplink: a new term goes on from an earlier record", "record", common, "city", city.Seq, "term", p.term())
	p.accept(ctx, chain.Head{Seq: common, Hash: next[0].Prev})
	return nil
}

// fork raises the alarm. How far the two agree is looked for once; the city
// hears it at the next question for its cursor.
func (p *pusher) fork(ctx context.Context, head, city chain.Head, why string) error {
	p.agreed = false
	f := Fork{Office: head, City: city, Why: why}
	if old := p.State().Fork; old != nil && old.Known && old.City == city {
		f.Common, f.Known = old.Common, true
	} else if common, err := p.common(ctx, min(head.Seq, city.Seq)); err != nil {
		p.cfg.Log.Warn("uplink: look for the last common record", "err", err)
	} else {
		f.Common, f.Known = common, true
	}
	p.cfg.Log.Error("uplink: fork", "office", head.Seq, "city", city.Seq, "common", f.Common, "known", f.Known, "why", why)
	p.change(func(s *State) { s.Fork, s.Trouble = &f, TroubleFork }) // together: nobody sees one without the other
	return fmt.Errorf("%w: %s", errFork, why)
}

// common is the last record, at most number most, that both sides have: what
// differs once differs to the end, so halving finds it.
func (u *Uplink) common(ctx context.Context, most uint64) (uint64, error) {
	same, differs := uint64(0), most+1
	for same+1 < differs {
		mid := (same + differs) / 2
		ours, err := u.journal.Range(ctx, mid-1, 1)
		if err != nil {
			return 0, fmt.Errorf("read record %d: %w", mid, err)
		}
		theirs, err := u.Fetch(ctx, mid-1, 1)
		if err != nil {
			return 0, err
		}
		if len(ours) == 0 || len(theirs) == 0 {
			return 0, fmt.Errorf("%w: record %d", errJournal, mid)
		}
		if ours[0].Hash() == theirs[0].Hash() {
			same = mid
		} else {
			differs = mid
		}
	}
	return same, nil
}

// accept records the city's position, which is a prefix of our journal.
func (p *pusher) accept(ctx context.Context, at chain.Head) {
	moved := !p.agreed || at != p.at
	p.agreed, p.at = true, at
	p.patience.reset()
	if moved {
		if err := p.cursor.SetAcked(ctx, at); err != nil {
			// Harmless: the city's own cursor is asked on the next start.
			p.cfg.Log.Warn("uplink: keep acknowledged position", "seq", at.Seq, "err", err)
		}
	}
	p.change(func(s *State) {
		s.Up, s.Acked, s.SyncedAt, s.Fork = true, at.Seq, time.Now(), nil
		if !p.forged { // that is the way down's to clear
			s.Trouble = ""
		}
	})
}

// next takes the next batch from the journal and the head it leads to.
func (p *pusher) next(ctx context.Context, head chain.Head) (wire.Batch, chain.Head, error) {
	events := min(p.events, wire.BatchEvents)
	if head.Seq-p.at.Seq > wire.BatchEvents { // catching up
		events = p.events
	}
	records, err := p.journal.Range(ctx, p.at.Seq, events)
	if err == nil && len(records) == 0 {
		err = fmt.Errorf("record %d", p.at.Seq+1)
	}
	if err != nil {
		return wire.Batch{}, chain.Head{}, fmt.Errorf("%w: %w", errJournal, err)
	}
	batch := wire.NewBatch(records, events, p.bytes)
	batch.Term = p.term()
	last := p.at
	for _, r := range records[:len(batch.Lines)] {
		if last, err = last.Check(r); err != nil {
			return wire.Batch{}, chain.Head{}, fmt.Errorf("%w: %w", errJournal, err)
		}
	}
	return batch, last, nil
}

// send sends a batch; the city then stands at last, or it was not the city.
func (p *pusher) send(ctx context.Context, b wire.Batch, last chain.Head) error {
	h := http.Header{}
	body := p.codec.Encode(b, h)
	var ack wire.Ack
	err := p.call(ctx, http.MethodPost, p.path("events", nil), body, h, 0, &ack)
	var c *conflict
	switch {
	case err == nil && ack.Office == p.cfg.Office && ack.LastSeq == last.Seq && ack.Head == last.Hash:
		if err := p.says(ctx, last, ack.Sig); err != nil {
			return err
		}
		p.settle(ctx, ack, last)
		if ack.NextAfterMS > 0 {
			return sleep(ctx, min(maxWait, time.Duration(ack.NextAfterMS)*time.Millisecond))
		}
		return nil
	case err == nil && ack.Office == p.cfg.Office && ack.LastSeq > last.Seq:
		p.agreed = false // it had more than we thought: ask
		return nil
	case err == nil:
		return fmt.Errorf("%w: a 200 that does not name what was sent", errNobody)
	case errors.As(err, &c) && c.Superseded > p.term():
		p.agreed = false
		return &superseded{c.Superseded}
	case errors.As(err, &c) && c.Fork:
		return p.fork(ctx, p.journal.Head(), c.Position(), c.Why)
	case errors.As(err, &c):
		before := p.at
		if err := p.says(ctx, c.Position(), c.Sig); err != nil {
			return err
		}
		if err := p.adopt(ctx, c.Position()); err != nil {
			return err
		}
		if p.at == before {
			return fmt.Errorf("%w: it refuses what it asks for: %s", errNobody, c.Why)
		}
		return nil
	case errors.Is(err, errTooLarge) && len(b.Lines) > 1:
		p.events, p.bytes = max(1, len(b.Lines)/2), max(1, p.bytes/2)
		return nil
	}
	return err
}

func (p *pusher) settle(ctx context.Context, ack wire.Ack, last chain.Head) {
	for _, r := range ack.Rejected {
		p.cfg.Log.Warn("uplink: the city set a record aside", "seq", r.Seq, "why", r.Why)
	}
	if ack.MaxBatch > 0 {
		p.events = min(p.events, ack.MaxBatch)
	}
	if ack.MaxBytes > 0 {
		p.bytes = min(p.bytes, ack.MaxBytes)
	}
	p.accept(ctx, last)
}

// note shows what stands in the way. A trouble stays until accept clears it: a
// line that then breaks as well does not make it untrue.
func (u *Uplink) note(err error) {
	up, t := standing(err)
	u.change(func(s *State) {
		s.Up = up
		if up {
			s.SyncedAt = time.Now()
		}
		if t != "" {
			s.Trouble = t
		}
	})
}

// standing tells whether the line itself is there, and the trouble if any.
func standing(err error) (up bool, t Trouble) {
	var slow *slowDown
	var over *superseded
	switch {
	case errors.As(err, &over):
		return true, TroubleSuperseded
	case errors.Is(err, errDeliver):
		return true, ""
	case errors.Is(err, wire.ErrSignature):
		return true, TroubleSignature
	case errors.Is(err, errFork):
		return true, TroubleFork
	case errors.Is(err, errJournal):
		return true, TroubleJournal
	case errors.Is(err, errTooLarge):
		return true, TroubleRecord
	case errors.Is(err, errVersion):
		return true, TroubleVersion
	case errors.Is(err, errToken):
		return false, TroubleToken
	case errors.As(err, &slow):
		return true, ""
	}
	return false, ""
}
