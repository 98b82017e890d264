package session

import (
	"slices"
	"time"

	"motcua/queue"
)

// orphan is a question that gives a number, whose citizen left before the answer. It
// may have been carried out, and a number nobody holds would be called into
// an empty hall: so it is asked again, as the same question, until the answer
// comes, and the number is withdrawn.
type orphan struct {
	ask    uint64
	effect Effect
	asked  time.Time
	onWay  bool // an answer will come
}

const (
	orphanPause = 15 * time.Second
	mostOrphans = 16 // of an office that has been away for long
)

// givesNumber reports that the answer to a question is a new number.
func givesNumber(e Effect) bool {
	switch e.(type) {
	case IssueTicket, CheckIn:
		return true
	}
	return false
}

// abandon drops the question that is waiting or has failed.
func (t *step) abandon() {
	for _, q := range []*question{t.waiting, t.failed} {
		if q == nil {
			continue
		}
		if !givesNumber(q.effect) {
			continue
		}
		o := orphan{ask: q.ask, effect: q.effect, asked: t.Now, onWay: q == t.waiting}
		if e, ok := o.effect.(IssueTicket); ok {
			e.Dossier = "" // whose it was is nobody's business now
			o.effect = e
		}
		t.orphans = append(t.orphans, o)
	}
	if over := len(t.orphans) - mostOrphans; over > 0 {
		t.orphans = t.orphans[over:]
	}
	t.waiting, t.failed = nil, nil
}

// orphanReplied withdraws a number that came too late.
func (t *step) orphanReplied(in Replied) {
	i := slices.IndexFunc(t.orphans, func(o orphan) bool { return o.ask == in.Ask })
	if i < 0 {
		return
	}
	if in.Failed {
		t.orphans[i].onWay, t.orphans[i].asked = false, t.Now
		return
	}
	t.orphans = slices.Delete(t.orphans, i, i+1)
	if in.Ticket != nil && in.Ticket.Status() == queue.Waiting && !t.inHand(in.Ticket.ID) {
		t.do(VoidTicket{Ticket: in.Ticket.ID, Reason: "left"})
	}
}

func (t *step) orphanTick() {
	for i, o := range t.orphans {
		if !o.onWay && t.Now.Sub(o.asked) >= orphanPause {
			t.orphans[i].onWay, t.orphans[i].asked = true, t.Now
			t.do(o.effect)
		}
	}
}
