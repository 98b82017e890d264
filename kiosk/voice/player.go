package voice

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"motcua/queue/health"
)

// How a broken device is met.
const (
	attempts   = 3                      // per announcement, then visual-only
	pauseRetry = 100 * time.Millisecond // between them
	retryEvery = time.Minute            // while visual-only
)

// Stage is a moment in the life of an announcement in the player.
type Stage string

// Stages. Every announcement that the player takes ends as Spoken or Silent.
const (
	Speaking Stage = "speaking" // begins now; signage mutes its film
	Spoken   Stage = "spoken"   // was said whole
	Silent   Stage = "silent"   // could not be said; the screen alone calls
)

// Status is the condition of the loudspeaker, for a health check and the
// administrator's red flag.
type Status struct {
	// VisualOnly: the device failed; the screens go on alone and the device
	// is tried again every minute.
	VisualOnly bool
	Since      time.Time // of VisualOnly
	Err        error     // the last failure; nil once it worked again
}

// Check is the condition as a health check named "voice".
func (s Status) Check() health.Check {
	if s.VisualOnly {
		return health.Of("voice", health.Warn, "silent", "since", s.Since.Format("15:04 02/01"))
	}
	return health.Of("voice", health.OK, "ok")
}

// Player is the one voice of a room. Fill Library and Sink before Run.
type Player struct {
	Library *Library
	Sink    Sink
	// Notify, when set, is told each stage on the player's goroutine. It must
	// not block.
	Notify func(Announcement, Stage)
	Log    *slog.Logger // nil means slog.Default

	mu     sync.Mutex
	status Status // mu guards it
}

// Status returns the present condition; it may be called from anywhere.
func (p *Player) Status() Status {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status
}

// Run says what comes in, in order, each announcement whole, until ctx ends or
// in is closed. It is the player's only goroutine. Leave in unbuffered: a send
// succeeds when the room is quiet, so the sender chooses the next announcement
// as late as possible.
//
// A failing device costs the announcement in hand three quick attempts (one
// when it hangs); from then on announcements are let through unsaid, without
// waiting, until a retry works.
func (p *Player) Run(ctx context.Context, in <-chan Announcement) {
	retry := time.NewTicker(retryEvery)
	defer retry.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case a, open := <-in:
			if !open {
				return
			}
			p.notify(a, p.say(ctx, a))
		case <-retry.C:
			if p.Status().VisualOnly {
				p.probe(ctx)
			}
		}
	}
}

// say is one announcement from words to the end of its sound.
func (p *Player) say(ctx context.Context, a Announcement) Stage {
	steps, err := Compose(a)
	var sound Sound
	if err == nil {
		sound, err = p.Library.Render(steps)
	}
	if err != nil {
		p.log().Error("announcement cannot be said", "ticket", a.Ticket, "counter", a.Counter, "err", err)
		return Silent
	}
	if len(sound) == 0 { // a second reading without words
		return Spoken
	}
	if p.Status().VisualOnly {
		return Silent
	}
	p.notify(a, Speaking)
	if err := p.play(ctx, sound.Gain(a.Gain)); err != nil {
		return Silent
	}
	return Spoken
}

// play tries a sound until it was heard, the device is given up or ctx ends.
func (p *Player) play(ctx context.Context, s Sound) error {
	var err error
	for i := range attempts {
		if i > 0 && !sleep(ctx, pauseRetry) {
			return ctx.Err()
		}
		err = p.Sink.Play(ctx, s)
		if err == nil || ctx.Err() != nil {
			return err
		}
		p.log().Warn("sound device failed", "attempt", i+1, "err", err)
		if errors.Is(err, ErrHung) {
			break
		}
	}
	p.broken(err)
	return err
}

// probe plays a moment of silence to see whether the device is back.
func (p *Player) probe(ctx context.Context) {
	if err := p.Sink.Play(ctx, make(Sound, samples(pauseRetry))); err != nil {
		if ctx.Err() == nil {
			p.broken(err)
		}
		return
	}
	p.mu.Lock()
	p.status = Status{}
	p.mu.Unlock()
	p.log().Info("sound device works again")
}

func (p *Player) broken(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.status.VisualOnly {
		p.status = Status{VisualOnly: true, Since: time.Now()}
		p.log().Error("sound device given up, calling on the screens only", "err", err)
	}
	p.status.Err = err
}

func (p *Player) notify(a Announcement, s Stage) {
	if p.Notify != nil {
		p.Notify(a, s)
	}
}

func (p *Player) log() *slog.Logger {
	if p.Log != nil {
		return p.Log
	}
	return slog.Default()
}

// sleep waits, or reports false when ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
