package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskCounts is how many numbers of dossiers take one touch.
const kioskCounts = 6

// kioskCount asks how many dossiers one number is for.
type kioskCount struct {
	k            *Kiosk
	body         fyne.CanvasObject
	title, hint  *kit.Text
	fewer, more  *kit.Button
	number, what *kit.Text
	chips        [kioskCounts]*kit.Chip
	taps         [kioskCounts + 2]string // fewer and more last
	take         *kit.Button
}

func newKioskCount(k *Kiosk) *kioskCount {
	l := k.look
	v := &kioskCount{k: k, title: k.title(), hint: k.hint()}
	set := func(i int) func() {
		return func() { k.emit(session.Tap{Action: session.SetDossiers, Arg: v.taps[i]}) }
	}
	v.fewer, v.more = l.BigButton(kit.Outline, set(kioskCounts)), l.BigButton(kit.Outline, set(kioskCounts+1))
	v.number = l.Text(kit.Style{Size: kit.Hero, Weight: kit.ExtraBold, Color: kit.Brand, Align: fyne.TextAlignCenter})
	v.what = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Align: fyne.TextAlignCenter})
	cols := 3
	if k.wide {
		cols = kioskCounts
	}
	grid := l.Grid(kit.Cols(cols), 5, 30)
	for i := range v.chips {
		v.chips[i] = l.Chip(set(i))
		grid.Add(v.chips[i])
	}
	v.take = l.BigButton(kit.Primary, k.tap(session.TakeCounted))
	head := l.Column(0, v.title, v.hint)
	pad, side, gap := float32(10), float32(32), float32(10)
	if k.wide {
		pad, gap = 6, 6
	}
	if k.low {
		pad, side, gap = 1, 22, 4
	}
	stepper := l.Card(pad, l.Row(8, l.AtLeast(side, side, v.fewer), kit.Grow(l.Middle(l.Column(-2, v.number, v.what))), l.AtLeast(side, side, v.more)))
	v.body = l.Column(gap, head, kit.Spring(), stepper, grid, kit.Spring(), v.take)
	return v
}

func (v *kioskCount) box() fyne.CanvasObject { return v.body }

func (v *kioskCount) render(s session.State) {
	k := v.k
	n := strconv.Itoa(s.Dossiers)
	v.title.Set(k.t("kiosk.count.title"))
	v.hint.Set(k.t("kiosk.count.hint"))
	k.look.Show(v.hint, !k.cramped())
	v.number.Set(n)
	v.what.Set(k.t("kiosk.count.label"))
	counts := s.Counts()
	for i, c := range v.chips {
		k.look.Show(c, i < len(counts))
		if i < len(counts) {
			v.taps[i] = strconv.Itoa(counts[i])
			c.Set(v.taps[i], counts[i] == s.Dossiers)
		}
	}
	fewer, more := s.Counted()
	v.taps[kioskCounts], v.taps[kioskCounts+1] = strconv.Itoa(fewer), strconv.Itoa(more)
	v.fewer.Set("minus", "")
	v.more.Set("plus", "")
	v.fewer.SetDisabled(fewer == s.Dossiers)
	v.more.SetDisabled(more == s.Dossiers)
	v.take.Set("ticket", k.t("kiosk.count.take", "n", n))
}
