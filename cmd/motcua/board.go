package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"motcua/kiosk/board"
	"motcua/kiosk/scan"
	"motcua/kiosk/station"
	"motcua/kiosk/view"
	"motcua/kiosk/voice"
)

// boardRole is a hall display with the voice of the room.
type boardRole struct {
	s    *screen
	view *view.Board
	loop station.Loop[board.State, board.Intent, board.Effect]
	work *station.Board
}

func (r *boardRole) build(s *screen) {
	r.s, r.work = s, station.NewBoard()
	r.view = view.NewBoard(s.look, s.texts)
	r.loop.Handle, r.loop.Do, r.loop.Now = board.Handle, r.work.Do, now
	r.loop.Tick, r.loop.Every = board.Tick{}, time.Second
	r.loop.Show = func(state board.State) {
		fyne.Do(func() {
			r.view.Render(state.Picture())
			s.drawn(r.view.Root())
		})
	}
	s.window.SetContent(r.view.Root())
}

func (r *boardRole) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	library, err := voice.Load(nil)
	if err != nil {
		slog.Error("the voice is silent", "err", err)
	}
	options := board.Options{Both: true, English: board.EnglishTicket, Silent: library == nil || r.s.cfg.Sound == "none"}
	if library != nil {
		player := &voice.Player{Library: library, Sink: voice.NewSink(r.s.cfg.Sound)}
		work.Go(func() { r.work.Run(ctx, player) })
	}
	r.loop.Run(ctx, board.New(options, now()))
}

func (r *boardRole) seen(seen station.Seen) {
	r.loop.Send(board.OfficeChanged{State: seen.State, Hearing: seen.Hearing})
}

func (r *boardRole) scanned(scan.Event) {}
func (r *boardRole) devices(devices)    {}
