package queue

import "time"

// A Command is a wish: Decide turns it into events or a refusal. The names are
// the wire names of the office's API. Who wishes and where comes with it, in
// chain.Actor, not in the command.
type Command interface{ Name() string }

// Configure replaces the office's configuration.
type Configure struct {
	Config Config `json:"config"`
}

// IssueTicket gives the next number of a service (lấy số).
type IssueTicket struct {
	Service string `json:"service"`
	Class   string `json:"class,omitempty"`
	Lang    string `json:"lang,omitempty"`
	// Dossiers brought by one person; 0 means 1.
	Dossiers int `json:"dossiers,omitempty"`
	// Identity is an opaque hash of what was scanned (card, dossier code),
	// salted with the day; with it a person holds one open number a service.
	// Over the API it is what was scanned: the office service hashes it before
	// Decide sees it.
	Identity string `json:"identity,omitempty"`
	// Reason lets an officer give a helper one more number all the same.
	Reason string `json:"reason,omitempty"`
	// Later takes the number for the next session of today (scenario 15).
	Later bool `json:"later,omitempty"`
	// Instead is the n of the same device's command that it gave up because no
	// answer came: the number that one may have got is void (R7).
	Instead uint64 `json:"instead,omitempty"`
}

// ReportPrint records what became of a ticket's paper. A failed print keeps
// the ticket: the number is on the screen.
type ReportPrint struct {
	Ticket  TicketID `json:"ticket"`
	Outcome Print    `json:"outcome"`
}

// VoidTicket withdraws a ticket (citizen gave up, or the number was never
// handed out): one that nobody holds, or the one open at the own counter.
type VoidTicket struct {
	Ticket TicketID `json:"ticket"`
	Reason string   `json:"reason"`
}

// OpenCounter: an officer sits down. A counter that another officer left open
// is taken over with its open ticket (scenario 7).
type OpenCounter struct {
	// PIN is the officer's, where they have one. The office service holds it
	// against what it keeps and takes it out before anything else sees it.
	PIN string `json:"pin,omitempty"`
	// Day is the officer's word that it is this day ("2006-01-02"), where the
	// clock alone is not believed (R9).
	Day string `json:"day,omitempty"`
}

// CloseCounter: the officer leaves. Refused while a ticket is open.
type CloseCounter struct{}

// PauseCounter: a break with a reason; OpenCounter ends it.
type PauseCounter struct {
	Reason string `json:"reason"`
}

// CallNext calls the next ticket by the rule (gọi số tiếp theo).
type CallNext struct{}

// CallTicket calls a chosen ticket: one held here, or any waiting one with a
// reason, which is recorded and shown in the fairness audit.
type CallTicket struct {
	Ticket TicketID `json:"ticket"`
	Reason string   `json:"reason,omitempty"`
}

// Recall calls the open ticket again (gọi lại). After Config.RecallLimit the
// ticket becomes absent instead.
type Recall struct{}

// StartService: the citizen is in front of the officer. Ticket, here and in the
// commands below, is the one that the officer means, as shown on the screen;
// when another is open by now, because an answer was lost, the command is
// refused. Empty is whatever is open.
type StartService struct {
	Ticket TicketID `json:"ticket,omitempty"`
}

// MarkAbsent: called, nobody came (vắng mặt).
type MarkAbsent struct {
	Ticket TicketID `json:"ticket,omitempty"`
}

// ReturnTicket: an absent citizen is back the same day.
type ReturnTicket struct {
	Ticket TicketID `json:"ticket"`
}

