package session

import "motcua/queue"

// An Effect is work for the runner. Those with an Ask are answered by exactly
// one Replied with the same Ask, also when they failed or ran out of time. The
// runner gives every Ask its own number N of the office's idempotency key and
// keeps the pair: an Ask that comes again is the same Call again, so a number
// is given once.
type Effect interface{ effect() }

type (
	// IssueTicket asks for a number. Dossier is the code of the dossier whose
	// result is collected, "" otherwise: the runner remembers it for the day,
	// to answer the next scan of the same dossier with Replied.Held.
	IssueTicket struct {
		Ask     uint64
		Service string
		Class   string
		Lang    string
		Dossier string
		// Dossiers is how many are handed in on this number; 0 means one.
		Dossiers int
		// Later takes the number for the next session of today.
		Later bool
		// Card is the handle of the citizen card that was shown, 0 none: what
		// the card says is the runner's to put into queue.IssueTicket.Identity.
		Card uint64
	}
	// ForgetCard ends a handle: nothing will be asked with it again; not
	// answered.
	ForgetCard struct{ Card uint64 }
	// CheckIn turns an appointment into a number.
	CheckIn struct {
		Ask  uint64
		Code string
		Lang string
	}
	// PrintTicket prints the slip, records the outcome with queue.ReportPrint
	// and is answered by PaperCame. Large is what the citizen had on screen.
	// Again is one more slip of a number that its holder has already; it
	// carries the copy mark.
	PrintTicket struct {
		Ticket queue.Ticket
		Large  bool
		Again  bool
	}
	// VoidTicket withdraws a number whose citizen left before it came; not
	// answered.
	VoidTicket struct {
		Ticket queue.TicketID
		Reason string
	}
	// ReturnTicket puts an absent ticket back into the line.
	ReturnTicket struct {
		Ask    uint64
		Ticket queue.TicketID
	}
	// LookUpTicket finds a ticket of today by id or code.
	LookUpTicket struct {
		Ask  uint64
		Code string
	}
	// LookUpDossier finds a dossier by its code, as a citizen may see it.
	LookUpDossier struct {
		Ask  uint64
		Code string
	}
	// ListProcedures brings the catalogue in force.
	ListProcedures struct{ Ask uint64 }
	// Rate rates a dossier, or a ticket when Dossier is "".
	Rate struct {
		Ask     uint64
		Dossier string
		Ticket  queue.TicketID
		Level   int
		Praise  []string
	}
	// RequestHelp rings the officers.
	RequestHelp struct{ Ask uint64 }
	// PlaySound plays a short sound; not answered.
	PlaySound struct{ Sound Sound }
)

// Sound is a short sound of the kiosk.
type Sound string

// Sounds.
const (
	Click   Sound = "click"
	Success Sound = "success"
	Problem Sound = "problem"
	Alert   Sound = "alert" // the visit is about to end
)

func (IssueTicket) effect()    {}
func (ForgetCard) effect()     {}
func (CheckIn) effect()        {}
func (PrintTicket) effect()    {}
func (VoidTicket) effect()     {}
func (ReturnTicket) effect()   {}
func (LookUpTicket) effect()   {}
func (LookUpDossier) effect()  {}
func (ListProcedures) effect() {}
func (Rate) effect()           {}
func (RequestHelp) effect()    {}
func (PlaySound) effect()      {}
