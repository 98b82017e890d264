package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskNote is one sentence and what to do next: messages, thanks, waiting,
// and the warning before a visit ends.
type kioskNote struct {
	k           *Kiosk
	body        fyne.CanvasObject
	disc        *kit.Surface
	pic         *kit.Icon
	title, text *kit.Text
	count       *kit.Text
	main, home  *kit.Button
	code        *kit.Text
	press       session.Tap
	leave       session.Action
}

func newKioskNote(k *Kiosk) *kioskNote {
	l := k.look
	v := &kioskNote{k: k}
	side := float32(46)
	if k.low {
		side = 30
	}
	v.pic = l.Pic("info", icons.Duotone, kit.Blue, side*0.6)
	v.disc = l.Surface(kit.Skin{Fill: kit.BlueTint, Radius: 60}, l.AtLeast(side, side, l.Center(0, v.pic)))
	v.title = l.Text(kit.Style{Size: kit.Title, Weight: kit.ExtraBold, Align: fyne.TextAlignCenter})
	v.text = l.Text(kit.Style{Size: kit.Strong, Align: fyne.TextAlignCenter})
	if k.low {
		v.text = l.Text(kit.Style{Size: kit.Body, Align: fyne.TextAlignCenter})
	}
	v.count = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.Amber, Align: fyne.TextAlignCenter})
	v.code = l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Align: fyne.TextAlignTrailing, Lines: 1})
	v.main = l.BigButton(kit.Primary, func() { k.emit(v.press) })
	v.home = l.Button(kit.Outline, func() { k.emit(session.Tap{Action: v.leave}) })
	gap := float32(8)
	if k.low {
		gap = 3
	}
	buttons := l.Column(5, v.main, v.home)
	if k.wide {
		buttons = l.Row(6, kit.Spring(), v.home, v.main, kit.Spring())
	}
	v.body = l.Column(gap, kit.Spring(), l.Center(0, v.disc), v.title, l.Inset(0, 4, 0, 4, v.text), v.count, kit.Spring(), buttons, v.code)
	return v
}

func (v *kioskNote) box() fyne.CanvasObject { return v.body }

func (v *kioskNote) render(s session.State) {
	n := v.note(s)
	ink, tint := kioskTone(n.Tone).Colors()
	v.pic.Set(n.Icon, ink)
	if s.Screen == session.Thanks {
		tint = kit.Card
	}
	v.disc.SetSkin(kit.Skin{Fill: tint, Radius: 60})
	v.k.look.Show(v.disc, !v.k.cramped())
	v.title.Set(v.k.say(n.Title))
	v.text.Set(v.k.say(n.Body))
	v.k.look.Show(v.main, !n.Button.Empty())
	v.main.Set("", v.k.say(n.Button))
	v.press = n.Press
	v.k.look.Show(v.code, n.Code != "")
	v.code.Set(v.k.t("kiosk.staff-code", "code", n.Code))
	v.k.look.Show(v.count, s.Screen == session.StillThere)
	v.count.Set(v.k.t("kiosk.still.left", "n", strconv.Itoa(s.Left())))
}

// note is what each of these screens says; it also sets the way out.
func (v *kioskNote) note(s session.State) session.Notice {
	k := v.k
	say := func(key string, args ...string) session.Say { return session.Say{Key: key, Args: args} }
	v.leave = session.GoHome
	v.home.Set("house", k.t("kiosk.home"))
	k.look.Show(v.home, s.Screen != session.Working || s.Slow())
	switch s.Screen {
	case session.Thanks:
		v.leave = session.Done
		v.home.Set("", k.t("kiosk.done", "n", strconv.Itoa(s.Left())))
		return session.Notice{Tone: session.Good, Icon: "hand-heart", Title: say("kiosk.thanks.title"), Body: say("kiosk.thanks.body")}
	case session.Working:
		n := session.Notice{Icon: "clock-countdown", Title: say("kiosk.working"), Body: say("kiosk.working.hint")}
		if s.Slow() {
			n.Body = say("kiosk.working.slow")
		}
		return n
	case session.StillThere:
		return session.Notice{
			Tone: session.Warn, Icon: "clock-countdown", Title: say("kiosk.still.title"), Body: say("kiosk.still.body"),
			Button: say("kiosk.still.stay"), Press: session.Tap{Action: session.Stay},
		}
	}
	return s.Notice
}
