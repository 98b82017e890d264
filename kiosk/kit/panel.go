package kit

import "fmt"

// Panel is a screen as the installer measured it: its visible area in
// millimetres and in Fyne units (pixels at FYNE_SCALE=1). Sizes come from it
// and never from pixels, because a 43-inch and a 15-inch panel may both have
// 1080 lines.
type Panel struct {
	WidthMM, HeightMM float32
	PxW, PxH          float32
}

// KioskPanel is the usual kiosk: 21.5 inch, 1080×1920, upright.
func KioskPanel() Panel { return Panel{WidthMM: 268, HeightMM: 476, PxW: 1080, PxH: 1920} }

// DeskPanel is an office monitor of the given pixels at 92 DPI, the middle of
// the 19 to 24 inch monitors on desks.
func DeskPanel(pxW, pxH float32) Panel {
	const perMM = 92 / 25.4
	return Panel{WidthMM: pxW / perMM, HeightMM: pxH / perMM, PxW: pxW, PxH: pxH}
}

// HallPanel is a television across the hall: 43 inch, 1920×1080.
func HallPanel() Panel { return Panel{WidthMM: 941, HeightMM: 529, PxW: 1920, PxH: 1080} }

// MM converts millimetres to Fyne units.
func (p Panel) MM(mm float32) float32 { return mm * p.PxW / p.WidthMM }

// Wide reports whether the panel lies on its side.
func (p Panel) Wide() bool { return p.PxW > p.PxH }

// Low reports a panel so low that a line more or less matters.
func (p Panel) Low() bool { return p.HeightMM < 230 }

// Check refuses a panel that cannot be meant: monitors are known to report
// zero or nonsense millimetres.
func (p Panel) Check() error {
	if p.PxW < 320 || p.PxH < 320 || p.WidthMM < 100 || p.HeightMM < 100 {
		return fmt.Errorf("panel %v×%v mm, %v×%v px: too small to be true", p.WidthMM, p.HeightMM, p.PxW, p.PxH)
	}
	if ratio := (p.PxW / p.WidthMM) / (p.PxH / p.HeightMM); ratio < 0.9 || ratio > 1.1 {
		return fmt.Errorf("panel %v×%v mm, %v×%v px: pixels are not square", p.WidthMM, p.HeightMM, p.PxW, p.PxH)
	}
	return nil
}

// Density is how near and how steadily a screen is used.
type Density int

// Densities: a standing citizen's finger, a seated officer's mouse, a hall.
const (
	Kiosk Density = iota
	Desk
	Hall
)

// factor enlarges the design where the panel is larger than the one it was
// drawn for. A kiosk never goes below 1: fingers and eyes do not shrink.
func (d Density) factor(p Panel) float32 {
	short, long := min(p.WidthMM, p.HeightMM), max(p.WidthMM, p.HeightMM)
	switch d {
	case Kiosk:
		return min(max(1, min(short/268, long/476)), 2)
	case Hall:
		return short / 300
	}
	return 1
}
