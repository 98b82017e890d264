package idcard

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"motcua/queue/refusal"
)

const sample = "001098012345|012345678|NGUYỄN VĂN A|01011998|Nam|Số 10 Tràng Thi, Hoàn Kiếm, Hà Nội|01012023"

func want(change ...func(*Card)) Card {
	c := Card{
		Number: "001098012345", Name: "NGUYỄN VĂN A", Birth: Date{1998, 1, 1}, Sex: Male,
		Address: "Số 10 Tràng Thi, Hoàn Kiếm, Hà Nội",
	}
	for _, f := range change {
		f(&c)
	}
	return c
}

func repaired(kind RepairKind, from, to string) func(*Card) {
	return func(c *Card) { c.Repairs = append(c.Repairs, Repair{kind, from, to}) }
}

func named(name string) func(*Card) { return func(c *Card) { c.Name = name } }
func living(at string) func(*Card)  { return func(c *Card) { c.Address = at } }
func born(d Date) func(*Card)       { return func(c *Card) { c.Birth = d } }
func warned(ws ...Warning) func(*Card) {
	return func(c *Card) { c.Warnings = append(c.Warnings, ws...) }
}

func swap(old, new string) string { return strings.Replace(sample, old, new, 1) }

func TestParse(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Card
	}{
		{"as printed", sample, want()},
		{"no old number", swap("012345678", ""), want()},
		{"byte order mark and line end", "\uFEFF" + sample + "\r\n", want()},
		{"more fields at the end", sample + "|TRẦN THỊ B|NGUYỄN VĂN C", want()},
		{"one bar lost", swap("|012345678|", "|"), want()},
		{"one bar doubled", swap("|01011998", "||01011998"), want()},
		{"a bar in the address", swap("Thi, Hoàn", "Thi,|Hoàn"), want()},
		{"name called like a sex", swap("NGUYỄN VĂN A", "NAM"), want(named("NAM"))},
		{"spaces in the name", swap("VĂN A", " VĂN  A "), want()},
		{
			"combining marks", swap("VĂN", norm.NFD.String("VĂN")),
			want(repaired(Combining, "NGUYỄN VĂN A", "NGUYỄN VĂN A")),
		},
		{
			"decimal bytes, the known pair", swap("NGUYỄN VĂN A", "Tr0198017601980161ng Ng022501870141c Giang"),
			want(named("Trương Ngọc Giang"), repaired(DecimalBytes, "Tr0198017601980161ng Ng022501870141c Giang", "Trương Ngọc Giang")),
		},
		{
			"decimal bytes before a house number", swap("Số 10 Tràng Thi", "0196014410 ph022501870145"),
			want(living("Đ10 phố, Hoàn Kiếm, Hà Nội"), repaired(DecimalBytes, "0196014410 ph022501870145, Hoàn Kiếm, Hà Nội", "Đ10 phố, Hoàn Kiếm, Hà Nội")),
		},
		{
			"mojibake", swap("NGUYỄN VĂN A", "TrÆ°Æ¡ng HÃ\u00a0 Ä\u0090á»—"),
			want(named("Trương Hà Đỗ"), repaired(Mojibake, "TrÆ°Æ¡ng HÃ\u00a0 Ä\u0090á»—", "Trương Hà Đỗ")),
		},
		{
			"entities", swap("NGUYỄN VĂN A", "Ng&#7885;c &Ecirc; &#x110;"),
			want(named("Ngọc Ê Đ"), repaired(Entities, "Ng&#7885;c &Ecirc; &#x110;", "Ngọc Ê Đ")),
		},
		{
			"percent", swap("NGUYỄN VĂN A", "Ng%E1%BB%8Dc+An"),
			want(named("Ngọc An"), repaired(Percent, "Ng%E1%BB%8Dc+An", "Ngọc An")),
		},
		{
			"percent, bars too", strings.ReplaceAll(swap("NGUYỄN VĂN A", "NGUY%E1%BB%84N VĂN A"), "|", "%7C"),
			want(repaired(Percent, "", "")),
		},
		{
			"code points", swap("NGUYỄN VĂN A", "Ph432417ng Th7883"),
			want(named("Phương Thị"), repaired(CodePoints, "Ph432417ng Th7883", "Phương Thị")),
		},
		{
			"code points in both", swap("NGUYỄN VĂN A", "Ph432417ng") + "",
			want(named("Phương"), repaired(CodePoints, "Ph432417ng", "Phương")),
		},
		{"a room is no letter", swap("Số 10", "P201, nhà 432"), want(living("P201, nhà 432 Tràng Thi, Hoàn Kiếm, Hà Nội"))},
		{"a discount is no escape", swap("Số 10", "Giảm 50% lô"), want(living("Giảm 50% lô Tràng Thi, Hoàn Kiếm, Hà Nội"))},
		{"bars lost", strings.ReplaceAll(sample, "|", ""), want(repaired(Separators, "", ""))},
		{"bars became something else", strings.ReplaceAll(sample, "|", "~"), want(repaired(Separators, "", ""))},
		{
			"sex damaged and mended", swap("|Nam|", "|N022501870175|"),
			want(func(c *Card) { c.Sex = Female }, repaired(DecimalBytes, "N022501870175", "Nữ"), warned(SexMismatch)),
		},
		{"bytes swallowed", swap("NGUYỄN", "NGUYá»N"), want(named(""), warned(NameDamaged))},
		{"digits in the name", swap("VĂN A", "VĂN 4"), want(named(""), warned(NameDamaged))},
		{"lost letters in the address", swap("Tràng", "Tr\xffng"), want(living("Số 10 Tr\uFFFDng Thi, Hoàn Kiếm, Hà Nội"), warned(AddressDamaged))},
		{"direction marks in the address", swap("Tràng", "\u202eTràng"), want(warned(AddressDamaged))},
		{"year of birth only", swap("01011998", "1998"), want(born(Date{Year: 1998}), warned(BirthPartial))},
		{"zeros for day and month", swap("01011998", "00001998"), want(born(Date{Year: 1998}), warned(BirthPartial))},
		{"zeros for the day", swap("01011998", "00051998"), want(born(Date{Year: 1998, Month: 5}), warned(BirthPartial))},
		{"no such day", swap("01011998", "31021998"), want(born(Date{}), warned(BirthUnreadable))},
		{"no birth date", swap("01011998", ""), want(born(Date{}), warned(BirthUnreadable))},
		{"dashes in the date", swap("01011998", "01-01-1998"), want()},
		{"sex unreadable", swap("|Nam|", "|N?|"), want(func(c *Card) { c.Sex = "" }, warned(SexUnreadable))},
		{"cut off", strings.TrimSuffix(sample, "|01012023"), want(warned(PayloadShortened))},
		{"other century", swap("01011998", "01012098"), want(born(Date{2098, 1, 1}), warned(CenturyMismatch))},
		{"other year", swap("01011998", "01011997"), want(born(Date{1997, 1, 1}), warned(YearMismatch))},
		{"registered abroad", swap("001098", "136098"), want(func(c *Card) { c.Number = "136098012345" }, warned(ProvinceUnknown))},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Parse(c.text)
			if err != nil {
				t.Fatalf("Parse(%q): %v", c.text, err)
			}
			if c.name == "combining marks" { // the source file cannot show the difference
				c.want.Repairs[0].From = norm.NFC.String(c.want.Repairs[0].From)
				got.Repairs[0].From = norm.NFC.String(got.Repairs[0].From)
			}
			if d := cmp.Diff(c.want, got, cmp.Transformer("fields", func(c Card) any { type plain Card; return plain(c) })); d != "" {
				t.Errorf("Parse(%q) differs (-want +got):\n%s", c.text, d)
			}
		})
	}
}

