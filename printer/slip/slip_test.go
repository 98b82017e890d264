package slip_test

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"motcua/assets/i18n"
	"motcua/printer/raster"
	"motcua/printer/slip"
)

var update = flag.Bool("update", false, "write the golden pictures anew; look at them before you commit")

var (
	paper80  = raster.Paper{Dots: 576, DPI: 203}
	paper180 = raster.Paper{Dots: 512, DPI: 180}
	paper58  = raster.Paper{Dots: 384, DPI: 203}
	hanoi    = time.FixedZone("+07", 7*3600)
	taken    = time.Date(2026, 11, 23, 9, 43, 0, 0, hanoi)
)

func maker(t testing.TB) *slip.Maker {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := slip.New(texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// ticketOf is the ticket of the design picture.
func ticketOf(lang string) slip.Ticket {
	t := slip.Ticket{
		Lang: lang, Office: "Bộ phận Một cửa", Parent: "UBND phường Tây Hồ, TP Hà Nội",
		Label: "A012", Service: "Hộ tịch, chứng thực", Mark: "Ưu tiên", TakenAt: taken,
		Ahead: 4, From: taken.Add(12 * time.Minute), To: taken.Add(22 * time.Minute),
		QR: "HTTPS://MOTCUA.TAYHO.GOV.VN/T/261123-A012-7KQ4X", Code: "261123-A012-7KQ4X",
		Calls: 3, Hotline: "1022", Kiosk: "Kiosk 1", ID: "261123-A012",
	}
	if lang == "en" {
		t.Office, t.Parent = "One-stop Department", "People's Committee of Tây Hồ Ward, Hà Nội"
		t.Service, t.Mark = "Civil status, certification", "Priority"
	}
	return t
}

// laterOf is a number for the afternoon, taken in the morning.
func laterOf(lang string) slip.Ticket {
	t := ticketOf(lang)
	t.Mark, t.Ahead, t.After = "", 2, time.Date(2026, 11, 23, 13, 30, 0, 0, hanoi)
	t.From, t.To = t.After, t.After.Add(18*time.Minute)
	return t
}

// aloneOf is what is printed while the office is silent: a kiosk's own number,
// and a counter's provisional receipt.
func aloneOf(lang string) (slip.Ticket, slip.Receipt) {
	t, r := ticketOf(lang), receiptOf(lang)
	t.Mark, t.Alone, t.Label = "", true, "X1-007"
	t.QR, t.Code, t.ID = "HTTPS://MOTCUA.TAYHO.GOV.VN/T/261123-X1-007", "261123-X1-007", "261123-X1-007"
	r.Provisional, r.Code = true, "TAM.Q1-261123-0007"
	return t, r
}

func receiptOf(lang string) slip.Receipt {
	r := slip.Receipt{
		Lang: lang, Office: "Bộ phận Một cửa", Parent: "UBND phường Tây Hồ, TP Hà Nội",
		Code: "H26.138-261123-0007", Procedure: "Thủ tục đăng ký khai sinh kết hợp đăng ký nhận cha, mẹ, con",
		Applicant: "N. T. Tuyết", ApplicantID: "001•••••2345",
		Papers: []slip.Paper{
			{Name: "Tờ khai đăng ký khai sinh theo mẫu", Originals: 1},
			{Name: "Giấy chứng sinh", Originals: 1},
			{Name: "Giấy chứng nhận kết hôn của cha, mẹ", Copies: 2},
		},
		Sets: 1, ReceivedAt: taken, DueAt: time.Date(2026, 11, 26, 15, 10, 0, 0, hanoi),
		DueRule: "3 ngày làm việc, tính theo giờ", Fee: 8000, Paid: true,
		Counter: "Quầy 3", Handover: "Nhận tại quầy", Note: "Xin đến Quầy 5, khu trả kết quả.", Hotline: "1022",
	}
	return r
}

// slips are all pictures that have a golden one beside.
func slips(t testing.TB) map[string]*raster.Bitmap {
	t.Helper()
	m, all := maker(t), map[string]*raster.Bitmap{}
	for size, p := range map[string]raster.Paper{"80": paper80, "58": paper58, "80-180dpi": paper180} {
		for _, lang := range i18n.Languages {
			ticket, err := m.Ticket(p, ticketOf(lang))
			if err != nil {
				t.Fatal(err)
			}
			receipt, err := m.Receipt(p, receiptOf(lang))
			if err != nil {
				t.Fatal(err)
			}
			all["ticket-"+size+"-"+lang], all["receipt-"+size+"-"+lang] = ticket, receipt
			later, err := m.Ticket(p, laterOf(lang))
			if err != nil {
				t.Fatal(err)
			}
			all["ticket-later-"+size+"-"+lang] = later
			number, paper := aloneOf(lang)
			alone, err := m.Ticket(p, number)
			if err != nil {
				t.Fatal(err)
			}
			provisional, err := m.Receipt(p, paper)
			if err != nil {
				t.Fatal(err)
			}
			all["ticket-alone-"+size+"-"+lang], all["receipt-provisional-"+size+"-"+lang] = alone, provisional
		}
		bar, err := m.CopyBar(p, "vi", 2, taken)
		if err != nil {
			t.Fatal(err)
		}
		all["ticket-copy-"+size+"-vi"] = raster.Stack(bar, all["ticket-"+size+"-vi"])
	}
	return all
}

// TestGolden compares with the pictures in testdata; half a percent of the ink
// may differ, which is less than one letter. Run with -update after looking.
func TestGolden(t *testing.T) {
	for name, got := range slips(t) {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join("testdata", name+".png")
			if *update {
				write(t, file, got)
			}
			f, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			want, err := raster.ReadPNG(f)
			if err != nil {
				t.Fatal(err)
			}
			if d := got.Differ(want); d < 0 || d > want.Ink()/200 {
				failed := filepath.Join("testdata", "failed", name+".png")
				write(t, failed, got)
				t.Errorf("%d × %d with %d dots that differ from %s; see %s", got.Width, got.Height, d, file, failed)
			}
		})
	}
}

