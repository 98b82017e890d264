package view

import (
	"strconv"

	"fyne.io/fyne/v2"

	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// counterQueue is the left column: who waits, who is put aside, who was
// called and did not come.
type counterQueue struct {
	c      *Counter
	box    *fyne.Container
	parts  [3]*counterRows
	empty  *kit.Text
	waits  []desk.Row
	held   []desk.Row
	absent []desk.Row
}

// counterRows is a heading with a list of tickets.
type counterRows struct {
	c     *Counter
	head  *counterHead
	rows  []*counterRow
	list  *kit.List
	shown []desk.Row
}

// counterHead is a small heading with a figure at its end.
type counterHead struct {
	box         *fyne.Container
	label, note *kit.Text
}

func newCounterHead(l *kit.Look) *counterHead {
	h := &counterHead{
		label: l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold, Color: kit.Ink2}),
		note:  l.Text(kit.Style{Size: kit.Small, Weight: kit.SemiBold, Color: kit.Ink2}),
	}
	h.box = l.Row(2, kit.Grow(h.label), h.note)
	return h
}

func (h *counterHead) set(label, note string) {
	h.label.Set(label)
	h.note.Set(note)
}

// counterRow is one ticket of a list.
type counterRow struct {
	box                         *kit.Press
	ticket, service, detail, at *kit.Text
	batch                       *kit.Text // how many dossiers, when several
	id                          desk.Row
}

// most rows of each list on the largest monitor.
var counterRooms = [3]int{24, 4, 3}

func newCounterQueue(c *Counter) *counterQueue {
	q := &counterQueue{c: c}
	for i := range q.parts {
		q.parts[i] = newCounterRows(c, counterRooms[i], []int{1, 2, 2}[i])
	}
	q.empty = c.look.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	items := []fyne.CanvasObject{q.parts[0].head.box, q.empty, kit.Grow(q.parts[0].list)}
	for _, p := range q.parts[1:] {
		items = append(items, p.head.box, p.list)
	}
	q.box = c.look.Column(1.8, items...)
	return q
}

func newCounterRows(c *Counter, room, least int) *counterRows {
	p := &counterRows{c: c, head: newCounterHead(c.look)}
	var objs []fyne.CanvasObject
	for range room {
		r := newCounterRow(c)
		p.rows, objs = append(p.rows, r), append(objs, r.box)
	}
	p.list = c.look.List(16.6, 2.2, least, objs, p.fill, func(before, after int) string {
		return c.t("counter.more", "n", strconv.Itoa(before+after))
	})
	return p
}

func newCounterRow(c *Counter) *counterRow {
	l := c.look
	r := &counterRow{
		ticket:  l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold, Lines: 1}),
		service: l.Text(kit.Style{Size: kit.Body, Lines: 1}),
		detail:  l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Lines: 1}),
		at:      l.Text(kit.Style{Size: kit.Small, Color: kit.Ink2, Align: fyne.TextAlignTrailing}),
		batch:   l.Text(kit.Style{Size: kit.Small, Weight: kit.Bold, Align: fyne.TextAlignTrailing}),
	}
	words := l.Column(0, r.service, r.detail)
	face := l.Row(1.4, l.AtLeast(15.4, 0, r.ticket), kit.Grow(words), l.Column(0, r.at, r.batch))
	r.box = l.Press(counterRowSkin(desk.Row{}), l.Inset(0, 3, 0, 3.2, face), func() { c.emit(desk.OpenTicket{Ticket: r.id.Ticket}) })
	return r
}

// counterRowSkin marks who goes first in gold and the chosen row by its border.
func counterRowSkin(r desk.Row) kit.Skin {
	k := kit.Skin{Fill: kit.Card, Stroke: kit.Line, Thick: 0.3, Radius: counterRound}
	if r.Priority {
		k.Fill, k.Stroke = kit.GoldTint, kit.Gold
	}
	if r.Selected {
		k.Stroke, k.Thick = kit.Navy, 0.8
	}
	return k
}

func (p *counterRows) fill(i int) {
	r, row := p.shown[p.list.From()+i], p.rows[i]
	row.id = r
	row.ticket.Set(r.Label)
	row.service.Set(r.Service)
	row.detail.Set(p.c.say(r.Detail))
	row.at.Set(p.c.t("counter.minutes", "n", strconv.Itoa(r.Minutes)))
	row.batch.Set(p.c.t("counter.dossiers", "n", strconv.Itoa(r.Dossiers)))
	p.c.look.Show(row.batch, r.Dossiers > 0)
	weight, ink := kit.Regular, kit.Ink2
	if r.Long {
		weight, ink = kit.Bold, kit.Ink
	}
	row.at.SetWeight(weight)
	row.at.SetColor(ink)
	row.box.SetSkin(counterRowSkin(r))
}

// render shows a list; a list that is not always there hides when empty.
func (p *counterRows) render(rows []desk.Row, head, note string, always bool) {
	on := always || len(rows) > 0
	p.shown = rows
	p.head.set(head, note)
	p.c.look.Show(p.head.box, on)
	p.c.look.Show(p.list, on)
	p.list.Set(len(rows))
	for i, r := range rows {
		if r.Selected {
			p.list.Reveal(i)
		}
	}
}

func (q *counterQueue) render(s desk.State) {
	waits, held, absent := s.Waiting(), s.Held(), s.AbsentRows()
	n := func(rows []desk.Row) string { return strconv.Itoa(len(rows)) }
	q.parts[0].render(waits, q.c.t("counter.queue"), q.c.t("counter.people", "n", n(waits)), true)
	q.parts[1].render(held, q.c.t("counter.held"), n(held), false)
	q.parts[2].render(absent, q.c.t("counter.absent"), n(absent), false)
	q.empty.Set(q.c.t("counter.queue-empty"))
	q.c.look.Show(q.empty, len(waits) == 0)
}
