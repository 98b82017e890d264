package queue_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// monday is 08:00 on a working day, Vietnam time.
var monday = time.Date(2026, 11, 23, 8, 0, 0, 0, time.FixedZone("+07", 7*3600))

// desk plays an office: it decides, keeps the journal, and applies.
type desk struct {
	t       testing.TB
	s       *queue.State
	now     time.Time
	seq     uint64
	journal []entry
}

type entry struct {
	e   queue.Event
	at  time.Time
	seq uint64
	by  chain.Actor
}

func text(s string) queue.Text { return queue.Text{VI: s, EN: s} }

func config() queue.Config {
	return queue.Config{
		Office: "H26.138", Name: text("Bộ phận Một cửa"), Parent: text("UBND phường Tây Hồ"),
		TicketLink: "HTTPS://MOTCUA.EXAMPLE/T/",
		Services: []queue.Service{
			{ID: "ho-tich", Letter: "A", Name: text("Hộ tịch"), Pace: 360},
			{ID: "dat-dai", Letter: "H", Name: text("Đất đai"), Pace: 900},
			{ID: "tra", Letter: "M", Name: text("Nhận kết quả"), Pace: 120, Returns: true},
		},
		Counters: []queue.Counter{
			{ID: "1", Name: text("Quầy 1"), Tiers: [][]string{{"ho-tich"}, {"tra"}}},
			{ID: "2", Name: text("Quầy 2"), Tiers: [][]string{{"ho-tich", "dat-dai"}}},
			{ID: "3", Name: text("Quầy 3"), Tiers: [][]string{{"tra"}}},
		},
		Officers:    []queue.Officer{{ID: "cb01", Name: "Hà"}, {ID: "cb02", Name: "Minh"}, {ID: "cb03", Name: "Lan"}},
		Classes:     []queue.Class{{ID: queue.ClassPriority, Name: text("Ưu tiên"), HeadStart: 15}},
		RecallLimit: 3, RecallPause: 20, AbsentPenalty: 10,
	}
}

func open(t testing.TB, edit func(*queue.Config)) *desk {
	t.Helper()
	c := config()
	if edit != nil {
		edit(&c)
	}
	d := &desk{t: t, s: queue.NewState(), now: monday}
	d.must(queue.Configure{Config: c}, chain.Actor{Device: "setup"})
	return d
}

var kiosk = chain.Actor{Device: "kiosk-1"}

func at(counter, officer string) chain.Actor {
	return chain.Actor{Device: "counter-" + counter, Counter: counter, Officer: officer}
}

func mint(id queue.TicketID) string { return string(id) + "-AAAAAAAA" }

func (d *desk) do(c queue.Command, by chain.Actor) ([]queue.Event, error) {
	events, err := queue.Decide(d.s, c, by, queue.Env{Now: d.now, Mint: mint})
	for _, e := range events {
		d.seq++
		d.journal = append(d.journal, entry{e, d.now, d.seq, by})
		d.s.Apply(e, d.now, d.seq, by)
	}
	return events, err
}

func (d *desk) must(c queue.Command, by chain.Actor) []queue.Event {
	d.t.Helper()
	events, err := d.do(c, by)
	if err != nil {
		d.t.Fatalf("%s: %v", c.Name(), err)
	}
	return events
}

func (d *desk) refused(c queue.Command, by chain.Actor, code string) *refusal.Refusal {
	d.t.Helper()
	events, err := d.do(c, by)
	r, ok := refusal.Of(err)
	if !ok || r.Code != code || len(events) != 0 {
		d.t.Fatalf("%s: got %d events and %v, want refusal %q", c.Name(), len(events), err, code)
	}
	return r
}

func (d *desk) issue(service, class string) queue.TicketID {
	d.t.Helper()
	events := d.must(queue.IssueTicket{Service: service, Class: class}, kiosk)
	return events[len(events)-1].(queue.TicketIssued).Ticket
}

func (d *desk) callNext(by chain.Actor) queue.TicketID {
	d.t.Helper()
	events := d.must(queue.CallNext{}, by)
	return events[len(events)-1].(queue.TicketCalled).Ticket
}

func (d *desk) sit(counter, officer string) chain.Actor {
	d.t.Helper()
	by := at(counter, officer)
	d.must(queue.OpenCounter{}, by)
	return by
}

func (d *desk) wait(by time.Duration) { d.now = d.now.Add(by) }

func (d *desk) status(id queue.TicketID, want queue.Status) {
	d.t.Helper()
	if got := d.s.Ticket(id).Status(); got != want {
		d.t.Fatalf("%s is %s, want %s", id.Label(), got, want)
	}
}

// replayed folds the journal afresh, through the wire form of every event.
func (d *desk) replayed() *queue.State {
	d.t.Helper()
	s := queue.NewState()
	for _, j := range d.journal {
		raw, err := json.Marshal(j.e)
		if err != nil {
			d.t.Fatal(err)
		}
		e, ok, err := queue.DecodeEvent(j.e.Kind(), 1, raw)
		if !ok || err != nil {
			d.t.Fatalf("decode %s: %v %v", j.e.Kind(), ok, err)
		}
		s.Apply(e, j.at, j.seq, j.by)
	}
	return s
}

func bytesOf(t testing.TB, s *queue.State) string {
	t.Helper()
	raw, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func label(n int) string { return fmt.Sprintf("A%03d", n) }
