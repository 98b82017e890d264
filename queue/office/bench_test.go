package office_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"motcua/queue"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// quantile is the q-quantile of some times, in microseconds.
func quantile(times []time.Duration, q float64) float64 {
	slices.Sort(times)
	return float64(times[int(q*float64(len(times)-1))]) / float64(time.Microsecond)
}

// rawDisk is the least that durable can cost on this disk: a record's bytes
// written and flushed, and the two flushes that bbolt's format needs.
type rawDisk struct {
	file *os.File
	at   int64
	page []byte
}

func newRawDisk(b *testing.B) *rawDisk {
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = f.Close() })
	zero := make([]byte, 1<<20)
	for range 64 { // allocated beforehand, as a journal's file mostly is
		if _, err := f.Write(zero); err != nil {
			b.Fatal(err)
		}
	}
	return &rawDisk{file: f, page: make([]byte, 8*4096)}
}

func (r *rawDisk) write(b *testing.B, n int) {
	if _, err := r.file.WriteAt(r.page[:n], r.at%(60<<20)); err != nil {
		b.Fatal(err)
	}
	r.at += int64(n)
	if err := unix.Fdatasync(int(r.file.Fd())); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkIssueTicketDurable is one kiosk pressing as fast as it can, against
// the raw disk in the same run: one flush, and the two that bbolt does.
func BenchmarkIssueTicketDurable(b *testing.B) {
	at := morningOf()
	o := open(b, b.TempDir(), func(c *office.Config) { c.Now = at.Now })
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	raw := newRawDisk(b)
	var issue, one, two []time.Duration
	timed := func(list *[]time.Duration, fn func()) {
		start := time.Now()
		fn()
		*list = append(*list, time.Since(start))
	}
	for b.Loop() {
		if len(issue)%900 == 899 {
			at.add(24 * time.Hour) // 999 numbers a day
		}
		var r office.Reply
		timed(&issue, func() { r = do(b, kiosk, "", "", queue.IssueTicket{Service: "civil"}) })
		timed(&one, func() { raw.write(b, 300) })
		timed(&two, func() { raw.write(b, 8*4096); raw.write(b, 4096) })
		do(b, kiosk, "", "", queue.VoidTicket{Ticket: r.Ticket.ID, Reason: "x"}) // an empty hall, as in a quiet office
	}
	b.ReportMetric(quantile(issue, 0.5), "issue-p50-µs")
	b.ReportMetric(quantile(issue, 0.99), "issue-p99-µs")
	b.ReportMetric(quantile(one, 0.5), "raw-flush-p50-µs")
	b.ReportMetric(quantile(two, 0.5), "raw-two-flushes-p50-µs")
	b.ReportMetric(quantile(issue, 0.5)/quantile(two, 0.5), "x-two-flushes")
}

// BenchmarkParallel32Kiosks16Counters is a hall far beyond any ward's: every
// machine sends over HTTP as fast as it is answered, while at most 200 people
// wait. No number twice, no double call, no failure.
func BenchmarkParallel32Kiosks16Counters(b *testing.B) {
	o := open(b, b.TempDir(), func(c *office.Config) {
		c.Setup.Services[0].Last, c.Setup.Services[1].Last = 9999, 9999
		c.Setup.Counters, c.Setup.Officers = nil, nil
		for i := range 16 {
			id := fmt.Sprint(i + 1)
			c.Setup.Counters = append(c.Setup.Counters, queue.Counter{ID: id, Tiers: [][]string{{"civil", "copy"}}})
			c.Setup.Officers = append(c.Setup.Officers, queue.Officer{ID: "cb" + id, Name: id})
		}
	})
	_, server := serve(b, o)
	client := office.Dial(server.URL, office.DialOptions{Transport: &http.Transport{MaxIdleConnsPerHost: 64}})
	var mu sync.Mutex
	issued, called := map[queue.TicketID]int{}, map[queue.TicketID]int{} // guarded by mu
	var times []time.Duration                                            // guarded by mu
	var commands, failures, left atomic.Int64
	note := func(seen map[queue.TicketID]int, id queue.TicketID, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		seen[id]++
		times = append(times, took)
	}
	left.Store(int64(min(b.N, 18000)))
	seats := make(chan struct{}, 200)
	b.ResetTimer()
	var kiosks, desks sync.WaitGroup
	closing := make(chan struct{})
	for i := range 32 {
		kiosks.Go(func() {
			k := office.NewCaller(client, fmt.Sprintf("kiosk-%d", i))
			for left.Add(-1) >= 0 {
				seats <- struct{}{}
				start := time.Now()
				r, err := k.Do(context.Background(), "", "", queue.IssueTicket{Service: []string{"civil", "copy"}[i%2]})
				commands.Add(1)
				if err != nil {
					failures.Add(1)
					continue
				}
				note(issued, r.Ticket.ID, time.Since(start))
			}
		})
	}
	for i := range 16 {
		desks.Go(func() {
			id := fmt.Sprint(i + 1)
			d := office.NewCaller(client, "desk-"+id)
			do(b, d, "cb"+id, id, queue.OpenCounter{})
			for {
				start := time.Now()
				r, err := d.Do(context.Background(), "cb"+id, id, queue.CallNext{}) // finishes the open one first
				commands.Add(1)
				switch {
				case err == nil:
					<-seats
					note(called, r.Ticket.ID, time.Since(start))
				case !errors.Is(err, refusal.New("queue-empty")):
					failures.Add(1)
				default:
					select {
					case <-closing:
						return
					default:
					}
				}
			}
		})
	}
	kiosks.Wait()
	close(closing)
	desks.Wait()
	b.StopTimer()
	for id, n := range issued {
		if n != 1 || called[id] != 1 {
			b.Errorf("%s was given %d times and called %d times", id, n, called[id])
		}
	}
	if failures.Load() > 0 || len(called) != len(issued) {
		b.Errorf("%d failures, %d issued, %d called", failures.Load(), len(issued), len(called))
	}
	b.ReportMetric(float64(commands.Load())/b.Elapsed().Seconds(), "commands/s")
	b.ReportMetric(quantile(times, 0.5)/1000, "p50-ms")
	b.ReportMetric(quantile(times, 0.99)/1000, "p99-ms")
}

// BenchmarkCommitToScreen is the time from pressing to the last of 50 screens.
func BenchmarkCommitToScreen(b *testing.B) {
	o := open(b, b.TempDir(), nil)
	client, _ := serve(b, o)
	const screens = 50
	type seen struct {
		seq uint64
		at  time.Time
	}
	arrived := make(chan seen, screens*4)
	for range screens {
		updates, err := client.Follow(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		<-updates
		go func() {
			for u := range updates {
				if u.Record != nil && u.Record.Type == (queue.HelpRequested{}).Kind() { // not the day, not a checkpoint
					arrived <- seen{u.Seq, time.Now()}
				}
			}
		}()
	}
	kiosk := office.NewCaller(office.Local(o), "kiosk-1")
	do(b, kiosk, "", "", queue.RequestHelp{}) // opens the day
	for range screens {
		<-arrived
	}
	var commit, last, all []time.Duration
	for b.Loop() {
		start := time.Now()
		r := do(b, kiosk, "", "", queue.RequestHelp{})
		done := time.Now()
		commit = append(commit, done.Sub(start))
		slowest := start
		for range screens {
			s := <-arrived
			if s.seq != r.Seq {
				b.Fatalf("a screen got record %d, want %d", s.seq, r.Seq)
			}
			all = append(all, s.at.Sub(done))
			if s.at.After(slowest) {
				slowest = s.at
			}
		}
		last = append(last, slowest.Sub(start))
	}
	b.ReportMetric(quantile(commit, 0.5)/1000, "commit-p50-ms")
	b.ReportMetric(quantile(all, 0.5)/1000, "screen-p50-ms")
	b.ReportMetric(quantile(all, 0.99)/1000, "screen-p99-ms")
	b.ReportMetric(quantile(last, 0.99)/1000, "press-to-last-screen-p99-ms")
}
