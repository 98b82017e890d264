package kit

import (
	"image"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	qrcode "github.com/skip2/go-qrcode"

	"motcua/assets/icons"
)

// Fact is a small label over a strong value.
type Fact struct {
	Surface
	label, value *Text
}

// Fact makes an empty one.
func (l *Look) Fact(size Size, align fyne.TextAlign) *Fact {
	f := &Fact{
		label: l.Text(Style{Size: Body, Color: Ink2, Align: align}),
		value: l.Text(Style{Size: size, Weight: Bold, Align: align}),
	}
	f.become(f, l, Skin{}, l.Column(0, f.label, f.value))
	return f
}

// Set fills it.
func (f *Fact) Set(label, value string) {
	f.label.Set(label)
	f.value.Set(value)
}

// Clip bounds the lines of the value, where it is words from outside.
func (f *Fact) Clip(lines int) { f.value.SetSize(f.value.style.Size, lines) }

// SetColor changes the colour of the value.
func (f *Fact) SetColor(r Role) { f.value.SetColor(r) }

// QR is a QR code on white with its quiet zone, each module a whole number of
// pixels. It stays black on white in every palette: cameras need it.
type QR struct {
	widget.BaseWidget
	look *Look
	mm   float32
	text string
	img  *canvas.Image
}

// QR makes an empty one with a side of mm millimetres.
func (l *Look) QR(mm float32) *QR {
	q := &QR{look: l, mm: mm, img: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScalePixels}}
	q.ExtendBaseWidget(q)
	return q
}

// Set draws another text; the same costs nothing, "" or a text too long for a
// code draws nothing.
func (q *QR) Set(text string) {
	if q.text == text {
		return
	}
	q.text = text
	q.img.Image = nil
	if text != "" {
		if code, err := qrcode.New(text, qrcode.Medium); err == nil {
			q.img.Image = modules(code.Bitmap(), int(q.look.MM(q.mm)))
		}
	}
	q.img.Refresh()
}

// Drawn reports whether there is a code to see.
func (q *QR) Drawn() bool { return q.img.Image != nil }

// MinSize implements fyne.CanvasObject.
func (q *QR) MinSize() fyne.Size { return fyne.NewSquareSize(q.look.MM(q.mm)) }

// CreateRenderer implements fyne.Widget.
func (q *QR) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(q.img) }

// modules draws a bitmap with the largest whole module that fits in side.
func modules(bits [][]bool, side int) image.Image {
	n := len(bits)
	k := max(1, side/n)
	img := image.NewPaletted(image.Rect(0, 0, n*k, n*k), color.Palette{color.White, color.Black})
	for y, row := range bits {
		for x, dark := range row {
			if !dark {
				continue
			}
			for i := range k * k {
				img.Pix[img.PixOffset(x*k+i%k, y*k+i/k)] = 1
			}
		}
	}
	return img
}

// Dashes is the perforation line of a ticket.
type Dashes struct {
	widget.BaseWidget
	look *Look
}

// Dashes makes a dashed line across.
func (l *Look) Dashes() *Dashes {
	d := &Dashes{look: l}
	d.ExtendBaseWidget(d)
	return d
}

// MinSize implements fyne.CanvasObject.
func (d *Dashes) MinSize() fyne.Size { return fyne.NewSize(0, d.look.MM(0.7)) }

// CreateRenderer implements fyne.Widget.
func (d *Dashes) CreateRenderer() fyne.WidgetRenderer { return &dashRenderer{d: d} }

type dashRenderer struct {
	d    *Dashes
	objs []fyne.CanvasObject
}

func (r *dashRenderer) Destroy()                     {}
func (r *dashRenderer) MinSize() fyne.Size           { return r.d.MinSize() }
func (r *dashRenderer) Objects() []fyne.CanvasObject { return r.objs }

func (r *dashRenderer) Layout(s fyne.Size) {
	step := r.d.look.MM(3)
	n := int(s.Width / step)
	for len(r.objs) < n {
		r.objs = append(r.objs, canvas.NewRectangle(r.d.look.Paint(Line)))
	}
	r.objs = r.objs[:n]
	for i, o := range r.objs {
		place(o, float32(i)*step, 0, step*0.6, s.Height)
	}
}

func (r *dashRenderer) Refresh() {
	for _, o := range r.objs {
		rect := o.(*canvas.Rectangle)
		rect.FillColor = r.d.look.Paint(Line)
		rect.Refresh()
	}
}

// Step is one line of a progress list.
type Step struct {
	Title, Sub string
	Now        bool   // where things stand
	Icon       string // for Now; done steps carry a tick
}

// Steps is a progress list: ticked steps joined by a line, the present one
// marked in gold. It has room for a fixed number of steps.
type Steps struct {
	Surface
	rows []*stepRow
}

type stepRow struct {
	box        *fyne.Container
	dot        *Surface
	icon       *Icon
	bar        *Surface
	title, sub *Text
}

// Steps makes an empty list with room for n.
func (l *Look) Steps(n int) *Steps {
	s := &Steps{}
	list := l.Column(0)
	s.become(s, l, Skin{}, list)
	for range n {
		r := &stepRow{
			icon:  l.Pic("check", icons.Bold, OnGreen, 7),
			bar:   l.Surface(Skin{Fill: Green}, l.AtLeast(1.2, 4, l.Text(Style{}))),
			title: l.Text(Style{Size: Lead, Lines: 2}),
			sub:   l.Text(Style{Size: Body, Color: Ink2, Lines: 2}),
		}
		r.dot = l.Surface(Skin{Fill: Green, Radius: 20}, l.AtLeast(12.5, 12.5, l.Center(0, r.icon)))
		rail := l.Column(0, r.dot, Grow(l.Across(r.bar)))
		r.box = l.Bar(6, rail, Grow(l.Inset(0.6, 0, 5, 0, l.Column(0, r.title, r.sub))))
		r.box.Hide()
		s.rows = append(s.rows, r)
		list.Add(r.box)
	}
	return s
}

// Set fills the list; steps beyond its room are left out at the front.
func (s *Steps) Set(steps []Step) {
	if over := len(steps) - len(s.rows); over > 0 {
		steps = steps[over:]
	}
	for i, r := range s.rows {
		s.look.Show(r.box, i < len(steps))
		if i >= len(steps) {
			r.title.Set("")
			r.sub.Set("")
			continue
		}
		p := steps[i]
		r.title.Set(p.Title)
		r.sub.Set(p.Sub)
		weight, fill, ink, icon := Regular, Green, OnGreen, "check"
		if p.Now {
			weight, fill, ink, icon = Bold, Gold, OnGold, p.Icon
		}
		r.title.SetWeight(weight)
		r.dot.SetSkin(Skin{Fill: fill, Radius: 20})
		r.icon.Set(icon, ink)
		s.look.Show(r.bar, i < len(steps)-1)
	}
}
