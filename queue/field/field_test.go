package field_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/field"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

var (
	morning = time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	first   = succession.Claim{Term: 1, Hub: "hub"}
	second  = succession.Claim{Term: 2, Hub: "standby"}
)

// bench is a terminal with a disk: it does what a step says, in its order.
type bench struct {
	t    *testing.T
	term field.Terminal
	disk struct {
		kept    []byte
		records []field.Entry
	}
	copy *queue.State
	did  []field.Effect
	now  time.Time
}

// decide gives X1-numbers and lets an officer finish; the rest needs the office.
func decide(s *queue.State, c queue.Command, by chain.Actor, env queue.Env) ([]queue.Event, error) {
	switch c := c.(type) {
	case queue.IssueTicket:
		n := max(s.Numbers["X1-"], env.Given(s.Day)) + 1
		return []queue.Event{queue.TicketIssued{Ticket: queue.NewTicketID(s.Day, "X1-", n), Service: c.Service, Instead: c.Instead}}, nil
	case queue.FinishTicket:
		return []queue.Event{queue.TicketFinished{Ticket: "261123-A001"}}, nil
	}
	return nil, refusal.New("office-silent")
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: morning, copy: queue.NewState()}
	b.copy.Day, b.copy.Open, b.copy.Seq = "2026-11-23", true, 10
	b.start(field.Kept{Seat: succession.NewTerminal("kiosk-2"), Copy: 10})
	return b
}

func (b *bench) start(k field.Kept) {
	b.t.Helper()
	term, step, err := field.Start(k, b.disk.records, b.copy, func(p field.Pending) (queue.Command, error) {
		if p.Type == "ticket.issue" {
			return queue.IssueTicket{}, nil
		}
		return queue.FinishTicket{}, nil
	}, decide, b.now)
	if err != nil {
		b.t.Fatal(err)
	}
	b.did = nil
	b.do(term, step)
	b.now = b.now.Add(field.Quiet) // nobody is heard: the office is silent
}

// do stores, then notes the effects.
func (b *bench) do(term field.Terminal, step field.Step) {
	b.t.Helper()
	raw, err := json.Marshal(term.Kept)
	if err != nil {
		b.t.Fatal(err)
	}
	if !step.Keep && len(b.disk.kept) > 0 && string(raw) != string(b.disk.kept) {
		b.t.Fatalf("something to keep changed and was not kept:\n%s\n%s", b.disk.kept, raw)
	}
	b.disk.kept = raw
	b.disk.records = term.Records()
	b.term = term
	b.did = append(b.did, step.Do...)
}

// crash starts again with what is on the disk.
func (b *bench) crash() {
	b.t.Helper()
	var k field.Kept
	if err := json.Unmarshal(b.disk.kept, &k); err != nil {
		b.t.Fatal(err)
	}
	b.start(k)
}

func (b *bench) wish(c queue.Command) uint64 {
	b.t.Helper()
	term, n, step := b.term.Wish(field.Wish{Command: c}, b.now)
	b.do(term, step)
	return n
}

// link makes the terminal hear an office and know its terms.
func (b *bench) link(c succession.Claim, terms succession.Lineage) {
	b.t.Helper()
	b.do(b.term.Heard(c, b.now))
	b.want(field.Follow{})
	b.do(b.term.Following(c, terms, 0, b.now))
}

func (b *bench) tick(d time.Duration) {
	b.t.Helper()
	b.now = b.now.Add(d)
	b.do(b.term.Tick(b.now))
}

// want compares the effects since the last look; calls by number only.
func (b *bench) want(list ...field.Effect) {
	b.t.Helper()
	short := func(list []field.Effect) []string {
		var out []string
		for _, e := range list {
			switch e := e.(type) {
			case field.Send:
				out = append(out, "send "+e.Call.Type)
			case field.Decided:
				kinds := ""
				for _, x := range e.Events {
					kinds += " " + x.Kind()
				}
				out = append(out, "decided"+kinds)
			case field.Refused:
				r, _ := refusal.Of(e.Err)
				out = append(out, "refused "+r.Code)
			case field.Waits:
				out = append(out, "waits")
			case field.Answer:
				out = append(out, "answer")
			case field.Follow:
				out = append(out, "follow")
			case field.Offer:
				raw, _ := json.Marshal(e.Span)
				out = append(out, "offer "+string(raw))
			}
		}
		return out
	}
	b.t.Helper()
	if diff := cmp.Diff(short(list), short(b.did)); diff != "" {
		b.t.Fatalf("effects (-want +got):\n%s", diff)
	}
	b.did = nil
}

