package picture

import "strings"

// Code 39, ISO/IEC 16388: nine elements a character, three of them wide.
const code39Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. *$/+%"

// code39Wide are the wide elements of each character, first bar = highest bit.
var code39Wide = [...]int{
	0x034, 0x121, 0x061, 0x160, 0x031, 0x130, 0x070, 0x025, 0x124, 0x064,
	0x109, 0x049, 0x148, 0x019, 0x118, 0x058, 0x00D, 0x10C, 0x04C, 0x01C,
	0x103, 0x043, 0x142, 0x013, 0x112, 0x052, 0x007, 0x106, 0x046, 0x016,
	0x181, 0x0C1, 0x1C0, 0x091, 0x190, 0x0D0,
	0x085, 0x184, 0x0C4, 0x094, 0x0A8, 0x0A2, 0x08A, 0x02A,
}

// code39MinLength: there is no check symbol, so short texts are not believed.
const code39MinLength = 3

// code39Fit reads one character, 0 when the nine elements are none.
func code39Fit(at []float64) byte {
	var w [9]float64
	var order [9]int
	for i := range w {
		w[i] = at[i+1] - at[i]
		j := i
		for ; j > 0 && w[order[j-1]] < w[i]; j-- {
			order[j] = order[j-1]
		}
		order[j] = i
	}
	if w[order[2]] < 1.3*w[order[3]] || w[order[0]] > 2*w[order[2]] {
		return 0
	}
	wide := 0
	for _, i := range order[:3] {
		wide |= 1 << (8 - i)
	}
	for i, p := range code39Wide {
		if p == wide {
			return code39Alphabet[i]
		}
	}
	return 0
}

// readCode39 reads the first Code 39 on a line, without its asterisks.
func readCode39(e edges) (string, bool) {
	i := 0
	if !e.dark {
		i = 1
	}
	for ; i+10*(code39MinLength+2) <= len(e.at); i += 2 {
		if width := e.at[i+9] - e.at[i]; i > 0 && e.at[i]-e.at[i-1] < width/4 || code39Fit(e.at[i:]) != '*' {
			continue
		}
		if text, ok := code39Rest(e.at[i:]); ok {
			return text, true
		}
	}
	return "", false
}

// code39Rest reads from the opening asterisk to the closing one.
func code39Rest(at []float64) (string, bool) {
	var out strings.Builder
	width := at[9] - at[0]
	for at = at[10:]; len(at) >= 10; at = at[10:] {
		w := at[9] - at[0]
		c := code39Fit(at)
		if c == 0 || w < width*.75 || w > width*1.33 {
			return "", false
		}
		width = width*.7 + w*.3
		if c == '*' {
			quiet := len(at) == 10 || at[10]-at[9] > width/4
			return out.String(), quiet && out.Len() >= code39MinLength
		}
		out.WriteByte(c)
		if len(at) < 11 || at[10]-at[9] > width/2 {
			return "", false // no next character
		}
	}
	return "", false
}
