package desk

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
)

// menuKind is which menu is open.
type menuKind int

const (
	menuNone menuKind = iota
	menuHelp
	menuHold
	menuTransfer
	menuPause
	menuAccount
	menuTakeOver
	menuTicket
	menuFinish
	menuExtra
	menuIssued
	menuSession
	menuEnding
	menuBookings
	menuBookService
	menuBookDay
	menuBookSlot
	menuBooked
	menuBooking
	menuCancel
	menuAlarm
	menuPIN
	menuDay
	menuByHand
	menuNumber
	menuPaper
	menuPromote
	menuAnomalies
)

// dialog is the open menu and what it is about.
type dialog struct {
	kind    menuKind
	ticket  queue.TicketID
	officer string
	page    int          // of a long list of items
	back    bool         // transfer, and return here
	next    []string     // the services that follow, in order
	service string       // of a booking or of one more number
	day     time.Time    // of a booking
	how     queue.Ending // of the session
	code    string       // of an appointment
	seq     uint64       // of the record that booked
	// person is the personal number on the card that was scanned for a booking
	// or one more number; it goes with the menu.
	person string
	// pin is a PIN as far as it is typed, and typed when its last digit was.
	pin   string
	typed time.Time
	// label is a number as far as it is typed; reason why the standby takes over.
	label, reason string
}

// Menu is a question over the screen: a title, some lines, and items of which
// each has a key. Esc closes it unless Must is set.
type Menu struct {
	Title Say
	Lines []Say
	Items []Item
	Must  bool // signing in: there is no way round it
	Keys  bool // a list of keys to read, nothing to choose
	// Typing: digits, BackSpace and Enter are typed into it.
	Typing bool
}

// Item is one choice. Emit Do when it is clicked; Label and Hint are either
// texts (Raw) or to be looked up.
type Item struct {
	Hot     Key
	Label   Say
	Raw     string // instead of Label: a name from the configuration
	Hint    Say
	Primary bool
	Do      Intent
}

// Reasons an officer can give with one key. What is recorded is the code; the
// words are the texts "counter.reason.<code>", so that a journal reads in any
// language.
var (
	callReasons  = []string{"frail", "appointment", "came-back", "short", "other"}
	holdReasons  = []string{"copying", "paper-missing", "paying", "writing", "other"}
	pauseReasons = []string{"break", "meal", "meeting", "errand", "device"}
	// extraReasons let a helper have a second number (scenario 21).
	extraReasons  = []string{"helps-elder", "helps-disabled", "helps-child", "interpreter", "other"}
	endReasons    = []string{"hours-over", "crowded", "outage", "short-staffed", "event", "other"}
	cancelReasons = []string{"citizen-asked", "booked-wrongly", "officer-absent", "other"}
	alarmReasons  = []string{"come-now", "disorder", "medical", "danger"}
)

// Menu is what is open over the screen, nil when nothing is. Without an
// officer it is the list of officers.
func (s State) Menu() *Menu {
	m := s.errandMenu()
	switch s.dialog.kind {
	case menuHelp:
		m = s.helpMenu()
	case menuHold:
		m = s.holdMenu()
	case menuTransfer:
		m = s.transferMenu()
	case menuPause:
		m = s.pauseMenu()
	case menuAccount:
		m = s.accountMenu()
	case menuTakeOver:
		m = s.takeOverMenu()
	case menuTicket:
		m = s.ticketMenu()
	case menuPIN:
		m = s.pinMenu()
	case menuDay:
		m = s.dayMenu()
	}
	if m == nil && !s.SignedIn() {
		m = s.signInMenu()
	}
	if m != nil && !m.Keys {
		m.Items = s.paged(m.Items)
		number(m.Items)
	}
	return m
}

// errandMenu is the open menu of the rarer things.
func (s State) errandMenu() *Menu {
	if !s.SignedIn() || s.Queue == nil {
		return nil
	}
	switch s.dialog.kind {
	case menuFinish:
		return s.finishMenu()
	case menuExtra:
		return s.extraMenu()
	case menuIssued:
		return s.issuedMenu()
	case menuSession:
		return s.sessionMenu()
	case menuEnding:
		return s.endingMenu()
	case menuAlarm:
		return s.alarmMenu()
	case menuByHand:
		return s.byHandMenu()
	case menuNumber:
		return s.numberMenu()
	case menuPaper:
		return s.paperMenu()
	case menuPromote:
		return s.promoteMenu()
	case menuAnomalies:
		return s.anomaliesMenu()
	}
	return s.bookingMenus()
}

