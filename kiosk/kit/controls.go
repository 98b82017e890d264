package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"motcua/assets/icons"
)

// Tone is the meaning of a coloured note; its pictogram says the same without
// colour.
type Tone int

// Tones.
const (
	Calm Tone = iota // blue, information
	Good
	Warn
	Bad
)

// Colors are the text colour and the surface of a tone.
func (t Tone) Colors() (ink, tint Role) {
	switch t {
	case Good:
		return Green, GreenTint
	case Warn:
		return Amber, AmberTint
	case Bad:
		return Red, RedTint
	}
	return Blue, BlueTint
}

// Icon is the pictogram of a tone, in every weight.
func (t Tone) Icon() string {
	switch t {
	case Good:
		return "check-circle"
	case Warn:
		return "warning-circle"
	case Bad:
		return "x-circle"
	}
	return "info"
}

// Pill is a short state in words with a pictogram, on a tinted capsule.
type Pill struct {
	Surface
	icon  *Icon
	label *Text
}

// Pill makes an empty one.
func (l *Look) Pill(size Size) *Pill {
	p := &Pill{}
	mm := l.Em(size) / l.MM(1)
	p.icon = l.Pic("info", icons.Fill, Blue, mm)
	p.label = l.Text(Style{Size: size, Weight: Bold, Color: Blue})
	p.become(p, l, Skin{Radius: 40}, l.Inset(mm*0.25, mm*0.9, mm*0.25, mm*0.7, l.Row(mm*0.4, p.icon, p.label)))
	return p
}

// Set fills the pill; an empty icon means the tone's own.
func (p *Pill) Set(t Tone, icon, label string) {
	if icon == "" {
		icon = t.Icon()
	}
	ink, tint := t.Colors()
	p.icon.Set(icon, ink)
	p.label.SetColor(ink)
	p.label.Set(label)
	k := p.skin
	k.Fill = tint
	p.SetSkin(k)
}

// Paint gives the pill other colours, of a text and the surface under it.
func (p *Pill) Paint(ink, fill Role) {
	p.icon.Set(p.icon.name, ink)
	p.label.SetColor(ink)
	k := p.skin
	k.Fill = fill
	p.SetSkin(k)
}

// Badge is a pictogram on a tinted square, at the head of a tile.
func (l *Look) Badge(icon *Icon, side float32) *Surface {
	return l.Surface(Skin{Fill: BlueTint, Radius: RadiusButton}, l.AtLeast(side, side, l.Center(0, icon)))
}

// Banner is a note across the screen: pictogram and words on a tint.
type Banner struct {
	Surface
	icon  *Icon
	label *Text
}

// Banner makes an empty one; mm is the size of its pictogram.
func (l *Look) Banner(t Tone, size Size, mm float32) *Banner {
	ink, tint := t.Colors()
	b := &Banner{icon: l.Pic(t.Icon(), icons.Bold, ink, mm), label: l.Text(Style{Size: size, Color: ink})}
	b.become(b, l, Skin{Fill: tint, Stroke: ink, Thick: 0.4, Radius: RadiusCard},
		l.Inset(mm*0.35, mm*0.6, mm*0.35, mm*0.6, l.Row(mm*0.5, b.icon, Grow(b.label))))
	return b
}

// Set fills the banner.
func (b *Banner) Set(icon, text string) {
	b.icon.Set(icon, b.icon.role)
	b.label.Set(text)
}

// Paint gives the banner other colours, of a text and the surface under it.
func (b *Banner) Paint(ink, fill Role) {
	b.icon.Set(b.icon.name, ink)
	b.label.SetColor(ink)
	b.SetSkin(Skin{Fill: fill, Stroke: ink, Thick: 0.4, Radius: RadiusCard})
}

// Switch is the picture of an on/off choice. What is touched is the row that
// it stands in.
type Switch struct {
	widget.BaseWidget
	look *Look
	on   bool
}

// Switch makes one that is off.
func (l *Look) Switch() *Switch {
	s := &Switch{look: l}
	s.ExtendBaseWidget(s)
	return s
}

