package field_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/field"
	"motcua/queue/succession"
)

// player drives a terminal with inputs in any order, as a run time with bad
// luck would, and checks what must hold after each.
type player struct {
	t       *rapid.T
	term    field.Terminal
	records []field.Entry
	now     time.Time
	claim   succession.Claim // of the office at hand
	open    map[uint64]bool  // wishes that have not been told anything
	standby map[uint64]bool  // standing ones that were told to wait
	out     field.Effect     // what awaits its outcome
	highest uint64           // number of a call
}

func (p *player) do(next field.Terminal, step field.Step) {
	p.t.Helper()
	if len(step.Append) > 0 && !step.Keep {
		p.t.Fatal("field records without the memory of their chain")
	}
	head := p.term.Chain
	for _, r := range step.Append {
		var err error
		if head, err = head.Check(r); err != nil {
			p.t.Fatalf("field record %d: %v", r.Seq, err)
		}
	}
	if len(step.Append) > 0 && head != next.Chain {
		p.t.Fatalf("the chain ends at %d, the records at %d", next.Chain.Seq, head.Seq)
	}
	if !step.Keep {
		old, _ := json.Marshal(p.term.Kept)
		now, _ := json.Marshal(next.Kept)
		if string(old) != string(now) {
			p.t.Fatalf("changed and not kept:\n%s\n%s", old, now)
		}
	}
	if err := next.Check(); err != nil {
		p.t.Fatal(err)
	}
	if p.term.Seat.Seen.Beats(next.Seat.Seen) || next.N < p.term.N || next.Chain.Seq < p.term.Chain.Seq {
		p.t.Fatalf("went back from %+v to %+v", p.term.Kept, next.Kept)
	}
	p.term, p.records = next, next.Records()
	for _, e := range step.Do {
		p.effect(e)
	}
}

func (p *player) effect(e field.Effect) {
	told := func(n uint64) {
		if n > 0 && !p.open[n] && !p.standby[n] {
			p.t.Fatalf("told twice about wish %d: %T", n, e)
		}
		delete(p.open, n)
	}
	switch e := e.(type) {
	case field.Send:
		if e.Call.N < p.highest && p.open[p.highest] {
			p.t.Fatalf("call %d goes out after call %d", e.Call.N, p.highest)
		}
		p.out, p.highest = e, max(p.highest, e.Call.N)
	case field.Offer, field.Follow:
		p.out = e
	case field.Waits:
		told(e.N)
		p.standby[e.N] = true
	case field.Answer:
		told(e.N)
		delete(p.standby, e.N)
	case field.Decided:
		told(e.N)
	case field.Refused:
		told(e.N)
	}
}

func (p *player) wish() {
	standing := rapid.IntRange(0, 4).Draw(p.t, "standing") == 0
	c := rapid.SampledFrom([]queue.Command{queue.IssueTicket{}, queue.CallNext{}, queue.FinishTicket{}}).Draw(p.t, "wish")
	if standing {
		c = queue.RequestHelp{}
	}
	next, n, step := p.term.Wish(field.Wish{Command: c, Standing: standing}, p.now)
	if n > 0 && n <= p.term.N {
		p.t.Fatalf("wish %d is numbered %d", p.term.N+1, n)
	}
	if n > 0 {
		p.open[n] = true
	}
	p.do(next, step)
}

// outcome ends what is out: well, or not at all.
func (p *player) outcome() {
	e := p.out
	if e == nil {
		return
	}
	if rapid.IntRange(0, 2).Draw(p.t, "lost") == 0 {
		p.do(p.term.Failed(e, p.now))
		return
	}
	switch e := e.(type) {
	case field.Send:
		p.do(p.term.Answered(p.claim, e.Call.N, []uint64{p.term.Copy + 1}, p.now))
	case field.Offer:
		p.do(p.term.Took(p.claim, e.Span, rapid.Uint64Range(e.Span.First, e.Span.Last).Draw(p.t, "took"), p.now))
	case field.Follow:
		p.do(p.term.Following(p.claim, p.lineage(), p.term.N, p.now))
	}
}

