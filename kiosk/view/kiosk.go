package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/i18n"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// Measures of the kiosk's screens, in millimetres of the design.
const (
	kioskEdge = 14 // margin at the sides, upright
	kioskGap  = 6  // between things
)

// Kiosk is the citizens' screen: it draws a session.State and emits
// session.Intents. Every screen is built once and shown or hidden; it stands
// upright or lies on its side as the panel does. Everything is for the Fyne
// goroutine only.
type Kiosk struct {
	look  *kit.Look
	texts *i18n.Texts
	emit  func(session.Intent)
	root  *kit.Root
	lang  string
	large bool
	wide  bool // the panel lies on its side
	low   bool // and has few lines

	head    *kioskHead
	foot    *kioskFoot
	pager   *kioskPager
	screens map[session.Screen]kioskScreen
	last    session.State
	drawn   bool
}

// kioskScreen is one of the screens between head and foot.
type kioskScreen interface {
	box() fyne.CanvasObject
	render(s session.State)
}

// NewKiosk builds the screens. emit gets every intent, on the Fyne goroutine.
func NewKiosk(look *kit.Look, texts *i18n.Texts, emit func(session.Intent)) *Kiosk {
	k := &Kiosk{look: look, texts: texts, emit: emit, wide: look.Panel().Wide()}
	k.low = k.wide && look.Panel().Low()
	k.head, k.pager = newKioskHead(k), newKioskPager(k)
	k.foot = newKioskFoot(k) // holds the pager on a lying panel
	k.screens = map[session.Screen]kioskScreen{
		session.Home:       newKioskHome(k),
		session.Services:   newKioskServices(k),
		session.Count:      newKioskCount(k),
		session.Closing:    newKioskClosing(k),
		session.Ticket:     newKioskTicket(k),
		session.ScanPrompt: newKioskScan(k),
		session.Dossier:    newKioskDossier(k),
		session.Rating:     newKioskRating(k),
		session.Groups:     newKioskGroups(k),
		session.Procedures: newKioskProcedures(k),
		session.Procedure:  newKioskProcedure(k),
	}
	note := newKioskNote(k)
	for _, s := range []session.Screen{session.Thanks, session.Message, session.Working, session.StillThere} {
		k.screens[s] = note
	}
	stack := look.Stack(note.box())
	for _, v := range k.screens {
		v.box().Hide()
		if v != kioskScreen(note) {
			stack.Add(v.box())
		}
	}
	side, top := float32(kioskEdge), float32(10)
	if k.wide {
		side, top = 12, 5
	}
	body := look.Inset(top, side, 0, side, stack)
	foot := look.Inset(kioskGap, side, top*0.7+1, side, k.foot.box)
	k.root = look.Root(look.Column(0, k.head.box, kit.Grow(body), k.pagerBox(side), foot))
	return k
}

// KioskRoom is how much fits on a page of a panel, with standard and with
// large text: what session.Config.Room wants.
func KioskRoom(p kit.Panel) [2]session.Room {
	switch {
	case !p.Wide():
		return [2]session.Room{{Services: 8, Procedures: 5, Papers: 4}, {Services: 6, Procedures: 4, Papers: 2}}
	case p.Low():
		return [2]session.Room{{Services: 6, Procedures: 4, Papers: 2}, {Services: 4, Procedures: 2, Papers: 1}}
	}
	return [2]session.Room{{Services: 8, Procedures: 6, Papers: 4}, {Services: 6, Procedures: 4, Papers: 2}}
}

// Root is what the window holds.
func (k *Kiosk) Root() fyne.CanvasObject { return k.root }

// Render draws a state. The same state costs next to nothing.
func (k *Kiosk) Render(s session.State) {
	k.lang, k.large = s.Lang, s.Large
	k.last = s
	for screen, v := range k.screens {
		if screen != s.Screen && v != k.screens[s.Screen] {
			k.look.Show(v.box(), false)
		}
	}
	fill := kit.Paper
	switch s.Screen {
	case session.Ticket:
		fill = kit.GreenTint
		if t := s.Turn(); t.Tone != session.Good {
			fill = kit.AmberTint
		}
	case session.Thanks:
		fill = kit.GreenTint
	}
	k.root.SetFill(fill)
	k.head.render(s)
	k.foot.render(s)
	k.pager.render(s)
	k.screens[s.Screen].render(s)
	k.look.Show(k.screens[s.Screen].box(), true)
	k.root.Apply(kit.Mode{Contrast: s.Contrast, Large: s.Large})
	k.root.Settle()
}

// tap returns a handler that emits a touch.
func (k *Kiosk) tap(a session.Action, arg ...string) func() {
	in := session.Tap{Action: a}
	if len(arg) > 0 {
		in.Arg = arg[0]
	}
	return func() { k.emit(in) }
}

// t is a text in the visit's language.
func (k *Kiosk) t(key string, args ...string) string { return k.texts.Get(k.lang, key, args...) }

// say is a Say in the visit's language. A refusal that has no words of its own
// is said in general ones.
func (k *Kiosk) say(s session.Say) string {
	switch {
	case s.Key == "":
		return s.Raw
	case len(s.Key) > 8 && s.Key[:8] == "refusal." && !k.texts.Has(k.lang, s.Key):
		return k.t("refusal.unknown")
	}
	return k.t(s.Key, s.Args...)
}

// brief is say in fewer words, where there are any, on a panel with little room.
func (k *Kiosk) brief(s session.Say) string {
	if short := s.Key + ".short"; (k.low || k.large) && k.texts.Has(k.lang, short) {
		return k.t(short, s.Args...)
	}
	return k.say(s)
}

// cramped reports that neither width nor height is to be wasted.
func (k *Kiosk) cramped() bool { return k.low && k.large }

// lines picks a bound of lines: standard, with large text, on a low panel, and
// on a low panel with large text.
func (k *Kiosk) lines(standard, large, low, cramped int) int {
	switch {
	case k.cramped():
		return cramped
	case k.low:
		return low
	case k.large:
		return large
	}
	return standard
}

// fact fills a kit.Fact.
func (k *Kiosk) fact(to *kit.Fact, f session.Fact) { to.Set(k.say(f.Label), k.say(f.Value)) }

// title is the question of a screen; low panels have less room for it.
func (k *Kiosk) title() *kit.Text {
	size := kit.Title
	if k.low {
		size = kit.Strong
	}
	return k.look.Text(kit.Style{Size: size, Weight: kit.ExtraBold})
}

// hint is the quiet line under a title.
func (k *Kiosk) hint() *kit.Text {
	return k.look.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
}

// kioskTone is the kit's tone of a session's.
func kioskTone(t session.Tone) kit.Tone {
	return map[session.Tone]kit.Tone{session.Calm: kit.Calm, session.Good: kit.Good, session.Warn: kit.Warn, session.Bad: kit.Bad}[t]
}
