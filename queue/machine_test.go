package queue_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// machineConfig has everything that a rule can turn on.
func machineConfig(rt *rapid.T) func(*queue.Config) {
	return func(c *queue.Config) {
		c.AutoFinish = rapid.Bool().Draw(rt, "auto")
		c.Classes = append(c.Classes, queue.Class{ID: queue.ClassAppointment, HeadStart: 20})
		c.Services[0].PerSlot = 2
		c.Booking = queue.Booking{Slot: 30, Early: 60, Grace: 15}
		c.Officers[2].Services = []string{"ho-tich", "tra"}
		c.PersonDailyCap = 3
		if rapid.Bool().Draw(rt, "hours") {
			c.Hours = officeHours()
		}
	}
}

func officeHours() map[time.Weekday][]queue.Span {
	hours := map[time.Weekday][]queue.Span{}
	for day := time.Monday; day <= time.Friday; day++ {
		hours[day] = []queue.Span{{From: 7*60 + 30, To: 11*60 + 30}, {From: 13*60 + 30, To: 17 * 60}}
	}
	return hours
}

// TestAnyHistory plays random commands and checks after every one what must
// hold always: numbers unique and consecutive, a ticket at one counter at
// most, one open ticket a counter, every start with one end, no negative wait,
// the choice of a plain reference, nobody passed by more than a head start,
// refusals without effect, and the same state from a copy, from its JSON and
// from a replay.
func TestAnyHistory(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := open(t, machineConfig(rt))
		m := machine{rt: rt, d: d, last: map[string]int{}}
		for i := range rapid.IntRange(0, 3).Draw(rt, "seated") {
			d.sit(fmt.Sprint(i+1), fmt.Sprintf("cb%02d", i+1))
		}
		var copied *queue.State
		var then string
		copyAt := rapid.IntRange(0, 40).Draw(rt, "copy")
		for i := range rapid.IntRange(1, 120).Draw(rt, "steps") {
			if i == copyAt {
				copied, then = d.s.Clone(), bytesOf(t, d.s)
			}
			d.wait(time.Duration(rapid.IntRange(-1, 600).Draw(rt, "seconds")) * time.Second)
			m.step()
		}
		if got, want := bytesOf(t, d.replayed()), bytesOf(t, d.s); got != want {
			rt.Fatalf("replay differs:\n%s\n%s", got, want)
		}
		if copied != nil && bytesOf(t, copied) != then {
			rt.Fatalf("a copy changed with the original:\n%s\n%s", then, bytesOf(t, copied))
		}
	})
}

type machine struct {
	rt   *rapid.T
	d    *desk
	last map[string]int // by day and series
}

func (m machine) step() {
	d, rt := m.d, m.rt
	c, by := drawCommand(rt, d)
	was, before := d.s.Clone(), bytesOf(d.t, d.s)
	events, err := d.do(c, by)
	if err != nil && bytesOf(d.t, d.s) != before {
		rt.Fatalf("a refusal changed the state: %v", err)
	}
	for _, e := range events {
		switch e := e.(type) {
		case queue.TicketIssued:
			series := string(e.Ticket[:8])
			if m.last[series]++; e.Ticket.Number() != m.last[series] {
				rt.Fatalf("%s follows number %d", e.Ticket, m.last[series]-1)
			}
		case queue.TicketCalled:
			if len(events) == 1 {
				checkCall(rt, was, e)
			}
		}
	}
	checkDesks(rt, d.s, d.now)
	checkLives(rt, d.s)
	checkLine(rt, d.s)
	checkJSON(rt, d)
}

