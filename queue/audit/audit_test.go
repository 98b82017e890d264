package audit_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/audit"
	"motcua/queue/chain"
	"motcua/queue/replay/replaytest"
)

func audited(records []chain.Record) audit.Report {
	f := audit.New(nil)
	for _, r := range records {
		f.Add(r)
	}
	return f.Report()
}

func texts(t testing.TB) *i18n.Texts {
	t.Helper()
	all, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// said is the audit as a person reads it.
func said(t testing.TB, r audit.Report, lang string) string {
	t.Helper()
	var b bytes.Buffer
	if err := r.WriteText(&b, texts(t), lang); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "⟦") || strings.ContainsAny(b.String(), "{}") {
		t.Errorf("a text is missing or has a gap:\n%s", b.String())
	}
	return b.String()
}

func TestPlainDayIsClean(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	o.Issue("ho-tich", "")
	o.Wait(10 * time.Minute)
	o.Issue("ho-tich", queue.ClassPriority)
	for range 2 { // the priority ticket passes one that came ten minutes before
		o.Call(by)
		o.Serve(by, time.Minute)
	}
	r := audited(o.Records)
	if !r.Clean() || r.Calls != 2 || r.ByRule != 2 || r.Tickets != 2 || r.Days != 1 {
		t.Errorf("%+v", r)
	}
	if want := (audit.Pass{Ticket: "261123-A001", By: "261123-A002", Seconds: 600}); r.Longest != want || r.Bound != 900 {
		t.Errorf("longest pass %+v of at most %d", r.Longest, r.Bound)
	}
	for lang, want := range map[string]string{
		"vi": "số A001 bị số A002 đến sau 10:00 (phút:giây) vượt; mức tối đa là 15:00",
		"en": "A001 was passed by A002, which came 10:00",
	} {
		if got := said(t, r, lang); !strings.Contains(got, want) {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
}

func TestChosenCallIsListedWithItsReason(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	for range 3 {
		o.Issue("ho-tich", "")
		o.Wait(time.Minute)
	}
	o.Must(queue.CallTicket{Ticket: "261123-A003", Reason: "người già\x1b[31m yếu"}, by)
	o.Must(queue.HoldTicket{}, by)
	o.Must(queue.CallTicket{Ticket: "261123-A003"}, by)
	r := audited(o.Records)
	if !r.Clean() || r.Chosen != 1 || r.Resumed != 1 || len(r.ChosenCalls) != 1 {
		t.Fatalf("%+v", r)
	}
	c := r.ChosenCalls[0]
	if c.Instead != "261123-A001" || c.Passed != 2 || c.Officer != "cb01" || c.Counter != "1" {
		t.Errorf("%+v", c)
	}
	for _, want := range []string{"chọn gọi số A003", "người già[31m yếu", "phải gọi số A001; 2 người chờ đứng trước", "Số A001 đến trước số A003"} {
		if got := said(t, r, "vi"); !strings.Contains(got, want) || strings.Contains(got, "\x1b") {
			t.Errorf("no %q in:\n%s", want, got)
		}
	}
	said(t, r, "en")
}

// TestTheRecordedReasonIsCompared: a call by the rule whose record tells another
// reason than the rule's, or by hand with another instead.
func TestTheRecordedReasonIsCompared(t *testing.T) {
	for name, lie := range map[string]func(*queue.TicketCalled){
		"another code":    func(e *queue.TicketCalled) { e.Because.Code = queue.WhyAlone },
		"another minute":  func(e *queue.TicketCalled) { e.Because.Minutes += 7 },
		"another instead": func(e *queue.TicketCalled) { e.Because.Over = "261123-A003" },
		"chosen over another": func(e *queue.TicketCalled) {
			e.Ticket, e.Chosen, e.Why = "261123-A002", true, "người già"
			e.Because = queue.Explanation{Code: queue.WhyChosen, Ticket: e.Ticket, Over: "261123-A003"}
		},
		"nothing": func(*queue.TicketCalled) {},
	} {
		o := replaytest.New(t, nil)
		by := o.Sit("1", "cb01")
		for range 3 {
			o.Issue("ho-tich", "")
			o.Wait(time.Minute)
		}
		next, why := o.State.Next("1")
		e := queue.TicketCalled{Ticket: next.ID, Counter: "1", Officer: "cb01", Why: why, Because: o.State.Explain("1")}
		lie(&e)
		o.Keep(by, e)
		r := audited(o.Records)
		if name == "nothing" {
			if !r.Clean() {
				t.Errorf("%s: %+v", name, r)
			}
			continue
		}
		if r.Faults != 1 || r.FaultList[0].Code != audit.BecauseFalse {
			t.Errorf("%s: %+v", name, r.FaultList)
		}
		said(t, r, "vi")
		said(t, r, "en")
	}
}

// TestForgeriesAreFound writes into a plain morning what the office would
// never have decided.
func TestForgeriesAreFound(t *testing.T) {
	const first, second = queue.TicketID("261123-A001"), queue.TicketID("261123-A002")
	called := func(id queue.TicketID, counter, officer string) queue.Event {
		return queue.TicketCalled{Ticket: id, Counter: counter, Officer: officer, Why: "rule"}
	}
	for _, c := range []struct {
		name  string
		forge []queue.Event
		// want are the faults, in order; unexplained how many calls are.
		want        []audit.Code
		unexplained int
	}{
		{"nothing", nil, nil, 0},
		{"called before its turn", []queue.Event{called(second, "1", "cb01")}, nil, 1},
		{"chosen without a reason", []queue.Event{queue.TicketCalled{Ticket: second, Counter: "1", Officer: "cb01", Chosen: true}}, nil, 1},
		{"number given twice", []queue.Event{queue.TicketIssued{Ticket: first, Service: "ho-tich"}}, []audit.Code{audit.NumberTwice}, 0},
		{"yesterday's number", []queue.Event{queue.TicketIssued{Ticket: "261122-A009", Service: "ho-tich"}}, []audit.Code{audit.NumberOfOther}, 0},
		{"issued to the head of the line", []queue.Event{
			queue.TicketIssued{Ticket: "261123-A004", Service: "ho-tich", Rank: replaytest.Monday.Add(-time.Hour)},
		}, []audit.Code{audit.RankGiven}, 0},
		{"a number that was never given", []queue.Event{called("261123-A404", "1", "cb01"), queue.TicketFinished{}}, []audit.Code{audit.TicketUnknown, audit.TicketUnknown}, 0},
		{"an officer who sits elsewhere", []queue.Event{called(first, "1", "cb02")}, []audit.Code{audit.CounterNotOpen}, 0},
		{"a counter that is no counter", []queue.Event{called(first, "9", "cb01")}, []audit.Code{audit.CounterNotOpen}, 1},
		{"two at one counter", []queue.Event{called(first, "1", "cb01"), called(second, "1", "cb01")}, []audit.Code{audit.CounterHasTwo}, 0},
		{"one at two counters", []queue.Event{called(first, "1", "cb01"), called(first, "2", "cb02")}, []audit.Code{audit.TwoCounters}, 1},
		{"called again after the end", []queue.Event{
			called(first, "1", "cb01"), queue.TicketFinished{Ticket: first}, called(first, "1", "cb01"),
		}, []audit.Code{audit.NotInLine, audit.AfterEnd}, 1},
		{"begun twice", []queue.Event{
			called(first, "1", "cb01"), queue.TicketStarted{Ticket: first}, queue.TicketStarted{Ticket: first},
		}, []audit.Code{audit.StartTwice}, 0},
		{"begun without a call", []queue.Event{queue.TicketStarted{Ticket: first}}, []audit.Code{audit.StartNoCall}, 0},
		{"ended without a start", []queue.Event{queue.TicketFinished{Ticket: first}}, []audit.Code{audit.EndNoStart}, 0},
		{"ended twice", []queue.Event{
			called(first, "1", "cb01"), queue.TicketFinished{Ticket: first}, queue.TicketFinished{Ticket: first},
		}, []audit.Code{audit.EndNoStart, audit.AfterEnd}, 0},
		{"went on long after the end", []queue.Event{
			called(first, "1", "cb01"),
			queue.TicketFinished{Ticket: first},
			called(second, "1", "cb01"),
			queue.TicketTransferred{Ticket: first, Service: "tra"},
		}, []audit.Code{audit.EndNoStart, audit.AfterEnd}, 0},
		{"came back to a better place", []queue.Event{
			called(first, "1", "cb01"),
			queue.TicketMissed{Ticket: first},
			queue.TicketReturned{Ticket: first, Rank: replaytest.Monday.Add(-time.Hour)},
		}, []audit.Code{audit.RankImproved}, 0},
		{"came back from the counter", []queue.Event{
			called(first, "1", "cb01"), queue.TicketReturned{Ticket: first, Rank: replaytest.Monday.Add(time.Hour)},
		}, []audit.Code{audit.ReturnNoLeave}, 0},
		{"the day ends with people in the house", []queue.Event{queue.DayClosed{Day: "2026-11-23"}}, []audit.Code{audit.LeftOpen, audit.LeftOpen, audit.LeftOpen}, 0},
		{"the day opens again", []queue.Event{queue.DayOpened{Day: "2026-11-23"}}, []audit.Code{audit.LeftOpen, audit.LeftOpen, audit.LeftOpen, audit.DayBackwards}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := replaytest.New(t, nil)
			o.Sit("1", "cb01")
			o.Sit("2", "cb02")
			for range 3 {
				o.Issue("ho-tich", "")
				o.Wait(time.Minute)
			}
			for _, e := range c.forge {
				o.Keep(replaytest.At("1", "cb01"), e)
				o.Wait(time.Second)
			}
			r := audited(o.Records)
			var got []audit.Code
			for _, f := range r.FaultList {
				got = append(got, f.Code)
			}
			if !slices.Equal(got, c.want) || r.Unexplained != c.unexplained || r.Faults != len(c.want) {
				t.Errorf("faults %v (%d), %d unexplained; want %v, %d", got, r.Faults, r.Unexplained, c.want, c.unexplained)
			}
			if r.Clean() != (len(c.want) == 0 && c.unexplained == 0) {
				t.Errorf("clean: %t", r.Clean())
			}
			said(t, r, "vi")
			said(t, r, "en")
		})
	}
}

// TestPassedCountsByTheRule chooses a ticket of the counter's first tier over
// one of that tier, one with a head start and an older one of the second tier,
// which the rule would have called after it.
func TestPassedCountsByTheRule(t *testing.T) {
	o := replaytest.New(t, nil)
	by := o.Sit("1", "cb01")
	for _, take := range []struct{ service, class string }{
		{"tra", ""}, {"ho-tich", ""}, {"dat-dai", ""}, {"ho-tich", ""}, {"ho-tich", queue.ClassPriority},
	} {
		o.Issue(take.service, take.class)
		o.Wait(time.Minute)
	}
	o.Must(queue.CallTicket{Ticket: "261123-A002", Reason: "người già yếu"}, by)
	o.Must(queue.FinishTicket{}, by)
	o.Must(queue.CallTicket{Ticket: "261123-H001", Reason: "nhầm dịch vụ"}, by) // counter 1 does not do it
	r := audited(o.Records)
	if len(r.ChosenCalls) != 2 || r.ChosenCalls[0].Passed != 2 || r.ChosenCalls[1].Passed != 3 {
		t.Errorf("%+v", r.ChosenCalls)
	}
}

func TestDamagedRecordIsAFault(t *testing.T) {
	o := replaytest.New(t, nil)
	o.Issue("ho-tich", "")
	bad := o.Records[len(o.Records)-1]
	bad.Data = json.RawMessage(`[]`)
	r := audited(append(o.Records, bad))
	if r.Faults != 1 || r.FaultList[0].Code != audit.Unreadable || r.FaultList[0].Seq != bad.Seq {
		t.Errorf("%+v", r.FaultList)
	}
}

func TestOnlyChosenDaysAreAudited(t *testing.T) {
	o := replaytest.New(t, nil)
	o.Sit("1", "cb01")
	o.Issue("ho-tich", "")
	o.Keep(replaytest.At("1", "cb01"), queue.TicketFinished{Ticket: "261123-A001"}) // a fault of the first day
	o.Wait(24 * time.Hour)
	id := o.Issue("ho-tich", "")
	f := audit.New(func(day string) bool { return day == "2026-11-24" })
	for _, r := range o.Records {
		f.Add(r)
	}
	if r := f.Report(); !r.Clean() || r.Tickets != 1 || r.From != "2026-11-24" || r.Days != 1 {
		t.Errorf("%+v, issued %s", r, id)
	}
}

func TestLongListsAreBoundedAndCounted(t *testing.T) {
	o := replaytest.New(t, nil)
	o.Issue("ho-tich", "")
	for range 1200 {
		o.Keep(replaytest.Kiosk, queue.TicketIssued{Ticket: "261123-A001", Service: "ho-tich"})
	}
	r := audited(o.Records)
	if r.Faults != 1200 || len(r.FaultList) != 1000 {
		t.Fatalf("%d faults, %d listed", r.Faults, len(r.FaultList))
	}
	if got := said(t, r, "vi"); !strings.Contains(got, "và 200 mục nữa") {
		t.Error("what is not listed is not counted")
	}
}

// TestAnyHistoryIsClean plays whatever people may wish for: what Decide lets
// through must audit clean, or one of the two is wrong.
func TestAnyHistoryIsClean(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := replaytest.New(t, func(c *queue.Config) {
			replaytest.Full(c)
			c.AutoFinish = rapid.Bool().Draw(rt, "auto")
		})
		o.Draw(rt, rapid.IntRange(1, 120).Draw(rt, "steps"))
		if r := audited(o.Records); !r.Clean() {
			rt.Fatalf("%s", said(t, r, "en"))
		}
	})
}

