package sim_test

import (
	"syscall"
	"testing"
	"time"

	"motcua/queue/sim"
)

// monthLimit is the bar of the benchmark below: processor time for 200,000
// tickets of unlucky office days, every event checked.
const (
	monthTickets = 200_000
	monthLimit   = 15 * time.Second
)

// BenchmarkMonth plays unlucky days of a ward, a hall and a city's office and
// reports the processor time that 200,000 tickets would take.
func BenchmarkMonth(b *testing.B) {
	few := sim.SomeFaults()
	few.Crash, few.Jump = few.Crash/20, few.Jump/20
	for _, x := range []struct {
		name string
		m    sim.Month
	}{
		{"ward", sim.Month{Office: ward(), Days: 22, Faults: sim.SomeFaults()}},
		{"hall", sim.Month{Office: hall(), Days: 11, Faults: sim.SomeFaults()}},
		{"city", sim.Month{Office: city(), Days: 4, Faults: few}},
	} {
		b.Run(x.name, func(b *testing.B) {
			m := x.m
			m.Start, m.Seed = "2026-11-02", 1
			tickets, start := 0, cpuTime(b)
			for b.Loop() {
				r, err := m.Play()
				if err != nil {
					b.Fatal(err)
				}
				tickets += r.Count.Tickets
			}
			took := (cpuTime(b) - start).Seconds() * monthTickets / float64(tickets)
			b.ReportMetric(took, "cpu-s/200k")
			b.ReportMetric(took/monthLimit.Seconds(), "of-limit")
			b.ReportMetric(float64(tickets)/float64(b.N), "tickets")
		})
	}
}

// cpuTime is what the process has used of all processors so far.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Skip("no processor time here:", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
