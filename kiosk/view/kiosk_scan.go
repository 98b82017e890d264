package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskScan asks to hold something under the scanner.
type kioskScan struct {
	k           *Kiosk
	body        fyne.CanvasObject
	title, hint *kit.Text
	steps       [3]*kit.Text
	none        *kit.Banner
	down        *kit.Banner
}

func newKioskScan(k *Kiosk) *kioskScan {
	l := k.look
	v := &kioskScan{k: k, title: k.title(), hint: k.hint()}
	side := float32(70)
	if k.low {
		side = 46
	}
	pic := l.Surface(kit.Skin{Fill: kit.BlueTint, Radius: 14}, l.AtLeast(side, side, l.Center(0, l.Pic("qr-code", icons.Duotone, kit.Blue, side*0.66))))
	list := l.Column(5)
	if k.low {
		list = l.Column(1)
	}
	for i := range v.steps {
		v.steps[i] = l.Text(kit.Style{Size: kit.Body})
		num := l.Surface(kit.Skin{Fill: kit.Navy, Radius: 20}, l.AtLeast(15, 15, l.Center(0, l.Say(kit.Style{Size: kit.Body, Weight: kit.Bold, Color: kit.OnNavy}, string(rune('1'+i))))))
		list.Add(l.Row(6, num, kit.Grow(v.steps[i])))
	}
	v.none, v.down = l.Banner(kit.Calm, kit.Body, 10), l.Banner(kit.Warn, kit.Body, 10)
	v.none.Set("hand-waving", "")
	card := l.Card(8, list)
	if k.wide {
		v.body = l.Column(5, v.title, v.hint, kit.Grow(l.Middle(l.Row(10, pic, kit.Grow(card)))), v.none, v.down)
		return v
	}
	v.body = l.Column(kioskGap, v.title, v.hint, kit.Spring(), l.Center(0, pic), kit.Spring(), card, v.none, v.down, kit.Spring())
	return v
}

func (v *kioskScan) box() fyne.CanvasObject { return v.body }

func (v *kioskScan) render(s session.State) {
	k := v.k
	v.title.Set(k.t("kiosk.scan.title"))
	v.hint.Set(k.say(s.ScanHint()))
	k.look.Show(v.hint, !k.cramped())
	for i, t := range v.steps {
		t.Set(k.t([]string{"kiosk.scan.step1", "kiosk.scan.step2", "kiosk.scan.step3"}[i]))
	}
	v.none.Set("hand-waving", k.t("kiosk.scan.no-paper"))
	v.down.Set("warning-circle", k.t("kiosk.scan-down"))
	k.look.Show(v.none, !s.ScannerDown)
	k.look.Show(v.down, s.ScannerDown)
}
