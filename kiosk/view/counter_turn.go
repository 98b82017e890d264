package view

import (
	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// counterTurn is the middle column: the ticket at the counter, the routine
// acts with their keys, and the sentence at the foot.
type counterTurn struct {
	c       *Counter
	box     *fyne.Container
	head    *counterHead
	card    *kit.Surface
	about   *kit.Text
	status  *kit.Text
	extra   *kit.Text
	why     *kit.Text
	ticket  *kit.Text
	timer   *kit.Text
	calls   *kit.Text
	start   *kit.Press
	started *kit.Text
	idle    *kit.Text
	buttons []*kit.Button
	notes   *counterNotes
}

// counterIcons are the pictograms of the acts.
var counterIcons = map[desk.Action]string{
	desk.Next: "megaphone-simple", desk.Recall: "repeat", desk.Absent: "user-minus", desk.Hold: "pause",
	desk.Transfer: "arrow-bend-up-right", desk.Pause: "coffee", desk.Finish: "check",
}

func newCounterTurn(c *Counter) *counterTurn {
	l := c.look
	t := &counterTurn{c: c, head: newCounterHead(l), notes: newCounterNotes(c)}
	t.about = l.Text(kit.Style{Size: kit.Body, Color: kit.OnBrand, Lines: 2})
	t.status = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.OnBrand})
	t.extra = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.OnBrand, Align: fyne.TextAlignTrailing, Lines: 1})
	t.why = l.Text(kit.Style{Size: kit.Small, Color: kit.OnBrand, Lines: 3})
	t.ticket = l.Text(kit.Style{Size: kit.Number, Weight: kit.Bold, Color: kit.OnBrand, Tight: true, Shrink: true})
	t.timer = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.OnBrand})
	t.calls = l.Text(kit.Style{Size: kit.Body, Color: kit.OnBrand})
	t.idle = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	t.started = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.OnBrand})
	t.start = l.Press(kit.Skin{Fill: kit.BrandEdge, Radius: counterRound}, l.Inset(0.6, 2.6, 0.6, 2.6, t.started),
		func() { c.emit(desk.Pressed{Action: desk.Start}) })
	face := l.Column(2,
		l.Row(2, kit.Grow(t.status), t.start), l.Column(0.6, t.about, t.why), t.idle,
		kit.Grow(l.Middle(t.ticket)),
		l.Row(5, t.timer, kit.Grow(t.extra), t.calls))
	t.card = l.Surface(kit.Skin{Fill: kit.Brand, Radius: 5.5}, l.AtLeast(0, c.fit(62, 55), l.Inset(4.4, 6.2, 4.4, 6.2, face)))
	t.box = l.Column(c.fit(4.4, 3.4), l.Column(1.8, t.head.box, t.card), t.acts(), kit.Spring(), t.notes.box)
	return t
}

// acts are the buttons: the one everybody waits for across, the rest in pairs.
func (t *counterTurn) acts() fyne.CanvasObject {
	l, c := t.c.look, t.c
	kinds := []kit.Kind{kit.Primary, kit.Outline, kit.Outline, kit.Outline, kit.Outline, kit.Outline, kit.Accept}
	var small []fyne.CanvasObject
	for i, a := range []desk.Action{desk.Next, desk.Recall, desk.Absent, desk.Hold, desk.Transfer, desk.Pause, desk.Finish} {
		make := l.Button
		if i == 0 {
			make = l.BigButton
		}
		b := make(kinds[i], func() { c.emit(desk.Pressed{Action: a}) })
		t.buttons = append(t.buttons, b)
		if i > 0 {
			small = append(small, l.AtLeast(0, c.fit(15.2, 14), b))
		}
	}
	return l.Column(counterGap, l.AtLeast(0, c.fit(19.4, 17.5), t.buttons[0]), l.Grid(kit.Cols(2), counterGap, 0, small...))
}

