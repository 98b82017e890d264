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
var floors = map[string]float64{
	"code128": 94, "code39": 93, "datamatrix": 86, "qr": 88,
	"code128, turned 20°": 93, "qr, turned 20°": 86,
}

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
	table := table{}
	var missed []string
	for _, s := range samples(t, dir) {
		img := load(t, filepath.Join(dir, s.file))
		set := string(s.format) + ", photographs"
		if strings.Contains(s.file, "synthetic-") {
			set = string(s.format) + ", kiosk frames"
		}
		o := measure(t, img, s)
		table.add(o, set, string(s.format))
		if !o.right {
			missed = append(missed, fmt.Sprintf("%s: read %q, want %q", s.file, o.codes, s.want))
		}
		if g, err := grayOf(img); err == nil && (s.format == Code128 || s.format == QR) && max(g.w, g.h) < 1600 {
			g = g.turned(20)
			turned := &image.Gray{Pix: g.pix, Stride: g.w, Rect: image.Rect(0, 0, g.w, g.h)}
			table.add(measure(t, turned, s), string(s.format)+", turned 20°")
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
	for _, name := range sortedKeys(table) {
		if got := table[name].percent(); got < floors[name] {
			t.Errorf("%s: %.1f %% right, want at least %.1f %%", name, got, floors[name])
		}
		// one sample is a Code 32, which is another way to write a Code 39
		if n := table[name].wrong; n > 0 && !strings.HasPrefix(name, "code39") {
			t.Errorf("%s: %d wrong texts", name, n)
		}
	}
	t.Logf("false reads on %d pictures without codes: %d\n%s\nnot read:\n%s", len(empty), falseReads, table, strings.Join(missed, "\n"))
}

// outcome is what one picture gave.
type outcome struct {
	codes                  []Code
	right, wrong           bool
	plainRight, plainWrong bool
	took                   time.Duration
}

func measure(t *testing.T, img image.Image, s sampled) (o outcome) {
	t.Helper()
	start := time.Now()
	codes, err := Read(img, Options{Formats: []Format{s.format}})
	o.took = time.Since(start)
	if err != nil {
		t.Errorf("%s: %v", s.file, err)
	}
	o.codes = codes
	o.right = slices.ContainsFunc(codes, func(c Code) bool { return sameText(c.Text, s.want) })
	o.wrong = len(codes) > 0 && !o.right
	text, ok := plain(img, s.format)
	o.plainRight = ok && sameText(text, s.want)
	o.plainWrong = ok && !o.plainRight
	return o
}

// table counts outcomes by set of pictures.
type table map[string]*row

func (t table) add(o outcome, sets ...string) {
	count := func(n *int, yes bool) {
		if yes {
			*n++
		}
	}
	for _, name := range sets {
		r := t[name]
		if r == nil {
			r = &row{}
			t[name] = r
		}
		count(&r.right, o.right)
		count(&r.wrong, o.wrong)
		count(&r.plainRight, o.plainRight)
		count(&r.plainWrong, o.plainWrong)
		r.times = append(r.times, o.took)
	}
}

func (t table) String() string {
	var out strings.Builder
	w := tabwriter.NewWriter(&out, 0, 8, 1, ' ', 0)
	fmt.Fprintln(w, "| set\t| n\t| right\t| %\t| wrong\t| plain gozxing right\t| %\t| wrong\t| median ms\t| 95 % ms\t|")
	for _, name := range sortedKeys(t) {
		r := t[name]
		slices.Sort(r.times)
		n := len(r.times)
		ms := func(q int) float64 { return float64(r.times[(n-1)*q/100].Microseconds()) / 1000 }
		fmt.Fprintf(w, "| %s\t| %d\t| %d\t| %.1f\t| %d\t| %d\t| %.1f\t| %d\t| %.1f\t| %.0f\t|\n", name, n, r.right, r.percent(), r.wrong,
			r.plainRight, 100*float64(r.plainRight)/float64(n), r.plainWrong, ms(50), ms(95))
	}
	w.Flush()
	return out.String()
}

type row struct {
	right, wrong, plainRight, plainWrong int
	times                                []time.Duration
}

func (r *row) percent() float64 { return 100 * float64(r.right) / float64(len(r.times)) }

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
