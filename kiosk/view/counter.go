package view

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"motcua/assets/i18n"
	"motcua/kiosk/desk"
	"motcua/kiosk/kit"
)

// Measures of the counter's screen, in millimetres of the panel.
const (
	counterEdge  = 5.5 // margin of a column
	counterLeft  = 90  // width of the queue
	counterMid   = 113
	counterGap   = 2.8
	counterRound = 3.4 // corners of rows and fields
)

// Stroke is one key of the keyboard, with the time at which it came: what a
// collector of scanner bursts needs.
type Stroke struct {
	kit.Stroke
	At time.Time
}

// Counter is an officer's screen: it draws a desk.State and emits desk.Intents.
// It is built once; everything is for the Fyne goroutine only.
type Counter struct {
	// OnKeyStroke, when set, sees every key before the screen does, whether a
	// field has the focus or not. It returns true to keep the key: a scanner
	// that types is so kept out of the fields. What it kept by mistake it gives
	// back with TypeBack.
	OnKeyStroke func(Stroke) bool

	look  *kit.Look
	texts *i18n.Texts
	emit  func(desk.Intent)
	now   func() time.Time
	root  *kit.Root
	state desk.State

	bar    *counterBar
	silent *counterSilent
	queue  *counterQueue
	turn   *counterTurn
	tabs   *counterTabs
	intake *counterIntake
	giving *counterGiving
	day    *counterDay
	menu   *counterMenu
}

// NewCounter builds the screen. emit gets every intent, on the Fyne goroutine;
// now is the clock of Stroke.At.
func NewCounter(look *kit.Look, texts *i18n.Texts, now func() time.Time, emit func(desk.Intent)) *Counter {
	c := &Counter{look: look, texts: texts, emit: emit, now: now}
	c.bar = newCounterBar(c)
	c.silent = newCounterSilent(c)
	c.queue = newCounterQueue(c)
	c.turn = newCounterTurn(c)
	c.tabs = newCounterTabs(c)
	c.intake = newCounterIntake(c)
	c.giving = newCounterGiving(c)
	c.day = newCounterDay(c)
	c.menu = newCounterMenu(c)
	rule := func() fyne.CanvasObject {
		return look.Surface(kit.Skin{Fill: kit.Line}, look.AtLeast(0.3, 0, look.Text(kit.Style{})))
	}
	panels := look.Stack(c.intake.box, c.giving.box, c.day.box)
	right := look.Column(4, c.tabs.box, kit.Grow(panels))
	column := func(o fyne.CanvasObject) fyne.CanvasObject {
		return look.Inset(4.6, counterEdge, counterEdge, counterEdge, o)
	}
	work := look.Bar(0,
		look.Fixed(c.fit(counterLeft, 85), column(c.queue.box)), rule(),
		look.Fixed(counterMid, column(c.turn.box)), rule(),
		kit.Grow(column(right)))
	below := look.Stack(work, c.menu.box)
	c.root = look.Root(look.Column(0, c.bar.box, c.silent.box, kit.Grow(below)))
	return c
}

// fit is a length on an ordinary monitor, or on a small one (1366×768).
func (c *Counter) fit(usual, small float32) float32 {
	if c.low() {
		return small
	}
	return usual
}

// low reports that the monitor is a small one.
func (c *Counter) low() bool { return c.look.Panel().HeightMM < 230 }

// Root is what the window holds.
func (c *Counter) Root() fyne.CanvasObject { return c.root }

// Attach makes keys that no field gets come here too. Call it once, with the
// window's canvas.
func (c *Counter) Attach(canvas fyne.Canvas) {
	canvas.SetOnTypedRune(func(r rune) { c.take(kit.Stroke{Rune: r}) })
	canvas.SetOnTypedKey(func(k *fyne.KeyEvent) { c.take(kit.Stroke{Key: k.Name}) })
}

// Render draws a state. The same state costs next to nothing.
func (c *Counter) Render(s desk.State) {
	moved := s.Tab != c.state.Tab || s.SignedIn() != c.state.SignedIn()
	c.state = s
	c.bar.render(s)
	c.silent.render(s)
	c.queue.render(s)
	c.turn.render(s)
	c.tabs.render(s)
	c.intake.render(s)
	c.giving.render(s)
	c.day.render(s)
	c.menu.render(s)
	c.root.Settle()
	if moved {
		c.unfocus()
	}
}

