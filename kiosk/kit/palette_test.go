package kit_test

import (
	"testing"

	"motcua/kiosk/kit"
)

// pairs are the text and surface roles that meet on screens.
var pairs = []struct{ text, on kit.Role }{
	{kit.Ink, kit.Paper},
	{kit.Ink, kit.Card},
	{kit.Ink2, kit.Paper},
	{kit.Ink2, kit.Card},
	{kit.Ink, kit.GoldTint},
	{kit.Ink2, kit.GoldTint},
	{kit.Ink, kit.GreenTint},
	{kit.Ink, kit.BlueTint},
	{kit.Ink, kit.RedTint},
	{kit.Ink, kit.AmberTint},
	{kit.OnBrand, kit.Brand},
	{kit.OnHeader, kit.Header},
	{kit.OnHeader, kit.HeaderSoft},
	{kit.OnPick, kit.Pick},
	{kit.Brand, kit.Card},
	{kit.OnNavy, kit.Navy},
	{kit.OnNavy, kit.Soft},
	{kit.OnGold, kit.Gold},
	{kit.Blue, kit.BlueTint},
	{kit.Blue, kit.Card},
	{kit.Blue, kit.Paper},
	{kit.Green, kit.GreenTint},
	{kit.Green, kit.Card},
	{kit.Green, kit.Paper},
	{kit.OnGreen, kit.Green},
	{kit.Amber, kit.AmberTint},
	{kit.Amber, kit.Card},
	{kit.Amber, kit.Paper},
	{kit.Red, kit.RedTint},
	{kit.Red, kit.Card},
	{kit.Red, kit.Paper},
	{kit.OnBoard, kit.Board},
	{kit.OnBoard, kit.BoardRow},
	{kit.BoardGold, kit.Board},
	{kit.BoardGold, kit.BoardRow},
	{kit.Disabled, kit.Card},
	{kit.Disabled, kit.Paper},
}

// shapes are borders and pictograms and what they lie on.
var shapes = []struct{ shape, on kit.Role }{
	{kit.Edge, kit.Paper},
	{kit.Edge, kit.Card},
	{kit.GoldEdge, kit.GoldTint},
	{kit.GoldEdge, kit.Paper},
	{kit.BrandPic, kit.Brand},
	{kit.Blue, kit.BlueTint},
	{kit.Green, kit.GreenTint},
	{kit.Brand, kit.Paper},
	{kit.Navy, kit.Paper},
	{kit.Navy, kit.Card},
}

func TestContrast(t *testing.T) {
	for _, look := range []struct {
		name    string
		palette kit.Palette
		text    float64
	}{
		{"standard", kit.StandardPalette(), 7},
		{"high contrast", kit.ContrastPalette(), 10},
	} {
		for _, p := range pairs {
			if got := kit.Contrast(look.palette[p.text], look.palette[p.on]); got < look.text {
				t.Errorf("%s: %s on %s is %.2f:1, want %v", look.name, p.text, p.on, got, look.text)
			}
		}
		for _, p := range shapes {
			if got := kit.Contrast(look.palette[p.shape], look.palette[p.on]); got < 3 {
				t.Errorf("%s: shape %s on %s is %.2f:1, want 3", look.name, p.shape, p.on, got)
			}
		}
	}
}

func TestBothPalettesKnowEveryRole(t *testing.T) {
	std, high := kit.StandardPalette(), kit.ContrastPalette()
	for r := range std {
		if _, ok := high[r]; !ok {
			t.Errorf("high contrast has no %s", r)
		}
	}
	if len(std) != len(high) {
		t.Errorf("got %d standard and %d high-contrast roles", len(std), len(high))
	}
}

func TestContrastOfBlackAndWhite(t *testing.T) {
	p := kit.ContrastPalette()
	if got := kit.Contrast(p[kit.Ink], p[kit.Paper]); got < 20.9 || got > 21.1 {
		t.Errorf("got %v, want 21", got)
	}
}
