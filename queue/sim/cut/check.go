package cut

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/succession"
)

// effect is one kind of record that a command made. A command whose first
// records were copied before its hub was lost may go on elsewhere.
type effect struct {
	device string
	n      uint64
	kind   string
}

// books is what the final record says, read without the queue's own rules.
type books struct {
	issued map[queue.TicketID]place // where each number was given
	effect map[effect]string        // where a command had effect
	merged map[place]bool
	// served is at which counters; false where the command's answer was another.
	served  map[queue.TicketID]map[string]bool
	shown   map[queue.TicketID]bool // tickets with an anomaly
	receipt ledger
	faults  []string
}

// check holds the final record against what people saw.
func (w *world) check() string {
	h := w.leader()
	if h == nil {
		return "I6: two hubs, or none, after everything was mended"
	}
	if other := w.hubs[box+desk-h.id]; other.head != h.head || other.seat.Role != succession.Standby {
		return fmt.Sprintf("I6: %s is %s and has %d records, the hub %d", names[other.id], other.seat.Role, other.head.Seq, h.head.Seq)
	}
	b := readBooks(h)
	w.count.Anomalies = len(h.state.Anomalies)
	for _, faults := range [][]string{b.faults, w.checkNumbers(h, b), w.checkDeeds(b), w.checkLine(h), w.checkReceipts(h), checkReplay(h)} {
		if len(faults) > 0 {
			return faults[0]
		}
	}
	return ""
}

// readBooks reads a hub's record.
func readBooks(h *hub) *books {
	b := &books{
		issued: map[queue.TicketID]place{}, effect: map[effect]string{}, merged: map[place]bool{},
		served: map[queue.TicketID]map[string]bool{}, shown: map[queue.TicketID]bool{}, receipt: ledger{},
	}
	for _, r := range h.log {
		if e, ok := r.event.(queue.RecordMerged); ok {
			b.mergedRecord(e)
			continue
		}
		of := queue.TermOrigin(h.terms.Term(r.Seq))
		b.carried(r.Record, of)
		b.event(r.event, r.Record, place{of, r.Seq}, false)
	}
	return b
}

func (b *books) mergedRecord(e queue.RecordMerged) {
	at := place{e.Origin, e.Index}
	if b.merged[at] {
		b.fault("I5: record %d of %s is merged twice", e.Index, e.Origin)
	}
	b.merged[at] = true
	in, err := e.Unwrap()
	if err != nil {
		b.fault("I5: record %d of %s cannot be read: %v", e.Index, e.Origin, err)
		return
	}
	inner := place{in.Origin, in.Index}
	if inner != at {
		if b.merged[inner] {
			return // the same through another hub
		}
		b.merged[inner] = true
	}
	if !e.Twice {
		b.carried(in.Record, in.Origin)
	}
	event := in.Event
	if event == nil {
		event, _, _ = dossier.DecodeEvent(in.Record.Type, in.Record.V, in.Record.Data)
	}
	b.event(event, in.Record, inner, e.Twice && e.Why == queue.WhyKnown)
}

// carried notes where a command had effect.
func (b *books) carried(r chain.Record, where string) {
	e := effect{r.By.Device, r.N, r.Type}
	if e.n == 0 {
		return
	}
	if before, ok := b.effect[e]; ok && before != where {
		b.fault("I5: command %d of %s has effect (%s) %s and in %s", e.n, e.device, e.kind, before, where)
	}
	b.effect[e] = where
}

func (b *books) fault(format string, args ...any) {
	b.faults = append(b.faults, fmt.Sprintf(format, args...))
}

// event notes what a record says. known: its command was carried out in another
// place too, and what was answered there holds.
func (b *books) event(e queue.Event, r chain.Record, at place, known bool) {
	switch e := e.(type) {
	case queue.TicketIssued:
		if before, twice := b.issued[e.Ticket]; twice && before != at {
			b.fault("I1: %s is given twice: %v and %v", e.Ticket.Label(), before, at)
		}
		b.issued[e.Ticket] = at
	case queue.TicketStarted:
		if b.served[e.Ticket] == nil {
			b.served[e.Ticket] = map[string]bool{}
		}
		b.served[e.Ticket][r.By.Counter] = b.served[e.Ticket][r.By.Counter] || !known
	case queue.AnomalyFound:
		b.shown[e.Ticket] = true
		if e.What == queue.NumberTwice {
			b.fault("I1: %s is known as given twice", e.Ticket.Label())
		}
	}
	b.receipt.event(b, e)
}

// checkNumbers: every paper is on record and valid; every number that is not
// on a paper is explained.
func (w *world) checkNumbers(h *hub, b *books) []string {
	var faults []string
	for id, p := range w.papers {
		if _, ok := b.issued[id]; !ok {
			faults = append(faults, fmt.Sprintf("I2: %s is in somebody's hand and not on record", id.Label()))
			continue
		}
		t := h.state.Ticket(id)
		if t == nil || t.Status() == queue.Void && !p.done || !p.done {
			faults = append(faults, fmt.Sprintf("I2: %s was not served", id.Label()))
		}
	}
	for id := range b.issued {
		if w.papers[id] != nil {
			continue
		}
		w.count.Ghosts++
		if t := h.state.Ticket(id); t == nil || t.Status() == queue.Waiting || t.Status().Open() || t.Status() == queue.Held {
			status := "unknown"
			if t != nil {
				status = string(t.Status())
			}
			faults = append(faults, fmt.Sprintf("I7: nobody holds %s, and it is %s", id.Label(), status))
		}
	}
	return faults
}

// checkDeeds: every service has its record at that counter, and two counters
// with one ticket are an anomaly.
func (w *world) checkDeeds(b *books) []string {
	var faults []string
	for _, d := range w.deeds {
		if _, ok := b.served[d.ticket][d.counter]; !ok {
			faults = append(faults, fmt.Sprintf("I3: %s was served at counter %s, and no record says so", d.ticket.Label(), d.counter))
		}
	}
	for id, counters := range b.served {
		maps.DeleteFunc(counters, func(_ string, counts bool) bool { return !counts })
		if len(counters) > 1 && !b.shown[id] {
			faults = append(faults, fmt.Sprintf("I7: %s has a service at two counters, and nobody is told", id.Label()))
		}
	}
	return faults
}

// checkLine: nothing is stuck.
func (w *world) checkLine(h *hub) []string {
	var faults []string
	for _, t := range h.state.Tickets {
		if d := h.state.Counters[t.Counter]; t.Status().Open() && (d == nil || d.Ticket != t.ID) {
			faults = append(faults, fmt.Sprintf("I7: %s is %s at counter %s, which has %q", t.ID.Label(), t.Status(), t.Counter, d.Ticket))
		}
	}
	return faults
}

// checkReplay: the record alone gives the same state.
func checkReplay(h *hub) []string {
	s := queue.NewState()
	for _, r := range h.log {
		s.Apply(r.event, r.At, r.Seq, r.By)
	}
	if reflect.DeepEqual(s, h.state) {
		return nil
	}
	got, err := json.Marshal(s)
	want, err2 := json.Marshal(h.state)
	if err != nil || err2 != nil || string(got) != string(want) {
		i := 0
		for i < min(len(got), len(want)) && got[i] == want[i] {
			i++
		}
		return []string{fmt.Sprintf("I6: the record replays to another state at …%.120s, had …%.120s", got[max(0, i-40):], want[max(0, i-40):])}
	}
	return nil
}