// Set turns it.
func (s *Switch) Set(on bool) {
	if s.on != on {
		s.on = on
		s.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Switch) CreateRenderer() fyne.WidgetRenderer {
	track, knob := &canvas.Rectangle{}, &canvas.Rectangle{}
	tick := s.look.Pic("check", icons.Bold, Navy, 7)
	r := &switchRenderer{s: s, track: track, knob: knob, tick: tick, objs: []fyne.CanvasObject{track, knob, tick}}
	r.paint()
	return r
}

type switchRenderer struct {
	s           *Switch
	track, knob *canvas.Rectangle
	tick        *Icon
	objs        []fyne.CanvasObject
}

func (r *switchRenderer) Destroy()                     {}
func (r *switchRenderer) Objects() []fyne.CanvasObject { return r.objs }
func (r *switchRenderer) MinSize() fyne.Size {
	return fyne.NewSize(r.s.look.MM(24), r.s.look.MM(13.5))
}

func (r *switchRenderer) paint() {
	l := r.s.look
	fill, knob := Card, Navy
	if r.s.on {
		fill, knob = Navy, Card
	}
	r.track.FillColor, r.track.StrokeColor, r.track.StrokeWidth = l.Paint(fill), l.Paint(Navy), l.MM(0.7)
	r.knob.FillColor = l.Paint(knob)
	r.tick.Hidden = !r.s.on
}

func (r *switchRenderer) Layout(s fyne.Size) {
	h := min(s.Height, r.MinSize().Height)
	w := min(s.Width, r.MinSize().Width)
	y, gap := (s.Height-h)/2, h*0.14
	d := h - 2*gap
	x := gap
	if r.s.on {
		x = w - gap - d
	}
	r.track.CornerRadius, r.knob.CornerRadius = h/2, d/2
	place(r.track, 0, y, w, h)
	place(r.knob, x, y+gap, d, d)
	place(r.tick, x+d*0.18, y+gap+d*0.18, d*0.64, d*0.64)
}

func (r *switchRenderer) Refresh() {
	r.paint()
	r.Layout(r.s.Size())
	r.track.Refresh()
	r.knob.Refresh()
	r.tick.Refresh()
}

// Segment is a choice of one of a few, side by side, on the header.
type Segment struct {
	Surface
	cells  []*Press
	labels []*Text
	picked int
}

// Segment makes the choice; labels are each in its own language and never
// change. onPick gets the index.
func (l *Look) Segment(labels []string, onPick func(int)) *Segment {
	s := &Segment{picked: -1}
	cells := make([]fyne.CanvasObject, len(labels))
	for i, label := range labels {
		t := l.Say(Style{Size: Body, Weight: SemiBold, Color: OnHeader, Align: fyne.TextAlignCenter}, label)
		c := l.Press(Skin{Radius: RadiusButton - 1}, l.AtLeast(20, 20, l.Inset(0, 4.5, 0, 4.5, l.Center(0, t))), func() { onPick(i) })
		s.cells, s.labels, cells[i] = append(s.cells, c), append(s.labels, t), c
	}
	s.become(s, l, Skin{Fill: HeaderSoft, Radius: RadiusButton}, l.Pad(1, l.Bar(0, cells...)))
	return s
}

// Set shows which one is chosen.
func (s *Segment) Set(i int) {
	if s.picked == i {
		return
	}
	s.picked = i
	for j := range s.cells {
		fill, ink := Clear, OnHeader
		if j == i {
			fill, ink = Pick, OnPick
		}
		s.cells[j].SetSkin(Skin{Fill: fill, Radius: RadiusButton - 1})
		s.labels[j].SetColor(ink)
	}
}

// Chip is a word that can be switched on and off.
type Chip struct {
	Press
	label *Text
	on    bool
}

// Chip makes one that is off.
func (l *Look) Chip(onTap func()) *Chip {
	c := &Chip{Press: Press{onTap: onTap}, label: l.Text(Style{Size: Body, Weight: Regular, Color: Ink})}
	c.become(c, l, chipSkin(false), l.AtLeast(20, 20, l.Inset(0, 7, 0, 7, l.Center(0, c.label))))
	return c
}

func chipSkin(on bool) Skin {
	if on {
		return Skin{Fill: Navy, Stroke: Navy, Thick: 0.6, Radius: 40}
	}
	return Skin{Fill: Card, Stroke: Navy, Thick: 0.6, Radius: 40}
}

// Set fills the chip and switches it.
func (c *Chip) Set(label string, on bool) {
	c.label.Set(label)
	if c.on == on {
		return
	}
	c.on = on
	c.SetSkin(chipSkin(on))
	ink, w := Ink, Regular
	if on {
		ink, w = OnNavy, SemiBold
	}
	c.label.SetColor(ink)
	c.label.SetWeight(w)
}
