package desk

import "motcua/queue"

// soon is what was wished while a command was under way, at most one thing. It
// is done when the command has been answered and the screen shows what it did.
type soon struct {
	on     bool
	action Action         // Next or Start
	ticket queue.TicketID // that Start is meant for, "" the one just called
}

// calling reports that the command under way calls somebody: the next one
// cannot be wished for before that one is on the screen.
func calling(c queue.Command) bool {
	switch c.(type) {
	case queue.CallNext, queue.CallTicket:
		return true
	}
	return false
}

// nextSoon remembers the key for the next number while a command is under way.
func (p *step) nextSoon() {
	if p.busy[kindCommand].calls {
		p.tell(Plain, say("counter.notice.calling"))
		return
	}
	if p.considered() {
		p.soon = soon{on: true, action: Next}
		p.tell(Plain, say("counter.notice.next-soon"))
	}
}

// serve begins the service of the ticket that was called: at once, or as soon as
// the command under way is done.
func (p *step) serve() {
	t := p.ticket()
	switch {
	case t != nil && t.Status() != queue.Called:
	case p.busy[kindCommand].on && !p.soon.on:
		p.soon = soon{on: true, action: Start}
		if t != nil {
			p.soon.ticket = t.ID
		}
	case t != nil:
		p.send(queue.StartService{})
	}
}

// settled does what was wished meanwhile, once nothing is under way any more.
func (p *step) settled() {
	if p.busy[kindCommand].on {
		return
	}
	switch p.Notice.Say.Key {
	case "counter.notice.calling", "counter.notice.next-soon":
		p.Notice = Notice{}
	}
	w := p.soon
	p.soon = soon{}
	if !w.on || !p.SignedIn() {
		return
	}
	t := p.ticket()
	switch {
	case w.action == Next && p.alone():
		p.dialog = dialog{kind: menuByHand}
	case w.action == Next && p.desk().Paused == "":
		p.send(queue.CallNext{})
	case w.action == Next:
		p.deny("counter.notice.paused-first")
	case t != nil && t.Status() == queue.Called && (w.ticket == "" || w.ticket == t.ID):
		p.send(queue.StartService{})
	}
}
