package queue_test

import (
	"encoding/json"
	"fmt"
	"syscall"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// hall is an office with a number of people waiting, of every service and
// class.
func hall(b *testing.B, waiting int) *queue.State {
	b.Helper()
	d := open(b, nil)
	for i, k := range d.s.Config.Counters {
		d.sit(k.ID, fmt.Sprintf("cb%02d", i+1))
	}
	for i := range waiting {
		svc := d.s.Config.Services[i%3]
		class := ""
		if i%7 == 0 {
			class = queue.ClassPriority
		}
		id := queue.TicketID(fmt.Sprintf("261123-%s%d", svc.Letter, i))
		at := monday.Add(time.Duration(i) * 100 * time.Millisecond)
		d.s.Apply(queue.TicketIssued{Ticket: id, Service: svc.ID, Class: class, Dossiers: 1}, at, d.s.Seq+1, kiosk)
	}
	return d.s
}

// BenchmarkNext holds the choice of the next ticket, with its reason, against
// the number of people who wait: it must not grow with them.
func BenchmarkNext(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := hall(b, n)
			for b.Loop() {
				if t, _ := s.Next("2"); t == nil {
					b.Fatal("nobody is next")
				}
			}
		})
	}
}

// BenchmarkCall is a whole turn: call, start, finish, decided and applied, and
// somebody new in line.
func BenchmarkCall(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := hall(b, n)
			by, now := at("2", "cb02"), s.At
			for i := 0; b.Loop(); i++ {
				for _, c := range []queue.Command{queue.CallNext{}, queue.StartService{}, queue.FinishTicket{}} {
					events, err := queue.Decide(s, c, by, queue.Env{Now: now, Mint: mint})
					if err != nil {
						b.Fatal(err)
					}
					for _, e := range events {
						s.Apply(e, now, s.Seq+1, by)
					}
				}
				id := queue.TicketID(fmt.Sprintf("261123-A%d", n+i))
				s.Apply(queue.TicketIssued{Ticket: id, Service: "ho-tich", Dossiers: 1}, now, s.Seq+1, kiosk)
			}
		})
	}
}

// BenchmarkClone is what a snapshot costs after a commit.
func BenchmarkClone(b *testing.B) {
	for _, n := range []int{10, 1_000, 5_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := hall(b, n)
			for b.Loop() {
				s.Clone()
			}
		})
	}
}

// record is a journal record as replay meets it.
type record struct {
	kind string
	data []byte
	at   time.Time
	by   chain.Actor
}

// bigDay is a day of 5,000 tickets at twenty counters, as records.
func bigDay(b *testing.B) []record {
	b.Helper()
	c := config()
	c.Counters, c.Officers = nil, nil
	for i := range 20 {
		c.Counters = append(c.Counters, queue.Counter{ID: fmt.Sprint(i + 1), Tiers: [][]string{{"ho-tich", "dat-dai", "tra"}}})
		c.Officers = append(c.Officers, queue.Officer{ID: fmt.Sprintf("cb%02d", i+1)})
	}
	var list []record
	now := monday
	add := func(e queue.Event, by chain.Actor) {
		raw, err := json.Marshal(e)
		if err != nil {
			b.Fatal(err)
		}
		now = now.Add(time.Second)
		list = append(list, record{e.Kind(), raw, now, by})
	}
	add(queue.Configured{Config: c}, kiosk)
	add(queue.DayOpened{Day: "2026-11-23"}, kiosk)
	for i := range c.Counters {
		add(queue.CounterOpened{Counter: c.Counters[i].ID, Officer: c.Officers[i].ID}, kiosk)
	}
	const line = 300 // people who wait at any time
	var waiting []queue.TicketID
	for i := range 5_000 + line {
		if i < 5_000 {
			svc := c.Services[i%3]
			id := queue.NewTicketID("2026-11-23", svc.Letter, i/3+1)
			add(queue.TicketIssued{
				Ticket: id, Service: svc.ID, Lang: "vi", Code: mint(id), Dossiers: 1,
				Estimate: queue.Estimate{Ahead: 12, Low: 9 * time.Minute, High: 21 * time.Minute},
			}, kiosk)
			add(queue.TicketPrinted{Ticket: id, Outcome: queue.Printed}, kiosk)
			waiting = append(waiting, id)
		}
		if i < line {
			continue
		}
		k := i % 20
		by := at(c.Counters[k].ID, c.Officers[k].ID)
		id := waiting[0]
		waiting = waiting[1:]
		add(queue.TicketCalled{
			Ticket: id, Counter: by.Counter, Officer: by.Officer, Why: "rule",
			Because: queue.Explanation{Code: queue.WhyEarlier, Ticket: id, Over: id, Minutes: 2},
		}, by)
		add(queue.TicketStarted{Ticket: id}, by)
		add(queue.TicketFinished{Ticket: id}, by)
	}
	return list
}

