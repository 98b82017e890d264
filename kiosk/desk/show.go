package desk

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
)

// LongWait is the waiting time from which a row is set in bold.
const LongWait = 20 * time.Minute

// Row is one ticket in a list.
type Row struct {
	Ticket  queue.TicketID
	Label   string // "A012"
	Service string
	// Detail says what is particular: the class, the reason, else the origin.
	Detail   Say
	Dossiers int // 0 when it is the usual one
	Minutes  int
	Long     bool // waited long
	Priority bool // called earlier for a reason, which Detail names
	Selected bool // the arrow keys stand on it
}

// Waiting lists who waits for this counter, in calling order: whoever comes
// back, then whoever was sent here, then tier by tier, as queue.State.Next would
// take them; last who waits for the next session.
func (s State) Waiting() []Row {
	if s.Queue == nil {
		return nil
	}
	counter, _ := s.Queue.Config.Counter(s.Counter)
	list := s.Queue.CounterQueue(s.Counter)
	rank := func(t *queue.Ticket) int {
		tier, _ := counter.Serves(t.Service)
		switch {
		case !t.After.IsZero(): // not in this session
			return len(counter.Tiers)
		case t.For == s.Counter && t.Back:
			return -2
		case t.For == s.Counter, t.ForOfficer != "":
			return -1
		}
		return tier
	}
	slices.SortStableFunc(list, func(a, b *queue.Ticket) int { return cmp.Compare(rank(a), rank(b)) })
	rows := make([]Row, 0, len(list))
	for _, t := range list {
		rows = append(rows, s.row(t, s.origin(t), s.waited(t)))
	}
	return rows
}

// isNext reports whether the rule would call a ticket now.
func (s State) isNext(t *queue.Ticket) bool {
	next, _ := s.Queue.Next(s.Counter)
	return next != nil && next.ID == t.ID
}

// Held lists the tickets put aside here.
func (s State) Held() []Row {
	if s.Queue == nil {
		return nil
	}
	var rows []Row
	for _, t := range s.Queue.HeldAt(s.Counter) {
		r := s.row(t, say("counter.row.held-at", "at", queue.Local(t.Since()).Format("15:04")), s.clock().Sub(t.Since()))
		if why := t.History[len(t.History)-1].Reason; why != "" {
			r.Detail = s.reasonSay(why)
		}
		rows = append(rows, r)
	}
	return rows
}

// AbsentRows lists the tickets that were called and did not come, the latest
// first: everybody's that this counter serves, since people come back to any
// counter.
func (s State) AbsentRows() []Row {
	if s.Queue == nil {
		return nil
	}
	counter, _ := s.Queue.Config.Counter(s.Counter)
	var list []*queue.Ticket
	for _, t := range s.Queue.Tickets {
		if _, mine := counter.Serves(t.Service); t.Status() == queue.Absent && mine {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b *queue.Ticket) int {
		return cmp.Or(b.Since().Compare(a.Since()), cmp.Compare(b.Seq, a.Seq))
	})
	var rows []Row
	for _, t := range list {
		rows = append(rows, s.row(t, say("counter.row.absent-at", "at", queue.Local(t.Since()).Format("15:04")), s.clock().Sub(t.Since())))
	}
	return rows
}

func (s State) row(t *queue.Ticket, detail Say, waited time.Duration) Row {
	dossiers := 0
	if t.Dossiers > 1 {
		dossiers = t.Dossiers
	}
	return Row{
		Dossiers: dossiers, Ticket: t.ID, Label: t.ID.Label(), Service: s.serviceName(t.Service), Detail: detail,
		Minutes: int(max(0, waited).Minutes()), Long: waited >= LongWait,
		Priority: s.Queue.Config.HeadStart(t.Class) > 0, Selected: t.ID == s.selected,
	}
}

// waited is the waiting time that a row shows: until the first call since the
// arrival, afterwards since the ticket began to wait again.
func (s State) waited(t *queue.Ticket) time.Duration {
	if t.FirstCall.IsZero() {
		return t.Wait(s.clock())
	}
	return max(0, s.clock().Sub(t.Since()))
}

