package queue

import (
	"slices"
	"time"

	"motcua/queue/refusal"
)

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
	DoubleCall    AnomalyKind = "double-call"    // called at two counters
	DoubleService AnomalyKind = "double-service" // served at two counters
	NumberTwice   AnomalyKind = "number-twice"   // given by two devices
	OutOfOrder    AnomalyKind = "order"          // something happened that cannot follow what is known here
	UnknownTicket AnomalyKind = "unknown-ticket" // nobody's record gives the number
	// ReceiptRefused: a citizen holds a provisional receipt and the office could
	// not take the dossier in. The anomaly's ID is the receipt's code.
	ReceiptRefused AnomalyKind = "receipt-refused"
	// DossierTwice: a dossier was worked on in two places; what the other did
	// does not follow on what was done here. The anomaly's ID is its code.
	DossierTwice AnomalyKind = "dossier-twice"
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

// ReportReceipt: the office refused a dossier for which the calling device had
// given a provisional receipt while the office was silent. Nobody waits for the
// answer any more, so a supervisor must see it.
type ReportReceipt struct {
	Code string    `json:"code"` // of the receipt
	At   time.Time `json:"at"`   // when it was given
}

// Name implements Command.
func (ReportReceipt) Name() string { return "receipt.report" }

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

// Key is the key of the sentence.
func (a Anomaly) Key() string { return "queue.anomaly." + string(a.What) }

// Args are the name, value pairs of the sentence. A place without a counter is
// named by its device.
func (a Anomaly) Args() []string {
	place := func(d Deed) string {
		if d.Counter != "" {
			return d.Counter
		}
		return d.Device
	}
	clock := func(d Deed) string {
		if d.At.IsZero() {
			return "—"
		}
		return Local(d.At).Format("15:04")
	}
	return []string{
		"id", a.ID, "ticket", a.Ticket.Label(), "here", place(a.Here), "here-at", clock(a.Here),
		"there", place(a.There), "there-at", clock(a.There),
	}
}

func (d decision) acknowledge(c AcknowledgeAnomaly) ([]Event, error) {
	if err := d.supervised(); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(d.s.Anomalies, func(a Anomaly) bool { return a.ID == c.ID }) {
		return nil, refusal.New("anomaly-unknown")
	}
	return []Event{AnomalyAcknowledged{ID: c.ID, Officer: d.by.Officer}}, nil
}

func (d decision) reportReceipt(c ReportReceipt) ([]Event, error) {
	if c.Code == "" || d.by.Device == "" {
		return nil, refusal.New("anomaly-unknown")
	}
	return []Event{AnomalyFound{ID: cut(c.Code), What: ReceiptRefused, There: Deed{
		At: c.At, Counter: cut(d.by.Counter), Officer: cut(d.by.Officer), Device: cut(d.by.Device),
	}}}, nil
}

// found lists an anomaly. One that was found in another place is the same one.
func (s *State) found(e AnomalyFound, now time.Time) {
	if slices.ContainsFunc(s.Anomalies, func(a Anomaly) bool { return a.ID == e.ID }) {
		return
	}
	s.Anomalies = append(slices.Clip(s.Anomalies), Anomaly{
		ID: e.ID, What: e.What, Ticket: e.Ticket, Here: e.Here, There: e.There, Found: now,
	})
}

func (s *State) acknowledged(id string) {
	s.Anomalies = slices.DeleteFunc(slices.Clone(s.Anomalies), func(a Anomaly) bool { return a.ID == id })
	if len(s.Anomalies) == 0 {
		s.Anomalies = nil
	}
}

// deed is the last thing that happened to a ticket.
func (t Ticket) deed() Deed {
	d := Deed{Status: t.Status(), At: t.Since(), Device: t.Kiosk}
	if n := len(t.History); n > 0 {
		d.Counter, d.Officer = t.History[n-1].Counter, t.History[n-1].Officer
	}
	if d.Counter != "" {
		d.Device = ""
	}
	return d
}

// given is how a ticket came to be.
func (t Ticket) given() Deed {
	return Deed{At: t.Arrived, Device: t.Kiosk, Status: Waiting}
}
