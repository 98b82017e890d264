// Package kittest checks rendered screens for the tests of package view: every
// target large enough and apart from the next, every text whole and inside,
// nothing untranslated. It also compares pictures with goldens. It is imported
// by tests only.
package kittest

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"motcua/kiosk/kit"
)

// Rules are the least sizes of a screen, in real millimetres of its panel.
type Rules struct {
	Target float32 // side of what can be touched
	Gap    float32 // between two of them
	Cap    float32 // height of capitals
}

// KioskRules are the UI rules of a standing citizen's screen (targets 20 mm,
// gaps 5 mm, capitals 3.5 mm).
func KioskRules() Rules { return Rules{Target: 20, Gap: 5, Cap: 3.5} }

// box is an object's place on the screen.
type box struct {
	name       string
	x, y, w, h float32
}

func (b box) in(o box, slack float32) bool {
	return b.x >= o.x-slack && b.y >= o.y-slack && b.x+b.w <= o.x+o.w+slack && b.y+b.h <= o.y+o.h+slack
}

// gap is the distance of two boxes along the axis on which they are apart;
// negative when they overlap.
func (b box) gap(o box) float32 {
	dx := max(o.x-(b.x+b.w), b.x-(o.x+o.w))
	dy := max(o.y-(b.y+b.h), b.y-(o.y+o.h))
	return max(dx, dy)
}

type walker struct {
	panel  kit.Panel
	rules  Rules
	screen box
	taps   []box
	faults []string
}

// Check walks a laid-out tree and lists its faults in words. Segments of one
// switch may touch each other; everything else keeps its gap.
func Check(root fyne.CanvasObject, p kit.Panel, r Rules) []string {
	w := &walker{panel: p, rules: r, screen: box{w: p.PxW, h: p.PxH}}
	w.visit(root, 0, 0, w.screen, false)
	for i, a := range w.taps {
		for _, b := range w.taps[i+1:] {
			if g := a.gap(b); g < p.MM(r.Gap)-1 && !strings.HasSuffix(a.name+b.name, "segment") {
				w.fault("%s and %s are %.1f mm apart, want %.1f", a.name, b.name, g/p.MM(1), r.Gap)
			}
		}
	}
	return w.faults
}

func (w *walker) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

func (w *walker) visit(o fyne.CanvasObject, x, y float32, within box, segment bool) {
	if !o.Visible() {
		return
	}
	pos, size := o.Position(), o.Size()
	b := box{x: x + pos.X, y: y + pos.Y, w: size.Width, h: size.Height}
	switch v := o.(type) {
	case *fyne.Container:
		for _, c := range v.Objects {
			w.visit(c, b.x, b.y, within, segment)
		}
	case *canvas.Text:
		w.text(v, b, within)
	case *kit.Text:
		if v.Cut() && !v.MayCut() {
			w.fault("text %q is cut", v.String())
		}
		if size.Height < v.HeightFor(size.Width)-1 {
			w.fault("text %q needs %.0f of height, has %.0f", v.String(), v.HeightFor(size.Width), size.Height)
		}
		w.children(o, b, within, segment)
	case fyne.Widget:
		if _, seg := o.(*kit.Segment); seg {
			segment = true
		}
		if !transparent(o) {
			if !b.in(within, 1) {
				w.fault("%s at %.0f,%.0f %.0f×%.0f sticks out of %.0f,%.0f %.0f×%.0f", Words(o), b.x, b.y, b.w, b.h, within.x, within.y, within.w, within.h)
			}
			within = b
		}
		w.tap(o, b, segment)
		w.children(o, b, within, segment)
	}
}

// transparent widgets carry others and draw nothing themselves.
func transparent(o fyne.CanvasObject) bool {
	switch o.(type) {
	case interface{ Skinned() bool }:
		return false
	}
	return true
}

func (w *walker) children(o fyne.CanvasObject, b, within box, segment bool) {
	for _, c := range test.WidgetRenderer(o.(fyne.Widget)).Objects() {
		w.visit(c, b.x, b.y, within, segment)
	}
}

func (w *walker) text(t *canvas.Text, b, within box) {
	if strings.ContainsAny(t.Text, "⟦⟧{}") {
		w.fault("text %q is not filled in", t.Text)
	}
	if capital := t.TextSize * kit.CapHeight / w.panel.MM(1); capital < w.rules.Cap-0.05 {
		w.fault("text %q has capitals of %.1f mm, want %.1f", t.Text, capital, w.rules.Cap)
	}
	// Ink lies between the capitals' marks and the descenders.
	ink := box{x: b.x, y: b.y + t.TextSize*0.1, w: t.MinSize().Width, h: t.TextSize * 1.15}
	if t.TextSize > 100 { // figures: capitals only
		ink.y, ink.h = b.y+t.TextSize*(1.069-kit.CapHeight), t.TextSize*kit.CapHeight
	}
	if !ink.in(within, 1.5) {
		w.fault("text %q at %.0f,%.0f %.0f×%.0f sticks out of %.0f,%.0f %.0f×%.0f", t.Text, ink.x, ink.y, ink.w, ink.h, within.x, within.y, within.w, within.h)
	}
}

func (w *walker) tap(o fyne.CanvasObject, b box, segment bool) {
	if _, ok := o.(fyne.Tappable); !ok {
		return
	}
	if _, ok := o.(desktop.Mouseable); !ok {
		return
	}
	b.name = Words(o)
	if least := w.panel.MM(w.rules.Target) - 0.5; b.w < least || b.h < least {
		w.fault("%s is %.1f×%.1f mm, want %.1f", b.name, b.w/w.panel.MM(1), b.h/w.panel.MM(1), w.rules.Target)
	}
	if segment {
		b.name += " segment"
	}
	w.taps = append(w.taps, b)
}

// Words joins all visible words in a tree, in drawing order.
func Words(o fyne.CanvasObject) string {
	var list []string
	var visit func(o fyne.CanvasObject)
	visit = func(o fyne.CanvasObject) {
		if !o.Visible() {
			return
		}
		switch v := o.(type) {
		case *fyne.Container:
			for _, c := range v.Objects {
				visit(c)
			}
		case *kit.Text:
			if s := v.String(); s != "" {
				list = append(list, s)
			}
		case *canvas.Text:
			list = append(list, v.Text)
		case fyne.Widget:
			for _, c := range test.WidgetRenderer(v).Objects() {
				visit(c)
			}
		}
	}
	visit(o)
	return strings.Join(list, " | ")
}

// Find returns the first visible touchable widget whose words contain text,
// nil when there is none.
func Find(o fyne.CanvasObject, text string) fyne.Tappable {
	if !o.Visible() {
		return nil
	}
	var kids []fyne.CanvasObject
	switch v := o.(type) {
	case *fyne.Container:
		kids = v.Objects
	case fyne.Widget:
		if t, ok := o.(fyne.Tappable); ok && strings.Contains(Words(o), text) {
			return t
		}
		kids = test.WidgetRenderer(v).Objects()
	}
	for _, k := range kids {
		if t := Find(k, text); t != nil {
			return t
		}
	}
	return nil
}
