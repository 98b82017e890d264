package picture

import "strings"

// code128Widths are the six widths of the symbols 0–105, ISO/IEC 15417 table 1,
// in modules; symbol 106, stop, has a seventh.
const code128Widths = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232" + "233111"

const (
	code128Start = 103 // start A; B and C follow
	code128Stop  = 106
)

// code128Sums are each symbol's five sums of neighbouring widths: the distances
// from one edge to the next edge of the same direction. Ink spread and blur
// move like edges alike, so these stay when single widths change.
var code128Sums = func() (t [code128Stop + 1][5]float64) {
	for s := range t {
		w := code128Widths[6*s : 6*s+6]
		for i := range 5 {
			t[s][i] = float64(w[i]-'0') + float64(w[i+1]-'0')
		}
	}
	return t
}()

// code128Fit finds the symbol in [from, to] that six widths starting at an edge
// fit best, and how badly (sum of squares, in modules).
func code128Fit(at []float64, from, to int) (symbol int, misfit float64) {
	k := 11 / (at[6] - at[0])
	var sums [5]float64
	for i := range sums {
		sums[i] = (at[i+2] - at[i]) * k
	}
	first, last := (at[1]-at[0])*k, (at[6]-at[5])*k
	symbol, misfit = -1, 1e9
	for s := from; s <= to; s++ {
		t := &code128Sums[s]
		sum := 0.0
		for i := range sums {
			d := sums[i] - t[i]
			sum += d * d
		}
		if sum >= misfit {
			continue
		}
		// single widths decide between symbols with the same sums
		a := first - float64(code128Widths[6*s]-'0')
		b := last - float64(code128Widths[6*s+5]-'0')
		if sum += .3 * (a*a + b*b); sum < misfit {
			symbol, misfit = s, sum
		}
	}
	return symbol, misfit
}

// Limits of code128Fit in squared modules. The checksum and the second line
// catch what a generous limit lets through.
const (
	code128StartMisfit  = .9
	code128SymbolMisfit = 1.3
)

// readCode128 reads the first Code 128 on a line. The text may hold control
// characters; FNC1 within is GS, FNC4 makes Latin-1 letters.
func readCode128(e edges) (string, bool) {
	i := 0
	if !e.dark {
		i = 1
	}
	for ; i+6*4+1 < len(e.at); i += 2 {
		start, misfit := code128Fit(e.at[i:], code128Start, code128Start+2)
		if misfit > code128StartMisfit {
			continue
		}
		if width := e.at[i+6] - e.at[i]; i > 0 && e.at[i]-e.at[i-1] < width*3/11 {
			continue // no quiet zone
		}
		if symbols := code128Symbols(e.at[i:], start); code128Checked(symbols) {
			if text, ok := code128Text(symbols[:len(symbols)-1]); ok {
				return text, true
			}
		}
	}
	return "", false
}

// code128Symbols reads from a start symbol to the stop symbol, which it leaves
// out; nil when something does not fit.
func code128Symbols(at []float64, start int) []int {
	symbols := []int{start}
	width := at[6] - at[0]
	for at = at[6:]; len(at) > 7; at = at[6:] {
		w := at[6] - at[0]
		if w < width*.75 || w > width*1.33 {
			return nil
		}
		s, misfit := code128Fit(at, 0, code128Stop)
		bar := (at[7] - at[6]) / w * 11
		switch {
		case misfit > code128SymbolMisfit || s >= code128Start && s < code128Stop:
			return nil
		case s == code128Stop && bar > 1 && bar < 3.2:
			return symbols
		case s == code128Stop:
			return nil
		}
		symbols = append(symbols, s)
		width = width*.7 + w*.3 // perspective changes it slowly
	}
	return nil
}

// code128Checked verifies the check symbol, the last one, and that there is a
// text at all.
func code128Checked(symbols []int) bool {
	last := len(symbols) - 1
	if last < 2 {
		return false
	}
	sum := symbols[0]
	for i, s := range symbols[1:last] {
		sum += (i + 1) * s
	}
	return sum%103 == symbols[last]
}

// Function symbols, by their values in code sets A and B.
const (
	code128FNC3  = 96
	code128FNC2  = 97
	code128Shift = 98
	code128ToC   = 99
	code128ToB   = 100 // FNC4 in B
	code128ToA   = 101 // FNC4 in A
	code128FNC1  = 102
)

// code128Text turns start and data symbols into text; not ok when empty.
func code128Text(symbols []int) (string, bool) {
	var out strings.Builder
	set := byte('A' + symbols[0] - code128Start)
	shifted := byte(0)
	high, once := false, false // FNC4: from here on; for one character
	for _, v := range symbols[1:] {
		now := set
		if shifted != 0 {
			now, shifted = shifted, 0
		}
		switch {
		case v == code128FNC1:
			if out.Len() > 0 {
				out.WriteByte(0x1D)
			}
		case now == 'C' && v < 100:
			out.Write([]byte{byte('0' + v/10), byte('0' + v%10)})
		case v < code128FNC3:
			c := rune(v + ' ')
			if now == 'A' && v >= 64 {
				c = rune(v - 64)
			}
			if high != once {
				c += 128
			}
			once = false
			out.WriteRune(c)
		case now == 'C' && v == code128ToB, now == 'A' && v == code128ToB:
			set = 'B'
		case now == 'C' && v == code128ToA, now == 'B' && v == code128ToA:
			set = 'A'
		case v == code128ToC:
			set = 'C'
		case v == code128Shift:
			shifted = 'A' + 'B' - now
		case v == code128ToA || v == code128ToB: // FNC4, twice locks
			if once {
				high = !high
			}
			once = !once
		}
	}
	return out.String(), out.Len() > 0
}
