package desk

import (
	"math"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// key turns a key into what it means just now.
func (p *step) key(k Key) {
	if p.pinKey(k) || p.numberKey(k) {
		return
	}
	for a := range actions {
		if a.Hotkey() == k && k != "" {
			p.press(a)
			return
		}
	}
	if m := p.Menu(); m != nil {
		for _, item := range m.Items {
			if item.Hot == k && item.Do != nil {
				p.take(item.Do)
				return
			}
		}
		return
	}
	switch k {
	case "Up":
		p.move(-1)
	case "Down":
		p.move(+1)
	case "Return", "KP_Enter":
		p.enter()
	}
}

// move steps through the search results, or through the queue.
func (p *step) move(by int) {
	if p.Suggesting() {
		n := len(p.Intake.Found)
		p.Intake.Mark = (p.Intake.Mark + by + n) % n
		return
	}
	rows := p.Waiting()
	if len(rows) == 0 {
		return
	}
	at := -1
	for i, r := range rows {
		if r.Ticket == p.selected {
			at = i
		}
	}
	if at < 0 && by < 0 {
		at = len(rows)
	}
	p.selected = rows[(at+by+len(rows))%len(rows)].Ticket
}

// enter takes what is marked; with nothing marked it begins the service.
func (p *step) enter() {
	switch {
	case p.Suggesting():
		p.pickProcedure(p.Intake.Found[p.Intake.Mark].Code)
	case p.selected != "":
		p.openTicket(p.selected)
	default:
		p.press(Start)
	}
}

// press does a routine act, once however often the key bounces.
func (p *step) press(a Action) {
	if a < 0 || a >= actions {
		return
	}
	switch a {
	case Back:
		p.back()
		return
	case Help:
		p.toggle(menuHelp)
		return
	}
	last := p.pressed[a]
	p.pressed[a] = p.Now
	if since := p.Now.Sub(last); since >= 0 && since < rebound {
		return
	}
	if !p.SignedIn() {
		p.deny("counter.notice.sign-in-first")
		return
	}
	p.act(a)
}

func (p *step) act(a Action) {
	again := p.dialog.kind != menuNone && p.dialog.kind == opens[a]
	if again && (a == Hold || a == Pause || a == Alarm) { // the key once more takes the first reason
		if m := p.Menu(); m != nil && len(m.Items) > 0 && m.Items[0].Do != nil {
			p.take(m.Items[0].Do)
		}
		return
	}
	chosen := p.dialog.next
	p.dialog = dialog{}
	switch a {
	case Next:
		p.next()
	case Recall:
		p.recall()
	case Absent:
		if p.wantTicket(queue.Called) {
			p.send(queue.MarkAbsent{})
		}
	case Hold, Transfer:
		if p.wantTicket("") && !again {
			p.dialog = dialog{kind: opens[a]}
		}
	case Onward:
		if !again && p.wantTicket("") && p.considered() {
			p.dialog = dialog{kind: menuFinish}
		}
	case Pause:
		p.pause()
	case Finish:
		if p.wantTicket("") && (len(chosen) > 0 || p.considered()) {
			p.send(queue.FinishTicket{Next: chosen})
		}
	case Print:
		if p.Tab == TabReturn {
			p.giveBack()
		} else {
			p.receive()
		}
	case Answer:
		p.answerCall()
	case Start:
		p.serve()
	case Account, Alarm:
		if !again {
			p.dialog = dialog{kind: opens[a]}
		}
	}
}

// opens is the menu that an action opens.
var opens = [actions]menuKind{
	Hold: menuHold, Transfer: menuTransfer, Pause: menuPause, Account: menuAccount, Alarm: menuAlarm, Onward: menuFinish,
}

// toggle opens a menu, or closes it.
func (p *step) toggle(k menuKind) {
	if p.dialog.kind == k {
		p.dialog = dialog{}
		return
	}
	p.dialog = dialog{kind: k}
}

// back undoes the nearest thing: the menu, the search, the scanned card, the
// mark in the queue, the sentence.
func (p *step) back() {
	switch {
	case p.dialog.kind != menuNone:
		p.dialog = dialog{}
	case p.SignedIn() && p.Tab == TabIntake && p.Searching():
		p.Text[FieldProcedure] = p.procedureLabel()
		p.Intake.Found = nil
	case p.SignedIn() && p.Intake.replaced != nil && !p.Receiving():
		p.restoreApplicant()
	case p.selected != "":
		p.selected = ""
	default:
		p.Notice = Notice{}
	}
}

// wantTicket reports whether a ticket is open here (in a status, "" any) and
// says so when not.
func (p *step) wantTicket(in queue.Status) bool {
	t := p.ticket()
	switch {
	case t == nil:
		p.refused(refusal.New("no-ticket-open"))
	case in != "" && t.Status() != in:
		p.deny("counter.notice.already-serving", "ticket", t.ID.Label())
	default:
		return true
	}
	return false
}

// considered reports that leaving the present citizen is meant: the first time
// with an unfinished form it warns, the same key again goes on.
func (p *step) considered() bool {
	if !p.Unfinished() {
		return true
	}
	if since := p.Now.Sub(p.warned); since >= 0 && since < reconsider {
		p.warned = time.Time{}
		return true
	}
	p.warned = p.Now
	p.deny("counter.notice.form-unfinished")
	return false
}

func (p *step) next() {
	switch {
	case p.busy[kindCommand].on:
		p.nextSoon()
	case p.desk().Paused != "":
		p.deny("counter.notice.paused-first")
	case p.alone():
		p.toggle(menuByHand)
	case p.considered():
		p.send(queue.CallNext{})
	}
}

// recall asks the office, unless it is plainly too soon.
func (p *step) recall() {
	if !p.wantTicket("") {
		return
	}
	if left := p.RecallIn(); left > 0 {
		p.refused(refusal.New("recall-too-soon", "seconds", strconv.Itoa(left)))
		return
	}
	p.send(queue.Recall{})
}

// RecallIn is how many seconds the open ticket cannot be called again yet.
func (s State) RecallIn() int {
	t := s.ticket()
	if t == nil || t.LastCall.IsZero() {
		return 0
	}
	pause := time.Duration(s.Queue.Config.RecallPause) * time.Second
	return int(math.Ceil(max(0, pause-s.clock().Sub(t.LastCall)).Seconds()))
}

func (p *step) pause() {
	switch {
	case p.desk().Paused != "":
		p.sitDown(p.Officer, "")
	case p.ticket() != nil:
		p.deny("counter.notice.finish-first", "ticket", p.ticket().ID.Label())
	default:
		p.dialog = dialog{kind: menuPause}
	}
}

// signIn seats an officer; a counter that another one left open asks first.
func (p *step) signIn(officer string) {
	if p.Queue == nil || p.SignedIn() || p.nowhere() {
		return
	}
	if _, ok := p.Queue.Config.Officer(officer); !ok {
		return
	}
	if old := p.desk().Officer; old != "" && old != officer {
		p.dialog = dialog{kind: menuTakeOver, officer: officer}
		return
	}
	p.sitDown(officer, "")
}

func (p *step) openTicket(id queue.TicketID) {
	if p.SignedIn() && p.Queue != nil && p.Queue.Ticket(id) != nil {
		p.dialog = dialog{kind: menuTicket, ticket: id}
	}
}
