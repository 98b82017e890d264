package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"motcua/assets/i18n"
	"motcua/cmd/internal/config"
	"motcua/kiosk/kit"
	"motcua/kiosk/scan"
	"motcua/kiosk/station"
	"motcua/printer/spool"
)

// role is what differs between a kiosk, a counter and a board. All methods but
// build are called from goroutines other than Fyne's.
type role interface {
	// build makes the view in the window, on the Fyne goroutine.
	build(s *screen)
	// run runs the presenter until ctx ends.
	run(ctx context.Context)
	// seen, scanned and devices pass on what happened.
	seen(station.Seen)
	scanned(scan.Event)
	devices(d devices)
}

// devices is how a station's machines are.
type devices struct {
	printer  *spool.Status // nil: there is none
	scanners []scan.Source
}

// screen is one window of the app with everything behind it.
type screen struct {
	cfg     config.Config
	texts   *i18n.Texts
	line    line
	window  fyne.Window
	targets string

	panel    kit.Panel
	look     *kit.Look
	paper    *station.Paper
	sources  []scan.Source
	keyboard *scan.Keyboard
	role     role

	mu      sync.Mutex
	printer *spool.Status // mu guards
	wrote   []byte        // the targets file; Fyne goroutine only
}

// open prepares the window; the Fyne loop has not begun yet.
func (s *screen) open(join joiner) (err error) {
	s.panel = kit.Panel{
		WidthMM: s.cfg.Panel.WidthMM, HeightMM: s.cfg.Panel.HeightMM,
		PxW: float32(s.cfg.Panel.Width), PxH: float32(s.cfg.Panel.Height),
	}
	if err := s.panel.Check(); err != nil {
		return err
	}
	own := filepath.Join(s.cfg.Data, s.cfg.Device)
	if err := os.MkdirAll(own, 0o700); err != nil {
		return fmt.Errorf("make its folder: %w", err)
	}
	if s.cfg.Printer != "" {
		paper, err := station.NewPaper(station.PaperConfig{
			Address: s.cfg.Printer, Profile: s.cfg.PrinterProfile, Dir: own, Texts: s.texts, Changed: s.printerChanged,
		})
		if err != nil {
			return err
		}
		s.paper = paper
	}
	for _, address := range s.cfg.Scanners {
		source, err := scan.Open(address)
		if err != nil {
			return fmt.Errorf("scanner %q: %w", address, err)
		}
		if k, ok := source.(*scan.Keyboard); ok {
			s.keyboard = k
		}
		s.sources = append(s.sources, source)
	}
	if s.line, err = join(s.cfg); err != nil {
		return err
	}
	density := kit.Kiosk
	switch s.cfg.Role {
	case config.Counter:
		density, s.role = kit.Desk, &counterRole{}
	case config.Board:
		density, s.role = kit.Hall, &boardRole{}
	default:
		s.role = &kioskRole{}
	}
	s.look = kit.NewLook(s.panel, density)
	s.role.build(s)
	s.window.SetPadded(false)
	s.window.Resize(fyne.NewSize(s.panel.PxW, s.panel.PxH))
	s.window.SetFullScreen(s.cfg.Show == config.Full)
	return s.show()
}

// show shows the window. GLFW panics when there is no display to show it on.
func (s *screen) show() (err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("no window on display %q (run it in the machine's graphical session): %v", os.Getenv("DISPLAY"), fault)
		}
	}()
	s.window.Show()
	return nil
}

// run is everything of the station that is not drawing, until ctx ends.
func (s *screen) run(ctx context.Context) {
	var work sync.WaitGroup
	if s.paper != nil {
		work.Go(func() { s.paper.Run(ctx) })
	}
	for _, source := range s.sources {
		work.Go(func() {
			if err := source.Run(ctx, s.role.scanned); err != nil && ctx.Err() == nil {
				slog.Error("scanner ended", "err", err)
			}
		})
	}
	work.Go(func() { s.line.run(ctx) })
	work.Go(func() { s.line.watch(ctx, s.changed) })
	work.Go(func() { s.watchDevices(ctx) })
	s.role.run(ctx)
	work.Wait()
}

// changed passes a change of the office on.
func (s *screen) changed(seen station.Seen) {
	if seen.State != nil {
		s.paper.Configure(seen.State.Config)
	}
	s.role.seen(seen)
}

func (s *screen) printerChanged(status spool.Status) {
	s.mu.Lock()
	s.printer = &status
	s.mu.Unlock()
	s.tellDevices()
}

// watchDevices tells how the devices are, again and again: a scanner that was
// pulled out says nothing by itself.
func (s *screen) watchDevices(ctx context.Context) {
	every := time.NewTicker(5 * time.Second)
	defer every.Stop()
	for {
		s.tellDevices()
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
	}
}

func (s *screen) tellDevices() {
	s.mu.Lock()
	d := devices{printer: s.printer, scanners: s.sources}
	s.mu.Unlock()
	s.role.devices(d)
}
