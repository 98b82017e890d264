package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/queue/dossier"
)

// counterIntake is the receiving form.
type counterIntake struct {
	c        *Counter
	box      *fyne.Container
	inputs   map[desk.Field]*kit.Input
	fields   map[desk.Field]*kit.Field
	handover *kit.Field
	ways     []*kit.Press
	wayTexts []*kit.Text
	found    *counterFound
	papers   *counterPapers
	foot     *counterFoot
}

// counterFieldKeys are the labels of the form's fields.
var counterFieldKeys = map[desk.Field]string{
	desk.FieldProcedure: "counter.field.procedure", desk.FieldName: "counter.field.name", desk.FieldID: "counter.field.id",
	desk.FieldPhone: "counter.field.phone", desk.FieldAddress: "counter.field.address",
}

// counterWays are the ways to hand a result over, in the order shown.
var counterWays = []dossier.Handover{dossier.AtCounter, dossier.ByPost, dossier.Online}

func newCounterIntake(c *Counter) *counterIntake {
	l := c.look
	v := &counterIntake{c: c, inputs: map[desk.Field]*kit.Input{}, fields: map[desk.Field]*kit.Field{}}
	for f := range counterFieldKeys {
		v.inputs[f] = c.input(f)
		v.fields[f] = l.Field(v.inputs[f])
	}
	v.handover = l.Field(v.choice())
	v.found = newCounterFound(c)
	v.papers = newCounterPapers(c)
	v.foot = newCounterFoot(c)
	pair := func(a, b fyne.CanvasObject) fyne.CanvasObject { return l.Row(3.6, kit.Grow(a), kit.Grow(b)) }
	form := l.Column(2.2,
		v.fields[desk.FieldProcedure],
		pair(v.fields[desk.FieldName], v.fields[desk.FieldID]),
		pair(v.fields[desk.FieldPhone], v.handover),
		v.fields[desk.FieldAddress],
		kit.Grow(l.Inset(1.4, 0, 0, 0, v.papers.box)),
		v.foot.box)
	v.box = l.Stack(form, v.found.box)
	return v
}

// choice is the switch of the ways to hand over, a field that never needs
// opening.
func (v *counterIntake) choice() fyne.CanvasObject {
	l := v.c.look
	var cells []fyne.CanvasObject
	for _, h := range counterWays {
		t := l.Text(kit.Style{Size: kit.Body, Align: fyne.TextAlignCenter})
		p := l.Press(kit.Skin{Radius: 2}, l.Inset(0, 0.6, 0, 0.6, l.Middle(t)), func() { v.c.emit(desk.PickHandover{Handover: h}) })
		v.ways, v.wayTexts, cells = append(v.ways, p), append(v.wayTexts, t), append(cells, kit.Grow(p))
	}
	return l.Surface(kit.Skin{Fill: kit.Card, Stroke: kit.Edge, Thick: 0.35, Radius: 2.4}, l.AtLeast(0, 10.7, l.Pad(0.7, l.Bar(0.6, cells...))))
}

// searching reports whether a field is the procedure's with its results open.
func (v *counterIntake) searching(in *kit.Input) bool {
	return in != nil && in == v.inputs[desk.FieldProcedure] && v.c.state.Suggesting()
}

func (v *counterIntake) render(s desk.State) {
	c := v.c
	c.look.Show(v.box, s.Tab == desk.TabIntake)
	for f, key := range counterFieldKeys {
		v.fields[f].Set(c.t(key))
		v.inputs[f].Set(s.Text[f])
		v.inputs[f].Lock(s.Receiving())
	}
	v.inputs[desk.FieldProcedure].SetPlaceHolder(c.t("counter.field.procedure-hint"))
	v.handover.Set(c.t("counter.field.handover"))
	for i, h := range counterWays {
		v.wayTexts[i].Set(c.t("counter.handover." + string(h)))
		skin, weight, ink := kit.Skin{Radius: 2}, kit.Regular, kit.Ink
		if s.Intake.Handover == h {
			skin, weight, ink = kit.Skin{Fill: kit.Navy, Radius: 2}, kit.SemiBold, kit.OnNavy
		}
		v.ways[i].SetSkin(skin)
		v.wayTexts[i].SetWeight(weight)
		v.wayTexts[i].SetColor(ink)
	}
	v.found.render(s)
	v.papers.render(s)
	v.foot.render(s)
}

// counterFound is the list of search results that hangs under the procedure.
type counterFound struct {
	c     *Counter
	box   *fyne.Container
	rows  []*kit.Press
	texts []*kit.Text
	codes []string
	none  *kit.Text
	said  *fyne.Container // around none
	panel *kit.Surface
}

func newCounterFound(c *Counter) *counterFound {
	l := c.look
	f := &counterFound{c: c, none: l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})}
	f.said = l.Inset(2, 3, 2, 3, f.none)
	items := []fyne.CanvasObject{f.said}
	for i := range 6 {
		t := l.Text(kit.Style{Size: kit.Body, Lines: 2})
		row := l.Press(kit.Skin{Radius: 2}, l.AtLeast(0, 9.4, l.Inset(0.8, 3, 0.8, 3, l.Middle(t))), func() { f.pick(i) })
		f.rows, f.texts, items = append(f.rows, row), append(f.texts, t), append(items, row)
	}
	f.panel = l.Surface(kit.Skin{Fill: kit.Card, Stroke: kit.Navy, Thick: 0.4, Radius: counterRound}, l.Pad(1, l.Column(0, items...)))
	f.box = l.Inset(18.2, 0, 0, 0, l.Column(0, f.panel)) // below the procedure's label and field
	return f
}

func (f *counterFound) pick(i int) {
	if i < len(f.codes) {
		f.c.emit(desk.PickProcedure{Code: f.codes[i]})
	}
}

