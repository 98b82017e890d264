package cut

import (
	"slices"

	"motcua/queue"
	"motcua/queue/succession"
)

// promote makes a machine the hub, on a supervisor's word.
func (h *hub) promote() {
	seat, began, err := h.seat.Promote(h.head)
	if err != nil {
		return
	}
	h.w.count.Promotions++
	h.w.tell("%s is promoted: %s after %d", names[h.id], began.Claim, began.After)
	h.seat = seat
	if !h.w.calm && h.w.one(20) {
		h.crash("before its term was on record")
		return
	}
	h.begin()
}

// begin records the beginning of a term, once; with it, in one transaction, that
// nobody else has records of the term before when this machine led that too.
func (h *hub) begin() {
	if !h.leads() || h.seat.Led <= max(1, h.state.Term) {
		return
	}
	if !h.act(queue.BeginTerm{Term: h.seat.Led, Hub: names[h.id], After: h.head.Seq, Head: h.head.Hash.String(), Reason: "proof"}) {
		h.w.fault("%s cannot begin term %d", names[h.id], h.seat.Led)
		return
	}
	if before := h.seat.Continues; before > 0 {
		h.act(queue.SettlePredecessor{Term: before, How: queue.HandedOver, Last: h.terms[len(h.terms)-1].After})
	}
}

// meetAgain lets the two machines talk: the lower term retires, a retired one
// hands over, a standby copies.
func (w *world) meetAgain() {
	a, b := w.hubs[box], w.hubs[desk]
	if !w.reach(box, desk) {
		return
	}
	a.meet(b.seat.Seen)
	b.meet(a.seat.Seen)
	if !w.calm && w.one(10) {
		return // the line breaks here
	}
	for _, h := range []*hub{a, b} {
		other := w.hubs[box+desk-h.id]
		if !h.leads() {
			continue
		}
		h.ownPast()
		h.settleCodes()
		switch {
		case other.seat.Role == succession.Retired, other.leads() && h.seat.Seen.Beats(other.seat.Seen):
			other.handOver(h)
		case other.seat.Role == succession.Standby:
			other.copyFrom(h)
		}
	}
}

// copyFrom lets a standby copy some of the hub's chain, with the answers.
func (h *hub) copyFrom(from *hub) {
	have, end := len(h.log), len(from.log)
	if !h.w.calm && have > 0 && h.w.one(3) {
		end = have + h.w.below(end-have+1)
	}
	h.copyTo(from, end)
}

// copyAll copies the whole chain at once. A machine that rejoins keeps its own
// chain until the copy is whole: else one more loss would leave nobody with
// anything.
func (h *hub) copyAll(from *hub) { h.copyTo(from, len(from.log)) }

func (h *hub) copyTo(from *hub, end int) {
	have := len(h.log)
	if end <= have {
		return
	}
	if have > 0 && from.log[have-1].Hash() != h.head.Hash {
		h.w.fault("the copy of %s is not the beginning of the chain of %s", names[h.id], names[from.id])
		return
	}
	if have == 0 {
		h.state = queue.NewState()
	}
	head := h.head
	for _, r := range from.log[have:end] {
		next, err := head.Check(r.Record)
		if err != nil {
			h.w.fault("%s copies: %v", names[h.id], err)
			return
		}
		head = next
	}
	h.commit(from.log[have:end], head)
	for _, s := range from.saved {
		if s.seq <= head.Seq {
			h.store(s)
		}
	}
}

// rows are the records of a chain that another does not have, by origin.
func rows(log []entry, mine, theirs succession.Lineage, merged map[string]queue.Ranges, most int) (origin string, items []queue.MergeItem) {
	shared := succession.Shared(theirs, mine, uint64(len(log)))
	for _, r := range log[shared:] {
		of := queue.TermOrigin(mine.Term(r.Seq))
		if merged[of].Has(r.Seq) {
			continue
		}
		if origin != "" && of != origin || len(items) == most {
			break
		}
		origin = of
		items = append(items, queue.MergeItem{Index: r.Seq, Record: string(r.Line())})
	}
	return origin, items
}