func drawCommand(rt *rapid.T, d *desk) (queue.Command, chain.Actor) {
	counter := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "counter")
	by := at(counter, rapid.SampledFrom([]string{"cb01", "cb02", "cb03"}).Draw(rt, "officer"))
	if seat := d.s.Counters[counter]; seat != nil && seat.Officer != "" && rapid.IntRange(0, 9).Draw(rt, "self") > 0 {
		by.Officer = seat.Officer
	}
	id := queue.TicketID("261123-A404")
	if ids := slices.Sorted(maps.Keys(d.s.Tickets)); len(ids) > 0 {
		id = rapid.SampledFrom(ids).Draw(rt, "ticket")
	}
	code := "H000000-A1"
	if codes := slices.Sorted(maps.Keys(d.s.Appointments)); len(codes) > 0 {
		code = rapid.SampledFrom(codes).Draw(rt, "code")
	}
	who := rapid.SampledFrom([]string{"", "", "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"}).Draw(rt, "who")
	slot := queue.Local(d.now).Truncate(30 * time.Minute).Add(time.Duration(rapid.IntRange(0, 6).Draw(rt, "slot")) * 30 * time.Minute)
	return rapid.SampledFrom([]queue.Command{
		queue.IssueTicket{Service: "ho-tich", Identity: who},
		queue.IssueTicket{Service: "ho-tich", Dossiers: 5},
		queue.IssueTicket{Service: "dat-dai", Later: true},
		queue.IssueTicket{Service: "dat-dai"},
		queue.IssueTicket{Service: "tra", Class: queue.ClassPriority, Identity: who, Reason: "giúp người già"},
		queue.IssueTicket{Service: "ho-tich", Class: queue.ClassPriority},
		queue.OpenCounter{},
		queue.OpenCounter{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallTicket{Ticket: id, Reason: "lý do"},
		queue.ServeByHand{Ticket: id},
		queue.ServeByHand{Service: "tra"},
		queue.ServeByHand{Ticket: queue.NewTicketID(cmp.Or(d.s.Day, "2026-11-23"), "X1", rapid.IntRange(1, 9).Draw(rt, "own"))},
		queue.Recall{},
		queue.StartService{},
		queue.MarkAbsent{},
		queue.ReturnTicket{Ticket: id},
		queue.HoldTicket{},
		queue.TransferTicket{Service: "tra"},
		queue.TransferTicket{Counter: "2"},
		queue.TransferTicket{Counter: "3", Back: true},
		queue.TransferTicket{Service: "dat-dai", Back: true},
		queue.TransferTicket{Officer: "cb02"},
		queue.FinishTicket{},
		queue.FinishTicket{Next: []string{"tra"}},
		queue.FinishTicket{},
		queue.VoidTicket{Ticket: id},
		queue.CarryTicket{Ticket: id},
		queue.PauseCounter{Reason: "nghỉ"},
		queue.CloseCounter{},
		queue.RateTicket{Ticket: id, Level: 4},
		queue.ReportPrint{Ticket: id, Outcome: queue.Printed},
		queue.RequestHelp{},
		queue.RaiseAlarm{Reason: "gây rối"},
		queue.AnswerAlarm{Counter: "1"},
		queue.BookAppointment{Service: "ho-tich", Slot: slot, Identity: who},
		queue.CancelAppointment{Code: code},
		queue.CheckIn{Code: code},
		queue.CloseSession{How: rapid.SampledFrom([]queue.Ending{queue.EndServe, queue.EndCarry, queue.EndClose}).Draw(rt, "how"), Reason: "hết giờ"},
		queue.OpenSession{},
		queue.CloseDay{},
	}).Draw(rt, "command"), by
}

// fataler is what *testing.T and *rapid.T have in common.
type fataler interface {
	Fatalf(format string, args ...any)
}

func checkDesks(rt fataler, s *queue.State, now time.Time) {
	holders := map[queue.TicketID]string{}
	for id, d := range s.Counters {
		if d.Ticket == "" {
			continue
		}
		if other, twice := holders[d.Ticket]; twice {
			rt.Fatalf("%s is at counters %s and %s", d.Ticket, other, id)
		}
		holders[d.Ticket] = id
	}
	for id, t := range s.Tickets {
		if (t.Status().Open() && !t.Away) != (holders[id] != "") || t.Away && !t.Status().Open() {
			rt.Fatalf("%s is %s but held by counter %q", id, t.Status(), holders[id])
		}
		if t.Wait(s.Logical(now)) < 0 {
			rt.Fatalf("%s waits %v", id, t.Wait(now))
		}
	}
}

