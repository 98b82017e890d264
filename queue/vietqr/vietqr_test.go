package vietqr

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// vectors: the first three are the samples of the NAPAS guideline, the rest
// was made and checked by hand, character by character.
var vectors = map[string]struct {
	text string
	want Payment
}{
	"static, account": {
		"00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049E6F",
		Payment{Bank: "970403", Account: "0011012345678", Reusable: true},
	},
	"dynamic, account": {
		"00020101021238570010A00000072701270006970403011300110123456780208QRIBFTTA530370454061800005802VN62340107NPS68690819thanh toan don hang63042E2E",
		Payment{Bank: "970403", Account: "0011012345678", Amount: 180000, Bill: "NPS6869", Purpose: "thanh toan don hang"},
	},
	"dynamic, card": {
		"00020101021238600010A00000072701300006970403011697040311012345670208QRIBFTTC530370454061800005802VN62340107NPS68690819thanh toan don hang6304A203",
		Payment{Bank: "970403", Card: "9704031101234567", Amount: 180000, Bill: "NPS6869", Purpose: "thanh toan don hang"},
	},
	"a fee of 8.000 đ": {
		"00020101021238570010A00000072701270006970436011300110012345670208QRIBFTTA5303704540480005802VN62260822LE PHI H26 261123 000763044569",
		Payment{Bank: "970436", Account: "0011001234567", Amount: 8000, Purpose: "LE PHI H26 261123 0007"},
	},
	"a fee of 150.000 đ": {
		"00020101021238570010A00000072701270006970405011315002012345670208QRIBFTTA530370454061500005802VN62380116H2610261123-00120814HS 261123 00126304922B",
		Payment{Bank: "970405", Account: "1500201234567", Amount: 150000, Bill: "H2610261123-0012", Purpose: "HS 261123 0012"},
	},
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for name, v := range vectors {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(v.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(v.want, got); diff != "" {
				t.Error(diff)
			}
			if text, err := v.want.Encode(); text != v.text || err != nil {
				t.Errorf("written:\n%s (%v), want\n%s", text, err, v.text)
			}
		})
	}
}

func TestChecksum(t *testing.T) {
	t.Parallel()
	if got := crc("123456789"); got != 0x29B1 {
		t.Errorf("check value: got %04X, want 29B1", got)
	}
	good := vectors["a fee of 150.000 đ"].text
	for i := range good {
		for _, c := range []byte{'0', '1', 'A', ' '} {
			if good[i] == c {
				continue
			}
			if p, err := Parse(good[:i] + string(c) + good[i+1:]); err == nil {
				t.Fatalf("character %d made %q is read as %+v", i, c, p)
			}
		}
	}
	if _, err := Parse(good[:len(good)-4] + "ABCD"); !errors.Is(err, ErrChecksum) {
		t.Errorf("a bad checksum: %v", err)
	}
}

// sealed ends a text with the right checksum, so that only what is before it
// can be wrong.
func sealed(body string) string {
	body += crcTail
	return body + fmt.Sprintf("%04X", crc(body))
}

