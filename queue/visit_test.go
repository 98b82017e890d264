package queue_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/queue"
)

func TestOneNumberGoesThroughSeveralServices(t *testing.T) {
	for name, auto := range map[string]bool{"finished by hand": false, "finished by the next call": true} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(c *queue.Config) { c.AutoFinish = true })
			one, three := d.sit("1", "cb01"), d.sit("3", "cb03")
			id := d.issue("ho-tich", "")
			arrived := d.now
			d.wait(3 * time.Minute)
			d.callNext(one)
			d.must(queue.StartService{}, one)
			d.wait(10 * time.Minute)
			d.refused(queue.FinishTicket{Next: []string{"sao-hoa"}}, one, "service-unknown")
			d.must(queue.FinishTicket{Next: []string{"tra", "dat-dai"}}, one)
			got := d.s.Ticket(id)
			if got.Service != "tra" || got.Status() != queue.Waiting || !got.Arrived.Equal(arrived) || d.s.Counters["1"].Served != 1 {
				t.Fatalf("after the first service: %+v", got)
			}
			d.wait(2 * time.Minute)
			d.callNext(three)
			d.must(queue.StartService{}, three)
			d.wait(time.Minute)
			if auto {
				d.issue("tra", "")
				d.callNext(three)
			} else {
				d.must(queue.FinishTicket{}, three)
			}
			if got := d.s.Ticket(id); got.Service != "dat-dai" || len(got.Stops) != 0 {
				t.Fatalf("after the second service: %+v", got)
			}
			two := d.sit("2", "cb02")
			d.wait(4 * time.Minute)
			d.callNext(two)
			d.must(queue.FinishTicket{}, two)
			d.status(id, queue.Done)

			got = d.s.Ticket(id)
			if got.Wait(d.now) != 3*time.Minute {
				t.Errorf("reported wait %v", got.Wait(d.now))
			}
			type leg struct {
				Service, Counter, Officer string
				Wait, Served              time.Duration
				End                       queue.Status
			}
			var legs []leg
			for _, l := range got.Legs() {
				legs = append(legs, leg{l.Service, l.Counter, l.Officer, l.Wait(d.now), l.Served, l.End})
			}
			want := []leg{
				{"ho-tich", "1", "cb01", 3 * time.Minute, 10 * time.Minute, queue.Done},
				{"tra", "3", "cb03", 2 * time.Minute, time.Minute, queue.Done},
				{"dat-dai", "2", "cb02", 4 * time.Minute, 0, queue.Done},
			}
			if diff := cmp.Diff(want, legs); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAutoFinishKeepsTheRule: a visit that goes on in the same line is in it
// when the next one is chosen.
func TestAutoFinishKeepsTheRule(t *testing.T) {
	d := open(t, func(c *queue.Config) { c.AutoFinish = true })
	one, two := d.sit("1", "cb01"), d.sit("2", "cb02")
	id := d.issue("ho-tich", "")
	d.callNext(one)
	d.must(queue.TransferTicket{Counter: "2", Back: true}, one)
	d.must(queue.CloseCounter{}, one)
	d.callNext(two)
	d.wait(time.Minute)
	d.issue("ho-tich", "")
	// Counter 1 is empty, so the detour ends in the line of its service, where
	// it is the oldest.
	if got := d.callNext(two); got != id {
		t.Errorf("called %s, want %s again", got, id)
	}
}

func TestSentToAnOfficerWaitsForThatOfficer(t *testing.T) {
	d := open(t, nil)
	one, two, three := d.sit("1", "cb01"), d.sit("2", "cb02"), d.sit("3", "cb03")
	first := d.issue("ho-tich", "")
	d.callNext(one)
	d.refused(queue.TransferTicket{Officer: "ai-do"}, one, "officer-unknown")
	d.refused(queue.TransferTicket{Officer: "cb01"}, one, "transfer-nowhere")
	d.must(queue.TransferTicket{Officer: "cb03"}, one)
	d.refused(queue.CallNext{}, two, "queue-empty")
	d.issue("tra", "")
	if why := d.s.Explain("3"); why.Code != queue.WhyOfficer || why.Ticket != first {
		t.Errorf("explained as %+v", why)
	}
	d.must(queue.CloseCounter{}, two)
	moved := d.sit("2", "cb03") // and the ticket follows
	if got := d.callNext(moved); got != first {
		t.Errorf("called %s", got)
	}
	d.must(queue.TransferTicket{Officer: "cb01"}, moved)
	d.must(queue.CloseCounter{}, one)
	if got := d.s.Ticket(first); got.ForOfficer != "" {
		t.Errorf("still waits for %s, who left", got.ForOfficer)
	}
	d.refused(queue.FinishTicket{}, three, "counter-closed")
	d.callNext(moved)
	d.refused(queue.TransferTicket{Officer: "cb01"}, moved, "officer-away")
}