// TestAnyTamperedCallIsFound swaps the ticket of one call by the rule for
// another that waited there, as somebody with the disk in hand would.
func TestAnyTamperedCallIsFound(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		o := replaytest.New(t, replaytest.Full)
		by := o.Sit("1", "cb01")
		for range 3 {
			o.Issue("ho-tich", "")
		}
		o.Call(by) // at least this one, while others waited
		o.Draw(rt, rapid.IntRange(20, 120).Draw(rt, "steps"))
		s := queue.NewState()
		var forged []chain.Record
		for i, r := range o.Records {
			e, _, err := queue.DecodeEvent(r.Type, r.V, r.Data)
			if err != nil {
				rt.Fatal(err)
			}
			if call, ok := e.(queue.TicketCalled); ok && !call.Chosen && s.Ticket(call.Ticket).Status() == queue.Waiting {
				rightly := call.Ticket
				for _, other := range s.CounterQueue(call.Counter) {
					if other.ID != rightly {
						call.Ticket = other.ID
						forged = append(slices.Clone(o.Records[:i]), forge(rt, r, call))
					}
				}
			}
			s.Apply(e, r.At, r.Seq, r.By)
		}
		r := audited(forged)
		if r.Unexplained != 1 || r.UnexplainedCalls[0].Seq != forged[len(forged)-1].Seq {
			rt.Fatalf("the forged record %d was not found: %+v", forged[len(forged)-1].Seq, r)
		}
	})
}

func forge(rt *rapid.T, r chain.Record, e queue.Event) chain.Record {
	raw, err := json.Marshal(e)
	if err != nil {
		rt.Fatal(err)
	}
	r.Data = raw
	return r
}

// FuzzAdd feeds records in any order and with any data.
func FuzzAdd(f *testing.F) {
	o := replaytest.New(f, replaytest.Full)
	o.Busy(80)
	f.Add([]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 40, 41, 200, 201})
	f.Add([]byte{9, 9, 1, 0, 0, 255, 3})
	f.Fuzz(func(t *testing.T, order []byte) {
		fold := audit.New(nil)
		for i, b := range order {
			r := o.Records[(int(b)+i*7)%len(o.Records)]
			r.Seq = uint64(i + 1)
			fold.Add(r)
		}
		said(t, fold.Report(), "vi")
	})
}

func BenchmarkAudit(b *testing.B) {
	o := replaytest.New(b, nil)
	o.Busy(5000)
	for b.Loop() {
		if r := audited(o.Records); !r.Clean() || r.Tickets != 5000 {
			b.Fatalf("%+v", r)
		}
	}
	b.ReportMetric(float64(len(o.Records)), "records")
}
