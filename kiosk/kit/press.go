package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// Press is a surface that can be touched. A second touch within the guard's
// time does nothing; while the finger is down it looks pressed.
type Press struct {
	Surface
	onTap    func()
	down     bool
	disabled bool
}

var (
	_ fyne.Tappable     = (*Press)(nil)
	_ desktop.Mouseable = (*Press)(nil)
)

// Press makes a touchable surface of any content: a tile, a row, a face.
func (l *Look) Press(s Skin, content fyne.CanvasObject, onTap func()) *Press {
	p := &Press{onTap: onTap}
	p.become(p, l, s, content)
	return p
}

// Tile is the skin of a white tile that can be touched.
func Tile() Skin { return Skin{Fill: Card, Stroke: Edge, Radius: RadiusCard} }

// SetDisabled makes touches do nothing; the caller also says why in words.
func (p *Press) SetDisabled(off bool) { p.disabled = off }

// Disabled reports whether touches do nothing.
func (p *Press) Disabled() bool { return p.disabled }

// Tapped implements fyne.Tappable.
func (p *Press) Tapped(*fyne.PointEvent) {
	if p.disabled || p.onTap == nil || !p.look.guard.admit(p) {
		return
	}
	p.onTap()
}

// MouseDown implements desktop.Mouseable.
func (p *Press) MouseDown(*desktop.MouseEvent) { p.press(!p.disabled) }

// MouseUp implements desktop.Mouseable.
func (p *Press) MouseUp(*desktop.MouseEvent) { p.press(false) }

func (p *Press) press(down bool) {
	if p.down != down {
		p.down = down
		p.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Press) CreateRenderer() fyne.WidgetRenderer {
	return newSurfaceRenderer(&p.Surface, func() bool { return p.down })
}