func (f *counterFound) render(s desk.State) {
	l := f.c.look
	open, none := s.Suggesting(), s.NoneFound()
	l.Show(f.box, open || none)
	l.Show(f.said, none)
	f.none.Set(f.c.t("counter.none-found"))
	f.codes = f.codes[:0]
	for i, row := range f.rows {
		on := open && i < len(s.Intake.Found)
		l.Show(row, on)
		if !on {
			continue
		}
		q := s.Intake.Found[i]
		f.codes = append(f.codes, q.Code)
		f.texts[i].Set(desk.ProcedureLabel(q, s.Lang))
		skin, weight := kit.Skin{Radius: 2}, kit.Regular
		if i == s.Intake.Mark {
			skin, weight = kit.Skin{Fill: kit.BlueTint, Stroke: kit.Blue, Thick: 0.4, Radius: 2}, kit.SemiBold
		}
		row.SetSkin(skin)
		f.texts[i].SetWeight(weight)
	}
}

// counterPapers is the checklist.
type counterPapers struct {
	c     *Counter
	box   *fyne.Container
	head  *counterHead
	all   *kit.Press
	allT  *kit.Text
	rows  []*counterPaper
	list  *kit.List
	empty *kit.Text
	shown []desk.Paper
	tried bool
}

// counterPaper is a line of the checklist: a mark, the paper, what is wanted.
type counterPaper struct {
	box    *kit.Press
	mark   *kit.Icon
	ring   *kit.Surface
	name   *kit.Text
	wanted *kit.Text
	n      int
}

func newCounterPapers(c *Counter) *counterPapers {
	l := c.look
	p := &counterPapers{c: c, head: newCounterHead(l)}
	p.allT = l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold})
	p.all = l.Press(kit.Skin{Fill: kit.Card, Stroke: kit.Edge, Thick: 0.3, Radius: 2}, l.Inset(0.5, 2.4, 0.5, 2.4, p.allT), func() { c.emit(desk.AllPapers{}) })
	var objs []fyne.CanvasObject
	for range 16 {
		r := newCounterPaper(c)
		p.rows, objs = append(p.rows, r), append(objs, r.box)
	}
	p.list = l.List(11.6, 1.1, 1, objs, p.fill, func(before, after int) string {
		return c.t("counter.more-papers", "n", strconv.Itoa(before+after))
	})
	p.empty = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	p.box = l.Column(1.6, l.Row(3, kit.Grow(p.head.box), p.all), p.empty, kit.Grow(p.list))
	return p
}

func newCounterPaper(c *Counter) *counterPaper {
	l := c.look
	r := &counterPaper{}
	r.mark = l.Pic("check-circle", icons.Fill, kit.Green, 5.6)
	r.ring = l.Surface(kit.Skin{Stroke: kit.Edge, Thick: 0.5, Radius: 3}, l.AtLeast(4.8, 4.8, l.Text(kit.Style{})))
	r.name = l.Text(kit.Style{Size: kit.Body, Lines: 2})
	r.wanted = l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Align: fyne.TextAlignTrailing, Lines: 2})
	mark := l.Fixed(6, l.Stack(l.Center(0, r.mark), l.Center(0, r.ring)))
	r.box = l.Press(kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: counterRound},
		l.Inset(0, 4, 0, 4, l.Row(2.6, mark, kit.Share(2.2, r.name), kit.Grow(r.wanted))),
		func() { c.emit(desk.TogglePaper{N: r.n}) })
	return r
}

func (p *counterPapers) fill(i int) {
	n := p.list.From() + i
	q, r, l := p.shown[n], p.rows[i], p.c.look
	r.n = n
	r.name.Set(q.Name)
	missing := !q.Present && q.Required && p.tried
	if missing {
		r.mark.Set("x-circle", kit.Red)
	} else {
		r.mark.Set("check-circle", kit.Green)
	}
	l.Show(r.mark, q.Present || missing)
	l.Show(r.ring, !q.Present && !missing)
	r.wanted.Set(p.wanted(q, missing))
	ink, weight := kit.Ink2, kit.Regular
	if missing {
		ink, weight = kit.Red, kit.SemiBold
	}
	r.wanted.SetColor(ink)
	r.wanted.SetWeight(weight)
}

// wanted says how many of what, and whether it must be there.
func (p *counterPapers) wanted(q desk.Paper, missing bool) string {
	var parts []string
	add := func(n int, key string) {
		if n > 0 {
			parts = append(parts, p.c.t(key, "n", strconv.Itoa(n)))
		}
	}
	if missing {
		parts = append(parts, p.c.t("counter.paper.missing"))
	}
	add(q.Original, "counter.paper.original")
	add(q.Copies, "counter.paper.copies")
	if q.Note != "" {
		parts = append(parts, q.Note)
	} else if !q.Required {
		parts = append(parts, p.c.t("counter.paper.optional"))
	}
	return strings.Join(parts, " · ")
}

func (p *counterPapers) render(s desk.State) {
	c := p.c
	p.shown, p.tried = s.Intake.Papers, s.Intake.Tried
	here := 0
	for _, q := range p.shown {
		if q.Present {
			here++
		}
	}
	n := len(p.shown)
	p.head.set(c.t("counter.papers"), counterIf(n > 0, c.t("counter.papers.count", "here", strconv.Itoa(here), "all", strconv.Itoa(n))))
	p.allT.Set(c.t("counter.papers.all"))
	c.look.Show(p.all, here < n)
	key := "counter.papers.none"
	if s.Intake.Procedure == nil {
		key = "counter.papers.choose"
	}
	p.empty.Set(c.t(key))
	c.look.Show(p.empty, n == 0)
	p.list.Set(n)
}
