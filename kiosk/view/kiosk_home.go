package view

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
	"motcua/kiosk/kit"
	"motcua/kiosk/session"
)

// kioskTiles is how many offers the home screen can hold beside the number.
const kioskTiles = 6

// kioskHome is the first screen: the number, large, and what else there is.
type kioskHome struct {
	k           *Kiosk
	body        fyne.CanvasObject
	title, hint *kit.Text
	number      *kit.Press
	what        *kit.Text
	detail      *kit.Text
	crowd       *kit.Text
	tiles       []*kioskTile
	scan, down  *kit.Banner
	columns     int
}

// kioskTile is one offer: beside its pictogram where it has the width, below it
// in a grid.
type kioskTile struct {
	press        *kit.Press
	long, square *fyne.Container
	badge        *kit.Surface
	icons        [2]*kit.Icon
	titles       [2]*kit.Text
	hints        [2]*kit.Text
	tap          session.Tap
}

func newKioskHome(k *Kiosk) *kioskHome {
	l := k.look
	h := &kioskHome{k: k, title: k.title(), hint: k.hint(), columns: 1}
	h.what = l.Text(kit.Style{Size: kit.Hero, Weight: kit.ExtraBold, Color: kit.OnBrand})
	h.detail = l.Text(kit.Style{Size: kit.Body, Color: kit.OnBrand})
	h.crowd = l.Text(kit.Style{Size: kit.Body, Weight: kit.SemiBold, Color: kit.OnBrand})
	words := l.Column(0, h.what, h.detail, h.crowd)
	pic := l.Pic("ticket", icons.Duotone, kit.BrandPic, 36)
	face := l.Inset(8, 9, 8, 11, l.Row(11, pic, kit.Grow(words)))
	if k.wide {
		if k.low {
			pic = l.Pic("ticket", icons.Duotone, kit.BrandPic, 22)
		}
		face = l.Inset(3, 9, 3, 9, l.Column(0, kit.Spring(), l.Row(0, pic), words, kit.Spring()))
	}
	h.number = l.Press(kit.Skin{}, l.Middle(face), k.tap(session.TakeNumber))
	grid := l.Grid(func() int { return h.columns }, kioskGap, 0)
	for range kioskTiles {
		t := newKioskTile(k)
		h.tiles = append(h.tiles, t)
		grid.Add(t.press)
	}
	h.scan, h.down = l.Banner(kit.Calm, kit.Body, 11), l.Banner(kit.Warn, kit.Body, 11)
	head := l.Column(0, h.title, h.hint)
	if k.wide {
		both := l.Bar(8, kit.Grow(l.Column(4, head, kit.Grow(h.number))), kit.Grow(grid))
		h.body = l.Column(5, kit.Grow(both), h.scan, h.down)
		return h
	}
	h.body = l.Column(8, head, kit.Share(3, h.number), kit.Share(5, grid), h.scan, h.down, kit.Share(1.2, l.Column(0)))
	return h
}

func newKioskTile(k *Kiosk) *kioskTile {
	l := k.look
	t := &kioskTile{}
	for i := range 2 {
		t.icons[i] = l.Pic("", icons.Duotone, kit.Blue, map[bool]float32{false: 18, true: 13}[k.low])
		t.titles[i] = l.Text(kit.Style{Size: kit.Strong, Weight: kit.Bold})
		t.hints[i] = l.Text(kit.Style{Size: kit.Body, Color: kit.Ink2})
	}
	caret := l.Pic("caret-right", icons.Bold, kit.Ink2, 8)
	badge, side := float32(24), float32(8)
	if k.low {
		badge, side = 18, 5
	}
	t.badge = l.Badge(t.icons[0], badge)
	t.long = l.Inset(3, side, 3, side, l.Row(side-1, t.badge, kit.Grow(l.Column(0, t.titles[0], t.hints[0])), caret))
	t.square = l.Inset(6, 8, 6, 8, l.Column(2, l.Row(0, t.icons[1]), t.titles[1], t.hints[1]))
	t.press = l.Press(kit.Tile(), l.Stack(l.Middle(t.long), l.Middle(t.square)), func() { k.emit(t.tap) })
	return t
}

func (h *kioskHome) box() fyne.CanvasObject { return h.body }

// closed quiets the number while none is given; the line below says until when.
// With one for the next session only, the offer says so.
func (h *kioskHome) closed(on bool, later session.Say) {
	skin, ink, what := kit.Skin{Fill: kit.Brand, Radius: kit.RadiusCard, Under: kit.BrandEdge}, kit.OnBrand, "kiosk.take-number"
	switch {
	case !later.Empty():
		what = later.Key
	case on:
		skin, ink, what = kit.Skin{Fill: kit.Navy, Radius: kit.RadiusCard}, kit.OnNavy, "kiosk.closed.title"
	}
	h.number.SetSkin(skin)
	for _, t := range []*kit.Text{h.what, h.detail, h.crowd} {
		t.SetColor(ink)
	}
	h.what.SetSize(h.size(on), 0)
	h.what.Set(h.k.t(what))
	h.k.look.Show(h.detail, !on && !h.k.cramped())
}

// size of the big word: why there is no number is longer than the offer of one.
func (h *kioskHome) size(closed bool) kit.Size {
	switch {
	case !closed:
		return kit.Hero
	case h.k.low:
		return kit.Strong
	}
	return kit.Title
}

func (h *kioskHome) render(s session.State) {
	k := h.k
	h.title.Set(k.t("kiosk.hello"))
	h.hint.Set(k.t("kiosk.hello.hint"))
	k.look.Show(h.hint, !k.cramped())
	h.closed(!s.Closed().Empty(), s.ForLater())
	h.detail.Set(k.t("kiosk.take-number.hint"))
	h.crowd.Set(k.brief(s.Crowd()))
	tiles := s.Tiles()
	many := len(tiles) > 3
	full := k.low && many
	if h.columns = 1; many && !k.cramped() {
		h.columns = 2
	}
	for i, t := range h.tiles {
		k.look.Show(t.press, i < len(tiles))
		if i >= len(tiles) {
			continue
		}
		k.look.Show(t.long, h.columns == 1)
		k.look.Show(t.square, h.columns == 2)
		k.look.Show(t.badge, !(full && k.cramped()))
		t.tap = tiles[i].Press
		for j := range 2 {
			t.icons[j].Set(tiles[i].Icon, kit.Blue)
			t.titles[j].Set(k.say(tiles[i].Title))
			t.hints[j].Set(k.say(tiles[i].Hint))
			k.look.Show(t.hints[j], !k.cramped() && !(s.Large && many) && !full)
		}
	}
	room := !k.cramped() && !full
	k.look.Show(h.scan, room && !s.ScannerDown)
	k.look.Show(h.down, room && s.ScannerDown)
	h.scan.Set("scan", k.t("kiosk.scan-any"))
	h.down.Set("warning-circle", k.t("kiosk.scan-down"))
}
