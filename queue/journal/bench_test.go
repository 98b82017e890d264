package journal_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"motcua/queue"
	"motcua/queue/journal"
)

// grow fills a journal with so many events: working days of 333 numbers, each
// issued, printed, called, started and finished, month after month, sealed as
// they end.
func grow(b testing.TB, j *journal.Journal, events uint64) {
	b.Helper()
	write := func(tx *journal.Tx, e queue.Event, at time.Time) {
		f := fact(b, e, at)
		f.N = tx.Head().Seq + 1
		if _, err := tx.Append(f); err != nil {
			b.Fatal(err)
		}
	}
	for day := time.Date(2016, 1, 4, 1, 0, 0, 0, time.UTC); j.Head().Seq < events; day = day.AddDate(0, 0, 1) {
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			continue
		}
		date := day.Format(time.DateOnly)
		if _, err := j.Update(func(tx *journal.Tx) error {
			if tx.Head().Seq == 0 {
				write(tx, queue.Configured{Config: config()}, day)
			}
			write(tx, queue.DayOpened{Day: date}, day)
			for i := range 333 {
				id := queue.NewTicketID(date, "A", i+1)
				at := day.Add(time.Duration(i) * time.Minute)
				write(tx, queue.TicketIssued{Ticket: id, Service: "civil", Lang: "vi", Code: string(id) + "-ABCDEFGH", Dossiers: 1}, at)
				write(tx, queue.TicketPrinted{Ticket: id, Outcome: "printed"}, at)
				write(tx, queue.TicketCalled{Ticket: id, Counter: "1", Officer: "cb01", Why: "rule"}, at)
				write(tx, queue.TicketStarted{Ticket: id}, at)
				write(tx, queue.TicketFinished{Ticket: id}, at)
				if err := tx.PutAnswer("kiosk-1", tx.Head().Seq, make([]byte, 300)); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			b.Fatal(err)
		}
		if day.Day() < 4 {
			if _, err := j.Seal(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := j.Seal(context.Background()); err != nil {
		b.Fatal(err)
	}
}

func benchJournal(b *testing.B, dir string) *journal.Journal {
	b.Helper()
	j, err := journal.Open(context.Background(), filepath.Join(dir, "office.db"), journal.Options{MinFree: -1})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = j.Close() })
	return j
}

func median(times []time.Duration) time.Duration {
	slices.Sort(times)
	return times[len(times)/2]
}

// BenchmarkCommit is one record with its answer, durable, against the two
// flushes that bbolt's format needs, bare, in the same run.
func BenchmarkCommit(b *testing.B) {
	j := benchJournal(b, b.TempDir())
	raw, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer raw.Close()
	for range 64 { // allocated beforehand, as a journal's file mostly is
		if _, err := raw.Write(make([]byte, 1<<20)); err != nil {
			b.Fatal(err)
		}
	}
	at, page := int64(1), make([]byte, 4096)
	write := func(at int64) {
		if _, err := raw.WriteAt(page, 4096*at); err != nil {
			b.Fatal(err)
		}
	}
	flush := func() {
		if err := unix.Fdatasync(int(raw.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	answer := make([]byte, 200)
	var commits, flushes []time.Duration
	for n := uint64(1); b.Loop(); n++ {
		f := fact(b, queue.HelpRequested{Device: "kiosk-1"}, morning)
		start := time.Now()
		if _, err := j.Update(func(tx *journal.Tx) error {
			if _, err := tx.Append(f); err != nil {
				return err
			}
			return tx.PutAnswer("kiosk-1", n, answer)
		}); err != nil {
			b.Fatal(err)
		}
		commits = append(commits, time.Since(start))
		start = time.Now()
		for range 8 { // pages apart, as a commit leaves them
			at = 2 + (at+2)%(64<<8-4)
			write(at)
		}
		flush()
		write(int64(n % 2))
		flush()
		flushes = append(flushes, time.Since(start))
	}
	commit, two := median(commits), median(flushes)
	b.ReportMetric(float64(commit.Microseconds()), "commit-p50-µs")
	b.ReportMetric(float64(two.Microseconds()), "two-flushes-p50-µs")
	b.ReportMetric(100*float64(two)/float64(commit), "%of-two-flushes")
}

// BenchmarkVerify reads a journal of some months from its first record to its
// last.
func BenchmarkVerify(b *testing.B) {
	j := benchJournal(b, b.TempDir())
	grow(b, j, 100_000)
	records := float64(j.Head().Seq)
	b.ResetTimer()
	for b.Loop() {
		if _, err := j.Verify(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
}

// copyDir is the data folder as a power cut would leave it.
func copyDir(b *testing.B, from string) string {
	b.Helper()
	to := b.TempDir()
	list, err := os.ReadDir(from)
	if err != nil {
		b.Fatal(err)
	}
	for _, e := range list {
		in, err := os.Open(filepath.Join(from, e.Name()))
		if err != nil {
			b.Fatal(err)
		}
		out, err := os.Create(filepath.Join(to, e.Name()))
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(out, in); err != nil {
			b.Fatal(err)
		}
		_, _ = in.Close(), out.Close()
	}
	return to
}

// events are the sizes that opening is compared at; MOTCUA_EVENTS adds one.
func events() []uint64 {
	list := []uint64{10_000, 1_000_000}
	if n, err := strconv.ParseUint(os.Getenv("MOTCUA_EVENTS"), 10, 64); err == nil {
		list = append(list, n)
	}
	return list
}

// BenchmarkOpen opens journals of very different ages, after an orderly end and
// after a crash, and tells how the time grows: the least of some openings.
func BenchmarkOpen(b *testing.B) {
	var first time.Duration
	for _, n := range events() {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			j := benchJournal(b, dir)
			grow(b, j, n)
			head := j.Head()
			crashes := []string{copyDir(b, dir), copyDir(b, dir), copyDir(b, dir)}
			live, sealed := j.Size(), int64(0)
			for _, s := range j.Sealed() {
				info, err := os.Stat(filepath.Join(dir, s.File))
				if err != nil {
					b.Fatal(err)
				}
				sealed += info.Size()
			}
			if err := j.Close(); err != nil {
				b.Fatal(err)
			}
			afterCrash := time.Hour
			for _, dir := range crashes {
				begin := time.Now()
				c := benchJournal(b, dir)
				afterCrash = min(afterCrash, time.Since(begin))
				if c.Head() != head {
					b.Fatal("the crash lost records")
				}
			}
			var times []time.Duration
			for b.Loop() {
				begin := time.Now()
				j, err := journal.Open(context.Background(), filepath.Join(dir, "office.db"), journal.Options{MinFree: -1})
				if err != nil || j.Head() != head {
					b.Fatal(err)
				}
				times = append(times, time.Since(begin))
				_ = j.Close()
			}
			took := slices.Min(times) // what else the machine does only adds
			if first == 0 {
				first = took
			}
			b.ReportMetric(took.Seconds()*1000, "open-ms")
			b.ReportMetric(afterCrash.Seconds()*1000, "open-after-crash-ms")
			b.ReportMetric(float64(took)/float64(first), "x-first")
			b.ReportMetric(float64(live+sealed)/float64(head.Seq), "bytes/record")
			b.ReportMetric(float64(live)/1e6, "live-MB")
		})
	}
}

// BenchmarkCopy takes records that were made elsewhere, as a standby and a
// restore do.
func BenchmarkCopy(b *testing.B) {
	j := benchJournal(b, b.TempDir())
	grow(b, j, 50_000)
	var records uint64
	for b.Loop() {
		c := benchJournal(b, b.TempDir())
		head, err := c.CatchUp(context.Background(), j.Range)
		if err != nil || head != j.Head() {
			b.Fatal(err)
		}
		records += head.Seq
		_ = c.Close()
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
}
