package kit

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Stroke is one key as a window delivers it: a rune, or a named key.
type Stroke struct {
	Rune rune
	Key  fyne.KeyName
}

// Input is a Fyne entry (so Telex typing through the input method works) whose
// keys somebody else sees first: a bare F-key would otherwise be lost in it,
// and a scanner's text would land in it.
type Input struct {
	widget.Entry
	take    func(Stroke) bool
	changed func(string)
	entered func()
	quiet   bool // the text is being set, not typed
	// What was typed and has not come back through Set yet, oldest first, and
	// what came back last. The state that Set shows is always a little behind
	// the fingers; without this a quick typist would lose letters to it.
	typed []string
	known string
}

// Input makes an empty one. take is asked for every stroke and returns true
// when the entry must not get it; changed gets the text after typing; entered
// is Enter.
func (l *Look) Input(take func(Stroke) bool, changed func(string), entered func()) *Input {
	i := &Input{take: take, changed: changed, entered: entered}
	i.Scroll = fyne.ScrollHorizontalOnly
	i.ExtendBaseWidget(i)
	i.OnChanged = func(s string) {
		if !i.quiet {
			i.typed = append(i.typed, s)
			i.changed(s)
		}
	}
	i.OnSubmitted = func(string) { i.entered() }
	return i
}

// Set shows the state's text without telling anybody. A text that is only an
// echo of what was typed here, or older than that, changes nothing; any other
// is somebody else's doing (a scan, an emptied form) and replaces what is here.
func (i *Input) Set(text string) {
	if i.echo(text) || i.Text == text {
		return
	}
	i.quiet = true
	i.SetText(text)
	i.CursorColumn = len([]rune(text))
	i.quiet = false
	i.Refresh()
}

// echo reports that a text of the state is one that was typed here, and
// forgets what was typed before it.
func (i *Input) echo(text string) bool {
	if len(i.typed) > 0 && text == i.known {
		return true // the state has not heard of the typing yet
	}
	i.known = text
	if at := slices.Index(i.typed, text); at >= 0 {
		i.typed = i.typed[at+1:]
		return true
	}
	i.typed = nil
	return false
}

// Lock makes the field read-only while its text is being sent.
func (i *Input) Lock(on bool) {
	switch {
	case on && !i.Disabled():
		i.Disable()
	case !on && i.Disabled():
		i.Enable()
	}
}

// TypedRune implements fyne.Focusable.
func (i *Input) TypedRune(r rune) {
	if !i.take(Stroke{Rune: r}) {
		i.Entry.TypedRune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (i *Input) TypedKey(k *fyne.KeyEvent) {
	if !i.take(Stroke{Key: k.Name}) {
		i.Entry.TypedKey(k)
	}
}

// Type gives the field a stroke past take: what was held back comes after all.
func (i *Input) Type(s Stroke) {
	if s.Key != "" {
		i.Entry.TypedKey(&fyne.KeyEvent{Name: s.Key})
		return
	}
	i.Entry.TypedRune(s.Rune)
}

// Field is an input, or anything else, under its label.
type Field struct {
	Surface
	label *Text
}

// Field makes one.
func (l *Look) Field(o fyne.CanvasObject) *Field {
	f := &Field{label: l.Text(Style{Size: Small, Color: Ink2, Lines: 1})}
	f.become(f, l, Skin{}, l.Column(0.6, f.label, o))
	return f
}

// Set fills the label.
func (f *Field) Set(label string) { f.label.Set(label) }

// Mute shows that a button cannot work just now; it stays pressable, and says
// why in words when it is pressed.
func (b *Button) Mute(on bool) {
	skin, ink := b.kind.look()
	skin.Radius = b.skin.Radius
	if on {
		skin, ink = Skin{Fill: Paper, Stroke: Edge, Thick: 0.3, Radius: b.skin.Radius}, Disabled
	}
	b.label.SetColor(ink)
	b.icon.Set(b.icon.name, ink)
	b.SetSkin(skin)
}
