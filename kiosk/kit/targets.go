package kit

import (
	"strings"

	"fyne.io/fyne/v2"
)

// Target is something on the screen that can be touched or typed into, with
// the words on it (and in it), in Fyne units from the window's corner.
type Target struct {
	Text string  `json:"text"`
	X    float32 `json:"x"`
	Y    float32 `json:"y"`
	W    float32 `json:"w"`
	H    float32 `json:"h"`
}

// Targets lists what can be touched now, in drawing order: how a test driver
// finds a button by its words as a person does. It must be called on the Fyne
// goroutine.
func (r *Root) Targets() []Target {
	var list []Target
	collect(r.paper, fyne.Position{}, &list)
	return list
}

func collect(o fyne.CanvasObject, at fyne.Position, list *[]Target) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	switch v := o.(type) {
	case *Field:
		add(o, at, strings.TrimSpace(v.label.String()+" "+typedIn(v)), list)
	case fyne.Tappable:
		if p, ok := o.(interface{ Disabled() bool }); !ok || !p.Disabled() {
			add(o, at, wordsOf(o), list)
		}
	}
	for _, child := range children(o) {
		collect(child, at, list)
	}
}

// typedIn is the text of the input in a tree, "" when there is none.
func typedIn(o fyne.CanvasObject) string {
	if in, ok := o.(*Input); ok {
		return in.Text
	}
	for _, child := range children(o) {
		if text := typedIn(child); text != "" {
			return text
		}
	}
	return ""
}

func add(o fyne.CanvasObject, at fyne.Position, text string, list *[]Target) {
	s := o.Size()
	*list = append(*list, Target{Text: text, X: at.X, Y: at.Y, W: s.Width, H: s.Height})
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch v := o.(type) {
	case *fyne.Container:
		return v.Objects
	case interface{ inside() fyne.CanvasObject }:
		return []fyne.CanvasObject{v.inside()}
	}
	return nil
}

// wordsOf joins the visible words in a tree.
func wordsOf(o fyne.CanvasObject) string {
	if o == nil || !o.Visible() {
		return ""
	}
	if t, ok := o.(*Text); ok {
		return t.String()
	}
	var words []string
	for _, child := range children(o) {
		if w := wordsOf(child); w != "" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}
