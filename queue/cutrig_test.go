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

// site is a machine with a chain of its own: a hub, or a device that decides by
// itself on a copy.
type site struct {
	t       testing.TB
	s       *queue.State
	now     *time.Time
	station string // a device that is alone
	head    chain.Head
	records []chain.Record
	answers map[string]queue.TicketID // by device and n
	given   map[string]int            // a device's own numbers by day
}

func newSite(t testing.TB, now *time.Time) *site {
	return &site{t: t, s: queue.NewState(), now: now, answers: map[string]queue.TicketID{}, given: map[string]int{}}
}

// office is a hub with a configuration, kiosk and counters known to it.
func office(t testing.TB, edit func(*queue.Config)) *site {
	t.Helper()
	now := monday
	x := newSite(t, &now)
	c := config()
	c.Officers[0].Supervisor = true
	if edit != nil {
		edit(&c)
	}
	x.must(queue.Configure{Config: c}, chain.Actor{Device: "setup"}, 1)
	x.must(queue.AdmitDevice{Role: queue.RoleKiosk}, chain.Actor{Device: "kiosk-2"}, 1)
	for i := range 2 {
		by := at(fmt.Sprint(i+1), fmt.Sprintf("cb%02d", i+1))
		x.must(queue.AdmitDevice{Role: queue.RoleCounter}, by, 1)
		x.must(queue.OpenCounter{}, by, 2)
	}
	return x
}

func key(device string, n uint64) string { return fmt.Sprint(device, "#", n) }

func (x *site) env() queue.Env {
	return queue.Env{
		Now: *x.now, Mint: mint, Station: x.station,
		Given: func(day string) int { return x.given[day] },
		Answered: func(device string, n uint64) (queue.TicketID, bool) {
			id, known := x.answers[key(device, n)]
			return id, known
		},
	}
}

// do decides, writes the records, and applies what it reads back from them.
func (x *site) do(c queue.Command, by chain.Actor, n uint64) ([]queue.Event, error) {
	x.t.Helper()
	events, err := queue.Decide(x.s, c, by, x.env())
	if _, refused := refusal.Of(err); err != nil && !refused {
		x.t.Fatalf("%s: %v", c.Name(), err)
	}
	id := queue.TicketID("")
	for _, e := range events {
		x.write(e, by, n)
		if issued, ok := e.(queue.TicketIssued); ok {
			id = issued.Ticket
			if x.station != "" {
				x.given[x.s.Day] = max(x.given[x.s.Day], id.Number())
			}
		}
	}
	if x.station == "" {
		x.answers[key(by.Device, n)] = id
	}
	return events, err
}

func (x *site) write(e queue.Event, by chain.Actor, n uint64) {
	x.t.Helper()
	data, err := json.Marshal(e)
	if err != nil {
		x.t.Fatal(err)
	}
	r, head, err := x.head.Append(chain.Fact{At: *x.now, By: by, N: n, Type: e.Kind(), V: 1, Data: data})
	if err != nil {
		x.t.Fatal(err)
	}
	if r, err = chain.Parse(r.Line()); err != nil {
		x.t.Fatal(err)
	}
	x.head, x.records = head, append(x.records, r)
	x.play(r)
}

// play applies a record of the chain.
func (x *site) play(r chain.Record) {
	x.t.Helper()
	e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data)
	if err != nil {
		x.t.Fatal(err)
	}
	if ok {
		x.s.Apply(e, r.At, r.Seq, r.By)
	}
}

func (x *site) must(c queue.Command, by chain.Actor, n uint64) []queue.Event {
	x.t.Helper()
	events, err := x.do(c, by, n)
	if err != nil {
		x.t.Fatalf("%s: %v", c.Name(), err)
	}
	return events
}

func (x *site) refused(c queue.Command, by chain.Actor, code string) {
	x.t.Helper()
	events, err := x.do(c, by, 1<<40)
	if r, ok := refusal.Of(err); !ok || r.Code != code || len(events) != 0 {
		x.t.Fatalf("%s: got %d events and %v, want refusal %q", c.Name(), len(events), err, code)
	}
}

