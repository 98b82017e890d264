package desk

import (
	"strconv"
	"strings"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/refusal"
)

// mostByHand bounds the waiting list of the by-hand menu, so that the keys of
// its other items stay free.
const mostByHand = 15

// alone reports that the office is silent: this counter serves whoever stands
// there, and what it does is sent later.
func (s State) alone() bool { return s.Link.Silence(s.Now) != silent.Here }

// Banner is what is said across the screen about an office that does not answer,
// or that is being told what happened meanwhile; empty otherwise.
func (s State) Banner() (Say, silent.Level) {
	l := s.Link
	level := l.Silence(s.Now)
	switch unsent := strconv.Itoa(l.Unsent); {
	case level == silent.Here && l.Unsent > 0:
		return say("counter.silent.catching-up", "n", unsent), level
	case level == silent.Here:
		return Say{}, level
	case s.Queue == nil:
		return say("counter.silent.never"), level
	case level == silent.Quiet:
		return say("counter.silent.quiet", "at", l.At(s.Now)), level
	case s.CanPromote():
		return say("counter.silent.promote", "at", l.At(s.Now)), level
	case l.Unsent == 0:
		return say("counter.silent.long-none", "at", l.At(s.Now)), level
	default:
		return say("counter.silent.long", "at", l.At(s.Now), "n", unsent), level
	}
}

// takeByHand handles serving while the office is silent.
func (p *step) takeByHand(in Intent) bool {
	switch in := in.(type) {
	case ServeNumber:
		p.serveNumber(in.Label)
	case PromoteStandby:
		p.dialog = dialog{}
		if p.CanPromote() {
			p.start(Promote{Officer: p.Officer, Reason: in.Reason})
		}
	case Promoted:
		p.busy[kindPromote] = pending{}
		switch {
		case in.Refusal != nil:
			p.refused(in.Refusal)
		case in.Failed:
			p.tell(Bad, say("counter.notice.promote-failed"))
		default:
			p.tell(Good, say("counter.notice.promoted"))
		}
	default:
		return false
	}
	return true
}

// silentRefused opens the by-hand menu when the office went silent under a call.
func (p *step) silentRefused(cmd Command, r *refusal.Refusal) bool {
	if _, next := cmd.Command.(queue.CallNext); !next || r.Code != "office-silent" {
		return false
	}
	p.dialog = dialog{kind: menuByHand}
	return true
}

// byHandMenu asks whom the officer serves: nobody is called by the rule now.
func (s State) byHandMenu() *Menu {
	m := &Menu{
		Title: say("counter.by-hand.title"), Lines: []Say{say("counter.by-hand.how", "at", s.Link.At(s.Now))},
		Items: []Item{{Hot: "0", Label: say("counter.by-hand.number"), Primary: true, Do: Ask{dialog{kind: menuNumber, typed: s.Now}}}},
	}
	rows := s.Waiting()
	for _, r := range rows[:min(len(rows), mostByHand)] {
		m.Items = append(m.Items, Item{
			Raw: r.Label + " · " + r.Service, Hint: say("counter.by-hand.waits", "n", strconv.Itoa(r.Minutes)),
			Do: Order{queue.CallTicket{Ticket: r.Ticket, Reason: queue.ByHand}},
		})
	}
	m.Items = append(m.Items, Item{Hot: "Q", Label: say("counter.by-hand.paper"), Do: Ask{dialog{kind: menuPaper}}})
	return m
}

// paperMenu takes the next number of this counter's paper roll, for somebody
// without one.
func (s State) paperMenu() *Menu {
	m := &Menu{Title: say("counter.by-hand.paper"), Lines: []Say{say("counter.by-hand.service")}}
	counter, _ := s.Queue.Config.Counter(s.Counter)
	for _, tier := range counter.Tiers {
		for _, id := range tier {
			m.Items = append(m.Items, Item{Raw: s.serviceName(id), Do: Order{queue.ServeByHand{Service: id}}})
		}
	}
	return m
}

// numberMenu is where the number is typed that somebody holds.
func (s State) numberMenu() *Menu {
	typed := s.dialog.label
	m := &Menu{
		Title: say("counter.by-hand.number"), Typing: true, Lines: []Say{say("counter.by-hand.type")},
		Items: []Item{{Hot: "NUMBER", Raw: typed, Primary: true}, {Hot: "Return", Label: say("counter.by-hand.serve")}},
	}
	if typed == "" {
		m.Items[0].Raw = "–"
	} else {
		m.Items[1].Do = KeyPressed{"Return"}
	}
	return m
}

// longestLabel bounds a typed number: "A2-0123".
const longestLabel = 8

