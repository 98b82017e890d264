package queue_test

import (
	"strings"
	"testing"
	"time"

	"motcua/queue"
)

func TestTicketGoesThroughTheOffice(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	first, second := d.issue("ho-tich", ""), d.issue("ho-tich", "")
	if first != "261123-A001" || second.Label() != "A002" {
		t.Fatalf("got %s and %s", first, second)
	}
	d.wait(5 * time.Minute)
	if got := d.callNext(by); got != first {
		t.Fatalf("called %s first", got)
	}
	d.refused(queue.CallNext{}, by, "ticket-open")
	d.must(queue.StartService{}, by)
	d.wait(4 * time.Minute)
	d.must(queue.FinishTicket{}, by)
	d.status(first, queue.Done)
	if got := d.s.Ticket(first).Wait(d.now); got != 5*time.Minute {
		t.Errorf("wait %v, want the five minutes to the first call", got)
	}
	if desk := d.s.Counters["1"]; desk.Served != 1 || desk.ServedSeconds != 240 || desk.Ticket != "" {
		t.Errorf("desk after one service: %+v", desk)
	}
	d.refused(queue.RateTicket{Ticket: first, Level: 5, Praise: make([]string, 11)}, kiosk, "praise-too-many")
	d.must(queue.RateTicket{Ticket: first, Level: 5}, kiosk)
	d.refused(queue.RateTicket{Ticket: first, Level: 4}, kiosk, "already-rated")
	d.refused(queue.RateTicket{Ticket: second, Level: 4}, kiosk, "not-yet-served")
}

func TestRefusalsNameTheCause(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	d.refused(queue.IssueTicket{Service: "sao-hoa"}, kiosk, "service-unknown")
	d.refused(queue.IssueTicket{Service: "ho-tich", Class: "vua"}, kiosk, "class-unknown")
	d.refused(queue.IssueTicket{Service: "ho-tich", Dossiers: 1000}, kiosk, "dossiers-out-of-range")
	d.refused(queue.CallNext{}, by, "queue-empty")
	d.refused(queue.Recall{}, by, "no-ticket-open")
	d.refused(queue.CallNext{}, at("9", "cb01"), "counter-unknown")
	d.refused(queue.CallNext{}, at("2", "cb02"), "counter-closed")
	d.refused(queue.CallNext{}, at("1", "cb02"), "counter-not-yours")
	d.refused(queue.OpenCounter{}, at("1", "ai-do"), "officer-unknown")
	d.refused(queue.VoidTicket{Ticket: "261123-A404"}, kiosk, "ticket-unknown")
	r := d.refused(queue.IssueTicket{Service: strings.Repeat("x", 5000)}, kiosk, "service-unknown")
	if len(r.Args["service"]) > 200 {
		t.Errorf("a refusal repeats %d characters of what came from outside", len(r.Args["service"]))
	}
}

func TestClosedOfficeSaysWhenItOpens(t *testing.T) {
	hours := map[time.Weekday][]queue.Span{time.Monday: {{From: 8 * 60, To: 11*60 + 30}, {From: 13*60 + 30, To: 17 * 60}}}
	d := open(t, func(c *queue.Config) { c.Hours = hours })
	d.issue("ho-tich", "")
	for _, step := range []struct {
		at          time.Duration
		opens, date string
	}{
		{4 * time.Hour, "13:30", "23/11/2026"},
		{9 * time.Hour, "08:00", "30/11/2026"},
	} {
		d.now = monday.Add(step.at)
		r := d.refused(queue.IssueTicket{Service: "ho-tich"}, kiosk, "office-closed")
		if r.Args["opens"] != step.opens || r.Args["day"] != step.date {
			t.Errorf("after %v: got %v, want %s on %s", step.at, r.Args, step.opens, step.date)
		}
	}
}

