package queue

import (
	"encoding/json"
	"time"

	"motcua/queue/plain"
)

// decodePlain reads the events that make up nearly all of a day, when they are
// written as this program writes them; ok is false for any other, which
// encoding/json reads.
func decodePlain(kind string, data json.RawMessage) (e Event, ok bool) {
	c := plain.At(data)
	c.Word(`{"ticket":"`)
	id := TicketID(c.Text())
	switch kind {
	case "ticket.issued":
		e = plainIssued(&c, id)
	case "ticket.printed":
		c.Word(`,"outcome":"`)
		e = TicketPrinted{Ticket: id, Outcome: Print(c.Text())}
	case "ticket.called":
		e = plainCalled(&c, id)
	case "ticket.started":
		e = TicketStarted{Ticket: id}
	case "ticket.finished":
		e = TicketFinished{Ticket: id, Auto: c.Next(`,"auto":true`)}
	default:
		return nil, false
	}
	c.Word(`}`)
	return e, c.End()
}

func plainIssued(c *plain.Cursor, id TicketID) Event {
	e := TicketIssued{Ticket: id}
	c.Word(`,"service":"`)
	e.Service = string(c.Text())
	if c.Next(`,"class":"`) {
		e.Class = string(c.Text())
	}
	c.Word(`,"lang":"`)
	e.Lang = string(c.Text())
	c.Word(`,"code":"`)
	e.Code = string(c.Text())
	c.Word(`,"dossiers":`)
	e.Dossiers = int(c.Number())
	c.Word(`,"estimate":{"ahead":`)
	e.Estimate.Ahead = int(c.Number())
	c.Word(`,"low":`)
	e.Estimate.Low = time.Duration(c.Number())
	c.Word(`,"high":`)
	e.Estimate.High = time.Duration(c.Number())
	if c.Next(`,"likely":`) {
		e.Estimate.Likely = time.Duration(c.Number())
	}
	if c.Next(`,"dossiers":`) {
		e.Estimate.Dossiers = int(c.Number())
	}
	e.Estimate.AfterClosing = c.Next(`,"after_closing":true`)
	c.Word(`}`)
	if c.Next(`,"identity":"`) {
		e.Identity = string(c.Text())
	}
	return e
}

func plainCalled(c *plain.Cursor, id TicketID) Event {
	e := TicketCalled{Ticket: id}
	c.Word(`,"counter":"`)
	e.Counter = string(c.Text())
	c.Word(`,"officer":"`)
	e.Officer = string(c.Text())
	c.Word(`,"why":"`)
	e.Why = string(c.Text())
	if !c.Next(`,"because":{"code":"`) {
		return e
	}
	e.Because.Code = Why(c.Text())
	if c.Next(`,"ticket":"`) {
		e.Because.Ticket = TicketID(c.Text())
	}
	if c.Next(`,"over":"`) {
		e.Because.Over = TicketID(c.Text())
	}
	if c.Next(`,"class":"`) {
		e.Because.Class = string(c.Text())
	}
	if c.Next(`,"minutes":`) {
		e.Because.Minutes = int(c.Number())
	}
	c.Word(`}`)
	return e
}
