package session

import (
	"maps"
	"slices"
	"time"
)

// Response limits (UI rule 16): what takes longer than a moment says so, what
// takes long offers a way out, what takes too long is over.
const (
	moment  = time.Second
	long    = 10 * time.Second
	tooLong = 30 * time.Second
)

// ask puts a question to the office; the screen stays until it takes a moment.
// One that failed before and is not asked again is left behind.
func (t *step) ask(make func(ask uint64) Effect) {
	t.abandon()
	t.asks++
	t.waiting = &question{ask: t.asks, effect: make(t.asks), since: t.Now}
	t.do(t.waiting.effect)
}

// retry asks the last failed question again, as the same question.
func (t *step) retry() {
	q := t.failed
	if t.Screen != Message || q == nil {
		return
	}
	t.waiting, t.failed = &question{ask: q.ask, effect: q.effect, since: t.Now}, nil
	t.do(q.effect)
}

// Slow reports that an answer takes so long that a way out is offered.
func (s State) Slow() bool { return s.waiting != nil && s.Now.Sub(s.waiting.since) >= long }

// Busy reports that an answer is awaited: touches wait for it.
func (s State) Busy() bool { return s.waiting != nil }

// replied takes an answer of the office.
func (t *step) replied(in Replied) {
	if in.Ask == t.call.ask && in.Ask != 0 {
		t.helpReplied(in)
		return
	}
	q := t.waiting
	if q == nil || q.ask != in.Ask {
		t.orphanReplied(in)
		return
	}
	t.waiting = nil
	t.touched = t.Now // waiting was not idling
	if t.Screen == Working || t.Screen == StillThere {
		t.Screen = t.under
	}
	switch {
	case in.Failed:
		t.unanswered(q)
	case in.Refusal != nil:
		t.refused(q.effect, in)
	default:
		t.answered(q.effect, in)
	}
}

// unanswered tells that the office could not be reached.
func (t *step) unanswered(q *question) {
	t.play(Problem)
	n := Notice{
		Tone: Warn, Icon: "cloud-slash", Title: say("kiosk.away.title"), Body: say("kiosk.away.body"),
		Button: say("kiosk.retry"), Press: Tap{Action: Retry}, Code: "office-away",
	}
	if givesNumber(q.effect) {
		n.Body = say("kiosk.away.number")
	}
	t.show(n)
	t.failed = q
}

// refused shows the office's reason, which says what to do next.
func (t *step) refused(e Effect, in Replied) {
	if t.holds(in.Refusal) {
		return
	}
	t.play(Problem)
	args := make([]string, 0, 2*len(in.Refusal.Args))
	for _, k := range slices.Sorted(maps.Keys(in.Refusal.Args)) {
		args = append(args, k, in.Refusal.Args[k])
	}
	n := Notice{
		Tone: Warn, Icon: "warning-circle", Title: say("kiosk.refused.title"),
		Body: Say{Key: "refusal." + in.Refusal.Code, Args: args}, Code: in.Refusal.Code,
	}
	notComing(&n)
	officeSilent(&n, e)
	t.show(n)
}

// officeSilent says of what only the office could do what to do instead.
func officeSilent(n *Notice, e Effect) {
	switch n.Code {
	case "office-silent", "station-unknown", "field-full", "terminal-disk", "terminal-busy":
	case "dossier-not-in-copy":
		n.Icon, n.Title = "cloud-slash", say("kiosk.away.title")
		return
	default:
		return
	}
	n.Icon, n.Title, n.Body = "cloud-slash", say("kiosk.away.title"), say("kiosk.away.later")
	if _, number := e.(IssueTicket); number {
		n.Body = say("kiosk.away.number")
	}
}

// answered goes on with what the office found.
func (t *step) answered(e Effect, in Replied) {
	switch e := e.(type) {
	case IssueTicket, CheckIn:
		t.issued(e, in)
	case ReturnTicket:
		t.lookedUp(in)
	case LookUpTicket:
		t.found(in)
	case LookUpDossier:
		t.dossierFound(in)
	case ListProcedures:
		t.Catalogue = in.Procedures
		t.grouped()
	case Rate:
		t.rated(e)
	}
}
