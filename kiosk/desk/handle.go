package desk

import (
	"reflect"
	"time"
	"unicode/utf8"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// Times of the screen's own behaviour.
const (
	// rebound is how long a second press of the same key does nothing; every
	// press begins it anew, so a held key acts once.
	rebound = 700 * time.Millisecond
	// catchUp is how long an answered command waits for its snapshot.
	catchUp = 3 * time.Second
	// reconsider is how long a warning counts as read.
	reconsider = 8 * time.Second
	noticeFor  = 8 * time.Second
	troubleFor = 20 * time.Second
	// promiseFor is how old a promise may get before it is asked for again.
	promiseFor = 30 * time.Second
	// listFor is how old the day's list may get while it is looked at.
	listFor = 30 * time.Second
)

// step is one Handle under way: the next state and what is to be done.
type step struct {
	State
	out []Effect
}

// Handle is the whole behaviour of the counter. It never fails: an intent that
// makes no sense now changes nothing, or says why in State.Notice.
func Handle(s State, in Intent, now time.Time) (State, []Effect) {
	p := &step{State: s}
	p.Now = now
	if !p.Notice.Say.Empty() && !now.Before(p.Notice.Until) {
		p.Notice = Notice{}
	}
	p.take(in)
	return p.State, p.out
}

func (p *step) take(in Intent) {
	switch in := in.(type) {
	case OfficeChanged:
		p.officeChanged(in.State)
	case LinkChanged:
		p.Link = in.Link
	case DevicesChanged:
		p.Devices = in.Devices
	case Tick:
		p.tick()
	case KeyPressed:
		p.key(in.Key)
	case Pressed:
		p.press(in.Action)
	case Scanned:
		p.scanned(in.Scan)
	case CommandReplied:
		p.replied(in)
	default:
		if p.takeMenu(in) || !p.SignedIn() || p.takeByHand(in) {
			return
		}
		if !p.takeIntake(in) {
			p.takeReturn(in)
		}
	}
}

// takeMenu handles signing in and the menus.
func (p *step) takeMenu(in Intent) bool {
	switch in := in.(type) {
	case SignIn:
		p.signIn(in.Officer)
	case TakeOver:
		p.dialog = dialog{}
		p.sitDown(in.Officer, "")
	case ConfirmDay:
		p.confirmDay()
	case SetLang:
		if in.Lang == "vi" || in.Lang == "en" {
			p.Lang = in.Lang
		}
		p.dialog = dialog{}
	case OpenTicket:
		p.openTicket(in.Ticket)
	case Order:
		p.dialog = dialog{}
		if p.SignedIn() && in.Command != nil && (Command{Command: in.Command}).kind() == kindCommand {
			p.send(in.Command)
		}
	case Ask:
		if p.SignedIn() || in.about.kind == menuNone {
			p.dialog = in.about
		}
	case CloseMenu:
		p.dialog = dialog{}
	default:
		return false
	}
	return true
}

// officeChanged takes a snapshot. It touches nothing that was typed.
func (p *step) officeChanged(q *queue.State) {
	if q == nil {
		return
	}
	p.alarmsChanged(p.Queue, q)
	p.Queue = q
	if b := &p.busy[kindCommand]; b.on && b.seq != 0 && q.Seq >= b.seq {
		*b = pending{}
		defer p.settled()
	}
	if !p.busy[kindCommand].on {
		p.sent[kindCommand] = Command{} // the picture is fresh: what is pressed now is a new wish
	}
	if t := q.Ticket(p.selected); t == nil || t.Status() != queue.Waiting {
		p.selected = ""
	}
	if t := q.Ticket(p.dialog.ticket); p.dialog.kind == menuTicket && t == nil {
		p.dialog = dialog{}
	}
	if now := p.desk().Officer; p.SignedIn() && now != p.Officer && q.Seq >= p.seatSeq && (now != "" || !p.alone()) {
		p.unseat(now)
	}
}

// unseat signs out: somebody took the counter over, or it was closed elsewhere.
func (p *step) unseat(by string) {
	p.Officer, p.dialog = "", dialog{}
	if by == "" {
		p.tell(Warn, say("counter.notice.unseated"))
		return
	}
	p.tell(Warn, say("counter.notice.taken-over", "officer", p.officerName(by)))
}

func (p *step) tick() {
	p.pinTick()
	if b := &p.busy[kindCommand]; b.on && b.seq != 0 && p.Now.Sub(b.since) >= catchUp {
		*b = pending{}
		p.settled()
	}
	if !p.SignedIn() {
		return
	}
	in := &p.Intake
	if in.Procedure != nil && p.Now.Sub(in.promised) >= promiseFor {
		p.askPromise()
	}
	if p.Tab == TabDay && p.Now.Sub(p.Day.At) >= listFor {
		p.listDay()
	}
}

// start puts an effect under way unless one of its kind already is.
func (p *step) start(e Effect) bool {
	b := &p.busy[e.kind()]
	if b.on {
		return false
	}
	*b = pending{on: true, since: p.Now}
	if c, ok := e.(Command); ok {
		b.id, b.calls, b.before = c.ID, calling(c.Command), p.desk().Ticket
	}
	p.out = append(p.out, e)
	return true
}

// send sends a command by the officer at this counter. While one is under way
// it says so and does nothing; a wish whose answer was lost goes out under its old ID.
func (p *step) send(c queue.Command) bool { return p.sendAs(p.Officer, c) }

func (p *step) sendAs(officer string, c queue.Command) bool {
	cmd := Command{Officer: officer, Counter: p.Counter, Command: c}
	k := cmd.kind()
	if p.busy[k].on {
		p.deny("counter.notice.busy")
		return false
	}
	if old := p.sent[k]; old.Officer == officer && reflect.DeepEqual(old.Command, c) {
		cmd.ID = old.ID
	} else {
		p.lastID++
		cmd.ID = p.lastID
	}
	p.sent[k] = cmd // until the answer is here
	return p.start(cmd)
}

// replied takes the answer of a command. Answers nobody waits for are dropped.
func (p *step) replied(in CommandReplied) {
	for _, k := range []kind{kindCommand, kindReceive, kindReturn} {
		b := &p.busy[k]
		if !b.on || b.id != in.ID || b.seq != 0 {
			continue
		}
		cmd, was := p.sent[k], *b
		*b = pending{}
		if !in.OK() && k == kindCommand {
			p.soon = soon{}
		}
		switch {
		case in.Failed && was.calls && p.desk().Ticket != was.before:
			p.sent[k] = Command{} // it is on the screen: what is pressed now is a new wish
			return
		case in.Failed:
			p.tell(Bad, say("counter.notice.lost"))
			return
		}
		p.sent[k] = Command{}
		if in.Refusal != nil {
			if !p.pinRefused(cmd, in.Refusal) && !p.dayRefused(cmd, in.Refusal) && !p.silentRefused(cmd, in.Refusal) {
				p.refused(in.Refusal)
			}
			return
		}
		if k == kindCommand && p.Queue != nil && p.Queue.Seq < in.Seq {
			*b = pending{on: true, id: in.ID, calls: was.calls, since: p.Now, seq: in.Seq}
		}
		p.done(cmd, in)
		if k == kindCommand {
			p.settled()
		}
		return
	}
}

// done is what a command that was carried out changes on the screen.
func (p *step) done(cmd Command, in CommandReplied) {
	label := ""
	if in.Ticket != nil {
		label = in.Ticket.ID.Label()
	}
	switch c := cmd.Command.(type) {
	case queue.OpenCounter:
		p.Officer, p.seatSeq, p.Notice, p.vouched = cmd.Officer, in.Seq, Notice{}, ""
		if p.dialog.kind == menuPIN {
			p.dialog = dialog{}
		}
	case queue.CloseCounter:
		p.Officer, p.Notice = "", Notice{}
	case queue.CallNext, queue.CallTicket:
		p.Notice = Notice{}
	case queue.Recall:
		if in.Ticket != nil && in.Ticket.Status() == queue.Absent {
			p.tell(Warn, say("counter.notice.recalls-over", "ticket", label))
		}
	case queue.MarkAbsent:
		p.tell(Plain, say("counter.notice.absent", "ticket", label))
	case queue.ReturnTicket:
		p.tell(Good, say("counter.notice.returned-to-queue", "ticket", c.Ticket.Label()))
	case dossier.Receive:
		p.received(c, in)
	case dossier.Return:
		p.Giving, p.Text[FieldCode], p.Text[FieldProof] = Giving{}, "", ""
		p.tell(Good, say("counter.notice.handed-over", "code", c.Code))
		p.listDay()
	case dossier.MarkReady:
		if g := p.Giving.Case; g != nil && in.Dossier != nil && g.Dossier.Code == in.Dossier.Code {
			changed := *g
			changed.Dossier = *in.Dossier
			p.Giving.Case = &changed
		}
		p.tell(Good, say("counter.notice.ready", "code", c.Code))
	default:
		p.doneErrand(c, in)
	}
}

// tell shows a sentence for a while; the newest one counts.
func (p *step) tell(t Tone, s Say) {
	stay := noticeFor
	if t == Bad || t == Warn {
		stay = troubleFor
	}
	p.Notice = Notice{Say: s, Tone: t, Until: p.Now.Add(stay)}
}

// refused shows the office's no in words.
func (p *step) refused(r *refusal.Refusal) {
	if r == nil {
		return
	}
	args := []string{"code", r.Code}
	for k, v := range r.Args {
		args = append(args, k, v)
	}
	p.tell(Warn, Say{Key: "refusal." + r.Code, Args: args})
}

// deny says no without asking the office.
func (p *step) deny(key string, args ...string) { p.tell(Warn, say(key, args...)) }

// failed says that a look-up did not work; ok is true when it did.
func (p *step) failed(o Outcome) bool {
	switch {
	case o.Refusal != nil:
		p.refused(o.Refusal)
	case o.Failed:
		p.tell(Bad, say("counter.notice.unreachable"))
	}
	return !o.OK()
}

// bounded cuts what was typed to a sane length and makes it valid text.
func bounded(s string) string {
	if len(s) <= maxTyped && utf8.ValidString(s) {
		return s
	}
	r := []rune(s)
	if len(r) > maxTyped {
		r = r[:maxTyped]
	}
	return string(r)
}
