package station

import (
	"context"

	"motcua/kiosk/board"
	"motcua/kiosk/voice"
)

// Board carries out what the hall display's presenter asks for: speaking.
type Board struct {
	speech chan voice.Announcement
	over   chan struct{}
}

// NewBoard makes the voice's side of a board. Run must be running for Do to
// come back.
func NewBoard() *Board {
	return &Board{speech: make(chan voice.Announcement), over: make(chan struct{}, 1)}
}

// Run is the voice of the room until ctx ends. The player's Notify is taken.
func (b *Board) Run(ctx context.Context, p *voice.Player) {
	p.Notify = func(_ voice.Announcement, s voice.Stage) {
		if s == voice.Speaking {
			return
		}
		select {
		case b.over <- struct{}{}:
		default: // nobody waits any more
		}
	}
	p.Run(ctx, b.speech)
}

// Do implements Loop.Do.
func (b *Board) Do(ctx context.Context, e board.Effect, send func(board.Intent)) {
	speak, ok := e.(board.Speak)
	if !ok {
		return
	}
	select { // what an abandoned reading left behind is not this one's end
	case <-b.over:
	default:
	}
	a := speak.Announcement
	select {
	case b.speech <- voice.Announcement{Ticket: a.Ticket, Counter: a.Counter, Kind: voice.Kind(a.Kind), Langs: a.Langs}:
	case <-ctx.Done():
		return
	}
	select {
	case <-b.over:
	case <-ctx.Done():
	}
	send(board.Spoken{})
}
