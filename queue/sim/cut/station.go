package cut

import (
	"encoding/json"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/field"
	"motcua/queue/succession"
)

// place is a record offered under an origin.
type place struct {
	origin string
	index  uint64
}

// slip is a number that is to be printed: on disk with the step that gave it.
type slip struct {
	ticket queue.TicketID
	void   bool // the paper never came; it is to be withdrawn
}

// station is a terminal at work.
type station struct {
	w  *world
	id int
	up bool

	// On disk.
	kept    field.Kept
	records []field.Entry
	copied  []entry          // of the office's chain
	state   *queue.State     // after them
	aside   map[place]string // lines of hubs that are gone, and those ahead of the copy
	slips   []slip

	// In memory.
	term    field.Terminal
	replies map[uint64]reply
	outcome map[uint64]func(outcome) // who waits for which wish
	kinds   map[uint64]queue.Command
}

// outcome is what a wish came to.
type outcome struct {
	ticket  queue.TicketID
	code    string
	seq     uint64
	refusal error
	alone   bool // decided here
}

func newStation(w *world, id int) *station {
	s := &station{w: w, id: id, up: true, aside: map[place]string{}}
	s.copied, s.state = w.lab.log, w.lab.state
	s.kept = field.Kept{Seat: succession.NewTerminal(names[id]), Copy: uint64(len(w.lab.log))}
	s.boot()
	return s
}

// boot takes up what is on disk.
func (s *station) boot() {
	s.up, s.replies = true, map[uint64]reply{}
	s.outcome, s.kinds = map[uint64]func(outcome){}, map[uint64]queue.Command{}
	for i := range s.slips {
		s.slips[i].void = true // nobody knows whether the paper came out: this simulation knows that it did not
	}
	kept := s.kept
	if s.w.one(8) { // as JSON, as on a real disk
		raw, err := json.Marshal(kept)
		kept = field.Kept{}
		if err != nil || json.Unmarshal(raw, &kept) != nil {
			s.w.fault("%s cannot read what it kept", names[s.id])
		}
	}
	if s.w.without(OwnNumbers) {
		kept.Numbers = nil
	}
	term, step, err := field.Start(kept, s.records, s.state, decode, s.decide, s.w.now)
	if err != nil {
		s.w.fault("%s does not start: %v", names[s.id], err)
		s.up = false
		return
	}
	s.do(term, step)
}

// decide is what a terminal decides alone.
func (s *station) decide(v *queue.State, c queue.Command, by chain.Actor, env queue.Env) ([]queue.Event, error) {
	if s.w.without(OwnNumbers) {
		env.Given = nil
	}
	return queue.Decide(v, c, by, env)
}

func decode(p field.Pending) (queue.Command, error) {
	if c := p.Command(); c != nil {
		return c, nil
	}
	switch p.Type {
	case queue.IssueTicket{}.Name():
		return read[queue.IssueTicket](p.Data)
	case queue.VoidTicket{}.Name():
		return read[queue.VoidTicket](p.Data)
	case queue.ServeByHand{}.Name():
		return read[queue.ServeByHand](p.Data)
	case queue.CallTicket{}.Name():
		return read[queue.CallTicket](p.Data)
	case queue.CallNext{}.Name():
		return queue.CallNext{}, nil
	case queue.StartService{}.Name():
		return read[queue.StartService](p.Data)
	case queue.MarkAbsent{}.Name():
		return read[queue.MarkAbsent](p.Data)
	case queue.HoldTicket{}.Name():
		return read[queue.HoldTicket](p.Data)
	case queue.FinishTicket{}.Name():
		return read[queue.FinishTicket](p.Data)
	case dossier.Receive{}.Name():
		return read[dossier.Receive](p.Data)
	}
	return nil, fmt.Errorf("a command %s that no station of the simulation gives", p.Type)
}

func read[C queue.Command](data json.RawMessage) (queue.Command, error) {
	var c C
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, fmt.Errorf("read %s: %w", c.Name(), err)
	}
	return c, nil
}

func (s *station) crash(why string) {
	s.up = false
	s.w.count.Crashes++
	s.w.tell("%s loses power %s", names[s.id], why)
}

// wish makes a wish; done hears what came of it, unless the power goes first.
func (s *station) wish(on field.Terminal, wish field.Wish, done func(outcome)) {
	term, n, step := on.Wish(wish, s.w.now)
	s.kinds[n], s.outcome[n] = wish.Command, done
	s.w.tell("%s wishes %s, n %d", names[s.id], wish.Command.Name(), n)
	s.do(term, step)
}

