package terminal

import (
	"context"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
	"motcua/queue/succession"
)

const (
	// together bounds the records that are written at once.
	together = 128
	// snapshotEvery is how many records a start has to go through at most.
	snapshotEvery = 2000
	// keepFor is how long the copy and the own records are kept: a hub that dies
	// takes with it what it confirmed (rule R10).
	keepFor = 7 * 24 * time.Hour
)

// copyIn takes an update, and what has come behind it already, into the copy.
// It returns the place where the copy ends then.
func (t *Terminal) copyIn(ctx context.Context, claim succession.Claim, first office.Update, more <-chan office.Update) (after uint64, err error) {
	batch := []office.Update{first}
	for waiting := true; waiting && len(batch) < together; {
		select {
		case u, ok := <-more:
			if waiting = ok; ok {
				batch = append(batch, u)
			}
		default:
			waiting = false
		}
	}
	if !t.in(ctx, func() { err = t.copied(claim, batch); after = t.field.Copy; t.tell() }) {
		return 0, errStopped
	}
	return after, err
}

// copied brings the copy up to date, in the loop.
func (t *Terminal) copied(claim succession.Claim, batch []office.Update) error {
	c := change{}
	state := t.state
	for _, u := range batch {
		if u.Link != nil {
			t.link = u.Link
		}
		switch {
		case u.State != nil:
			state, c.copied, c.state = u.State.Clone(), nil, u.State
			t.changes = 0
		case u.Record != nil && state != nil && u.Record.Seq == state.Seq+1:
			if len(c.copied) == 0 {
				state = state.Clone()
			}
			apply(state, *u.Record)
			c.catalogue = c.catalogue || u.Record.Type == (office.CatalogueInstalled{}).Kind()
			c.copied = append(c.copied, *u.Record)
			t.changes++
			if u.Record.Type == (queue.DayOpened{}).Kind() || t.changes >= snapshotEvery {
				c.state, t.changes = state.Clone(), 0
				c.forget = t.cfg.Now().Add(-keepFor)
			}
		case u.Record != nil && state != nil && u.Record.Seq > state.Seq+1:
			return fmt.Errorf("record %d after %d: %w", u.Record.Seq, state.Seq, chain.ErrGap)
		}
	}
	if state == t.state || state == nil {
		return nil
	}
	next, step := t.field.Copied(claim, state, t.cfg.Now())
	if !c.forget.IsZero() {
		next, c.gone = next.Forget(c.forget)
	}
	c.kept, c.own, c.terms = &next.Kept, step.Append, next.Terms
	if next.Copy != state.Seq {
		return nil // of a machine that is not followed any more
	}
	if err := t.store.write(c); err != nil {
		t.cfg.Log.Error("the copy of the office cannot be written", "err", err)
		return err
	}
	if m := t.leader(); c.catalogue && m != nil {
		t.at.Go(func() { t.learn(t.life, m) })
	}
	t.state = state
	step.Keep, step.Append = false, nil
	t.take(next, step)
	t.admit()
	return nil
}

// admit makes the device known to the office, once.
func (t *Terminal) admit() {
	if _, known := t.state.Stations[t.cfg.Device]; known || t.cfg.Role == "" || t.admitting {
		return
	}
	t.admitting = true
	next, _, step := t.field.Wish(admission(t.cfg.Role), t.cfg.Now())
	t.take(next, step)
}

// remember keeps values of the office for when it is away.
func (t *Terminal) remember(values map[string]any) {
	if err := t.store.write(change{meta: values}); err != nil {
		t.cfg.Log.Error("what the office said was not kept", "err", err)
	}
}