func TestParseRefusesWhatIsNoCard(t *testing.T) {
	for _, text := range []string{
		"", "|", "||||||", "H26.12-261123-0007", "001098012345", "001098012345|x",
		"001098012345||x||y||", "01234567890|012345678|A|01011998|Nam|B|01012023",
		"https://example.vn/?a=b|c|d|e|f|g", strings.Repeat("9", 10_000), strings.Repeat("|", 4000),
		sample + strings.Repeat(" ", maxPayload),
	} {
		if got, err := Parse(text); !errors.Is(err, refusal.New("not-a-card")) {
			t.Errorf("Parse(%.40q) = %v, %v, want the refusal not-a-card", text, got, err)
		}
	}
}

// Whatever is told to nobody must not be found in the card.
func TestParseForgets(t *testing.T) {
	for _, text := range []string{sample, strings.ReplaceAll(sample, "|", "%7C"), swap("VĂN", "VÄ\u0082N")} {
		c, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprintf("%#v", c)
		for _, secret := range []string{"012345678\"", "012345678|", "01012023"} {
			if strings.Contains(all, secret) {
				t.Errorf("Parse(%q) keeps %q: %s", text, secret, all)
			}
		}
	}
}

func TestCardPrintsMasked(t *testing.T) {
	c, err := Parse(sample)
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("scanned", "card", c)
	for _, s := range []string{fmt.Sprint(c), fmt.Sprintf("%v %+v %s", c, c, &c), log.String()} {
		if strings.Contains(s, "NGUYỄN") || strings.Contains(s, c.Number) || !strings.Contains(s, "001*****2345") {
			t.Errorf("printed %q", s)
		}
	}
}

