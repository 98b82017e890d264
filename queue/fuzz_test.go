package queue_test

import (
	"encoding/json"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
)

// read decodes a command of type C.
func read[C queue.Command](data []byte) (queue.Command, error) {
	var c C
	err := json.Unmarshal(data, &c)
	return c, err
}

// readers decode every command by name.
func readers() map[string]func([]byte) (queue.Command, error) {
	m := map[string]func([]byte) (queue.Command, error){}
	for zero, f := range map[queue.Command]func([]byte) (queue.Command, error){
		queue.ReportPrint{}: read[queue.ReportPrint], queue.VoidTicket{}: read[queue.VoidTicket],
		queue.IssueTicket{}: read[queue.IssueTicket], queue.OpenCounter{}: read[queue.OpenCounter],
		queue.PauseCounter{}: read[queue.PauseCounter], queue.CloseCounter{}: read[queue.CloseCounter],
		queue.CallNext{}: read[queue.CallNext], queue.CallTicket{}: read[queue.CallTicket],
		queue.Recall{}: read[queue.Recall], queue.StartService{}: read[queue.StartService],
		queue.MarkAbsent{}: read[queue.MarkAbsent], queue.ReturnTicket{}: read[queue.ReturnTicket],
		queue.HoldTicket{}: read[queue.HoldTicket], queue.TransferTicket{}: read[queue.TransferTicket],
		queue.RequestHelp{}: read[queue.RequestHelp], queue.AnswerHelp{}: read[queue.AnswerHelp],
		queue.RaiseAlarm{}: read[queue.RaiseAlarm], queue.AnswerAlarm{}: read[queue.AnswerAlarm],
		queue.CarryTicket{}: read[queue.CarryTicket], queue.CloseSession{}: read[queue.CloseSession],
		queue.OpenSession{}: read[queue.OpenSession], queue.BookAppointment{}: read[queue.BookAppointment],
		queue.CancelAppointment{}: read[queue.CancelAppointment], queue.CheckIn{}: read[queue.CheckIn],
		queue.CloseDay{}: read[queue.CloseDay], queue.OpenDay{}: read[queue.OpenDay],
		queue.AdmitDevice{}: read[queue.AdmitDevice], queue.ServeByHand{}: read[queue.ServeByHand],
		queue.AcknowledgeAnomaly{}: read[queue.AcknowledgeAnomaly], queue.BeginTerm{}: read[queue.BeginTerm],
		queue.SettlePredecessor{}: read[queue.SettlePredecessor],
	} {
		m[zero.Name()] = f
	}
	for _, zero := range []queue.Command{queue.Configure{}, queue.FinishTicket{}, queue.RateTicket{}} { // not comparable
		switch zero.(type) {
		case queue.Configure:
			m[zero.Name()] = read[queue.Configure]
		case queue.FinishTicket:
			m[zero.Name()] = read[queue.FinishTicket]
		case queue.RateTicket:
			m[zero.Name()] = read[queue.RateTicket]
		}
	}
	return m
}

// busy is an office in the middle of a morning.
func busy(t testing.TB) *desk {
	d := open(t, func(c *queue.Config) {
		c.Hours = officeHours()
		c.Classes = append(c.Classes, queue.Class{ID: queue.ClassAppointment, HeadStart: 20})
		c.Services[0].PerSlot = 3
	})
	one, two := d.sit("1", "cb01"), d.sit("2", "cb02")
	d.must(queue.BookAppointment{Code: "HN-2026-0001", Service: "ho-tich", Slot: monday.Add(time.Hour)}, kiosk)
	for range 4 {
		d.issue("ho-tich", "")
		d.issue("dat-dai", queue.ClassPriority)
	}
	d.callNext(two)
	d.must(queue.TransferTicket{Counter: "1", Back: true}, two)
	d.callNext(one)
	d.must(queue.HoldTicket{}, one)
	d.callNext(two)
	d.must(queue.MarkAbsent{}, two)
	d.callNext(one)
	d.wait(time.Minute)
	return d
}

