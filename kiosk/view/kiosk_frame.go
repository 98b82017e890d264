package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
	"motcua/kiosk/silent"
)

// kioskHead is the bar at the top: the way back or whose office it is, and the
// languages, each in its own name, on every screen in the same place.
type kioskHead struct {
	k            *Kiosk
	box          fyne.CanvasObject
	back         *kit.Button
	title        *kit.Text
	crest        *kit.Surface
	name, parent *kit.Text
	names        *fyne.Container
	langs        *kit.Segment
}

func newKioskHead(k *Kiosk) *kioskHead {
	l := k.look
	h := &kioskHead{k: k}
	h.back = l.Button(kit.OnBar, func() { k.emit(session.Tap{Action: h.way()}) })
	h.title = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.OnHeader, Lines: 1})
	h.crest = l.Surface(kit.Skin{Fill: kit.Gold, Radius: 40}, l.AtLeast(21, 21, l.Center(0, l.Pic("star", icons.Fill, kit.Header, 12.5))))
	h.name = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.OnHeader, Lines: 1})
	h.parent = l.Text(kit.Style{Size: kit.Body, Color: kit.OnHeader, Lines: 1})
	h.names = l.Column(-1, h.name, h.parent)
	h.langs = l.Segment([]string{"Tiếng Việt", "English"}, func(i int) {
		k.emit(session.Tap{Action: session.SetLang, Arg: []string{"vi", "en"}[i]})
	})
	side, pad := float32(kioskEdge), float32(7)
	if k.wide {
		side, pad = 12, 3.5
	}
	row := l.Row(5, h.back, h.crest, kit.Grow(l.Stack(l.Middle(h.names), l.Middle(h.title))), h.langs)
	h.box = l.Surface(kit.Skin{Fill: kit.Header}, l.Inset(pad, side, pad, side, row))
	return h
}

// way is where Back leads: a warning and a long question have only home.
func (h *kioskHead) way() session.Action {
	if s := h.k.last; s.Screen == session.Working {
		return session.GoHome
	}
	return session.GoBack
}

// kioskTitles are the short names of screens beside the way back.
var kioskTitles = map[session.Screen]string{
	session.Services: "kiosk.take-number", session.Count: "kiosk.take-number", session.Closing: "kiosk.take-number",
	session.Dossier: "kiosk.tile.dossier",
	session.Rating:  "kiosk.tile.rating", session.Groups: "kiosk.tile.procedures", session.Procedures: "kiosk.tile.procedures",
	session.Procedure: "kiosk.tile.procedures",
}

func (h *kioskHead) render(s session.State) {
	k := h.k
	back := false
	switch s.Screen {
	case session.Home, session.Ticket, session.Thanks, session.StillThere:
	case session.Working:
		back = s.Slow()
	default:
		back = true
	}
	roomy := k.wide || !s.Large
	key := kioskTitles[s.Screen]
	if s.Screen == session.ScanPrompt {
		key = "kiosk.tile." + string(s.ScanFor())
	}
	k.look.Show(h.back, back)
	k.look.Show(h.title, back && roomy && key != "")
	k.look.Show(h.crest, !back && roomy)
	k.look.Show(h.names, !back)
	k.look.Show(h.parent, roomy && !k.cramped())
	h.back.Set("arrow-left", k.t("kiosk.back"))
	if key != "" {
		h.title.Set(k.t(key))
	}
	name, parent := s.Office()
	h.name.Set(name)
	h.parent.Set(parent)
	h.langs.Set(map[string]int{"vi": 0, "en": 1}[s.Lang])
}

// kioskFoot is the row at the bottom: a person, larger text, contrast, on every
// screen in the same place; the clock and the offline line are quiet.
type kioskFoot struct {
	k                     *Kiosk
	box                   fyne.CanvasObject
	help, large, contrast *kit.Button
	clock                 *kit.Text
	away                  *kit.Banner // across an upright panel
	since                 *kit.Pill   // beside the clock on a lying one
}