// follows says what a ticket may become: every start has one end, and what is
// over stays over but for a visit that goes on.
var follows = map[queue.Status][]queue.Status{
	queue.Waiting: {queue.Waiting, queue.Called, queue.Void, queue.NotServed},
	queue.Called:  {queue.Serving, queue.Waiting, queue.Held, queue.Absent, queue.Done, queue.Void, queue.NotServed},
	queue.Serving: {queue.Waiting, queue.Held, queue.Done, queue.Void, queue.NotServed},
	queue.Held:    {queue.Called, queue.Waiting, queue.Void, queue.NotServed, queue.Serving, queue.Done}, // the last two told late from elsewhere
	queue.Absent:  {queue.Waiting, queue.Void, queue.NotServed},
	queue.Done:    {queue.Waiting},
}

func checkLives(rt fataler, s *queue.State) {
	for id, t := range s.Tickets {
		var served time.Duration
		for i := 1; i < len(t.History); i++ {
			from, to := t.History[i-1], t.History[i]
			if to.From.Before(from.From) {
				rt.Fatalf("%s: interval %d begins before the one before it", id, i)
			}
			if !slices.Contains(follows[from.Status], to.Status) {
				rt.Fatalf("%s went from %s to %s", id, from.Status, to.Status)
			}
			if from.Status == queue.Serving || from.Status == queue.Called && to.Status == queue.Done {
				served += to.From.Sub(from.From)
			}
			if from.Status.Open() && (from.Counter == "" || from.Officer == "") {
				rt.Fatalf("%s was %s nowhere or with nobody", id, from.Status)
			}
		}
		for _, leg := range t.Legs() {
			served -= leg.Served
		}
		if served != 0 {
			rt.Fatalf("%s: the legs miss %v of service", id, served)
		}
	}
}

// reference chooses as the rule is written, by looking at everybody.
func reference(s *queue.State, counter string) *queue.Ticket {
	c, _ := s.Config.Counter(counter)
	officer, _ := s.Config.Officer(s.Counters[counter].Officer)
	order := func(t *queue.Ticket) int {
		switch tier, ok := c.Serves(t.Service); {
		case t.Status() != queue.Waiting || !t.After.IsZero():
			return -1
		case t.For != "" && t.For != counter, t.ForOfficer != "" && t.ForOfficer != officer.ID:
			return -1
		case t.Back:
			return 1
		case t.For != "", t.ForOfficer != "":
			return 2
		case !ok || len(officer.Services) > 0 && !slices.Contains(officer.Services, t.Service):
			return -1
		default:
			return 3 + tier
		}
	}
	var line []*queue.Ticket
	for _, t := range s.Tickets {
		if order(t) > 0 {
			line = append(line, t)
		}
	}
	if len(line) == 0 {
		return nil
	}
	return slices.MinFunc(line, func(a, b *queue.Ticket) int {
		return cmp.Or(order(a)-order(b), effective(s, a).Compare(effective(s, b)), cmp.Compare(a.Seq, b.Seq))
	})
}

func effective(s *queue.State, t *queue.Ticket) time.Time {
	return t.Rank.Add(-s.Config.HeadStart(t.Class))
}

func checkLine(rt fataler, s *queue.State) {
	waiting := 0
	for _, t := range s.Tickets {
		if t.Status() == queue.Waiting {
			waiting++
		}
	}
	if got := s.Waiting(""); got != waiting || len(s.WaitingFor(nil)) != waiting {
		rt.Fatalf("%d in line, %d listed, %d wait", got, len(s.WaitingFor(nil)), waiting)
	}
	for counter := range s.Counters {
		want := reference(s, counter)
		got, _ := s.Next(counter)
		if got != want {
			rt.Fatalf("counter %s: next is %v, the rule says %v", counter, got, want)
		}
		why := s.Explain(counter)
		if (why.Code == queue.WhyNobody) != (want == nil) || want != nil && why.Ticket != want.ID {
			rt.Fatalf("counter %s: %+v explains %v", counter, why, want)
		}
	}
}

