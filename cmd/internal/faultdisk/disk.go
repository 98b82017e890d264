// Package faultdisk is a disk in memory whose power can fail: a FUSE file
// system that knows what was flushed and what only the page cache had.
//
// After a cut the disk holds what was flushed and, of everything later, a random
// first part, each write torn into sectors of 512 bytes that are there or not,
// one by one. A file's name is flushed by flushing its folder, its bytes by
// flushing the file, as POSIX promises and no more. The disk can also fail one
// flush the way Linux does (the error is told once, the pages count as clean,
// the cache shows them, the disk never gets them), be full, become read-only,
// be slow, and lie about flushes.
//
// Programs under test must be other processes: whoever serves a file system
// must not wait for it.
package faultdisk

import (
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Disk is a mounted disk. Its methods may be called from any goroutine.
type Disk struct {
	mu sync.Mutex
	// Guarded by mu:
	now     map[string]*file // what a program sees; nil is a folder
	kept    map[string]*file // names that were flushed
	renames []naming         // later changes of names, in order
	off     bool             // the power is cut
	flushes int
	mood    Mood

	unmount func() error
}

// Mood is how a disk treats those who write to it; the zero value is a good
// disk.
type Mood struct {
	// Lies promises flushes and does none, as a program sees a disk when it
	// never flushes (bbolt's NoSync).
	Lies bool
	// FailFlush is the error of one flush and FailAfter how many good ones come
	// before it.
	FailFlush syscall.Errno
	FailAfter int
	// CutAt cuts the power as a flush begins: at the next one for 1, at the one
	// after for 2; 0 never.
	CutAt int
	// FailWrite is the error of every write, e.g. EROFS. With ENOSPC only writes
	// that need new room fail, as on a file system that writes in place.
	FailWrite syscall.Errno
	// Free is what the disk says is free, in bytes; 0 says 1 GiB, negative none.
	Free int64
	// Flush is how long a flush takes.
	Flush time.Duration
}

// file is a file's bytes as programs see them and as they are on the disk.
type file struct {
	cache, disk content
	pending     []writing // since the last flush
}

// writing is one write, or a change of size when data is nil.
type writing struct {
	at   int64
	data []byte
}

// naming is a change of names: to alone appears, from alone goes, both move.
type naming struct {
	from, to string
	file     *file
}

// Set changes how the disk behaves from now on; what FailAfter and CutAt count
// begins anew.
func (d *Disk) Set(m Mood) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mood = m
}

// Flushes is how many flushes were asked for; a failed one counts.
func (d *Disk) Flushes() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.flushes
}

// Cut switches the power off: from here on nothing is written or promised.
// It reports how many writes were not yet flushed.
func (d *Disk) Cut() (pending int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off = true
	for _, f := range d.now {
		if f != nil {
			pending += len(f.pending)
		}
	}
	return pending + len(d.renames)
}

// Off reports whether the power is cut.
func (d *Disk) Off() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// State is one of the contents that the disk may have after the cut.
func (d *Disk) State(r *rand.Rand) Image {
	d.mu.Lock()
	defer d.mu.Unlock()
	names := maps.Clone(d.kept)
	for _, n := range d.renames[:r.IntN(len(d.renames)+1)] {
		n.apply(names)
	}
	im := Image{}
	for path, f := range names {
		if f != nil {
			im[path] = f.torn(r)
		}
	}
	return im
}

// torn is the flushed bytes and a random part of the later writes.
func (f *file) torn(r *rand.Rand) content {
	c := f.disk.clone()
	keep := r.Float64()
	for _, w := range f.pending[:r.IntN(len(f.pending)+1)] {
		if w.data == nil && r.Float64() < keep {
			c = w.apply(c)
		}
		for from := 0; from < len(w.data); from += sector {
			if r.Float64() < keep {
				c = c.write(w.data[from:min(len(w.data), from+sector)], w.at+int64(from))
			}
		}
	}
	return c
}

// write takes bytes into the cache. A full or read-only disk refuses.
func (d *Disk) write(f *file, data []byte, at int64) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if no := d.refusal(); no != 0 && (no != syscall.ENOSPC || f.cache.grows(at, len(data))) {
		return no
	}
	w := writing{at: at, data: append(make([]byte, 0, len(data)), data...)}
	f.cache = f.cache.write(w.data, at)
	f.pending = append(f.pending, w)
	return 0
}

func (d *Disk) resize(f *file, size int64) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if no := d.refusal(); no != 0 && no != syscall.ENOSPC { // a hole needs no room
		return no
	}
	f.cache = f.cache.resize(size)
	f.pending = append(f.pending, writing{at: size})
	return 0
}

// refusal is called with mu held.
func (d *Disk) refusal() syscall.Errno {
	if d.off {
		return syscall.EIO
	}
	return d.mood.FailWrite
}

// flush brings a file's bytes to the disk; without a file it brings the names.
func (d *Disk) flush(f *file) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if wait := d.mood.Flush; wait > 0 {
		d.mu.Unlock()
		time.Sleep(wait)
		d.mu.Lock()
	}
	d.flushes++
	if d.mood.CutAt > 0 {
		d.mood.CutAt--
		d.off = d.off || d.mood.CutAt == 0
	}
	switch {
	case d.off:
		return syscall.EIO
	case d.mood.FailWrite == syscall.EROFS:
		return syscall.EROFS
	case d.mood.Lies:
		return 0
	case d.mood.FailFlush != 0 && d.mood.FailAfter == 0:
		fault := d.mood.FailFlush
		d.mood.FailFlush = 0
		if f != nil {
			f.pending = nil
		}
		return fault
	}
	if d.mood.FailFlush != 0 {
		d.mood.FailAfter--
	}
	if f == nil {
		d.kept, d.renames = maps.Clone(d.now), nil
		return 0
	}
	f.settle()
	return 0
}

// settle brings the pending writes to the disk. What a failed flush lost is not
// among them.
func (f *file) settle() {
	for _, w := range f.pending {
		f.disk = w.apply(f.disk)
	}
	f.pending = nil
}

func (w writing) apply(c content) content {
	if w.data == nil {
		return c.resize(w.at)
	}
	return c.write(w.data, w.at)
}

// name makes, moves or removes a name.
func (d *Disk) name(n naming) syscall.Errno {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.off {
		return syscall.EIO
	}
	if d.mood.FailWrite != syscall.ENOSPC && d.mood.FailWrite != 0 { // a name finds room
		return d.mood.FailWrite
	}
	n.apply(d.now)
	d.renames = append(d.renames, n)
	return 0
}

func (n naming) apply(names map[string]*file) {
	if n.from == "" {
		names[n.to] = n.file
		return
	}
	for path, f := range maps.Clone(names) {
		if path != n.from && !strings.HasPrefix(path, n.from+"/") {
			continue
		}
		delete(names, path)
		if n.to != "" {
			names[n.to+path[len(n.from):]] = f
		}
	}
}

// free is what the disk says is left, in bytes.
func (d *Disk) free() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.mood.Free == 0:
		return 1 << 30
	case d.mood.Free < 0:
		return 0
	}
	return uint64(d.mood.Free)
}

// Mood is how the disk behaves now; a FailFlush that has happened is gone.
func (d *Disk) Mood() Mood {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mood
}
