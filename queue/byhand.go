package queue

// ServeByHand serves whoever stands in front of the officer, with whatever
// number they hold: a waiting one, or one that this office has not heard of yet
// (a kiosk's emergency number). With no ticket a number is given first: the
// next of the counter's paper roll while the office is silent, else the next of
// the service. Service is for numbers that are not known here; empty is what
// their letter, or the counter, is for.
type ServeByHand struct {
	Ticket  TicketID `json:"ticket,omitempty"`
	Service string   `json:"service,omitempty"`
}

// Name implements Command.
func (ServeByHand) Name() string { return "ticket.serve-by-hand" }

// TicketAdopted: somebody showed a number that this office has not heard of;
// what is known of it comes with the record that gave it.
type TicketAdopted struct {
	Ticket  TicketID `json:"ticket"`
	Service string   `json:"service"`
}

// Kind implements Event.
func (TicketAdopted) Kind() string { return "ticket.adopted" }