func TestCapsBoundTheDay(t *testing.T) {
	d := open(t, func(c *queue.Config) {
		c.Services[0].DailyCap, c.KioskDailyCap = 2, 4
		c.Services[1].First, c.Services[1].Last = 500, 501
	})
	d.issue("ho-tich", "")
	d.issue("ho-tich", "")
	d.refused(queue.IssueTicket{Service: "ho-tich"}, kiosk, "service-full")
	if id := d.issue("dat-dai", ""); id.Label() != "H500" {
		t.Errorf("series begins at %s, want H500", id.Label())
	}
	d.issue("dat-dai", "")
	d.refused(queue.IssueTicket{Service: "tra"}, kiosk, "kiosk-cap")
	other := kiosk
	other.Device = "kiosk-2"
	d.refused(queue.IssueTicket{Service: "dat-dai"}, other, "numbers-exhausted")
}

func TestScenario03_MidnightStartsTheSeriesAgain(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	for range 3 {
		d.issue("ho-tich", "")
	}
	left := d.callNext(by)
	d.now = time.Date(2026, 11, 23, 17, 0, 1, 0, time.UTC) // 00:00:01 of the 24th in Hà Nội
	next := d.issue("ho-tich", "")
	if next != "261124-A001" {
		t.Fatalf("first ticket of the new day is %s", next)
	}
	if d.s.Ticket(left) != nil || d.s.Waiting("") != 1 {
		t.Errorf("yesterday's tickets are still in today's queue")
	}
	if got := d.callNext(by); got != next {
		t.Errorf("called %s, want today's first", got)
	}
	closed := 0
	for _, j := range d.journal {
		if e, ok := j.e.(queue.TicketClosed); ok && e.As == queue.NotServed {
			closed++
		}
	}
	if closed != 3 {
		t.Errorf("%d tickets were closed as not served, want 3", closed)
	}
}

func TestScenario04_ClockJumpsChangeNoOrderAndNoNumber(t *testing.T) {
	for name, jump := range map[string]time.Duration{
		"a day ahead and back": 24 * time.Hour, "corrected by three hours": -3 * time.Hour,
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, nil)
			by := d.sit("2", "cb01")
			seen := map[queue.TicketID]bool{}
			var order []queue.TicketID
			take := func() {
				id := d.issue("ho-tich", "")
				if seen[id] {
					t.Fatalf("%s given twice", id)
				}
				seen[id] = true
				order = append(order, id)
			}
			take()
			d.wait(jump)
			take()
			d.wait(-jump)
			take()
			take()
			waiting := order[max(0, len(order)-d.s.Waiting("")):]
			for _, want := range waiting {
				if got := d.callNext(by); got != want {
					t.Fatalf("called %s, want %s: order is not the journal's", got, want)
				}
				if w := d.s.Ticket(want).Wait(d.now); w < 0 {
					t.Fatalf("wait of %v", w)
				}
				d.must(queue.FinishTicket{}, by)
			}
		})
	}
}

func TestScenario07_AnotherOfficerTakesOverAnOpenTicket(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	id := d.issue("ho-tich", "")
	d.callNext(by)
	d.must(queue.StartService{}, by)
	since := d.s.Ticket(id).Since()
	d.wait(time.Minute)
	d.refused(queue.CallTicket{Ticket: id, Reason: "nhầm"}, d.sit("2", "cb02"), "ticket-wrong-status")
	d.refused(queue.OpenCounter{}, at("3", "cb01"), "officer-elsewhere")
	d.sit("1", "cb03")
	got := d.s.Ticket(id)
	if got.Status() != queue.Serving || !got.Since().Equal(since) || got.Officer != "cb03" {
		t.Errorf("after take-over: %s since %v by %s", got.Status(), got.Since(), got.Officer)
	}
	d.refused(queue.FinishTicket{}, by, "counter-not-yours")
	d.must(queue.FinishTicket{}, at("1", "cb03"))
}

func TestScenario08_NextFinishesTheOpenTicketFirst(t *testing.T) {
	d := open(t, func(c *queue.Config) { c.AutoFinish = true })
	by := d.sit("1", "cb01")
	a, b := d.issue("ho-tich", ""), d.issue("ho-tich", "")
	d.callNext(by)
	d.callNext(by)
	d.status(a, queue.Done)
	d.status(b, queue.Called)
	d.refused(queue.CallNext{}, by, "queue-empty")
	d.status(b, queue.Called) // a refused wish changes nothing
}

