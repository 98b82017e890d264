package office

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"motcua/queue/health"
)

// metrics is GET /metrics: Prometheus text format 0.0.4. No label names a
// person, a ticket or a dossier.
func (s *server) metrics(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	var b strings.Builder
	s.office.writeMetrics(r.Context(), &b)
	_, _ = io.WriteString(w, b.String())
	return nil
}

func (o *Office) writeMetrics(ctx context.Context, b *strings.Builder) {
	put := func(name, kind, help string, value any) {
		fmt.Fprintf(b, "# HELP motcua_%s %s\n# TYPE motcua_%s %s\nmotcua_%s %v\n", name, help, name, kind, name, value)
	}
	state, head := o.State(), o.journal.Head()
	put("tickets_issued_today", "gauge", "tickets of the business day", len(state.Tickets))
	put("tickets_waiting", "gauge", "tickets waiting now", state.Waiting(""))
	fmt.Fprintf(b, "# HELP motcua_queue_length tickets waiting now, by service\n# TYPE motcua_queue_length gauge\n")
	for _, s := range state.Config.Services {
		fmt.Fprintf(b, "motcua_queue_length{service=%q} %d\n", s.ID, state.Waiting(s.ID))
	}
	put("counters_working", "gauge", "counters that can call now", state.Working(""))
	put("journal_records", "counter", "sequence of the last record", head.Seq)
	put("journal_bytes", "gauge", "size of the journal file", o.journal.Size())
	if room, err := o.journal.Room(); err == nil {
		put("journal_room_bytes", "gauge", "bytes before commands are refused", max(0, room))
	}
	open, oldest := o.journal.Readers()
	put("read_tx_open", "gauge", "open read transactions", open)
	put("read_tx_oldest_seconds", "gauge", "age of the oldest one", oldest.Seconds())
	put("commands_total", "counter", "commands answered", o.meter.commands.Load())
	put("commands_busy_total", "counter", "commands refused because too many were waiting", o.meter.busy.Load())
	put("commands_full_total", "counter", "batches refused because the disk was full", o.meter.full.Load())
	following, cut := o.stream.counts()
	put("followers", "gauge", "event streams open", following)
	put("followers_cut_total", "counter", "event streams cut off as too slow", cut)
	suspect := 0
	if o.Err() != nil {
		suspect = 1
	}
	put("store_suspect", "gauge", "1 after a failed flush", suspect)
	if offset := o.meter.offset.Load(); offset != nil {
		put("clock_offset_seconds", "gauge", "how far the clock is behind the city's", offset.Seconds())
	}
	if have := o.meter.standby.Load(); have != nil {
		put("standby_lag_seq", "gauge", "records that the standby does not have", head.Seq-min(head.Seq, *have))
	}
	o.linkMetrics(ctx, put)
	o.meter.write(b)
	o.lan.turned.write(b)
	fmt.Fprintf(b, "# HELP motcua_check 0 ok, 1 warn, 2 fail\n# TYPE motcua_check gauge\n")
	for _, c := range o.Health(ctx) {
		fmt.Fprintf(b, "motcua_check{name=%q} %d\n", c.Name, map[health.Level]int{health.OK: 0, health.Warn: 1, health.Fail: 2}[c.Level])
	}
}

// linkMetrics tells how far the city is behind.
func (o *Office) linkMetrics(ctx context.Context, put func(name, kind, help string, value any)) {
	link := o.Link()
	if link == nil {
		return
	}
	up := 0
	if link.Up {
		up = 1
	}
	put("uplink_up", "gauge", "1 while the city answers", up)
	head := o.journal.Head().Seq
	put("uplink_behind_records", "gauge", "records that the city does not have", head-min(head, link.Acked))
	age := 0.0
	if oldest, err := o.journal.Range(ctx, link.Acked, 1); err == nil && len(oldest) == 1 {
		age = max(0, o.cfg.Now().Sub(oldest[0].At).Seconds())
	}
	put("oldest_unsent_seconds", "gauge", "age of the oldest record that the city does not have", age)
}

// write is the histogram of commits.
func (m *meter) write(b *strings.Builder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.WriteString("# HELP motcua_commit_seconds time of a commit, from the first command to the disk's word\n# TYPE motcua_commit_seconds histogram\n")
	count := uint64(0)
	for i, bound := range commitBounds {
		count += m.buckets[i]
		fmt.Fprintf(b, "motcua_commit_seconds_bucket{le=\"%g\"} %d\n", bound.Seconds(), count)
	}
	count += m.buckets[len(commitBounds)]
	fmt.Fprintf(b, "motcua_commit_seconds_bucket{le=\"+Inf\"} %d\nmotcua_commit_seconds_sum %g\nmotcua_commit_seconds_count %d\n",
		count, m.total.Seconds(), count)
}

// watch is how often the office looks for forgotten readers.
const watch = time.Second

// watchdog reports a read transaction that somebody forgot: it would stop the
// writer. It ends with the office.
func (o *Office) watchdog() {
	t := time.NewTicker(watch)
	defer t.Stop()
	for {
		select {
		case <-o.done:
			return
		case <-t.C:
			if open, oldest := o.journal.Readers(); oldest > forgotten {
				o.log.Error("a read transaction was forgotten", "open", open, "oldest", oldest)
			}
		}
	}
}