func send(name string) field.Effect { return field.Send{Call: field.Pending{Type: name}} }

func decided(events ...queue.Event) field.Effect { return field.Decided{Events: events} }

func offer(origin string, first, last uint64) field.Effect {
	return field.Offer{Span: field.Span{Origin: origin, First: first, Last: last}}
}

func TestCallIsAnsweredByTheOffice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	n := b.wish(queue.IssueTicket{})
	b.want(send("ticket.issue"))
	b.do(b.term.Answered(first, n, []uint64{11}, b.now))
	b.want(field.Answer{N: n})
	b.do(b.term.Answered(first, n, []uint64{11}, b.now))
	b.want() // the same answer again says nothing
}

func TestNumberWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	n := b.wish(queue.IssueTicket{})
	b.want(send("ticket.issue"))
	if b.term.Next() != b.now.Add(field.IssueTimeout) {
		t.Errorf("next tick: got %v", b.term.Next())
	}
	b.tick(field.IssueTimeout)
	issued := b.did[0].(field.Decided).Events[0].(queue.TicketIssued)
	if issued.Ticket.Label() != "X1-001" || issued.Instead != n {
		t.Errorf("got %+v, want X1-001 instead of call %d", issued, n)
	}
	b.want(decided(issued), offer("kiosk-2", 1, 1))
	b.do(b.term.Answered(first, n, []uint64{11}, b.now))
	b.want() // too late: the citizen holds the other number
	b.do(b.term.Took(first, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	b.wish(queue.IssueTicket{})
	b.want(send("ticket.issue"))
}

func TestSilentOfficeIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wish(queue.IssueTicket{})
	b.want(decided(queue.TicketIssued{}))
	b.wish(queue.CallNext{})
	b.want(field.Refused{Err: refusal.New("office-silent")})
	b.link(first, nil)
	b.want(offer("kiosk-2", 1, 1))
	b.wish(queue.CallNext{})
	b.want() // not before the office has what happened here
	b.do(b.term.Failed(field.Offer{Span: field.Span{Origin: "kiosk-2", First: 1, Last: 1}}, b.now))
	b.tick(time.Second)
	b.want(offer("kiosk-2", 1, 1))
	b.do(b.term.Took(first, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	b.want(send("ticket.call-next"))
}

func TestOfficeGetsTimeToBeHeardAfterAStart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.now = morning // as it starts
	b.wish(queue.IssueTicket{})
	b.want()
	b.link(first, nil)
	b.want(send("ticket.issue"))
}

func TestUnansweredFinishIsTheSameCommand(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	n := b.wish(queue.FinishTicket{})
	b.want(send("ticket.finish"))
	b.tick(field.Timeout - time.Second)
	b.want()
	b.tick(time.Second)
	b.want(decided(queue.TicketFinished{}))
	if r := b.term.Records()[0].Record; r.N != n {
		t.Errorf("record of command %d, want %d: the office must see that it is the same", r.N, n)
	}
}

func TestUnansweredCallIsGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	n := b.wish(queue.CallNext{})
	b.want(send("ticket.call-next"))
	b.tick(field.Timeout)
	b.want(field.Refused{Err: refusal.New("office-silent")})
	got := b.term.Records()[0].Event
	if diff := cmp.Diff(queue.Event(queue.CommandGivenUp{Device: "kiosk-2", N: n}), got); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
}

func TestRestartGivesUpTheNumberAndRepeatsTheRest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	b.wish(queue.IssueTicket{})
	b.wish(queue.FinishTicket{})
	b.crash()
	b.want()
	if e := b.term.Records()[0].Event; e != queue.Event(queue.CommandGivenUp{Device: "kiosk-2", N: 1}) {
		t.Errorf("got %+v, want the number given up", e)
	}
	b.link(first, nil)
	b.want(offer("kiosk-2", 1, 1))
	b.do(b.term.Took(first, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	b.want(send("ticket.finish"))
}

func TestStandingWishIsNeverGivenUp(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	stand := func() uint64 {
		term, receipt := b.term.Receipt("2026-11-23")
		term, n, step := term.Wish(field.Wish{Command: queue.RequestHelp{}, Standing: true}, b.now)
		b.do(term, step)
		if int(n) != receipt {
			t.Errorf("receipt %d of call %d", receipt, n)
		}
		return n
	}
	stand()
	b.want(field.Waits{N: 1}) // the office is silent: a provisional receipt
	b.crash()
	b.want()
	b.link(first, nil)
	b.want(send("help.request"))
	stand()
	b.tick(field.Timeout)
	b.want(field.Waits{N: 2})
	b.do(b.term.Heard(first, b.now))
	b.do(b.term.Answered(first, 1, nil, b.now))
	b.want(field.Answer{N: 1}, send("help.request"))
	b.do(b.term.Answered(first, 2, nil, b.now))
	b.want(field.Answer{N: 2})
	if len(b.term.Records()) > 0 {
		t.Errorf("%d field records, want none", len(b.term.Records()))
	}
}

func TestOfficeOfAnEarlierTermIsNotObeyed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(second, nil)
	n := b.wish(queue.IssueTicket{})
	b.want(send("ticket.issue"))
	b.do(b.term.Answered(first, n, nil, b.now))
	b.want()
	b.tick(time.Second)
	b.want(send("ticket.issue")) // asked again, of whoever leads
	b.crash()
	b.do(b.term.Heard(first, b.now))
	b.want()
	if !b.term.Silent(b.now) {
		t.Error("a hub that was superseded counts as the office")
	}
}