// menuRoom is how many items a page has: what the lowest monitor shows in three
// columns. Keys 1 to 9, then A to Z, are more than enough for them.
const menuRoom = 30

// paged keeps a page of a long list. Items with a key of their own are on every
// page, where they stood.
func (s State) paged(items []Item) []Item {
	if len(items) <= menuRoom {
		return items
	}
	var first, rest, last []Item
	for _, it := range items {
		switch {
		case it.Hot == "":
			rest = append(rest, it)
		case len(rest) == 0:
			first = append(first, it)
		default:
			last = append(last, it)
		}
	}
	room := menuRoom - len(first) - len(last) - 1
	pages := (len(rest) + room - 1) / room
	turn := s.dialog
	at := max(0, turn.page) % pages
	turn.page = (at + 1) % pages
	shown := append(first, rest[at*room:min(at*room+room, len(rest))]...)
	shown = append(shown, Item{
		Label: say("counter.menu.more", "page", strconv.Itoa(turn.page+1), "pages", strconv.Itoa(pages)), Do: Ask{turn},
	})
	return append(shown, last...)
}

// number gives items without a key of their own one.
func number(items []Item) {
	n := 0
	for i := range items {
		if items[i].Hot != "" {
			continue
		}
		switch n++; {
		case n <= 9:
			items[i].Hot = Key(strconv.Itoa(n))
		case n <= 9+26:
			items[i].Hot = Key(rune('A' + n - 10))
		}
	}
}

func (s State) helpMenu() *Menu {
	m := &Menu{Title: say("counter.help.title"), Keys: true}
	for _, a := range []Action{Help, Next, Recall, Absent, Hold, Transfer, Pause, Finish, Print, Answer, Alarm, Onward, Back} {
		m.Items = append(m.Items, Item{Hot: a.Hotkey(), Label: say("counter.help." + actionNames[a])})
	}
	m.Items = append(m.Items,
		Item{Hot: "Return", Label: say("counter.help.start")},
		Item{Hot: "Up-Down", Label: say("counter.help.choose")})
	m.Lines = []Say{say("counter.help.scan")}
	return m
}

func (s State) holdMenu() *Menu {
	t := s.ticket()
	if t == nil {
		return nil
	}
	m := &Menu{Title: say("counter.hold.title", "ticket", t.ID.Label())}
	for _, r := range holdReasons {
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.HoldTicket{Reason: r}}})
	}
	m.Items[0].Hint = say("counter.again", "key", "F5")
	return m
}

func (s State) pauseMenu() *Menu {
	m := &Menu{Title: say("counter.pause.title")}
	if n := len(s.Held()); n > 0 {
		m.Lines = []Say{say("counter.pause.held-return", "n", strconv.Itoa(n))}
	}
	for _, r := range pauseReasons {
		m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.PauseCounter{Reason: r}}})
	}
	m.Items[0].Hint = say("counter.again", "key", "F7")
	return m
}

func (s State) accountMenu() *Menu {
	m := &Menu{Title: say("counter.account.title", "officer", s.officerName(s.Officer))}
	leave := Item{Label: say("counter.account.close"), Do: Order{queue.CloseCounter{}}}
	if t := s.ticket(); t != nil { // it keeps its place, so that the other keys stay
		m.Lines = []Say{say("counter.notice.finish-first", "ticket", t.ID.Label())}
		leave.Do = nil
	}
	m.Items = append(m.Items, leave)
	other := "en"
	if s.Lang == "en" {
		other = "vi"
	}
	m.Items = append(m.Items,
		Item{Label: say("counter.account.lang-" + other), Do: SetLang{other}},
		Item{Label: say("counter.account.bookings"), Do: Ask{dialog{kind: menuBookings}}},
		Item{Label: say("counter.account.extra"), Do: Ask{dialog{kind: menuExtra}}},
		Item{Label: say("counter.account.session"), Do: Ask{dialog{kind: menuSession}}},
		Item{Label: say("counter.account.alarm"), Do: Ask{dialog{kind: menuAlarm}}})
	m.Items = append(m.Items, s.supervision()...)
	return m
}

func (s State) takeOverMenu() *Menu {
	d := s.desk()
	m := &Menu{
		Title: say("counter.take-over.title", "officer", s.officerName(d.Officer)),
		Items: []Item{
			{Label: say("counter.take-over.yes"), Do: TakeOver{s.dialog.officer}, Primary: true},
			{Label: say("counter.back"), Do: CloseMenu{}},
		},
	}
	if d.Ticket != "" {
		m.Lines = []Say{say("counter.take-over.ticket", "ticket", d.Ticket.Label())}
	}
	return m
}

