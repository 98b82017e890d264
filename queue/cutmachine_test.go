package queue_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
)

// TestAnyCut plays offices whose line is cut: hubs that do not know of each
// other, devices that decide alone, answers that are lost, records that arrive
// late, in pieces, in any order and twice. After every step each hub is sound
// (see site.sound). Once everything has arrived: no number on two papers, every
// paper's number known and not void, nobody called who holds none, every record
// here once, and every ticket that two counters served shown as an anomaly.
func TestAnyCut(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := newCut(t, rt)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			*m.now = m.now.Add(time.Duration(rapid.IntRange(0, 90).Draw(rt, "seconds")) * time.Second)
			m.step()
			for _, hub := range m.hubs {
				hub.sound(rt)
			}
		}
		m.heal()
		m.check()
	})
}

type cutMachine struct {
	rt      *rapid.T
	now     *time.Time
	hubs    []*site
	devices []*terminal
	papers  map[queue.TicketID]string
	calls   uint64
}

// terminal is a device with its field records and the hub that it obeys.
type terminal struct {
	by    chain.Actor
	n     uint64
	hub   int
	alone *site
}

func newCut(t *testing.T, rt *rapid.T) *cutMachine {
	x := office(t, nil)
	m := &cutMachine{rt: rt, now: x.now, hubs: []*site{x}, papers: map[queue.TicketID]string{}}
	for _, by := range []chain.Actor{kiosk2, boss, at("2", "cb02")} {
		m.devices = append(m.devices, &terminal{by: by, n: 100, alone: x.alone(by.Device)})
	}
	return m
}

func (m *cutMachine) step() {
	rt := m.rt
	d := rapid.SampledFrom(m.devices).Draw(rt, "device")
	if rapid.IntRange(0, 9).Draw(rt, "follow") == 0 {
		d.hub = len(m.hubs) - 1
	}
	switch rapid.IntRange(0, 11).Draw(rt, "what") {
	case 0:
		m.promote()
	case 1:
		d.alone.s = m.hubs[d.hub].s.Clone() // the copy is fresh again
	case 2:
		m.offer(d, m.hubs[d.hub], false)
	case 3:
		if i := rapid.IntRange(0, len(m.hubs)-1).Draw(rt, "old"); i < len(m.hubs)-1 {
			m.handOver(m.hubs[i], m.hubs[len(m.hubs)-1], false)
		}
	default:
		if d.by.Counter == "" {
			m.issue(d)
		} else {
			m.serve(d)
		}
	}
}

// promote makes a copy of the newest hub's chain the next hub. The copy may be
// old, and the hub may go on.
func (m *cutMachine) promote() {
	if len(m.hubs) == 3 {
		return
	}
	last := m.hubs[len(m.hubs)-1]
	least := 6 // the configuration and the devices
	if last.s.Began > 0 {
		least = int(last.s.Began)
	}
	next := last.copied(rapid.IntRange(least, len(last.records)).Draw(m.rt, "copied"))
	next.promote(len(m.hubs) + 1)
	m.hubs = append(m.hubs, next)
}

func (m *cutMachine) issue(d *terminal) {
	rt, hub := m.rt, m.hubs[d.hub]
	d.n++
	c := queue.IssueTicket{Service: rapid.SampledFrom([]string{"ho-tich", "dat-dai", "tra"}).Draw(rt, "service")}
	reaches, answered := rapid.IntRange(0, 3).Draw(rt, "reaches") > 0, rapid.Bool().Draw(rt, "answered")
	if reaches {
		events, err := hub.do(c, d.by, d.n)
		if answered {
			if err == nil {
				m.paper(issuedIn(events), d)
			}
			return
		}
	}
	c.Instead = d.n
	d.n++
	m.paper(issuedIn(d.alone.must(c, d.by, d.n)), d)
}

func (m *cutMachine) paper(id queue.TicketID, d *terminal) {
	if other, twice := m.papers[id]; twice {
		m.rt.Fatalf("%s is on two papers: %s and %s", id, other, d.by.Device)
	}
	m.papers[id] = d.by.Device
}

// serve lets an officer do something at the hub, alone, or both: at the hub with
// the answer lost, then alone under the same number.
func (m *cutMachine) serve(d *terminal) {
	rt, hub := m.rt, m.hubs[d.hub]
	var shown queue.TicketID
	if held := slices.Sorted(maps.Keys(m.papers)); len(held) > 0 && rapid.IntRange(0, 5).Draw(rt, "roll") > 0 {
		shown = rapid.SampledFrom(held).Draw(rt, "shown")
	}
	c := rapid.SampledFrom([]queue.Command{
		queue.CallNext{},
		queue.CallNext{},
		queue.ServeByHand{Ticket: shown},
		queue.ServeByHand{Ticket: shown},
		queue.StartService{},
		queue.FinishTicket{},
		queue.FinishTicket{},
		queue.FinishTicket{},
		queue.MarkAbsent{},
		queue.HoldTicket{},
		queue.CallTicket{Ticket: shown, Reason: "lý do"},
		queue.ReturnTicket{Ticket: shown},
		queue.Recall{},
	}).Draw(rt, "command")
	d.n++
	how := rapid.IntRange(0, 4).Draw(rt, "how")
	if how < 3 {
		if events, err := hub.do(c, d.by, d.n); err == nil && how < 2 {
			m.roll(events, d)
		}
	}
	if how >= 2 {
		if events, err := d.alone.do(c, d.by, d.n); err == nil {
			m.roll(events, d)
		}
	}
}

