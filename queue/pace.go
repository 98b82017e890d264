package queue

import (
	"maps"
	"slices"
	"time"
)

// Bounds of what is remembered: enough to be believed, few enough to follow a
// changing day.
const (
	keptSpells   = 120 // of a service
	keptPersonal = 60  // of a service with one officer
	keptGaps     = 60
	keptBreaks   = 30
	keptArrivals = 24 // of a service and class
	keptOpenings = 20 // of a counter
	keptLeavings = 60
	keptShare    = 400
	longestGap   = 5 * 60  // seconds; after a longer one the officer did something else
	longestBreak = 45 * 60 // seconds; a longer one is lunch
	longestSpell = 3 * 60 * 60
	longestLate  = 90 * 60
)

// A promise is widened after each one of its horizon that was broken and narrowed
// after each that was kept, in steps that balance at the share of promises that
// ought to hold (adaptive conformal prediction: the balance holds whatever the
// office does). Of the time that rehearsals lean by, the same is done by halves.
// In parts per million.
const (
	sureStep  = 40_000
	leastSure = 150_000
	mostSure  = 2_500_000
	firstSure = 800_000
	leanStep  = 1_500
	mostLean  = 300_000
)

// A long wait is promised in a range of at most about 60 % of it: one that five in
// six keep would often say nothing. Where both cannot be had, two in three keep
// it; with all who are called at once it is still more than four in five of the
// office's promises.
const (
	often     = 85 // of 100
	leastKept = 61
)

// share is how many of 100 promises like this one ought to hold.
func share(h int, e Estimate) int {
	if h < 2 || e.Likely <= 0 {
		return often
	}
	const narrow, wide = 45, 60 // per cent of the wait
	width := int(100 * (e.High - e.Low) / e.Likely)
	return often - (often-leastKept)*(max(narrow, min(width, wide))-narrow)/(wide-narrow)
}

// patience is how many people ahead halve what one ticket teaches: so many others
// were promised the same before its answer came.
const patience = 8

// Lessons is what the queue has learned about its own pace, from its events
// alone, over the days: estimates draw from it. It holds whole numbers only,
// so that it replays to the same bytes on every machine.
type Lessons struct {
	// Spells are recent times at a counter in seconds, from the call to the
	// release, whatever it ended in, for one dossier: by service, and by
	// service and officer ("ho-tich/cb01").
	Spells map[string][]int `json:"spells,omitempty"`
	// Gaps are recent seconds between a release and the counter's next call
	// while somebody was waiting for it.
	Gaps []int `json:"gaps,omitempty"`
	// Breaks are recent pauses in seconds, lunch left out; Pauses of Calls is
	// how often one comes after a call.
	Breaks []int `json:"breaks,omitempty"`
	Calls  int   `json:"calls,omitempty"`
	Pauses int   `json:"pauses,omitempty"`
	// Arrivals are recent arrivals by "service/class", in Unix seconds.
	Arrivals map[string][]int64 `json:"arrivals,omitempty"`
	// Opened are the seconds of the day at which a counter lately opened, and
	// Late how many seconds after a session's end officers lately left.
	Opened map[string][]int `json:"opened,omitempty"`
	Late   []int            `json:"late,omitempty"`
	// Freed is when a counter was last released, in Unix seconds.
	Freed map[string]int64 `json:"freed,omitempty"`
	// Sure is the width of a promise by its horizon (see horizon), in parts per
	// million of the rehearsed queues that it holds; above a million it is
	// stretched.
	Sure [horizons]int `json:"sure_ppm"`
	// Lean is how much longer than rehearsed waits lately were, in parts per
	// million, by horizon: what nobody can rehearse (who comes back, what is
	// transferred) mostly makes them longer.
	Lean [horizons]int `json:"lean_ppm"`
}

// clone is a copy that later lessons of l do not touch. Only the original's
// lists keep room to grow in place.
func (l Lessons) clone() Lessons {
	l.Spells, l.Opened, l.Arrivals = clipped(l.Spells), clipped(l.Opened), clipped(l.Arrivals)
	l.Gaps, l.Breaks, l.Late = slices.Clip(l.Gaps), slices.Clip(l.Breaks), slices.Clip(l.Late)
	l.Freed = maps.Clone(l.Freed)
	return l
}

// clipped is a copy of a map of lists, none of which grows in place.
func clipped[T any](m map[string][]T) map[string][]T {
	c := maps.Clone(m)
	for key, list := range c {
		c[key] = slices.Clip(list)
	}
	return c
}

// learn looks at an event before Apply carries it out. It is the only writer of
// Learned.
func (s *State) learn(e Event, now time.Time) {
	switch e := e.(type) {
	case TicketIssued:
		key := e.Service + "/" + e.Class
		put(&s.Learned.Arrivals, key, recent(s.Learned.Arrivals[key], now.Unix(), keptArrivals))
	case TicketCalled:
		s.learnCall(e, now)
	case TicketFinished:
		s.learnSpell(e.Ticket, now)
	case TicketMissed:
		s.learnSpell(e.Ticket, now)
	case TicketHeld:
		s.learnSpell(e.Ticket, now)
	case TicketTransferred:
		s.learnSpell(e.Ticket, now)
	case CounterPaused:
		s.learnLeaving(e.Counter, now)
	case CounterClosed:
		s.learnLeaving(e.Counter, now)
	case CounterOpened:
		s.learnOpening(e.Counter, now)
	}
}