func TestRefusedTexts(t *testing.T) {
	t.Parallel()
	const account = "38570010A00000072701270006970403011300110123456780208QRIBFTTA"
	const good = "000201010211" + account + "53037045802VN"
	if _, err := Parse(sealed(good)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		text string
		err  error
	}{
		"nothing":               {"", ErrMissing},
		"only a checksum":       {sealed(""), ErrLayout},
		"no checksum":           {good, ErrMissing},
		"lower-case checksum":   {"00020101021138570010A00000072701270006970403011300110123456780208QRIBFTTA53037045802VN63049e6f", ErrChecksum},
		"too long":              {strings.Repeat("0", 513), ErrTooLong},
		"not ASCII":             {"đ" + sealed(good), ErrCharacter},
		"a length past the end": {sealed(good + "6299"), ErrLength},
		"a length one too many": {sealed(good + "6203AB"), ErrLength},
		"a length of nothing":   {sealed(good + "6200"), ErrLength},
		"a length in letters":   {sealed(good + "62AA"), ErrLayout},
		"inner length too long": {sealed(good + "62060899AB"), ErrLength},
		"a field twice":         {sealed(good + "5303704"), ErrTwice},
		"no format first":       {sealed("010211" + "000201" + account + "53037045802VN"), ErrLayout},
		"another format":        {sealed("000202010211" + account + "53037045802VN"), ErrUnsupported},
		"another initiation":    {sealed("000201010213" + account + "53037045802VN"), ErrUnsupported},
		"dollars":               {sealed("000201010211" + account + "53038405802VN"), ErrUnsupported},
		"another country":       {sealed("000201010211" + account + "53037045802LA"), ErrUnsupported},
		"no account":            {sealed("00020101021153037045802VN"), ErrMissing},
		"another switch":        {sealed(strings.Replace(good, "A000000727", "A000000677", 1)), ErrUnsupported},
		"another service":       {sealed(strings.Replace(good, "QRIBFTTA", "QRPUSHXX", 1)), ErrUnsupported},
		"a bank in letters":     {sealed(strings.Replace(good, "970403", "97O403", 1)), ErrCharacter},
		"one payment, no sum":   {sealed("000201010212" + account + "53037045802VN"), ErrMissing},
		"a point in the amount": {sealed(good + "54061500.0"), ErrAmount},
		"a sign":                {sealed(good + "5405-1500"), ErrAmount},
		"a zero in front":       {sealed(good + "54060150000"[:10]), ErrAmount},
		"a tip":                 {sealed(good + "550201"), ErrUnsupported},
		"a purpose of 26":       {sealed(good + "62300826ABCDEFGHIJKLMNOPQRSTUVWXYZ"), ErrTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Parse(c.text)
			if !errors.Is(err, c.err) {
				t.Errorf("got %+v, %v; want %v", p, err, c.err)
			}
			if f, ok := errors.AsType[*Fault](err); err != nil && (!ok || f.Error() == "") {
				t.Errorf("%v is no *Fault", err)
			}
		})
	}
}

func TestWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	good := Payment{Bank: "970436", Account: "0011001234567", Amount: 8000}
	for name, c := range map[string]struct {
		change func(*Payment)
		field  string
		err    error
	}{
		"no bank":               {func(p *Payment) { p.Bank = "" }, "Bank", ErrCharacter},
		"no account":            {func(p *Payment) { p.Account = "" }, "Account", ErrMissing},
		"account and card":      {func(p *Payment) { p.Card = "9704031101234567" }, "Card", ErrTwice},
		"an account of 20":      {func(p *Payment) { p.Account = strings.Repeat("1", 20) }, "Account", ErrTooLong},
		"an account of 100":     {func(p *Payment) { p.Account = strings.Repeat("1", 100) }, "Account", ErrTooLong},
		"an account with space": {func(p *Payment) { p.Account = "0011 001" }, "Account", ErrCharacter},
		"a card of 15":          {func(p *Payment) { p.Account, p.Card = "", strings.Repeat("9", 15) }, "Card", ErrCharacter},
		"a negative amount":     {func(p *Payment) { p.Amount = -1 }, "Amount", ErrAmount},
		"14 digits":             {func(p *Payment) { p.Amount = MaxAmount + 1 }, "Amount", ErrAmount},
		"no amount":             {func(p *Payment) { p.Amount = 0 }, "Amount", ErrMissing},
		"a purpose of 26":       {func(p *Payment) { p.Purpose = strings.Repeat("A", 26) }, "Purpose", ErrTooLong},
		"a purpose in accents":  {func(p *Payment) { p.Purpose = "Lệ phí" }, "Purpose", ErrCharacter},
		"a bill of 26":          {func(p *Payment) { p.Bill = strings.Repeat("A", 26) }, "Bill", ErrTooLong},
		"a city of 16":          {func(p *Payment) { p.City = strings.Repeat("A", 16) }, "City", ErrTooLong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := good
			c.change(&p)
			text, err := p.Encode()
			f, ok := errors.AsType[*Fault](err)
			if !ok || f.Field != c.field || !errors.Is(err, c.err) {
				t.Errorf("got %q, %v; want %s %v", text, err, c.field, c.err)
			}
		})
	}
}