func TestNewTermGetsWhatOnlyTerminalsKnow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wish(queue.IssueTicket{}) // X1-001, taken by the first hub
	b.want(decided(queue.TicketIssued{}))
	b.link(first, nil)
	b.do(b.term.Took(first, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	n := b.wish(queue.IssueTicket{})
	b.do(b.term.Answered(first, n, []uint64{14}, b.now)) // beyond the copy, which ends at 10
	b.did = nil
	// The first hub is lost; its standby had 8 records.
	b.link(second, succession.Lineage{{Claim: second, After: 8}})
	b.want(offer("term-1", 9, 10))
	b.do(b.term.Took(second, field.Span{Origin: "term-1", First: 9, Last: 10}, 10, b.now))
	b.want(offer("term-1", 14, 14))
	b.do(b.term.Took(second, field.Span{Origin: "term-1", First: 14, Last: 14}, 14, b.now))
	b.want(offer("kiosk-2", 1, 1)) // confirmed by a hub that is gone
	b.do(b.term.Took(second, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	b.want()
	if b.term.Copy != 8 {
		t.Errorf("the copy goes on after %d, want 8", b.term.Copy)
	}
}

func TestOfferMeantForAnotherHubConfirmsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wish(queue.IssueTicket{})
	b.want(decided(queue.TicketIssued{}))
	b.link(first, nil)
	b.do(b.term.Took(first, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	b.wish(queue.IssueTicket{})
	b.tick(field.IssueTimeout)
	b.did = nil
	// The offer of record 2 reaches the hub of the next term, which lacks record 1.
	b.do(b.term.Took(second, field.Span{Origin: "kiosk-2", First: 2, Last: 2}, 2, b.now))
	b.want(field.Follow{})
	b.do(b.term.Following(second, succession.Lineage{{Claim: second, After: 10}}, 0, b.now))
	b.want(offer("kiosk-2", 1, 2))
}

func TestOwnNumbersNeverComeTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.wish(queue.IssueTicket{})
	b.want(decided(queue.TicketIssued{}))
	b.link(second, nil)
	b.do(b.term.Took(second, field.Span{Origin: "kiosk-2", First: 1, Last: 1}, 1, b.now))
	other := b.copy.Clone() // a hub that has not heard of X1-001
	b.do(b.term.Copied(second, other, b.now))
	b.now = b.now.Add(field.Quiet)
	b.did = nil
	b.wish(queue.IssueTicket{})
	issued := b.did[0].(field.Decided).Events[0].(queue.TicketIssued)
	if issued.Ticket.Label() != "X1-002" {
		t.Errorf("got %s, want X1-002", issued.Ticket.Label())
	}
}

func TestBoundsAreRefusals(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.link(first, nil)
	for range field.MaxPending {
		b.wish(queue.FinishTicket{})
	}
	b.did = nil
	b.wish(queue.FinishTicket{})
	b.want(field.Refused{Err: refusal.New("terminal-busy")})
}

func TestDamagedMemoryIsNotUsed(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]field.Kept{
		"nothing":       {},
		"a hub":         {Seat: succession.NewHub("a")},
		"taken too far": {Seat: succession.NewTerminal("a"), Taken: 1},
		"call too high": {Seat: succession.NewTerminal("a"), Pending: []field.Pending{{N: 1}}},
	} {
		if err := k.Check(); !errors.Is(err, field.ErrKept) {
			t.Errorf("%s: got %v, want ErrKept", name, err)
		}
	}
}
