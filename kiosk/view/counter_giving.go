package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/queue"
	"motcua/queue/dossier"
)

// counterGiving is the panel of handing results over.
type counterGiving struct {
	c      *Counter
	box    *fyne.Container
	code   *kit.Input
	field  *kit.Field
	hint   *kit.Text
	found  *counterDossiers
	card   *kit.Surface
	title  *kit.Text
	status *kit.Pill
	facts  [5]*counterFact
	steps  *kit.Text
	proxy  *kit.Press
	tick   *kit.Icon
	ring   *kit.Surface
	proxyT *kit.Text
	proof  *kit.Input
	proofF *kit.Field
	give   *kit.Button
	ready  *kit.Button
	away   *kit.Button
	acts   *fyne.Container
}

func newCounterGiving(c *Counter) *counterGiving {
	l := c.look
	g := &counterGiving{c: c}
	g.code = c.input(desk.FieldCode)
	g.field = l.Field(g.code)
	g.hint = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	g.found = newCounterDossiers(c, 10)
	g.title = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Lines: 3})
	g.status = l.Pill(kit.Body)
	for i := range g.facts {
		g.facts[i] = newCounterFact(l, kit.Body)
	}
	g.steps = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 4})
	pair := func(a, b fyne.CanvasObject) fyne.CanvasObject { return l.Bar(4, kit.Grow(a), kit.Grow(b)) }
	g.card = l.Surface(kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: 4.4}, l.Pad(5, l.Column(3,
		l.Row(3, kit.Grow(g.title), g.status),
		pair(g.facts[0].box, g.facts[4].box), g.facts[1].box,
		pair(g.facts[2].box, g.facts[3].box), g.steps)))
	g.give = l.Button(kit.Primary, func() { c.emit(desk.Pressed{Action: desk.Print}) })
	g.ready = l.Button(kit.Outline, func() { c.emit(desk.MarkReady{}) })
	g.away = l.Button(kit.Outline, func() { c.emit(desk.CloseCase{}) })
	g.acts = l.Row(3, g.away, kit.Spring(), g.ready, l.AtLeast(54, 14, g.give))
	g.box = l.Column(3.2, g.field, g.hint, g.found.box, g.card, g.authority(), kit.Spring(), g.acts)
	return g
}

// authority is who collects: a switch, and the proof when it is somebody else.
func (g *counterGiving) authority() fyne.CanvasObject {
	l, c := g.c.look, g.c
	g.tick = l.Pic("check-circle", icons.Fill, kit.Green, 5.6)
	g.ring = l.Surface(kit.Skin{Stroke: kit.Edge, Thick: 0.5, Radius: 3}, l.AtLeast(4.8, 4.8, l.Text(kit.Style{})))
	g.proxyT = l.Text(kit.Style{Size: kit.Body})
	mark := l.Fixed(6, l.Stack(l.Center(0, g.tick), l.Center(0, g.ring)))
	g.proxy = l.Press(kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: counterRound},
		l.AtLeast(0, 11.6, l.Inset(0, 4, 0, 4, l.Row(2.6, mark, kit.Grow(g.proxyT)))), func() { c.emit(desk.ToggleProxy{}) })
	g.proof = c.input(desk.FieldProof)
	g.proofF = l.Field(g.proof)
	return l.Column(2, g.proxy, g.proofF)
}

func (g *counterGiving) render(s desk.State) {
	c, l := g.c, g.c.look
	l.Show(g.box, s.Tab == desk.TabReturn)
	g.field.Set(c.t("counter.field.code"))
	g.code.Set(s.Text[desk.FieldCode])
	on, found := s.Giving.Case != nil, len(s.Giving.Found) > 0
	g.hint.Set(c.t("counter.case.none"))
	l.Show(g.hint, !on && !found)
	g.found.render(s.FoundRows(), found && !on)
	l.Show(g.card, on)
	l.Show(g.acts, on)
	l.Show(g.proxy, on && s.CanReturn())
	l.Show(g.proofF, on && s.CanReturn() && s.Giving.Proxy)
	g.proxyT.Set(c.t("counter.case.proxy"))
	l.Show(g.tick, s.Giving.Proxy)
	l.Show(g.ring, !s.Giving.Proxy)
	g.proofF.Set(c.t("counter.field.proof"))
	g.proof.Set(s.Text[desk.FieldProof])
	g.give.Set("handshake", c.t("counter.act.give")).SetKey(string(desk.Print.Hotkey())).Mute(!s.CanReturn())
	g.ready.Set("seal-check", c.t("counter.case.mark-ready"))
	l.Show(g.ready, s.CanMarkReady())
	g.away.Set("x", c.t("counter.case.close"))
	if on {
		g.fill(s, *s.Giving.Case)
	}
}

func (g *counterGiving) fill(s desk.State, k desk.Case) {
	c, d := g.c, k.Dossier
	g.title.Set(d.Title.In(s.Lang))
	words, tone := s.CaseStatus()
	g.status.Set(counterTone(tone), "", c.say(words))
	who := strings.TrimSpace(k.Applicant.Name + " · " + strings.ReplaceAll(desk.GroupID(k.Applicant.ID), " ", "\u00a0"))
	if k.Erased {
		who = c.t("counter.case.erased")
	}
	at := "15:04 02/01/2006"
	g.facts[0].set(c.t("counter.day.code"), d.Code)
	g.facts[1].set(c.t("counter.case.applicant"), who)
	g.facts[2].set(c.t("counter.case.received"), queue.Local(d.Received).Format(at))
	g.facts[3].set(c.t("counter.case.due"), queue.Local(d.Due).Format(at))
	g.facts[4].set(c.t("counter.case.handover"), c.t("counter.handover."+string(counterHandover(d.Handover))))
	g.steps.Set(g.history(d))
}

func counterHandover(h dossier.Handover) dossier.Handover {
	if h == "" {
		return dossier.AtCounter
	}
	return h
}

// history is the last steps of a dossier in one paragraph.
func (g *counterGiving) history(d dossier.Dossier) string {
	steps := d.Steps[max(0, len(d.Steps)-4):]
	var parts []string
	for _, st := range steps {
		line := queue.Local(st.At).Format("02/01 15:04") + " " + g.c.t("counter.dossier."+string(st.Status))
		if st.Unit != "" {
			line += " (" + st.Unit + ")"
		}
		parts = append(parts, line)
	}
	return g.c.t("counter.case.steps") + ": " + strings.Join(parts, " › ")
}
