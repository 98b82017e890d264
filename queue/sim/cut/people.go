package cut

import (
	"errors"

	"motcua/queue"
	"motcua/queue/field"
	"motcua/queue/refusal"
)

// person came to the office. What is here is what everybody can see, whatever
// the machines believe.
type person struct {
	label queue.TicketID // on the paper in the hand, "" for none
	at    int            // in front of which counter, 0 for none
	seen  map[int]bool   // counters that served
	done  bool
}

// deed is a service that everybody saw.
type deed struct {
	ticket  queue.TicketID
	counter string
}

// arrive lets somebody come to the kiosk and ask for a number.
func (w *world) arrive() {
	s := w.stations[0]
	if !s.up {
		return
	}
	for _, o := range s.outcome {
		if o != nil {
			return // somebody stands there
		}
	}
	p := &person{seen: map[int]bool{}}
	s.wish(s.term, field.Wish{Command: queue.IssueTicket{Service: service}}, func(o outcome) {
		if o.ticket == "" {
			return // goes home
		}
		if !w.calm && w.one(60) {
			s.crash("before the paper of " + o.ticket.Label() + " came out")
			return
		}
		w.print(p, o.ticket)
		for i, slip := range s.slips {
			if slip.ticket == o.ticket {
				s.slips = append(s.slips[:i:i], s.slips[i+1:]...)
				break
			}
		}
	})
}

// print puts a number into somebody's hand.
func (w *world) print(p *person, id queue.TicketID) {
	if _, twice := w.papers[id]; twice {
		w.fault("I1: %s is on two papers", id)
	}
	w.count.Papers++
	if c := id.Series()[0]; c == 'X' || c == 'Q' {
		w.count.Emergency++
	}
	p.label = id
	w.papers[id] = p
	w.people = append(w.people, p)
	w.tell("a paper with %s comes out", id.Label())
}

// withdraw lets the kiosk withdraw a number whose paper never came out.
func (w *world) withdraw() {
	s := w.stations[0]
	if !s.up || len(s.outcome) > 0 {
		return
	}
	for _, slip := range s.slips {
		if !slip.void {
			continue
		}
		id := slip.ticket
		s.wish(s.term, field.Wish{Command: queue.VoidTicket{Ticket: id, Reason: "not printed"}}, func(o outcome) {
			unknown := errors.Is(o.refusal, refusal.New("ticket-unknown"))
			if o.refusal != nil && (o.alone || unknown) {
				return // later again: the office may not have heard of it yet
			}
			for i := range s.slips {
				if s.slips[i].ticket == id {
					s.slips = append(s.slips[:i:i], s.slips[i+1:]...)
					return
				}
			}
		})
		return
	}
}

// waiting picks somebody who waits, nil when nobody does.
func (w *world) waiting() *person {
	var list []*person
	for _, p := range w.people {
		if !p.done && p.at == 0 {
			list = append(list, p)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return list[w.below(min(3, len(list)))]
}