func (t *counterTurn) render(s desk.State) {
	c := t.c
	turn := s.Turn()
	t.head.set(c.t("counter.serving"), c.say(s.Today()))
	skin := kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: 5.5}
	ink := kit.Ink
	switch {
	case turn.Open:
		skin, ink = kit.Skin{Fill: kit.Brand, Radius: 5.5}, kit.OnBrand
	case turn.Paused:
		skin = kit.Skin{Fill: kit.GoldTint, Stroke: kit.Gold, Thick: 0.3, Radius: 5.5}
	}
	t.card.SetSkin(skin)
	for _, text := range []*kit.Text{t.status, t.extra, t.timer, t.calls} {
		text.SetColor(ink)
	}
	t.status.Set(c.say(turn.Status))
	t.about.Set(counterIf(turn.Open, c.say(turn.About)))
	t.idle.Set(counterIf(!turn.Open, c.say(turn.About)))
	t.ticket.Set(turn.Ticket)
	t.timer.Set(turn.Timer)
	t.calls.Set(c.say(turn.Calls))
	t.extra.Set(c.says(turn.Extra, " · "))
	t.why.Set(c.says(turn.Why, " "))
	// On a low monitor a sentence together with a call needs the room.
	crowded := c.low() && !s.Notice.Say.Empty() && len(s.Alarms())+len(s.Helps()) > 0
	c.look.Show(t.why, len(turn.Why) > 0 && !crowded)
	strip, _ := s.Banner() // it takes the room of the head
	c.look.Show(t.head.box, strip.Empty() || !crowded)
	t.started.Set(c.t("counter.turn.start"))
	c.look.Show(t.start, turn.CanStart)
	for i, b := range s.Buttons() {
		icon := counterIcons[b.Action]
		if b.Action == desk.Pause && turn.Paused {
			icon = "play"
		}
		t.buttons[i].Set(icon, c.say(b.Label)).SetKey(c.key(b.Hot)).Mute(!b.Ready)
	}
	t.notes.render(s)
}

// counterIf is a text that is there only sometimes.
func counterIf(on bool, s string) string {
	if on {
		return s
	}
	return ""
}

// counterNotes are the sentences at the foot of the middle column: what was
// refused or done, who asks for help (a counter in need before a kiosk), and
// otherwise a hint.
type counterNotes struct {
	c      *Counter
	box    *fyne.Container
	notice *kit.Banner
	tones  map[kit.Tone]*kit.Banner
	help   *kit.Surface
	asked  *kit.Text
	answer *kit.Button
	hint   *kit.Surface
	title  *kit.Text
	text   *kit.Text
}

func newCounterNotes(c *Counter) *counterNotes {
	l := c.look
	n := &counterNotes{c: c, tones: map[kit.Tone]*kit.Banner{}}
	var items []fyne.CanvasObject
	for _, tone := range []kit.Tone{kit.Calm, kit.Good, kit.Warn, kit.Bad} {
		b := l.Banner(tone, kit.Body, 5.4)
		ink, tint := tone.Colors()
		b.SetSkin(kit.Skin{Fill: tint, Stroke: ink, Thick: 0.4, Radius: 4.4})
		n.tones[tone] = b
		items = append(items, b)
	}
	n.asked = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold})
	n.answer = l.Button(kit.Solid, func() { c.emit(desk.Pressed{Action: desk.Answer}) })
	n.help = l.Surface(counterCallSkin(false), l.Inset(2, 3, 2, 3.6, l.Row(3, kit.Grow(n.asked), n.answer)))
	n.title = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold})
	n.text = l.Text(kit.Style{Size: kit.Body})
	n.hint = l.Surface(kit.Skin{Fill: kit.GoldTint, Radius: 4.4}, l.Inset(3, 4.2, 3, 4.2, l.Column(0, n.title, n.text)))
	n.box = l.Column(2.4, append(items, n.help, n.hint)...)
	return n
}

func (n *counterNotes) render(s desk.State) {
	c := n.c
	note := s.Notice
	if note.Say.Empty() && s.Slow() {
		note = desk.Notice{Say: desk.Say{Key: "counter.slow"}}
	}
	said := !note.Say.Empty()
	for tone, b := range n.tones {
		on := said && tone == counterTone(note.Tone)
		if on {
			b.Set(tone.Icon(), c.say(note.Say))
		}
		c.look.Show(b, on)
	}
	called := n.call(s)
	c.look.Show(n.hint, !said && !called)
	title, text := s.Hint()
	n.title.Set(c.say(title))
	n.text.Set(c.say(text))
}

// call shows the most urgent call that the answer key answers.
func (n *counterNotes) call(s desk.State) bool {
	c := n.c
	words, answer := "", "counter.act.answer"
	alarms, helps := s.Alarms(), s.Helps()
	switch {
	case len(alarms) > 0:
		words = c.say(alarms[0].Say)
		if alarms[0].Own {
			answer = "counter.alarm.over"
		}
	case len(helps) > 0:
		words = c.say(helps[0].Say)
	}
	c.look.Show(n.help, words != "" && s.SignedIn())
	n.help.SetSkin(counterCallSkin(len(alarms) > 0))
	n.asked.Set(words)
	n.answer.Set("hand-waving", c.t(answer)).SetKey(string(desk.Answer.Hotkey()))
	return words != ""
}

// counterCallSkin is gold for a kiosk that asks, red for a counter in need.
func counterCallSkin(alarm bool) kit.Skin {
	if alarm {
		return kit.Skin{Fill: kit.RedTint, Stroke: kit.Red, Thick: 1, Radius: 4.4}
	}
	return kit.Skin{Fill: kit.GoldTint, Stroke: kit.GoldEdge, Thick: 0.5, Radius: 4.4}
}
