package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// counterDay is the list of today's dossiers.
type counterDay struct {
	c    *Counter
	box  *fyne.Container
	none *kit.Text
	list *counterDossiers
}

func newCounterDay(c *Counter) *counterDay {
	d := &counterDay{c: c, list: newCounterDossiers(c, 24)}
	d.none = c.look.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	d.box = c.look.Column(3, d.none, kit.Grow(d.list.box))
	return d
}

func (d *counterDay) render(s desk.State) {
	rows := s.DayRows()
	d.c.look.Show(d.box, s.Tab == desk.TabDay)
	d.none.Set(d.c.t("counter.day.none"))
	d.c.look.Show(d.none, len(rows) == 0)
	d.list.render(rows, len(rows) > 0)
}

// counterDossiers is a table of dossiers; a click opens one. The personal
// number is masked.
type counterDossiers struct {
	c     *Counter
	box   *fyne.Container
	heads [4]*kit.Text
	rows  []*counterDossier
	list  *kit.List
	shown []desk.DossierRow
}

type counterDossier struct {
	box                    *kit.Press
	code, title, mask, due *kit.Text
	status                 *kit.Pill
	key                    string
}

// Widths of the table's columns; the procedure takes the rest.
const (
	counterColCode   = 49
	counterColDue    = 25
	counterColStatus = 37
)

func newCounterDossiers(c *Counter, room int) *counterDossiers {
	l := c.look
	t := &counterDossiers{c: c}
	for i := range t.heads {
		t.heads[i] = l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold, Color: kit.Ink2, Lines: 1})
	}
	head := l.Inset(0, 4, 0, 4, l.Row(2.6, l.Fixed(counterColCode, t.heads[0]), kit.Grow(t.heads[1]),
		l.Fixed(counterColDue, t.heads[2]), l.Fixed(counterColStatus, t.heads[3])))
	var objs []fyne.CanvasObject
	for range room {
		r := newCounterDossier(c)
		t.rows, objs = append(t.rows, r), append(objs, r.box)
	}
	t.list = l.List(15.2, 1.1, 5, objs, t.fill, func(before, after int) string {
		return c.t("counter.more-dossiers", "n", strconv.Itoa(before+after))
	})
	t.box = l.Column(1.6, head, kit.Grow(t.list))
	return t
}

func newCounterDossier(c *Counter) *counterDossier {
	l := c.look
	r := &counterDossier{
		code:   l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Lines: 1}),
		mask:   l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Lines: 1}),
		title:  l.Text(kit.Style{Size: kit.Body, Lines: 2}),
		due:    l.Text(kit.Style{Size: kit.Body, Lines: 2}),
		status: l.Pill(kit.Small),
	}
	face := l.Row(2.6, l.Fixed(counterColCode, l.Column(0, r.code, r.mask)), kit.Grow(r.title),
		l.Fixed(counterColDue, r.due), l.Fixed(counterColStatus, l.Start(r.status)))
	r.box = l.Press(kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: counterRound},
		l.Inset(0, 4, 0, 4, face), func() { c.emit(desk.OpenCase{Code: r.key}) })
	return r
}

func (t *counterDossiers) fill(i int) {
	d, r := t.shown[t.list.From()+i], t.rows[i]
	r.key = d.Code
	r.code.Set(d.Code)
	r.mask.Set(d.At + " · " + counterMask(d.Mask))
	r.title.Set(d.Title)
	r.due.Set(d.Due)
	r.status.Set(counterTone(d.Tone), "", t.c.say(d.Status))
}

// counterMask writes a masked number with dots: two stars would set it in bold.
func counterMask(s string) string { return strings.ReplaceAll(s, "*", "•") }

func (t *counterDossiers) render(rows []desk.DossierRow, on bool) {
	t.shown = rows
	for i, key := range []string{"counter.day.code", "counter.day.title", "counter.day.due", "counter.day.status"} {
		t.heads[i].Set(t.c.t(key))
	}
	t.c.look.Show(t.box, on)
	t.list.Set(len(rows))
}
