package picture

import (
	"bufio"
	"encoding/json"
	"fmt"
	"image"
	_ "image/gif"
	_ "image/jpeg"
	_ "image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"
	"golang.org/x/text/unicode/norm"
)

// floors are the shares of right texts, in per cent, below which a change has
// made reading worse.
var floors = map[string]float64{"code128": 94, "code39": 93, "datamatrix": 86, "qr": 88}

type sampled struct {
	file   string
	format Format
	want   string
}

// TestMeasure reads the sample pictures in $MOTCUA_SHARED/scan, ours and the
// library as it comes side by side, and logs the table.
func TestMeasure(t *testing.T) {
	shared := os.Getenv("MOTCUA_SHARED")
	if shared == "" {
		t.Skip("MOTCUA_SHARED is not set: no sample pictures to measure on")
	}
	dir := filepath.Join(shared, "scan")
	rows := map[string]*row{}
	var missed []string
	for _, s := range samples(t, dir) {
		img := load(t, filepath.Join(dir, s.file))
		set := string(s.format)
		if strings.Contains(s.file, "synthetic-") {
			set += " (frames)"
		}
		r := rows[set]
		if r == nil {
			r = &row{name: set}
			rows[set] = r
		}
		r.n++
		start := time.Now()
		codes, err := Read(img, Options{Formats: []Format{s.format}})
		r.took(time.Since(start))
		if err != nil {
			t.Errorf("%s: %v", s.file, err)
		}
		switch {
		case slices.ContainsFunc(codes, func(c Code) bool { return sameText(c.Text, s.want) }):
			r.right++
		case len(codes) > 0:
			r.wrong++
			missed = append(missed, fmt.Sprintf("WRONG %s: %q, want %q", s.file, codes[0].Text, s.want))
		default:
			missed = append(missed, s.file)
		}
		switch text, ok := plain(img, s.format); {
		case ok && sameText(text, s.want):
			r.plainRight++
		case ok:
			r.plainWrong++
		}
	}
	falseReads := 0
	empty, err := filepath.Glob(filepath.Join(dir, "none", "*"))
	if err != nil || len(empty) == 0 {
		t.Fatalf("no pictures without codes: %v", err)
	}
	for _, f := range empty {
		codes, err := Read(load(t, f), Options{Formats: []Format{QR, Code128}})
		if err != nil || len(codes) > 0 {
			falseReads++
			t.Errorf("%s holds no code; read %v, %v", filepath.Base(f), codes, err)
		}
	}
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 1, ' ', 0)
	fmt.Fprintln(w, "| set\t| n\t| right\t| %\t| wrong\t| plain gozxing right\t| %\t| wrong\t| median ms\t| 95 % ms\t|")
	sums := map[string]*row{}
	for _, name := range sortedKeys(rows) {
		r := rows[name]
		r.print(w)
		f, _, _ := strings.Cut(name, " ")
		if sums[f] == nil {
			sums[f] = &row{name: f + ", all"}
		}
		s := sums[f]
		s.n, s.right, s.wrong, s.plainRight, s.plainWrong = s.n+r.n, s.right+r.right, s.wrong+r.wrong, s.plainRight+r.plainRight, s.plainWrong+r.plainWrong
		s.times = append(s.times, r.times...)
	}
	for _, f := range sortedKeys(sums) {
		sums[f].print(w)
		if got := sums[f].percent(); got < floors[f] {
			t.Errorf("%s: %.1f %% right, want at least %.1f %%", f, got, floors[f])
		}
	}
	w.Flush()
	t.Logf("false reads on %d pictures without codes: %d\n%s\nnot read:\n%s", len(empty), falseReads, out.String(), strings.Join(missed, "\n"))
}

type row struct {
	name                                    string
	n, right, wrong, plainRight, plainWrong int
	times                                   []time.Duration
}

func (r *row) took(d time.Duration) { r.times = append(r.times, d) }
func (r *row) percent() float64     { return 100 * float64(r.right) / float64(r.n) }

func (r *row) print(w *tabwriter.Writer) {
	slices.Sort(r.times)
	ms := func(q int) float64 { return float64(r.times[(len(r.times)-1)*q/100].Microseconds()) / 1000 }
	fmt.Fprintf(w, "| %s\t| %d\t| %d\t| %.1f\t| %d\t| %d\t| %.1f\t| %d\t| %.1f\t| %.0f\t|\n", r.name, r.n, r.right, r.percent(), r.wrong,
		r.plainRight, 100*float64(r.plainRight)/float64(r.n), r.plainWrong, ms(50), ms(95))
}

func sortedKeys[V any](m map[string]V) []string {
	var ks []string
	for k := range m {
		ks = append(ks, k)
	}
	slices.Sort(ks)
	return ks
}

// plain is gozxing as its documentation shows it.
func plain(img image.Image, f Format) (text string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	g, err := grayOf(img)
	if err != nil {
		return "", false
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(luminance{g}))
	if err != nil {
		return "", false
	}
	readers := map[Format]gozxing.Reader{QR: qrcode.NewQRCodeReader(), DataMatrix: datamatrix.NewDataMatrixReader(), Code128: oned.NewCode128Reader(), Code39: oned.NewCode39Reader()}
	r, err := readers[f].Decode(bitmap, nil)
	if err != nil {
		return "", false
	}
	return r.GetText(), true
}

// sameText ignores line ends and group separators, as the expected texts do.
func sameText(a, b string) bool {
	clean := func(s string) string {
		return strings.TrimRight(strings.NewReplacer("\r\n", "\n", "\x1d", "").Replace(norm.NFC.String(s)), "\n")
	}
	return clean(a) == clean(b)
}

func samples(t *testing.T, dir string) (list []sampled) {
	f, err := os.Open(filepath.Join(dir, "expected.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		c := strings.Split(lines.Text(), "\t")
		if len(c) != 3 || c[0] == "file" {
			continue
		}
		s := sampled{file: c[0], format: Format(c[1])}
		if err := json.Unmarshal([]byte(c[2]), &s.want); err != nil {
			t.Fatal(err)
		}
		if s.want == "" { // nobody knows what it says
			continue
		}
		list = append(list, s)
	}
	return list
}

func load(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return img
}