// do carries out a step: first the disk, then the rest. The power may go before
// and after either.
func (s *station) do(term field.Terminal, step field.Step) {
	if s.w.without(KeepFirst) && !s.w.calm && s.w.one(30) {
		s.effects(step)
		if s.up {
			s.crash("after it acted, before it was on disk")
		}
		return
	}
	if !s.w.calm && (step.Keep || len(step.Do) > 0) && s.w.one(250) {
		s.crash("before a step was on disk")
		return
	}
	if step.Keep {
		s.kept = term.Kept
		s.slips = append(s.slips, s.printing(step)...)
	}
	if len(step.Append) > 0 {
		s.records = term.Records()
	}
	s.term = term
	if !s.w.calm && len(step.Do) > 0 && s.w.one(250) {
		s.crash("after a step was on disk")
		return
	}
	s.effects(step)
}

// printing are the numbers that a step gives to somebody at a kiosk.
func (s *station) printing(step field.Step) []slip {
	var list []slip
	for _, e := range step.Do {
		switch e := e.(type) {
		case field.Answer:
			if _, number := s.kinds[e.N].(queue.IssueTicket); number && s.replies[e.N].ticket != "" {
				list = append(list, slip{ticket: s.replies[e.N].ticket})
			}
		case field.Decided:
			if _, number := s.kinds[e.N].(queue.IssueTicket); number {
				list = append(list, slip{ticket: of(e.Events).ticket})
			}
		}
	}
	return list
}

// of is what events say to whoever wished them.
func of(events []queue.Event) outcome {
	var a reply
	for _, e := range events {
		a.note(e)
	}
	return outcome{ticket: a.ticket, code: a.code, alone: true}
}

func (s *station) effects(step field.Step) {
	for _, e := range step.Do {
		if !s.up {
			return
		}
		switch e := e.(type) {
		case field.Answer:
			r := s.replies[e.N]
			o := outcome{ticket: r.ticket, code: r.code, refusal: r.refusal}
			if len(r.records) > 0 {
				o.seq = r.records[len(r.records)-1].Seq
			}
			s.tell(e.N, o)
		case field.Decided:
			s.tell(e.N, of(e.Events))
		case field.Waits:
			s.tell(e.N, outcome{alone: true})
		case field.Refused:
			s.tell(e.N, outcome{refusal: e.Err, alone: true})
		case field.Send:
			s.send(e)
		case field.Offer:
			s.offer(e)
		case field.Follow:
			s.follow(e)
		}
	}
}

// tell gives an outcome to who waits for it.
func (s *station) tell(n uint64, o outcome) {
	done := s.outcome[n]
	delete(s.outcome, n)
	delete(s.kinds, n)
	s.w.tell("%s is told of n %d: %s", names[s.id], n, o.says())
	if done != nil {
		done(o)
	}
}

func (o outcome) says() string {
	switch {
	case o.refusal != nil:
		return o.refusal.Error()
	case o.alone:
		return "decided alone " + o.ticket.Label() + " " + o.code
	}
	return "answered " + o.ticket.Label() + " " + o.code
}

// office is the machine that this terminal talks to: the one it believes leads,
// if it can be reached, else the other.
func (s *station) office() int {
	for _, h := range s.w.hubs {
		if names[h.id] == s.term.Seat.Seen.Hub && s.w.reach(s.id, h.id) {
			return h.id
		}
	}
	first := s.w.below(2)
	for _, h := range []int{first, 1 - first} {
		if s.w.reach(s.id, h) {
			return h
		}
	}
	return first
}

// patience is how long a request may take before it counts as failed.
const patience = 4 * time.Second

// ask sends a request; who waits too long is told that it failed.
func (s *station) ask(e field.Effect, what string, act func(h *hub)) {
	h := s.w.hubs[s.office()]
	s.w.send(s.id, h.id, what, func() { act(h) })
	s.w.fly(message{at: s.w.now.Add(patience), from: s.id, to: s.id, act: func() {
		s.do(s.term.Failed(e, s.w.now))
	}})
}

// claim is the claim of an answer as this terminal takes it.
func (s *station) claim(c succession.Claim) succession.Claim {
	if s.w.without(HighestTerm) && s.term.Seat.Seen.Term > 0 {
		return s.term.Seat.Seen
	}
	return c
}