// roll notes the number that a counter gave.
func (m *cutMachine) roll(events []queue.Event, d *terminal) {
	if id := issuedIn(events); id != "" {
		m.paper(id, d)
	}
}

// offer hands a device's field records over, all of them or some.
func (m *cutMachine) offer(d *terminal, hub *site, all bool) {
	m.hand(d.by.Device, d.alone.records, hub, all)
}

func (m *cutMachine) hand(origin string, records []chain.Record, hub *site, all bool) {
	if !all && len(records) > 0 {
		from := rapid.IntRange(0, len(records)-1).Draw(m.rt, "from")
		records = records[from : from+rapid.IntRange(1, len(records)-from).Draw(m.rt, "records")]
	}
	for part := range slices.Chunk(records, 7) {
		m.calls++
		hub.offer(origin, part, 1000+m.calls)
		hub.sound(m.rt)
	}
}

// handOver hands over what an old hub has and the new one's chain does not.
func (m *cutMachine) handOver(old, hub *site, all bool) {
	shared := 0
	for shared < min(len(old.records), len(hub.records)) && old.records[shared].Hash() == hub.records[shared].Hash() {
		shared++
	}
	byTerm := map[int][]chain.Record{}
	for _, r := range old.records[shared:] {
		term := max(1, old.s.Term)
		if r.Seq < old.s.Began {
			term--
		}
		byTerm[term] = append(byTerm[term], r)
	}
	for _, term := range slices.Sorted(maps.Keys(byTerm)) {
		m.hand(queue.TermOrigin(term), byTerm[term], hub, all)
	}
}

func (m *cutMachine) heal() {
	last := m.hubs[len(m.hubs)-1]
	var steps []func()
	for _, d := range m.devices {
		steps = append(steps, func() { m.offer(d, last, true) })
	}
	for _, old := range m.hubs[:len(m.hubs)-1] {
		steps = append(steps, func() { m.handOver(old, last, true) })
	}
	for _, step := range rapid.Permutation(steps).Draw(m.rt, "order") {
		step()
	}
	for i, p := range last.s.Predecessors {
		last.must(queue.SettlePredecessor{Term: p.Term, How: queue.HandedOver, Last: m.hubs[p.Term-1].head.Seq}, boss, uint64(9000+i))
	}
	last.sound(m.rt)
}

func (m *cutMachine) check() {
	rt, last := m.rt, m.hubs[len(m.hubs)-1]
	for id := range m.papers {
		switch t := last.s.Ticket(id); {
		case t == nil:
			rt.Fatalf("%s is on a paper and not known", id)
		case t.Status() == queue.Void:
			rt.Fatalf("%s is on a paper and void", id)
		}
	}
	for id, t := range last.s.Tickets {
		if _, held := m.papers[id]; !held && t.Status() == queue.Waiting && t.Calls == 0 && len(t.History) == 1 {
			rt.Fatalf("%s waits, and nobody holds it", id)
		}
		if t.Away {
			rt.Fatalf("%s is open under a hub that is gone", id)
		}
	}
	served := map[queue.TicketID]map[string]bool{}
	note := func(records []chain.Record) {
		for _, r := range records {
			e, _, _ := queue.DecodeEvent(r.Type, r.V, r.Data)
			if done, ok := e.(queue.TicketFinished); ok {
				if served[done.Ticket] == nil {
					served[done.Ticket] = map[string]bool{}
				}
				served[done.Ticket][r.By.Counter] = true
			}
		}
	}
	for _, hub := range m.hubs {
		note(hub.records)
	}
	for _, d := range m.devices {
		note(d.alone.records)
		if got := fmt.Sprint(last.s.Merged[d.by.Device]); len(d.alone.records) > 0 && got != fmt.Sprintf("[[1 %d]]", len(d.alone.records)) {
			rt.Fatalf("of %d records of %s there are %s", len(d.alone.records), d.by.Device, got)
		}
	}
	for id, counters := range served {
		if len(counters) > 1 && !slices.ContainsFunc(last.s.Anomalies, func(a queue.Anomaly) bool { return a.Ticket == id }) {
			rt.Fatalf("%s was served at %v and nothing shows it: %q", id, slices.Sorted(maps.Keys(counters)), last.anomalies())
		}
	}
}
