package proof

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"motcua/cmd/internal/faultdisk"
	"motcua/queue/office"
)

// statesPerCut is how many contents of the disk are looked at after each cut.
const statesPerCut = 20

// power is a machine whose power fails again and again.
type power struct {
	t      *testing.T
	play   string // the role that works on it
	first  bool   // every start is the very first
	mood   faultdisk.Mood
	random *rand.Rand
	judge  judge

	mnt, work string
	image     faultdisk.Image // what is on the disk when it comes up again
	last      uint64          // highest record acknowledged on it
	recent    map[string][]said

	cuts, inside, pending, states, acks int
	failed                              int // flushes that failed
	slowest                             time.Duration
	wrong                               map[string]int
}

func newPower(t *testing.T, play string, mood faultdisk.Mood, seed uint64) *power {
	t.Helper()
	p := &power{t: t, play: play, mood: mood, random: rand.New(rand.NewPCG(seed, 512)), mnt: t.TempDir(), wrong: map[string]int{}}
	p.renew()
	shm, err := os.MkdirTemp("/dev/shm", "motcua-proof")
	if err != nil { // no memory disk on this machine
		shm = t.TempDir()
	}
	p.work = shm
	t.Cleanup(func() { p.judge.end(); _ = os.RemoveAll(shm) })
	return p
}

// renew begins with an empty disk.
func (p *power) renew() { p.image, p.last, p.recent = nil, 0, map[string][]said{} }

// hear takes the acknowledgements that have come so far; wait waits for one.
func (p *power) hear(c *child, wait bool) (ok bool) {
	var a ack
	if wait {
		if a, ok = <-c.acks; !ok {
			return false
		}
	} else {
		select {
		case a, ok = <-c.acks:
			if !ok {
				return false
			}
		default:
			return false
		}
	}
	p.acks++
	p.last = max(p.last, a.Seq)
	if a.Said != nil {
		list := append(p.recent[a.Said.Device], *a.Said)
		p.recent[a.Said.Device] = list[max(0, len(list)-4):]
	}
	return true
}

// moment waits for a random time.
func (p *power) moment(most time.Duration) { time.Sleep(time.Duration(p.random.Int64N(int64(most)))) }

// cut runs the program until the power fails and judges what the disk may hold.
func (p *power) cut(during func(*faultdisk.Disk, *child) *child) error {
	disk, err := faultdisk.Mount(p.mnt, p.image)
	if errors.Is(err, faultdisk.ErrNoFuse) {
		p.t.Skipf("%v (Debian: fuse3)", err)
	} else if err != nil {
		return err
	}
	mood := p.mood
	opening := p.first || p.image != nil && p.random.IntN(4) == 0
	if opening {
		mood.CutAt = 1 + p.random.IntN(6)
	}
	disk.Set(mood)
	c, err := cast(p.play, p.mnt)
	if err != nil {
		return errors.Join(err, disk.Unmount())
	}
	if !opening && p.hear(c, true) {
		c = during(disk, c)
		mood = disk.Mood()
		mood.CutAt = 1 + p.random.IntN(4)
		disk.Set(mood)
	}
	p.off(disk, c)
	pending := disk.Cut()
	c.kill()
	for p.hear(c, true) {
	}
	<-c.done
	if err := disk.Unmount(); err != nil {
		return err
	}
	p.cuts++
	if pending > 0 {
		p.inside++
		p.pending += pending
	}
	return p.look(disk)
}

// off waits for the flush that the power fails at, or for the end of a program
// that flushes no more.
func (p *power) off(d *faultdisk.Disk, c *child) {
	for late := time.Now().Add(200 * time.Millisecond); !d.Off() && time.Now().Before(late); {
		select {
		case <-c.done:
			return
		case <-time.After(100 * time.Microsecond):
		}
	}
}

// look judges some of the disk's possible contents and goes on with one of
// those that are whole.
func (p *power) look(disk *faultdisk.Disk) error {
	q := question{Last: p.last, Recent: slices.Concat(slices.Collect(maps.Values(p.recent))...)}
	var next faultdisk.Image
	for i := range statesPerCut {
		image := disk.State(p.random)
		q.Dir = filepath.Join(p.work, fmt.Sprint(i))
		if err := image.Write(q.Dir); err != nil {
			return err
		}
		if err := os.MkdirAll(q.Dir, 0o700); err != nil { // an empty disk has a folder, too
			return err
		}
		v, err := p.judge.ask(q)
		if err != nil {
			return err
		}
		p.states++
		if wrong := v.Wrong; wrong != "" {
			kind, _, _ := strings.Cut(wrong, ":")
			p.wrong[kind]++
			if p.wrong[kind] == 1 {
				p.t.Logf("first of its kind, cut %d: %s", p.cuts, wrong)
			}
		} else if next == nil || p.random.IntN(3) == 0 {
			next = image
		}
		if err := os.RemoveAll(q.Dir); err != nil {
			return err
		}
	}
	p.image = next
	if p.first || next == nil || next.Bytes() > 2<<20 || p.random.IntN(25) == 0 {
		p.renew()
	}
	return nil
}

func (p *power) violations() (n int) {
	for _, k := range p.wrong {
		n += k
	}
	return n
}