func newKioskFoot(k *Kiosk) *kioskFoot {
	l := k.look
	f := &kioskFoot{k: k}
	f.help = l.Button(kit.Outline, k.tap(session.CallHelp))
	f.large = l.Button(kit.Outline, k.tap(session.ToggleLarge))
	f.contrast = l.Button(kit.Outline, k.tap(session.ToggleContrast))
	f.clock = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Align: fyne.TextAlignTrailing})
	f.away = l.Banner(kit.Warn, kit.Body, 8)
	f.since = l.Pill(kit.Body)
	f.away.Hide()
	f.since.Hide()
	buttons := l.Row(5, f.help, f.large, f.contrast, kit.Grow(f.clock))
	if k.wide {
		buttons = l.Row(5, f.help, f.large, f.contrast, kit.Spring(), k.pager.row, f.since, f.clock)
	}
	f.box = l.Column(5, f.away, buttons)
	return f
}

func (f *kioskFoot) render(s session.State) {
	k := f.k
	icon, label := s.HelpLabel()
	pics := !s.Large || k.wide && !k.low
	pic := func(name string) string {
		if pics {
			return name
		}
		return ""
	}
	kind := kit.Outline
	if s.Help == session.Asking || s.Help == session.Asked || s.Help == session.Coming {
		kind = kit.Accept
	}
	f.help.SetKind(kind)
	f.help.Set(pic(icon), k.say(label))
	f.large.Set(pic("text-aa"), k.t(map[bool]string{false: "kiosk.large", true: "kiosk.large.off"}[s.Large]))
	f.contrast.Set(pic("circle-half"), k.t(map[bool]string{false: "kiosk.contrast", true: "kiosk.contrast.off"}[s.Contrast]))
	f.clock.Set(s.Clock())
	k.look.Show(f.clock, pics)
	f.offline(s)
}

// offline shows the quiet line that says how old things are.
func (f *kioskFoot) offline(s session.State) {
	k := f.k
	away, short, level := s.Away()
	on := !away.Empty() && (s.Screen == session.Home || s.Screen == session.Dossier)
	k.look.Show(f.away, on && !k.wide)
	k.look.Show(f.since, on && k.wide && !k.cramped() && s.PageOf().Empty())
	if s.Large {
		away = short
	}
	if on {
		tone, icon := kit.Warn, "clock-countdown"
		ink, fill := tone.Colors()
		switch level {
		case silent.Here:
			tone, icon = kit.Calm, "cloud-arrow-up"
			ink, fill = tone.Colors()
		case silent.Long:
			icon, ink, fill = "cloud-slash", kit.OnGold, kit.Gold
		}
		f.away.Set(icon, k.say(away))
		f.away.Paint(ink, fill)
		f.since.Set(tone, map[silent.Level]string{silent.Here: "info", silent.Quiet: "clock", silent.Long: "warning"}[level], k.say(short))
		f.since.Paint(ink, fill)
	}
}

// kioskPager turns pages: above the foot on an upright panel, in it on a lying
// one.
type kioskPager struct {
	k          *Kiosk
	row        *fyne.Container
	prev, next *kit.Button
	where      *kit.Text
}

func newKioskPager(k *Kiosk) *kioskPager {
	l := k.look
	p := &kioskPager{k: k}
	p.prev = l.Button(kit.Outline, k.tap(session.PreviousPage))
	p.next = l.Button(kit.Outline, k.tap(session.NextPage))
	p.where = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Align: fyne.TextAlignCenter})
	if k.wide {
		p.row = l.Row(5, p.prev, p.where, p.next)
	} else {
		p.row = l.Row(5, p.prev, kit.Grow(p.where), p.next)
	}
	p.row.Hide()
	return p
}

// pagerBox is the pager's own line on an upright panel.
func (k *Kiosk) pagerBox(side float32) fyne.CanvasObject {
	if k.wide {
		none := k.look.Column(0)
		none.Hide()
		return none
	}
	return k.look.Inset(kioskGap, side, 0, side, k.pager.row)
}

func (p *kioskPager) render(s session.State) {
	k := p.k
	of := s.PageOf()
	on := s.Paged() && !of.Empty()
	k.look.Show(p.row, on)
	if !on {
		return
	}
	text := !s.Large && !k.low
	label := func(key string) string {
		if text {
			return k.t(key)
		}
		return ""
	}
	p.prev.Set("arrow-left", label("kiosk.previous"))
	p.next.Set("arrow-right", label("kiosk.next"))
	p.where.Set(k.say(of))
	if k.cramped() {
		p.where.Set(k.t("kiosk.page.short", of.Args...))
	}
	first, last := s.Page == 0, s.Page == s.Pages()-1
	p.prev.SetDisabled(first)
	p.next.SetDisabled(last)
}
