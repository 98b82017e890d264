package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	bolt "go.etcd.io/bbolt"

	"motcua/queue"
	"motcua/queue/chain"
)

// Errors a caller decides on; each is wrapped with what was attempted.
var (
	// ErrFull: nothing was written, because there is no room.
	ErrFull = errors.New("no room for the journal")
	// ErrSuspect: a commit failed in a way that leaves the disk unknown. Every
	// later write fails with it; the process must end.
	ErrSuspect = errors.New("the journal is suspect")
	// ErrInUse: another process holds the file.
	ErrInUse = errors.New("the journal is in use by another program")
	// ErrReadOnly: the journal was opened to be read only.
	ErrReadOnly = errors.New("the journal is open for reading only")
)

// Options tune a journal; the zero value is right for an office.
type Options struct {
	// MaxSize bounds the file in bytes; 0 is no bound but the disk. The file
	// grows in steps of 16 MiB.
	MaxSize int
	// MinFree is the room that must stay free on the disk, in bytes; below it
	// every write is ErrFull. 0 means 64 MiB, negative means none.
	MinFree int64
	// Free tells the bytes free on the journal's disk; nil asks the disk.
	Free func() (int64, error)
	// BeforeCommit, when set, runs before each flush; its error counts as the
	// disk's. Tests inject faults with it.
	BeforeCommit func() error
	// ReadOnly opens a journal that nobody has open for writing, to check it
	// or to read its records. Nothing is judged while opening and Snapshot
	// stays empty: that is what Verify and Range are for.
	ReadOnly bool
	// Inspected: the program calls InspectMain first in its main. A file whose
	// last opening did not end is then looked at by another process before this
	// one opens it; see Inspect.
	Inspected bool
	// Log is where slow readers are reported; nil discards.
	Log *slog.Logger

	freePages bool // look for free pages although only reading
}

// minFree leaves room for the system's own logs and for a clean shutdown.
const minFree = 64 << 20

// Journal is one office's journal. Its methods may be called from any
// goroutine; writes are done one at a time.
type Journal struct {
	db   *bolt.DB
	path string
	opt  Options

	earlier bool // a file of an earlier format, open for reading

	// writing serialises Update; it guards work, suspect and signing.
	writing sync.Mutex
	work    *queue.State // as of the records appended so far, committed or not
	suspect error
	signing signing

	// sealing serialises what moves or drops records.
	sealing sync.Mutex

	// mu guards what readers see: committed records only.
	mu      sync.RWMutex
	shown   *queue.State
	head    chain.Head
	sealed  []Sealed // only appended to
	changed chan struct{}

	snapshot atomic.Pointer[Snapshot] // copy of shown; nil after a commit
	readers  readers
}

// Open opens the journal file, making it when there is none, checks its tail
// and reads today's records. A file of a later version is a *NewerError; one of
// an earlier version is brought up to date.
func Open(ctx context.Context, path string, opt Options) (*Journal, error) {
	j := &Journal{path: path, opt: opt, changed: make(chan struct{})}
	j.readers.log = opt.Log
	if j.opt.Log == nil {
		j.readers.log = slog.New(slog.DiscardHandler)
	}
	if j.opt.MinFree == 0 {
		j.opt.MinFree = minFree
	}
	if j.opt.Free == nil {
		j.opt.Free = func() (int64, error) { return freeBytes(filepath.Dir(path)) }
	}
	ended, err := j.opening(ctx)
	if err != nil {
		return nil, fmt.Errorf("open journal: %w", err)
	}
	db, err := openFile(path, opt)
	if err != nil {
		return nil, fmt.Errorf("open journal %s: %w", path, errors.Join(err, ended()))
	}
	j.db = db
	if err := guarded(func() error { return j.start(ctx) }); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %s: %w", path, err), j.db.Close(), ended())
	}
	if err := ended(); err != nil {
		return nil, errors.Join(fmt.Errorf("open journal %s: %w", path, err), j.db.Close())
	}
	return j, nil
}

// start makes the buckets, settles the schema and loads today.
func (j *Journal) start(ctx context.Context) error {
	if j.opt.ReadOnly {
		j.work, j.shown = queue.NewState(), queue.NewState()
		return errors.Join(j.readHead(), j.loadSealed())
	}
	if err := j.prepare(ctx); err != nil {
		return err
	}
	if err := j.compact(); err != nil {
		return err
	}
	return j.loadToday(ctx)
}

// Close ends the journal. Readers that are still reading are waited for.
func (j *Journal) Close() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	if !j.opt.ReadOnly && j.suspect == nil {
		// With the free pages listed in the file the next opening need not look
		// for them, which takes time by the size; without, it does.
		j.db.NoFreelistSync = false
		_ = guarded(func() error { return j.db.Update(func(*bolt.Tx) error { return nil }) })
	}
	if err := j.db.Close(); err != nil {
		return fmt.Errorf("close journal %s: %w", j.path, err)
	}
	return nil
}

// Path is the journal's file.
func (j *Journal) Path() string { return j.path }

// Size is the length of the live file in bytes; it shrinks only when it is
// opened.
func (j *Journal) Size() int64 {
	info, err := os.Stat(j.path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// Room is how many bytes can still be written before ErrFull; it is negative
// when the reserve has been touched.
func (j *Journal) Room() (int64, error) {
	free, err := j.opt.Free()
	if err != nil {
		return 0, fmt.Errorf("ask for free space: %w", err)
	}
	room := free - max(0, j.opt.MinFree)
	if j.opt.MaxSize > 0 {
		room = min(room, int64(j.opt.MaxSize)-j.Size())
	}
	return room, nil
}

// Head is the end of the committed chain.
func (j *Journal) Head() chain.Head {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.head
}

// Changed returns a channel that is closed at the next commit of records. Take
// it before reading Head or Range, so that no commit falls between.
func (j *Journal) Changed() <-chan struct{} {
	j.mu.RLock()
	defer j.mu.RUnlock()
	return j.changed
}

// Snapshot is what readers see between two commits. It never changes.
type Snapshot struct {
	State *queue.State
	Head  chain.Head // of the same commit; dossier records move it too
}

// Snapshot is today's queue and the head as of the last commit, the same one
// for everybody until the next. It is made when it is first asked for, so a
// commit that nobody looks at costs nothing.
func (j *Journal) Snapshot() *Snapshot {
	if s := j.snapshot.Load(); s != nil {
		return s
	}
	j.mu.RLock()
	defer j.mu.RUnlock()
	if s := j.snapshot.Load(); s != nil {
		return s
	}
	s := &Snapshot{State: j.shown.Clone(), Head: j.head}
	j.snapshot.Store(s)
	return s
}
