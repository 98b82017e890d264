package view

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"motcua/assets/i18n"
	"motcua/assets/icons"
	"motcua/kiosk/board"
	"motcua/kiosk/kit"
	"motcua/queue"
)

// Measures of the board, in millimetres of a hall 300 mm high in the drawing;
// kit enlarges them to the panel.
const (
	boardEdge = 13.3
	boardGap  = 9
	boardRow  = 4.6
)

// Board is the hall's display: it draws a board.Picture and takes no input. It
// is built once; everything is for the Fyne goroutine only.
type Board struct {
	look  *kit.Look
	texts *i18n.Texts
	root  *kit.Root

	office  *kit.Text
	clock   *kit.Text
	silence *boardSilence
	big     *boardBig
	rows    *boardRows
	beside  *fyne.Container // around rows
	label   *kit.Text
	waiting *kit.Text
	note    *kit.Text
	shown   board.Picture
}

// NewBoard builds the display.
func NewBoard(look *kit.Look, texts *i18n.Texts) *Board {
	b := &Board{look: look, texts: texts}
	b.office = look.Text(kit.Style{Size: kit.Body, Weight: kit.Bold, Color: kit.OnHeader, Lines: 1})
	b.clock = look.Text(kit.Style{Size: kit.Strong, Weight: kit.ExtraBold, Color: kit.OnHeader, Lines: 1})
	head := look.Surface(kit.Skin{Fill: kit.Header}, look.AtLeast(0, 31, look.Inset(0, boardEdge, 0, boardEdge,
		look.Row(boardGap, kit.Grow(b.office), b.clock))))
	b.silence = newBoardSilence(look)
	b.big = newBoardBig(look)
	b.rows = newBoardRows(look)
	b.beside = kit.Grow(b.rows.box)
	body := look.Inset(boardGap, boardEdge, boardGap, boardEdge, look.Bar(boardGap, kit.Share(1.38, b.big.card), b.beside))
	b.label = look.Text(kit.Style{Size: kit.Small, Weight: kit.Bold, Color: kit.BoardGold, Lines: 1})
	b.waiting = look.Text(kit.Style{Size: kit.Small, Color: kit.OnBoard, Lines: 1})
	b.note = look.Text(kit.Style{Size: kit.Small, Color: kit.OnBoard, Align: fyne.TextAlignTrailing, Lines: 1})
	foot := look.Surface(kit.Skin{Fill: kit.BoardRow}, look.AtLeast(0, 24, look.Inset(0, boardEdge, 0, boardEdge,
		look.Row(3, b.label, kit.Grow(b.waiting), kit.Share(1.3, b.note)))))
	b.root = look.Root(look.Column(0, head, b.silence.box, kit.Grow(body), foot))
	b.root.SetFill(kit.Board)
	return b
}

// Root is what the window holds.
func (b *Board) Root() fyne.CanvasObject { return b.root }

// Render draws a picture. The same picture costs next to nothing.
func (b *Board) Render(p board.Picture) {
	b.shown = p
	b.office.Set(p.Office.VI)
	b.clock.Set(p.Clock)
	b.silence.render(b, p)
	b.big.render(b, p)
	b.rows.render(b, p)
	b.look.Show(b.beside, p.Big != nil)
	b.label.Set(b.both("board.waiting"))
	b.waiting.Set(b.waits(p))
	b.note.Set(b.foot(p))
	b.root.Settle()
}

// waits lists who waits, service by service.
func (b *Board) waits(p board.Picture) string {
	if len(p.Waiting) == 0 {
		return b.t("vi", "board.nobody-waits")
	}
	var parts []string
	for _, w := range p.Waiting {
		parts = append(parts, w.Service.VI+" "+strconv.Itoa(w.Waiting))
	}
	return strings.Join(parts, " · ")
}

// foot is the line about hours, and the office's own notice.
func (b *Board) foot(p board.Picture) string {
	var parts []string
	if !p.Hours.Empty() {
		parts = append(parts, b.t("vi", p.Hours.Key, p.Hours.Args...))
	}
	if p.Notice.VI != "" {
		parts = append(parts, p.Notice.VI)
	}
	return strings.Join(parts, " · ")
}

func (b *Board) t(lang, key string, args ...string) string { return b.texts.Get(lang, key, args...) }

// both is a short label, in English too when the board shows it.
func (b *Board) both(key string) string {
	vi := b.t("vi", key)
	if !b.shown.Both {
		return vi
	}
	return strings.TrimSuffix(vi, ":") + " · " + b.t("en", key)
}

