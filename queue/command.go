package queue

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
}

// ReportPrint records what became of a ticket's paper. A failed print keeps
// the ticket: the number is on the screen.
type ReportPrint struct {
	Ticket  TicketID `json:"ticket"`
	Outcome Print    `json:"outcome"`
}

// VoidTicket withdraws a ticket that nobody holds (citizen gave up, or the
// number was never handed out).
type VoidTicket struct {
	Ticket TicketID `json:"ticket"`
	Reason string   `json:"reason"`
}

// OpenCounter: an officer sits down. A counter that another officer left open
// is taken over with its open ticket (scenario 7).
type OpenCounter struct{}

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

// StartService: the citizen is in front of the officer.
type StartService struct{}

// MarkAbsent: called, nobody came (vắng mặt).
type MarkAbsent struct{}

// ReturnTicket: an absent citizen is back the same day.
type ReturnTicket struct {
	Ticket TicketID `json:"ticket"`
}

// HoldTicket puts the open ticket aside for this officer (tạm giữ).
type HoldTicket struct {
	Reason string `json:"reason,omitempty"`
}

// TransferTicket sends the open ticket to another service or one counter;
// number and arrival are kept (chuyển).
type TransferTicket struct {
	Service string `json:"service,omitempty"`
	Counter string `json:"counter,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// FinishTicket ends the open ticket (xong).
type FinishTicket struct{}

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