// ticketMenu is a ticket with what can be done about it.
func (s State) ticketMenu() *Menu {
	t := s.Queue.Ticket(s.dialog.ticket)
	if t == nil {
		return nil
	}
	m := &Menu{
		Title: say("counter.ticket.title", "ticket", t.ID.Label(), "service", s.serviceName(t.Service)),
		Lines: []Say{s.story(t)},
	}
	m.Lines = append(m.Lines, s.whyLines(t)...)
	switch st := t.Status(); {
	case st == queue.Waiting && s.isNext(t), st == queue.Held && t.Counter == s.Counter:
		m.Items = append(m.Items, Item{
			Label: say("counter.ticket.call"), Do: Order{queue.CallTicket{Ticket: t.ID}}, Primary: true,
		})
	case st == queue.Waiting:
		m.Lines = append(m.Lines, say("counter.ticket.why"))
		for _, r := range callReasons {
			m.Items = append(m.Items, Item{Label: reason(r), Do: Order{queue.CallTicket{Ticket: t.ID, Reason: r}}})
		}
	case st == queue.Absent:
		m.Items = append(m.Items, Item{
			Label: say("counter.ticket.return"), Do: Order{queue.ReturnTicket{Ticket: t.ID}}, Primary: true,
			Hint: say("counter.ticket.penalty", "n", strconv.Itoa(s.Queue.Config.AbsentPenalty)),
		})
	}
	m.Items = append(m.Items, s.ticketErrands(t)...)
	return m
}

// story says where a ticket is and since when.
func (s State) story(t *queue.Ticket) Say {
	counter := t.Counter
	if counter == "" && len(t.History) > 0 {
		counter = t.History[len(t.History)-1].Counter
	}
	return say("counter.status."+string(t.Status()),
		"at", queue.Local(t.Since()).Format("15:04"),
		"minutes", strconv.Itoa(int(t.Wait(s.clock()).Minutes())),
		"counter", cmp.Or(s.counterName(counter), "–"))
}

// nowhere reports that the office has no counter of this terminal's name.
func (s State) nowhere() bool {
	if s.Queue == nil || s.Queue.Config.Office == "" {
		return false
	}
	_, ok := s.Queue.Config.Counter(s.Counter)
	return !ok
}

// nowhereMenu says so instead of letting somebody sign in at a counter whose
// every key would be refused.
func (s State) nowhereMenu() *Menu {
	names := make([]string, 0, len(s.Queue.Config.Counters))
	for _, c := range s.Queue.Config.Counters {
		names = append(names, c.ID)
	}
	return &Menu{
		Title: say("counter.nowhere.title", "counter", s.Counter), Must: true,
		Lines: []Say{say("counter.nowhere.counters", "counters", strings.Join(names, ", ")), say("counter.nowhere.what")},
	}
}

func (s State) signInMenu() *Menu {
	if s.nowhere() {
		return s.nowhereMenu()
	}
	m := &Menu{Title: say("counter.sign-in.title", "counter", s.CounterName()), Must: true}
	if s.Queue == nil || len(s.Queue.Config.Officers) == 0 {
		m.Lines = []Say{say("counter.sign-in.waiting")}
		return m
	}
	for _, a := range s.Alarms() { // whoever has not signed in yet can hear it too
		m.Lines = append(m.Lines, a.Say)
	}
	m.Lines = append(m.Lines, say("counter.sign-in.choose"))
	for _, o := range s.Queue.Config.Officers {
		item := Item{Raw: o.Name, Do: SignIn{o.ID}}
		for _, c := range s.Queue.Config.Counters {
			if d := s.Queue.Counters[c.ID]; d != nil && d.Officer == o.ID {
				item.Hint = say("counter.sign-in.at", "counter", c.Name.In(s.Lang))
			}
		}
		m.Items = append(m.Items, item)
	}
	return m
}

// reason is the text of a reason's code.
func reason(code string) Say { return say("counter.reason." + code) }

// actionNames are the actions in text keys.
var actionNames = [actions]string{
	Help: "help", Next: "next", Recall: "recall", Absent: "absent", Hold: "hold", Transfer: "transfer",
	Pause: "pause", Finish: "finish", Print: "print", Answer: "answer", Back: "back", Start: "start",
	Account: "account", Alarm: "alarm", Onward: "onward",
}
