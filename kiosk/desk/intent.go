package desk

import (
	"motcua/queue"
	"motcua/queue/dossier"
)

// An Intent is something that happened: a key, a click, a scan, an answer of
// the runner, a second passing.
type Intent interface{ intent() }

// Action is a routine act. Each has one key, printed on its button.
type Action int

// Actions and their keys.
const (
	Help     Action = iota // F1
	Next                   // F2 gọi số tiếp theo
	Recall                 // F3 gọi lại
	Absent                 // F4 vắng mặt
	Hold                   // F5 tạm giữ
	Transfer               // F6 chuyển
	Pause                  // F7 tạm nghỉ, tiếp tục
	Finish                 // F8 xong
	Print                  // F9 in giấy hẹn; in the return tab: trả kết quả
	Answer                 // F10 nhận lời người cần giúp
	Back                   // Esc
	Start                  // Enter: the citizen is at the counter
	Account                // the officer's name: language, leave, session, bookings
	Alarm                  // F11 gọi hỗ trợ khẩn cấp
	Onward                 // F12 xong ở đây, sang dịch vụ khác
	actions
)

// Key is a key that the presenter understands: "F1" to "F12", "Escape", "Up",
// "Down", "Return" and the digits and letters that a menu prints. The names
// are Fyne's.
type Key string

// hotkeys are the keys of actions.
var hotkeys = [actions]Key{
	Help: "F1", Next: "F2", Recall: "F3", Absent: "F4", Hold: "F5", Transfer: "F6",
	Pause: "F7", Finish: "F8", Print: "F9", Answer: "F10", Alarm: "F11", Onward: "F12", Back: "Escape",
}

// Hotkey is the key printed on an action's button, "" when it has none.
func (a Action) Hotkey() Key {
	if a < 0 || a >= actions {
		return ""
	}
	return hotkeys[a]
}

type (
	// OfficeChanged brings a new snapshot of the queue. It is never changed
	// afterwards by whoever sent it.
	OfficeChanged struct{ State *queue.State }
	// LinkChanged tells how the lines are.
	LinkChanged struct{ Link Link }
	// DevicesChanged tells how scanner and printer are.
	DevicesChanged struct{ Devices Devices }
	// Tick comes about once a second.
	Tick struct{}

	// KeyPressed is a key that no field consumed, or an F-key or Escape.
	KeyPressed struct{ Key Key }
	// Pressed is a click on a button.
	Pressed struct{ Action Action }
	// Typed is the new text of a field.
	Typed struct {
		Field Field
		Text  string
	}
	// Entered is Enter in a field.
	Entered struct{ Field Field }
	// Scanned is something held under the scanner.
	Scanned struct{ Scan Scan }

	// SignIn: this officer sits down here.
	SignIn struct{ Officer string }
	// TakeOver is SignIn, confirmed, at a counter another officer left open.
	TakeOver struct{ Officer string }
	// SetLang changes the language of the screen.
	SetLang struct{ Lang string }
	// OpenTab shows a panel.
	OpenTab struct{ Tab Tab }
	// OpenTicket shows a ticket and what can be done with it.
	OpenTicket struct{ Ticket queue.TicketID }
	// Order sends a command of the queue and closes the menu.
	Order struct{ Command queue.Command }
	// Ask opens the menu that it carries, or the same one with another thing
	// chosen; only items of menus hold it.
	Ask struct{ about dialog }
	// CloseMenu goes back to the counter.
	CloseMenu struct{}

	// ServeNumber serves who holds a number while the office is silent.
	ServeNumber struct{ Label string }
	// PromoteStandby makes the standby on this machine the hub, for a reason.
	PromoteStandby struct{ Reason string }

	// PickProcedure takes a search result by its code.
	PickProcedure struct{ Code string }
	// TogglePaper marks a line of the checklist as here, or not.
	TogglePaper struct{ N int }
	// AllPapers marks every line as here.
	AllPapers struct{}
	// PickHandover chooses how the result is handed over.
	PickHandover struct{ Handover dossier.Handover }
	// ClearForm empties the receiving form.
	ClearForm struct{}
	// Reprint prints the last receipt once more.
	Reprint struct{}

	// OpenCase opens a dossier in the return tab.
	OpenCase struct{ Code string }
	// ToggleProxy: somebody else collects.
	ToggleProxy struct{}
	// MarkReady records that the open dossier's result is at the desk.
	MarkReady struct{}
	// CloseCase puts the open dossier away.
	CloseCase struct{}
)

func (OfficeChanged) intent()   {}
func (LinkChanged) intent()     {}
func (DevicesChanged) intent()  {}
func (Tick) intent()            {}
func (ConfirmDay) intent()      {}
func (KeyPressed) intent()      {}
func (Pressed) intent()         {}
func (Typed) intent()           {}
func (Entered) intent()         {}
func (Scanned) intent()         {}
func (SignIn) intent()          {}
func (TakeOver) intent()        {}
func (SetLang) intent()         {}
func (OpenTab) intent()         {}
func (OpenTicket) intent()      {}
func (Order) intent()           {}
func (Ask) intent()             {}
func (CloseMenu) intent()       {}
func (ServeNumber) intent()     {}
func (PromoteStandby) intent()  {}
func (Promoted) intent()        {}
func (PickProcedure) intent()   {}
func (TogglePaper) intent()     {}
func (AllPapers) intent()       {}
func (PickHandover) intent()    {}
func (ClearForm) intent()       {}
func (Reprint) intent()         {}
func (OpenCase) intent()        {}
func (ToggleProxy) intent()     {}
func (MarkReady) intent()       {}
func (CloseCase) intent()       {}
func (CommandReplied) intent()  {}
func (ProceduresFound) intent() {}
func (PromiseCame) intent()     {}
func (CaseCame) intent()        {}
func (DossiersListed) intent()  {}
func (ReceiptPrinted) intent()  {}

// ScanKind is what a scanner's text turned out to be.
type ScanKind int

// Kinds of scans.
const (
	ScanUnknown ScanKind = iota
	ScanDossier          // a receipt: Code is the dossier's
	ScanTicket           // a ticket: Code is the ticket's code or id
	ScanCard             // a citizen card: Card
)

// Scan is one reading, already recognised by the runner.
type Scan struct {
	Kind ScanKind
	Code string
	Card CitizenCard
}

// CitizenCard is what the counter keeps of a citizen card.
type CitizenCard struct {
	Number  string // 12 digits
	Name    string
	Address string
}
