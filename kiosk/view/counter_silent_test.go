package view_test

import (
	"fmt"
	"time"

	"motcua/kiosk/desk"
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/chain"
)

// counterSilent are the screens of an office that does not answer, or has just
// come back.
var counterSilent = []struct {
	name string
	set  func(*counterRig)
}{
	{"city-trouble", func(r *counterRig) {
		r.take(desk.LinkChanged{Link: desk.Link{Office: true, City: true, CityUp: true, Trouble: "version"}})
	}},
	{"silent-quiet", func(r *counterRig) { r.silent(12 * time.Second) }},
	{"silent-long", func(r *counterRig) {
		r.silent(12 * time.Minute)
		r.fill()
		r.take(desk.Scanned{Scan: desk.Scan{Kind: desk.ScanUnknown}})
	}},
	{"silent-by-hand", func(r *counterRig) { r.silent(12 * time.Minute); r.press("F2") }},
	{"silent-number", func(r *counterRig) {
		r.silent(12 * time.Minute)
		for _, k := range []desk.Key{"F2", "0", "X", "1", "-", "0", "0", "7"} {
			r.press(k)
		}
	}},
	{"silent-paper", func(r *counterRig) { r.silent(12 * time.Minute); r.press("F2"); r.press("Q") }},
	{"silent-standby", func(r *counterRig) {
		r.s.Standby = true
		r.silent(12 * time.Minute)
		r.take(desk.Pressed{Action: desk.Account})
	}},
	{"silent-promote", func(r *counterRig) { r.s.Standby = true; r.silent(time.Hour); r.promote() }},
	{"silent-promote-sure", func(r *counterRig) { r.s.Standby = true; r.silent(time.Hour); r.promote(); r.press("1") }},
	{"silent-served", func(r *counterRig) {
		r.silent(12 * time.Minute)
		r.do(queue.FinishTicket{}, "3", "o0")
		for i, series := range []string{"X1", "A2", "X12"} {
			r.q.Apply(queue.TicketIssued{Ticket: queue.NewTicketID("2026-11-22", series, i+7), Service: "civil", Dossiers: 1, Lang: "vi"}, r.now, r.q.Seq+1, chain.Actor{Device: "kiosk-1"})
		}
		r.do(queue.ServeByHand{Ticket: queue.NewTicketID("2026-11-22", "X12", 9)}, "3", "o0")
		r.see()
	}},
	{"catching-up", func(r *counterRig) {
		r.take(desk.LinkChanged{Link: desk.Link{Office: true, Hearing: silent.Hearing{Unsent: 12}}})
	}},
	{"anomaly-hint", func(r *counterRig) { r.do(queue.FinishTicket{}, "3", "o0"); r.anomalies() }},
	{"anomalies", func(r *counterRig) { r.anomalies(); r.account(7) }},
	{"anomaly", func(r *counterRig) { r.anomalies(); r.account(7); r.press("1") }},
}

// silent is a counter that has not heard its office for so long.
func (r *counterRig) silent(since time.Duration) {
	r.take(desk.LinkChanged{Link: desk.Link{Office: true, Hearing: silent.Hearing{Lost: r.now.Add(-since), Unsent: 12}}})
}

// account presses an item of the account menu.
func (r *counterRig) account(n int) {
	r.take(desk.Pressed{Action: desk.Account})
	r.press(desk.Key(fmt.Sprint(n)))
}

func (r *counterRig) promote() { r.account(7) }

// anomalies is an office where two places did what does not fit together.
func (r *counterRig) anomalies() {
	for i, what := range []queue.AnomalyKind{queue.DoubleCall, queue.DoubleService, queue.NumberTwice, queue.OutOfOrder, queue.UnknownTicket} {
		r.q.Apply(queue.AnomalyFound{
			ID: fmt.Sprint("counter-1/", i), What: what, Ticket: queue.NewTicketID("2026-11-22", "A", i+1),
			Here:  queue.Deed{At: r.now.Add(-time.Hour), Counter: "3", Officer: "o0", Status: queue.Done},
			There: queue.Deed{At: r.now.Add(-50 * time.Minute), Device: "counter-1", Counter: "1", Officer: "o1", Status: queue.Done},
		}, r.now, r.q.Seq+1, chain.Actor{})
	}
	r.see()
}
