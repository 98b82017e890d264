package main

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"

	"fyne.io/fyne/v2"

	"motcua/kiosk/kit"
	"motcua/kiosk/view"
)

// drawn is called after each drawing, on the Fyne goroutine. For a test driver
// it writes where the buttons are now.
func (s *screen) drawn(root fyne.CanvasObject) {
	r, ok := root.(rooter)
	if s.targets == "" || !ok {
		return
	}
	raw, err := json.Marshal(r.Targets())
	if err != nil || bytes.Equal(raw, s.wrote) {
		return
	}
	part := s.targets + ".part"
	if err = os.WriteFile(part, raw, 0o600); err == nil {
		err = os.Rename(part, s.targets)
	}
	if err != nil {
		slog.Error("targets not written", "err", err)
		return
	}
	s.wrote = raw
}

// listen feeds the window's keys to the keyboard scanner; a kiosk has nothing
// else that is typed into.
func (s *screen) listen() {
	if s.keyboard == nil {
		return
	}
	keys := &strokes{keyboard: s.keyboard, typing: func() bool { return false }}
	take := func(k kit.Stroke) { keys.take(view.Stroke{Stroke: k, At: now()}) }
	s.window.Canvas().SetOnTypedRune(func(r rune) { take(kit.Stroke{Rune: r}) })
	s.window.Canvas().SetOnTypedKey(func(k *fyne.KeyEvent) { take(kit.Stroke{Key: k.Name}) })
}
