package proof

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"motcua/cmd/internal/faultdisk"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
)

// Limits of a hall's office, for which the benchmarks report ratios.
const (
	limitP99    = 50 * time.Millisecond
	limitScreen = 100 * time.Millisecond
	limitMiB    = 64
)

// load is a hall at work: screens that follow and kiosks that send at a rate.
type load struct {
	*victim
	count   int      // of screens
	sent    sync.Map // record → when its command was sent
	seen    chan time.Duration
	live    sync.WaitGroup
	screens sync.WaitGroup
}

// newLoad opens the real office in a folder, and its screens; end it with the
// function.
func newLoad(b *testing.B, dir string, screens int) (*load, func()) {
	b.Helper()
	v, err := opened(program(b, "motcuad"), dir, "--office", officeFile(b))
	if err != nil {
		b.Fatal(err)
	}
	l := &load{victim: v, count: screens, seen: make(chan time.Duration, 1<<20)}
	ctx, cancel := context.WithCancel(context.Background())
	l.live.Add(screens)
	for range screens {
		l.screens.Go(func() { l.follow(ctx, b) })
	}
	l.live.Wait()
	return l, func() { cancel(); l.screens.Wait(); v.kill() }
}

// follow is one screen: it takes each update off the wire, as fast as it comes.
func (l *load) follow(ctx context.Context, b *testing.B) {
	live := sync.OnceFunc(l.live.Done)
	defer live()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, l.url+"/v1/events", nil)
	if err != nil {
		b.Error(err)
		return
	}
	res, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		b.Error(err)
		return
	}
	defer res.Body.Close()
	lines := bufio.NewReaderSize(res.Body, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if err == bufio.ErrBufferFull { // the whole state
			continue
		} else if err != nil {
			if ctx.Err() == nil {
				b.Error("a screen was cut off:", err)
			}
			return
		}
		id, ok := bytes.CutPrefix(line, []byte("id: "))
		if !ok {
			continue
		}
		live()
		seq, err := strconv.ParseUint(string(bytes.TrimSpace(id)), 10, 64)
		if at, ok := l.sent.Load(seq); ok && err == nil {
			l.seen <- time.Since(at.(time.Time))
		}
	}
}

// rate sends so many commands a second from so many kiosks for n commands, each
// at its own moment whether those before are answered or not, and returns how
// long each number took from that moment. Half of the commands take a number
// and the others give it back, so that the hall does not fill.
func (l *load) rate(b *testing.B, perSecond, n int) []time.Duration {
	b.Helper()
	const kiosks = 64
	var mu sync.Mutex
	var took []time.Duration
	var failed atomic.Int64
	ask := over(l.url)
	start := time.Now().Add(50 * time.Millisecond)
	var group sync.WaitGroup
	for k := range kiosks {
		group.Go(func() {
			device := fmt.Sprintf("kiosk-%d-%d", perSecond, k)
			count := uint64(0)
			do := func(cmd queue.Command, due time.Time) (r office.Reply) {
				data, _ := json.Marshal(cmd)
				count++
				call, _ := json.Marshal(map[string]any{
					"n": count, "by": chain.Actor{Device: device}, "type": cmd.Name(), "data": json.RawMessage(data),
				})
				status, raw, err := ask(context.Background(), http.MethodPost, "/v1/commands", call)
				if err != nil || status != http.StatusOK || json.Unmarshal(raw, &r) != nil {
					failed.Add(1)
				}
				l.sent.Store(r.Seq, due)
				return r
			}
			for i := k; i < n/2; i += kiosks {
				due := start.Add(time.Duration(i) * 2 * time.Second / time.Duration(perSecond))
				time.Sleep(time.Until(due))
				r := do(queue.IssueTicket{Service: []string{"ho-tich", "dat-dai"}[k%2], Identity: fmt.Sprint(device, i)}, due)
				mu.Lock()
				took = append(took, time.Since(due))
				mu.Unlock()
				if r.Ticket != nil {
					do(queue.VoidTicket{Ticket: r.Ticket.ID, Reason: "x"}, time.Now())
				}
			}
		})
	}
	group.Wait()
	if failed.Load() > 0 {
		b.Errorf("%d of %d commands failed at %d a second", failed.Load(), n, perSecond)
	}
	return took
}

// quantile is the q-quantile of some times.
func quantile(times []time.Duration, q float64) time.Duration {
	slices.Sort(times)
	return times[int(q*float64(len(times)-1))]
}

// twoFlushes are the two flushes of bbolt's format, bare, on the same disk: the
// yardstick for whatever is durable.
func twoFlushes(b *testing.B, n int) []time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	pages := make([]byte, 8*4096)
	if _, err := f.Write(make([]byte, 16<<20)); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for i := range n {
		began := time.Now()
		for _, part := range [][]byte{pages, pages[:4096]} {
			if _, err := f.WriteAt(part, int64(i%300)*int64(len(pages))); err != nil {
				b.Fatal(err)
			}
			if err := unix.Fdatasync(int(f.Fd())); err != nil {
				b.Fatal(err)
			}
		}
		took = append(took, time.Since(began))
	}
	return took
}

