package office

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// Promotion is a person's word that this machine is to be the hub.
type Promotion struct {
	Officer string `json:"officer,omitempty"` // a supervisor's staff code
	Reason  string `json:"reason"`
	// Force promotes although the hub still answers: two machines will be
	// working until the old one hears of it.
	Force bool `json:"force,omitempty"`
}

// Promote makes a standby the hub, in a new term that its record begins with.
// Everything that it has copied is there; what it lacks comes when the old hub
// is heard again.
func (o *Office) Promote(ctx context.Context, p Promotion) (succession.Seat, error) {
	switch {
	case strings.TrimSpace(p.Reason) == "" || utf8.RuneCountInString(p.Reason) > maxFullName:
		return o.Seat(), refusal.New("dossier-reason-missing")
	case o.Seat().Role == succession.Standby && !p.Force && o.hubThere():
		return o.Seat(), refusal.New("promote-hub-there", "hub", o.Seat().Seen.Hub)
	}
	err := o.inWriter(ctx, func() error {
		head := o.journal.Head()
		next, began, err := o.Seat().Promote(head)
		if err != nil {
			return err
		}
		records, err := o.record(o.own(p.Officer), queue.BeginTerm{
			Term: began.Term, Hub: began.Hub, After: head.Seq, Head: head.Hash.String(), Reason: p.Reason,
		}, func(tx *journal.Tx) error {
			began := queue.TermBegan{Term: began.Term, Hub: began.Hub, After: began.After}
			return errors.Join(putLineage(tx, began), putSeat(tx, next), o.continues(tx, next, head.Seq, p))
		})
		if err != nil {
			return err
		}
		o.seated(next)
		o.stream.publish(records)
		select {
		case o.promoted <- struct{}{}: // FollowHub turns to the old hub at once
		default:
		}
		return nil
	})
	return o.Seat(), err
}

// continues settles at once the term that a retired machine led before it is
// promoted again: all of that term's records are its own.
func (o *Office) continues(tx *journal.Tx, seat succession.Seat, last uint64, p Promotion) error {
	if seat.Continues == 0 {
		return nil
	}
	by := o.own(p.Officer)
	d := deciding{o: o, tx: tx, rules: o.rules.Load(), call: Call{By: by, Command: queue.SettlePredecessor{
		Term: seat.Continues, How: queue.HandedOver, Last: last,
	}}}
	d.at, d.clock = o.stamp()
	s, err := d.decide()
	if err != nil {
		return fmt.Errorf("settle the own term %d: %w", seat.Continues, err)
	}
	_, err = d.append(s)
	return err
}

// own is this machine itself, for what it records unasked.
func (o *Office) own(officer string) chain.Actor {
	return chain.Actor{Device: o.cfg.Device, Officer: officer}
}

// record decides, in a transaction of its own, a command that needs no answer
// kept: done again, it does nothing. Only the writer calls it.
func (o *Office) record(by chain.Actor, cmd queue.Command, beside func(*journal.Tx) error) ([]chain.Record, error) {
	return o.journal.Update(func(tx *journal.Tx) error {
		d := deciding{o: o, tx: tx, call: Call{By: by, Command: cmd}, rules: o.rules.Load()}
		d.at, d.clock = o.stamp()
		s, err := d.decide()
		if err != nil {
			return err
		}
		s.beside = both(s.beside, beside)
		_, err = d.append(s)
		return err
	})
}

// both runs what is not nil of two things that belong to a transaction.
func both(first, second func(*journal.Tx) error) func(*journal.Tx) error {
	if first == nil || second == nil {
		if first == nil {
			return second
		}
		return first
	}
	return func(tx *journal.Tx) error {
		if err := first(tx); err != nil {
			return err
		}
		return second(tx)
	}
}

// takeTail is queue.Merge of an old hub's records together with what lay beside
// them there. It is this process's own.
type takeTail struct {
	queue.Merge
	with map[uint64]tailed // by index
}

// tailed is a record of an old hub and what lay beside it.
type tailed struct {
	record chain.Record
	beside replicated
}

