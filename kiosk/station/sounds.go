package station

import (
	"context"
	"math"
	"sync"
	"time"

	"motcua/kiosk/session"
	"motcua/kiosk/voice"
)

// Sounds plays the kiosk's short sounds. They are computed, not recorded:
// nobody's licence, and never a missing file. A nil Sounds is silent.
type Sounds struct {
	Sink voice.Sink

	once sync.Once
	turn chan struct{} // holds a token while a sound is playing
}

// beep is a tone of a pitch in hertz.
type beep struct {
	hertz float64
	lasts time.Duration
}

// tunes are rising for good news and falling for bad, so that they can be told
// apart without the screen.
func tunes(s session.Sound) []beep {
	switch s {
	case session.Click:
		return []beep{{1320, 30 * time.Millisecond}}
	case session.Success:
		return []beep{{880, 90 * time.Millisecond}, {1318, 140 * time.Millisecond}}
	case session.Problem:
		return []beep{{440, 160 * time.Millisecond}, {330, 220 * time.Millisecond}}
	case session.Alert:
		return []beep{{988, 120 * time.Millisecond}, {0, 80 * time.Millisecond}, {988, 120 * time.Millisecond}}
	}
	return nil
}

// Play plays a sound and returns when it is over. A click that would have to
// wait for another sound is dropped, late clicks only confuse; news waits for
// the click before it.
func (s *Sounds) Play(ctx context.Context, sound session.Sound) {
	if s == nil {
		return
	}
	s.once.Do(func() { s.turn = make(chan struct{}, 1) })
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	select {
	case s.turn <- struct{}{}:
	default:
		if sound == session.Click {
			return
		}
		select {
		case s.turn <- struct{}{}:
		case <-ctx.Done():
			return
		}
	}
	defer func() { <-s.turn }()
	note("play sound", s.Sink.Play(ctx, synthesize(tunes(sound))))
}

// longest bounds a sound and its waiting, also on a loudspeaker that hangs.
const longest = 3 * time.Second

// synthesize turns tones into samples with soft edges.
func synthesize(beeps []beep) voice.Sound {
	const loud, edge = 0.25 * math.MaxInt16, 0.005 * voice.Rate
	var all voice.Sound
	for _, b := range beeps {
		n := int(b.lasts.Seconds() * voice.Rate)
		for i := range n {
			fade := min(1, float64(i)/edge, float64(n-i)/edge)
			all = append(all, int16(loud*fade*math.Sin(2*math.Pi*b.hertz*float64(i)/voice.Rate)))
		}
	}
	return all
}
