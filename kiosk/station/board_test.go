package station_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/board"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/kiosk/voice"
	"motcua/queue"
	"motcua/queue/office"
)

// loud takes as long as the sound lasts, as a loudspeaker does.
type loud struct {
	voice.Sink
	mu     sync.Mutex
	busy   bool          // mu guards
	spoken time.Duration // mu guards
	over   bool          // mu guards: two sounds at once
}

func (l *loud) Play(ctx context.Context, s voice.Sound) error {
	l.mu.Lock()
	l.over, l.busy = l.over || l.busy, true
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.busy = false
		l.spoken += s.Duration()
	}()
	select {
	case <-time.After(s.Duration()):
	case <-ctx.Done():
		return ctx.Err()
	}
	return l.Sink.Play(ctx, s)
}

// TestTwoCallsWithinASecondAreSeenAndHeard, in order and one after the other.
func TestTwoCallsWithinASecondAreSeenAndHeard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := open(t)
		client := office.Local(h.Office)
		speaker := &loud{Sink: &voice.FileSink{Path: filepath.Join(t.TempDir(), "hall.wav")}}
		d := h.display(t, client, speaker)
		kiosk := office.NewCaller(client, "kiosk-1")
		a, b := h.issue(t, kiosk, "ho-tich"), h.issue(t, kiosk, "ho-tich")
		for i, at := range []string{"1", "3"} {
			desk, officer := office.NewCaller(client, "counter-"+at), fmt.Sprint("cb0", i+1)
			for _, c := range []queue.Command{queue.OpenCounter{}, queue.CallNext{}} {
				if _, err := desk.Do(t.Context(), officer, at, c); err != nil {
					t.Fatal(err)
				}
			}
			time.Sleep(300 * time.Millisecond)
		}
		for i, want := range []struct{ ticket, counter, kind string }{
			{a.ID.Label(), "Quầy 1", "first"},
			{b.ID.Label(), "Quầy 3", "first"},
			{a.ID.Label(), "Quầy 1", "second"},
			{b.ID.Label(), "Quầy 3", "second"},
		} {
			if got := <-d.said; got.Ticket != want.ticket || got.Counter != want.counter || string(got.Kind) != want.kind {
				t.Errorf("announcement %d: %+v, want %+v", i+1, got, want)
			}
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if len(d.said) > 0 || speaker.over || speaker.spoken < 10*time.Second {
			t.Errorf("said too much (%d), at once (%v) or too little (%v)", len(d.said), speaker.over, speaker.spoken)
		}
		shown := d.state().Picture()
		rows := []board.Row{*shown.Big}
		for _, r := range append(rows, shown.Rows...) {
			if r.Ticket == a.ID.Label() && r.Counter.VI != "Quầy 1" || r.Ticket == b.ID.Label() && r.Counter.VI != "Quầy 3" {
				t.Errorf("the display says %+v", r)
			}
		}
		if shown.Big.Ticket != b.ID.Label() || len(shown.Rows) == 0 || shown.Rows[0].Ticket != a.ID.Label() {
			t.Errorf("the display shows %+v and %+v", shown.Big, shown.Rows)
		}
	})
}

// broken is a loudspeaker that fails.
type broken struct{}

func (broken) Play(context.Context, voice.Sound) error { return errors.New("no sound card") }

// TestBrokenLoudspeakerDoesNotStopTheBoard: every announcement ends, unsaid.
func TestBrokenLoudspeakerDoesNotStopTheBoard(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		work, ctx := station.NewBoard(), t.Context()
		library, err := voice.Load(nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(ctx)
		var running sync.WaitGroup
		running.Go(func() { work.Run(ctx, &voice.Player{Library: library, Sink: broken{}}) })
		for n := range 5 {
			answers := 0
			work.Do(ctx, board.Speak{Announcement: board.Announcement{
				Ticket: fmt.Sprintf("A%03d", n), Counter: "Quầy 1", Kind: board.First, Langs: []string{"vi"},
			}}, func(in board.Intent) {
				if _, ok := in.(board.Spoken); ok {
					answers++
				}
			})
			if answers != 1 {
				t.Errorf("announcement %d: %d ends", n, answers)
			}
		}
		cancel()
		running.Wait()
		work.Do(ctx, board.Speak{}, func(board.Intent) {}) // comes back although nobody speaks any more
	})
}

// ear notes what it plays and takes its time.
type ear struct {
	mu    sync.Mutex
	heard []time.Duration // mu guards
}

func (e *ear) Play(_ context.Context, s voice.Sound) error {
	time.Sleep(s.Duration())
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard = append(e.heard, s.Duration())
	return nil
}

// TestNewsIsHeardAfterTheClick: the click of the touch does not swallow the
// sound of what came of it; clicks among themselves do.
func TestNewsIsHeardAfterTheClick(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		e := &ear{}
		s := &station.Sounds{Sink: e}
		var playing sync.WaitGroup
		for _, sound := range []session.Sound{session.Click, session.Click, session.Problem, session.Click} {
			playing.Go(func() { s.Play(t.Context(), sound) })
			time.Sleep(5 * time.Millisecond)
		}
		playing.Wait()
		if len(e.heard) != 2 || e.heard[0] >= e.heard[1] {
			t.Errorf("heard sounds of %v, want a click and then the problem", e.heard)
		}
		var silent *station.Sounds
		silent.Play(t.Context(), session.Alert)
	})
}
