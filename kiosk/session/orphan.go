package session

import (
	"slices"
	"time"

	"motcua/queue"
)

// orphan is a request for a number whose citizen left before the answer. It
// may have been carried out, and a number nobody holds would be called into
// an empty hall: so it is asked again, as the same question, until the answer
// comes, and the number is withdrawn.
type orphan struct {
	effect IssueTicket
	asked  time.Time
	onWay  bool // an answer will come
}

const (
	orphanPause = 15 * time.Second
	mostOrphans = 16 // of an office that has been away for long
)

// abandon drops the question that is waiting or has failed.
func (t *step) abandon() {
	for _, q := range []*question{t.waiting, t.failed} {
		if q == nil {
			continue
		}
		if e, ok := q.effect.(IssueTicket); ok {
			e.Dossier = "" // whose it was is nobody's business now
			t.orphans = append(t.orphans, orphan{effect: e, asked: t.Now, onWay: q == t.waiting})
		}
	}
	if over := len(t.orphans) - mostOrphans; over > 0 {
		t.orphans = t.orphans[over:]
	}
	t.waiting, t.failed = nil, nil
}

// orphanReplied withdraws a number that came too late.
func (t *step) orphanReplied(in Replied) {
	i := slices.IndexFunc(t.orphans, func(o orphan) bool { return o.effect.Ask == in.Ask })
	if i < 0 {
		return
	}
	if in.Failed {
		t.orphans[i].onWay, t.orphans[i].asked = false, t.Now
		return
	}
	t.orphans = slices.Delete(t.orphans, i, i+1)
	if in.Ticket != nil && in.Ticket.Status() == queue.Waiting {
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
