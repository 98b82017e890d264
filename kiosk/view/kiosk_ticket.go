package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskTicket is the number: the biggest thing in the room.
type kioskTicket struct {
	k           *Kiosk
	body        fyne.CanvasObject
	headPic     *kit.Icon
	head        *kit.Text
	yours       *kit.Text
	number      *kit.Text
	service     *kit.Text
	left, right *kit.Fact
	rightBox    *fyne.Container
	follow      *fyne.Container
	qr          *kit.QR
	phone, how  *kit.Text
	foot        *fyne.Container
	footPic     *kit.Icon
	footText    *kit.Text
	facts       *fyne.Container
	rule        *kit.Dashes
	note        *kit.Surface // round follow, on a lying panel
	plain       *kit.Text    // the facts in a sentence, where nothing else fits
	done, next  *kit.Button
	tap         session.Tap // of next
}

func newKioskTicket(k *Kiosk) *kioskTicket {
	l := k.look
	v := &kioskTicket{k: k}
	v.headPic = l.Pic("check-circle", icons.Fill, kit.Green, 16)
	v.head = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Color: kit.Green})
	v.yours = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Align: fyne.TextAlignCenter})
	v.number = l.Text(kit.Style{Size: kit.Number, Weight: kit.ExtraBold, Color: kit.Brand, Align: fyne.TextAlignCenter, Tight: true, Shrink: true})
	v.service = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Align: fyne.TextAlignCenter, Lines: 2})
	v.left, v.right = l.Fact(kit.Strong, fyne.TextAlignCenter), l.Fact(kit.Strong, fyne.TextAlignCenter)
	v.rightBox = kit.Grow(v.right)
	v.qr = l.QR(54)
	if k.low {
		v.qr = l.QR(44)
	}
	v.phone = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold})
	v.how = l.Text(kit.Style{Size: kit.Body})
	v.follow = l.Row(7, v.qr, kit.Grow(l.Column(0, v.phone, v.how)))
	v.footPic = l.Pic("arrow-fat-down", icons.Fill, kit.Brand, 14)
	v.footText = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold})
	if k.low {
		v.footText.SetSize(kit.Body, 0)
	}
	v.foot = l.Row(5, v.footPic, kit.Grow(v.footText))
	v.done = l.BigButton(kit.Solid, k.tap(session.Done))
	v.next = l.BigButton(kit.Primary, func() { k.emit(v.tap) })
	head := l.Center(0, l.Row(4, v.headPic, kit.Grow(v.head)))
	v.facts, v.rule = l.Bar(6, kit.Grow(v.left), v.rightBox), l.Dashes()
	white := kit.Skin{Fill: kit.Card, Stroke: kit.Line, Radius: kit.RadiusCard + 1}
	if k.wide {
		v.layWide(head, white)
		return v
	}
	card := l.Surface(white, l.Column(0,
		l.Inset(9, 9, 8, 9, l.Column(6, v.yours, v.number, v.service)),
		v.rule,
		l.Inset(7, 9, 10, 9, l.Column(7, v.facts, v.follow))))
	v.body = l.Column(8, kit.Share(0.4, l.Column(0)), head, l.Inset(0, 8, 0, 8, card), l.Center(0, v.foot), kit.Spring(),
		l.Center(0, v.next), l.Center(0, l.AtLeast(120, 25, v.done)))
	return v
}

// layWide puts the number at the left, the telephone and the paper at the right.
func (v *kioskTicket) layWide(head *fyne.Container, white kit.Skin) {
	l := v.k.look
	pad, gap := float32(7), float32(5)
	if v.k.low {
		pad, gap = 3, 2
	}
	v.facts = l.Inset(pad*0.7, 8, pad*0.7, 8, v.facts)
	card := l.Surface(white, l.Column(0,
		kit.Grow(l.Middle(l.Inset(pad, 8, pad, 8, l.Column(gap, v.yours, v.number, v.service)))),
		v.rule,
		v.facts))
	v.note = l.Surface(white, l.Pad(pad, v.follow))
	v.plain = l.Text(kit.Style{Size: kit.Body})
	buttons := l.Column(5, v.next, v.done)
	v.body = l.Bar(8, kit.Grow(card), kit.Grow(l.Column(gap+1, head, v.note, v.plain, v.foot, kit.Spring(), buttons)))
}

func (v *kioskTicket) box() fyne.CanvasObject { return v.body }

func (v *kioskTicket) render(s session.State) {
	k, t := v.k, s.Turn()
	ink, _ := kioskTone(t.Tone).Colors()
	v.headPic.Set(t.HeadIcon, ink)
	v.head.SetColor(ink)
	v.head.Set(k.brief(t.Head))
	v.yours.Set(k.say(t.Yours))
	v.number.Set(t.Label)
	v.service.Set(t.Service)
	k.fact(v.left, t.Left)
	k.fact(v.right, t.Right)
	k.look.Show(v.rightBox, !t.Right.Label.Empty())
	v.qr.Set(t.QR)
	v.arrange(t)
	v.phone.Set(k.t("kiosk.ticket.follow.title"))
	v.how.Set(k.say(t.Follow))
	tight := (k.low || k.large) && !t.Next.Label.Empty()
	k.look.Show(v.foot, !t.Foot.Empty() && !tight)
	v.footPic.Set(t.FootIcon, kit.Brand)
	v.footText.Set(k.say(t.Foot))
	v.done.Set("", k.t("kiosk.done", "n", strconv.Itoa(s.Left())))
	k.look.Show(v.next, !t.Next.Label.Empty())
	v.next.Set(t.NextIcon, k.say(t.Next.Label))
	v.tap = t.Next.Press
}

// arrange shows what there is room for: a low panel leaves the telephone out
// where text is large or another button is needed.
func (v *kioskTicket) arrange(t session.Turn) {
	k := v.k
	follow := v.qr.Drawn() && !k.cramped() && !(k.low && !t.Next.Label.Empty())
	k.look.Show(v.follow, follow)
	if !k.wide {
		return
	}
	k.look.Show(v.note, follow)
	k.look.Show(v.facts, !k.cramped())
	k.look.Show(v.rule, !k.cramped())
	k.look.Show(v.plain, k.cramped())
	left, right := k.say(t.Left.Value), k.say(t.Right.Value)
	switch {
	case t.Right.Label.Empty():
	case strings.HasPrefix(right, left): // from when, and from when to when
		left = right
	default:
		left += "** · **" + right
	}
	if v.plain.Set("**" + left + "**"); !t.Alone {
		v.plain.Set(k.say(t.Left.Label) + ": **" + left + "**")
	}
}
