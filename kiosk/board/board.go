package board

import (
	"time"

	"motcua/kiosk/silent"
	"motcua/queue"
)

// English says when the voice also speaks English.
type English int

// Choices of English.
const (
	EnglishNever  English = iota
	EnglishTicket         // when the ticket was taken in English
	EnglishAlways
)

// Options are what an office sets about its hall. The zero value is Vietnamese
// on the screen, spoken twice.
type Options struct {
	// Both shows English under Vietnamese.
	Both bool
	// English is when the voice speaks English after Vietnamese.
	English English
	// Readings is how often a call is spoken, 1 to 3; 0 means 2.
	Readings int
	// Silent boards have no loudspeaker.
	Silent bool
	// Notice is a line of the office's own at the foot of the screen.
	Notice queue.Text
}

// State is everything the display depends on.
type State struct {
	Options Options
	Now     time.Time
	// Queue is the last snapshot, nil before the first. Whoever sends it must
	// not change it afterwards.
	Queue *queue.State
	silent.Hearing
	Voice Voice
	// speaking is since when the loudspeaker is busy, zero when it is not.
	speaking time.Time
}

// New returns a display that has heard nothing yet.
func New(o Options, now time.Time) State { return State{Options: o, Now: now} }

// An Intent is something that happened.
type Intent interface{ intent() }

type (
	// OfficeChanged brings a new snapshot, nil for none yet, and whether the
	// office is there.
	OfficeChanged struct {
		State *queue.State
		silent.Hearing
	}
	// Tick comes about once a second.
	Tick struct{}
	// Spoken: the announcement given last is over, said or not.
	Spoken struct{}
)

func (OfficeChanged) intent() {}
func (Tick) intent()          {}
func (Spoken) intent()        {}

// An Effect is work for the runner.
type Effect interface{ effect() }

// Speak gives the loudspeaker one announcement; the runner answers with Spoken
// when it is over. There is never a second one before that.
type Speak struct{ Announcement Announcement }

func (Speak) effect() {}

// mute is how long a loudspeaker may stay busy with one announcement; the
// longest takes 25 seconds.
const mute = time.Minute

// Handle is the whole behaviour of the board.
func Handle(s State, in Intent, now time.Time) (State, []Effect) {
	s.Now = now
	switch in := in.(type) {
	case OfficeChanged:
		if s.Hearing = in.Hearing; in.State != nil {
			s.Queue = in.State
			s.Voice = s.Voice.Hear(in.State)
		}
	case Spoken:
		s.speaking = time.Time{}
	}
	if s.Queue == nil || s.Options.Silent || !s.speaking.IsZero() && now.Sub(s.speaking) < mute {
		return s, nil
	}
	a, voice, ok := s.Voice.NextAnnouncement(s.Queue, s.Options, now)
	s.Voice, s.speaking = voice, time.Time{}
	if !ok {
		return s, nil
	}
	s.speaking = now
	return s, []Effect{Speak{a}}
}