// alone is a device that hears nothing and goes on with a copy.
func (x *site) alone(device string) *site {
	y := newSite(x.t, x.now)
	y.s, y.station = x.s.Clone(), device
	return y
}

// copied is a standby with the first records of a hub's chain, and its answers.
// A standby has all of a command or nothing.
func (x *site) copied(records int) *site {
	y := newSite(x.t, x.now)
	for records < len(x.records) && x.records[records].N == x.records[records-1].N && x.records[records].By == x.records[records-1].By {
		records++
	}
	for _, r := range x.records[:records] {
		y.records = append(y.records, r)
		y.head = chain.Head{Seq: r.Seq, Hash: r.Hash()}
		y.play(r)
		if r.N > 0 {
			id := y.answers[key(r.By.Device, r.N)]
			if e, _, _ := queue.DecodeEvent(r.Type, r.V, r.Data); e != nil {
				if issued, ok := e.(queue.TicketIssued); ok {
					id = issued.Ticket
				}
			}
			y.answers[key(r.By.Device, r.N)] = id
		}
	}
	return y
}

var boss = chain.Actor{Device: "counter-1", Counter: "1", Officer: "cb01"}

func (x *site) promote(term int) {
	x.t.Helper()
	after := x.head
	events := x.must(queue.BeginTerm{Term: term, Hub: "standby", After: after.Seq, Head: after.Hash.String(), Reason: "máy chủ mất điện"}, boss, 1<<30)
	if len(events) != 1 || x.head.Seq != after.Seq+1 {
		x.t.Fatalf("the term began with %d records at %d after %d", len(events), x.head.Seq, after.Seq)
	}
}

// offer hands records of another chain to be merged, with n as the number of
// the call.
func (x *site) offer(origin string, records []chain.Record, n uint64) []queue.Event {
	x.t.Helper()
	c := queue.Merge{Origin: origin}
	for _, r := range records {
		c.Items = append(c.Items, queue.MergeItem{Index: r.Seq, Record: string(r.Line())})
	}
	return x.must(c, chain.Actor{Device: "merger"}, n)
}

func (x *site) status(id queue.TicketID, want queue.Status) {
	x.t.Helper()
	t := x.s.Ticket(id)
	if t == nil {
		x.t.Fatalf("%s is unknown, want %s", id.Label(), want)
	}
	if t.Status() != want {
		x.t.Fatalf("%s is %s, want %s", id.Label(), t.Status(), want)
	}
}

func (x *site) wait(d time.Duration) { *x.now = x.now.Add(d) }

func issuedIn(events []queue.Event) queue.TicketID {
	for _, e := range events {
		if issued, ok := e.(queue.TicketIssued); ok {
			return issued.Ticket
		}
	}
	return ""
}

// whys are the verdicts of merged records, "" for those that were applied.
func whys(events []queue.Event) []string {
	var list []string
	for _, e := range events {
		if m, ok := e.(queue.RecordMerged); ok {
			list = append(list, m.Why)
		}
	}
	return list
}

func (x *site) anomalies() []string {
	var list []string
	for _, a := range x.s.Anomalies {
		list = append(list, string(a.What)+" "+a.Ticket.Label())
	}
	return list
}

// sound checks what holds always.
func (x *site) sound(rt fataler) {
	checkDesks(rt, x.s, *x.now)
	checkLives(rt, x.s)
	checkLine(rt, x.s)
	checkJSON(rt, &desk{t: x.t, s: x.s})
	again := queue.NewState()
	for _, r := range x.records {
		if e, ok, _ := queue.DecodeEvent(r.Type, r.V, r.Data); ok {
			again.Apply(e, r.At, r.Seq, r.By)
		}
	}
	if got, want := bytesOf(x.t, again), bytesOf(x.t, x.s); x.station == "" && got != want {
		rt.Fatalf("replay differs:\n%s\n%s", got, want)
	}
}

var kiosk2 = chain.Actor{Device: "kiosk-2"}
