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
)

// counterRole is an officer's counter.
type counterRole struct {
	s    *screen
	view *view.Counter
	loop station.Loop[desk.State, desk.Intent, desk.Effect]
}

func (r *counterRole) build(s *screen) {
	r.s = s
	work := &station.Counter{Client: s.client, Caller: s.caller, Receipts: s.paper}
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
		keys := &strokes{keyboard: s.keyboard, giveBack: r.view.TypeBack}
		r.view.OnKeyStroke = keys.take
	}
}

func (r *counterRole) run(ctx context.Context) {
	r.loop.Run(ctx, desk.New(r.s.cfg.Counter, "vi", now()))
}

func (r *counterRole) seen(seen station.Seen) {
	link := desk.Link{Office: seen.Lost.IsZero(), OfficeSince: seen.Lost}
	if l := seen.Link; l != nil {
		link.City, link.CityUp, link.SyncedAt = true, l.Up, l.SyncedAt
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

// strokes tells a scanner that types from a person who types. Every key is
// held back for a moment; a burst that turns out to be no scan goes to the
// field after all, so that nothing of a scan ever lands in a field and nothing
// typed is lost. Fyne goroutine only.
type strokes struct {
	keyboard *scan.Keyboard
	giveBack func([]view.Stroke)
	held     []view.Stroke
	scanning bool
	taken    int // keys so far: a timer of an earlier key is void
}

const (
	// hesitate is how long a key may be held back: longer than a scanner's
	// gap, shorter than anybody notices.
	hesitate = 40 * time.Millisecond
	// stalled: a timer that comes this much late was held up by drawing, and
	// keys may be waiting behind it.
	stalled = 25 * time.Millisecond
)

// take implements view.Counter.OnKeyStroke.
func (k *strokes) take(s view.Stroke) bool {
	k.taken++
	if s.Key == "" {
		k.scanning = k.keyboard.TypedRune(s.Rune) || k.scanning
		k.held = append(k.held, s)
		k.wait()
		return true
	}
	ended := k.keyboard.TypedKey(string(s.Key))
	if ended { // the scan's own Enter
		k.held, k.scanning = nil, false
		return true
	}
	if len(k.held) > 0 { // a named key in the middle of typing: keep the order
		k.held = append(k.held, s)
		k.flush()
		return true
	}
	return false
}

// wait gives the keys back when no other follows in time.
func (k *strokes) wait() {
	n, due := k.taken, time.Now().Add(hesitate)
	time.AfterFunc(hesitate, func() {
		fyne.Do(func() {
			switch {
			case n != k.taken:
			case time.Since(due) > stalled:
				k.wait()
			default:
				k.flush()
			}
		})
	})
}

// flush ends a burst: what was typed goes where it was meant to, what was
// scanned without an Enter is the keyboard's.
func (k *strokes) flush() {
	held, scanned := k.held, k.scanning && len(k.held) >= shortestScan
	k.held, k.scanning = nil, false
	if !scanned && len(held) > 0 {
		k.giveBack(held)
	}
}

// shortestScan is the shortest burst without Enter that counts as a scan; the
// longest Vietnamese syllable that an input method commits at once has seven
// letters.
const shortestScan = 8