// handOver gives the successor what it lacks, perhaps not all at once.
func (h *hub) handOver(to *hub) {
	for range 1 + h.w.below(3) {
		most := 1 + h.w.below(40)
		if h.w.calm {
			most = queue.MaxMerge
		}
		origin, items := rows(h.log, h.terms, to.terms, to.state.Merged, most)
		if len(items) == 0 {
			h.settled(to)
			return
		}
		if !to.merge(origin, items) {
			return
		}
		last := items[len(items)-1].Index
		for _, s := range h.saved {
			if s.seq <= last {
				to.store(s)
			}
		}
		if !h.w.calm && h.w.one(8) {
			return
		}
	}
}

// settled: the successor records that it has everything, then the retired
// machine becomes its standby.
func (h *hub) settled(by *hub) {
	for _, s := range h.saved { // answers that made no record
		by.store(s)
	}
	for _, r := range h.log { // what was settled there is settled
		if e, ok := r.event.(queue.TermSettled); ok && by.waitsFor(e.Term) {
			by.act(queue.SettlePredecessor{Term: e.Term, How: e.How, Last: e.Last, Reason: e.Reason})
		}
	}
	if by.waitsFor(h.seat.Led) && !by.act(queue.SettlePredecessor{Term: h.seat.Led, How: queue.HandedOver, Last: h.head.Seq}) {
		return
	}
	if !h.w.calm && h.w.one(2) {
		return // it does not hear of it yet
	}
	h.seat, _ = h.seat.Meet(by.seat.Seen)
	seat, err := h.seat.Rejoin()
	if err != nil || by.waitsFor(h.seat.Led) {
		h.w.fault("%s cannot rejoin: %v", names[h.id], err)
		return
	}
	h.w.tell("%s has handed over term %d and is standby", names[h.id], h.seat.Led)
	h.past = append(h.past, tail{h.seat.Led, h.log, h.terms, h.saved})
	h.seat = seat
	h.forget()
	h.copyAll(by)
}

// waitsFor reports whether the hub of a term has not handed over yet.
func (h *hub) waitsFor(term int) bool {
	return slices.ContainsFunc(h.state.Predecessors, func(p queue.Predecessor) bool { return p.Term == term })
}

// forget begins a copy anew.
func (h *hub) forget() {
	fresh := &hub{w: h.w, id: h.id, up: true, seat: h.seat, past: h.past, state: queue.NewState(), answers: map[asked]reply{}, book: newBook()}
	*h = *fresh
}

// ownPast offers a hub what it made itself in an earlier term and handed over
// to one that is gone.
func (h *hub) ownPast() {
	for _, t := range h.past {
		for {
			origin, items := rows(t.log, t.terms, h.terms, h.state.Merged, queue.MaxMerge)
			if len(items) == 0 {
				break
			}
			if !h.merge(origin, items) {
				return
			}
		}
		for _, s := range t.saved {
			h.store(s)
		}
		if h.waitsFor(t.led) {
			h.act(queue.SettlePredecessor{Term: t.led, How: queue.HandedOver, Last: uint64(len(t.log))})
		}
	}
}

// merge takes in records made elsewhere; false when it did not.
func (h *hub) merge(origin string, items []queue.MergeItem) bool {
	if !h.w.calm && h.w.one(40) {
		h.crash("before a merge was on disk")
		return false
	}
	before := len(h.log)
	if !h.act(queue.Merge{Origin: origin, Items: items}) {
		h.w.fault("%s refuses records %d to %d of %s", names[h.id], items[0].Index, items[len(items)-1].Index, origin)
		return false
	}
	for _, r := range h.log[before:] {
		if e, ok := r.event.(queue.RecordMerged); ok {
			h.w.count.Merged++
			if e.Twice {
				h.w.count.Twice++
			}
		}
	}
	if h.w.opt.Tell {
		h.w.tell("%s merges %d to %d of %s: %s", names[h.id], items[0].Index, items[len(items)-1].Index, origin, inWords(h.log[before:]))
	}
	return true
}
