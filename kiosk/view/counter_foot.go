package view

import (
	"cmp"
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
	"motcua/queue"
	"motcua/queue/catalogue"
)

// counterFoot is the promise under the form, code, due moment and fee, with
// the one button that makes it true.
type counterFoot struct {
	c     *Counter
	box   *fyne.Container
	facts [3]*counterFact
	row   *fyne.Container
	note  *kit.Text
	print *kit.Button
	clear *kit.Press
	clr   *kit.Text
}

// counterFact is a small label over a value.
type counterFact struct {
	box          *fyne.Container
	label, value *kit.Text
}

func newCounterFact(l *kit.Look, size kit.Size) *counterFact {
	f := &counterFact{
		label: l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Lines: 2}),
		value: l.Text(kit.Style{Size: size, Weight: kit.Bold, Lines: 2}),
	}
	f.box = l.Column(0, f.label, f.value)
	return f
}

func (f *counterFact) set(label, value string) {
	f.label.Set(label)
	f.value.Set(value)
}

func newCounterFoot(c *Counter) *counterFoot {
	l := c.look
	f := &counterFoot{c: c}
	for i := range f.facts {
		f.facts[i] = newCounterFact(l, kit.Body)
	}
	f.row = l.Row(2.2, l.Fixed(45.8, f.facts[0].box), l.Fixed(38.4, f.facts[1].box), kit.Grow(f.facts[2].box))
	f.note = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	f.print = l.Button(kit.Primary, func() { c.emit(desk.Pressed{Action: desk.Print}) })
	f.clr = l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold, Color: kit.Blue})
	f.clear = l.Press(kit.Skin{Radius: 2}, l.Inset(0.6, 2, 0.6, 2, f.clr), func() { c.emit(desk.ClearForm{}) })
	panel := l.Surface(kit.Skin{Fill: kit.BlueTint, Radius: 4.4}, l.Inset(3, 3.4, 3, 3.4,
		l.Row(2.2, kit.Grow(l.Stack(l.Middle(f.row), l.Middle(f.note))), l.AtLeast(0, 14, f.print))))
	f.box = l.Column(0.8, l.Row(0, kit.Spring(), f.clear), panel)
	return f
}

func (f *counterFoot) render(s desk.State) {
	c, in := f.c, s.Intake
	c.look.Show(f.clear, s.Unfinished() && !s.Receiving())
	f.clr.Set(c.t("counter.clear"))
	label := "counter.act.print"
	switch {
	case s.Receiving():
		label = "counter.slow"
	case in.Last != nil && !s.Unfinished():
		label = "counter.act.reprint"
	}
	f.print.Set("printer", c.t(label)).SetKey(string(desk.Print.Hotkey()))
	note := ""
	switch {
	case in.Last != nil && !s.Unfinished():
		f.last(in.Last)
	case in.Procedure == nil:
		note = "counter.promise.none"
	case in.Promise == nil:
		note = "counter.promise.asking"
	default:
		p := in.Promise
		f.facts[0].set(c.t("counter.promise.code"), p.Code)
		f.facts[1].set(f.due(p.Time), queue.Local(p.Due).Format("15:04 02/01/2006"))
		f.facts[2].set(c.t("counter.promise.fee"), f.fee(p.Fee, p.FeeNote))
	}
	c.look.Show(f.row, note == "")
	c.look.Show(f.note, note != "")
	if note != "" {
		f.note.Set(c.t(note))
	}
}

// last shows the dossier just taken in, and whether its paper came out.
func (f *counterFoot) last(r *desk.Receipt) {
	c := f.c
	printed := "counter.promise.unprinted"
	if r.Printed {
		printed = "counter.promise.printed"
	}
	f.facts[0].set(c.t("counter.promise.code-done"), r.Dossier.Code)
	f.facts[1].set(f.due(r.Dossier.Time), queue.Local(r.Dossier.Due).Format("15:04 02/01/2006"))
	f.facts[2].set(c.t(printed), f.fee(r.Dossier.Fee, r.Dossier.FeeNote))
}

// due words a statutory time in a few words; the receipt has the whole rule.
func (f *counterFoot) due(t catalogue.Duration) string {
	short := f.c.t("counter.due."+t.Unit, "n", strconv.Itoa(t.N))
	return f.c.t("counter.promise.due", "rule", short)
}

// fee words an amount. The catalogue's remark stands for no amount, because an
// exemption is not a price.
func (f *counterFoot) fee(amount int64, note string) string {
	if amount == 0 {
		return cmp.Or(note, f.c.t("counter.promise.free"))
	}
	return f.c.t("counter.promise.money", "amount", counterThousands(amount))
}

// counterThousands writes 150000 as "150.000".
func counterThousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}
