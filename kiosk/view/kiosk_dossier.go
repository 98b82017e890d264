package view

import (
	"fyne.io/fyne/v2"

	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskSteps is how many lines of a dossier's history are shown: the latest.
const kioskSteps = 4

// kioskDossier is how a dossier stands.
type kioskDossier struct {
	k             *Kiosk
	body          fyne.CanvasObject
	code, title   *kit.Text
	status        *kit.Pill
	facts         [3]*kit.Fact
	first, last   *fyne.Container
	steps         *kit.Steps
	collect, rate *kit.Button
}

func newKioskDossier(k *Kiosk) *kioskDossier {
	l := k.look
	v := &kioskDossier{k: k}
	v.code = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 1})
	v.title = k.title()
	v.status = l.Pill(kit.Lead)
	if k.low {
		v.status = l.Pill(kit.Body)
	}
	facts := make([]fyne.CanvasObject, len(v.facts))
	for i := range v.facts {
		v.facts[i] = l.Fact(kit.Body, fyne.TextAlignLeading)
		if !k.low {
			v.facts[i] = l.Fact(kit.Strong, fyne.TextAlignLeading)
		}
		facts[i] = kit.Grow(v.facts[i])
	}
	v.first, v.last = facts[0].(*fyne.Container), facts[2].(*fyne.Container)
	v.steps = l.Steps(kioskSteps)
	v.collect = l.BigButton(kit.Primary, k.tap(session.Collect))
	if k.low {
		v.collect = l.Button(kit.Primary, k.tap(session.Collect))
	}
	v.rate = l.Button(kit.Outline, k.tap(session.RateThis))
	pad, gap := float32(9), float32(4)
	if k.low {
		pad, gap = 4, 1.5
	}
	card := l.Card(pad, l.Column(gap, l.Column(0, v.code, v.title), l.Row(0, v.status), l.Bar(6, facts...)))
	list := l.Card(pad, v.steps)
	if k.wide {
		buttons := l.Bar(6, kit.Share(1.6, v.collect), kit.Grow(v.rate))
		v.body = l.Bar(8, kit.Share(1.15, l.Column(5, card, kit.Spring(), buttons)), kit.Grow(list))
		return v
	}
	v.body = l.Column(kioskGap, card, list, v.collect, v.rate, kit.Spring())
	return v
}

func (v *kioskDossier) box() fyne.CanvasObject { return v.body }

func (v *kioskDossier) render(s session.State) {
	k, c := v.k, s.CaseCard()
	v.code.Set(c.Code)
	lines, size, steps := 3, kit.Title, kioskSteps
	if s.Large || k.low {
		lines, size, steps = 3, kit.Strong, 3
	}
	if k.low && s.Large {
		lines, steps = 2, 2
	}
	if away, _, _ := s.Away(); !k.wide && !away.Empty() { // its line takes the room of another
		if lines = 2; s.Large {
			lines, steps = 3, 2
		}
	}
	v.title.SetSize(size, lines)
	v.title.Set(c.Title)
	v.status.Set(kioskTone(c.Tone), c.Icon, k.say(c.Status))
	for i, f := range v.facts {
		k.fact(f, c.Facts[i])
	}
	k.look.Show(v.first, !s.Large && !k.low)
	k.look.Show(v.last, !k.cramped())
	k.look.Show(v.code, !k.cramped())
	ink, _ := kioskTone(c.FactTone).Colors()
	if c.FactTone == session.Calm || c.FactTone == session.Good {
		ink = kit.Ink
	}
	v.facts[2].SetColor(ink)
	list := make([]kit.Step, 0, len(c.Steps))
	for _, st := range c.Steps[max(0, len(c.Steps)-steps):] {
		list = append(list, kit.Step{Title: k.say(st.Title), Sub: k.say(st.Sub), Now: st.Now, Icon: st.Icon})
	}
	v.steps.Set(list)
	if k.cramped() {
		v.collect.Set("", k.t("kiosk.take-number"))
		v.rate.Set("", k.t("kiosk.dossier.rate"))
	} else {
		v.collect.Set("ticket", k.t("kiosk.dossier.collect"))
		v.rate.Set("smiley", k.t("kiosk.dossier.rate"))
	}
	k.look.Show(v.collect, s.CanCollect())
	k.look.Show(v.rate, s.CanRate())
}
