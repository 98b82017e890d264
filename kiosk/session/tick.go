package session

import "time"

// helpIdle is how long somebody who called for help may stand still: they are
// waiting for a person, not gone.
const helpIdle = 3 * time.Minute

// tick lets time pass: answers that take long, screens that close, visits
// that end.
func (t *step) tick() {
	t.orphanTick()
	t.helpTick()
	if q := t.waiting; q != nil {
		t.await(q)
		return
	}
	if t.Now.Before(t.touched) { // the clock was set back: count anew, not for hours
		t.alive()
	}
	if !t.until.IsZero() && !t.Now.Before(t.until) {
		t.wipe()
		return
	}
	switch idle := t.Now.Sub(t.touched); {
	case t.Idle(), !t.until.IsZero():
	case t.Screen == StillThere && idle >= t.idleTime()+t.Config.Warn:
		t.wipe()
	case t.Screen != StillThere && idle >= t.idleTime():
		t.under, t.Screen = t.Screen, StillThere
		t.touched = t.Now.Add(-t.idleTime()) // the whole warning, however late the tick
		t.play(Alert)
	case t.Screen == StillThere && t.Left()%5 == 0:
		t.play(Alert)
	}
}

func (t *step) idleTime() time.Duration {
	if t.Help == Asked || t.Help == Asking || t.Help == Coming {
		return max(t.Config.Idle, helpIdle)
	}
	return t.Config.Idle
}

// await follows a question: a word after a moment, an end when it takes too long.
func (t *step) await(q *question) {
	took := t.Now.Sub(q.since)
	if took < 0 {
		q2 := *q
		q2.since, took = t.Now, 0
		t.waiting = &q2
	}
	if took >= moment && t.Screen != Working {
		if t.Screen != StillThere {
			t.under = t.Screen
		}
		t.Screen = Working
	}
	if took >= tooLong {
		t.replied(Replied{Ask: q.ask, Failed: true})
	}
}

// Left is the seconds until the screen closes by itself or, in the warning,
// until the visit ends; 0 when nothing is counting.
func (s State) Left() int {
	var d time.Duration
	switch {
	case s.Screen == StillThere:
		idle := (&step{State: s}).idleTime()
		d = idle + s.Config.Warn - s.Now.Sub(s.touched)
	case !s.until.IsZero():
		d = s.until.Sub(s.Now)
	}
	return max(0, int((d+time.Second-1)/time.Second))
}