func (p *power) String() string {
	return fmt.Sprintf("%d cuts (%d with unflushed writes, %.1f each), %d acknowledgements, %d disk states: %d broken %v",
		p.cuts, p.inside, float64(p.pending)/float64(max(1, p.inside)), p.acks, p.states, p.violations(), p.wrong)
}

// run cuts so often that there are so many states.
func (p *power) run(states int, during func(*faultdisk.Disk, *child) *child) {
	p.t.Helper()
	began := time.Now()
	for p.states < states {
		if err := p.cut(during); err != nil {
			p.t.Fatal(err)
		}
	}
	p.t.Logf("%s, %.0f s", p, time.Since(began).Seconds())
}

// until cuts the power a little after the first acknowledgement.
func (p *power) until(_ *faultdisk.Disk, c *child) *child {
	p.moment(20 * time.Millisecond)
	return c
}

// disk is one whose flushes take a moment, so that most cuts fall into one.
var disk = faultdisk.Mood{Flush: 300 * time.Microsecond}

// TestPowerCut: whatever of the unflushed writes reaches the disk, torn at 512
// bytes, the office opens by itself and has everything that it acknowledged.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	p := newPower(t, "office", disk, rand.Uint64())
	p.run(times(400, 20_000), p.until)
	if n := p.violations(); n > 0 {
		t.Errorf("%d of %d states are broken: %v", n, p.states, p.wrong)
	}
	if p.acks < p.cuts || 2*p.inside < p.cuts {
		t.Errorf("%d acknowledgements, %d of %d cuts inside a commit: the proof proves little", p.acks, p.inside, p.cuts)
	}
}

// TestPowerCutAtTheFirstStart: whatever is left of the files that an office
// makes for itself, the next start makes an office of it.
func TestPowerCutAtTheFirstStart(t *testing.T) {
	t.Parallel()
	p := newPower(t, "office", disk, rand.Uint64())
	p.first = true
	p.run(times(200, 3000), nil)
	if n := p.violations(); n > 0 {
		t.Errorf("%d of %d states are broken: %v", n, p.states, p.wrong)
	}
}

// TestPowerCutControl: on a disk that only pretends to flush, as bbolt's NoSync
// is, the same harness must find damage.
func TestPowerCutControl(t *testing.T) {
	t.Parallel()
	p := newPower(t, "office", faultdisk.Mood{Lies: true}, rand.Uint64())
	p.run(times(200, 1200), p.until)
	if n := p.violations(); 2*n < p.states {
		t.Errorf("without flushes %d of %d states are broken, want at least half: the harness is blind", n, p.states)
	}
}

// failFlush lets one of the next flushes fail.
func (p *power) failFlush(d *faultdisk.Disk, fault syscall.Errno) {
	m := p.mood
	m.FailFlush, m.FailAfter = fault, p.random.IntN(8)
	d.Set(m)
	p.failed++
}

// ends waits for a program that must end by itself, and says how long it took
// after the flush had failed.
func (p *power) ends(d *faultdisk.Disk, c *child) time.Duration {
	for d.Mood().FailFlush != 0 {
		time.Sleep(100 * time.Microsecond)
	}
	began := time.Now()
	for p.hear(c, true) {
	}
	<-c.done
	return time.Since(began)
}

// TestFailedFlush: one flush fails and its bytes never reach the disk; the
// office ends within a second, starts again in verify mode, goes on, and the
// power fails.
func TestFailedFlush(t *testing.T) {
	t.Parallel()
	p := newPower(t, "office", disk, rand.Uint64())
	p.run(times(200, 3000), func(d *faultdisk.Disk, c *child) *child {
		p.failFlush(d, []syscall.Errno{syscall.EIO, syscall.ENOSPC}[p.random.IntN(2)])
		p.slowest = max(p.slowest, p.ends(d, c))
		if _, err := os.Stat(filepath.Join(p.mnt, office.SuspectFile)); err != nil {
			t.Errorf("the office ended without its mark: %v (%v)", err, c.err)
		}
		again, err := cast(p.play, p.mnt)
		if err != nil {
			t.Fatal(err)
		}
		if !p.hear(again, true) {
			<-again.done
			t.Fatalf("it does not start again: %v", again.err)
		}
		p.moment(10 * time.Millisecond)
		return again
	})
	t.Logf("%d flushes failed; the slowest end took %v", p.failed, p.slowest)
	if n := p.violations(); n > 0 || p.slowest > time.Second {
		t.Errorf("%d of %d states are broken: %v; the slowest end took %v", n, p.states, p.wrong, p.slowest)
	}
}

// TestFailedFlushControl: a program that goes on after a failed flush loses
// what it acknowledged.
func TestFailedFlushControl(t *testing.T) {
	t.Parallel()
	p := newPower(t, "reckless", disk, rand.Uint64())
	p.run(times(600, 3000), func(d *faultdisk.Disk, c *child) *child {
		p.failFlush(d, syscall.EIO)
		for d.Mood().FailFlush != 0 {
			time.Sleep(100 * time.Microsecond)
		}
		p.moment(2 * time.Millisecond)
		return c
	})
	if n := p.violations(); 100*n < p.states {
		t.Errorf("going on after a failed flush broke %d of %d states, want at least one in a hundred: the harness is blind", n, p.states)
	}
}
