package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskClosing asks, before a number is given that may not be called before
// closing, whether it is wanted all the same.
type kioskClosing struct {
	k           *Kiosk
	body        fyne.CanvasObject
	pic         *kit.Icon
	disc        *kit.Surface
	title, text *kit.Text
	facts       [2]*kit.Fact
	main, other *kit.Button
	home        *kit.Button
	taps        [2]session.Tap
}

func newKioskClosing(k *Kiosk) *kioskClosing {
	l := k.look
	v := &kioskClosing{k: k, title: k.title()}
	side := float32(36)
	if k.low {
		side = 24
	}
	v.pic = l.Pic("clock-countdown", icons.Duotone, kit.Amber, side*0.6)
	v.disc = l.Surface(kit.Skin{Fill: kit.AmberTint, Radius: 60}, l.AtLeast(side, side, l.Center(0, v.pic)))
	size := kit.Strong
	if k.low {
		size = kit.Body
	}
	v.text = l.Text(kit.Style{Size: size})
	for i := range v.facts {
		v.facts[i] = l.Fact(kit.Strong, fyne.TextAlignCenter)
		v.facts[i].SetColor(kit.Amber)
	}
	v.main = l.BigButton(kit.Primary, func() { k.emit(v.taps[0]) })
	v.other = l.BigButton(kit.Outline, func() { k.emit(v.taps[1]) })
	v.home = l.Button(kit.Outline, k.tap(session.GoHome))
	pad, gap := float32(9), float32(8)
	if k.low {
		pad, gap = 2, 3
	}
	card := l.Card(pad, l.Bar(6, kit.Grow(v.facts[0]), kit.Grow(v.facts[1])))
	said := l.Row(9, v.disc, kit.Grow(l.Middle(l.Column(gap/4, v.title, v.text))))
	buttons := l.Column(5, v.main, v.other, v.home)
	if k.wide {
		buttons = l.Row(6, v.home, kit.Grow(v.other), kit.Grow(v.main))
	}
	v.body = l.Column(gap, kit.Spring(), said, card, kit.Spring(), buttons)
	return v
}

func (v *kioskClosing) box() fyne.CanvasObject { return v.body }

func (v *kioskClosing) render(s session.State) {
	k, q := v.k, s.LastCall()
	v.pic.Set(q.Icon, kit.Amber)
	k.look.Show(v.disc, !s.Large)
	v.title.Set(k.say(q.Title))
	v.text.Set(k.say(q.Body))
	for i, f := range v.facts {
		k.fact(f, q.Facts[i])
	}
	v.main.Set("", k.say(q.Main.Label))
	v.other.Set("", k.say(q.Other.Label))
	k.look.Show(v.other, !q.Other.Label.Empty())
	v.home.Set("house", k.t("kiosk.home"))
	k.look.Show(v.home, !(k.wide && s.Large)) // Back is in the bar
	v.taps = [2]session.Tap{q.Main.Press, q.Other.Press}
}
