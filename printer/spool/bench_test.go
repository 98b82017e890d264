package spool_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"motcua/printer/device"
	"motcua/printer/escpos"
	"motcua/printer/raster"
	"motcua/printer/spool"
	"motcua/printer/twin"
)

// bench is a printer and a spool side by side, in one bubble of time.
type bench struct {
	t       testing.TB
	cfg     spool.Config
	printer *twin.Printer
	spool   *spool.Spool
	stop    func()

	mu       sync.Mutex // guards what follows
	outcomes []spool.Outcome
	unplug   bool
}

// newBench sets up a printer of a profile's kind; rows take a millisecond, so that faults can
// fall into the middle of a slip.
func newBench(t testing.TB, name string) *bench {
	t.Helper()
	profile, err := escpos.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	profile.Paper = raster.Paper{Dots: 576, DPI: 203} // of the test's pictures
	b := &bench{t: t}
	ctx, cancel := context.WithCancel(t.Context())
	b.printer = twin.Start(ctx, twin.Config{Dots: profile.Paper.Dots, FeedUnits: max(profile.FeedUnits, 1), RowTime: time.Millisecond})
	b.cfg = spool.Config{
		Path: filepath.Join(t.TempDir(), "spool.db"), Profile: profile, CopyBar: bar,
		Open: func(context.Context) (device.Device, error) {
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.unplug {
				return nil, errors.New("unplugged")
			}
			host, conn := net.Pipe()
			go b.printer.Handle(ctx, conn)
			return host, nil
		},
		Outcome: func(o spool.Outcome) {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.outcomes = append(b.outcomes, o)
		},
	}
	t.Cleanup(func() {
		if b.stop != nil {
			b.stop()
		}
		cancel()
		b.printer.Wait()
	})
	return b
}

// start opens the spool and runs it; stop ends it.
func (b *bench) start() *bench {
	b.t.Helper()
	s, err := spool.New(b.cfg)
	if err != nil {
		b.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	b.spool = s
	b.stop = func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("run: %v", err)
		}
		if err := s.Close(); err != nil {
			b.t.Errorf("close: %v", err)
		}
		b.stop = nil
	}
	return b
}

// submit queues slip n with two minutes to live.
func (b *bench) submit(n int) {
	b.t.Helper()
	job := spool.Job{ID: id(n), Picture: picture(n), Deadline: time.Now().Add(2 * time.Minute)}
	if err := b.spool.Submit(b.t.Context(), job); err != nil {
		b.t.Fatal(err)
	}
}

// states lists what was told of a slip.
func (b *bench) states(n int) (list []spool.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, o := range b.outcomes {
		if o.JobID == id(n) {
			list = append(list, o.State)
		}
	}
	return list
}

func (b *bench) want(n int, states ...spool.State) {
	b.t.Helper()
	if got := b.states(n); fmt.Sprint(got) != fmt.Sprint(states) {
		b.t.Errorf("slip %d: told %v, want %v", n, got, states)
	}
}

// papers counts whole papers of a slip, with and without the copy bar.
func (b *bench) papers(n int) (plain, marked int) {
	want, dark := picture(n), raster.New(8, 1)
	dark.Fill(dark.Bounds())
	for _, p := range b.printer.Papers() {
		for y := 0; y+want.Height <= p.Picture.Height; y++ {
			if !bytes.Equal(p.Picture.Row(y), want.Row(0)) || !p.Picture.Crop(y, y+want.Height).Equal(want) {
				continue
			}
			if y > 0 && p.Picture.Row(y - 1)[0] == 0xff && p.Picture.Row(y - 1)[1] == 0xff {
				marked++
			} else {
				plain++
			}
		}
	}
	return plain, marked
}

func (b *bench) wantPapers(n, plain, marked int) {
	b.t.Helper()
	if p, m := b.papers(n); p != plain || m != marked {
		b.t.Errorf("slip %d: %d papers and %d marked copies, want %d and %d", n, p, m, plain, marked)
	}
	if err := b.printer.Err(); err != nil {
		b.t.Errorf("the printer did not understand: %v", err)
	}
}

// sleep lets time pass and everything settle.
func sleep(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func id(n int) string { return fmt.Sprintf("261123-A%03d", n) }

// height is how many rows a test slip has: five buffers full.
const height = 300

// picture is a slip unlike any other; its first row carries its number.
func picture(n int) *raster.Bitmap {
	b := raster.New(576, height)
	for y := range height {
		row := b.Row(y)
		row[0], row[1] = 0x66, byte(n)|0xc0
		row[2+(y*3+n)%60] = 0x66
	}
	b.Row(0)[70] = 0x7e
	return b
}

// bar is a black bar of ten rows.
func bar(p raster.Paper, _ string, _ int, _ time.Time) (*raster.Bitmap, error) {
	b := raster.New(p.Dots, 10)
	b.Fill(b.Bounds())
	return b, nil
}
