package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"motcua/assets/icons"
)

// Icon is a pictogram in a palette colour, square, of a size in millimetres.
type Icon struct {
	widget.BaseWidget
	look   *Look
	name   string
	weight icons.Weight
	role   Role
	mm     float32
}

// Pic makes a pictogram; an unknown name shows the fallback.
func (l *Look) Pic(name string, w icons.Weight, r Role, mm float32) *Icon {
	i := &Icon{look: l, name: name, weight: w, role: r, mm: mm}
	i.ExtendBaseWidget(i)
	return i
}

// Set changes the pictogram and its colour; the same costs nothing.
func (i *Icon) Set(name string, r Role) {
	if i.name != name || i.role != r {
		i.name, i.role = name, r
		i.Refresh()
	}
}

// MinSize implements fyne.CanvasObject. Large text brings larger pictograms.
func (i *Icon) MinSize() fyne.Size {
	mm := i.mm
	if i.look.mode.Large && mm < 12 {
		mm *= 1.25
	}
	return fyne.NewSquareSize(i.look.MM(mm))
}

// drawing returns the pictogram's drawing, the fallback's when it is unknown.
func (i *Icon) drawing() drawing {
	svg, ok := icons.SVG(i.name, i.weight)
	if !ok {
		svg, _ = icons.SVG(icons.Fallback, icons.Bold)
	}
	d, err := readDrawing(svg)
	if err != nil { // a test reads every embedded drawing
		fyne.LogError("pictogram "+i.name, err)
	}
	return d
}

// CreateRenderer implements fyne.Widget.
func (i *Icon) CreateRenderer() fyne.WidgetRenderer {
	r := &iconRenderer{icon: i}
	r.img = canvas.NewRaster(func(w, h int) image.Image { return r.drawn.fill(min(w, h), r.paint) })
	r.objs = []fyne.CanvasObject{r.img}
	r.take()
	return r
}

type iconRenderer struct {
	icon  *Icon
	img   *canvas.Raster
	name  string
	drawn drawing
	paint color.Color
	objs  []fyne.CanvasObject
}

func (r *iconRenderer) Destroy()                     {}
func (r *iconRenderer) MinSize() fyne.Size           { return r.icon.MinSize() }
func (r *iconRenderer) Objects() []fyne.CanvasObject { return r.objs }

func (r *iconRenderer) Layout(s fyne.Size) {
	side := min(s.Width, s.Height)
	place(r.img, (s.Width-side)/2, (s.Height-side)/2, side, side)
}

// take takes over what the icon shows and reports whether it changed.
func (r *iconRenderer) take() bool {
	paint := r.icon.look.Paint(r.icon.role)
	if r.name == r.icon.name && r.paint == paint && r.drawn.side > 0 {
		return false
	}
	if r.name != r.icon.name || r.drawn.side == 0 {
		r.name, r.drawn = r.icon.name, r.icon.drawing()
	}
	r.paint = paint
	return true
}

func (r *iconRenderer) Refresh() {
	if r.take() {
		r.img.Refresh()
	}
}