// english is the second line of something, "" when the board is Vietnamese.
func (b *Board) english(s string) string {
	if !b.shown.Both {
		return ""
	}
	return s
}

// boardSilence is the strip that says that the office is not heard.
type boardSilence struct {
	look *kit.Look
	box  *kit.Surface
	icon *kit.Icon
	text *kit.Text
	en   *kit.Text
}

func newBoardSilence(l *kit.Look) *boardSilence {
	s := &boardSilence{look: l}
	s.icon = l.Pic("clock-countdown", icons.Bold, kit.OnGold, 15)
	s.text = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.OnGold, Lines: 2})
	s.en = l.Text(kit.Style{Size: kit.Small, Color: kit.OnGold, Lines: 2})
	s.box = l.Surface(kit.Skin{Fill: kit.GoldTint}, l.Inset(3, boardEdge, 3, boardEdge,
		l.Row(6, s.icon, kit.Grow(l.Column(0, s.text, s.en)))))
	return s
}

func (s *boardSilence) render(b *Board, p board.Picture) {
	s.look.Show(s.box, p.Silence != nil)
	if p.Silence == nil {
		return
	}
	fill, ink, icon, weight := kit.GoldTint, kit.Ink, "clock-countdown", kit.SemiBold
	if p.Silence.Urgent {
		fill, ink, icon, weight = kit.Gold, kit.OnGold, "warning", kit.Bold
	}
	s.box.SetSkin(kit.Skin{Fill: fill})
	s.icon.Set(icon, ink)
	s.text.SetColor(ink)
	s.text.SetWeight(weight)
	s.en.SetColor(ink)
	s.text.Set(b.t("vi", p.Silence.Say.Key, p.Silence.Say.Args...))
	s.en.Set(b.english(b.t("en", p.Silence.Say.Key, p.Silence.Say.Args...)))
}

// boardBig is the latest call, the biggest thing in the room.
type boardBig struct {
	look    *kit.Look
	card    *kit.Surface
	call    *fyne.Container
	invite  *kit.Text
	english *kit.Text
	bell    *kit.Icon
	fresh   *kit.Text
	mark    *fyne.Container
	ticket  *kit.Fit
	arrow   *kit.Icon
	counter *kit.Fit
	sign    *kit.Text
	idle    *kit.Text
	idleEN  *kit.Text
	waiting *fyne.Container
}

func newBoardBig(l *kit.Look) *boardBig {
	g := &boardBig{look: l}
	g.invite = l.Text(kit.Style{Size: kit.Strong, Weight: kit.SemiBold, Color: kit.OnGold, Lines: 1})
	g.english = l.Text(kit.Style{Size: kit.Body, Color: kit.OnGold, Lines: 1})
	g.bell = l.Pic("bell-ringing", icons.Fill, kit.OnGold, 17)
	g.fresh = l.Text(kit.Style{Size: kit.Body, Weight: kit.Bold, Color: kit.OnGold, Lines: 1})
	g.mark = l.Row(3, g.bell, g.fresh)
	g.ticket = l.Fit(kit.Style{Size: kit.Number, Weight: kit.ExtraBold, Color: kit.OnGold, Tight: true})
	g.arrow = l.Pic("arrow-right", icons.Bold, kit.OnGold, 27)
	g.counter = l.Fit(kit.Style{Size: kit.Hero, Weight: kit.Bold, Color: kit.OnGold})
	g.sign = l.Text(kit.Style{Size: kit.Body, Color: kit.OnGold, Lines: 1})
	g.call = l.Column(0, kit.Spring(),
		l.Row(4, kit.Grow(l.Column(0, g.invite, g.english)), g.mark),
		l.Inset(5, 0, 3, 0, g.ticket),
		l.Row(7, g.arrow, kit.Grow(l.Column(0, g.counter, g.sign))),
		kit.Spring())
	g.idle = l.Text(kit.Style{Size: kit.Title, Weight: kit.SemiBold, Color: kit.OnBoard})
	g.idleEN = l.Text(kit.Style{Size: kit.Strong, Color: kit.BoardGold})
	g.waiting = l.Middle(l.Column(6, g.idle, g.idleEN))
	g.card = l.Surface(kit.Skin{}, l.Inset(4, 16, 4, 16, l.Stack(g.call, g.waiting)))
	return g
}

