package voice_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/voice"
	"motcua/queue/health"

	"github.com/google/go-cmp/cmp"
)

// room is a sink that takes as long as its sounds, and can be broken.
type room struct {
	mu     sync.Mutex
	broken error // mu guards all
	heard  []time.Duration
	tries  int
}

func (r *room) repair() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.broken = nil
}

func (r *room) tried() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.tries
}

func (r *room) Play(ctx context.Context, s voice.Sound) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tries++
	if r.broken != nil {
		return r.broken
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(s.Duration()):
	}
	r.heard = append(r.heard, s.Duration())
	return nil
}

// stage runs a player in a bubble and collects what it reports.
func stage(t *testing.T, sink voice.Sink, body func(p *voice.Player, in chan<- voice.Announcement, log *[]string)) {
	t.Helper()
	l := library(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		var log []string
		p := &voice.Player{Library: l, Sink: sink, Log: slog.New(slog.DiscardHandler)}
		p.Notify = func(a voice.Announcement, s voice.Stage) { log = append(log, fmt.Sprintf("%s %s", a.Ticket, s)) }
		in, done := make(chan voice.Announcement), make(chan struct{})
		go func() { defer close(done); p.Run(ctx, in) }()
		body(p, in, &log)
		cancel()
		<-done
	})
}

// pass lets time go by in the bubble, and the player come to rest.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func call(ticket string) voice.Announcement {
	return voice.Announcement{Ticket: ticket, Counter: "3", Kind: voice.First, Langs: []string{"vi"}}
}

// Two calls within one second are both spoken whole, in order.
func TestScenario16_TwoCallsAreSpokenWholeInOrder(t *testing.T) {
	r := &room{}
	stage(t, r, func(_ *voice.Player, in chan<- voice.Announcement, log *[]string) {
		start := time.Now()
		in <- call("A012")
		in <- call("K003") // taken only when the first is over
		if d := time.Since(start); d < 4*time.Second {
			t.Errorf("the second call began after %v", d)
		}
		synctest.Wait()
		pass(10 * time.Second)
		want := []string{"A012 speaking", "A012 spoken", "K003 speaking", "K003 spoken"}
		if diff := cmp.Diff(want, *log); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
	if len(r.heard) != 2 {
		t.Errorf("%d sounds were heard", len(r.heard))
	}
}

func TestABrokenDeviceMakesTheRoomVisualOnlyAndIsTriedAgain(t *testing.T) {
	r := &room{broken: errors.New("no such card")}
	stage(t, r, func(p *voice.Player, in chan<- voice.Announcement, log *[]string) {
		start := time.Now()
		in <- call("A001")
		in <- call("A002") // let through at once
		in <- call("A003")
		if d := time.Since(start); d > time.Second {
			t.Errorf("three calls on a dead device took %v", d)
		}
		synctest.Wait()
		if c := p.Status().Check(); c.Level != health.Warn || c.Args["since"] == "" {
			t.Errorf("the check says %+v", c)
		}
		if s := p.Status(); !s.VisualOnly || s.Err == nil || s.Since.IsZero() {
			t.Errorf("status is %+v", s)
		}
		if r.tried() != 3 {
			t.Errorf("the device was tried %d times, want 3", r.tried())
		}
		pass(61 * time.Second)
		if !p.Status().VisualOnly || r.tried() != 4 {
			t.Errorf("after a minute: %+v after %d tries", p.Status(), r.tried())
		}
		r.repair()
		pass(61 * time.Second)
		if s := p.Status(); s.VisualOnly || s.Err != nil || s.Check().Level != health.OK {
			t.Errorf("the device works, the status is %+v", s)
		}
		in <- call("A004")
		pass(10 * time.Second)
		want := []string{
			"A001 speaking", "A001 silent", "A002 silent", "A003 silent", "A004 speaking", "A004 spoken",
		}
		if diff := cmp.Diff(want, *log); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestAHungDeviceIsGivenUpAtOnce(t *testing.T) {
	r := &room{broken: fmt.Errorf("play: %w", voice.ErrHung)}
	stage(t, r, func(p *voice.Player, in chan<- voice.Announcement, _ *[]string) {
		in <- call("A001")
		synctest.Wait()
		if r.tried() != 1 || !p.Status().VisualOnly {
			t.Errorf("%d tries, status %+v", r.tried(), p.Status())
		}
	})
}

func TestOneBadAttemptIsNotHeard(t *testing.T) {
	r := &flaky{fails: 2}
	stage(t, r, func(p *voice.Player, in chan<- voice.Announcement, log *[]string) {
		in <- call("A001")
		pass(10 * time.Second)
		if diff := cmp.Diff([]string{"A001 speaking", "A001 spoken"}, *log); diff != "" || p.Status().VisualOnly {
			t.Errorf("status %+v (-want +got):\n%s", p.Status(), diff)
		}
	})
}

type flaky struct{ fails int }

func (f *flaky) Play(context.Context, voice.Sound) error {
	if f.fails--; f.fails >= 0 {
		return errors.New("device busy")
	}
	return nil
}

func TestNonsenseIsSkippedWithoutBlamingTheDevice(t *testing.T) {
	r := &room{}
	stage(t, r, func(p *voice.Player, in chan<- voice.Announcement, log *[]string) {
		in <- voice.Announcement{Ticket: "??", Kind: voice.First}
		in <- voice.Announcement{Ticket: "A001", Kind: voice.Second} // no words
		synctest.Wait()
		if diff := cmp.Diff([]string{"?? silent", "A001 spoken"}, *log); diff != "" || p.Status().VisualOnly || r.tried() != 0 {
			t.Errorf("status %+v, %d tries (-want +got):\n%s", p.Status(), r.tried(), diff)
		}
	})
}

func TestClosingTheChannelEndsThePlayer(t *testing.T) {
	l := library(t)
	synctest.Test(t, func(t *testing.T) {
		in := make(chan voice.Announcement)
		close(in)
		(&voice.Player{Library: l, Sink: voice.NullSink{}}).Run(t.Context(), in)
	})
}
