package spool_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"motcua/printer/spool"
)

// fault is something that happens to a printer, and after how long.
type fault struct {
	kind int
	wait time.Duration
}

var faultNames = []string{
	"paper ends soon", "paper out", "cover opens", "cutter jams", "silence",
	"line drops", "power cycle", "repair", "restart of the program", "one more slip",
}

func (f fault) String() string { return fmt.Sprintf("%s after %v", faultNames[f.kind], f.wait) }

// TestRandomFaults: whatever happens to the printer, a slip never has two
// unmarked whole papers; a slip that counts as printed has a whole paper; none
// is forgotten.
func TestRandomFaults(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		profile := rapid.SampledFrom([]string{epson, "epson-tm-t82-180", "generic-80"}).Draw(rt, "profile")
		schedule := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) fault {
			return fault{
				rapid.IntRange(0, len(faultNames)-1).Draw(rt, "fault"),
				time.Duration(rapid.IntRange(0, 3000).Draw(rt, "ms")) * time.Millisecond,
			}
		}), 1, 12).Draw(rt, "schedule")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = suffer(t, profile, schedule) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// suffer runs a schedule and reports what broke the promise.
func suffer(t *testing.T, profile string, schedule []fault) (wrong string) {
	b := newBench(t, profile)
	b.start().submit(1)
	slips := 1
	for _, f := range schedule {
		sleep(f.wait)
		switch f.kind {
		case 0:
			b.printer.EndPaperAfter(int(f.wait/time.Millisecond) % 400)
		case 1:
			b.printer.EndPaperAfter(0)
		case 2:
			b.printer.OpenCover(true)
		case 3:
			b.printer.JamCutter(true)
		case 4:
			b.printer.Silence(true)
		case 5:
			b.printer.DropAfter(int(f.wait/time.Millisecond) * 9)
		case 6:
			b.printer.PowerCycle()
		case 7:
			repair(b)
		case 8:
			b.stop()
			b.start()
		case 9:
			slips++
			b.submit(slips)
		}
	}
	repair(b)
	sleep(5 * time.Minute)
	b.stop()
	if err := b.printer.Err(); err != nil {
		return fmt.Sprintf("the printer did not understand: %v", err)
	}
	b.start()
	for n := 1; n <= slips; n++ {
		plain, marked := b.papers(n)
		state, known := b.spool.Lookup(id(n))
		switch {
		case plain > 1:
			return fmt.Sprintf("slip %d has %d unmarked papers", n, plain)
		case !known || !state.Final() && state != spool.Unknown:
			return fmt.Sprintf("slip %d is still %q (told %v)", n, state, b.states(n))
		case profile == epson && (state == spool.Done || state == spool.Printed) && plain+marked == 0 && !torn(b, n):
			return fmt.Sprintf("slip %d counts as %s and no paper came out", n, state)
		}
	}
	return ""
}

func repair(b *bench) {
	b.printer.LoadPaper()
	b.printer.OpenCover(false)
	b.printer.JamCutter(false)
	b.printer.Silence(false)
}

// torn reports whether the rows of a slip are all there but on two papers: the
// roll was changed between its last row and its cut, or under an open cover.
func torn(b *bench, n int) bool {
	rows := 0
	for _, p := range b.printer.Papers() {
		for y := range p.Picture.Height {
			if row := p.Picture.Row(y); row[0] == 0x66 && row[1] == byte(n)|0xc0 {
				rows++
			}
		}
	}
	return rows >= height
}
