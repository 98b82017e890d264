package main

import (
	"context"
	"time"

	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/scan"
	"motcua/kiosk/station"
	"motcua/kiosk/view"
	"motcua/printer/spool"
	"motcua/queue/office"
)

// counterRole is an officer's counter.
type counterRole struct {
	s    *screen
	view *view.Counter
	loop station.Loop[desk.State, desk.Intent, desk.Effect]
}

func (r *counterRole) build(s *screen) {
	r.s = s
	work := &station.Counter{Client: s.line.client, Caller: s.line.caller, Receipts: s.paper}
	if base := s.cfg.Standby; base != "" {
		work.Promote = func(ctx context.Context, officer, reason string) error {
			return office.PromoteAt(ctx, base, office.Promotion{Officer: officer, Reason: reason})
		}
	}
	r.view = view.NewCounter(s.look, s.texts, now, r.loop.Send)
	r.loop.Handle, r.loop.Do, r.loop.Now = desk.Handle, work.Do, now
	r.loop.Tick, r.loop.Every = desk.Tick{}, time.Second
	r.loop.Show = func(state desk.State) {
		fyne.Do(func() {
			r.view.Render(state)
			s.drawn(r.view.Root())
		})
	}
	s.window.SetContent(r.view.Root())
	r.view.Attach(s.window.Canvas())
	if s.keyboard != nil {
		keys := &strokes{
			keyboard: s.keyboard, giveBack: r.view.TypeBack,
			typing: func() bool { return s.window.Canvas().Focused() != nil },
		}
		r.view.OnKeyStroke = func(k view.Stroke) bool { return keys.take(k) }
	}
}

func (r *counterRole) run(ctx context.Context) {
	state := desk.New(r.s.cfg.Counter, "vi", now())
	state.Standby = r.s.cfg.Standby != ""
	r.loop.Run(ctx, state)
}

func (r *counterRole) seen(seen station.Seen) {
	link := desk.Link{Office: seen.State != nil || seen.Lost.IsZero(), Hearing: seen.Hearing}
	if l := seen.Link; l != nil {
		link.City, link.CityUp, link.SyncedAt = true, l.Up, l.SyncedAt
		link.Trouble = l.Trouble
		link.Pending = l.Latest - min(l.Acked, l.Latest)
	}
	if seen.State != nil {
		r.loop.Send(desk.OfficeChanged{State: seen.State})
	}
	r.loop.Send(desk.LinkChanged{Link: link})
}

func (r *counterRole) scanned(e scan.Event) {
	s := desk.Scan{Code: e.Code}
	switch e.Kind {
	case scan.TicketCode:
		s.Kind = desk.ScanTicket
	case scan.DossierCode:
		s.Kind = desk.ScanDossier
	case scan.CitizenCard:
		s.Kind = desk.ScanCard
		s.Card = desk.CitizenCard{Number: e.Card.Number, Name: e.Card.Name, Address: e.Card.Address}
	}
	r.loop.Send(desk.Scanned{Scan: s})
}

func (r *counterRole) devices(d devices) {
	scanner := "ready"
	if scannerFault(d.scanners) != nil {
		scanner = "missing"
	}
	r.loop.Send(desk.DevicesChanged{Devices: desk.Devices{Scanner: scanner, Printer: printerCode(r.s.cfg.Printer, d.printer)}})
}

// printerCode puts a printer's state into the desk's words; the person who
// reads them can change paper, close a cover or switch it on.
func printerCode(address string, s *spool.Status) string {
	switch {
	case address == "":
		return "missing"
	case s == nil:
		return ""
	case s.PaperOut:
		return "paper-out"
	case s.CoverOpen:
		return "cover-open"
	case !s.Ready():
		return "offline"
	case s.PaperLow:
		return "paper-low"
	}
	return "ready"
}
