package desk

import (
	"cmp"
	"strconv"

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
	menuSignIn
)

// dialog is the open menu and what it is about.
type dialog struct {
	kind    menuKind
	ticket  queue.TicketID
	officer string
}

// Menu is a question over the screen: a title, some lines, and items of which
// each has a key. Esc closes it unless Must is set.
type Menu struct {
	Title Say
	Lines []Say
	Items []Item
	Must  bool // signing in: there is no way round it
	Keys  bool // a list of keys to read, nothing to choose
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
)

// Menu is what is open over the screen, nil when nothing is. Without an
// officer it is the list of officers.
func (s State) Menu() *Menu {
	var m *Menu
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
	}
	if m == nil && !s.SignedIn() {
		m = s.signInMenu()
	}
	if m != nil && !m.Keys {
		number(m.Items)
	}
	return m
}

// number gives items their keys: 1 to 9, then A to Z.
func number(items []Item) {
	for i := range items {
		switch {
		case i < 9:
			items[i].Hot = Key(strconv.Itoa(i + 1))
		case i < 9+26:
			items[i].Hot = Key(rune('A' + i - 9))
		}
	}
}

func (s State) helpMenu() *Menu {
	m := &Menu{Title: say("counter.help.title"), Keys: true}
	for _, a := range []Action{Help, Next, Recall, Absent, Hold, Transfer, Pause, Finish, Print, Answer, Back} {
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

func (s State) transferMenu() *Menu {
	t := s.ticket()
	if t == nil {
		return nil
	}
	m := &Menu{Title: say("counter.transfer.title", "ticket", t.ID.Label()), Lines: []Say{say("counter.transfer.keeps")}}
	for _, v := range s.Queue.Config.Services {
		if v.ID == t.Service {
			continue
		}
		m.Items = append(m.Items, Item{
			Raw:  v.Name.In(s.Lang),
			Hint: say("counter.waiting-count", "n", strconv.Itoa(s.Queue.Waiting(v.ID))),
			Do:   Order{queue.TransferTicket{Service: v.ID}},
		})
	}
	for _, c := range s.Queue.Config.Counters {
		if c.ID == s.Counter {
			continue
		}
		hint := say("counter.desk.closed")
		if d := s.Queue.Counters[c.ID]; d != nil && d.Officer != "" {
			hint = say("counter.desk.officer", "officer", s.officerName(d.Officer))
			if d.Paused != "" {
				hint = say("counter.desk.paused")
			}
		}
		m.Items = append(m.Items, Item{
			Raw: c.Name.In(s.Lang), Hint: hint,
			Do: Order{queue.TransferTicket{Counter: c.ID}},
		})
	}
	return m
}

func (s State) accountMenu() *Menu {
	m := &Menu{Title: say("counter.account.title", "officer", s.officerName(s.Officer))}
	if t := s.ticket(); t != nil {
		m.Lines = []Say{say("counter.notice.finish-first", "ticket", t.ID.Label())}
	} else {
		m.Items = append(m.Items, Item{Label: say("counter.account.close"), Do: Order{queue.CloseCounter{}}})
	}
	other := "en"
	if s.Lang == "en" {
		other = "vi"
	}
	m.Items = append(m.Items,
		Item{Label: say("counter.account.lang-" + other), Do: SetLang{other}})
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

func (s State) signInMenu() *Menu {
	m := &Menu{Title: say("counter.sign-in.title", "counter", s.CounterName()), Must: true}
	if s.Queue == nil || len(s.Queue.Config.Officers) == 0 {
		m.Lines = []Say{say("counter.sign-in.waiting")}
		return m
	}
	m.Lines = []Say{say("counter.sign-in.choose")}
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
	Account: "account",
}