// takeOver tells the hub before this one that its term is over, and merges what
// it recorded and this machine never got, until that is all.
func (o *Office) takeOver(ctx context.Context, p peerHub) error {
	before := o.State().Predecessors[0]
	there, err := o.retire(ctx, p)
	if err != nil {
		return err
	}
	after, err := o.leaves(ctx, before, there)
	if err != nil {
		return err
	}
	var settled bool
	term, ended := before.Term, map[int]uint64{before.Term: before.After}
	err = p.feed(ctx, after, func(ctx context.Context, batch []replicated) (bool, error) {
		for len(batch) > 0 {
			n := sameTerm(&term, batch)
			last, err := o.mergeTail(ctx, term, batch[:n])
			if err != nil {
				return false, err
			}
			ended[term] = max(ended[term], last)
			after.Seq = max(after.Seq, last)
			settled = after.Seq >= batch[n-1].Head
			batch = batch[n:]
		}
		return settled, nil
	})
	if err != nil || !settled {
		return err
	}
	for _, p := range o.State().Predecessors {
		last, whole := ended[p.Term]
		if !whole {
			continue
		}
		if err := o.Settle(ctx, "", queue.SettlePredecessor{Term: p.Term, How: queue.HandedOver, Last: last}); err != nil {
			return err
		}
	}
	return nil
}

// sameTerm is how many records of a feed belong to one term, which it sets: the
// term that the feed is in, or the one that begins with the first of them. A
// chain that left this one may hold more than one.
func sameTerm(term *int, batch []replicated) int {
	began := []byte(`"type":"` + queue.TermBegan{}.Kind() + `"`)
	for i, b := range batch {
		if !bytes.Contains(b.Record, began) {
			continue
		}
		r, err := chain.Parse(b.Record)
		if err != nil || r.Type != (queue.TermBegan{}).Kind() {
			continue // taken in with the others, which finds the fault
		}
		if i > 0 {
			return i
		}
		var next queue.TermBegan
		if json.Unmarshal(r.Data, &next) == nil {
			*term = next.Term
		}
	}
	return len(batch)
}

// retire tells the old hub, with proof, who leads now. It answers when it is
// retired, durably.
func (o *Office) retire(ctx context.Context, p peerHub) (there seatReport, err error) {
	if err := p.ask(ctx, "/v1/seat", &there); err != nil {
		return there, err
	}
	if there.Seat.Leads() {
		return there, fmt.Errorf("the machine at %s leads term %d and does not step down", p.base, there.Seat.Led)
	}
	return there, nil
}

// leaves is where the old hub's chain leaves this one: what follows there is
// its tail. Of a hub whose term this machine's copy never saw begin, the two
// lineages tell.
func (o *Office) leaves(ctx context.Context, before queue.Predecessor, there seatReport) (after chain.Head, err error) {
	if before.Head != "" {
		after.Seq = before.After
		if err := after.Hash.UnmarshalText([]byte(before.Head)); err != nil {
			return after, fmt.Errorf("read where term %d ended here: %w", before.Term, err)
		}
		return after, nil
	}
	mine, err := o.Lineage()
	if err != nil {
		return after, err
	}
	after.Seq = succession.Shared(mine, there.Terms, there.Head.Seq)
	if after.Seq == 0 {
		return after, nil
	}
	list, err := o.journal.Range(ctx, after.Seq-1, 1)
	if err != nil || len(list) != 1 {
		return after, fmt.Errorf("read record %d, which both chains have: %w", after.Seq, err)
	}
	after.Hash = list[0].Hash()
	return after, nil
}

