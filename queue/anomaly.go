package queue

import "time"

// Anomaly is something that two places did without knowing of each other, found
// when their records met. It stays until a supervisor has seen it (R8).
type Anomaly struct {
	ID     string      `json:"id"` // "<origin>/<index>" of the record that showed it
	What   AnomalyKind `json:"kind"`
	Ticket TicketID    `json:"ticket,omitempty"`
	// Here is what this office has, There what the merged record says.
	Here  Deed      `json:"here,omitzero"`
	There Deed      `json:"there,omitzero"`
	Found time.Time `json:"found"`
}

// AnomalyKind says what is wrong; its sentence is the text "queue.anomaly."
// and the kind.
type AnomalyKind string

// Kinds of anomalies.
const (
	DoubleCall    AnomalyKind = "double-call"
	DoubleService AnomalyKind = "double-service"
	NumberTwice   AnomalyKind = "number-twice"
	OutOfOrder    AnomalyKind = "order"
	UnknownTicket AnomalyKind = "unknown-ticket"
)

// Deed is what somebody did with a ticket, where and when.
type Deed struct {
	At      time.Time `json:"at"`
	Counter string    `json:"counter,omitempty"`
	Officer string    `json:"officer,omitempty"`
	Device  string    `json:"device,omitempty"`
	Status  Status    `json:"status,omitempty"` // what became of the ticket by it
}

// AcknowledgeAnomaly: a supervisor has seen it.
type AcknowledgeAnomaly struct {
	ID string `json:"id"`
}

// Name implements Command.
func (AcknowledgeAnomaly) Name() string { return "anomaly.acknowledge" }

// AnomalyFound shows an anomaly.
type AnomalyFound struct {
	ID     string      `json:"id"`
	What   AnomalyKind `json:"kind"`
	Ticket TicketID    `json:"ticket,omitempty"`
	Here   Deed        `json:"here,omitzero"`
	There  Deed        `json:"there,omitzero"`
}

// AnomalyAcknowledged takes it off the list.
type AnomalyAcknowledged struct {
	ID      string `json:"id"`
	Officer string `json:"officer"`
}

// Kind implements Event.
func (AnomalyFound) Kind() string { return "anomaly.found" }

// Kind implements Event.
func (AnomalyAcknowledged) Kind() string { return "anomaly.acknowledged" }