// FuzzDecide: whatever command comes, from whomever, whenever, it is carried
// out whole or refused, and the office goes on.
func FuzzDecide(f *testing.F) {
	known := readers()
	for name, seed := range map[string]string{
		"ticket.issue":         `{"service":"ho-tich","class":"priority","dossiers":12,"identity":"aaaaaaaaaaaaaaaa","later":true}`,
		"ticket.call":          `{"ticket":"261123-A003","reason":"con nhỏ"}`,
		"ticket.transfer":      `{"service":"tra","officer":"cb02","back":true}`,
		"ticket.finish":        `{"next":["tra","dat-dai","tra","tra","tra","tra","tra","tra","tra"]}`,
		"ticket.carry":         `{"ticket":"261123-A004"}`,
		"ticket.rate":          `{"ticket":"261123-A001","level":5,"praise":["x"]}`,
		"session.close":        `{"how":"carry","reason":"="}`,
		"appointment.book":     `{"service":"ho-tich","slot":"2026-11-24T09:00:00+07:00"}`,
		"appointment.check-in": `{"code":"HN-2026-0001"}`,
		"office.configure":     `{"config":{"office":"H26","services":[{"id":"a","letter":"A"}],"counters":[{"id":"1"}]}}`,
		"day.close":            `{}`,
		"counter.close":        `{}`,
		"day.open":             `{"day":"2026-11-23"}`,
		"device.admit":         `{"role":"kiosk"}`,
		"ticket.serve-by-hand": `{"ticket":"261123-X1-001","service":"tra"}`,
		"term.begin":           `{"term":2,"hub":"h","after":99,"head":"00000000000000000000000000000000000000000000000000000000000000ff","reason":"r"}`,
		"term.settle":          `{"term":1,"how":"lost","reason":"r"}`,
	} {
		f.Add(name, []byte(seed), "1", "cb01", int32(60))
	}
	d := busy(f)
	f.Fuzz(func(t *testing.T, name string, data []byte, counter, officer string, seconds int32) {
		decode, ok := known[name]
		if !ok {
			return
		}
		c, err := decode(data)
		if err != nil {
			return
		}
		s, now := d.s.Clone(), d.now.Add(time.Duration(seconds)*time.Second)
		before := bytesOf(t, s)
		by := chain.Actor{Device: "d", Counter: counter, Officer: officer}
		events, err := queue.Decide(s, c, by, queue.Env{Now: now, Mint: mint})
		if bytesOf(t, s) != before {
			t.Fatalf("deciding %s changed the state", name)
		}
		if err != nil && len(events) > 0 {
			t.Fatalf("%s is refused with %d events", name, len(events))
		}
		for _, e := range events {
			raw, err := json.Marshal(e)
			if err != nil {
				t.Fatalf("write %s: %v", e.Kind(), err)
			}
			if e, ok, err = queue.DecodeEvent(e.Kind(), 1, raw); err != nil || !ok {
				t.Fatalf("read %s back: %v", raw, err)
			}
			s.Apply(e, now, s.Seq+1, by)
		}
		if _, configured := c.(queue.Configure); configured {
			return // the counters of the new office are others
		}
		checkDesks(t, s, now)
		checkLives(t, s)
		checkLine(t, s)
	})
}

// FuzzMerge: whatever a record says that was made elsewhere, it is judged and
// kept, and the office stays sound.
func FuzzMerge(f *testing.F) {
	for kind, seed := range map[string]string{
		"ticket.issued":      `{"ticket":"261123-X1-001","service":"tra","instead":3,"dossiers":-1,"after":"2026-11-23T13:30:00+07:00"}`,
		"ticket.adopted":     `{"ticket":"261123-X1-002","service":"tra"}`,
		"ticket.called":      `{"ticket":"261123-A002","counter":"2","officer":"cb02","why":"by-hand"}`,
		"ticket.started":     `{"ticket":"261123-A001"}`,
		"ticket.finished":    `{"ticket":"261123-A001"}`,
		"ticket.transferred": `{"ticket":"261123-H001","service":"tra","counter":"9"}`,
		"ticket.returned":    `{"ticket":"261123-H002","rank":"0001-01-01T00:00:00Z"}`,
		"ticket.closed":      `{"ticket":"261123-A003","as":"void"}`,
		"ticket.carried":     `{"ticket":"261123-A003","after":"9999-12-31T00:00:00Z"}`,
		"counter.opened":     `{"counter":"3","officer":"cb03"}`,
		"counter.closed":     `{"counter":"1"}`,
		"device.admitted":    `{"device":"k","series":"X9"}`,
		"command.given-up":   `{"device":"kiosk-1","n":1}`,
		"anomaly.found":      `{"id":"x/1","kind":"order"}`,
		"record.merged":      `{"origin":"k","index":1,"record":"{}"}`,
		"day.opened":         `{"day":"x"}`,
		"term.began":         `{"term":7}`,
	} {
		f.Add(kind, []byte(seed), true, "1", "cb01", uint64(4), int32(-60))
		f.Add(kind, []byte(seed), false, "2", "cb02", uint64(4), int32(60))
	}
	d := busy(f)
	d.must(queue.BeginTerm{Term: 2, Hub: "h", After: d.seq, Head: chain.Hash{}.String(), Reason: "r"}, at("1", "cb01"))
	f.Fuzz(func(t *testing.T, kind string, data []byte, hub bool, counter, officer string, n uint64, seconds int32) {
		by := chain.Actor{Device: "counter-" + counter, Counter: counter, Officer: officer}
		fact := chain.Fact{At: d.now.Add(time.Duration(seconds) * time.Second), By: by, N: n, Type: kind, V: 1, Data: data}
		r, _, err := chain.Head{Seq: 1 << 20}.Append(fact)
		if err != nil || kind == "" {
			return
		}
		c := queue.Merge{Origin: by.Device, Items: []queue.MergeItem{{Index: r.Seq, Record: string(r.Line())}}}
		if hub {
			c.Origin = "term-1"
		}
		s := d.s.Clone()
		env := queue.Env{Now: d.now, Mint: mint, Answered: func(_ string, n uint64) (queue.TicketID, bool) { return "261123-A002", n%3 == 0 }}
		events, err := queue.Decide(s, c, by, env)
		if err != nil {
			return
		}
		again := s.Clone()
		for _, e := range events {
			s.Apply(e, d.now, s.Seq+1, by)
			again.Apply(e, d.now, again.Seq+1, by)
		}
		if !s.Merged[c.Origin].Has(r.Seq) || bytesOf(t, s) != bytesOf(t, again) {
			t.Fatal("the record is not here, or not the same twice")
		}
		checkDesks(t, s, d.now)
		checkLives(t, s)
		checkLine(t, s)
		if more, err := queue.Decide(s, c, by, env); err != nil || len(more) > 0 {
			t.Fatalf("offered again: %d events, %v", len(more), err)
		}
	})
}
