package replaytest

import (
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"

	"motcua/queue"
	"motcua/queue/chain"
)

// Full gives an office everything that the rule knows: sessions, appointments,
// an officer who does one service only.
func Full(c *queue.Config) {
	c.Hours = map[time.Weekday][]queue.Span{}
	for d := range time.Saturday + 1 {
		c.Hours[d] = []queue.Span{{From: 7 * 60, To: 11*60 + 30}, {From: 13 * 60, To: 17 * 60}}
	}
	c.Booking = queue.Booking{Grace: 15}
	for i := range c.Services {
		c.Services[i].PerSlot = 2
	}
	c.Classes = append(c.Classes, queue.Class{
		ID: queue.ClassAppointment, Name: queue.Text{VI: "Có hẹn", EN: "Appointment"}, HeadStart: 30,
	})
	c.Officers[1].Services = []string{"ho-tich"}
}

// Draw plays random commands, sensible and not, of every kind.
func (o *Office) Draw(rt *rapid.T, steps int) {
	for range steps {
		o.Wait(time.Duration(rapid.IntRange(-1, 900).Draw(rt, "seconds")) * time.Second)
		c, by := drawCommand(rt, o)
		_, _ = o.Do(c, by) // refusals are part of any history
	}
}

func drawCommand(rt *rapid.T, o *Office) (queue.Command, chain.Actor) {
	s := o.State
	counter := rapid.SampledFrom([]string{"1", "2", "3"}).Draw(rt, "counter")
	by := At(counter, rapid.SampledFrom([]string{"cb01", "cb02", "cb03"}).Draw(rt, "officer"))
	if d := s.Counters[counter]; d != nil && d.Officer != "" && rapid.IntRange(0, 9).Draw(rt, "self") > 0 {
		by.Officer = d.Officer
	}
	id := queue.TicketID("261123-A404")
	if ids := slices.Sorted(maps.Keys(s.Tickets)); len(ids) > 0 {
		id = rapid.SampledFrom(ids).Draw(rt, "ticket")
	}
	code := "HEN-404"
	if codes := slices.Sorted(maps.Keys(s.Appointments)); len(codes) > 0 {
		code = rapid.SampledFrom(codes).Draw(rt, "code")
	}
	slot := queue.Local(o.Now).Truncate(30 * time.Minute).Add(time.Duration(rapid.IntRange(0, 4).Draw(rt, "slot")) * 30 * time.Minute)
	return rapid.SampledFrom([]queue.Command{
		queue.IssueTicket{Service: "ho-tich"},
		queue.IssueTicket{Service: "dat-dai"},
		queue.IssueTicket{Service: "tra"},
		queue.IssueTicket{Service: "tra", Class: queue.ClassPriority},
		queue.IssueTicket{Service: "ho-tich", Class: queue.ClassPriority},
		queue.IssueTicket{Service: "ho-tich", Later: true},
		queue.OpenCounter{},
		queue.OpenCounter{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallNext{},
		queue.CallTicket{Ticket: id, Reason: "người già yếu"},
		queue.ServeByHand{Ticket: id},
		queue.ServeByHand{Service: "tra"},
		queue.Recall{},
		queue.StartService{},
		queue.StartService{},
		queue.MarkAbsent{},
		queue.ReturnTicket{Ticket: id},
		queue.HoldTicket{Reason: "thiếu giấy"},
		queue.TransferTicket{Service: "tra"},
		queue.TransferTicket{Counter: "2"},
		queue.TransferTicket{Officer: "cb03"},
		queue.TransferTicket{Counter: "3", Back: true},
		queue.FinishTicket{},
		queue.FinishTicket{},
		queue.FinishTicket{Next: []string{"tra", "ho-tich"}},
		queue.VoidTicket{Ticket: id},
		queue.CarryTicket{Ticket: id},
		queue.CloseSession{How: queue.EndCarry},
		queue.OpenSession{},
		queue.BookAppointment{Service: "ho-tich", Slot: slot},
		queue.CheckIn{Code: code},
		queue.PauseCounter{Reason: "nghỉ"},
		queue.CloseCounter{},
		queue.RateTicket{Ticket: id, Level: 4},
		queue.ReportPrint{Ticket: id, Outcome: queue.Printed},
		queue.RequestHelp{},
		queue.CloseDay{},
	}).Draw(rt, "command"), by
}