func TestMask(t *testing.T) {
	for in, want := range map[string]string{
		"079098001234": "079*****1234", "": "", "012345678": "*********", "07909800123x": "************",
		strings.Repeat("1", 40): "************",
	} {
		if got := Mask(in); got != want {
			t.Errorf("Mask(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDateString(t *testing.T) {
	for d, want := range map[Date]string{
		{}: "", {Year: 1960}: "1960", {1960, 5, 0}: "05/1960", {1960, 5, 9}: "09/05/1960",
	} {
		if got := d.String(); got != want {
			t.Errorf("%#v.String() = %q, want %q", d, got, want)
		}
	}
}

func TestCheckNumberKnowsCenturiesAndSexes(t *testing.T) {
	for _, c := range []struct {
		number string
		birth  Date
		sex    Sex
		want   []Warning
	}{
		{"001098012345", Date{Year: 1998}, Male, nil},
		{"001198012345", Date{Year: 1998}, Female, nil},
		{"079203012345", Date{Year: 2003}, Male, nil},
		{"079303012345", Date{Year: 2003}, Female, nil},
		{"079303012345", Date{}, "", nil},
		{"079303012345", Date{Year: 1903}, Male, []Warning{SexMismatch, CenturyMismatch}},
		{"003303012345", Date{Year: 2004}, Female, []Warning{ProvinceUnknown, YearMismatch}},
		{"12345", Date{Year: 2004}, Female, nil},
	} {
		if d := cmp.Diff(c.want, CheckNumber(c.number, c.birth, c.sex)); d != "" {
			t.Errorf("CheckNumber(%s, %v, %s) (-want +got):\n%s", c.number, c.birth, c.sex, d)
		}
	}
}

// Every way of damaging a name that loses nothing must be undone to the letter.
func TestParseUndoesLosslessDamage(t *testing.T) {
	letters := []rune("aăâbcdđeêghiklmnoôơpqrstuưvxyàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ")
	damage := map[RepairKind]func(rune) string{
		Percent: func(r rune) string {
			s := ""
			for _, b := range []byte(string(r)) {
				s += fmt.Sprintf("%%%02X", b)
			}
			return s
		},
		Entities: func(r rune) string { return fmt.Sprintf("&#%d;", r) },
		DecimalBytes: func(r rune) string {
			s := ""
			for _, b := range []byte(string(r)) {
				s += fmt.Sprintf("%04d", b)
			}
			return s
		},
		CodePoints: func(r rune) string { return fmt.Sprintf("%d", r) },
		Mojibake: func(r rune) string {
			s := ""
			for _, b := range []byte(string(r)) {
				r := charmap.Windows1252.DecodeByte(b)
				if r == '\uFFFD' {
					r = rune(b) // the five open bytes come through
				}
				s += string(r)
			}
			return s
		},
		"mojibake through Latin-1": func(r rune) string {
			s := ""
			for _, b := range []byte(string(r)) {
				s += string(rune(b))
			}
			return s
		},
		Combining: func(r rune) string { return norm.NFD.String(string(r)) },
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.Custom(func(t *rapid.T) string {
			return "N" + string(rapid.SliceOfN(rapid.SampledFrom(letters), 1, 6).Draw(t, "letters"))
		})
		name := strings.Join(rapid.SliceOfN(word, 2, 4).Draw(t, "words"), " ")
		kind := rapid.SampledFrom([]RepairKind{Percent, Entities, DecimalBytes, CodePoints, Mojibake, "mojibake through Latin-1", Combining}).Draw(t, "kind")
		var b strings.Builder
		for _, r := range name {
			if r < 0x80 {
				b.WriteRune(r)
			} else {
				b.WriteString(damage[kind](r))
			}
		}
		c, err := Parse(swap("NGUYỄN VĂN A", b.String()))
		if err != nil || c.Name != name {
			t.Fatalf("%s: %q read as %q (%v), want %q", kind, b.String(), c.Name, err, name)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add(strings.ReplaceAll(sample, "|", ""))
	f.Add(swap("NGUYỄN VĂN A", "Tr0198017601980161ng Ng022501870141c %E1%BB%8D &#7885; Ã¡ Ph432417ng"))
	f.Add("|||\x00|\u202e|\xff|00000000|Nam|||||")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse(text)
		if err != nil {
			if diff := cmp.Diff(Card{}, c); diff != "" {
				t.Fatalf("a refused text left %s", diff)
			}
			return
		}
		if !ValidNumber(c.Number) || !strings.Contains(text, c.Number) && !strings.Contains(text, "%") && !strings.Contains(text, "&") {
			t.Fatalf("number %q is not in the text", c.Number)
		}
		for _, s := range []string{c.Name, c.Address} {
			if !norm.NFC.IsNormalString(s) || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' }) {
				t.Fatalf("field %q is not clean", s)
			}
		}
		if c.Name == "" && !c.Has(NameDamaged) {
			t.Fatal("no name and no warning")
		}
	})
}
