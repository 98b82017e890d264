package session

import (
	"time"

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

// Closed says when numbers are given again; empty while they are given.
func (s State) Closed() Say {
	r := s.closed()
	if r == nil {
		return Say{}
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
	if r == nil {
		return false
	}
	t.play(Problem)
	t.show(Notice{
		Tone: Calm, Icon: "clock-countdown", Title: t.Closed(), Body: say("kiosk.closed.body"), Code: r.Code,
	})
	return true
}

// warned asks first when the person may not be called before the session ends
// (scenario 15).
func (t *step) warned(wish IssueTicket) bool {
	if t.Queue == nil {
		return false
	}
	o := t.Queue.Outlook(wish.Service, wish.Class, t.Now)
	if o.Chance == queue.InTime {
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
	if o.Later.IsZero() {
		return q
	}
	later := queue.Local(o.Later)
	key := "kiosk.closing.later"
	if later.Hour() >= 12 {
		key = "kiosk.closing.afternoon"
	}
	q.Title, q.Other = say("kiosk.closing.which"), q.Main
	q.Main = Offer{say(key, "at", later.Format("15:04")), Tap{Action: TakeLater}}
	return q
}
