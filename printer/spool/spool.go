// Package spool prints every slip once.
//
// A job is journaled before the first byte goes out, and its way is known at
// every moment:
//
//	QUEUED → CHECKING → SENDING → SENT → PRINTED → DONE
//	CHECKING  the printer is not ready   → HELD     nothing was sent; it goes out later
//	SENDING   the paper or the line ends → BROKEN   printed anew, marked as a copy
//	SENT      no confirmation in time    → UNKNOWN  never printed again by itself: ask (Answer)
//	any       past its deadline          → EXPIRED  a refill brings no flood of old slips
//
// So nothing is lost silently and nothing is doubled silently: a second paper
// of one slip always carries the copy bar, and after a crash at any moment a
// job is QUEUED (no byte was sent) or UNKNOWN.
//
// One goroutine, Run, owns the printer. Submit, Answer and Cancel may be called
// from anywhere; what became of a job is told to Config.Outcome.
package spool

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/raster"
)

// State is how far a job is.
type State string

// States; the first group is on the way, the second waits for somebody, the
// third is final.
const (
	Queued   State = "queued"
	Checking State = "checking"
	Sending  State = "sending"
	Sent     State = "sent"

	Held    State = "held"    // the printer is not ready; nothing was sent
	Broken  State = "broken"  // some of it may be on paper; it is printed anew
	Unknown State = "unknown" // sent and never confirmed; see Answer

	Printed State = "printed" // it is on paper; only the cut was not confirmed
	Done    State = "done"
	Expired State = "expired" // too late, or cancelled
)

// Final reports whether nothing more happens to a job.
func (s State) Final() bool { return s == Printed || s == Done || s == Expired }

// Job is one slip.
type Job struct {
	// ID names the job for ever, e.g. the ticket's id. Submitting an id again
	// does nothing.
	ID      string
	Lang    string // of the copy bar
	Picture *raster.Bitmap
	// Deadline is when the slip is of no use any more: about two minutes for a
	// ticket, zero for never.
	Deadline time.Time
	// Copy is 2 or more for a slip that was printed before; it gets the bar.
	Copy int
}

// Outcome is what became of a job. Held, Broken and Unknown are told when they
// happen and something else may follow; final states are told at least once,
// also after a restart.
type Outcome struct {
	JobID string
	State State
	Copy  int
	Err   error // why, for the log; nil when all is well
}

// Config sets a spool up.
type Config struct {
	Path    string // the journal's file
	Profile escpos.Profile
	// Open opens the printer's line: device.Address.Open, or a test's.
	Open func(context.Context) (device.Device, error)
	// Mute says that the line never answers (device.Address.Mute); what was
	// written counts as printed. A profile that never answers is mute too.
	Mute bool
	// Rate is about how many bytes a second the line carries; 0 is 500 KB/s.
	Rate int
	// CopyBar makes the bar above a slip that is printed again; see
	// slip.Maker.CopyBar.
	CopyBar func(paper raster.Paper, lang string, copy int, at time.Time) (*raster.Bitmap, error)
	// Outcome and Changed, which may be nil, are called from the Run goroutine,
	// one at a time; they must not block, and may call the spool.
	Outcome func(Outcome)
	Changed func(Status)
	// Roll is the length of a paper roll in millimetres; 0 is 80 m. At 85 % of
	// it the paper counts as low, because most printers have no such sensor.
	Roll   float64
	Random io.Reader // of markers; nil is crypto/rand
	Log    *slog.Logger
	Timing Timing

	step func(State) // tests die here
}

// Timing is how patient a spool is; zero values take the defaults.
type Timing struct {
	Retry    time.Duration // between attempts to open the line; 1 s
	Poll     time.Duration // how old a status may be; 5 s
	Silence  time.Duration // how long an answer may take; 1 s
	Stall    time.Duration // how long a write may make no progress; 10 s
	Patience time.Duration // how long a half-printed slip waits for a closed cover; 2 min
	Grace    time.Duration // beyond the time that printing needs; 3 s
}

func (t *Timing) defaults() {
	for _, d := range []struct {
		at  *time.Duration
		def time.Duration
	}{
		{&t.Retry, time.Second},
		{&t.Poll, 5 * time.Second},
		{&t.Silence, time.Second},
		{&t.Stall, 10 * time.Second},
		{&t.Patience, 2 * time.Minute},
		{&t.Grace, 3 * time.Second},
	} {
		if *d.at == 0 {
			*d.at = d.def
		}
	}
}

// Spool prints. Make one with New, run it with Run, end it with Close.
type Spool struct {
	cfg     Config
	journal *journal
	wake    chan struct{}

	mu      sync.Mutex // guards what follows
	jobs    map[string]*record
	lastSeq uint64
	live    map[string]State // what the journal does not tell: checking, held, sent
	pending []Outcome        // to tell
	roll    float64          // millimetres printed since the roll was changed
	line    lineState
	told    Status
	// sentAs finds an UNKNOWN job by a marker that comes late. It belongs to
	// the Run goroutine.
	sentAs map[escpos.Marker]string
}

// lineState is what the Run goroutine knows of the printer.
type lineState struct {
	connected, silent, busy bool
	status                  escpos.Status
	dirty                   bool // the printer may hold part of a slip
}

