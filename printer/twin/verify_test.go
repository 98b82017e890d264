package twin_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"motcua/assets/i18n"
	"motcua/printer/escpos"
	"motcua/printer/raster"
	"motcua/printer/slip"
)

// These tests ask programs that are not ours: npos decodes our bytes, zbarimg
// reads our QR codes, tesseract reads our letters.

// need skips when a program is not installed.
func need(t *testing.T, program string) {
	t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		t.Skipf("%s is not installed", program)
	}
}

func samples(t *testing.T, paper raster.Paper) map[string]*raster.Bitmap {
	t.Helper()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	m, err := slip.New(texts, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 23, 9, 43, 0, 0, time.FixedZone("+07", 7*3600))
	ticket, err := m.Ticket(paper, slip.Ticket{
		Lang: "vi", Office: "Bộ phận Một cửa", Parent: "UBND phường Tây Hồ, TP Hà Nội", Label: "A012",
		Service: "Hộ tịch, chứng thực", Mark: "Ưu tiên", TakenAt: at, Ahead: 4,
		From: at.Add(12 * time.Minute), To: at.Add(22 * time.Minute),
		QR: "HTTPS://MOTCUA.TAYHO.GOV.VN/T/261123-A012-7KQ4X", Code: "261123-A012-7KQ4X",
		Calls: 3, Penalty: 15, Hotline: "1022", Kiosk: "Kiosk 1", ID: "261123-A012",
	})
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := m.Receipt(paper, slip.Receipt{
		Lang: "vi", Office: "Bộ phận Một cửa", Code: "H26.138-261123-0007",
		Procedure: "Đăng ký khai sinh kết hợp nhận cha, mẹ, con", Applicant: "N. T. Tuyết",
		Papers:     []slip.Paper{{Name: "Giấy chứng sinh", Originals: 1}, {Name: "Giấy ủy quyền", Copies: 2}},
		ReceivedAt: at, DueAt: at.AddDate(0, 0, 3), DueRule: "3 ngày làm việc", Fee: 8000, Handover: "Nhận tại quầy",
	})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*raster.Bitmap{"ticket": ticket, "receipt": receipt}
}

// inked is a picture without its blank rows.
func inked(b *raster.Bitmap) *raster.Bitmap {
	var rows []*raster.Bitmap
	for y := range b.Height {
		if !b.Blank(y) {
			rows = append(rows, b.Crop(y, y+1))
		}
	}
	return raster.Stack(rows...)
}

func TestNposDecodesTheSame(t *testing.T) {
	modules := os.Getenv("MOTCUA_NPOS")
	if modules == "" {
		t.Skip("MOTCUA_NPOS does not name the folder of npos (make test does)")
	}
	need(t, "node")
	list, err := escpos.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		for name, want := range samples(t, p.Paper) {
			t.Run(p.Name+"/"+name, func(t *testing.T) {
				job, err := p.Encode(want, escpos.Marker{'a', 'b', 'c', 'd'}, escpos.Marker{'e', 'f', 'g', 'h'})
				if err != nil {
					t.Fatal(err)
				}
				got, err := npos(t, modules, job)
				if err != nil {
					t.Fatal(err)
				}
				// Blank rows that are feeds are not in npos' picture.
				if d := inked(got).Differ(inked(want)); d != 0 || p.FeedUnits == 0 && got.Height != want.Height {
					t.Errorf("%d dots differ, %d rows of %d", d, got.Height, want.Height)
				}
				for what, spoilt := range map[string][]byte{
					"a lost byte":  append(bytes.Clone(job[:900]), job[901:]...),
					"a stray text": append(bytes.Clone(job), "HELLO"...),
				} {
					if _, err := npos(t, modules, spoilt); err == nil {
						t.Errorf("%s was not noticed: the check cannot fail", what)
					}
				}
			})
		}
	}
}

// npos decodes a job.
func npos(t *testing.T, modules string, job []byte) (*raster.Bitmap, error) {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "job.bin"), filepath.Join(dir, "paper.pbm")
	if err := os.WriteFile(in, job, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "npos", "verify.js"), in, out)
	cmd.Env = append(os.Environ(), "NODE_PATH="+modules)
	if said, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npos: %w: %s", err, said)
	}
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var width, height int
	if _, err := fmt.Sscanf(string(raw), "P4\n%d %d\n", &width, &height); err != nil {
		t.Fatal(err)
	}
	b := raster.New(width, height)
	copy(b.Pix, raw[len(raw)-len(b.Pix):])
	return b, nil
}