func TestScenario19_LeavingForGoodFreesWhoWasSentThere(t *testing.T) {
	d := open(t, nil)
	one, three := d.sit("1", "cb01"), d.sit("3", "cb03")
	id := d.issue("ho-tich", "")
	d.callNext(one)
	d.must(queue.TransferTicket{Counter: "3"}, one)
	d.must(queue.PauseCounter{Reason: "nghỉ"}, three)
	if got := d.s.Ticket(id).For; got != "3" {
		t.Errorf("a break sends people elsewhere: %q", got)
	}
	d.must(queue.OpenCounter{}, three)
	d.must(queue.CloseCounter{}, three)
	d.wantOrder(one, id)

	held := d.issue("ho-tich", "")
	d.callNext(one)
	d.must(queue.HoldTicket{}, one)
	d.sit("2", "cb01") // moving is leaving
	d.status(held, queue.Waiting)
}

func TestScenario18_NothingHappensTwice(t *testing.T) {
	d := bookingOffice(t)
	by := d.sit("1", "cb01")
	code := d.book(9, 0)
	slot := d.s.Appointments[code].Slot
	for name, again := range map[string]queue.Command{
		"a booking": queue.BookAppointment{Code: code, Service: "ho-tich", Slot: slot},
		"sitting":   queue.OpenCounter{},
	} {
		if events := d.must(again, by); len(events) != 0 {
			t.Errorf("%s sent again made %d events", name, len(events))
		}
	}
	d.must(queue.RaiseAlarm{Reason: "gây rối"}, by)
	if events := d.must(queue.RaiseAlarm{}, by); len(events) != 0 {
		t.Error("the alarm rings twice")
	}
	d.must(queue.AnswerAlarm{Counter: "1"}, at("2", "cb02"))
	d.refused(queue.AnswerAlarm{Counter: "1"}, at("2", "cb02"), "alarm-unknown")
	id := d.issue("ho-tich", "")
	d.must(queue.CarryTicket{Ticket: id}, kiosk)
	if events := d.must(queue.CarryTicket{Ticket: id}, kiosk); len(events) != 0 {
		t.Error("carried twice")
	}
	d.clock(9, 0)
	checked := d.checkIn(code)
	if r := d.refused(queue.CheckIn{Code: code}, kiosk, "number-held"); r.Args["id"] != string(checked) {
		t.Errorf("points to %v", r.Args)
	}
	d.refused(queue.CancelAppointment{Code: code}, kiosk, "appointment-arrived")
}

func TestAlarmAsksNothingOfTheCounter(t *testing.T) {
	d := open(t, nil)
	d.refused(queue.RaiseAlarm{}, at("9", "cb01"), "counter-unknown")
	by := d.sit("1", "cb01")
	d.must(queue.PauseCounter{Reason: "nghỉ"}, by)
	d.must(queue.RaiseAlarm{Reason: "có người ngất"}, by)
	if got := d.s.Alarms["1"]; got.Officer != "cb01" || got.Reason != "có người ngất" || !got.At.Equal(d.now) {
		t.Errorf("the alarm is %+v", got)
	}
}

func TestOfficerGivesUpTheOwnOpenTicketOnly(t *testing.T) {
	d := open(t, nil)
	one, two := d.sit("1", "cb01"), d.sit("2", "cb02")
	id := d.issue("ho-tich", "")
	d.callNext(one)
	d.refused(queue.VoidTicket{Ticket: id, Reason: "về"}, two, "ticket-wrong-status")
	d.refused(queue.VoidTicket{Ticket: id, Reason: "về"}, kiosk, "ticket-wrong-status")
	d.must(queue.VoidTicket{Ticket: id, Reason: "người dân rút"}, one)
	if d.s.Counters["1"].Ticket != "" {
		t.Error("a void ticket still occupies the counter")
	}
}

func TestServingIsNotRecalled(t *testing.T) {
	d := open(t, nil)
	by := d.sit("1", "cb01")
	d.issue("ho-tich", "")
	d.callNext(by)
	d.must(queue.StartService{}, by)
	d.wait(time.Minute)
	d.refused(queue.Recall{}, by, "ticket-wrong-status")
}
