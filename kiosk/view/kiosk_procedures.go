package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskGroups asks which part of the catalogue.
type kioskGroups struct {
	k           *Kiosk
	body        fyne.CanvasObject
	title, hint *kit.Text
	lines       []*kioskLine
}

func newKioskGroups(k *Kiosk) *kioskGroups {
	l := k.look
	v := &kioskGroups{k: k, title: k.title(), hint: k.hint()}
	cols := 1
	if k.wide {
		cols = 2
	}
	grid := l.Grid(kit.Cols(cols), 5, 40)
	for range kioskLines {
		n := newKioskLine(k)
		v.lines = append(v.lines, n)
		grid.Add(n.press)
	}
	v.body = l.Column(kioskGap, l.Column(0, v.title, v.hint), kit.Grow(grid))
	return v
}

func (v *kioskGroups) box() fyne.CanvasObject { return v.body }

func (v *kioskGroups) render(s session.State) {
	k := v.k
	v.title.Set(k.t("kiosk.groups.title"))
	v.hint.Set(k.t("kiosk.groups.hint"))
	k.look.Show(v.hint, !s.Large)
	groups := s.GroupPage()
	for i, n := range v.lines {
		k.look.Show(n.press, i < len(groups))
		if i < len(groups) {
			g := groups[i]
			line := session.Line{Icon: g.Icon, Name: k.say(g.Name), Hint: k.say(g.Hint), People: session.Say{Key: "kiosk.groups.count", Args: []string{"n", strconv.Itoa(g.Count)}}}
			n.set(k, line, session.Tap{Action: session.PickGroup, Arg: g.ID})
		}
	}
}

// kioskItems is the most procedures on a page of any panel, kioskPapers the
// most papers.
const (
	kioskItems  = 6
	kioskPapers = 4
)

// kioskProcedures lists the procedures of a group.
type kioskProcedures struct {
	k     *Kiosk
	body  fyne.CanvasObject
	title *kit.Text
	items []*kioskItem
}

type kioskItem struct {
	press      *kit.Press
	name, what *kit.Text
	tap        session.Tap
}

func newKioskProcedures(k *Kiosk) *kioskProcedures {
	l := k.look
	v := &kioskProcedures{k: k, title: k.title()}
	cols := 1
	if k.wide {
		cols = 2
	}
	grid := l.Grid(kit.Cols(cols), 5, 62)
	for range kioskItems {
		it := &kioskItem{}
		it.name = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold, Lines: 4})
		it.what = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 2})
		pad := float32(4)
		if k.low {
			pad = 2
		}
		it.press = l.Press(kit.Tile(), l.Middle(l.Inset(pad, 8, pad, 8,
			l.Row(6, kit.Grow(l.Column(0, it.name, it.what)), l.Pic("caret-right", icons.Bold, kit.Ink2, 8)))), func() { k.emit(it.tap) })
		v.items = append(v.items, it)
		grid.Add(it.press)
	}
	v.body = l.Column(kioskGap, v.title, kit.Grow(grid))
	return v
}

func (v *kioskProcedures) box() fyne.CanvasObject { return v.body }

func (v *kioskProcedures) render(s session.State) {
	k := v.k
	v.title.Set(s.GroupName())
	items := s.Items()
	for i, it := range v.items {
		k.look.Show(it.press, i < len(items))
		if i < len(items) {
			it.tap = session.Tap{Action: session.PickProcedure, Arg: items[i].Code}
			it.name.SetSize(kit.Body, k.lines(4, 3, 3, 2))
			it.name.Set(items[i].Name)
			it.what.Set(k.say(items[i].Time) + " · " + k.say(items[i].Fee))
		}
	}
}

// kioskProcedure is one procedure: what to bring, how long, how much.
type kioskProcedure struct {
	k         *Kiosk
	body      fyne.CanvasObject
	code      *kit.Text
	name      *kit.Text
	time, fee *kit.Fact
	notes     *kit.Text
	bring     *kit.Text
	papers    [kioskPapers]*kioskPaper
	none      *kit.Text
	take      *kit.Button
}

type kioskPaper struct {
	row               *fyne.Container
	num, name, number *kit.Text
}

func newKioskProcedure(k *Kiosk) *kioskProcedure {
	l := k.look
	v := &kioskProcedure{k: k}
	v.code = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 1})
	v.name = l.Text(kit.Style{Size: kit.Strong, Weight: kit.ExtraBold, Lines: 4})
	v.time, v.fee = l.Fact(kit.Body, fyne.TextAlignLeading), l.Fact(kit.Body, fyne.TextAlignLeading)
	v.notes = l.Text(kit.Style{Size: kit.Body, Color: kit.Amber, Lines: 2})
	v.bring = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold})
	v.none = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	v.take = l.BigButton(kit.Primary, k.tap(session.NumberFor))
	if k.low {
		v.take = l.Button(kit.Primary, k.tap(session.NumberFor))
	}
	pad, gap := float32(9), float32(5)
	if k.low {
		pad, gap = 4, 2
	}
	list := l.Column(gap, v.bring, v.none)
	for i := range v.papers {
		p := &kioskPaper{}
		p.num = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold, Color: kit.Blue})
		p.name = l.Text(kit.Style{Size: kit.Body, Lines: 3})
		p.number = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2, Lines: 1})
		p.row = l.Bar(4, p.num, kit.Grow(l.Column(0, p.name, p.number)))
		v.papers[i] = p
		list.Add(p.row)
	}
	top := l.Card(pad, l.Column(gap, l.Column(0, v.code, v.name), l.Bar(6, kit.Grow(v.time), kit.Grow(v.fee)), v.notes))
	if k.wide {
		v.body = l.Bar(8, kit.Share(1.1, l.Column(5, top, kit.Spring(), v.take)), kit.Grow(l.Card(pad, list)))
		return v
	}
	v.body = l.Column(kioskGap, top, l.Card(pad, list), v.take, kit.Spring())
	return v
}

func (v *kioskProcedure) box() fyne.CanvasObject { return v.body }

func (v *kioskProcedure) render(s session.State) {
	k, d := v.k, s.Detail()
	v.code.Set(d.Code)
	v.name.Set(d.Name)
	k.look.Show(v.code, !k.cramped())
	v.name.SetSize(kit.Strong, k.lines(4, 3, 2, 2))
	v.time.Clip(2)
	v.fee.Clip(k.lines(3, 2, 2, 2))
	k.fact(v.time, d.Time)
	k.fact(v.fee, d.Fee)
	notes := ""
	for _, n := range d.Notes {
		notes += k.say(n) + " "
	}
	k.look.Show(v.notes, len(d.Notes) > 0 && !k.cramped())
	v.notes.Set(notes)
	v.bring.Set(k.t("kiosk.procedure.papers"))
	v.none.Set(k.t("kiosk.procedure.no-papers"))
	k.look.Show(v.none, len(d.Papers) == 0)
	for i, p := range v.papers {
		k.look.Show(p.row, i < len(d.Papers))
		if i < len(d.Papers) {
			p.num.Set(strconv.Itoa(d.First+i) + ".")
			p.name.Set(d.Papers[i].Name)
			p.number.Set(k.say(d.Papers[i].Count))
		}
	}
	v.take.Set("ticket", k.t("kiosk.procedure.take"))
	k.look.Show(v.take, d.CanTake)
}
