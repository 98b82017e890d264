package cut

import (
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/succession"
)

// step lets some time go by, everybody do a little, and one thing happen.
func (w *world) step() {
	w.pass(time.Duration(100+w.below(900)) * time.Millisecond)
	w.hum()
	switch n := w.below(100); {
	case n < 26:
		w.arrive()
	case n < 30:
		w.withdraw()
	case n < 70:
		w.officers[w.below(2)].step()
	case n < 78:
		w.meetAgain()
	case n < 85:
		a, b := w.below(machines), w.below(machines)
		if a != b {
			w.line(a, b, w.one(3))
		}
	case n < 87:
		w.outage(w.below(machines))
	case n < 96:
		w.power(w.below(machines))
	case n < 99:
		w.supervise(w.hubs[w.below(2)])
	default:
		w.burn()
	}
}

// hum is what machines do by themselves all the time.
func (w *world) hum() {
	for _, s := range w.stations {
		if !s.up {
			continue
		}
		if w.one(2) {
			s.hear()
		}
		if next := s.term.Next(); s.up && !next.IsZero() && !next.After(w.now) {
			s.do(s.term.Tick(w.now))
		}
		if s.up && w.one(5) {
			s.copy()
		}
	}
	if w.one(3) {
		w.meetAgain()
	}
}

// line cuts or mends a link.
func (w *world) line(a, b int, cut bool) {
	if w.cut[a][b] == cut {
		return
	}
	w.cut[a][b], w.cut[b][a] = cut, cut
	if cut {
		w.count.Cuts++
		w.tell("the line between %s and %s is cut", names[a], names[b])
	} else {
		w.tell("the line between %s and %s is mended", names[a], names[b])
	}
}

func (w *world) outage(i int) {
	switch {
	case !w.up(i):
	case i < kiosk:
		w.hubs[i].crash("")
	default:
		w.stations[i-kiosk].crash("")
	}
}

func (w *world) power(i int) {
	switch {
	case w.up(i):
	case i < kiosk:
		w.hubs[i].restart()
	default:
		w.stations[i-kiosk].boot()
	}
}

// supervise lets somebody promote a machine, mostly when the other is not to be
// seen, sometimes by mistake.
func (w *world) supervise(h *hub) {
	other := w.hubs[box+desk-h.id]
	if !h.up || h.leads() {
		return
	}
	if w.reach(box, desk) && other.leads() && !w.one(4) {
		return
	}
	h.promote()
}

// burn destroys the disk of a machine that is off, now and then; what comes
// back is a standby with nothing.
func (w *world) burn() {
	h := w.hubs[w.below(2)]
	if !w.one(3) || h.up || w.count.Disks > 0 {
		return
	}
	w.count.Disks++
	w.tell("the disk of %s is lost", names[h.id])
	h.seat, h.past = succession.NewStandby(names[h.id]), nil
	h.forget()
	h.up = false
}

// mend puts everything in order: lines, power, and in the end the people.
func (w *world) mend() {
	w.calm = true
	w.tell("everything is mended")
	for a := range machines {
		for b := range machines {
			w.line(a, b, false)
		}
		w.power(a)
	}
	for range 400 {
		w.pass(300 * time.Millisecond)
		w.hum()
		w.meetAgain()
		w.restore()
		if w.wrong != "" || w.quiet() {
			break
		}
	}
	w.drain()
}

// restore does what supervisors do when everything runs again: somebody must
// lead, and who waits for a disk that is gone is told so.
func (w *world) restore() {
	a, b := w.hubs[box], w.hubs[desk]
	if !a.leads() && !b.leads() {
		best := a
		if len(b.log) > len(a.log) {
			best = b
		}
		best.promote()
	}
	if w.count.Disks == 0 || !w.settledStations() {
		return
	}
	for _, h := range w.hubs {
		other := w.hubs[box+desk-h.id]
		if !h.leads() || other.seat.Role == succession.Retired {
			continue
		}
		for _, p := range h.state.Predecessors {
			h.act(queue.SettlePredecessor{Term: p.Term, How: queue.Lost, Reason: "disk"})
		}
	}
}

// settledStations reports whether every terminal has told what it knows.
func (w *world) settledStations() bool {
	leader := w.leader()
	for _, s := range w.stations {
		if leader == nil || !s.up || s.term.Followed() != leader.seat.Seen || s.term.Lacking() {
			return false
		}
	}
	return true
}

// leader is the one hub, nil when there is none or two.
func (w *world) leader() *hub {
	a, b := w.hubs[box], w.hubs[desk]
	switch {
	case a.leads() && !b.leads():
		return a
	case b.leads() && !a.leads():
		return b
	}
	return nil
}

// quiet reports whether nothing more is to be handed over.
func (w *world) quiet() bool {
	h := w.leader()
	if h == nil || !w.settledStations() || len(h.state.Predecessors) > 0 || len(w.flying) > 0 {
		return false
	}
	for _, s := range w.stations {
		if len(s.term.Pending) > 0 || s.term.Copy < h.head.Seq {
			return false
		}
	}
	for _, d := range h.book.dossiers {
		if !d.Numbered() {
			return false
		}
	}
	return w.hubs[box+desk-h.id].head == h.head
}

// drain lets the officers serve everybody who still waits.
func (w *world) drain() {
	for range 3000 {
		if w.wrong != "" {
			return
		}
		w.pass(200 * time.Millisecond)
		w.hum()
		w.withdraw()
		home := w.home()
		for _, o := range w.officers {
			o.s.copy()
			if !home {
				o.step()
			}
		}
		if home && w.quiet() {
			return
		}
	}
	w.fault("I2: not everybody was served: %s", w.left())
}

// home reports whether everybody was served, every slip accounted for, and no
// counter waits for anybody.
func (w *world) home() bool {
	h := w.leader()
	if h == nil {
		return false
	}
	for _, d := range h.state.Counters {
		if d.Ticket != "" {
			return false
		}
	}
	for _, t := range h.state.Tickets {
		if t.Status() == queue.Held {
			return false
		}
	}
	for _, p := range w.people {
		if !p.done {
			return false
		}
	}
	return len(w.stations[0].slips) == 0
}

// left names who is still here.
func (w *world) left() string {
	list := ""
	for _, p := range w.people {
		if !p.done {
			list += " " + p.label.Label()
		}
	}
	if h := w.leader(); h != nil && list == "" {
		for _, slip := range w.stations[0].slips {
			list += " slip " + slip.ticket.Label()
		}
	}
	if list == "" {
		return " the machines do not come to rest: " + w.restless()
	}
	return list[1:]
}

// restless says what still goes on.
func (w *world) restless() string {
	h := w.leader()
	if h == nil {
		return "nobody leads"
	}
	what := fmt.Sprintf("%d predecessors, %d messages, standby %d of %d", len(h.state.Predecessors), len(w.flying), w.hubs[box+desk-h.id].head.Seq, h.head.Seq)
	for _, s := range w.stations {
		what += fmt.Sprintf("; %s: lacking %v, pending %d, copy %d", names[s.id], s.term.Lacking(), len(s.term.Pending), s.term.Copy)
	}
	return what
}
