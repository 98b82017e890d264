package kit

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"motcua/assets/fonts"
)

// Mode is what a user may change about the look.
type Mode struct {
	Contrast bool // the high-contrast palette
	Large    bool // capitals of at least 7.3 mm
}

// Size names a step of the type scale.
type Size int

// Steps of the type scale. Small is for what may be missed (clock, footnote).
const (
	Small Size = iota
	Body
	Lead   // what is read first among body text
	Strong // names of things
	Title  // the question of the screen
	Hero   // the one big word
	Number // a ticket's number
)

// scales give the em size in millimetres; Noto Sans capitals are 0.714 em.
// Kiosk: body capitals 4.9 mm, nothing under 3.5 mm, large 7.3 mm (VVSG 2.0
// §7.1-G). Desk: read at 60 cm with time. Hall: per 300 mm of panel height.
var scales = map[Density][2][7]float32{
	Kiosk: {{5.5, 6.9, 8, 9.4, 14, 16.5, 66}, {10.3, 10.4, 10.8, 11.6, 15, 17, 66}},
	Desk:  {{3.6, 4.15, 4.6, 5.3, 6.6, 9, 30}, {4.6, 5.2, 5.7, 6.4, 7.6, 10, 30}},
	Hall:  {{9.4, 11, 13, 15.6, 24.5, 36, 93}, {9.4, 11, 13, 15.6, 24.5, 36, 93}},
}

// CapHeight is the height of Noto Sans capitals and figures in em.
const CapHeight = 0.714

// Weight is a weight of Noto Sans.
type Weight int

// Weights.
const (
	Regular Weight = iota
	SemiBold
	Bold
	ExtraBold
)

// Look makes and colours everything on a screen. It is a fyne.Theme, so that
// Fyne's own widgets (an entry field) look the same. Not safe for use outside
// the Fyne goroutine.
type Look struct {
	panel   Panel
	density Density
	mode    Mode
	palette [2]Palette
	faces   [4]fyne.Resource
	guard   guard
	dirty   bool // a text or a visibility changed since the last Settle
}

var _ fyne.Theme = (*Look)(nil)

// NewLook returns the standard look for a panel.
func NewLook(p Panel, d Density) *Look {
	return &Look{
		panel: p, density: d,
		palette: [2]Palette{StandardPalette(), ContrastPalette()},
		faces: [4]fyne.Resource{
			fyne.NewStaticResource("NotoSans-Regular.ttf", fonts.Regular),
			fyne.NewStaticResource("NotoSans-SemiBold.ttf", fonts.SemiBold),
			fyne.NewStaticResource("NotoSans-Bold.ttf", fonts.Bold),
			fyne.NewStaticResource("NotoSans-ExtraBold.ttf", fonts.ExtraBold),
		},
		guard: newGuard(d, time.Now),
	}
}

// SetClock replaces the clock of the tap guard, for tests.
func (l *Look) SetClock(now func() time.Time) { l.guard = newGuard(l.density, now) }

// Panel returns the panel that the look was made for.
func (l *Look) Panel() Panel { return l.panel }

// Mode returns the present mode.
func (l *Look) Mode() Mode { return l.mode }

// MM converts millimetres of the design to Fyne units: real millimetres, or
// more where the panel is larger than the one the design was drawn for.
func (l *Look) MM(mm float32) float32 { return l.panel.MM(mm) * l.density.factor(l.panel) }

// Em is the size of a step of the type scale in Fyne units.
func (l *Look) Em(s Size) float32 {
	large := 0
	if l.mode.Large {
		large = 1
	}
	return l.MM(scales[l.density][large][s])
}

// Paint is the colour of a role in the present palette.
func (l *Look) Paint(r Role) color.Color {
	if r == Clear {
		return color.Transparent
	}
	i := 0
	if l.mode.Contrast {
		i = 1
	}
	return l.palette[i][r]
}