// BenchmarkReplayDay opens an office in the evening: 5,000 tickets, 25,000
// records. The bar is 100 ms of CPU.
func BenchmarkReplayDay(b *testing.B) {
	list := bigDay(b)
	events := make([]queue.Event, len(list))
	b.Run("events", func(b *testing.B) {
		for i, r := range list {
			e, ok, err := queue.DecodeEvent(r.kind, 1, r.data)
			if !ok || err != nil {
				b.Fatal(r.kind, err)
			}
			events[i] = e
		}
		for b.Loop() {
			s := queue.NewState()
			for i, r := range list {
				s.Apply(events[i], r.at, uint64(i+1), r.by)
			}
			if s.Waiting("") != 0 || len(s.Tickets) != 5_000 {
				b.Fatalf("%d wait, %d tickets", s.Waiting(""), len(s.Tickets))
			}
		}
		b.ReportMetric(float64(len(list)), "records")
	})
	b.Run("records", func(b *testing.B) {
		for b.Loop() {
			s := queue.NewState()
			for i, r := range list {
				e, _, err := queue.DecodeEvent(r.kind, 1, r.data)
				if err != nil {
					b.Fatal(err)
				}
				s.Apply(e, r.at, uint64(i+1), r.by)
			}
		}
	})
}

// dayLimit is the bar of the benchmark below: processor time to open an office
// in the evening of a day of 5,000 tickets.
const dayLimit = 100 * time.Millisecond

// BenchmarkReplayJournalDay opens an office from its journal's lines: 5,000
// tickets, 20,000 records, each line parsed, its place in the chain checked, its
// event decoded and applied. It reports processor time, all threads together,
// and what part of the limit that is.
func BenchmarkReplayJournalDay(b *testing.B) {
	lines := [][]byte{}
	var head chain.Head
	for _, r := range bigDay(b) {
		rec, next, err := head.Append(chain.Fact{At: r.at, Clock: chain.ClockSynced, By: r.by, N: 7, Type: r.kind, V: 1, Data: r.data})
		if err != nil {
			b.Fatal(err)
		}
		lines, head = append(lines, rec.Line()), next
	}
	start := cpuTime(b)
	for b.Loop() {
		s, at := queue.NewState(), chain.Head{}
		for _, line := range lines {
			r, err := chain.Parse(line)
			if err != nil {
				b.Fatal(err)
			}
			if at, err = at.Check(r); err != nil {
				b.Fatal(err)
			}
			e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data)
			if !ok || err != nil {
				b.Fatal(r.Type, err)
			}
			s.Apply(e, r.At, r.Seq, r.By)
		}
		if at != head || s.Waiting("") != 0 || len(s.Tickets) != 5_000 {
			b.Fatalf("%d wait, %d tickets, record %d", s.Waiting(""), len(s.Tickets), at.Seq)
		}
	}
	each := (cpuTime(b) - start) / time.Duration(b.N)
	b.ReportMetric(each.Seconds()*1000, "cpu-ms/day")
	b.ReportMetric(float64(each)/float64(dayLimit), "of-limit")
	b.ReportMetric(float64(len(lines)), "records")
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
