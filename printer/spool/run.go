package spool

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"motcua/printer/escpos"
)

// Run prints until ctx ends. It opens the line again whenever it breaks, and
// logs that once for each reason: a printer may be off for a night. Only
// a journal that cannot be written ends it with an error: to go on printing
// would double slips.
func (s *Spool) Run(ctx context.Context) error {
	logged := ""
	for ctx.Err() == nil {
		err := s.connect(ctx)
		if errors.Is(err, errJournal) {
			return err
		}
		s.setLine(func(l *lineState) { *l = lineState{dirty: l.dirty} })
		if ctx.Err() == nil {
			if why := fmt.Sprint(err); why != logged {
				s.cfg.Log.Warn("printer line broken; it is tried again all the time", "error", err)
				logged = why
			}
			if err := s.rest(ctx, s.cfg.Timing.Retry); err != nil {
				return err
			}
		}
	}
	return nil
}

// rest waits, and lets no job wait in silence meanwhile.
func (s *Spool) rest(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	for {
		s.hold()
		if err := s.chores(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
			return nil
		case <-s.wake:
		}
	}
}

// connect opens the line and prints until it breaks.
func (s *Spool) connect(ctx context.Context) error {
	dev, err := s.cfg.Open(ctx)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	c := &session{s: s, dev: dev, said: make(chan []byte), lost: make(chan error, 1), marks: map[escpos.Marker]bool{}}
	var reading sync.WaitGroup
	defer func() {
		cancel()
		dev.Close()
		reading.Wait()
		c.writing.Wait()
		if c.out != nil {
			s.setLine(func(l *lineState) { l.dirty = true })
		}
	}()
	reading.Go(func() { c.listen(ctx) })
	return c.run(ctx)
}

// setLine changes what is known of the printer.
func (s *Spool) setLine(change func(*lineState)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.line)
}

// chores does what needs no printer: overdue jobs expire, outcomes and the
// state are told. It runs on the Run goroutine.
func (s *Spool) chores() error {
	s.mu.Lock()
	err := s.expire(time.Now())
	outcomes, state := s.pending, s.state()
	changed := state != s.told
	s.pending, s.told = nil, state
	s.mu.Unlock()
	if err != nil {
		return err
	}
	for _, o := range outcomes {
		if o.Err != nil {
			s.cfg.Log.Warn("slip", "job", o.JobID, "state", string(o.State), "copy", o.Copy, "error", o.Err)
		}
		if s.cfg.Outcome != nil {
			s.cfg.Outcome(o)
		}
		if err := s.markTold(o); err != nil {
			return err
		}
	}
	if changed && s.cfg.Changed != nil {
		s.cfg.Changed(state)
	}
	return nil
}

// markTold remembers that a final outcome has been told.
func (s *Spool) markTold(o Outcome) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.jobs[o.JobID]
	if !o.State.Final() || r == nil || r.Told {
		return nil
	}
	next := *r
	next.Told = true
	return s.put(next)
}

// expire ends overdue jobs and forgets those that were over long ago. The
// caller holds mu.
func (s *Spool) expire(now time.Time) error {
	var old []string
	for _, r := range s.jobs {
		switch {
		case (r.State == Queued || r.State == Broken) && !r.Deadline.IsZero() && now.After(r.Deadline):
			if err := s.finish(*r, Expired, errors.New("too late to be of use")); err != nil {
				return err
			}
		case r.State.Final() && r.Told && now.Sub(r.At) > keep:
			old = append(old, r.ID)
		}
	}
	if len(old) == 0 {
		return nil
	}
	for _, id := range old {
		delete(s.jobs, id)
	}
	if err := s.journal.forget(old); err != nil {
		return fmt.Errorf("%w: %w", errJournal, err)
	}
	return nil
}

// pick returns the next job to print.
func (s *Spool) pick() (record, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var first *record
	for _, r := range s.jobs {
		if (r.State == Queued || r.State == Broken) && (first == nil || r.Seq < first.Seq) {
			first = r
		}
	}
	if first == nil {
		return record{}, false
	}
	return *first, true
}

// hold says of every waiting job that it waits.
func (s *Spool) hold() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.jobs {
		if r.State == Queued && s.live[r.ID] != Held {
			s.live[r.ID] = Held
			s.pending = append(s.pending, Outcome{JobID: r.ID, State: Held, Copy: r.Copy})
		}
	}
}

// due is how long until the next deadline, at most an hour.
func (s *Spool) due() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := time.Hour
	for _, r := range s.jobs {
		if (r.State == Queued || r.State == Broken) && !r.Deadline.IsZero() {
			d = min(d, time.Until(r.Deadline)+time.Millisecond)
		}
	}
	return max(d, time.Millisecond)
}

// confirmLate ends an UNKNOWN job whose marker came after all.
func (s *Spool) confirmLate(m escpos.Marker) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.jobs[s.sentAs[m]]
	if r == nil || r.State != Unknown {
		return nil
	}
	delete(s.sentAs, m)
	return s.finish(*r, Printed, nil)
}

// claim journals that a job is being sent, unless it was cancelled or expired
// since it was picked.
func (s *Spool) claim(r record) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now := s.jobs[r.ID]; now == nil || now.State != Queued && now.State != Broken {
		return false, nil
	}
	r.State = Sending
	return true, s.put(r)
}

// set journals and tells that a job is Broken or Unknown.
func (s *Spool) set(r record, state State, why error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.State = state
	if err := s.put(r); err != nil {
		return err
	}
	s.line.dirty = true
	s.pending = append(s.pending, Outcome{JobID: r.ID, State: state, Copy: r.Copy, Err: why})
	return nil
}

// end journals a final state.
func (s *Spool) end(r record, state State, why error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finish(r, state, why)
}

// show sets a state that the journal does not need.
func (s *Spool) show(id string, state State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[id] = state
}
