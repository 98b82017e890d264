package session

import (
	"strconv"
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
	"motcua/queue/refusal"
)

// closed is why the office gives no number now, as far as the copy knows; nil
// when it does. The first number of a new day opens that day, so what closed
// an older one is over.
func (s State) closed() *refusal.Refusal {
	q := s.Queue
	if q == nil {
		return nil
	}
	if r, no := refusal.Of(q.Config.Issuing(s.Now)); no {
		return r
	}
	switch stopped := q.Stopped && (q.Resume.IsZero() || s.Now.Before(q.Resume)); {
	case queue.Local(s.Now).Format(time.DateOnly) > q.Day:
	case !q.Open, stopped && q.Resume.IsZero():
		return refusal.New("day-closed")
	case stopped:
		return refusal.New("session-closed", "opens", queue.Local(q.Resume).Format("15:04"))
	}
	return nil
}

// laterOnly is when today's next session begins, while numbers are given for
// that one only: a supervisor has ended the present one early. Else it is zero.
func (s State) laterOnly() time.Time {
	if r := s.closed(); r == nil || r.Code != "session-closed" {
		return time.Time{}
	}
	_, next := s.Queue.Config.Session(s.Now)
	return next
}

// ForLater offers a number for the next session, while there are none for the
// present one; otherwise it is empty.
func (s State) ForLater() Say {
	at := s.laterOnly()
	if at.IsZero() {
		return Say{}
	}
	return say("kiosk.take-" + part(at))
}

// part is what citizens call the session that begins at a moment, in text keys.
func part(at time.Time) string {
	if queue.Local(at).Hour() >= 12 {
		return "afternoon"
	}
	return "later"
}

// Closed says when numbers are given again, or for when they are given now;
// empty while they are given as always.
func (s State) Closed() Say {
	r := s.closed()
	if r == nil {
		return Say{}
	}
	if at := s.laterOnly(); !at.IsZero() {
		return say("kiosk.closed.stopped", "at", queue.Local(at).Format("15:04"))
	}
	now, at, day := queue.Local(s.Now), r.Args["opens"], r.Args["day"]
	switch {
	case r.Code == "session-closed":
		return say("kiosk.closed.break", "at", at)
	case r.Code != "office-closed", at == "—":
		return say("kiosk.closed.day")
	case day == now.AddDate(0, 0, 1).Format("02/01/2006"):
		return say("kiosk.closed.tomorrow", "at", at)
	case day != now.Format("02/01/2006"):
		return say("kiosk.closed.later", "at", at, "day", day)
	}
	if spans, _ := s.Queue.Config.Sessions(s.Now); len(spans) > 0 && now.Hour()*60+now.Minute() >= spans[0].From {
		return say("kiosk.closed.break", "at", at)
	}
	return say("kiosk.closed.today", "at", at)
}

// shut tells somebody who wants a number when there are any again.
func (t *step) shut() bool {
	r := t.closed()
	if r == nil || !t.laterOnly().IsZero() {
		return false
	}
	t.play(Problem)
	t.show(Notice{
		Tone: Calm, Icon: "clock-countdown", Title: t.Closed(), Body: say("kiosk.closed.body"), Code: r.Code,
	})
	return true
}

// warned asks first when the person may not be called before the session ends,
// or certainly not in this one (scenario 15).
func (t *step) warned(wish IssueTicket) bool {
	if t.Queue == nil || t.Silence(t.Now) != silent.Here && t.laterOnly().IsZero() {
		return false // a copy that is old promises nothing
	}
	o := t.Queue.Outlook(wish.Service, wish.Class, t.Now)
	if o.Chance == queue.InTime && t.laterOnly().IsZero() {
		return false
	}
	t.wish, t.Outlook = wish, o
	t.play(Problem)
	t.open(Closing)
	return true
}

// decided takes the number that the citizen was warned about.
func (t *step) decided(later bool) {
	if t.Screen != Closing || t.shut() {
		return
	}
	if !later && !t.laterOnly().IsZero() { // ended while the question stood there, which says so now
		t.play(Problem)
		return
	}
	wish := t.wish
	wish.Later = later && !t.Outlook.Later.IsZero()
	t.request(wish)
}

// Question is a screen with one question: what is known, and one or two ways
// on beside the way back.
type Question struct {
	Icon        string
	Title, Body Say
	Facts       [2]Fact
	Main, Other Offer // Other may be empty
}

// Offer is one answer to a question.
type Offer struct {
	Label Say
	Press Tap
}

// LastCall is the question before closing: now all the same, or in the next
// session.
func (s State) LastCall() Question {
	if at := s.laterOnly(); !at.IsZero() {
		return s.nextCall(at)
	}
	o := s.Outlook
	closes := queue.Local(o.Closes).Format("15:04")
	q := Question{
		Icon: "clock-countdown", Title: say("kiosk.closing.title"),
		Body: say("queue.outlook."+string(o.Chance), "closes", closes),
		Facts: [2]Fact{
			{say("kiosk.closing.wait"), WaitWords(o.Estimate)},
			{say("kiosk.closing.ends"), raw(closes)},
		},
		Main: Offer{say("kiosk.closing.now"), Tap{Action: TakeNow}},
	}
	if o.Chance == queue.InTime { // only the next session was left, until a moment ago
		q.Body = say("kiosk.closing.reopened")
	}
	if o.Later.IsZero() {
		return q
	}
	q.Title, q.Other = say("kiosk.closing.which"), q.Main
	q.Main = forLater(o.Later)
	return q
}

func forLater(at time.Time) Offer {
	return Offer{say("kiosk.closing."+part(at), "at", queue.Local(at).Format("15:04")), Tap{Action: TakeLater}}
}

// nextCall is the question once the session has been ended early: only the next
// one is left.
func (s State) nextCall(at time.Time) Question {
	from := queue.Local(at).Format("15:04")
	return Question{
		Icon: "clock-countdown", Title: say("kiosk.closing.stopped"), Body: say("kiosk.closing.stopped." + part(at)),
		Facts: [2]Fact{
			{say("kiosk.ticket.later"), raw(from)},
			{say("kiosk.closing.before"), say("kiosk.people", "n", strconv.Itoa(len(s.waitLater(s.wish.Service))))},
		},
		Main: forLater(at),
	}
}

// waitLater are who waits for the next session already.
func (s State) waitLater(service string) []*queue.Ticket {
	return s.Queue.WaitingFor(func(t *queue.Ticket) bool { return t.Service == service && !t.After.IsZero() })
}
