package station_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/station"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/office"
)

// count is a presenter that counts and asks for work at every third intent.
func count(n, in int, _ time.Time) (int, []int) {
	if n += in; n%3 == 0 {
		return n, []int{n}
	}
	return n, nil
}

func counting(do func(context.Context, int, func(int)), show func(int)) *station.Loop[int, int, int] {
	return &station.Loop[int, int, int]{Handle: count, Do: do, Show: show, Now: time.Now, Every: time.Second}
}

func TestLoopShowsEveryStateInOrder(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var shown []int
		ctx, cancel := context.WithCancel(t.Context())
		l := counting(func(_ context.Context, e int, send func(int)) { send(100) }, func(n int) { shown = append(shown, n) })
		l.Tick = 1
		go l.Run(ctx, 1)
		time.Sleep(2500 * time.Millisecond) // 1, then two ticks: 2, 3; the work adds 100
		cancel()
		synctest.Wait()
		if want := []int{1, 2, 3, 103}; len(shown) != 4 || [4]int(shown) != [4]int(want) {
			t.Errorf("shown %v, want %v", shown, want)
		}
	})
}

// TestLoopSendNeverBlocks: not before the loop runs, not while it is stuck.
func TestLoopSendNeverBlocks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		l := counting(func(context.Context, int, func(int)) {}, func(int) { <-stuck })
		for range 2000 {
			l.Send(0)
		}
		done := make(chan struct{})
		go func() { defer close(done); l.Run(ctx, 1) }()
		synctest.Wait()
		for range 2000 {
			l.Send(0)
		}
		cancel()
		close(stuck)
		<-done
		l.Send(0)
	})
}

// TestLoopEndsAfterItsEffects, which see that the end has come and may still
// send into nothing.
func TestLoopEndsAfterItsEffects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var ended atomic.Int32
		ctx, cancel := context.WithCancel(t.Context())
		l := counting(func(ctx context.Context, _ int, send func(int)) {
			<-ctx.Done()
			time.Sleep(time.Minute)
			for range 1000 {
				send(1)
			}
			ended.Add(1)
		}, func(int) {})
		for range 5 {
			l.Send(3)
		}
		done := make(chan struct{})
		go func() { defer close(done); l.Run(ctx, 0) }()
		synctest.Wait()
		cancel()
		<-done
		if n := ended.Load(); n != 5 {
			t.Errorf("Run returned after %d of 5 effects", n)
		}
	})
}

// scripted is an office whose stream a test plays.
type scripted struct {
	office.Client
	follow func(context.Context) (<-chan office.Update, error)
}

func (s scripted) Follow(ctx context.Context) (<-chan office.Update, error) { return s.follow(ctx) }

// TestWatchLosesAndFinds: the last copy stays, the loss is told once, and a new
// stream makes it good. Waits grow and stay short.
func TestWatchLosesAndFinds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var seen []station.Seen // of the watch's goroutine; read after synctest.Wait
		var tries atomic.Int32
		var there atomic.Value // the stream, when there is one
		there.Store((chan office.Update)(nil))
		client := scripted{follow: func(context.Context) (<-chan office.Update, error) {
			tries.Add(1)
			if up := there.Load().(chan office.Update); up != nil {
				return up, nil
			}
			return nil, errors.New("no route")
		}}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			station.Watch(ctx, client, time.Now, func(s station.Seen) { seen = append(seen, s) })
		}()
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(seen) != 1 || seen[0].State != nil || seen[0].Lost.IsZero() {
			t.Fatalf("before the office was there: %+v", seen)
		}
		if n := tries.Load(); n < 10 || n > 40 {
			t.Errorf("%d attempts in a minute", n)
		}
		up := make(chan office.Update)
		there.Store(up)
		state := queue.NewState()
		up <- office.Update{State: state}
		synctest.Wait()
		state.Config.Office = "changed by somebody else"
		up <- office.Update{Record: &chain.Record{Fact: chain.Fact{Type: "of-another-kind", V: 1, Data: []byte(`{}`)}, Seq: 1}}
		up <- office.Update{Link: &office.Link{Up: true}}
		synctest.Wait()
		if last := seen[len(seen)-1]; len(seen) != 3 || !last.Lost.IsZero() || last.State == nil || last.State.Config.Office != "" || !last.Link.Up {
			t.Fatalf("with the office: %d, %+v", len(seen), last)
		}
		there.Store((chan office.Update)(nil))
		close(up)
		time.Sleep(time.Minute)
		synctest.Wait()
		if last := seen[len(seen)-1]; len(seen) != 4 || last.Lost.IsZero() || last.State == nil {
			t.Fatalf("without the office: %d, %+v", len(seen), last)
		}
		up = make(chan office.Update)
		there.Store(up)
		up <- office.Update{State: queue.NewState()}
		synctest.Wait()
		if last := seen[len(seen)-1]; len(seen) != 5 || !last.Lost.IsZero() {
			t.Fatalf("with the office again: %d, %+v", len(seen), last)
		}
		cancel()
		close(up)
		<-done
	})
}

// TestWatchFollowsTheRecord: what it hands out is the office's own state, and
// nobody's reading is disturbed by what comes later.
func TestWatchFollowsTheRecord(t *testing.T) {
	t.Parallel()
	h := open(t)
	client := office.Local(h.Office)
	latest := make(chan station.Seen, 1000)
	follow(t, h.line(client, ""), func(s station.Seen) { latest <- s })
	first := <-latest
	kiosk := office.NewCaller(client, "kiosk-1")
	for range 20 {
		h.issue(t, kiosk, "dat-dai")
	}
	last := first
	for last.State.Seq < h.State().Seq {
		last = <-latest
	}
	if len(first.State.Tickets) != 0 || len(last.State.Tickets) != 20 {
		t.Errorf("the first copy has %d tickets, the last %d", len(first.State.Tickets), len(last.State.Tickets))
	}
}