// anonymous is a process's memory beside what it maps of files, in MiB.
func anonymous(b *testing.B, pid int) float64 {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		b.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(raw), "RssAnon:")
	var kib float64
	if _, err := fmt.Sscan(rest, &kib); err != nil {
		b.Fatal(err)
	}
	return kib / 1024
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// BenchmarkHall is the real office with 200 screens and 100 commands a second:
// what a number takes over HTTP, when the screens know, and the memory; each as
// a ratio to its limit. Run it for 1000 commands or more.
func BenchmarkHall(b *testing.B) {
	l, end := newLoad(b, b.TempDir(), 200)
	defer end()
	raw := twoFlushes(b, 200)
	b.ResetTimer()
	took := l.rate(b, 100, max(200, b.N))
	b.StopTimer()
	raw = append(raw, twoFlushes(b, 200)...)
	shown := drain(l.seen)
	if len(shown) < l.count*len(took) {
		b.Errorf("%d updates for %d screens and %d numbers", len(shown), l.count, len(took))
	}
	memory := anonymous(b, l.cmd.Process.Pid)
	two := quantile(raw, 0.5)
	b.ReportMetric(ms(quantile(took, 0.5)), "number-p50-ms")
	b.ReportMetric(ms(quantile(took, 0.99)), "number-p99-ms")
	b.ReportMetric(ms(two), "raw-two-flushes-p50-ms")
	b.ReportMetric(float64(quantile(took, 0.5))/float64(2*two+5*time.Millisecond), "p50-of-limit")
	b.ReportMetric(float64(quantile(took, 0.99))/float64(limitP99), "p99-of-limit")
	b.ReportMetric(ms(quantile(shown, 0.99)), "press-to-screen-p99-ms")
	b.ReportMetric(float64(quantile(shown, 0.99))/float64(limitScreen), "screen-of-limit")
	b.ReportMetric(memory, "memory-MiB")
	b.ReportMetric(memory/limitMiB, "memory-of-limit")
}

// drain takes what has come and what still comes within a moment.
func drain(c <-chan time.Duration) (list []time.Duration) {
	for {
		select {
		case d := <-c:
			list = append(list, d)
		case <-time.After(time.Second):
			return list
		}
	}
}

// BenchmarkHallSaturation asks for more and more, with 200 screens on the same
// cores: the highest rate, in steps of half as much again, at which 99 of 100
// numbers come within 50 ms; 500 commands a second are wanted.
func BenchmarkHallSaturation(b *testing.B) {
	const wanted = 500
	l, end := newLoad(b, b.TempDir(), 200)
	defer end()
	go func() {
		for range l.seen { // nobody looks
		}
	}()
	best := 0
	for b.Loop() {
		for per := wanted; per < 8*wanted; per += per / 2 {
			p99 := quantile(l.rate(b, per, 3*per), 0.99)
			b.Logf("%d commands/s: 99 %% of the numbers within %.1f ms", per, ms(p99))
			if p99 > limitP99 {
				break
			}
			best = max(best, per)
		}
	}
	b.ReportMetric(float64(best), "commands/s")
	b.ReportMetric(float64(best)/wanted, "x-wanted")
}

// BenchmarkSlowDisk is an office whose disk takes 10 or 30 ms for a flush, with
// 40 screens: 99 of 100 numbers within 150 and 300 ms. Run it for 1 time.
func BenchmarkSlowDisk(b *testing.B) {
	for _, slow := range []struct {
		flush, limit time.Duration
		perSecond    int
	}{
		{10 * time.Millisecond, 150 * time.Millisecond, 100}, {30 * time.Millisecond, 300 * time.Millisecond, 20},
	} {
		b.Run(slow.flush.String(), func(b *testing.B) {
			mnt := b.TempDir()
			d, err := faultdisk.Mount(mnt, nil)
			if err != nil {
				b.Skip(err)
			}
			defer func() {
				if err := d.Unmount(); err != nil {
					b.Error(err)
				}
			}()
			d.Set(faultdisk.Mood{Flush: slow.flush})
			l, end := newLoad(b, filepath.Join(mnt, "office"), 40)
			defer end()
			var took []time.Duration
			for b.Loop() {
				took = append(took, l.rate(b, slow.perSecond, 8*slow.perSecond)...)
			}
			p99 := quantile(took, 0.99)
			b.ReportMetric(ms(quantile(took, 0.5)), "number-p50-ms")
			b.ReportMetric(ms(p99), "number-p99-ms")
			b.ReportMetric(float64(p99)/float64(slow.limit), "p99-of-limit")
		})
	}
}
