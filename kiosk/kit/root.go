package kit

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Root is what a window holds: the content under the look, with the paper
// behind it. On a kiosk it hides the mouse pointer.
type Root struct {
	widget.BaseWidget
	look     *Look
	paper    *Surface
	override *container.ThemeOverride
}

var _ desktop.Cursorable = (*Root)(nil)

// Root puts content under the look, once per window.
func (l *Look) Root(content fyne.CanvasObject) *Root {
	r := &Root{look: l}
	r.paper = l.Surface(Skin{Fill: Paper}, content)
	r.override = container.NewThemeOverride(container.New(unbound{}, r.paper), l)
	r.ExtendBaseWidget(r)
	return r
}

// Apply changes the mode in place and draws everything again; it does nothing
// when the mode is already so.
func (r *Root) Apply(m Mode) {
	if r.look.mode == m {
		return
	}
	r.look.mode = m
	r.look.dirty = false
	r.override.Refresh()
}

// Settle lays the screen out again if a text or a visibility changed; a
// Render ends with it.
func (r *Root) Settle() {
	if r.look.dirty {
		r.look.dirty = false
		Relayout(r.paper)
	}
}

// SetFill changes the colour behind everything.
func (r *Root) SetFill(fill Role) { r.paper.SetSkin(Skin{Fill: fill}) }

// Cursor implements desktop.Cursorable.
func (r *Root) Cursor() desktop.Cursor {
	if r.look.density == Desk {
		return desktop.DefaultCursor
	}
	return desktop.HiddenCursor
}

// CreateRenderer implements fyne.Widget.
func (r *Root) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(r.override) }

// unbound fills the space and asks for none, so that a window never grows
// past its screen because of a long name.
type unbound struct{}

func (unbound) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

func (unbound) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Resize(s)
		o.Move(fyne.Position{})
	}
}
