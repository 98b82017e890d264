package money_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"motcua/queue/money"
)

func TestFormat(t *testing.T) {
	t.Parallel()
	for amount, want := range map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1.000", 8000: "8.000", 150000: "150.000", 1234567: "1.234.567",
		money.Max: "1.000.000.000.000", -999: "-999", -1000: "-1.000", -123456: "-123.456",
	} {
		if got := money.Digits(amount); got != want {
			t.Errorf("%d: got %q, want %q", amount, got, want)
		}
	}
	if got := money.Format(150000); got != "150.000\u00a0đ" {
		t.Errorf("got %q", got)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "150000": 150000, "150.000": 150000, "150,000": 150000, "150 000": 150000, " 150.000 đ ": 150000,
		"150.000đ": 150000, "150.000 ĐỒNG": 150000, "150000 VND": 150000, "150.000 VNĐ": 150000, "150k": 150000, "150 K": 150000,
		"2 triệu": 2_000_000, "150 nghìn": 150000, "150 ngàn đồng": 150000, "1.500k": 1_500_000, "150.000\u00a0đ": 150000,
		"1.000.000.000.000": money.Max, "1tr": 1_000_000,
	} {
		if got, err := money.Parse(text); got != want || err != nil {
			t.Errorf("%q: got %d (%v), want %d", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", " ", "đ", "k", "-1", "+1", "1.50", "15.00", "1.000,00", "1,5 triệu", "1.0000", ".500", "1..000", "1.000.00", "1e3", "0x10", "1_000",
		"1.000 000", "1000.000", "1.000.000.000.001", "1000001 triệu", "9223372036854775808", "một trăm", "12 con", "١٢", strings.Repeat("0", 61),
	} {
		if got, err := money.Parse(text); !errors.Is(err, money.ErrAmount) {
			t.Errorf("%q is read as %d (%v)", text, got, err)
		}
	}
}

func TestReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(0, money.Max).Draw(t, "amount")
		for _, text := range []string{money.Digits(want), money.Format(want)} {
			if got, err := money.Parse(text); got != want || err != nil {
				t.Fatalf("%q: got %d (%v), want %d", text, got, err, want)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"150.000 đ", "2 triệu", "1.5", "9999999999999k", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if n, err := money.Parse(text); err == nil && (n < 0 || n > money.Max) {
			t.Fatalf("%q is %d", text, n)
		}
	})
}

func TestWords(t *testing.T) {
	t.Parallel()
	for amount, want := range map[int64]string{
		0: "Không đồng", 5: "Năm đồng", 10: "Mười đồng", 11: "Mười một đồng", 14: "Mười bốn đồng", 15: "Mười lăm đồng",
		20: "Hai mươi đồng", 21: "Hai mươi mốt đồng", 24: "Hai mươi tư đồng", 25: "Hai mươi lăm đồng",
		100: "Một trăm đồng", 101: "Một trăm linh một đồng", 104: "Một trăm linh bốn đồng", 105: "Một trăm linh năm đồng",
		110: "Một trăm mười đồng", 115: "Một trăm mười lăm đồng", 555: "Năm trăm năm mươi lăm đồng",
		1000: "Một nghìn đồng", 1001: "Một nghìn không trăm linh một đồng", 1010: "Một nghìn không trăm mười đồng",
		8000: "Tám nghìn đồng", 90000: "Chín mươi nghìn đồng", 150000: "Một trăm năm mươi nghìn đồng",
		305000:        "Ba trăm linh năm nghìn đồng",
		1_000_005:     "Một triệu không trăm linh năm đồng",
		1_015_000:     "Một triệu không trăm mười lăm nghìn đồng",
		21_004_124:    "Hai mươi mốt triệu không trăm linh bốn nghìn một trăm hai mươi tư đồng",
		2_000_000_000: "Hai tỷ đồng", 1_000_000_001: "Một tỷ không trăm linh một đồng",
		money.Max: "Một nghìn tỷ đồng", -1: "",
	} {
		if got := (money.Words{}).Vietnamese(amount); got != want {
			t.Errorf("%d: got %q, want %q", amount, got, want)
		}
	}
	south := money.Words{South: true}
	if got := south.Vietnamese(105_000 + 1_000_000); got != "Một triệu một trăm lẻ năm ngàn đồng" {
		t.Errorf("south: got %q", got)
	}
	for amount, want := range map[int64]string{
		0: "Zero dong", 1: "One dong", 13: "Thirteen dong", 21: "Twenty-one dong", 100: "One hundred dong", 101: "One hundred and one dong",
		1001: "One thousand and one dong", 1100: "One thousand one hundred dong", 8000: "Eight thousand dong",
		150000:    "One hundred and fifty thousand dong",
		1_234_567: "One million two hundred and thirty-four thousand five hundred and sixty-seven dong",
		money.Max: "One trillion dong", -1: "",
	} {
		if got := money.English(amount); got != want {
			t.Errorf("%d: got %q, want %q", amount, got, want)
		}
	}
}

// read is a reader of Vietnamese number words that shares nothing with the
// writer: a pile of groups, each closed by its unit.
func read(words string) int64 {
	values := map[string]int64{
		"không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9,
	}
	var total, below, group, last int64
	for _, w := range strings.Fields(strings.ToLower(strings.TrimSuffix(words, " đồng"))) {
		switch w {
		case "trăm":
			group, last = last*100, 0
		case "mươi":
			group, last = group+last*10, 0
		case "mười":
			group += 10
		case "linh", "lẻ":
		case "nghìn", "ngàn":
			below, group, last = below+(group+last)*1000, 0, 0
		case "triệu":
			below, group, last = below+(group+last)*1_000_000, 0, 0
		case "tỷ":
			total, below, group, last = (total+below+group+last)*1_000_000_000, 0, 0, 0
		default:
			last = values[w]
		}
	}
	return total + below + group + last
}

func TestWordsAreReadBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(0, money.Max).Draw(t, "amount")
		if rapid.Bool().Draw(t, "round") {
			want = want / 1000 * 1000
		}
		for _, w := range []money.Words{{}, {South: true}} {
			if text := w.Vietnamese(want); read(text) != want {
				t.Fatalf("%d: %q reads as %d", want, text, read(text))
			}
		}
	})
}
