package station_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/printer/device"
	"motcua/printer/twin"
	"motcua/queue"
	"motcua/queue/office"
)

// quantile is the q-quantile of some times, in milliseconds.
func quantile(times []time.Duration, q float64) float64 {
	slices.Sort(times)
	return float64(times[int(q*float64(len(times)-1))]) / float64(time.Millisecond)
}

// tapped is a line that says when the first byte of a picture comes by.
type tapped struct {
	device.Device
	first chan<- time.Time
}

// Write lets bytes through; only slips are longer than a question.
func (d tapped) Write(b []byte) (int, error) {
	if len(b) > 200 {
		select {
		case d.first <- time.Now():
		default:
		}
	}
	return d.Device.Write(b)
}

// BenchmarkTouchToPaper is a citizen's second touch until the first byte of the
// slip is on its way to the printer, beside a bare flush of the same disk: in
// between lie the number's commit, the slip's picture and the print journal.
func BenchmarkTouchToPaper(b *testing.B) {
	h := open(b)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	printer := twin.Start(ctx, twin.Config{})
	first := make(chan time.Time, 1)
	cfg := station.PaperConfig{Profile: epson, Dir: b.TempDir(), Texts: texts(b)}
	paper := run(b)(station.NewPaperOn(cfg, func(context.Context) (device.Device, error) {
		host, conn := net.Pipe()
		go printer.Handle(ctx, conn)
		return tapped{host, first}, nil
	}))
	k := h.kiosk(b, office.Local(h.Office), paper)
	flush := bareFlush(b)
	var touch, number, bare []time.Duration
	last := queue.TicketID("")
	for n := 0; b.Loop(); n++ {
		service := h.demo.Config.Services[n/900%len(h.demo.Config.Services)].ID // 999 numbers a service
		k.press(session.TakeNumber, "")
		k.until("the services", func(s session.State) bool { return s.Screen == session.Services })
		select {
		case <-first:
		default:
		}
		begun := time.Now()
		k.press(session.PickService, service)
		s := k.until("the number", func(s session.State) bool {
			return s.Screen == session.Ticket && s.Issued.ID != last
		})
		number = append(number, time.Since(begun))
		touch = append(touch, (<-first).Sub(begun))
		last = s.Issued.ID
		k.paper(session.Printed)
		k.press(session.Done, "")
		bare = append(bare, flush())
	}
	b.ReportMetric(quantile(touch, 0.5), "touch-to-print-p50-ms")
	b.ReportMetric(quantile(touch, 0.95), "touch-to-print-p95-ms")
	b.ReportMetric(quantile(number, 0.5), "touch-to-number-p50-ms")
	b.ReportMetric(quantile(bare, 0.5), "bare-flush-p50-ms")
	b.ReportMetric(quantile(touch, 0.5)/quantile(bare, 0.5), "x-bare-flush")
	if err := printer.Err(); err != nil {
		b.Error(err)
	}
}

// bareFlush writes 300 bytes, a record's, to the disk and makes sure of them.
func bareFlush(b *testing.B) func() time.Duration {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { f.Close() })
	if _, err := f.Write(make([]byte, 8<<20)); err != nil {
		b.Fatal(err)
	}
	at, record := int64(0), []byte(fmt.Sprintf("%300d", 1))
	return func() time.Duration {
		begun := time.Now()
		_, err := f.WriteAt(record, at%(8<<20-300))
		if err == nil {
			err = unix.Fdatasync(int(f.Fd()))
		}
		if err != nil {
			b.Fatal(err)
		}
		at += int64(len(record))
		return time.Since(begun)
	}
}