func TestScenario09_RecallHasALimitAndAPause(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	id := d.issue("ho-tich", "")
	d.callNext(by)
	for range 3 {
		d.wait(7 * time.Second)
		if r := d.refused(queue.Recall{}, by, "recall-too-soon"); r.Args["seconds"] != "13" {
			t.Errorf("seconds left: %s, want 13", r.Args["seconds"])
		}
		d.wait(13 * time.Second)
		d.must(queue.Recall{}, by)
	}
	d.wait(20 * time.Second)
	calls := len(d.s.Calls)
	d.must(queue.Recall{}, by)
	d.status(id, queue.Absent)
	if len(d.s.Calls) != calls {
		t.Error("the fourth recall was called out")
	}
	if d.s.Counters["1"].Ticket != "" {
		t.Error("an absent ticket still occupies the counter")
	}
}

func TestScenario10_AbsentReturnsByTheRuleOnTheSlip(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	late := d.issue("ho-tich", "")
	d.wait(2 * time.Minute)
	d.callNext(by)
	d.must(queue.MarkAbsent{}, by)
	wait := d.s.Ticket(late).Wait(d.now)
	soon := d.issue("ho-tich", "")
	d.wait(9 * time.Minute)
	d.must(queue.ReturnTicket{Ticket: late}, kiosk)
	after := d.issue("ho-tich", "")
	var order []queue.TicketID
	for range 3 {
		order = append(order, d.callNext(by))
		d.must(queue.FinishTicket{}, by)
	}
	if order[0] != soon || order[1] != late || order[2] != after {
		t.Errorf("order %v: ten minutes behind its old place", order)
	}
	if got := d.s.Ticket(late).Wait(d.now); got != wait {
		t.Errorf("first-call waiting time changed from %v to %v", wait, got)
	}
}

func TestScenario11_TransferKeepsNumberAndArrival(t *testing.T) {
	d := open(t, nil)
	one, three := d.sit("1", "cb01"), d.sit("3", "cb03")
	id := d.issue("ho-tich", "")
	arrived := d.s.Ticket(id).Arrived
	d.wait(3 * time.Minute)
	d.callNext(one)
	d.refused(queue.TransferTicket{}, one, "transfer-nowhere")
	d.refused(queue.TransferTicket{Counter: "1"}, one, "transfer-nowhere")
	d.wait(time.Minute)
	later := d.issue("tra", "")
	d.must(queue.TransferTicket{Service: "tra", Reason: "nhận kết quả"}, one)
	if got := d.callNext(three); got != id {
		t.Fatalf("called %s, want the transferred ticket before %s", got, later)
	}
	got := d.s.Ticket(id)
	if got.ID.Label() != "A001" || !got.Arrived.Equal(arrived) || got.Wait(d.now) != 3*time.Minute {
		t.Errorf("after transfer: %s arrived %v waited %v", got.ID.Label(), got.Arrived, got.Wait(d.now))
	}
	var legs []queue.Status
	for _, i := range got.History {
		legs = append(legs, i.Status)
	}
	want := []queue.Status{queue.Waiting, queue.Called, queue.Waiting, queue.Called}
	if len(legs) != len(want) {
		t.Fatalf("intervals %v, want %v", legs, want)
	}
}

func TestSentToACounterGoesOnlyThere(t *testing.T) {
	d := open(t, nil)
	one, two, three := d.sit("1", "cb01"), d.sit("2", "cb02"), d.sit("3", "cb03")
	id := d.issue("ho-tich", "")
	d.callNext(one)
	d.must(queue.TransferTicket{Counter: "3"}, one)
	d.refused(queue.CallNext{}, two, "queue-empty")
	first := d.issue("tra", "")
	if got := d.callNext(three); got != id {
		t.Errorf("counter 3 called %s, want the one sent there before %s", got, first)
	}
}

func TestScenario18_RepeatingAnEndedActHasNoSecondEffect(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	d.issue("ho-tich", "")
	d.callNext(by)
	d.must(queue.FinishTicket{}, by)
	for _, again := range []queue.Command{queue.FinishTicket{}, queue.Recall{}, queue.TransferTicket{Counter: "3"}, queue.MarkAbsent{}} {
		d.refused(again, by, "no-ticket-open")
	}
	if events := d.must(queue.OpenCounter{}, by); len(events) != 0 {
		t.Errorf("sitting down twice made %d events", len(events))
	}
}

