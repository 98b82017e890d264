package scan

// A keyboard scanner sends key codes as a US keyboard has them, whatever the
// desktop believes; so they are read with this table and no other. The codes
// are those of the kernel's input-event-codes.h.

const (
	keyEnter      = 28
	keyKeypad     = 96 // Enter of the number block
	keyTab        = 15
	keyLeftShift  = 42
	keyRightShift = 54
	keyCapsLock   = 58
)

// usPlain and usShifted are what the keys 2–57 type; spaces are other keys.
const (
	usPlain   = "1234567890-=  qwertyuiop[]  asdfghjkl;'` \\zxcvbnm,./ *  "
	usShifted = "!@#$%^&*()_+  QWERTYUIOP{}  ASDFGHJKL:\"~ |ZXCVBNM<>? *  "
	// usBlock is what the number block's keys 71–83 type.
	usBlock = "789-456+1230."
)

const (
	keySpace      = 57
	keyBlockFirst = 71
	keySlash      = 98 // of the number block
)

// keys turns key codes into characters.
type keys struct {
	shift [2]bool
	caps  bool
}

// press takes a key going down or up. It returns the character typed, or end
// for Enter and Tab.
func (k *keys) press(code uint16, down bool) (r rune, end bool) {
	switch code {
	case keyLeftShift:
		k.shift[0] = down
		return 0, false
	case keyRightShift:
		k.shift[1] = down
		return 0, false
	}
	if !down {
		return 0, false
	}
	switch {
	case code == keyCapsLock:
		k.caps = !k.caps
	case code == keyEnter || code == keyKeypad || code == keyTab:
		return 0, true
	case code == keySpace:
		return ' ', false
	case code == keySlash:
		return '/', false
	case code >= keyBlockFirst && int(code-keyBlockFirst) < len(usBlock):
		return rune(usBlock[code-keyBlockFirst]), false
	case code >= 2 && int(code-2) < len(usPlain):
		return k.letter(int(code - 2)), false
	}
	return 0, false
}

func (k *keys) letter(i int) rune {
	plain := rune(usPlain[i])
	if plain == ' ' {
		return 0
	}
	shifted := k.shift[0] || k.shift[1]
	if k.caps && plain >= 'a' && plain <= 'z' {
		shifted = !shifted
	}
	if shifted {
		return rune(usShifted[i])
	}
	return plain
}
