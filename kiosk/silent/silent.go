// Package silent is what a screen knows of an office that does not answer: since
// when, how old is what it shows, and how strongly people are to be told. PURE;
// the three presenters share it, so that a hall says one thing everywhere.
package silent

import (
	"time"

	"motcua/queue"
	"motcua/queue/field"
)

// Hearing is what a screen hears of its office. The zero value: it is there.
type Hearing struct {
	// Lost is when the office was last heard; zero while it is there.
	Lost time.Time
	// AsOf is when what is shown was so, zero where that is Lost.
	AsOf time.Time
	// Unsent is how much was done here that the office does not have yet.
	Unsent int
}

// Level is how strongly the silence is told.
type Level int

// Levels.
const (
	Here  Level = iota // nothing to tell
	Quiet              // 5 seconds: yellow
	Long               // 40 seconds: orange, with what to do instead
)

// Silence is how strongly it is told now.
func (h Hearing) Silence(now time.Time) Level {
	switch gone := now.Sub(h.Lost); {
	case h.Lost.IsZero() || gone < field.Quiet:
		return Here
	case gone < field.Lost:
		return Quiet
	}
	return Long
}

// Shown is when what is shown was so.
func (h Hearing) Shown() time.Time {
	if h.AsOf.IsZero() {
		return h.Lost
	}
	return h.AsOf
}

// At is that moment in words: the time, with its day when that is another.
func (h Hearing) At(now time.Time) string {
	at, today := queue.Local(h.Shown()), queue.Local(now)
	if at.Format(time.DateOnly) == today.Format(time.DateOnly) {
		return at.Format("15:04")
	}
	return at.Format("15:04 02/01")
}

// Seconds is the whole seconds of silence.
func (h Hearing) Seconds(now time.Time) int {
	if h.Lost.IsZero() {
		return 0
	}
	return max(0, int(now.Sub(h.Lost)/time.Second))
}
