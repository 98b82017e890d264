package kit

import (
	"image/color"
	"math"

	"fyne.io/fyne/v2"
)

// Role is what a colour is for; each palette gives it a value.
type Role = fyne.ThemeColorName

// Colour roles. "On" roles are the text colours of the surface they name.
const (
	Clear Role = "" // nothing is drawn

	Paper Role = "paper" // the screen
	Card  Role = "card"  // what lies on it
	Ink   Role = "ink"   // text
	Ink2  Role = "ink-2" // quieter text
	Line  Role = "line"  // dividers; decoration only
	Edge  Role = "edge"  // border of what can be touched

	Brand     Role = "brand"      // the one primary action, the big number
	BrandEdge Role = "brand-edge" // its pressed edge
	OnBrand   Role = "on-brand"
	BrandPic  Role = "brand-pic" // a pictogram on brand

	Header     Role = "header" // the bar at the top
	OnHeader   Role = "on-header"
	HeaderSoft Role = "header-soft" // a surface on it
	Pick       Role = "pick"        // what is chosen on that surface
	OnPick     Role = "on-pick"

	Navy   Role = "navy" // solid dark surface
	OnNavy Role = "on-navy"
	Soft   Role = "navy-soft" // a surface on navy

	Gold     Role = "gold" // attention, with OnGold text
	OnGold   Role = "on-gold"
	GoldTint Role = "gold-tint"
	GoldEdge Role = "gold-edge" // border on gold tint

	Blue      Role = "blue" // information, pictograms
	BlueTint  Role = "blue-tint"
	Green     Role = "green" // good, done
	GreenTint Role = "green-tint"
	OnGreen   Role = "on-green"
	Amber     Role = "amber" // slow, old, look here
	AmberTint Role = "amber-tint"
	Red       Role = "red" // wrong, late
	RedTint   Role = "red-tint"

	Board     Role = "board" // the hall at night
	BoardRow  Role = "board-row"
	OnBoard   Role = "on-board"
	BoardGold Role = "board-gold"

	Disabled Role = "disabled-ink" // text of what cannot be pressed now
)

// Palette gives every role its colour.
type Palette map[Role]color.NRGBA

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xFF}
}

// StandardPalette is the everyday look. Where a colour of the design pictures
// missed 7:1 it has been darkened in its own hue.
func StandardPalette() Palette {
	return Palette{
		Paper: rgb(0xFAF7F2), Card: rgb(0xFFFFFF), Ink: rgb(0x14213D), Ink2: rgb(0x46526B),
		Line: rgb(0xE4DED3), Edge: rgb(0x8D8575),
		Brand: rgb(0xA4161A), BrandEdge: rgb(0x7D0F13), OnBrand: rgb(0xFFFFFF), BrandPic: rgb(0xF2B632),
		Header: rgb(0xA4161A), OnHeader: rgb(0xFFFFFF), HeaderSoft: rgb(0x86101A), Pick: rgb(0xFFFFFF), OnPick: rgb(0x94151A),
		Navy: rgb(0x14213D), OnNavy: rgb(0xFFFFFF), Soft: rgb(0x333F58),
		Gold: rgb(0xF2B632), OnGold: rgb(0x14213D), GoldTint: rgb(0xFFF4D6), GoldEdge: rgb(0x9A7412),
		Blue: rgb(0x0A4A85), BlueTint: rgb(0xE6F0FA),
		Green: rgb(0x125A31), GreenTint: rgb(0xE3F4E9), OnGreen: rgb(0xFFFFFF),
		Amber: rgb(0x6C4600), AmberTint: rgb(0xFFF1D0),
		Red: rgb(0x94151A), RedTint: rgb(0xFCE8E6),
		Board: rgb(0x0E1A33), BoardRow: rgb(0x1B2B4F), OnBoard: rgb(0xFFFFFF), BoardGold: rgb(0xFFE0A0),
		Disabled: rgb(0x4C5260),
	}
}

// ContrastPalette is the high-contrast look, white and yellow on black, for
// people who see little; all text keeps 10:1.
func ContrastPalette() Palette {
	black, white, yellow := rgb(0x000000), rgb(0xFFFFFF), rgb(0xFFDD33)
	green, blue, red := rgb(0x7CF2A6), rgb(0x9CD5FF), rgb(0xFFC2BD)
	return Palette{
		Paper: black, Card: rgb(0x0C0C0C), Ink: white, Ink2: rgb(0xEDEDED),
		Line: rgb(0x8A8A8A), Edge: white,
		Brand: yellow, BrandEdge: rgb(0xA88C00), OnBrand: black, BrandPic: black,
		Header: rgb(0x1A1A1A), OnHeader: white, HeaderSoft: rgb(0x333333), Pick: yellow, OnPick: black,
		Navy: white, OnNavy: black, Soft: rgb(0xD9D9D9),
		Gold: yellow, OnGold: black, GoldTint: rgb(0x1F1A00), GoldEdge: yellow,
		Blue: blue, BlueTint: rgb(0x05131F),
		Green: green, GreenTint: rgb(0x04190B), OnGreen: black,
		Amber: yellow, AmberTint: rgb(0x1F1A00),
		Red: red, RedTint: rgb(0x240605),
		Board: black, BoardRow: rgb(0x141414), OnBoard: white, BoardGold: yellow,
		Disabled: rgb(0xC4C4C4),
	}
}

// Contrast is the WCAG 2 contrast ratio of two opaque colours, 1 to 21.
func Contrast(a, b color.NRGBA) float64 {
	la, lb := luminance(a), luminance(b)
	if la < lb {
		la, lb = lb, la
	}
	return (la + 0.05) / (lb + 0.05)
}

func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}