func write(t *testing.T, file string, b *raster.Bitmap) {
	t.Helper()
	var buf bytes.Buffer
	if err := b.WritePNG(&buf); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, buf.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestSameValuesSamePicture(t *testing.T) {
	a, b := slips(t), slips(t)
	for name := range a {
		if !a[name].Equal(b[name]) {
			t.Errorf("%s differs from itself", name)
		}
	}
}

func TestNothingTouchesTheEdge(t *testing.T) {
	long := strings.Repeat("Nghiêng ngả ", 30) + strings.Repeat("Ẵ", 90)
	tk, rc := ticketOf("vi"), receiptOf("vi")
	tk.Office, tk.Parent, tk.Service, tk.Mark, tk.Kiosk, tk.Label = long, long, long, long, long, "X1-0077"
	rc.Procedure, rc.Applicant, rc.ApplicantID, rc.Counter, rc.Handover, rc.Note = long, long, long, long, long, long
	rc.Papers = []slip.Paper{{Name: long, Originals: 999999, Copies: 999999}}
	m := maker(t)
	for _, p := range []raster.Paper{paper80, paper180, paper58} {
		ticket, err := m.Ticket(p, tk)
		if err != nil {
			t.Fatal(err)
		}
		receipt, err := m.Receipt(p, rc)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range []*raster.Bitmap{ticket, receipt} {
			for y := range b.Height {
				if b.Black(0, y) || b.Black(b.Width-1, y) {
					t.Fatalf("%d dots wide: ink at the edge of row %d", p.Dots, y)
				}
			}
		}
	}
}

// readQR decodes with a second library.
func readQR(t *testing.T, b *raster.Bitmap) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(b.Image())
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil {
		t.Fatalf("no code was found: %v", err)
	}
	return res.GetText()
}

func TestQRReadsBack(t *testing.T) {
	for name, b := range slips(t) {
		want := ticketOf("vi").QR
		number, paper := aloneOf("vi")
		switch {
		case strings.HasPrefix(name, "receipt-provisional"):
			want = paper.Code
		case strings.HasPrefix(name, "receipt"):
			want = receiptOf("vi").Code
		case strings.HasPrefix(name, "ticket-alone"):
			want = number.QR
		}
		if got := readQR(t, b); got != want {
			t.Errorf("%s: read %q, want %q", name, got, want)
		}
	}
}

func TestSlipsRefuse(t *testing.T) {
	m := maker(t)
	noNumber, accents, huge := ticketOf("vi"), ticketOf("vi"), ticketOf("vi")
	noNumber.Label, accents.QR, huge.QR = " \u200b", "HTTPS://X/Đ", strings.Repeat("X", 4000)
	for name, c := range map[string]struct {
		paper  raster.Paper
		ticket slip.Ticket
	}{
		"no number":         {paper80, noNumber},
		"letters in the QR": {paper80, accents},
		"a QR too large":    {paper58, huge},
		"no paper":          {raster.Paper{}, ticketOf("vi")},
		"a poster":          {raster.Paper{Dots: 9000, DPI: 203}, ticketOf("vi")},
	} {
		if _, err := m.Ticket(c.paper, c.ticket); err == nil {
			t.Errorf("%s was printed", name)
		}
	}
	if _, err := m.Receipt(paper80, slip.Receipt{}); err == nil {
		t.Error("a receipt without a code was printed")
	}
}

func TestMissingLetterIsABoxAndALogLine(t *testing.T) {
	var log bytes.Buffer
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := slip.New(texts, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	tk := ticketOf("vi")
	plain, err := m.Ticket(paper80, tk)
	if err != nil {
		t.Fatal(err)
	}
	tk.Service += "漢"
	boxed, err := m.Ticket(paper80, tk)
	if err != nil {
		t.Fatal(err)
	}
	if boxed.Ink() <= plain.Ink() {
		t.Error("the missing letter left a gap")
	}
	if !strings.Contains(log.String(), "U+6F22") || strings.Contains(log.String(), "Hộ tịch") {
		t.Errorf("log: %s", log.String())
	}
}

func TestAllTextsInBothLanguages(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	own := func(lang string) (keys []string) {
		for _, k := range texts.Keys(lang) {
			if strings.HasPrefix(k, "slip.") {
				keys = append(keys, k)
			}
		}
		return keys
	}
	if d := cmp.Diff(own("vi"), own("en")); d != "" {
		t.Errorf("languages differ: %s", d)
	}
}

func BenchmarkTicketRaster(b *testing.B) {
	m, tk := maker(b), ticketOf("vi")
	for b.Loop() {
		if _, err := m.Ticket(paper80, tk); err != nil {
			b.Fatal(err)
		}
	}
}

// TestScenario22_TheTicketSaysTwelve: many dossiers on one number stand on the
// paper; the usual one takes no line.
func TestScenario22_TheTicketSaysTwelve(t *testing.T) {
	m := maker(t)
	height := func(dossiers int) int {
		ticket := ticketOf("vi")
		ticket.Dossiers = dossiers
		picture, err := m.Ticket(paper80, ticket)
		if err != nil {
			t.Fatal(err)
		}
		return picture.Height
	}
	if one, none, twelve := height(1), height(0), height(12); one != none || twelve <= one {
		t.Errorf("heights %d, %d and %d for one, none and twelve dossiers", one, none, twelve)
	}
}
