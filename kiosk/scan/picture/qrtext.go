package picture

import (
	"strings"
	"unicode/utf8"

	"github.com/makiuchi-d/gozxing/qrcode/decoder"
	"golang.org/x/text/unicode/norm"
)

// qrText reads a QR code's data codewords (ISO/IEC 18004 §7.4) as one string of
// bytes. If those are UTF-8, that is the text, whatever the segments and their
// ECI say: encoders cut letters between segments, squeeze UTF-8 into Kanji mode
// and announce Latin-1. Otherwise the library's reading stands.
func qrText(data []byte, level, library string) string {
	version := qrVersion(len(data), level)
	if version == 0 {
		return library
	}
	raw, ok := qrBytes(data, version)
	if !ok || len(raw) == 0 || !utf8.Valid(raw) {
		return library
	}
	return string(raw)
}

// tidy is what every text goes through: no byte order mark, valid UTF-8, NFC.
func tidy(s string) string {
	return norm.NFC.String(strings.TrimPrefix(latin1(s), "\uFEFF"))
}

// qrVersion finds the version from the number of data codewords, which grows
// strictly with the version at each level of error correction.
func qrVersion(codewords int, level string) int {
	for n := 1; n <= 40; n++ {
		v, err := decoder.Version_GetVersionForNumber(n)
		if err != nil {
			return 0
		}
		for _, l := range []decoder.ErrorCorrectionLevel{decoder.ErrorCorrectionLevel_L, decoder.ErrorCorrectionLevel_M, decoder.ErrorCorrectionLevel_Q, decoder.ErrorCorrectionLevel_H} {
			if l.String() != level {
				continue
			}
			sum := 0
			for _, b := range v.GetECBlocksForLevel(l).GetECBlocks() {
				sum += b.GetCount() * b.GetDataCodewords()
			}
			if sum == codewords {
				return n
			}
		}
	}
	return 0
}

// bits reads big-endian bit fields; short is set for ever once it runs out.
type bits struct {
	data  []byte
	at    int
	short bool
}

func (b *bits) take(n int) (v int) {
	if b.at+n > 8*len(b.data) {
		b.short = true
		return 0
	}
	for range n {
		v = v<<1 | int(b.data[b.at/8]>>(7-b.at%8)&1)
		b.at++
	}
	return v
}

func (b *bits) left() int { return 8*len(b.data) - b.at }

const alphanumerics = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

// qrBytes joins the bytes of all segments. Kanji go back to the two bytes they
// came from. It gives up (ok false) on Hanzi and on anything malformed.
func qrBytes(data []byte, version int) (out []byte, ok bool) {
	b := &bits{data: data}
	size := 0 // count fields widen at versions 10 and 27
	if version >= 10 {
		size++
	}
	if version >= 27 {
		size++
	}
	fnc1 := false
	for !b.short && b.left() >= 4 {
		switch b.take(4) {
		case 0:
			return out, true
		case 1:
			out = numeric(b, b.take([]int{10, 12, 14}[size]), out)
		case 2:
			start := len(out)
			out = alphanumeric(b, b.take([]int{9, 11, 13}[size]), out)
			if fnc1 {
				out = append(out[:start], fnc1Text(out[start:])...)
			}
		case 3:
			b.take(16) // structured append: which part of how many; a part stays a part
		case 4:
			for range b.take([]int{8, 16, 16}[size]) {
				if out = append(out, byte(b.take(8))); b.short {
					return nil, false
				}
			}
		case 5:
			fnc1 = true
		case 9:
			b.take(8)
			fnc1 = true
		case 7:
			switch first := b.take(8); { // ECI: one to three bytes, see qrText
			case first&0xC0 == 0x80:
				b.take(8)
			case first&0xE0 == 0xC0:
				b.take(16)
			}
		case 8:
			for range b.take([]int{8, 10, 12}[size]) {
				if out = kanji(b, out); b.short {
					return nil, false
				}
			}
		default:
			return nil, false
		}
	}
	return out, !b.short
}

func numeric(b *bits, n int, out []byte) []byte {
	for ; n > 0 && !b.short; n -= 3 {
		digits := min(n, 3)
		v := b.take([]int{0, 4, 7, 10}[digits])
		text := []byte{byte('0' + v/100%10), byte('0' + v/10%10), byte('0' + v%10)}
		out = append(out, text[3-digits:]...)
	}
	return out
}

func alphanumeric(b *bits, n int, out []byte) []byte {
	for ; n > 0 && !b.short; n -= 2 {
		if n == 1 {
			return append(out, alphanumerics[min(b.take(6), 44)])
		}
		v := min(b.take(11), 45*45-1)
		out = append(out, alphanumerics[v/45], alphanumerics[v%45])
	}
	return out
}

// fnc1Text undoes GS1's use of % in alphanumeric segments: %% is %, % is GS.
func fnc1Text(s []byte) []byte {
	return []byte(strings.NewReplacer("%%", "%", "%", "\x1d").Replace(string(s)))
}

func kanji(b *bits, out []byte) []byte {
	v := b.take(13)
	c := v/0xC0<<8 | v%0xC0
	if c < 0x1F00 {
		c += 0x8140
	} else {
		c += 0xC140
	}
	return append(out, byte(c>>8), byte(c))
}
