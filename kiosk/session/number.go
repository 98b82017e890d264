package session

import (
	"time"

	"motcua/queue"
	"motcua/queue/refusal"
)

// number carries out what leads to a number.
func (t *step) number(in Tap) {
	switch in.Action {
	case TakeNumber:
		t.takeNumber()
	case TogglePriority:
		if t.Screen == Services {
			t.Priority = !t.Priority
		}
	case ToggleMany:
		if t.Screen == Services {
			t.Many = !t.Many
		}
	case PickService:
		if t.Screen == Services {
			t.pick(in.Arg)
		}
	case SetDossiers, TakeCounted:
		t.count(in)
	case TakeNow, TakeLater:
		t.decided(in.Action == TakeLater)
	case Collect:
		if s, ok := t.returns(); ok && t.Screen == Dossier && t.Case != nil {
			t.issue(IssueTicket{Service: s.ID, Dossier: t.Case.Code})
		}
	case NumberFor:
		if p, ok := t.Chosen(); ok && t.Screen == Procedure {
			t.issue(IssueTicket{Service: p.Service})
		}
	case Rejoin:
		if t.Screen == Ticket && t.Issued != nil && t.Standing() == queue.Absent {
			id := t.Issued.ID
			t.ask(func(n uint64) Effect { return ReturnTicket{Ask: n, Ticket: id} })
		}
	case Reprint:
		if k := t.current(); t.canReprint() {
			t.Paper = Printing
			t.do(PrintTicket{Ticket: *k, Large: t.Large, Again: true})
		}
	}
}

// takeNumber opens the services, or says why there is no number now.
func (t *step) takeNumber() {
	if t.Queue == nil {
		t.show(Notice{Tone: Warn, Icon: "cloud-slash", Title: say("kiosk.away.title"), Body: say("kiosk.away.number"), Code: "office-away"})
		return
	}
	if t.shut() {
		return
	}
	t.Page, t.Priority, t.Many = 0, false, false
	t.open(Services)
}

// pick chooses a service, with what was switched on beside it.
func (t *step) pick(service string) {
	wish := IssueTicket{Service: service}
	if t.Priority {
		wish.Class = queue.ClassPriority
	}
	if t.Many && t.offered(service) {
		t.wish, t.Dossiers = wish, fewestCounted
		t.open(Count)
		return
	}
	t.issue(wish)
}

// offered refuses a service that the office does not have.
func (t *step) offered(service string) bool {
	if t.Queue != nil {
		if _, ok := t.Queue.Config.Service(service); !ok {
			t.refused(nil, Replied{Refusal: refusal.New("service-unknown", "service", service)})
			return false
		}
	}
	return true
}

// issue asks for a number, unless the citizen should know something first.
func (t *step) issue(wish IssueTicket) {
	if t.offered(wish.Service) && !t.shut() && !t.warned(wish) {
		t.request(wish)
	}
}

// request asks the office for a number.
func (t *step) request(wish IssueTicket) {
	t.ask(func(n uint64) Effect {
		wish.Ask, wish.Lang, wish.Card = n, t.Lang, t.card
		return wish
	})
}

// issued shows the new number and prints it.
func (t *step) issued(e Effect, in Replied) {
	if in.Ticket == nil {
		t.unanswered(&question{ask: in.Ask, effect: e, since: t.Now})
		return
	}
	t.OnlyOne = false
	t.showTicket(in.Ticket, Printing)
	t.play(Success)
	t.do(PrintTicket{Ticket: *in.Ticket, Large: t.Large})
}

// showTicket makes a ticket the end of the visit: from here it goes home.
func (t *step) showTicket(k *queue.Ticket, p Print) {
	t.open(Ticket)
	t.trail = nil
	t.Issued, t.Paper, t.Case, t.held = k, p, nil, p == NotPrinting
	t.until = t.Now.Add(t.ticketTime())
}

// ticketTime is how long a number stays: longer when it has to be copied.
func (t *step) ticketTime() time.Duration {
	if t.Paper == PrintFailed {
		return t.Config.Photo
	}
	return t.Config.Show
}

// paperCame tells what became of the slip.
func (t *step) paperCame(in PaperCame) {
	if t.Issued == nil || t.Issued.ID != in.Ticket || t.Paper == NotPrinting {
		return
	}
	if in.OK {
		t.Paper = Printed
		return
	}
	t.Paper = PrintFailed
	if t.Screen == Ticket {
		t.play(Problem)
		t.until = t.Now.Add(t.ticketTime())
	}
}

// found shows a ticket that was scanned, or rates it.
func (t *step) found(in Replied) {
	if in.Ticket == nil {
		t.refused(nil, Replied{Refusal: refusal.New("ticket-unknown", "ticket", "")})
		return
	}
	if in.Ticket.Status() == queue.Done || t.purpose == toRate && !in.Ticket.FirstCall.IsZero() {
		t.Issued, t.Case, t.Level, t.Praise = in.Ticket, nil, 0, nil
		t.open(Rating)
		return
	}
	t.lookedUp(in)
}

// canReprint reports that the number on the screen may be put on paper once
// more: its holder came back for it, and it is still good.
func (s State) canReprint() bool {
	if s.Screen != Ticket || s.Issued == nil || s.Paper != NotPrinting || s.PrinterDown {
		return false
	}
	st := s.Standing()
	return !over(st) && st != queue.Absent
}

func (t *step) lookedUp(in Replied) {
	if in.Ticket != nil {
		t.showTicket(in.Ticket, NotPrinting)
	}
}

// returns is the service where results are handed out.
func (s State) returns() (queue.Service, bool) {
	if s.Queue != nil {
		for _, v := range s.Queue.Config.Services {
			if v.Returns {
				return v, true
			}
		}
	}
	return queue.Service{}, false
}
