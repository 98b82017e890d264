// Package fonts embeds Noto Sans (SIL OFL 1.1, see OFL.txt beside), the one
// face of screens and paper. Its Vietnamese capitals with two marks stay
// inside the font's own line box, which many faces do not manage: Fyne and
// thermal layout both cut at that box.
package fonts

import _ "embed" // the faces are embedded byte for byte

// The weights of Noto Sans, as TrueType files. Do not modify them.
var (
	//go:embed NotoSans-Regular.ttf
	Regular []byte
	//go:embed NotoSans-SemiBold.ttf
	SemiBold []byte
	//go:embed NotoSans-Bold.ttf
	Bold []byte
	//go:embed NotoSans-ExtraBold.ttf
	ExtraBold []byte
)