// lineage is that of the office at hand: each term began at the morning's end.
func (p *player) lineage() succession.Lineage {
	var l succession.Lineage
	for term := 2; term <= p.claim.Term; term++ {
		l = append(l, succession.Beginning{Claim: succession.Claim{Term: term, Hub: "hub"}, After: 10})
	}
	return l
}

func (p *player) restart() {
	raw, err := json.Marshal(p.term.Kept)
	if err != nil {
		p.t.Fatal(err)
	}
	var kept field.Kept
	if err := json.Unmarshal(raw, &kept); err != nil {
		p.t.Fatal(err)
	}
	term, step, err := field.Start(kept, p.records, p.term.View(), func(c field.Pending) (queue.Command, error) {
		for _, known := range []queue.Command{queue.IssueTicket{}, queue.CallNext{}, queue.RequestHelp{}} {
			if known.Name() == c.Type {
				return known, nil
			}
		}
		return queue.FinishTicket{}, nil
	}, decide, p.now)
	if err != nil {
		p.t.Fatal(err)
	}
	p.out, p.highest, p.open = nil, 0, map[uint64]bool{}
	p.do(term, step)
	for _, c := range p.term.Pending { // who asked is gone; the run time goes on
		p.open[c.N], p.standby[c.N] = !c.Standing, c.Standing
	}
}

// TestTerminalUnderAnyInputs: whatever comes, what is kept fits together, the
// chain of records is whole, calls go out in order, and every wish is told one
// outcome.
func TestTerminalUnderAnyInputs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		state := queue.NewState()
		state.Day, state.Open, state.Seq = "2026-11-23", true, 10
		kept := field.Kept{Seat: succession.NewTerminal("kiosk-2"), Copy: 10}
		term, _, err := field.Start(kept, nil, state, nil, decide, morning)
		if err != nil {
			rt.Fatal(err)
		}
		p := &player{
			t: rt, term: term, now: morning, claim: succession.Claim{Term: 1, Hub: "hub"},
			open: map[uint64]bool{}, standby: map[uint64]bool{},
		}
		for range rapid.IntRange(1, 60).Draw(rt, "inputs") {
			p.now = p.now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "ms")) * time.Millisecond)
			switch rapid.IntRange(0, 9).Draw(rt, "input") {
			case 0, 1, 2:
				p.wish()
			case 3, 4:
				p.do(p.term.Heard(p.claim, p.now))
			case 5, 6:
				p.outcome()
			case 7:
				p.do(p.term.Tick(p.now))
			case 8:
				if p.claim.Term < 4 && rapid.Bool().Draw(rt, "promotion") {
					p.claim.Term++
				}
			case 9:
				p.restart()
			}
		}
		// In the end nobody answers any more: every wish is told something.
		p.now = p.now.Add(field.Timeout)
		p.do(p.term.Tick(p.now))
		for n, waits := range p.open {
			if waits {
				rt.Fatalf("wish %d was never told anything", n)
			}
		}
	})
}

// TestStepsLeaveTheOldTerminalAlone: two futures of one terminal do not touch.
func TestStepsLeaveTheOldTerminalAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wish(queue.IssueTicket{})
	before, _ := json.Marshal(b.term.Kept)
	issued := len(b.term.View().Tickets)
	one, _, _ := b.term.Wish(field.Wish{Command: queue.IssueTicket{}}, b.now)
	two, _, _ := b.term.Wish(field.Wish{Command: queue.FinishTicket{}}, b.now)
	after, _ := json.Marshal(b.term.Kept)
	if string(before) != string(after) || len(b.term.View().Tickets) != issued {
		t.Error("a step changed the terminal that it was taken from")
	}
	last := func(x field.Terminal) chain.Record { return x.Records()[len(x.Records())-1].Record }
	if last(one).Type != "ticket.issued" || last(two).Type != "ticket.finished" {
		t.Errorf("the futures share a record: %s, %s", last(one).Type, last(two).Type)
	}
}