func TestScenario19_LeavingReturnsHeldTickets(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	id := d.issue("ho-tich", "")
	d.callNext(by)
	d.refused(queue.PauseCounter{Reason: "ăn trưa"}, by, "ticket-open")
	d.must(queue.HoldTicket{Reason: "đi sao giấy tờ"}, by)
	d.status(id, queue.Held)
	before := d.s.Working("ho-tich")
	d.must(queue.PauseCounter{}, by) // a break needs no reason to be one
	d.status(id, queue.Waiting)
	if d.s.Working("ho-tich") != before-1 {
		t.Error("a counter on a break still counts as working")
	}
	d.refused(queue.CallNext{}, by, "counter-paused")
	d.must(queue.OpenCounter{}, by)
	if got := d.callNext(by); got != id {
		t.Errorf("called %s, want the one that was held", got)
	}
}

func TestChosenTicketNeedsAReason(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	d.issue("ho-tich", "")
	second := d.issue("ho-tich", "")
	d.refused(queue.CallTicket{Ticket: second}, by, "reason-missing")
	events := d.must(queue.CallTicket{Ticket: second, Reason: "có con nhỏ đang ốm"}, by)
	if e := events[0].(queue.TicketCalled); !e.Chosen || e.Why == "rule" {
		t.Errorf("a call out of turn is recorded as %+v", e)
	}
}

func TestHelpRingsUntilAnswered(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	d.must(queue.RequestHelp{}, kiosk)
	if len(d.s.Help) != 1 {
		t.Fatal("nobody was asked")
	}
	d.must(queue.AnswerHelp{Device: "kiosk-1"}, by)
	d.refused(queue.AnswerHelp{Device: "kiosk-1"}, by, "help-unknown")
}

func TestEstimateFollowsTheQueue(t *testing.T) {
	d := open(t, nil)
	d.sit("1", "cb01")
	if e := d.s.Estimate("ho-tich", "", d.now); e.Ahead != 0 || e.High != 0 {
		t.Errorf("empty office promises %+v, want straight away", e)
	}
	var last queue.Estimate
	for range 6 {
		d.issue("ho-tich", "")
		e := d.s.Estimate("ho-tich", "", d.now)
		if e.Ahead != last.Ahead+1 || e.Low < last.Low || e.High < e.Low {
			t.Fatalf("estimate went from %+v to %+v", last, e)
		}
		last = e
	}
	d.sit("2", "cb02")
	if two := d.s.Estimate("ho-tich", "", d.now); two.High >= last.High {
		t.Errorf("a second counter did not shorten %v (now %v)", last.High, two.High)
	}
	if p := d.s.Estimate("ho-tich", queue.ClassPriority, d.now); p.Ahead != 0 {
		t.Errorf("a priority ticket has %d ahead", p.Ahead)
	}
}

func TestConfigCheckNamesEveryFault(t *testing.T) {
	c := config()
	c.Services[1].Letter = "A"
	c.Services[2].ID = "ho-tich"
	c.Counters[0].Tiers = [][]string{{"khong-co"}}
	c.Hours = map[time.Weekday][]queue.Span{time.Monday: {{From: 600, To: 540}}}
	if faults := c.Check(); len(faults) < 4 {
		t.Errorf("named %d faults: %v", len(faults), faults)
	}
	if faults := config().Check(); len(faults) != 0 {
		t.Errorf("a good configuration has faults: %v", faults)
	}
}

func TestTicketIDReadsBack(t *testing.T) {
	for _, id := range []queue.TicketID{"261123-A001", "261123-A2-001", "261123-X1-007", "261123-K1000"} {
		if got, ok := queue.ParseTicketID(string(id)); !ok || got != id || got.Number() == 0 {
			t.Errorf("%s: %v %v number %d", id, got, ok, got.Number())
		}
	}
	for _, bad := range []string{"", "A001", "261340-A001", "261123-a001", "261123-A01", "261123-A001 ", "261123-A00001"} {
		if _, ok := queue.ParseTicketID(bad); ok {
			t.Errorf("%q was taken for a ticket", bad)
		}
	}
	if got := queue.NewTicketID("2026-11-23", "A", 12).Label(); got != label(12) {
		t.Errorf("label %s", got)
	}
}