// New opens the journal. Jobs that were being sent when the last process ended
// are UNKNOWN now.
func New(cfg Config) (*Spool, error) {
	if err := cfg.Profile.Check(); err != nil {
		return nil, fmt.Errorf("open print spool: %w", err)
	}
	if cfg.Open == nil || cfg.CopyBar == nil {
		return nil, errors.New("open print spool: the line or the copy bar is missing")
	}
	cfg.Timing.defaults()
	cfg.Mute = cfg.Mute || cfg.Profile.Mute()
	if cfg.Rate == 0 {
		cfg.Rate = 500_000
	}
	if cfg.Roll == 0 {
		cfg.Roll = 80_000
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.step == nil {
		cfg.step = func(State) {}
	}
	j, err := openJournal(cfg.Path)
	if err != nil {
		return nil, err
	}
	s := &Spool{cfg: cfg, journal: j, wake: make(chan struct{}, 1), live: map[string]State{}, sentAs: map[escpos.Marker]string{}}
	if err := s.load(); err != nil {
		return nil, errors.Join(err, j.close())
	}
	return s, nil
}

// load reads the journal and judges what was interrupted.
func (s *Spool) load() error {
	jobs, roll, err := s.journal.load()
	if err != nil {
		return err
	}
	s.jobs, s.roll = jobs, roll
	for _, r := range jobs {
		s.lastSeq = max(s.lastSeq, r.Seq)
		if r.State == Sending {
			r.State = Unknown
			if err := s.journal.put(*r, nil, s.roll); err != nil {
				return err
			}
		}
		if r.State == Broken || r.State == Unknown {
			s.line.dirty = true
		}
		if r.State == Unknown || r.State.Final() && !r.Told {
			s.pending = append(s.pending, Outcome{JobID: r.ID, State: r.State, Copy: r.Copy, Err: errInterrupted})
		}
	}
	return nil
}

var errInterrupted = errors.New("the program ended while the slip was being printed")

// Close closes the journal; call it after Run has returned.
func (s *Spool) Close() error { return s.journal.close() }

// Submit takes a job; when it returns nil, the job is on the disk and will be
// printed or its failure told. The same id again is accepted and not doubled.
func (s *Spool) Submit(ctx context.Context, job Job) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if job.ID == "" || len(job.ID) > 100 {
		return fmt.Errorf("submit slip: the id has %d characters", len(job.ID))
	}
	if job.Picture == nil || job.Picture.Width > s.cfg.Profile.Paper.Dots {
		return fmt.Errorf("submit slip %s: the picture is missing or wider than the paper", job.ID)
	}
	var png bytes.Buffer
	if err := job.Picture.WritePNG(&png); err != nil {
		return fmt.Errorf("submit slip %s: %w", job.ID, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.jobs[job.ID] != nil {
		return nil
	}
	r := record{ID: job.ID, Seq: s.lastSeq + 1, State: Queued, Lang: job.Lang, Copy: max(job.Copy, 1), Deadline: job.Deadline, At: time.Now()}
	if !job.Deadline.IsZero() {
		r.Life = max(0, time.Until(job.Deadline))
	}
	if err := s.journal.put(r, png.Bytes(), s.roll); err != nil {
		return fmt.Errorf("submit slip %s: %w", job.ID, err)
	}
	s.jobs[r.ID], s.lastSeq = &r, r.Seq
	s.cfg.step(Queued)
	s.nudge()
	return nil
}

// ErrNotAsked is the answer to an answer about a job that is not UNKNOWN.
var ErrNotAsked = errors.New("nobody was asked about this slip")

// Answer says whether the person has an UNKNOWN slip in the hand. If not, it is
// printed again, marked as a copy, with a new deadline.
func (s *Spool) Answer(jobID string, received bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.jobs[jobID]
	if r == nil || r.State != Unknown {
		return fmt.Errorf("answer about slip %s: %w", jobID, ErrNotAsked)
	}
	next := *r
	if received {
		return s.finish(next, Done, nil)
	}
	next.State = Queued
	next.Copy++
	if next.Life > 0 {
		next.Deadline = time.Now().Add(next.Life)
	}
	if err := s.put(next); err != nil {
		return err
	}
	s.nudge()
	return nil
}

// Cancel gives a job up that is not being sent, e.g. because its number has
// been withdrawn; it becomes EXPIRED. It reports whether that was possible.
func (s *Spool) Cancel(jobID string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.jobs[jobID]
	if r == nil || r.State.Final() || r.State == Sending {
		return false, nil
	}
	return true, s.finish(*r, Expired, errors.New("cancelled"))
}

// Lookup tells how far a job is, also days after it was printed.
func (s *Spool) Lookup(jobID string) (State, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.jobs[jobID]
	if r == nil {
		return "", false
	}
	if live, ok := s.live[jobID]; ok && !r.State.Final() && r.State != Unknown {
		return live, true
	}
	return r.State, true
}

// RollChanged starts the paper counter anew. A printer that told that its
// paper was out and is in again does this by itself.
func (s *Spool) RollChanged() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.roll = 0
	s.nudge()
	return s.journal.setRoll(0)
}

// errJournal marks a journal that could not be written.
var errJournal = errors.New("the print journal cannot be written")

// put journals a record and then keeps it. The caller holds mu.
func (s *Spool) put(r record) error {
	if err := s.journal.put(r, nil, s.roll); err != nil {
		return fmt.Errorf("%w: %w", errJournal, err)
	}
	s.jobs[r.ID] = &r
	delete(s.live, r.ID)
	return nil
}

// finish ends a job and queues its outcome. The caller holds mu.
func (s *Spool) finish(r record, state State, why error) error {
	r.State, r.Told, r.At = state, false, time.Now()
	if err := s.put(r); err != nil {
		return err
	}
	s.pending = append(s.pending, Outcome{JobID: r.ID, State: state, Copy: r.Copy, Err: why})
	s.nudge()
	return nil
}

// nudge makes Run look again.
func (s *Spool) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}