// numberKey takes a key of the typed number; false means that it is not one.
func (p *step) numberKey(k Key) bool {
	if p.dialog.kind != menuNumber {
		return false
	}
	d := &p.dialog
	switch {
	case len(k) == 1 && (k[0] >= '0' && k[0] <= '9' || k[0] >= 'A' && k[0] <= 'Z' || k[0] == '-'):
		if len(d.label) < longestLabel {
			d.label += string(k)
		}
	case k == "BackSpace":
		d.label = d.label[:max(0, len(d.label)-1)]
	case k == "Return" || k == "KP_Enter":
		if d.label != "" {
			p.serveNumber(d.label)
		}
	default:
		return false
	}
	return true
}

// serveNumber serves who holds a number, as it is typed or read: "A012", "a12",
// "X1-7", an id.
func (p *step) serveNumber(label string) {
	id, ok := p.numbered(label)
	switch {
	case !ok:
		p.deny("counter.by-hand.unreadable")
	case p.SignedIn() && p.considered():
		p.dialog = dialog{}
		p.send(queue.ServeByHand{Ticket: id})
	}
}

// numbered is today's ticket of a label.
func (s State) numbered(label string) (queue.TicketID, bool) {
	label = strings.ToUpper(strings.TrimSpace(label))
	if id, ok := queue.ParseTicketID(label); ok {
		return id, true
	}
	i := strings.LastIndexByte(label, '-') + 1 // behind the series' dash, or
	if i == 0 {
		i = 1 // behind the letter
	}
	if len(label) <= i || s.Queue == nil {
		return "", false
	}
	n, err := strconv.Atoi(label[i:])
	if err != nil || n <= 0 {
		return "", false
	}
	day := max(s.Queue.Day, queue.Local(s.Now).Format(time.DateOnly))
	return queue.ParseTicketID(string(queue.NewTicketID(day, strings.TrimSuffix(label[:i], "-"), n)))
}

// CanPromote reports that this officer may make the standby on this machine the
// hub now.
func (s State) CanPromote() bool {
	return s.Standby && s.SignedIn() && s.Queue != nil && s.alone() && s.supervises()
}

// promoteReasons are why the standby takes over.
var promoteReasons = []string{"hub-broken", "hub-power", "hub-unreachable", "other"}

// promoteMenu asks why, and then whether that is meant.
func (s State) promoteMenu() *Menu {
	m := &Menu{Title: say("counter.promote.title"), Lines: []Say{say("counter.promote.what")}}
	if s.dialog.reason == "" {
		for _, r := range promoteReasons {
			m.Items = append(m.Items, Item{Label: reason(r), Do: Ask{dialog{kind: menuPromote, reason: r}}})
		}
		return m
	}
	m.Title, m.Lines = say("counter.promote.sure"), []Say{say("counter.promote.then")}
	m.Items = []Item{
		{Label: say("counter.promote.yes"), Hint: reason(s.dialog.reason), Primary: true, Do: PromoteStandby{Reason: s.dialog.reason}},
		{Label: say("counter.back"), Do: CloseMenu{}},
	}
	return m
}

// supervision are the items of the account menu that only supervisors have.
func (s State) supervision() (items []Item) {
	if s.Queue == nil || !s.supervises() {
		return nil
	}
	if n := len(s.Queue.Anomalies); n > 0 {
		items = append(items, Item{Label: say("counter.account.anomalies", "n", strconv.Itoa(n)), Do: Ask{dialog{kind: menuAnomalies}}})
	}
	if s.CanPromote() {
		items = append(items, Item{Label: say("counter.promote.title"), Do: Ask{dialog{kind: menuPromote}}})
	}
	return items
}

// anomaliesMenu lists what two places did without knowing of each other, and
// shows one of them.
func (s State) anomaliesMenu() *Menu {
	m := &Menu{Title: say("counter.anomalies.title"), Lines: []Say{say("counter.anomalies.what")}}
	for _, a := range s.Queue.Anomalies {
		if a.ID == s.dialog.code {
			return &Menu{Title: s.anomalyLabel(a), Lines: []Say{{Key: a.Key(), Args: a.Args()}}, Items: []Item{
				{Label: say("counter.anomalies.seen"), Primary: true, Do: Order{queue.AcknowledgeAnomaly{ID: a.ID}}},
				{Label: say("counter.back"), Do: Ask{dialog{kind: menuAnomalies}}},
			}}
		}
		m.Items = append(m.Items, Item{
			Label: s.anomalyLabel(a), Hint: say("counter.anomalies.found", "at", queue.Local(a.Found).Format("15:04 02/01")),
			Do: Ask{dialog{kind: menuAnomalies, code: a.ID}},
		})
	}
	if len(m.Items) == 0 {
		m.Lines = []Say{say("counter.anomalies.none")}
	}
	return m
}

func (s State) anomalyLabel(a queue.Anomaly) Say {
	return say("counter.anomaly."+string(a.What), a.Args()...)
}