// HoldTicket puts the open ticket aside for this officer (tạm giữ).
type HoldTicket struct {
	Ticket TicketID `json:"ticket,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

// TransferTicket sends the open ticket to another service, one counter, or one
// officer wherever they sit; number and arrival are kept (chuyển). Back makes it
// a detour: once done there, it is first at this counter again (scenario 12).
type TransferTicket struct {
	Service string `json:"service,omitempty"`
	Counter string `json:"counter,omitempty"`
	Officer string `json:"officer,omitempty"`
	Back    bool   `json:"back,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// FinishTicket ends the open ticket (xong), or this leg of its visit: Next are
// the services that the same number goes on to, in order, before anything
// planned earlier.
type FinishTicket struct {
	Ticket TicketID `json:"ticket,omitempty"`
	Next   []string `json:"next,omitempty"`
}

// CarryTicket lets a waiting ticket wait for the next session of today, rank
// kept: it is not called before.
type CarryTicket struct {
	Ticket TicketID `json:"ticket"`
	Reason string   `json:"reason,omitempty"`
}

// CloseSession ends the giving of numbers for this session, by a supervisor,
// and says what becomes of who waits (scenario 15).
type CloseSession struct {
	How    Ending `json:"how"`
	Reason string `json:"reason,omitempty"`
}

// OpenSession takes a CloseSession back, by a supervisor.
type OpenSession struct{}

// BookAppointment books a slot, for the city or at the desk. Without a Code
// the office makes one. Sent again with the same code it has no second effect.
type BookAppointment struct {
	Code     string    `json:"code,omitempty"`
	Service  string    `json:"service"`
	Slot     time.Time `json:"slot"`
	Dossiers int       `json:"dossiers,omitempty"`
	Identity string    `json:"identity,omitempty"` // opaque; one booking a service
}

// CancelAppointment gives a slot back.
type CancelAppointment struct {
	Code   string `json:"code"`
	Reason string `json:"reason,omitempty"`
}

// CheckIn turns an appointment into a number at the kiosk (scenario 14).
type CheckIn struct {
	Code string `json:"code"`
	Lang string `json:"lang,omitempty"`
}

// RaiseAlarm: the officer at a counter needs help at once.
type RaiseAlarm struct {
	Reason string `json:"reason,omitempty"`
}

// AnswerAlarm: somebody is on the way to the counter.
type AnswerAlarm struct {
	Counter string `json:"counter"`
}

// RequestHelp: somebody at a kiosk asks for a person.
type RequestHelp struct{}

// AnswerHelp: an officer is on the way.
type AnswerHelp struct {
	Device string `json:"device"`
}

// RateTicket rates the service of a ticket, once (đánh giá). Level is 1 (rất
// không hài lòng) to 5 (rất hài lòng); Praise are criteria ids.
type RateTicket struct {
	Ticket TicketID `json:"ticket"`
	Level  int      `json:"level"`
	Praise []string `json:"praise,omitempty"`
}

// CloseDay ends the business day; every ticket still here is not served.
type CloseDay struct{}

// Name implements Command.
func (Configure) Name() string { return "office.configure" }

// Name implements Command.
func (IssueTicket) Name() string { return "ticket.issue" }

// Name implements Command.
func (ReportPrint) Name() string { return "ticket.report-print" }

// Name implements Command.
func (VoidTicket) Name() string { return "ticket.void" }

// Name implements Command.
func (OpenCounter) Name() string { return "counter.open" }

// Name implements Command.
func (CloseCounter) Name() string { return "counter.close" }

// Name implements Command.
func (PauseCounter) Name() string { return "counter.pause" }

// Name implements Command.
func (CallNext) Name() string { return "ticket.call-next" }

// Name implements Command.
func (CallTicket) Name() string { return "ticket.call" }

// Name implements Command.
func (Recall) Name() string { return "ticket.recall" }

// Name implements Command.
func (StartService) Name() string { return "ticket.start" }

// Name implements Command.
func (MarkAbsent) Name() string { return "ticket.absent" }

// Name implements Command.
func (ReturnTicket) Name() string { return "ticket.return" }

// Name implements Command.
func (HoldTicket) Name() string { return "ticket.hold" }

// Name implements Command.
func (TransferTicket) Name() string { return "ticket.transfer" }

// Name implements Command.
func (FinishTicket) Name() string { return "ticket.finish" }

// Name implements Command.
func (RequestHelp) Name() string { return "help.request" }

// Name implements Command.
func (AnswerHelp) Name() string { return "help.answer" }

// Name implements Command.
func (RateTicket) Name() string { return "ticket.rate" }

// Name implements Command.
func (CloseDay) Name() string { return "day.close" }

// Name implements Command.
func (CarryTicket) Name() string { return "ticket.carry" }

// Name implements Command.
func (CloseSession) Name() string { return "session.close" }

// Name implements Command.
func (OpenSession) Name() string { return "session.open" }

// Name implements Command.
func (BookAppointment) Name() string { return "appointment.book" }

// Name implements Command.
func (CancelAppointment) Name() string { return "appointment.cancel" }

// Name implements Command.
func (CheckIn) Name() string { return "appointment.check-in" }

// Name implements Command.
func (RaiseAlarm) Name() string { return "counter.alarm" }

// Name implements Command.
func (AnswerAlarm) Name() string { return "counter.answer-alarm" }
