package session

import (
	"slices"
	"strconv"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
)

// Turn is the ticket screen.
type Turn struct {
	Head     Say // what happened
	HeadIcon string
	Tone     Tone
	Label    string // "A012"
	Yours    Say    // whose number it is, and for how many dossiers
	Service  string
	Left     Fact   // people ahead, or where to go
	Alone    bool   // nobody knows when: officers call it at the counter, as Left says
	Right    Fact   // when; empty when there is nothing to promise
	QR       string // text of the code, "" shows none
	Follow   Say    // what the code is for
	Foot     Say    // where the paper is, or what to do without
	FootIcon string
	// Next is what can be done about the number beside ending the visit: back
	// into the line, or once more on paper; empty for nothing.
	Next     Offer
	NextIcon string
}

// Fact is a small label over a strong value.
type Fact struct{ Label, Value Say }

// Standing is the status of the ticket on the screen, as new as the copy.
func (s State) Standing() queue.Status {
	if t := s.current(); t != nil {
		return t.Status()
	}
	return ""
}

// current is the ticket on the screen, as new as the copy.
func (s State) current() *queue.Ticket {
	if s.Issued != nil && s.Queue != nil {
		if t := s.Queue.Ticket(s.Issued.ID); t != nil && len(t.History) >= len(s.Issued.History) {
			return t
		}
	}
	return s.Issued
}

// Turn describes the ticket screen.
func (s State) Turn() Turn {
	k := s.current()
	if k == nil {
		return Turn{}
	}
	t := Turn{Label: k.ID.Label(), Tone: Good, HeadIcon: "check-circle", Head: say("kiosk.ticket.taken")}
	if came := s.cameFor(*k); !came.Empty() {
		t.Head = came
	}
	if s.held {
		t.Head, t.HeadIcon = say("kiosk.ticket.yours"), "ticket"
	}
	if t.Yours = say("kiosk.ticket.number"); k.Dossiers > 1 {
		t.Yours = say("kiosk.ticket.number.dossiers", "n", strconv.Itoa(k.Dossiers))
	}
	if v, ok := s.service(k.Service); ok {
		t.Service = s.in(v.Name)
	}
	if s.standing(&t, *k); s.byHand(*k) {
		t.Alone, t.Left, t.Right = true, Fact{say("kiosk.ticket.alone"), say("kiosk.ticket.alone.value")}, Fact{}
	}
	if s.Queue != nil && !k.ID.ByDevice() && s.Queue.Config.TicketLink != "" && k.Code != "" && !over(k.Status()) {
		t.QR, t.Follow = s.Queue.Config.TicketLink+k.Code, say("kiosk.ticket.follow")
	}
	switch s.Paper {
	case NotPrinting:
		if s.OnlyOne {
			t.Foot, t.FootIcon = say("kiosk.card.only-one"), "info"
		}
		if s.canReprint() {
			t.Next, t.NextIcon = Offer{say("kiosk.ticket.reprint"), Tap{Action: Reprint}}, "printer"
		}
	case Printing:
		t.Foot, t.FootIcon = say("kiosk.paper.printing"), "printer"
	case Printed:
		t.Foot, t.FootIcon = say("kiosk.paper.take"), "arrow-fat-down"
	case PrintFailed:
		t.Foot, t.FootIcon = say("kiosk.paper.failed"), "camera"
	}
	return t
}

// byHand reports that officers call a waiting number as its holder stands there:
// a kiosk gave it while the office was silent, and nobody can say when its turn
// comes.
func (s State) byHand(k queue.Ticket) bool {
	return k.ID.ByDevice() && k.Status() == queue.Waiting && (!s.held || s.Silence(s.Now) != silent.Here)
}

// standing fills in what a ticket's status means for its holder.
func (s State) standing(t *Turn, k queue.Ticket) {
	switch k.Status() {
	case queue.Waiting:
		if k.After.After(s.Now) {
			s.standingLater(t, k)
			return
		}
		t.Left = Fact{say("kiosk.ticket.ahead"), say("kiosk.people", "n", strconv.Itoa(s.ahead(k)))}
		t.Right = s.expected(k)
	case queue.Called, queue.Serving:
		t.Left = Fact{say("kiosk.ticket.called"), raw(s.counter(k.Counter))}
	case queue.Held:
		t.Left = Fact{say("kiosk.ticket.held"), raw(s.counter(k.Counter))}
	case queue.Absent:
		t.Tone, t.HeadIcon, t.Head = Warn, "warning-circle", say("kiosk.ticket.absent")
		t.Next, t.NextIcon = Offer{say("kiosk.ticket.rejoin"), Tap{Action: Rejoin}}, "arrow-u-up-left"
		t.Left = Fact{say("kiosk.ticket.absent.label"), say("kiosk.ticket.absent.value")}
	default:
		t.Tone, t.HeadIcon, t.Head = Warn, "warning-circle", say("kiosk.ticket.over")
		t.Left = Fact{say("kiosk.ticket.over.label"), say("kiosk.ticket.over.value")}
	}
}

// standingLater is a number for the next session: from when it counts, and the
// promise, unless that was made for this session.
func (s State) standingLater(t *Turn, k queue.Ticket) {
	if !s.held {
		t.Head = say("kiosk.ticket.taken-" + part(k.After))
	}
	t.Left = Fact{say("kiosk.ticket.later"), raw(queue.Local(k.After).Format("15:04"))}
	if begins := k.Arrived.Add(k.Estimate.Low + time.Minute); !begins.Before(k.After) {
		t.Right = s.expected(k)
	}
}

// expected is when the first call was promised, as clock times.
func (s State) expected(k queue.Ticket) Fact {
	f := Fact{Label: say("kiosk.ticket.expected")}
	from, to := k.Arrived.Add(k.Estimate.Low), k.Arrived.Add(k.Estimate.High)
	switch {
	case k.Estimate.High <= 0:
		f.Value = say("kiosk.wait.now")
	case to.Before(s.Now):
		f.Value = say("kiosk.ticket.soon")
	default:
		f.Value = raw(queue.Local(from).Format("15:04") + "–" + queue.Local(to.Add(time.Minute-1)).Format("15:04"))
	}
	return f
}

// ahead counts who would be called before a waiting ticket of its service.
func (s State) ahead(k queue.Ticket) int {
	if s.Queue != nil {
		line := s.Queue.WaitingFor(func(t *queue.Ticket) bool { return t.Service == k.Service })
		if i := slices.IndexFunc(line, func(t *queue.Ticket) bool { return t.ID == k.ID }); i >= 0 {
			return i
		}
	}
	return k.Estimate.Ahead
}

func (s State) service(id string) (queue.Service, bool) {
	if s.Queue == nil {
		return queue.Service{}, false
	}
	return s.Queue.Config.Service(id)
}

// counter is a counter's name in the visit's language.
func (s State) counter(id string) string {
	if s.Queue != nil {
		if c, ok := s.Queue.Config.Counter(id); ok {
			return s.in(c.Name)
		}
	}
	return id
}