// png writes a picture with a white border, as a camera would see it.
func png(t *testing.T, b *raster.Bitmap) string {
	t.Helper()
	framed := raster.New(b.Width+80, b.Height+80)
	for y := range b.Height {
		copy(framed.Row(y + 40)[5:], b.Row(y))
	}
	file := filepath.Join(t.TempDir(), "slip.png")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := framed.WritePNG(f); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestZbarReadsTheCodes(t *testing.T) {
	need(t, "zbarimg")
	for _, paper := range []raster.Paper{{Dots: 576, DPI: 203}, {Dots: 512, DPI: 180}, {Dots: 384, DPI: 203}} {
		want := map[string]string{"ticket": "HTTPS://MOTCUA.TAYHO.GOV.VN/T/261123-A012-7KQ4X", "receipt": "H26.138-261123-0007"}
		for name, b := range samples(t, paper) {
			out, err := exec.CommandContext(t.Context(), "zbarimg", "-q", "--raw", png(t, b)).Output()
			if got := strings.TrimSpace(string(out)); err != nil || got != want[name] {
				t.Errorf("%s, %d dots: read %q, %v", name, paper.Dots, got, err)
			}
		}
	}
}

// TestTesseractReadsTheWords: at most 3 % of the letters of the body are read
// wrongly. The words stand below the code and above it, without the number,
// which is too large for it.
func TestTesseractReadsTheWords(t *testing.T) {
	need(t, "tesseract")
	if langs, err := exec.CommandContext(t.Context(), "tesseract", "--list-langs").CombinedOutput(); err != nil || !strings.Contains(string(langs), "vie") {
		t.Skip("tesseract has no Vietnamese")
	}
	ticket := samples(t, raster.Paper{Dots: 576, DPI: 203})["ticket"]
	out, err := exec.CommandContext(t.Context(), "tesseract", png(t, double(ticket)), "-", "-l", "vie", "--psm", "4").Output()
	if err != nil {
		t.Fatal(err)
	}
	read := letters(string(out))
	wrong, all := 0, 0
	for _, line := range []string{
		"BỘ PHẬN MỘT CỬA", "UBND phường Tây Hồ, TP Hà Nội", "Hộ tịch, chứng thực",
		"Lấy số lúc", "09:43", "23/11/2026", "Đang chờ trước", "4 người", "Dự kiến gọi",
		"Quét để theo dõi lượt và gọi số", "Phiếu có giá trị trong ngày.",
		"xin báo quầy để được xếp lại, lùi 15 phút.", "Đường dây nóng: 1022",
	} {
		want := letters(line)
		d := nearest([]rune(want), []rune(read))
		if d > 0 {
			t.Logf("%d letters wrong in %q", d, line)
		}
		wrong, all = wrong+d, all+len([]rune(want))
	}
	if rate := 100 * float64(wrong) / float64(all); rate > 3 {
		t.Errorf("%.1f %% of %d letters were read wrongly:\n%s", rate, all, out)
	} else {
		t.Logf("%.1f %% of %d letters were read wrongly", rate, all)
	}
}

// double doubles a picture in size, which tesseract likes.
func double(b *raster.Bitmap) *raster.Bitmap {
	out := raster.New(2*b.Width, 2*b.Height)
	for y := range out.Height {
		for x := range out.Width {
			if b.Black(x/2, y/2) {
				out.Set(x, y)
			}
		}
	}
	return out
}

// letters is a text without white space.
func letters(s string) string { return strings.Join(strings.Fields(norm.NFC.String(s)), "") }

// nearest is the fewest edits that make want out of any part of text.
func nearest(want, text []rune) int {
	row := make([]int, len(text)+1) // beginning anywhere costs nothing
	for i, w := range want {
		diagonal := row[0]
		row[0] = i + 1
		for j, r := range text {
			cost := diagonal
			if w != r {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	best := row[0]
	for _, d := range row {
		best = min(best, d)
	}
	return best
}