// origin says what a waiting ticket's row is to tell: why it goes first, where
// it was sent from, that its owner is back, or which kiosk gave it.
func (s State) origin(t *queue.Ticket) Say {
	switch {
	case !t.After.IsZero():
		return say("counter.row.later", "at", queue.Local(t.After).Format("15:04"))
	case t.Back:
		return say("counter.row.back-here")
	}
	if k, ok := s.Queue.Config.Class(t.Class); ok {
		return say("counter.row.class", "class", k.Name.In(s.Lang))
	}
	if n := len(t.History); n >= 2 {
		last, before := t.History[n-1], t.History[n-2]
		switch {
		case before.Status == queue.Absent:
			return say("counter.row.back")
		case before.Status == queue.Held:
			return say("counter.row.released")
		case last.Counter != "":
			return say("counter.row.from-counter", "counter", s.counterName(last.Counter))
		}
	}
	return say("counter.verbatim", "text", deviceName(t.Kiosk))
}

// deviceName is how people call a machine: "Kiosk 1" for "kiosk-1".
func deviceName(id string) string {
	if n := strings.TrimPrefix(id, "kiosk-"); n != id {
		return "Kiosk " + n
	}
	return cmp.Or(id, "–")
}

// reasonSay is a recorded reason in words; reasons of other programs stand as
// they were written.
func (s State) reasonSay(why string) Say {
	if why == queue.ReasonElsewhere {
		return reason(why)
	}
	for _, list := range [][]string{holdReasons, callReasons, pauseReasons, extraReasons, endReasons, cancelReasons, alarmReasons, {queue.ByHand}} {
		if slices.Contains(list, why) {
			return reason(why)
		}
	}
	return say("counter.verbatim", "text", why)
}

// Turn is the ticket at the counter.
type Turn struct {
	Open     bool // a ticket is open
	Ticket   string
	About    Say    // service, origin, wait
	Status   Say    // in words: called, being served, paused, nobody
	Timer    string // "04:12" since it was called or begun
	Calls    Say
	Extra    []Say // several dossiers, class, language; none when ordinary
	Why      []Say // why the rule, or the officer, took this ticket
	CanStart bool
	Paused   bool
}

// Turn is what the middle of the screen shows.
func (s State) Turn() Turn {
	t, d := s.ticket(), s.desk()
	switch {
	case t == nil && d.Paused != "":
		return Turn{Paused: true, Status: say("counter.turn.paused"), About: s.reasonSay(d.Paused), Timer: clock(s.clock().Sub(d.Since))}
	case t == nil:
		n := len(s.Waiting())
		if n == 0 {
			return Turn{Status: say("counter.turn.nobody"), About: say("counter.turn.nobody-waits")}
		}
		return Turn{Status: say("counter.turn.nobody"), About: say("counter.turn.press-next", "n", strconv.Itoa(n))}
	}
	c := Turn{
		Open: true, Ticket: t.ID.Label(), Timer: clock(s.clock().Sub(t.Since())),
		Status:   say("counter.turn." + string(t.Status())),
		CanStart: t.Status() == queue.Called,
		Calls:    say("counter.turn.calls", "n", strconv.Itoa(t.Calls)),
		About: say("counter.turn.about", "service", s.serviceName(t.Service), "kiosk", deviceName(t.Kiosk),
			"minutes", strconv.Itoa(int(t.Wait(s.clock()).Minutes()))),
	}
	if t.Dossiers > 1 {
		c.Extra = append(c.Extra, say("counter.dossiers", "n", strconv.Itoa(t.Dossiers)))
	}
	if k, ok := s.Queue.Config.Class(t.Class); ok {
		c.Extra = append(c.Extra, say("counter.row.class", "class", k.Name.In(s.Lang)))
	}
	if t.Lang == "en" {
		c.Extra = append(c.Extra, say("counter.turn.english"))
	}
	c.Why = s.calledWhy(t)
	return c
}

// clock writes a duration as minutes and seconds, "04:12"; hours when needed.
func clock(d time.Duration) string {
	sec := int(max(0, d).Seconds())
	if sec >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", sec/3600, sec/60%60, sec%60)
	}
	return fmt.Sprintf("%02d:%02d", sec/60, sec%60)
}

// Today is this officer's count and mean service time.
func (s State) Today() Say {
	d := s.desk()
	if d.Served == 0 {
		return say("counter.today.none")
	}
	mean := d.ServedSeconds / d.Served
	return say("counter.today", "n", strconv.Itoa(d.Served), "min", strconv.Itoa(mean/60), "sec", strconv.Itoa(mean%60))
}

// Button is one of the routine acts as it stands now.
type Button struct {
	Action Action
	Hot    Key
	Label  Say
	Ready  bool // pressing it can work; otherwise it says why not
}

