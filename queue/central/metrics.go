package central

import (
	"bytes"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// bounds are the upper ends of the ingest histogram, in seconds.
var bounds = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// outcomes of a batch, in the order of meters.batches.
var outcomes = [...]string{"ok", "conflict", "bad", "busy", "error"}

// meters count since the start of the process. The zero value is ready.
type meters struct {
	polls atomic.Int64

	mu       sync.Mutex // guards the rest
	batches  [len(outcomes)]uint64
	events   uint64
	rejected uint64
	buckets  [len(bounds) + 1]uint64
	seconds  float64
}

func (m *meters) batch(outcome string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, o := range outcomes {
		if o == outcome {
			m.batches[i]++
		}
	}
}

func (m *meters) took(t Taken, d time.Duration) {
	m.batch("ok")
	m.mu.Lock()
	defer m.mu.Unlock()
	m.events += uint64(t.Fresh)
	m.rejected += uint64(len(t.Rejected))
	m.seconds += d.Seconds()
	i := 0
	for i < len(bounds) && d.Seconds() > bounds[i] {
		i++
	}
	m.buckets[i]++
}

// getMetrics writes the Prometheus text format, version 0.0.4.
func (s *Server) getMetrics(w http.ResponseWriter, r *http.Request) {
	report, err := s.store.City(r.Context(), s.day(r), s.now(), s.tokens.Load().Offices())
	if err != nil {
		s.fail(w, r, err)
		return
	}
	var b bytes.Buffer
	head := func(name, kind, help string) { fmt.Fprintf(&b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind) }
	s.meters.write(&b, head)

	head("motcua_offices", "gauge", "Offices by the state of their line.")
	lines := map[Line]int{}
	aside := 0
	for _, o := range report.Offices {
		lines[o.Line]++
		aside += o.SetAside
	}
	for _, l := range []Line{LineUp, LineDown, LineFork, LineNever} {
		fmt.Fprintf(&b, "motcua_offices{line=%q} %d\n", l, lines[l])
	}
	head("motcua_set_aside_records", "gauge", "Records in quarantine, of all offices.")
	fmt.Fprintf(&b, "motcua_set_aside_records %d\n", aside)
	head("motcua_tickets_today", "gauge", "Tickets of today by what became of them.")
	c := report.City
	for _, v := range []struct {
		name string
		n    int
	}{{"waiting", c.Waiting}, {"serving", c.Serving}, {"held", c.Held}, {"absent", c.Absent}, {"served", c.Served}, {"dropped", c.Dropped}} {
		fmt.Fprintf(&b, "motcua_tickets_today{status=%q} %d\n", v.name, v.n)
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write(b.Bytes()) //nolint:errcheck // the caller has gone: nothing to do
}

func (m *meters) write(b *bytes.Buffer, head func(name, kind, help string)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	head("motcua_batches_total", "counter", "Batches by outcome.")
	for i, o := range outcomes {
		fmt.Fprintf(b, "motcua_batches_total{outcome=%q} %d\n", o, m.batches[i])
	}
	head("motcua_records_total", "counter", "Records taken that were new.")
	fmt.Fprintf(b, "motcua_records_total %d\n", m.events)
	head("motcua_rejected_total", "counter", "Records set aside.")
	fmt.Fprintf(b, "motcua_rejected_total %d\n", m.rejected)
	head("motcua_ingest_seconds", "histogram", "Time of one batch in the database.")
	sum := uint64(0)
	for i, le := range bounds {
		sum += m.buckets[i]
		fmt.Fprintf(b, "motcua_ingest_seconds_bucket{le=\"%g\"} %d\n", le, sum)
	}
	sum += m.buckets[len(bounds)]
	fmt.Fprintf(b, "motcua_ingest_seconds_bucket{le=\"+Inf\"} %d\nmotcua_ingest_seconds_sum %g\nmotcua_ingest_seconds_count %d\n", sum, m.seconds, sum)
	head("motcua_polls", "gauge", "Offices waiting for notices now.")
	fmt.Fprintf(b, "motcua_polls %d\n", m.polls.Load())
}