// unfocus takes the focus from a field that may be hidden now.
func (c *Counter) unfocus() {
	if canvas := fyne.CurrentApp().Driver().CanvasForObject(c.root); canvas != nil {
		canvas.Unfocus()
	}
}

// take decides about a key before any field gets it: the runner first, then
// hotkeys; while a menu is open every key is for the menu. true means taken.
func (c *Counter) take(k kit.Stroke) bool {
	if c.OnKeyStroke != nil && c.OnKeyStroke(Stroke{Stroke: k, At: c.now()}) {
		return true
	}
	return c.route(k)
}

func (c *Counter) route(k kit.Stroke) bool {
	menu := c.state.Menu()
	open := menu != nil
	focused := c.focused()
	switch {
	case hotkey(k.Key), k.Key == fyne.KeyEscape:
	case open && menu.Typing && (k.Key == fyne.KeyBackspace || k.Key == fyne.KeyReturn || k.Key == fyne.KeyEnter):
	case open && k.Rune > ' ':
		k.Key = fyne.KeyName(strings.ToUpper(string(k.Rune)))
	case open:
		return true
	case focused == nil && navigates(k.Key):
	case c.intake.searching(focused) && (k.Key == fyne.KeyUp || k.Key == fyne.KeyDown):
	default:
		return false
	}
	c.emit(desk.KeyPressed{Key: desk.Key(k.Key)})
	return true
}

// hotkey reports whether a key is F1 to F12.
func hotkey(k fyne.KeyName) bool {
	return len(k) >= 2 && k[0] == 'F' && k[1] >= '1' && k[1] <= '9'
}

// navigates reports whether a key moves through the queue.
func navigates(k fyne.KeyName) bool {
	return k == fyne.KeyUp || k == fyne.KeyDown || k == fyne.KeyReturn || k == fyne.KeyEnter
}

// focused is the field that has the focus, nil when none has.
func (c *Counter) focused() *kit.Input {
	canvas := fyne.CurrentApp().Driver().CanvasForObject(c.root)
	if canvas == nil {
		return nil
	}
	in, _ := canvas.Focused().(*kit.Input)
	return in
}

// TypeBack gives keys that OnKeyStroke kept to whom they were meant for.
func (c *Counter) TypeBack(keys []Stroke) {
	for _, k := range keys {
		if c.route(k.Stroke) {
			continue
		}
		if in := c.focused(); in != nil {
			in.Type(k.Stroke)
		}
	}
}

// input makes a field that types into the state.
func (c *Counter) input(f desk.Field) *kit.Input {
	return c.look.Input(c.take,
		func(s string) { c.emit(desk.Typed{Field: f, Text: s}) },
		func() { c.emit(desk.Entered{Field: f}) })
}

// t looks a text up in the screen's language.
func (c *Counter) t(key string, args ...string) string {
	return c.texts.Get(c.state.Lang, key, args...)
}

// say words a sentence of the presenter. A refusal nobody has written a
// sentence for is told with its code.
func (c *Counter) say(s desk.Say) string {
	if s.Empty() {
		return ""
	}
	if strings.HasPrefix(s.Key, "refusal.") && !c.texts.Has(c.state.Lang, s.Key) {
		return c.t("counter.notice.unknown", s.Args...)
	}
	return c.t(s.Key, s.Args...)
}

// says joins sentences.
func (c *Counter) says(list []desk.Say, between string) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = c.say(s)
	}
	return strings.Join(words, between)
}

// key is what is printed for a key: the name on the keyboard.
func (c *Counter) key(k desk.Key) string {
	if long := "counter.key." + strings.ToLower(string(k)); c.texts.Has(c.state.Lang, long) {
		return c.t(long)
	}
	return string(k)
}

// counterTone is a tone's place in the kit.
func counterTone(t desk.Tone) kit.Tone {
	return map[desk.Tone]kit.Tone{desk.Plain: kit.Calm, desk.Good: kit.Good, desk.Warn: kit.Warn, desk.Bad: kit.Bad}[t]
}
