package view

import (
	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// counterChoices is how many choices a menu can show.
const counterChoices = 30

// counterMenu is the question over the screen: a title, lines, and choices
// with their keys. Signing in and the list of keys are menus too.
type counterMenu struct {
	c     *Counter
	box   *fyne.Container
	title *kit.Text
	lines *kit.Text
	close *kit.Press
	esc   *kit.Text
	items []*counterItem
	cols  int
	menu  *desk.Menu
}

// counterItem is one choice.
type counterItem struct {
	box         *kit.Press
	key         *kit.Text
	label, hint *kit.Text
	note        *fyne.Container // around hint
}

func newCounterMenu(c *Counter) *counterMenu {
	l := c.look
	m := &counterMenu{c: c, cols: 1}
	m.title = l.Text(kit.Style{Size: kit.Title, Weight: kit.Bold, Lines: 3})
	m.lines = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 4})
	m.esc = l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold})
	m.close = l.Press(kit.Skin{Fill: kit.Card, Stroke: kit.Edge, Thick: 0.3, Radius: 2.4}, l.Inset(1, 3, 1, 3, m.esc), func() { c.emit(desk.CloseMenu{}) })
	var objs []fyne.CanvasObject
	for i := range counterChoices {
		it := m.item(i)
		m.items, objs = append(m.items, it), append(objs, it.box)
	}
	list := l.Grid(func() int { return m.cols }, 1.8, 0, objs...)
	panel := l.Surface(kit.Skin{Fill: kit.Paper, Stroke: kit.Navy, Thick: 0.4, Radius: 5.5},
		l.Pad(6.5, l.Column(3.2, l.Row(3, kit.Grow(m.title), m.close), m.lines, list)))
	scrim := l.Scrim(func() { c.emit(desk.CloseMenu{}) })
	m.box = l.Stack(scrim, l.Wide(func() float32 { return []float32{0, 132, 210, 290}[m.cols] }, panel))
	return m
}

func (m *counterMenu) item(i int) *counterItem {
	l := m.c.look
	it := &counterItem{
		key:   l.Text(kit.Style{Size: kit.Small, Weight: kit.Bold, Align: fyne.TextAlignCenter, Lines: 1}),
		label: l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Lines: 2}),
		hint:  l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Align: fyne.TextAlignTrailing, Lines: 2}),
	}
	badge := l.Surface(kit.Skin{Fill: kit.Paper, Stroke: kit.Edge, Thick: 0.25, Radius: 1.6}, l.AtLeast(8, 0, l.Inset(0.5, 1.4, 0.5, 1.4, it.key)))
	it.note = kit.Grow(it.hint)
	face := l.Row(3, badge, kit.Share(1.6, it.label), it.note)
	it.box = l.Press(counterItemSkin(false), l.AtLeast(0, 11.8, l.Inset(0.4, 3.4, 0.4, 3, face)), func() { m.pick(i) })
	return it
}

func counterItemSkin(primary bool) kit.Skin {
	k := kit.Skin{Fill: kit.Card, Stroke: kit.Edge, Thick: 0.3, Radius: counterRound}
	if primary {
		k.Stroke, k.Thick = kit.Navy, 0.8
	}
	return k
}

func (m *counterMenu) pick(i int) {
	if m.menu != nil && i < len(m.menu.Items) && m.menu.Items[i].Do != nil {
		m.c.emit(m.menu.Items[i].Do)
	}
}

func (m *counterMenu) render(s desk.State) {
	c, l := m.c, m.c.look
	m.menu = s.Menu()
	l.Show(m.box, m.menu != nil)
	if m.menu == nil {
		return
	}
	m.title.Set(c.say(m.menu.Title))
	lines := ""
	if alarms := s.Alarms(); len(alarms) > 0 && !m.menu.Must { // it hides the foot of the screen
		lines = "**" + c.say(alarms[0].Say) + "** "
	}
	lines += c.says(m.menu.Lines, " ") + " "
	if (m.menu.Must || m.menu.Typing) && !s.Notice.Say.Empty() { // signing in hides the foot of the screen
		lines += "**" + c.say(s.Notice.Say) + "**"
	}
	m.lines.Set(lines)
	l.Show(m.lines, lines != "")
	m.esc.Set(c.key("Escape") + " · " + c.t("counter.back"))
	l.Show(m.close, !m.menu.Must)
	m.columns(len(m.menu.Items))
	for i, it := range m.items {
		on := i < len(m.menu.Items)
		l.Show(it.box, on)
		if !on {
			continue
		}
		choice := m.menu.Items[i]
		it.key.Set(c.key(choice.Hot))
		words := choice.Raw
		if words == "" {
			words = c.say(choice.Label)
		}
		it.label.Set(words)
		it.hint.Set(c.say(choice.Hint))
		l.Show(it.note, !choice.Hint.Empty())
		skin, ink, weight := counterItemSkin(choice.Primary), kit.Ink, kit.SemiBold
		if choice.Do == nil && !m.menu.Keys { // there, but not to be chosen now
			skin.Fill, ink, weight = kit.Paper, kit.Ink2, kit.Regular
		}
		it.box.SetSkin(skin)
		it.label.SetColor(ink)
		it.label.SetWeight(weight)
		it.box.SetDisabled(choice.Do == nil)
	}
}

// columns spreads many choices so that all fit the lowest monitor.
func (m *counterMenu) columns(n int) {
	switch {
	case n <= 7:
		m.cols = 1
	case n <= 18:
		m.cols = 2
	default:
		m.cols = 3
	}
}