func (s *station) send(e field.Send) {
	p := e.Call
	s.ask(e, fmt.Sprintf("%s n %d", p.Type, p.N), func(h *hub) {
		a := h.serve(s.term.Seat.Seen, p.By, p.N, p.Command())
		if a == nil {
			return
		}
		lead := h.seat.Leads()
		s.w.send(h.id, s.id, fmt.Sprintf("answer to n %d", p.N), func() { s.receive(e, *a, lead) })
	})
}

// receive takes in an answer, or that the machine is no hub.
func (s *station) receive(e field.Send, a reply, leads bool) {
	if !leads {
		s.do(s.term.Heard(s.claim(a.claim), s.w.now))
		if s.up {
			s.do(s.term.Failed(e, s.w.now))
		}
		return
	}
	s.replies[a.n] = a
	var seqs []uint64
	for _, r := range a.records {
		seqs = append(seqs, r.Seq)
		s.aside[place{queue.TermOrigin(a.term), r.Seq}] = string(r.Line())
	}
	s.do(s.term.Answered(s.claim(a.claim), a.n, seqs, s.w.now))
}

// hear lets the terminal hear whoever leads, and the other way round.
func (s *station) hear() {
	for _, h := range s.w.hubs {
		if !s.up || !s.w.reach(s.id, h.id) || !s.w.calm && s.w.one(5) {
			continue
		}
		h.meet(s.term.Seat.Seen)
		if h.leads() {
			s.do(s.term.Heard(s.claim(h.seat.Seen), s.w.now))
		}
	}
}

func (s *station) follow(e field.Follow) {
	s.ask(e, "which terms?", func(h *hub) {
		if !h.leads() {
			return
		}
		last := uint64(0)
		for key := range h.answers {
			if key.device == names[s.id] {
				last = max(last, key.n)
			}
		}
		claim, terms := h.seat.Seen, h.terms
		s.w.send(h.id, s.id, "the terms", func() { s.following(claim, terms, last) })
	})
}

// following moves the records aside that the office does not have.
func (s *station) following(claim succession.Claim, terms succession.Lineage, last uint64) {
	before, mine := s.copied, s.term.Terms
	t, step := s.term.Following(s.claim(claim), terms, last, s.w.now)
	for _, r := range before[min(uint64(len(before)), t.Copy):] {
		s.aside[place{queue.TermOrigin(mine.Term(r.Seq)), r.Seq}] = string(r.Line())
	}
	if s.do(t, step); s.kept.Copy < uint64(len(s.copied)) {
		s.copied = s.copied[:s.kept.Copy]
	}
}

// copy takes over what the office has now.
func (s *station) copy() {
	id := s.office()
	if !s.up || !s.w.reach(s.id, id) {
		return
	}
	h := s.w.hubs[id]
	if !h.leads() || s.term.Followed() != s.claim(h.seat.Seen) || s.term.Copy == h.head.Seq {
		return
	}
	log, state := h.log, h.state.Clone()
	t, step := s.term.Copied(s.claim(h.seat.Seen), state, s.w.now)
	was := s.copied
	s.copied, s.state = log[:len(log):len(log)], state
	if s.do(t, step); s.kept.Copy != uint64(len(log)) {
		s.copied = was // the power went first
	}
}

// lines finds the records that an offer names.
func (s *station) lines(o field.Span) []queue.MergeItem {
	var items []queue.MergeItem
	if o.Origin == names[s.id] {
		for _, r := range s.records {
			if seq := r.Record.Seq; seq >= o.First && seq <= o.Last {
				items = append(items, queue.MergeItem{Index: seq, Record: string(r.Record.Line())})
			}
		}
		return items
	}
	for i := o.First; i <= o.Last; i++ {
		if line, ok := s.aside[place{o.Origin, i}]; ok {
			items = append(items, queue.MergeItem{Index: i, Record: line})
		}
	}
	return items
}

func (s *station) offer(e field.Offer) {
	items := s.lines(e.Span)
	last := e.Span.Last
	if !s.w.calm && s.w.one(4) && len(items) > 1 { // only a part
		items = items[:1+s.w.below(len(items)-1)]
		last = items[len(items)-1].Index
	}
	if s.w.without(CopiesOffered) && e.Span.Origin != names[s.id] {
		items = nil
	}
	s.ask(e, fmt.Sprintf("merge %d to %d of %s", e.Span.First, last, e.Span.Origin), func(h *hub) {
		h.meet(s.term.Seat.Seen)
		if !h.leads() || len(items) > 0 && !h.merge(e.Span.Origin, items) {
			return
		}
		claim := h.seat.Seen
		s.w.send(h.id, s.id, "merged", func() { s.do(s.term.Took(s.claim(claim), e.Span, last, s.w.now)) })
	})
}
