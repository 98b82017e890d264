package central_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/uplink/wire"
)

var vietnam = time.FixedZone("UTC+7", 7*60*60)

// morning is when the days of these tests begin.
var morning = time.Date(2026, 11, 23, 7, 30, 0, 0, vietnam)

const today = "2026-11-23"

// office is a journal in memory: what package journal is to the uplink.
type office struct {
	mu      sync.Mutex // guards the rest
	head    chain.Head
	records []chain.Record
	changed chan struct{}
	acked   chain.Head
	page    int // most records that Range gives at once; 0 is no bound
}

func newOffice() *office { return &office{changed: make(chan struct{})} }

// write appends facts, each with its moment.
func (o *office) write(t testing.TB, at time.Time, facts ...fact) {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, f := range facts {
		data, err := json.Marshal(f.data)
		if err != nil {
			t.Fatal(err)
		}
		r, head, err := o.head.Append(chain.Fact{At: at, By: chain.Actor{Device: "kiosk-1"}, Type: f.kind, V: 1, Data: data})
		if err != nil {
			t.Fatal(err)
		}
		o.head = head
		o.records = append(o.records, r)
	}
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *office) Head() chain.Head {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.head
}

func (o *office) Range(_ context.Context, after uint64, max int) ([]chain.Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if after >= uint64(len(o.records)) {
		return nil, nil
	}
	if o.page > 0 {
		max = min(max, o.page)
	}
	return o.records[after:min(after+uint64(max), uint64(len(o.records)))], nil
}

func (o *office) Changed() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.changed
}

func (o *office) Acked(context.Context) (uint64, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.acked.Seq, nil
}

func (o *office) SetAcked(_ context.Context, at chain.Head) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.acked = at
	return nil
}

// backup is the office as it was after n records.
func (o *office) backup(n int) *office {
	b := newOffice()
	b.records = append(b.records, o.records[:n]...)
	last := b.records[n-1]
	b.head = chain.Head{Seq: last.Seq, Hash: last.Hash()}
	return b
}

// batch is records first … last, counted from 1.
func (o *office) batch(first, last int) wire.Batch {
	return wire.NewBatch(o.records[first-1:last], last-first+1, 1<<30)
}

type fact struct {
	kind string
	data any
}

func event(e queue.Event) fact { return fact{e.Kind(), e} }

// about writes an event of package dossier by its fields.
func about(kind, code string, more map[string]any) fact {
	data := map[string]any{"code": code}
	for k, v := range more {
		data[k] = v
	}
	return fact{"dossier." + kind, data}
}

func configured(name string) fact {
	return event(queue.Configured{Config: queue.Config{
		Office: "H26.138", Name: queue.Text{VI: name, EN: name + " (en)"},
		Parent: queue.Text{VI: "UBND phường Tây Hồ, Hà Nội", EN: "Tây Hồ Ward, Hanoi"},
		Services: []queue.Service{
			{ID: "civil", Letter: "A", Name: queue.Text{VI: "Hộ tịch, chứng thực", EN: "Civil status"}},
			{ID: "land", Letter: "D", Name: queue.Text{VI: "Đất đai, xây dựng", EN: "Land"}},
			{ID: "result", Letter: "K", Name: queue.Text{VI: "Nhận kết quả", EN: "Results"}},
		},
	}})
}

// busyDay writes a day of n tickets and some dossiers; the same seed gives the
// same day. It returns what the city must count in the end.
func (o *office) busyDay(t testing.TB, seed uint64, n int) (want dayCount) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 1))
	o.write(t, morning, configured(fmt.Sprintf("Bộ phận Một cửa %d", seed)), event(queue.DayOpened{Day: today}))
	services := []string{"civil", "land", "result"}
	at := morning
	for i := 1; i <= n; i++ {
		at = at.Add(time.Duration(20+rng.IntN(100)) * time.Second)
		id := queue.NewTicketID(today, "A", i)
		o.write(t, at, event(queue.TicketIssued{Ticket: id, Service: services[rng.IntN(3)], Lang: "vi", Code: "ABC123", Dossiers: 1}),
			event(queue.TicketPrinted{Ticket: id, Outcome: queue.Printed}))
		want.issued++
		if rng.IntN(12) == 0 && i > n-20 {
			want.waiting++
			continue
		}
		called := at.Add(time.Duration(rng.IntN(40)) * time.Minute)
		o.write(t, called, event(queue.TicketCalled{Ticket: id, Counter: "1", Officer: "o1", Why: "rule"}))
		if rng.IntN(15) == 0 {
			o.write(t, called.Add(time.Minute), event(queue.TicketMissed{Ticket: id}))
			want.absent++
			continue
		}
		o.write(t, called.Add(time.Minute), event(queue.TicketStarted{Ticket: id}))
		if i%2 == 0 {
			want.dossiers += o.dossier(t, rng, called, i, &want)
		}
		o.write(t, called.Add(8*time.Minute), event(queue.TicketFinished{Ticket: id}))
		want.served++
		if rng.IntN(3) == 0 {
			level := 1 + (i*7)%5
			if rng.IntN(4) > 0 {
				level = 4 + i%2
			}
			o.write(t, called.Add(9*time.Minute), event(queue.TicketRated{Ticket: id, Level: level}))
			want.rated++
			if level >= 4 {
				want.satisfied++
			}
		}
	}
	return want
}

type dayCount struct{ issued, waiting, absent, served, dossiers, onTime, late, rated, satisfied int }

// dossier writes a dossier, sometimes with its end on the same day.
func (o *office) dossier(t testing.TB, rng *rand.Rand, at time.Time, i int, want *dayCount) int {
	t.Helper()
	code := fmt.Sprintf("H26.138-261123-%04d", i)
	o.write(t, at, about("received", code, map[string]any{"procedure": "1.001193", "due": at.Add(3 * time.Hour)}))
	switch rng.IntN(20) {
	case 0:
		o.write(t, at.Add(4*time.Hour), about("ready", code, nil))
		want.late++
	case 1, 2, 3:
	default:
		o.write(t, at.Add(time.Hour), about("ready", code, nil), about("returned", code, nil))
		want.onTime++
	}
	return 1
}
