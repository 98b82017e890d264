package cut

import (
	"strconv"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/field"
)

// officer works at a counter and believes the screen, except about who stands
// in front.
type officer struct {
	w       *world
	s       *station
	counter string
	id      string
	front   *person
	started bool   // the service has begun on some record
	receipt bool   // the dossier was taken in
	until   uint64 // the copy must have come so far before the screen is right
	none    bool   // nobody waits, as far as the office knows
}

func newOfficer(w *world, s *station) *officer {
	counter := strconv.Itoa(s.id - kiosk)
	return &officer{w: w, s: s, counter: counter, id: officerOf(counter)}
}

func (o *officer) wish(c queue.Command, done func(outcome)) { o.wishOn(o.s.term, c, done) }

func (o *officer) wishOn(term field.Terminal, c queue.Command, done func(outcome)) {
	_, standing := c.(dossier.Receive)
	o.s.wish(term, field.Wish{Officer: o.id, Counter: o.counter, Command: c, Standing: standing}, func(out outcome) {
		o.until = out.seq
		done(out)
	})
}

// step is the officer's next move.
func (o *officer) step() {
	if !o.s.up || len(o.s.outcome) > 0 {
		return
	}
	silent := o.s.term.Silent(o.w.now)
	if o.s.term.Copy < o.until && !silent {
		o.s.copy()
		return
	}
	view := o.s.term.View()
	open := view.Ticket(view.Counters[o.counter].Ticket)
	switch {
	case o.front != nil:
		o.serve(open)
	case open != nil:
		o.expect(open)
	case len(view.HeldAt(o.counter)) > 0 && o.w.one(2):
		o.wish(queue.CallTicket{Ticket: view.HeldAt(o.counter)[0].ID}, func(outcome) {})
	default:
		o.next(silent)
	}
}

// expect waits for whoever the screen says is called or served.
func (o *officer) expect(t *queue.Ticket) {
	p := o.w.papers[t.ID]
	switch {
	case p != nil && !p.done && p.at == 0:
		o.take(p)
	case t.Status() == queue.Called:
		o.wish(queue.MarkAbsent{Ticket: t.ID}, func(outcome) {})
	default:
		o.wish(queue.FinishTicket{Ticket: t.ID}, func(outcome) {})
	}
}

// take: somebody steps up to the counter.
func (o *officer) take(p *person) {
	p.at, o.front, o.started, o.receipt = o.s.id, p, false, false
}

// next calls by the rule, or whoever stands there.
func (o *officer) next(silent bool) {
	if silent || o.none && o.w.one(2) || o.w.one(6) {
		o.none = false
		if p := o.w.waiting(); p != nil {
			o.take(p)
			o.byHand()
			return
		}
	}
	if silent {
		if !o.w.calm && o.w.one(4) {
			o.roll()
		}
		return
	}
	o.wish(queue.CallNext{}, func(out outcome) {
		o.none = out.refusal != nil
		if p := o.w.papers[out.ticket]; out.ticket != "" && p != nil && !p.done && p.at == 0 {
			o.take(p)
		}
	})
}

// roll serves somebody who has no number: one of the paper roll is given.
func (o *officer) roll() {
	p := &person{seen: map[int]bool{}}
	o.wish(queue.ServeByHand{Service: service}, func(out outcome) {
		if out.ticket == "" {
			return
		}
		o.w.print(p, out.ticket)
		o.take(p)
		o.begun()
	})
}

func (o *officer) byHand() {
	p := o.front
	o.wish(queue.ServeByHand{Ticket: p.label, Service: service}, func(out outcome) {
		if o.front != p {
			return
		}
		if out.refusal == nil {
			o.begun()
		} else if !o.started {
			o.front, p.at = nil, 0 // back to the hall
		} else {
			o.leave()
		}
	})
}

// begun: the service is on record.
func (o *officer) begun() {
	if o.front == nil || o.started {
		return
	}
	o.started = true
	p := o.front
	if !p.seen[o.s.id] {
		p.seen[o.s.id] = true
		o.w.count.Services++
		o.w.deeds = append(o.w.deeds, deed{p.label, o.counter})
	}
	if len(p.seen) > 1 {
		o.w.fault("I3: %s is served at two counters", p.label)
	}
}

func (o *officer) leave() {
	p := o.front
	p.at, p.done, o.front = 0, true, nil
}

// over reports whether the screen says that a visit is over.
func (o *officer) over(p *person) bool {
	t := o.s.term.View().Ticket(p.label)
	return t != nil && t.Status() == queue.Done
}

// clear puts away what the screen has open, which is not who stands in front.
func (o *officer) clear(open *queue.Ticket) {
	p := o.w.papers[open.ID]
	switch {
	case open.Status() == queue.Called:
		o.wish(queue.MarkAbsent{Ticket: open.ID}, func(outcome) {})
	case p != nil && !p.done:
		o.wish(queue.HoldTicket{Ticket: open.ID, Reason: "in the hall"}, func(outcome) {})
	default:
		o.wish(queue.FinishTicket{Ticket: open.ID}, func(outcome) {})
	}
}

// serve goes on with who stands in front.
func (o *officer) serve(open *queue.Ticket) {
	p := o.front
	switch {
	case open != nil && open.ID != p.label:
		o.clear(open)
	case open == nil && o.started && o.over(p):
		o.leave()
	case open == nil:
		o.byHand()
	case open.Status() == queue.Called:
		o.wish(queue.StartService{Ticket: p.label}, func(out outcome) {
			if out.refusal == nil && o.front == p {
				o.begun()
			}
		})
	case !o.started:
		o.begun() // the screen says that it began
	case !o.receipt && o.w.one(2):
		o.takeIn()
	default:
		o.wish(queue.FinishTicket{Ticket: p.label}, func(out outcome) {
			if out.refusal == nil && o.front == p {
				o.leave()
			}
		})
	}
}
