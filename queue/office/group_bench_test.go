package office_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
)

// BenchmarkGroupCommit is what joining commands into one commit gains: 64
// devices that each wait for their answer, against one, in the same run.
func BenchmarkGroupCommit(b *testing.B) {
	o := open(b, b.TempDir(), nil)
	rate := func(devices, each int) float64 {
		var all sync.WaitGroup
		start := time.Now()
		for d := range devices {
			all.Go(func() {
				name := fmt.Sprintf("bench-%d", d)
				n, err := o.LastN(context.Background(), name)
				for range each {
					if n++; err == nil {
						_, err = o.Do(context.Background(), office.Call{N: n, By: chain.Actor{Device: name}, Command: queue.RequestHelp{}})
					}
				}
				if err != nil {
					b.Error(err)
				}
			})
		}
		all.Wait()
		return float64(devices*each) / time.Since(start).Seconds()
	}
	var one, many float64
	rounds := 0.0
	for b.Loop() {
		one += rate(1, 100)
		many += rate(64, 60)
		rounds++
	}
	b.ReportMetric(one/rounds, "one/s")
	b.ReportMetric(many/rounds, "64/s")
	b.ReportMetric(many/one, "x-one")
}