// mergeTail merges a batch of an old hub's record and tells the last index in
// it.
func (o *Office) mergeTail(ctx context.Context, term int, batch []replicated) (last uint64, err error) {
	records, err := recordsOf(batch)
	if err != nil || len(records) == 0 {
		return 0, err
	}
	tail := takeTail{Merge: queue.Merge{Origin: queue.TermOrigin(term)}, with: map[uint64]tailed{}}
	at := 0
	for _, b := range batch {
		if b.Record == nil {
			continue
		}
		r := records[at]
		at++
		tail.Items = append(tail.Items, queue.MergeItem{Index: r.Seq, Record: string(r.Line())})
		tail.with[r.Seq] = tailed{record: r, beside: b}
	}
	err = o.inWriter(ctx, func() error {
		done, err := o.record(o.own(""), tail, nil)
		if err != nil {
			return err
		}
		o.stream.publish(done)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("merge the old hub's records: %w", err)
	}
	return records[len(records)-1].Seq, o.reload(batch)
}

// tail decides a takeTail: of what is merged and not carried out here as well,
// answers and case keys come along.
func (d *deciding) tail(c takeTail) (steps, error) {
	d.call.Command = c.Merge
	events, err := queue.Decide(d.tx.State(), c.Merge, d.call.By, d.env())
	if err != nil {
		return steps{}, err
	}
	more, err := d.number(events)
	if err != nil {
		return steps{}, err
	}
	events = append(events, more...)
	return steps{events: events, beside: both(d.givenUp(events), func(tx *journal.Tx) error {
		for _, e := range events {
			m, ok := e.(queue.RecordMerged)
			if !ok || m.Twice && m.Why == queue.WhyKnown {
				continue
			}
			with := c.with[m.Index]
			if raw, err := tx.Answer(with.record.By.Device, with.record.N); err != nil {
				return err
			} else if raw != nil {
				with.beside.Answer = nil
			}
			if err := putBeside(tx, with.record, with.beside); err != nil {
				return err
			}
		}
		return nil
	})}, nil
}

// givenUp answers the commands that devices gave up waiting for, so that one
// that was only late does nothing any more (rule R7). It is nil when there are
// none.
func (d *deciding) givenUp(events []queue.Event) func(*journal.Tx) error {
	var list []queue.CommandGivenUp
	for _, e := range events {
		if e, ok := e.(queue.CommandGivenUp); ok {
			list = append(list, e)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return func(tx *journal.Tx) error {
		raw, err := json.Marshal(answer{Refusal: refusal.New(codeGivenUp)})
		if err != nil {
			return fmt.Errorf("encode answer: %w", err)
		}
		for _, e := range list {
			known, err := tx.Answer(e.Device, e.N)
			if err != nil {
				return err
			}
			if known != nil {
				continue
			}
			if err := tx.PutAnswer(e.Device, e.N, raw); err != nil {
				return err
			}
		}
		return nil
	}
}

// env is what the core needs of this machine to decide the call.
func (d *deciding) env() queue.Env {
	return queue.Env{Now: d.at, Mint: d.o.secret.mint, Answered: d.answered, Clock: d.o.trusted(d.clock)}
}

// answered tells the core whether a command was carried out here, and the
// ticket that it gave.
func (d *deciding) answered(device string, n uint64) (ticket queue.TicketID, known bool) {
	raw, err := d.tx.Answer(device, n)
	if err != nil || raw == nil {
		return "", false
	}
	var a answer
	var r Reply
	if json.Unmarshal(raw, &a) == nil && a.Refusal == nil && json.Unmarshal(a.Reply, &r) == nil && r.gave(device) {
		ticket = r.Ticket.ID
	}
	return ticket, true
}

// gave reports whether the command that was answered so gave the answer's
// ticket its number: it was the command's last record, or, by hand, the one
// before call and start.
func (r Reply) gave(device string) bool {
	t := r.Ticket
	if t == nil || t.Kiosk != device || t.Seq > r.Seq {
		return false
	}
	byHand := len(t.History) > 0 && t.History[0].Reason == queue.ByHand
	return t.Seq == r.Seq || byHand && r.Seq-t.Seq <= 2
}

// Settle ends the wait for an earlier hub's records: all are here, or its disk
// is lost, which a supervisor must say.
func (o *Office) Settle(ctx context.Context, officer string, c queue.SettlePredecessor) error {
	return o.inWriter(ctx, func() error {
		if err := o.Seat().Refusal(); err != nil {
			return err
		}
		done, err := o.record(o.own(officer), c, nil)
		if err == nil {
			o.stream.publish(done)
		}
		return err
	})
}

// SettleLost closes every earlier hub that has not handed over, on a
// supervisor's word that its disk is gone.
func (o *Office) SettleLost(ctx context.Context, officer, reason string) error {
	waiting := o.State().Predecessors
	if len(waiting) == 0 {
		return refusal.New("settle-nothing")
	}
	for _, p := range waiting {
		if err := o.Settle(ctx, officer, queue.SettlePredecessor{Term: p.Term, How: queue.Lost, Reason: reason}); err != nil {
			return fmt.Errorf("settle term %s: %w", strconv.Itoa(p.Term), err)
		}
	}
	return nil
}
