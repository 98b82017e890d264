package kit

import (
	"fyne.io/fyne/v2"

	"motcua/assets/icons"
)

// Kind is the rank of a button.
type Kind int

// Kinds. A screen has one Primary.
const (
	Primary Kind = iota
	Solid        // navy: done, on
	Outline      // everything else
	Accept       // green: finish
	OnBar        // on the header
)

// kinds give each rank its surface and text colour.
func (k Kind) look() (Skin, Role) {
	switch k {
	case Primary:
		return Skin{Fill: Brand, Radius: RadiusButton, Under: BrandEdge}, OnBrand
	case Solid:
		return Skin{Fill: Navy, Stroke: Navy, Thick: 0.6, Radius: RadiusButton}, OnNavy
	case Accept:
		return Skin{Fill: Green, Radius: RadiusButton}, OnGreen
	case OnBar:
		return Skin{Fill: HeaderSoft, Radius: RadiusButton}, OnHeader
	}
	return Skin{Fill: Card, Stroke: Navy, Thick: 0.6, Radius: RadiusButton}, Ink
}

// Button is a touchable surface with a pictogram and words, and on desks the
// name of its key.
type Button struct {
	Press
	kind  Kind
	icon  *Icon
	label *Text
	key   *Text
	badge *Surface
}

// Button makes one with nothing on it yet; a kiosk's is at least 20 mm high.
func (l *Look) Button(k Kind, onTap func()) *Button { return l.sized(k, Body, onTap) }

// BigButton is for the one thing most people want: larger words, more room.
func (l *Look) BigButton(k Kind, onTap func()) *Button { return l.sized(k, Strong, onTap) }

func (l *Look) sized(k Kind, size Size, onTap func()) *Button {
	skin, ink := k.look()
	weight, pic := SemiBold, float32(8)
	if size == Strong {
		weight, pic = Bold, 10
	}
	height, side, gap := float32(21), float32(5.5), float32(3)
	if size == Strong {
		height = 30
		if l.panel.Low() {
			height = 25
		}
	}
	if l.density == Desk {
		height, side, gap, pic, skin.Radius = 11.5, 3.6, 2.4, pic*0.6, 3.2
		if size == Strong {
			height = 15.5
		}
	}
	b := &Button{kind: k}
	b.onTap = onTap
	b.icon = l.Pic("", icons.Bold, ink, pic)
	b.label = l.Text(Style{Size: size, Weight: weight, Color: ink})
	b.key = l.Text(Style{Size: Small, Weight: SemiBold, Color: Ink2})
	b.badge = l.Surface(Skin{Fill: Paper, Stroke: Edge, Thick: 0.25, Radius: 1.6}, l.Inset(0.6, 1.8, 0.6, 1.8, b.key))
	b.icon.Hide()
	b.badge.Hide()
	face := fyne.CanvasObject(l.Center(0, l.Row(gap, b.icon, b.label)))
	if l.density == Desk {
		face = l.Row(gap, b.icon, Grow(b.label), b.badge)
	}
	b.become(b, l, skin, l.AtLeast(height, height, l.Inset(0, side, 0, side, face)))
	return b
}

// Set fills the button; the same costs nothing. An empty icon shows none.
func (b *Button) Set(icon, label string) *Button {
	ink := b.label.style.Color
	b.look.Show(b.icon, icon != "")
	if icon != "" {
		b.icon.Set(icon, ink)
	}
	b.label.Set(label)
	return b
}

// SetKey shows the name of the key that does the same, on desks.
func (b *Button) SetKey(key string) *Button {
	b.look.Show(b.badge, key != "")
	b.key.Set(key)
	return b
}

// SetKind changes the rank, to show that something is on.
func (b *Button) SetKind(k Kind) {
	if b.kind == k {
		return
	}
	b.kind = k
	b.dress()
}

// SetDisabled makes touches do nothing and shows it.
func (b *Button) SetDisabled(off bool) {
	if b.disabled != off {
		b.Press.SetDisabled(off)
		b.dress()
	}
}

// dress gives the button the looks of its rank, or of being off.
func (b *Button) dress() {
	skin, ink := b.kind.look()
	skin.Radius = b.skin.Radius
	if b.disabled {
		skin, ink = Skin{Fill: Clear, Stroke: Line, Thick: 0.6, Radius: b.skin.Radius}, Disabled
	}
	b.label.SetColor(ink)
	b.icon.Set(b.icon.name, ink)
	b.SetSkin(skin)
}

// Label returns the words on the button.
func (b *Button) Label() string { return b.label.String() }
