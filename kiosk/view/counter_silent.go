package view

import (
	"motcua/assets/icons"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/kiosk/silent"
)

// counterSilent is the strip under the bar that says that the office does not
// answer, how old is what is shown, and what to do meanwhile.
type counterSilent struct {
	c    *Counter
	box  *kit.Surface
	icon *kit.Icon
	text *kit.Text
}

func newCounterSilent(c *Counter) *counterSilent {
	l := c.look
	s := &counterSilent{c: c}
	s.icon = l.Pic("clock-countdown", icons.Bold, kit.Ink, 5)
	s.text = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Lines: 1})
	s.box = l.Surface(kit.Skin{Fill: kit.GoldTint}, l.Inset(0.6, counterEdge, 0.6, counterEdge, l.Row(2.4, s.icon, kit.Grow(s.text))))
	return s
}

func (s *counterSilent) render(state desk.State) {
	words, level := state.Banner()
	s.c.look.Show(s.box, !words.Empty())
	fill, ink, icon := kit.GoldTint, kit.Ink, "clock-countdown"
	switch level {
	case silent.Here:
		fill, ink, icon = kit.BlueTint, kit.Blue, "cloud-arrow-up"
	case silent.Long:
		fill, ink, icon = kit.Gold, kit.OnGold, "cloud-slash"
	}
	s.box.SetSkin(kit.Skin{Fill: fill})
	s.icon.Set(icon, ink)
	s.text.SetColor(ink)
	s.text.Set(s.c.say(words))
}