// Buttons are the acts of the middle column, Next first.
func (s State) Buttons() []Button {
	t := s.ticket()
	paused := s.desk().Paused != ""
	free := s.SignedIn()
	var list []Button
	for _, a := range []Action{Next, Recall, Absent, Hold, Transfer, Pause, Finish} {
		b := Button{Action: a, Hot: a.Hotkey(), Label: say("counter.act." + actionNames[a]), Ready: free && t != nil}
		switch a {
		case Next:
			b.Ready = free && !paused
			if s.alone() {
				b.Label = say("counter.act.by-hand")
			}
		case Transfer: // needs the office
			b.Ready = b.Ready && !s.alone()
		case Recall:
			if left := s.RecallIn(); left > 0 {
				b.Label, b.Ready = say("counter.act.recall-in", "n", strconv.Itoa(left)), false
			}
		case Absent:
			b.Ready = b.Ready && t.Status() == queue.Called
		case Pause:
			b.Ready = free && t == nil && !s.alone()
			if paused {
				b.Label = say("counter.act.resume")
			}
		}
		list = append(list, b)
	}
	return list
}

// HelpCall is somebody at a kiosk who asks for a person.
type HelpCall struct {
	Device string
	Say    Say
	At     time.Time
}

// Helps lists who asks for a person, the longest first.
func (s State) Helps() []HelpCall {
	if s.Queue == nil {
		return nil
	}
	var list []HelpCall
	for device, at := range s.Queue.Help {
		list = append(list, HelpCall{Device: device, At: at, Say: say("counter.help-asked",
			"device", deviceName(device), "minutes", strconv.Itoa(int(max(0, s.clock().Sub(at)).Minutes())))})
	}
	slices.SortFunc(list, func(a, b HelpCall) int {
		return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Device, b.Device))
	})
	return list
}

// CounterName is the counter's name, its id before the first snapshot.
func (s State) CounterName() string { return cmp.Or(s.counterName(s.Counter), s.Counter) }

// Services names what the counter serves, first tier first.
func (s State) Services() string {
	if s.Queue == nil {
		return ""
	}
	c, _ := s.Queue.Config.Counter(s.Counter)
	var names []string
	for _, tier := range c.Tiers {
		for _, id := range tier {
			names = append(names, s.serviceName(id))
		}
	}
	return strings.Join(names, " · ")
}

func (s State) serviceName(id string) string {
	if s.Queue != nil {
		if v, ok := s.Queue.Config.Service(id); ok {
			return v.Name.In(s.Lang)
		}
	}
	return id
}

func (s State) counterName(id string) string {
	if s.Queue != nil {
		if c, ok := s.Queue.Config.Counter(id); ok {
			return c.Name.In(s.Lang)
		}
	}
	return id
}

func (s State) officerName(id string) string {
	if s.Queue != nil {
		if o, ok := s.Queue.Config.Officer(id); ok {
			return o.Name
		}
	}
	return id
}

// DossierRow is one dossier in a list; it shows nobody in clear.
type DossierRow struct {
	Code   string
	Title  string
	Mask   string
	At     string // received, "15:04"
	Due    string // "17:00 25/11"
	Status Say
	Tone   Tone
}

// DayRows lists today's dossiers, newest first.
func (s State) DayRows() []DossierRow { return s.dossierRows(s.Day.List) }

// FoundRows lists the dossiers of the scanned card.
func (s State) FoundRows() []DossierRow { return s.dossierRows(s.Giving.Found) }

func (s State) dossierRows(list []dossier.Dossier) []DossierRow {
	rows := make([]DossierRow, 0, len(list))
	for _, d := range list {
		status, tone := s.dossierStatus(d)
		rows = append(rows, DossierRow{
			Code: d.Code, Title: d.Title.In(s.Lang), Mask: cmp.Or(d.Mask, "–"),
			At: queue.Local(d.Received).Format("15:04"), Due: queue.Local(d.Due).Format("15:04 02/01"),
			Status: status, Tone: tone,
		})
	}
	return rows
}

// dossierStatus says where a dossier stands; an overdue one says so instead.
func (s State) dossierStatus(d dossier.Dossier) (Say, Tone) {
	st := d.Status()
	switch {
	case !st.Over() && st != dossier.Ready && d.Timeliness(s.Now) == dossier.Overdue:
		return say("counter.dossier.overdue"), Bad
	case st == dossier.Ready, st == dossier.Returned:
		return say("counter.dossier." + string(st)), Good
	case st == dossier.Supplement:
		return say("counter.dossier." + string(st)), Warn
	case st == "":
		return say("counter.dossier.received"), Plain
	}
	return say("counter.dossier." + string(st)), Plain
}
