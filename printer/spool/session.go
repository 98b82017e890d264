package spool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
)

// session is one connection to the printer, from opening to breaking. All but
// listen and the transfers run on the Run goroutine.
type session struct {
	s       *Spool
	dev     device.Device
	said    chan []byte
	lost    chan error
	writing sync.WaitGroup

	reader  escpos.Reader
	heard   time.Time // when a status was told last
	asked   time.Time // when we asked last
	unheard int       // questions without an answer
	out     *transfer // what is being written
	marks   map[escpos.Marker]bool
	answers int
	cleared bool
}

// transfer is one write, in pieces, so that it can be stopped between them.
type transfer struct {
	ended chan error
	stop  atomic.Bool
	moved atomic.Int64
}

// piece is what is written at once.
const piece = 4096

// muteSilence is how many questions may go unanswered before the line is
// opened anew.
const muteSilence = 6

var (
	errStalled = errors.New("the printer takes no data")
	errSilent  = errors.New("the printer does not answer")
	errPaper   = errors.New("the paper ended")
	errFault   = errors.New("the printer stood still too long")
	errCut     = errors.New("the cut was not confirmed")
)

// listen reads as long as the line lives.
func (c *session) listen(ctx context.Context) {
	for {
		buf := make([]byte, 256)
		n, err := c.dev.Read(buf)
		if n > 0 {
			select {
			case c.said <- buf[:n]:
			case <-ctx.Done():
				return
			}
		}
		if err != nil {
			c.lost <- fmt.Errorf("read from the printer: %w", err)
			return
		}
	}
}

// begin starts to write.
func (c *session) begin(data []byte) {
	t := &transfer{ended: make(chan error, 1)}
	c.out = t
	c.writing.Go(func() {
		for len(data) > 0 && !t.stop.Load() {
			n, err := c.dev.Write(data[:min(piece, len(data))])
			t.moved.Add(int64(n))
			if err != nil {
				t.ended <- fmt.Errorf("write to the printer: %w", err)
				return
			}
			data = data[n:]
		}
		t.ended <- nil
	})
}

// send writes something short and waits until it is out.
func (c *session) send(ctx context.Context, data []byte) error {
	c.begin(data)
	end := time.Now().Add(c.s.cfg.Timing.Stall)
	for c.out != nil {
		if err := c.await(ctx, time.Until(end)); err != nil {
			return err
		}
		if c.out != nil && !time.Now().Before(end) {
			return errStalled
		}
	}
	return nil
}

// await waits for one thing to happen, at most for d, and takes note of it. An
// error means that the line is of no use any more.
func (c *session) await(ctx context.Context, d time.Duration) error {
	if err := c.s.chores(); err != nil {
		return err
	}
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	var ended chan error
	if c.out != nil {
		ended = c.out.ended
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case data := <-c.said:
		return c.hear(data)
	case err := <-c.lost:
		return err
	case err := <-ended:
		if err != nil {
			return err // and out stays: it did not come to its end
		}
		c.out = nil
	case <-c.s.wake:
	case <-timer.C:
	}
	return nil
}

// hear takes in what the printer says.
func (c *session) hear(data []byte) error {
	for _, e := range c.reader.Feed(data) {
		switch e.Kind {
		case escpos.StatusTold:
			c.heard, c.unheard = time.Now(), 0
			if err := c.status(e.Status); err != nil {
				return err
			}
		case escpos.Returned:
			c.marks[e.Marker] = true
			if err := c.s.confirmLate(e.Marker); err != nil {
				return err
			}
		case escpos.Answered:
			c.answers++
		case escpos.Cleared:
			c.cleared = true
		case escpos.Noise:
			c.s.cfg.Log.Debug("printer noise")
		}
	}
	return nil
}

// status takes a new state over. Paper that is in again is a new roll.
func (c *session) status(st escpos.Status) error {
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	refilled := s.line.status.PaperOut && !st.PaperOut
	s.line.status, s.line.silent = st, false
	if refilled {
		s.roll = 0
		if err := s.journal.setRoll(0); err != nil {
			return fmt.Errorf("%w: %w", errJournal, err)
		}
	}
	return nil
}

