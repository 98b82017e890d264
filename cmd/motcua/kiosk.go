package main

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"motcua/kiosk/kit"
	"motcua/kiosk/scan"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/kiosk/view"
	"motcua/kiosk/voice"
)

// now is the app's clock.
func now() time.Time { return time.Now() }

// kioskRole is a citizens' kiosk.
type kioskRole struct {
	s    *screen
	view *view.Kiosk
	work *station.Kiosk
	loop station.Loop[session.State, session.Intent, session.Effect]
	// there: the office is heard; only Watch's goroutine uses it. back tells
	// learn that it came back.
	there bool
	back  chan struct{}
}

func (r *kioskRole) build(s *screen) {
	r.s, r.back = s, make(chan struct{}, 1)
	r.work = &station.Kiosk{
		Client: s.line.client, Caller: s.line.caller, Tickets: s.paper,
		Sounds: &station.Sounds{Sink: voice.NewSink(s.cfg.Sound)},
	}
	r.view = view.NewKiosk(s.look, s.texts, r.loop.Send)
	r.loop.Handle, r.loop.Do, r.loop.Now = session.Handle, r.work.Do, now
	r.loop.Tick, r.loop.Every = session.Tick{}, time.Second
	r.loop.Show = func(state session.State) {
		fyne.Do(func() {
			r.view.Render(state)
			s.drawn(r.view.Root())
		})
	}
	s.window.SetContent(r.view.Root())
	s.listen()
}

func (r *kioskRole) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	work.Go(func() { r.learn(ctx) })
	r.loop.Run(ctx, session.New(session.Config{
		Device: r.s.cfg.Device, Room: view.KioskRoom(r.s.panel),
		Features: []session.Feature{session.FeatureDossier, session.FeatureRating, session.FeatureProcedures},
	}, now()))
}

// learn asks the office what can be praised, each time the office comes back:
// until then a rating has its faces only.
func (r *kioskRole) learn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.back:
		}
		list, err := r.s.line.client.Criteria(ctx)
		if err != nil {
			slog.Warn("no criteria for ratings", "err", err)
			continue
		}
		r.loop.Send(session.CriteriaCame{List: list})
	}
}

func (r *kioskRole) seen(seen station.Seen) {
	r.loop.Send(session.OfficeChanged{State: seen.State, Hearing: seen.Hearing})
	there := seen.Lost.IsZero()
	if there && !r.there {
		select {
		case r.back <- struct{}{}:
		default: // it is asking already
		}
	}
	r.there = there
}

// scanned passes a scan on without what a citizen card says: of that the
// presenter knows a handle, and the personal number alone stays with the runner.
func (r *kioskRole) scanned(e scan.Event) {
	kinds := map[scan.Kind]session.ScanKind{
		scan.TicketCode: session.ScanTicket, scan.DossierCode: session.ScanDossier, scan.CitizenCard: session.ScanCard,
		scan.AppointmentCode: session.ScanAppointment,
	}
	s := session.Scanned{Kind: kinds[e.Kind], Code: e.Code}
	if e.Kind == scan.CitizenCard {
		s.Card = r.work.Card(e.Card.Number)
	}
	r.loop.Send(s)
}

func (r *kioskRole) devices(d devices) {
	r.loop.Send(session.DevicesChanged{
		PrinterDown: d.printer == nil || !d.printer.Ready(), ScannerDown: scannerFault(d.scanners) != nil,
	})
}

// scannerFault is what is wrong with the first scanner that does not work.
func scannerFault(sources []scan.Source) error {
	for _, s := range sources {
		if fault := s.Fault(); fault != nil {
			return fault
		}
	}
	return nil
}

// rooter is a view's root.
type rooter interface{ Targets() []kit.Target }
