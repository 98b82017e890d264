// Package replaytest is a small office whose records tests count and judge. It
// decides and applies like the real one and keeps what a journal would hold.
package replaytest

import (
	"encoding/json"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// Monday is 07:30 on 23/11/2026 in Vietnam, when the office begins.
var Monday = time.Date(2026, 11, 23, 0, 30, 0, 0, time.UTC)

// Kiosk is the device that issues tickets.
var Kiosk = chain.Actor{Device: "kiosk-1"}

// Office has three services, three counters, three officers and one priority
// class. Its fields may be changed between commands.
type Office struct {
	State   *queue.State
	Now     time.Time
	Records []chain.Record
	// Promise, when set, is printed on every ticket instead of the office's
	// own estimate, so that figures stay known when estimates get better.
	Promise *queue.Estimate
	// Station, when set, is the device that goes on alone with the state.
	Station string

	t    testing.TB
	head chain.Head
}

// New opens an office; edit, when set, changes its configuration first.
func New(t testing.TB, edit func(*queue.Config)) *Office {
	t.Helper()
	name := func(vi, en string) queue.Text { return queue.Text{VI: vi, EN: en} }
	c := queue.Config{
		Office: "H26.138", Name: name("Bộ phận Một cửa", "One-stop office"),
		Parent:     name("UBND phường Tây Hồ", "Tây Hồ ward"),
		TicketLink: "HTTPS://MOTCUA.EXAMPLE/T/",
		Services: []queue.Service{
			{ID: "ho-tich", Letter: "A", Name: name("Hộ tịch", "Civil status"), Pace: 360, Last: 9999},
			{ID: "dat-dai", Letter: "H", Name: name("Đất đai", "Land"), Pace: 900, Last: 9999},
			{ID: "tra", Letter: "M", Name: name("Nhận kết quả", "Collect a result"), Pace: 120, Returns: true, Last: 9999},
		},
		Counters: []queue.Counter{
			{ID: "1", Name: name("Quầy 1", "Counter 1"), Tiers: [][]string{{"ho-tich"}, {"tra"}}},
			{ID: "2", Name: name("Quầy 2", "Counter 2"), Tiers: [][]string{{"ho-tich", "dat-dai"}}},
			{ID: "3", Name: name("Quầy 3", "Counter 3"), Tiers: [][]string{{"tra"}}},
		},
		Officers:    []queue.Officer{{ID: "cb01", Name: "Nguyễn Thu Hà"}, {ID: "cb02", Name: "Trần Minh"}, {ID: "cb03", Name: "Lê Lan"}},
		Classes:     []queue.Class{{ID: queue.ClassPriority, Name: name("Ưu tiên", "Priority"), HeadStart: 15}},
		RecallLimit: 3, RecallPause: 20, AbsentPenalty: 10,
	}
	if edit != nil {
		edit(&c)
	}
	o := &Office{State: queue.NewState(), Now: Monday, t: t}
	o.Must(queue.Configure{Config: c}, chain.Actor{Device: "setup"})
	return o
}

// At is an officer at a counter.
func At(counter, officer string) chain.Actor {
	return chain.Actor{Device: "counter-" + counter, Counter: counter, Officer: officer}
}

// Do decides a command and keeps its events.
func (o *Office) Do(c queue.Command, by chain.Actor) ([]queue.Event, error) {
	mint := func(id queue.TicketID) string { return string(id) + "-AAAAAAAA" }
	events, err := queue.Decide(o.State, c, by, queue.Env{Now: o.Now, Mint: mint, Station: o.Station})
	for i, e := range events {
		if issued, ok := e.(queue.TicketIssued); ok && o.Promise != nil {
			issued.Estimate = *o.Promise
			events[i] = issued
		}
	}
	o.Keep(by, events...)
	return events, err
}

// Must is Do for commands that are carried out.
func (o *Office) Must(c queue.Command, by chain.Actor) []queue.Event {
	o.t.Helper()
	events, err := o.Do(c, by)
	if err != nil {
		o.t.Fatalf("%s: %v", c.Name(), err)
	}
	return events
}

// Keep writes events as they are, decided or not: tests forge with it.
func (o *Office) Keep(by chain.Actor, events ...queue.Event) {
	o.t.Helper()
	for _, e := range events {
		raw, err := json.Marshal(e)
		if err != nil {
			o.t.Fatal(err)
		}
		clock := chain.ClockSynced
		if n := len(o.Records); n > 0 && o.Now.Before(o.Records[n-1].At) {
			clock = chain.ClockJumped
		}
		r, head, err := o.head.Append(chain.Fact{At: o.Now, Clock: clock, By: by, Type: e.Kind(), V: 1, Data: raw})
		if err != nil {
			o.t.Fatal(err)
		}
		o.Records, o.head = append(o.Records, r), head
		o.State.Apply(e, r.At, r.Seq, by)
	}
}

// Alone is a device that goes on by itself, with a copy of what the office has
// and a chain of its own. The device must have been admitted.
func (o *Office) Alone(device string) *Office {
	return &Office{State: o.State.Clone(), Now: o.Now, Station: device, t: o.t}
}

// Merge takes in what a device did alone.
func (o *Office) Merge(alone *Office) []queue.Event {
	o.t.Helper()
	c := queue.Merge{Origin: alone.Station}
	for _, r := range alone.Records {
		c.Items = append(c.Items, queue.MergeItem{Index: r.Seq, Record: string(r.Line())})
	}
	return o.Must(c, chain.Actor{Device: alone.Station})
}

// Wait lets time pass.
func (o *Office) Wait(d time.Duration) { o.Now = o.Now.Add(d) }

// Sit seats an officer.
func (o *Office) Sit(counter, officer string) chain.Actor {
	o.t.Helper()
	by := At(counter, officer)
	o.Must(queue.OpenCounter{}, by)
	return by
}

// Issue gives a number.
func (o *Office) Issue(service, class string) queue.TicketID {
	o.t.Helper()
	for _, e := range o.Must(queue.IssueTicket{Service: service, Class: class}, Kiosk) {
		if issued, ok := e.(queue.TicketIssued); ok {
			return issued.Ticket
		}
	}
	o.t.Fatal("no number was given")
	return ""
}

// Call calls the next ticket by the rule.
func (o *Office) Call(by chain.Actor) queue.TicketID {
	o.t.Helper()
	for _, e := range o.Must(queue.CallNext{}, by) {
		if called, ok := e.(queue.TicketCalled); ok {
			return called.Ticket
		}
	}
	o.t.Fatal("nobody was called")
	return ""
}

// Serve starts, takes d and finishes what is open at a counter.
func (o *Office) Serve(by chain.Actor, d time.Duration) {
	o.t.Helper()
	o.Must(queue.StartService{}, by)
	o.Wait(d)
	o.Must(queue.FinishTicket{}, by)
}

// Busy plays a busy day of n tickets at three counters: transfers, absences
// and returns, priority, ratings.
func (o *Office) Busy(n int) {
	o.t.Helper()
	desks := []chain.Actor{o.Sit("1", "cb01"), o.Sit("2", "cb02"), o.Sit("3", "cb03")}
	services := []string{"ho-tich", "dat-dai", "tra"}
	for i := range n {
		class := ""
		if i%9 == 4 {
			class = queue.ClassPriority
		}
		id := o.Issue(services[i%len(services)], class)
		o.Wait(time.Second)
		if i < 60 { // a line builds up
			continue
		}
		by := desks[i%len(desks)]
		if t := o.State.Ticket(o.State.Counters[by.Counter].Ticket); t != nil {
			o.Must(queue.FinishTicket{}, by)
			_, err := o.Do(queue.RateTicket{Ticket: t.ID, Level: 3 + i%3}, Kiosk)
			if err != nil {
				o.t.Fatal(err)
			}
		}
		if _, err := o.Do(queue.CallNext{}, by); err != nil {
			continue // nobody waits for it
		}
		o.after(i, id, by)
	}
}

// after does now and then what is not plain service.
func (o *Office) after(i int, id queue.TicketID, by chain.Actor) {
	switch {
	case i%37 == 0:
		o.Must(queue.MarkAbsent{}, by)
	case i%41 == 0:
		o.Must(queue.TransferTicket{Counter: map[string]string{"1": "2", "2": "3", "3": "1"}[by.Counter]}, by)
	case i%43 == 0 && o.State.Ticket(id).Status() == queue.Waiting:
		o.Must(queue.HoldTicket{Reason: "thiếu giấy"}, by)
		o.Must(queue.CallTicket{Ticket: id, Reason: "người già yếu"}, by)
	default:
		o.Must(queue.StartService{}, by)
	}
}
