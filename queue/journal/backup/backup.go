// Package backup keeps a continuous, encrypted copy of an office's journal in a
// folder of another disk, a USB stick for one, and makes a journal of it again,
// as of any moment.
//
// What is written is encrypted to an age recipient (age-encryption.org/v1), so
// the office can write a backup and cannot read it: whoever restores brings the
// identity. Records go into files of their own, each named after what it holds
// and how long it is, whole under another name before it gets that one; so a
// pulled stick, a full one and a file cut off are found by looking at the
// names, and mended by writing what is missing again from the journal.
//
// Case keys stand apart from the records, and a file with a key that was
// dropped is replaced at the next run: that is how erasure reaches the backup.
package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"sync"
	"syscall"
	"time"

	"filippo.io/age"

	"motcua/queue/health"
	"motcua/queue/journal"
)

// Why a backup stands still, as a caller decides on it.
var (
	// ErrAway: the folder is not the medium of a backup: the stick is not in.
	ErrAway = errors.New("the backup's medium is not there")
	// ErrOther: the medium holds records that this journal does not have.
	ErrOther = errors.New("the medium holds another history")
	// ErrMedium: what should be on the medium is damaged or missing.
	ErrMedium = errors.New("the backup is damaged")
)

// Config says where a backup goes. Dir and Recipients are required.
type Config struct {
	// Dir is a folder that Prepare was called for.
	Dir string
	// Recipients can read the backup.
	Recipients []age.Recipient
	// Linger is how long a fresh record waits for company; 0 means 5 s.
	Linger time.Duration
	// Look is how often the medium is looked at when nothing happens, and tried
	// again after trouble; 0 means 30 s.
	Look time.Duration
	Now  func() time.Time // nil means time.Now
	Log  *slog.Logger     // nil discards
}

// State is how a backup stands.
type State struct {
	Seq     uint64    // last record on the medium
	At      time.Time // when all of the journal was on it; zero for never
	Trouble Trouble   // what stands in the way; "" for nothing
}

// Trouble names what stands in the way; it has a text "health.backup.<code>".
type Trouble string

// Troubles.
const (
	TroubleAway  Trouble = "away"  // no medium
	TroubleFull  Trouble = "full"  // no room on it
	TroubleOther Trouble = "other" // another history on it
	TroubleFault Trouble = "fault" // it does not take writes
)

// Backup copies one journal to one medium. Make it with New, start it with Run.
type Backup struct {
	cfg     Config
	journal *journal.Journal

	mu    sync.Mutex // guards state
	state State

	running sync.Mutex // one run at a time; guards beside
	beside  [32]byte   // digest of what was last written beside the records
}

// New checks the configuration; it touches nothing.
func New(cfg Config, j *journal.Journal) (*Backup, error) {
	if cfg.Dir == "" || len(cfg.Recipients) == 0 {
		return nil, errors.New("backup: a folder and a recipient are needed")
	}
	cfg.Linger = cmp.Or(cfg.Linger, 5*time.Second)
	cfg.Look = cmp.Or(cfg.Look, 30*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Backup{cfg: cfg, journal: j}, nil
}

// Run keeps the copy up to date until ctx ends, and returns ctx's error. The
// medium may come and go.
func (b *Backup) Run(ctx context.Context) error {
	for {
		changed := b.journal.Changed()
		err := b.Once(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			changed = nil // a fresh record does not bring a stick back
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(b.cfg.Look):
			continue
		case <-changed:
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(b.cfg.Linger):
		}
	}
}

// Once brings the copy up to date.
func (b *Backup) Once(ctx context.Context) error {
	b.running.Lock()
	defer b.running.Unlock()
	seq, err := b.run(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.state.Trouble
	b.state.Trouble = troubleOf(err)
	if seq > 0 {
		b.state.Seq = seq
	}
	if err == nil {
		b.state.At = b.cfg.Now()
	}
	switch {
	case ctx.Err() != nil:
	case err != nil && b.state.Trouble != before:
		b.cfg.Log.Warn("the backup stands still", "trouble", b.state.Trouble, "err", err)
	case err == nil && before != "":
		b.cfg.Log.Info("the backup goes on", "record", seq)
	}
	return err
}

func troubleOf(err error) Trouble {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, ErrAway), errors.Is(err, fs.ErrNotExist):
		return TroubleAway
	case errors.Is(err, ErrOther):
		return TroubleOther
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return TroubleFull
	}
	return TroubleFault
}

// State is how the backup stands now.
func (b *Backup) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}

// Bounds of what counts as healthy: how old a copy may be.
const (
	oldWarn = time.Hour
	oldFail = 3 * 24 * time.Hour
)

// Check is the health check "backup".
func (b *Backup) Check(context.Context) health.Check {
	const name = "backup"
	s := b.State()
	age := b.cfg.Now().Sub(s.At)
	if s.At.IsZero() {
		age = 0
	}
	args := []string{"minutes", strconv.Itoa(int(age.Minutes())), "seq", strconv.FormatUint(s.Seq, 10)}
	level := health.Warn
	if s.At.IsZero() && s.Trouble != "" || age > oldFail {
		level = health.Fail
	}
	switch {
	case s.Trouble == TroubleAway:
		return health.Of(name, level, "away", args...)
	case s.Trouble == TroubleFull:
		return health.Of(name, level, "full", args...)
	case s.Trouble == TroubleOther:
		return health.Of(name, health.Fail, "other", args...)
	case s.Trouble != "":
		return health.Of(name, level, "fault", args...)
	case s.At.IsZero():
		return health.Of(name, health.OK, "beginning")
	case age > oldWarn:
		return health.Of(name, level, "old", args...)
	}
	return health.Of(name, health.OK, "ok", args...)
}

// Key makes a new pair of keys: the identity, which opens backups and belongs
// into a safe, and the recipient, which the office needs.
func Key() (identity, recipient string, err error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", "", fmt.Errorf("make a backup key: %w", err)
	}
	return id.String(), id.Recipient().String(), nil
}