func payments() *rapid.Generator[Payment] {
	return rapid.Custom(func(t *rapid.T) Payment {
		p := Payment{
			Bank:     rapid.StringMatching(`97[0-9]{4}`).Draw(t, "bank"),
			Reusable: rapid.Bool().Draw(t, "reusable"),
			Amount:   rapid.Int64Range(1, MaxAmount).Draw(t, "amount"),
			Bill:     rapid.StringMatching(`[ -~]{0,25}`).Draw(t, "bill"),
			Terminal: rapid.StringMatching(`[ -~]{0,25}`).Draw(t, "terminal"),
			Purpose:  rapid.StringMatching(`[A-Za-z0-9 ]{0,25}`).Draw(t, "purpose"),
			Name:     rapid.StringMatching(`[A-Z ]{0,25}`).Draw(t, "name"),
			City:     rapid.StringMatching(`[A-Z ]{0,15}`).Draw(t, "city"),
		}
		if rapid.Bool().Draw(t, "card") {
			p.Card = rapid.StringMatching(`[0-9]{16,19}`).Draw(t, "number")
		} else {
			p.Account = rapid.StringMatching(`[0-9A-Za-z]{1,19}`).Draw(t, "number")
		}
		if p.Reusable && rapid.Bool().Draw(t, "open") {
			p.Amount = 0
		}
		return p
	})
}

func TestReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := payments().Draw(t, "payment")
		text, err := want.Encode()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatal(diff)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, v := range vectors {
		f.Add(v.text)
	}
	f.Add("6304")
	f.Fuzz(func(t *testing.T, text string) {
		_, _ = Parse(text)            // must not panic
		p, err := Parse(sealed(text)) // gets past the checksum
		if err != nil {
			return
		}
		again, err := p.Encode()
		if err != nil {
			t.Fatalf("%+v was read and is not written: %v", p, err)
		}
		if q, err := Parse(again); err != nil || q != p {
			t.Fatalf("%+v became %+v, %v", p, q, err)
		}
	})
}

func TestPurpose(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		words, code, want string
		ok                bool
	}{
		{"Lệ phí", "H26 261123 0007", "Le phi H26 261123 0007", true},
		{"Phí chứng thực bản sao", "261123-0012", "Phi chung 261123 0012", true},
		{"", "H26.138-261123-0012", "H26 138 261123 0012", true},
		{"Đường đi của Đỗ", "1", "Duong di cua Do 1", true},
		{"Hồ sơ", strings.Repeat("7", 25), strings.Repeat("7", 25), true},
		{"Hồ sơ", strings.Repeat("7", 26), "", false},
		{"Hồ sơ", "—", "", false},
	} {
		got, ok := Purpose(c.words, c.code)
		if got != c.want || ok != c.ok {
			t.Errorf("%q %q: got %q %t, want %q", c.words, c.code, got, ok, c.want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		words, code := rapid.String().Draw(t, "words"), rapid.String().Draw(t, "code")
		p, ok := Purpose(words, code)
		if ok && (len(p) > MaxPurpose || !strings.HasSuffix(p, Fold(code)) || Fold(p) != p) {
			t.Fatalf("purpose %q of code %q", p, code)
		}
		if !ok && Fold(code) != "" && len(Fold(code)) <= MaxPurpose {
			t.Fatalf("no purpose for %q", code)
		}
	})
}

func TestBanks(t *testing.T) {
	t.Parallel()
	row := Bank{BIN: "970449", Short: "LPBank", Name: "Ngân hàng", NameEN: "Bank", Source: "a list"}
	old := row
	old.Short, old.To, row.From = "LienVietPostBank", "2023-01-01", "2023-01-02"
	banks, err := NewBanks([]Bank{row, old})
	if err != nil {
		t.Fatal(err)
	}
	for date, want := range map[string]string{"2023-01-01": "LienVietPostBank", "2023-01-02": "LPBank"} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := banks.Find("970449", day); !ok || got.Short != want {
			t.Errorf("%s: %+v, want %s", date, got, want)
		}
		if list := banks.On(day); len(list) != 1 || list[0].Short != want {
			t.Errorf("%s: %+v, want %s", date, list, want)
		}
	}
	if _, ok := banks.Find("970000", time.Time{}); ok {
		t.Error("an unknown BIN is found")
	}
	for name, change := range map[string]func(*Bank){
		"a BIN of five":       func(b *Bank) { b.BIN = "97044" },
		"no source":           func(b *Bank) { b.Source = "" },
		"a date that is none": func(b *Bank) { b.From = "2023-02-30" },
		"an end before":       func(b *Bank) { b.To = "2022-01-01" },
		"a day twice":         func(b *Bank) { b.From = "2022-01-01" },
	} {
		bad := row
		change(&bad)
		if _, err := NewBanks([]Bank{old, bad}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