// run prints until the line breaks.
func (c *session) run(ctx context.Context) error {
	t := &c.s.cfg.Timing
	c.s.setLine(func(l *lineState) { l.connected, l.silent = true, !c.s.cfg.Mute })
	if err := c.greet(ctx); err != nil {
		return err
	}
	for {
		if c.out != nil { // the rest of a broken slip is still stuck
			if err := c.finishWrite(ctx); err != nil {
				return err
			}
			continue
		}
		if c.stale() {
			if err := c.ask(ctx); err != nil {
				return err
			}
		}
		ready := c.s.State().Ready()
		if ready && c.s.isDirty() {
			if err := c.drop(ctx); err != nil {
				return err
			}
			continue
		}
		if r, waiting := c.s.pick(); waiting && ready {
			if err := c.print(ctx, r); err != nil {
				return err
			}
			continue
		}
		if !ready {
			c.s.hold()
		}
		if err := c.await(ctx, min(t.Poll/2, c.s.due())); err != nil {
			return err
		}
	}
}

// greet brings the printer into a known state. The last line, perhaps another
// process's, may have been cut inside a command, and what went into it need not
// have arrived: the printer would swallow the beginning of ours.
func (c *session) greet(ctx context.Context) error {
	if c.s.cfg.Mute {
		return nil
	}
	return c.send(ctx, c.s.cfg.Profile.Resync())
}

// finishWrite waits for a stopped write to come back, which it does when the
// printer goes on; a printer that is ready and takes nothing has lost us.
func (c *session) finishWrite(ctx context.Context) error {
	c.s.hold()
	since := time.Now()
	for c.out != nil {
		if !c.s.State().Ready() {
			since = time.Now()
		}
		left := time.Until(since.Add(c.s.cfg.Timing.Stall))
		if left <= 0 {
			return errStalled
		}
		if err := c.await(ctx, min(left, c.s.due())); err != nil {
			return err
		}
	}
	return nil
}

// stale reports whether the state must be asked for. A printer that reports by
// itself and has a fault is asked rarely: it may be that it cannot take bytes.
func (c *session) stale() bool {
	t, mute := &c.s.cfg.Timing, c.s.cfg.Mute
	age := t.Poll
	if c.s.cfg.Profile.Status == escpos.StatusASB && !c.heard.IsZero() && !c.reader.Status().Ready() {
		age *= 6
	}
	return !mute && c.s.cfg.Profile.Status != escpos.StatusNone &&
		time.Since(c.heard) >= age && time.Since(c.asked) >= min(age, t.Poll)
}

// ask asks for the state and waits for the answer.
func (c *session) ask(ctx context.Context) error {
	c.asked = time.Now()
	poll := c.s.cfg.Profile.Poll()
	c.reader.Asked(poll)
	if err := c.send(ctx, poll); err != nil {
		return err
	}
	end := c.asked.Add(c.s.cfg.Timing.Silence)
	for c.heard.Before(c.asked) || c.reader.Pending() > 0 {
		left := time.Until(end)
		if left <= 0 {
			if c.reader.Pending() == 0 {
				break
			}
			c.reader.Forget()
			c.s.setLine(func(l *lineState) { l.silent = true })
			if c.unheard++; c.unheard >= muteSilence {
				return errSilent
			}
			return nil
		}
		if err := c.await(ctx, left); err != nil {
			return err
		}
	}
	return nil
}

// isDirty reports whether the printer may hold part of a slip.
func (s *Spool) isDirty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.line.dirty && !s.cfg.Mute
}

// drop throws away what the printer has received of a broken slip.
func (c *session) drop(ctx context.Context) error {
	p := c.s.cfg.Profile
	c.cleared = false
	if err := c.send(ctx, p.Drop()); err != nil {
		return err
	}
	if p.Clear == escpos.ClearBuffer {
		for end := time.Now().Add(c.s.cfg.Timing.Silence); !c.cleared; {
			left := time.Until(end)
			if left <= 0 {
				if err := c.send(ctx, p.Flush()); err != nil {
					return err
				}
				break
			}
			if err := c.await(ctx, left); err != nil {
				return err
			}
		}
	}
	// The broken slip's upper part must not hang on the next one.
	if err := c.send(ctx, p.CutOff()); err != nil {
		return err
	}
	c.s.setLine(func(l *lineState) { l.dirty = false })
	return nil
}
