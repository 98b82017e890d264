package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// counterBar is the top: which counter, and how machines and lines are.
type counterBar struct {
	c        *Counter
	box      *kit.Surface
	name     *kit.Text
	services *kit.Text
	around   *kit.Surface
	pills    []*counterPill
	officer  *counterPill
	account  *kit.Press
}

// counterPill is a capsule with a pictogram and words.
type counterPill struct {
	look *kit.Look
	face *kit.Surface
	icon *kit.Icon
	text *kit.Text
}

func newCounterBar(c *Counter) *counterBar {
	l := c.look
	b := &counterBar{c: c}
	b.name = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.OnNavy, Lines: 1})
	b.services = l.Text(kit.Style{Size: kit.Body, Color: kit.OnNavy, Lines: 1})
	b.around = l.Surface(kit.Skin{Fill: kit.Soft, Radius: 20}, l.Inset(0.8, 3.4, 0.8, 3.4, b.services))
	items := []fyne.CanvasObject{b.name, kit.Grow(l.Start(b.around))}
	for range 3 {
		p := newCounterPill(l)
		b.pills = append(b.pills, p)
		items = append(items, p.face)
	}
	b.officer = newCounterPill(l)
	b.account = l.Press(kit.Skin{Radius: 20}, b.officer.face, func() { c.emit(desk.Pressed{Action: desk.Account}) })
	items = append(items, b.account)
	b.box = l.Surface(kit.Skin{Fill: kit.Navy}, l.AtLeast(0, 15.2, l.Inset(0, counterEdge, 0, counterEdge, l.Row(3.6, items...))))
	return b
}

func newCounterPill(l *kit.Look) *counterPill {
	p := &counterPill{look: l}
	p.icon = l.Pic("info", icons.Bold, kit.OnNavy, 4.4)
	p.text = l.Text(kit.Style{Size: kit.Body, Color: kit.OnNavy})
	p.face = l.Surface(kit.Skin{Fill: kit.Soft, Radius: 20}, l.Inset(0.8, 3.6, 0.8, 3.2, l.Row(1.8, p.icon, p.text)))
	return p
}

// set fills the capsule. The pictogram changes with the tone, so that the
// colour is never alone.
func (p *counterPill) set(icon, words string, t desk.Tone) {
	fill, ink, weight := kit.Soft, kit.OnNavy, kit.Regular
	switch t {
	case desk.Good:
		fill, ink = kit.Green, kit.OnGreen
	case desk.Warn:
		fill, ink, weight, icon = kit.Gold, kit.OnGold, kit.SemiBold, "warning"
	case desk.Bad:
		fill, ink, weight, icon = kit.RedTint, kit.Red, kit.Bold, "warning-circle"
	}
	p.icon.Set(icon, ink)
	p.text.SetColor(ink)
	p.text.SetWeight(weight)
	p.text.Set(words)
	p.face.SetSkin(kit.Skin{Fill: fill, Radius: 20})
}

func (b *counterBar) render(s desk.State) {
	b.name.Set(s.CounterName())
	b.services.Set(s.Services())
	b.c.look.Show(b.around, s.Services() != "")
	for i, p := range s.Pills() {
		b.pills[i].set(p.Icon, b.c.say(p.Say), p.Tone)
	}
	b.c.look.Show(b.account, s.SignedIn())
	b.officer.set("user", s.OfficerLabel(), desk.Plain)
}

// counterTabs chooses the panel on the right.
type counterTabs struct {
	c      *Counter
	box    *fyne.Container
	tabs   []*kit.Press
	labels []*kit.Text
}

// counterTabKeys are the tabs' texts, by desk.Tab.
var counterTabKeys = []string{"counter.tab.intake", "counter.tab.return", "counter.tab.day"}

func newCounterTabs(c *Counter) *counterTabs {
	t := &counterTabs{c: c}
	var items []fyne.CanvasObject
	for i := range counterTabKeys {
		label := c.look.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.Ink2})
		tab := c.look.Press(kit.Skin{Radius: counterRound}, c.look.Inset(1.9, 4.4, 1.9, 4.4, label), func() { c.emit(desk.OpenTab{Tab: desk.Tab(i)}) })
		t.tabs, t.labels, items = append(t.tabs, tab), append(t.labels, label), append(items, tab)
	}
	t.box = c.look.Row(1.2, items...)
	return t
}

func (t *counterTabs) render(s desk.State) {
	for i := range t.tabs {
		t.labels[i].Set(t.c.t(counterTabKeys[i]))
		fill, ink := kit.Clear, kit.Ink2
		if s.Tab == desk.Tab(i) {
			fill, ink = kit.Navy, kit.OnNavy
		}
		t.tabs[i].SetSkin(kit.Skin{Fill: fill, Radius: counterRound})
		t.labels[i].SetColor(ink)
	}
}