// render marks a new call by the gold card, a bell and a word; after that the
// call stays, quieter.
func (g *boardBig) render(b *Board, p board.Picture) {
	g.look.Show(g.call, p.Big != nil)
	g.look.Show(g.waiting, p.Big == nil)
	if p.Big == nil {
		g.card.SetSkin(kit.Skin{Fill: kit.BoardRow, Radius: 10})
		g.idle.Set(b.t("vi", p.Idle.Key, p.Idle.Args...))
		g.idleEN.Set(b.english(b.t("en", p.Idle.Key, p.Idle.Args...)))
		return
	}
	skin, ink, soft := kit.Skin{Fill: kit.BoardRow, Stroke: kit.Gold, Thick: 1.4, Radius: 10}, kit.OnBoard, kit.BoardGold
	if p.Big.New {
		skin, ink, soft = kit.Skin{Fill: kit.Gold, Radius: 10}, kit.OnGold, kit.OnGold
	}
	g.card.SetSkin(skin)
	for _, t := range []*kit.Text{g.invite, g.english, g.sign} {
		t.SetColor(ink)
	}
	g.ticket.SetColor(ink)
	g.counter.SetColor(soft)
	g.arrow.Set("arrow-right", soft)
	g.invite.Set(b.t("vi", "board.call"))
	g.english.Set(b.english(b.t("en", "board.call")))
	g.fresh.Set(b.t("vi", "board.new"))
	g.look.Show(g.mark, p.Big.New)
	g.ticket.Set(p.Big.Ticket)
	g.counter.Set(p.Big.Counter.VI)
	g.sign.Set(b.english(boardEnglish(p.Big.Counter)))
}

// boardEnglish is a sign's English, when it says more than the Vietnamese.
func boardEnglish(t queue.Text) string {
	if t.EN == t.VI {
		return ""
	}
	return t.EN
}

// boardRows are the calls before the latest: six, or in a rush twice as many
// in two columns of smaller type.
type boardRows struct {
	look         *kit.Look
	box          *fyne.Container
	large, small []*boardLine
	one, two     *fyne.Container
}

// boardLine is a number and its counter.
type boardLine struct {
	box     *kit.Surface
	bell    *kit.Icon
	ticket  *kit.Fit
	counter *kit.Fit
}

func newBoardRows(l *kit.Look) *boardRows {
	r := &boardRows{look: l}
	var one, two []fyne.CanvasObject
	for range board.Rows {
		line := newBoardLine(l, kit.Title, 8.5)
		r.large, one = append(r.large, line), append(one, l.Low(20, line.box))
	}
	for range 2 * board.Rows {
		line := newBoardLine(l, kit.Strong, 4.5)
		r.small, two = append(r.small, line), append(two, l.Low(16, line.box))
	}
	r.one = l.Column(boardRow, boardShare(one)...)
	r.two = l.Grid(kit.Cols(2), boardRow, 0, two...)
	r.box = l.Stack(r.one, r.two)
	return r
}

// boardShare makes every row as tall as the next, whether shown or not.
func boardShare(objs []fyne.CanvasObject) []fyne.CanvasObject {
	out := make([]fyne.CanvasObject, len(objs))
	for i, o := range objs {
		out[i] = kit.Grow(o)
	}
	return out
}

func newBoardLine(l *kit.Look, size kit.Size, side float32) *boardLine {
	b := &boardLine{}
	b.bell = l.Pic("bell-ringing", icons.Fill, kit.Gold, side*1.4)
	b.ticket = l.Fit(kit.Style{Size: size, Weight: kit.Bold, Color: kit.OnBoard})
	b.counter = l.Fit(kit.Style{Size: size, Weight: kit.SemiBold, Color: kit.BoardGold, Align: fyne.TextAlignTrailing})
	b.box = l.Surface(boardLineSkin(false), l.Inset(0, side, 0, side, l.Bar(side*0.5, b.ticket, l.Middle(b.bell), kit.Grow(b.counter))))
	return b
}

func boardLineSkin(fresh bool) kit.Skin {
	k := kit.Skin{Fill: kit.BoardRow, Radius: 6}
	if fresh {
		k.Stroke, k.Thick = kit.Gold, 1.2
	}
	return k
}

func (r *boardRows) render(b *Board, p board.Picture) {
	rush := len(p.Rows) > len(r.large)
	r.look.Show(r.one, !rush)
	r.look.Show(r.two, rush)
	lines := r.large
	if rush {
		lines = r.small
	}
	for i, line := range lines {
		on := i < len(p.Rows)
		r.look.Show(line.box, on)
		if !on {
			continue
		}
		row := p.Rows[i]
		line.ticket.Set(row.Ticket)
		line.counter.Set(row.Counter.VI)
		r.look.Show(line.bell, row.New)
		line.box.SetSkin(boardLineSkin(row.New))
	}
}