// fyneRoles give Fyne's own widgets our colours.
var fyneRoles = map[fyne.ThemeColorName]Role{
	theme.ColorNameBackground: Paper, theme.ColorNameForeground: Ink, theme.ColorNameButton: Card,
	theme.ColorNameInputBackground: Card, theme.ColorNameInputBorder: Edge, theme.ColorNamePlaceHolder: Ink2,
	theme.ColorNamePrimary: Blue, theme.ColorNameHyperlink: Blue, theme.ColorNameFocus: Blue, theme.ColorNameSelection: BlueTint,
	theme.ColorNameHover: BlueTint, theme.ColorNamePressed: GoldTint, theme.ColorNameSeparator: Line, theme.ColorNameScrollBar: Edge,
	theme.ColorNameMenuBackground: Card, theme.ColorNameOverlayBackground: Paper, theme.ColorNameHeaderBackground: Paper,
	theme.ColorNameDisabled: Disabled, theme.ColorNameDisabledButton: Paper, theme.ColorNameError: Red, theme.ColorNameSuccess: Green,
	theme.ColorNameWarning: Amber, theme.ColorNameForegroundOnPrimary: Card, theme.ColorNameForegroundOnError: Card,
	theme.ColorNameForegroundOnSuccess: Card, theme.ColorNameForegroundOnWarning: Card, theme.ColorNameShadow: Clear,
}

// Color implements fyne.Theme.
func (l *Look) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if r, ok := fyneRoles[name]; ok {
		return l.Paint(r)
	}
	if _, ours := l.palette[0][name]; ours {
		return l.Paint(name)
	}
	return theme.DefaultTheme().Color(name, v)
}

// Font implements fyne.Theme. There is no italic: Vietnamese marks lean badly.
func (l *Look) Font(s fyne.TextStyle) fyne.Resource {
	switch {
	case s.Symbol || s.Monospace:
		return theme.DefaultTheme().Font(s)
	case s.Bold:
		return l.faces[Bold]
	}
	return l.faces[Regular]
}

// Icon implements fyne.Theme.
func (l *Look) Icon(name fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(name) }

// Size implements fyne.Theme.
func (l *Look) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return l.Em(Body)
	case theme.SizeNameCaptionText:
		return l.Em(Small)
	case theme.SizeNameHeadingText:
		return l.Em(Title)
	case theme.SizeNameSubHeadingText:
		return l.Em(Strong)
	case theme.SizeNamePadding:
		return l.MM(1)
	case theme.SizeNameInnerPadding:
		return l.MM(2.4)
	case theme.SizeNameInlineIcon:
		return l.Em(Body) * 1.2
	case theme.SizeNameInputBorder:
		return max(1, l.MM(0.35))
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return l.MM(2.4)
	}
	return theme.DefaultTheme().Size(name)
}

// Show shows or hides an object and remembers that the screen must be laid
// out again.
func (l *Look) Show(o fyne.CanvasObject, on bool) {
	if o.Visible() == on {
		return
	}
	l.dirty = true
	if on {
		o.Show()
		return
	}
	o.Hide()
}

// guard swallows the second of two taps: a trembling or held finger asks once
// (Duff et al.; UI rule 17). On a kiosk it spans the whole screen, because the
// second tap lands on whatever the first one brought up.
type guard struct {
	now  func() time.Time
	pace time.Duration
	all  bool
	last time.Time
	by   any
}

func newGuard(d Density, now func() time.Time) guard {
	if d == Kiosk {
		return guard{now: now, pace: 700 * time.Millisecond, all: true}
	}
	return guard{now: now, pace: 250 * time.Millisecond}
}

// admit reports whether a tap on a widget counts.
func (g *guard) admit(by any) bool {
	now := g.now()
	since := now.Sub(g.last)
	if !g.last.IsZero() && since >= 0 && since < g.pace && (g.all || g.by == by) {
		return false
	}
	g.last, g.by = now, by
	return true
}
