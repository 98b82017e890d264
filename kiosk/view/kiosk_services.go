package view

import (
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskLines is the most services on a page of any panel.
const kioskLines = 8

// kioskServices is the second touch: which line to stand in.
type kioskServices struct {
	k           *Kiosk
	body        fyne.CanvasObject
	title, hint *kit.Text
	lines       []*kioskLine
	priority    *kit.Press
	mine, who   *kit.Text
	on          *kit.Switch
	many        *kit.Button
	idle        *kit.Text
}

type kioskLine struct {
	press        *kit.Press
	icon         *kit.Icon
	badge        *kit.Surface
	name, hint   *kit.Text
	wait, people *kit.Text // at the right
	right        *fyne.Container
	below        *kit.Text // the same two under the name
	tap          session.Tap
	dense        bool // many lines on the page
}

func newKioskServices(k *Kiosk) *kioskServices {
	l := k.look
	v := &kioskServices{k: k, title: k.title(), hint: k.hint()}
	cols := 1
	if k.wide {
		cols = 2
	}
	grid := l.Grid(kit.Cols(cols), 5, 44)
	for range kioskLines {
		n := newKioskLine(k)
		v.lines = append(v.lines, n)
		grid.Add(n.press)
	}
	v.mine = l.Text(kit.Style{Size: kit.Lead, Weight: kit.Bold})
	if k.low {
		v.mine.SetSize(kit.Body, 0)
	}
	v.who = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	v.on = l.Switch()
	pad := float32(5)
	if k.low {
		pad = 2
	}
	v.priority = l.Press(kit.Skin{Fill: kit.GoldTint, Stroke: kit.GoldEdge, Radius: kit.RadiusCard},
		l.AtLeast(20, 20, l.Middle(l.Inset(pad, 8, pad, 8, l.Row(6, kit.Grow(l.Column(0, v.mine, v.who)), v.on)))), k.tap(session.TogglePriority))
	v.many = l.Button(kit.Outline, k.tap(session.ToggleMany))
	v.idle = l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2})
	head := l.Column(0, v.title, v.hint)
	if k.low {
		v.body = l.Column(5, l.Row(5, kit.Grow(head), kit.Share(1.7, v.priority), v.many), kit.Grow(grid))
		return v
	}
	if k.wide {
		v.body = l.Column(5, l.Row(8, kit.Grow(head), kit.Grow(v.priority), v.many), kit.Grow(grid))
		return v
	}
	v.body = l.Column(kioskGap, head, kit.Grow(grid), l.Row(5, kit.Grow(v.priority), v.many), v.idle)
	return v
}

func newKioskLine(k *Kiosk) *kioskLine {
	l := k.look
	n := &kioskLine{}
	n.icon = l.Pic("", icons.Duotone, kit.Blue, 15)
	n.badge = l.Badge(n.icon, 21)
	size := kit.Strong
	if k.low {
		size = kit.Body
	}
	n.name = l.Text(kit.Style{Size: size, Weight: kit.Bold, Lines: 2})
	n.hint = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 1})
	n.wait = l.Text(kit.Style{Size: size, Weight: kit.Bold, Align: fyne.TextAlignTrailing})
	n.people = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Align: fyne.TextAlignTrailing})
	n.right = l.Column(0, n.wait, n.people)
	n.below = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold})
	pad, side := float32(2.5), float32(7)
	if k.wide {
		pad, side = 2.5, 5
	}
	n.press = l.Press(kit.Tile(), l.Middle(l.Inset(pad, side, pad, side,
		l.Row(side, n.badge, kit.Grow(l.Column(0, n.name, n.hint, n.below)), n.right))), func() {
		k.emit(n.tap)
	})
	return n
}

func (v *kioskServices) box() fyne.CanvasObject { return v.body }

func (v *kioskServices) render(s session.State) {
	k := v.k
	v.title.Set(k.t("kiosk.services.title"))
	v.notice(s)
	lines := s.Lines()
	for i, n := range v.lines {
		k.look.Show(n.press, i < len(lines))
		if i < len(lines) {
			n.dense = len(lines) > 6
			n.set(k, lines[i], session.Tap{Action: session.PickService, Arg: lines[i].ID})
		}
	}
	v.mine.Set(k.t("kiosk.priority"))
	v.who.Set(k.t("kiosk.priority.hint"))
	k.look.Show(v.who, !(k.wide && s.Large))
	v.on.Set(s.Priority)
	v.several(s)
	v.idle.Set(k.t("kiosk.idle-hint", "n", strconv.Itoa(int(s.Config.Idle/time.Second))))
	k.look.Show(v.idle, !s.Large && s.Pages() == 1)
}

// notice is the line under the question: how the times are meant, that a card
// was read or, more urgent, that no numbers are given any more.
func (v *kioskServices) notice(s session.State) {
	k, closed := v.k, s.Closed()
	ink, weight, text := kit.Ink2, kit.Regular, k.t("kiosk.services.hint")
	told := true
	switch {
	case !closed.Empty():
		ink, weight, text = kit.Amber, kit.Bold, k.brief(closed)
	case s.CardShown():
		ink, weight, text = kit.Green, kit.Bold, k.brief(session.Say{Key: "kiosk.card.line"})
	default:
		told = false
	}
	v.hint.SetColor(ink)
	v.hint.SetWeight(weight)
	v.hint.Set(text)
	k.look.Show(v.title, !told || !k.low)
	k.look.Show(v.hint, !s.Large && !k.low || told)
}

// several is the quiet switch for those who bring more than one dossier.
func (v *kioskServices) several(s session.State) {
	kind, icon := kit.Outline, "files"
	if s.Many {
		kind, icon = kit.Accept, "check"
	}
	if s.Large {
		icon = ""
	}
	v.many.SetKind(kind)
	v.many.Set(icon, v.k.t("kiosk.many"))
}

// set fills a line; wait may be empty. tap is what a touch on it means.
func (n *kioskLine) set(k *Kiosk, line session.Line, tap session.Tap) {
	ink := kit.Green
	if line.Tone == session.Warn {
		ink = kit.Amber
	}
	n.tap = tap
	n.icon.Set(line.Icon, kit.Blue)
	n.name.SetSize(map[bool]kit.Size{false: kit.Strong, true: kit.Body}[k.low], map[bool]int{false: 2, true: 1}[k.large && !k.wide])
	n.name.Set(line.Name)
	n.hint.Set(line.Hint)
	wait, people := k.say(line.Wait), k.say(line.People)
	n.wait.Set(wait)
	n.people.Set(people)
	if wait != "" {
		if k.cramped() { // the wait counts the dossiers too
			people = k.t("kiosk.people-waiting", line.People.Args...)
		}
		people = wait + " · " + people
	}
	n.below.Set(people)
	n.wait.SetColor(ink)
	n.below.SetColor(ink)
	beside := !k.large
	k.look.Show(n.right, beside)
	k.look.Show(n.below, !beside)
	k.look.Show(n.hint, beside && !k.low && !n.dense && line.Hint != "")
	k.look.Show(n.badge, beside || !k.wide)
}
