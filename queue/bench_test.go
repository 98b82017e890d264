package queue_test

import (
	"fmt"
	"testing"

	"motcua/queue"
)

// BenchmarkEstimate holds the promise made at issue against the length of the
// line: a thousand people waiting must not cost more each than ten do.
func BenchmarkEstimate(b *testing.B) {
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			d := open(b, func(c *queue.Config) { c.Services[0].Last = 9999 })
			d.sit("1", "cb01")
			d.sit("2", "cb02")
			for range n {
				d.issue("ho-tich", "")
			}
			for b.Loop() {
				d.s.Estimate("ho-tich", "", d.now)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/waiting")
		})
	}
}
