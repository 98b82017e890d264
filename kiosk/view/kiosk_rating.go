package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskFaces are the five answers, from bad to good.
var kioskFaces = [5]string{"smiley-angry", "smiley-sad", "smiley-meh", "smiley", "smiley-sticker"}

// kioskChips is how many criteria there is room for.
const kioskChips = 8

// kioskRating asks how it was.
type kioskRating struct {
	k              *Kiosk
	body           fyne.CanvasObject
	title, subject *kit.Text
	faces          [5]*kioskFace
	ask            *kit.Text
	flow           *fyne.Container
	chips          [kioskChips]*kit.Chip
	ids            [kioskChips]string
	anonymous      *kit.Text
	privacy        *fyne.Container
	send           *kit.Button
}

// kioskFace is one answer: over its words, or beside them where text is large
// and the panel narrow.
type kioskFace struct {
	press        *kit.Press
	over, beside *fyne.Container
	pics         [2]*kit.Icon
	words        [2]*kit.Text
}

func newKioskRating(k *Kiosk) *kioskRating {
	l := k.look
	v := &kioskRating{k: k, title: k.title(), subject: k.hint()}
	v.subject = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 1})
	grid := l.Grid(func() int {
		if k.large && !k.wide {
			return 1
		}
		return 5
	}, 5, 62)
	for i := range v.faces {
		v.faces[i] = newKioskFace(k, i)
		grid.Add(v.faces[i].press)
	}
	v.ask = l.Text(kit.Style{Size: kit.Lead})
	if k.low {
		v.ask.SetSize(kit.Body, 0)
	}
	v.flow = l.Flow(5)
	for i := range v.chips {
		v.chips[i] = l.Chip(func() { k.emit(session.Tap{Action: session.TogglePick, Arg: v.ids[i]}) })
		v.flow.Add(v.chips[i])
	}
	v.anonymous = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	v.privacy = l.Row(5, l.Pic("shield-check", icons.Duotone, kit.Blue, 10), kit.Grow(v.anonymous))
	v.send = l.BigButton(kit.Primary, k.tap(session.SendRating))
	gap := float32(8)
	if k.wide {
		gap = 5
	}
	last := l.Column(gap, v.privacy, v.send)
	if k.wide {
		last = l.Row(8, kit.Share(1.5, v.privacy), kit.Grow(v.send))
	}
	v.body = l.Column(gap, l.Column(0, v.title, v.subject), grid, v.ask, v.flow, kit.Spring(), last)
	return v
}

func newKioskFace(k *Kiosk, i int) *kioskFace {
	l := k.look
	f := &kioskFace{}
	big := float32(31)
	if k.low {
		big = 11
	}
	for j, align := range []fyne.TextAlign{fyne.TextAlignCenter, fyne.TextAlignLeading} {
		f.pics[j] = l.Pic(kioskFaces[i], icons.Duotone, kit.Ink, []float32{big, 18}[j])
		f.words[j] = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Align: align})
	}
	f.over = l.Inset(big*0.1, 1.5, big*0.1, 1.5, l.Column(big*0.06, l.Center(0, f.pics[0]), l.AtLeast(0, 19, l.Middle(f.words[0]))))
	f.beside = l.Inset(2.5, 6, 2.5, 6, l.Row(7, f.pics[1], kit.Grow(f.words[1])))
	f.press = l.Press(kioskFaceSkin(false), l.Stack(l.Middle(f.over), l.Middle(f.beside)), k.tap(session.PickLevel, strconv.Itoa(i+1)))
	return f
}

func kioskFaceSkin(on bool) kit.Skin {
	if on {
		return kit.Skin{Fill: kit.GreenTint, Stroke: kit.Green, Thick: 1.2, Radius: kit.RadiusButton}
	}
	return kit.Skin{Fill: kit.Card, Stroke: kit.Edge, Radius: kit.RadiusButton}
}

func (v *kioskRating) box() fyne.CanvasObject { return v.body }

func (v *kioskRating) render(s session.State) {
	k := v.k
	v.title.Set(k.t("kiosk.rating.title"))
	v.subject.Set(k.say(s.Subject()))
	k.look.Show(v.subject, !k.cramped())
	rows := s.Large && !k.wide
	for i, f := range v.faces {
		on := s.Level == i+1
		ink, word := kit.Ink, k.t("kiosk.level."+strconv.Itoa(i+1))
		if on {
			ink = kit.Green
		}
		for j := range 2 {
			f.pics[j].Set(kioskFaces[i], ink)
			f.words[j].SetColor(ink)
			f.words[j].Set(word)
		}
		k.look.Show(f.over, !rows)
		k.look.Show(f.beside, rows)
		f.press.SetSkin(kioskFaceSkin(on))
	}
	v.chipsOf(s)
	v.anonymous.Set(k.t("kiosk.rating.anonymous"))
	k.look.Show(v.privacy, !(k.large && (!k.wide || k.low) && s.Level > 0))
	k.look.Show(v.send, s.Level > 0)
	v.send.Set("", k.t("kiosk.rating.send"))
}

// chipsOf offers what went well with the two best answers, and says what to do
// with the others.
func (v *kioskRating) chipsOf(s session.State) {
	k := v.k
	list := s.Config.Criteria
	tight := k.low || s.Large
	if tight {
		list = list[:min(len(list), 3)]
	}
	ask := "kiosk.rating.choose"
	switch {
	case s.Praising():
		ask = "kiosk.rating.praise"
	case s.Level > 0:
		ask = "kiosk.rating.sorry"
	}
	v.ask.Set(k.t(ask))
	k.look.Show(v.ask, !(s.Praising() && k.low) && !k.cramped())
	k.look.Show(v.flow, s.Praising())
	for i, c := range v.chips {
		k.look.Show(c, i < len(list))
		if i < len(list) {
			v.ids[i] = list[i].ID
			c.Set(list[i].Text.In(s.Lang), s.Praised(list[i].ID))
		}
	}
}