// checkCall: whoever is passed by the rule, in the same tier, is passed by no
// more than the head start of the one who is called.
func checkCall(rt fataler, s *queue.State, e queue.TicketCalled) {
	if e.Why != "rule" || e.Because.Code == queue.WhyTier {
		return
	}
	called := s.Ticket(e.Ticket)
	c, _ := s.Config.Counter(e.Counter)
	tier, _ := c.Serves(called.Service)
	for _, t := range s.CounterQueue(e.Counter) {
		if its, _ := c.Serves(t.Service); its != tier || !t.After.IsZero() {
			continue
		}
		if gap := called.Rank.Sub(t.Rank); gap > s.Config.HeadStart(called.Class) {
			rt.Fatalf("%s was passed by %s, %v younger", t.ID, called.ID, gap)
		}
	}
}

func checkJSON(rt fataler, d *desk) {
	raw := bytesOf(d.t, d.s)
	var again queue.State
	if err := json.Unmarshal([]byte(raw), &again); err != nil {
		rt.Fatalf("read the state back: %v", err)
	}
	if got := bytesOf(d.t, &again); got != raw {
		rt.Fatalf("the state read back differs:\n%s\n%s", got, raw)
	}
	for counter := range d.s.Counters {
		a, b := d.s.Explain(counter), again.Explain(counter)
		if a != b {
			rt.Fatalf("counter %s: the state read back says %+v, not %+v", counter, b, a)
		}
	}
}

// TestAnOlderStateIsTakenOver: a state stored by the version before sessions,
// appointments and alarms goes on from where it was.
func TestAnOlderStateIsTakenOver(t *testing.T) {
	d := busy(t)
	before := d.s.WaitingFor(nil)
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte(bytesOf(t, d.s)), &fields); err != nil {
		t.Fatal(err)
	}
	for _, later := range []string{"persons", "appointments", "alarms", "stopped", "resume", "learned"} {
		delete(fields, later)
	}
	fields["rated"] = json.RawMessage("null")
	raw, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var s queue.State
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatal(err)
	}
	d.s = &s
	if got := d.s.WaitingFor(nil); len(got) != len(before) || got[0].ID != before[0].ID {
		t.Fatalf("%d wait, want %d", len(got), len(before))
	}
	by := at("1", "cb01")
	for _, c := range []queue.Command{
		queue.RaiseAlarm{},
		queue.IssueTicket{Service: "tra", Identity: card},
		queue.FinishTicket{},
		queue.CallNext{},
		queue.BookAppointment{Service: "ho-tich", Slot: monday.Add(time.Hour)},
		queue.RateTicket{Ticket: before[0].ID, Level: 3},
	} {
		if _, err := d.do(c, by); err != nil {
			if _, refused := refusal.Of(err); !refused {
				t.Errorf("%s: %v", c.Name(), err)
			}
		}
	}
	checkLine(t, d.s)
}

// TestCopiesGrowApart: what happens in a copy is not seen in the original, nor
// the other way round, however lists grow in place.
func TestCopiesGrowApart(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	serve := func(minutes int) {
		d.issue("ho-tich", "")
		d.wait(time.Minute)
		d.callNext(by)
		d.wait(time.Duration(minutes) * time.Minute)
		d.must(queue.FinishTicket{}, by)
	}
	for range 5 {
		serve(1)
	}
	original := d.s
	d.s = original.Clone()
	copied := d.s
	at, was := d.now, bytesOf(t, original)
	serve(7)
	if bytesOf(t, original) != was {
		t.Error("the original changed with its copy")
	}
	then := bytesOf(t, copied)
	d.s, d.now = original, at
	serve(3)
	if bytesOf(t, copied) != then {
		t.Error("the copy changed with its original")
	}
}