func (s *State) learnCall(e TicketCalled, now time.Time) {
	t := s.Ticket(e.Ticket)
	if t == nil {
		return
	}
	l := &s.Learned
	if l.Calls++; l.Calls > keptShare {
		l.Calls, l.Pauses = l.Calls/2, l.Pauses/2
	}
	freed := l.Freed[e.Counter]
	gap := now.Unix() - freed
	if freed > 0 && gap >= 0 && gap <= longestGap && t.Since().Unix() <= freed {
		l.Gaps = recent(l.Gaps, int(gap), keptGaps)
	}
	if t.FirstCall.IsZero() && len(t.History) == 1 {
		l.answer(t.Estimate, now.Sub(t.Arrived))
	}
}

// answer learns from a promise and the wait that became of it.
func (l *Lessons) answer(e Estimate, wait time.Duration) {
	h := horizon(e.Likely)
	if l.Sure[h] == 0 {
		l.Sure[h] = firstSure
	}
	if h == 0 { // an officer's reaction, not a queue
		return
	}
	ought := share(h, e)
	weigh := func(step int) int { return step * patience / (patience + max(0, e.Ahead)) }
	if wait > e.Likely {
		l.Lean[h] = min(mostLean, l.Lean[h]+weigh(leanStep))
	} else {
		l.Lean[h] = max(-mostLean, l.Lean[h]-weigh(leanStep))
	}
	if e.Holds(wait) {
		l.Sure[h] = max(leastSure, l.Sure[h]-weigh(sureStep*(100-ought)/100))
	} else {
		l.Sure[h] = min(mostSure, l.Sure[h]+weigh(sureStep*ought/100))
	}
}

func (s *State) learnSpell(id TicketID, now time.Time) {
	t := s.Ticket(id)
	if t == nil || !t.Status().Open() {
		return
	}
	s.freed(t.Counter, now)
	seconds := int(now.Sub(t.called()) / time.Second)
	if seconds < 0 || seconds > longestSpell {
		return
	}
	seconds = seconds * 10 / dossierTenths(t.Dossiers)
	spells := &s.Learned.Spells
	put(spells, t.Service, recent((*spells)[t.Service], seconds, keptSpells))
	if t.Officer != "" {
		key := t.Service + "/" + t.Officer
		put(spells, key, recent((*spells)[key], seconds, keptPersonal))
	}
}

// learnLeaving: a break, or the end of a session.
func (s *State) learnLeaving(counter string, now time.Time) {
	d := s.Counters[counter]
	if d == nil || !d.Working() {
		return
	}
	s.freed(counter, time.Time{})
	local := Local(now)
	second := secondOfDay(local)
	spans, _ := s.Config.Sessions(local)
	for _, span := range spans {
		if late := second - span.To*60; late >= 0 && late <= longestLate {
			s.Learned.Late = recent(s.Learned.Late, late, keptLeavings)
			return
		}
	}
	s.Learned.Pauses++
}

// learnOpening: the end of a break, or the beginning of a session.
func (s *State) learnOpening(counter string, now time.Time) {
	d := s.Counters[counter]
	if d == nil || d.Working() {
		return
	}
	away := int(now.Sub(d.Since) / time.Second)
	if d.Paused != "" && away <= longestBreak {
		s.Learned.Breaks = recent(s.Learned.Breaks, max(0, away), keptBreaks)
		return
	}
	at := secondOfDay(Local(now))
	put(&s.Learned.Opened, counter, recent(s.Learned.Opened[counter], at, keptOpenings))
}

func secondOfDay(local time.Time) int {
	return (local.Hour()*60+local.Minute())*60 + local.Second()
}

// freed notes when a counter was released; the zero time forgets it.
func (s *State) freed(counter string, at time.Time) {
	if at.IsZero() {
		delete(s.Learned.Freed, counter)
		return
	}
	put(&s.Learned.Freed, counter, at.Unix())
}

// called is when the present stay at a counter began.
func (t Ticket) called() time.Time {
	at := t.Since()
	for i := len(t.History) - 1; i >= 0 && t.History[i].Status.Open(); i-- {
		at = t.History[i].From
	}
	return at
}

// dossierTenths is how much longer several dossiers take than one, in tenths:
// the second and every further one save the greeting and the names (scenario
// 22).
func dossierTenths(dossiers int) int { return 10 + 7*max(0, dossiers-1) }

// recent appends to a list in place, keeping the last ones.
func recent[T any](list []T, x T, keep int) []T {
	list = append(list, x)
	return list[max(0, len(list)-keep):]
}

// put changes one entry of a map that may be missing.
func put[V any](m *map[string]V, key string, v V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = v
}
