package session

import (
	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// An Intent is something that happened.
type Intent interface{ intent() }

// Action is what a touch means.
type Action string

// Actions; those with an argument say which.
const (
	GoHome         Action = "home"
	GoBack         Action = "back"
	SetLang        Action = "lang" // "vi" or "en"
	ToggleLarge    Action = "large"
	ToggleContrast Action = "contrast"
	CallHelp       Action = "help"
	Stay           Action = "stay" // I am still here

	TakeNumber     Action = "take-number"
	PickService    Action = "service" // id
	TogglePriority Action = "priority"
	ToggleMany     Action = "many"       // several dossiers
	SetDossiers    Action = "dossiers"   // how many
	TakeCounted    Action = "take-many"  // that many
	TakeNow        Action = "take-now"   // although it is late
	TakeLater      Action = "take-later" // for the next session
	NextPage       Action = "next-page"
	PreviousPage   Action = "previous-page"
	Done           Action = "done"
	Rejoin         Action = "rejoin" // an absent ticket back into the line
	Reprint        Action = "reprint"
	Collect        Action = "collect"

	OpenFeature   Action = "feature"   // Feature
	PickGroup     Action = "group"     // service id
	PickProcedure Action = "procedure" // code
	NumberFor     Action = "number-for"

	RateThis   Action = "rate-this"
	PickLevel  Action = "level"  // "1" to "5"
	TogglePick Action = "praise" // criterion id
	SendRating Action = "send-rating"

	Retry Action = "retry"
)

type (
	// Tap is a touch on something that means an action.
	Tap struct {
		Action Action
		Arg    string
	}
	// Scanned is something held under the scanner, already recognised. What a
	// citizen card says does not come here: Card is the runner's handle of it,
	// never used before, which ForgetCard ends.
	Scanned struct {
		Kind ScanKind
		Code string
		Card uint64
	}
	// OfficeChanged brings a new copy of the queue, which its sender no longer
	// changes, and whether the office is there.
	OfficeChanged struct {
		State *queue.State
		silent.Hearing
	}
	// DevicesChanged tells what works.
	DevicesChanged struct{ PrinterDown, ScannerDown bool }
	// CriteriaCame brings what the office lets people praise.
	CriteriaCame struct{ List []dossier.Criterion }
	// Replied answers the effect with the same Ask; the fields that do not
	// concern it are zero.
	Replied struct {
		Ask     uint64
		Ticket  *queue.Ticket
		Dossier *dossier.Dossier
		// Held is a ticket of today that was given here for the dossier and is
		// still good (scenario 17).
		Held       *queue.Ticket
		Procedures []catalogue.Procedure
		Refusal    *refusal.Refusal // understood and not carried out
		Failed     bool             // no answer; it may or may not have been done
	}
	// PaperCame answers PrintTicket.
	PaperCame struct {
		Ticket queue.TicketID
		OK     bool
	}
	// Tick comes about once a second.
	Tick struct{}
)

func (Tap) intent()            {}
func (Scanned) intent()        {}
func (OfficeChanged) intent()  {}
func (DevicesChanged) intent() {}
func (CriteriaCame) intent()   {}
func (Replied) intent()        {}
func (PaperCame) intent()      {}
func (Tick) intent()           {}

// ScanKind is what was held under the scanner.
type ScanKind int

// Kinds of scans.
const (
	ScanUnknown     ScanKind = iota
	ScanTicket               // Code is the ticket's code or id
	ScanDossier              // Code is the dossier's
	ScanCard                 // a citizen card
	ScanAppointment          // Code is the appointment's
)
