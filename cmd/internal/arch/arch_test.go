package arch

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// rules are the house rules by name.
var rules = map[string]func(*tree) []string{
	"pure packages stay pure":             purity,
	"imports point one way":               borders,
	"Fyne stays in the views":             toolkit,
	"nothing waits on Fyne's goroutine":   doAndWait,
	"the top has the drawn rooms":         topFolders,
	"files and functions fit a head":      sizes,
	"packages have one comment":           packageComments,
	"exported names have comments":        docComments,
	"every package is drawn":              drawn,
	"documents name what is there":        documentsTrue,
	"texts are complete in both tongues":  textsComplete,
	"texts that the code names are there": textsUsed,
}

// TestHouse runs every rule on the project's own source.
func TestHouse(t *testing.T) {
	t.Parallel()
	house, err := load(os.DirFS("../../.."))
	if err != nil {
		t.Fatal(err)
	}
	if len(house.files) < 50 {
		t.Fatalf("only %d files were found; the test looks at the wrong place", len(house.files))
	}
	for name, rule := range rules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, fault := range rule(house) {
				t.Error(fault)
			}
		})
	}
}

// good is a small house in which every rule holds.
func good() fstest.MapFS {
	m := fstest.MapFS{
		".gitignore":           source("/out/\n"),
		"out/x.txt":            source("built"),
		"docs/architecture.md": source("[here](../queue/q.go) `queue/q.go` `queue.Day` `kiosk/view` `cmd/motcua`"),
		"kiosk/view/v.go":      source("// Package view draws.\npackage view\n\nimport \"fyne.io/fyne/v2\"\n\nvar _ fyne.Size\n"),
		"cmd/motcua/main.go": source("// Command motcua runs.\npackage main\n\nimport (\n\t\"fyne.io/fyne/v2/app\"\n\t\"motcua/assets/i18n\"\n)\n\n" +
			"func main() { app.New(); var t i18n.Texts; t.Get(\"vi\", \"view.hello\", \"name\", \"Lan\") }\n"),
		"queue/q.go": source("package queue\n\nimport (\n\t\"errors\"\n\t\"time\"\n\n\t\"motcua/queue/refusal\"\n)\n\n// Day is a day.\nconst Day = 24 * time.Hour\n\n" +
			"func no() error { return refusal.New(\"closed\", \"opens\", \"8:00\") }\n\nvar _ = errors.Is(no(), refusal.New(\"closed\"))\n"),
		"assets/i18n/texts/view.vi.json":    source(`{"view.hello": "Xin chào {name}"}`),
		"assets/i18n/texts/view.en.json":    source(`{"view.hello": "Hello {name}"}`),
		"assets/i18n/texts/refusal.vi.json": source(`{"refusal.closed": "Mở lúc {opens}"}`),
		"assets/i18n/texts/refusal.en.json": source(`{"refusal.closed": "Opens at {opens}"}`),
	}
	for _, p := range append(slices.Clone(pure), "kiosk/kit", "kiosk/scan", "queue/central", "queue/office") {
		name := p[strings.LastIndex(p, "/")+1:]
		m[p+"/doc.go"] = source("// Package " + name + " is good.\npackage " + name + "\n")
		m[drawing].Data = append(m[drawing].Data, (" `" + p + "`")...)
	}
	return m
}

func source(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }

func TestAGoodHouseHasNoFaults(t *testing.T) {
	t.Parallel()
	house, err := load(good())
	if err != nil {
		t.Fatal(err)
	}
	for name, rule := range rules {
		if faults := rule(house); len(faults) > 0 {
			t.Errorf("%s: %q", name, faults)
		}
	}
}

// TestEveryRuleCanFail spoils the good house in one place at a time: the rule
// meant, and no other, must name the fault.
func TestEveryRuleCanFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path, src, rule, says string
	}{
		"impure import":       {"queue/x.go", "package queue\n\nimport _ \"os\"\n", "pure packages stay pure", "reaches outside"},
		"network below net":   {"queue/x.go", "package queue\n\nimport _ \"net/http\"\n", "pure packages stay pure", "net/http"},
		"random":              {"queue/x.go", "package queue\n\nimport _ \"math/rand/v2\"\n", "pure packages stay pure", "math/rand"},
		"third party":         {"queue/x.go", "package queue\n\nimport _ \"go.etcd.io/bbolt\"\n", "pure packages stay pure", "standard library"},
		"impure neighbour":    {"queue/x.go", "package queue\n\nimport _ \"motcua/queue/office\"\n", "pure packages stay pure", "not PURE"},
		"the clock":           {"queue/x.go", "package queue\n\nimport \"time\"\n\nvar t = time.Now\n", "pure packages stay pure", "time.Now"},
		"the clock, renamed":  {"queue/x.go", "package queue\n\nimport tm \"time\"\n\nvar t = tm.Since\n", "pure packages stay pure", "time.Since"},
		"the log":             {"queue/x.go", "package queue\n\nimport \"log/slog\"\n\nvar l = slog.Info\n", "pure packages stay pure", "log/slog.Info"},
		"a goroutine":         {"queue/x.go", "package queue\n\nfunc f() { go f() }\n", "pure packages stay pure", "goroutine"},
		"a pure package gone": {"queue/idcard/doc.go", "", "pure packages stay pure", "not there"},

		"upward import":    {"queue/office/x.go", "package office\n\nimport _ \"motcua/printer/slip\"\n", "imports point one way", "no paper"},
		"city reads files": {"queue/central/x.go", "package central\n\nimport _ \"motcua/queue/journal\"\n", "imports point one way", "the record"},

		"fyne outside":  {"kiosk/scan/x.go", "package scan\n\nimport _ \"fyne.io/fyne/v2/widget\"\n", "Fyne stays in the views", "Fyne stays"},
		"app in a view": {"kiosk/view/x_test.go", "package view\n\nimport _ \"fyne.io/fyne/v2/app\"\n", "Fyne stays in the views", "opens windows"},
		"waiting":       {"kiosk/view/x.go", "package view\n\nimport \"fyne.io/fyne/v2\"\n\nfunc f() { fyne.DoAndWait(f) }\n", "nothing waits on Fyne's goroutine", "deadlocks"},

		"a new room": {"utils/x.txt", "x", "the top has the drawn rooms", "utils"},

		"a long file":     {"kiosk/view/x.go", "package view\n" + strings.Repeat("\n", 500), "files and functions fit a head", "501 lines"},
		"a long function": {"kiosk/view/x.go", "package view\n\nfunc f() {\n" + strings.Repeat("\t_ = 1\n", 59) + "}\n", "files and functions fit a head", "61 lines"},

		"no package comment":   {"kiosk/kit/doc.go", "package kit\n", "packages have one comment", "no comment"},
		"two package comments": {"kiosk/view/x.go", "// Package view again.\npackage view\n", "packages have one comment", "several"},

		"a bare function":  {"kiosk/view/x.go", "package view\n\nfunc F() {}\n", "exported names have comments", "F is"},
		"a bare method":    {"kiosk/view/x.go", "package view\n\n// T is.\ntype T[A any] struct{}\n\nfunc (t *T[A]) M() {}\n", "exported names have comments", "M is"},
		"a bare type":      {"kiosk/view/x.go", "package view\n\ntype (\n\tT int\n)\n", "exported names have comments", "T is"},
		"a bare constant":  {"kiosk/view/x.go", "package view\n\nconst C = 1\n", "exported names have comments", "C is"},
		"a directive only": {"kiosk/view/x.go", "package view\n\n//go:noinline\nfunc F() {}\n", "exported names have comments", "F is"},

		"an undrawn package": {"queue/new/x.go", "// Package neu is.\npackage neu\n", "every package is drawn", "queue/new"},
		"a dead link":        {"README.md", "[x](docs/b.md)", "documents name what is there", "docs/b.md"},
		"a place gone":       {"docs/b.md", "see `queue/gone.go`", "documents name what is there", "queue/gone.go"},
		"a name gone":        {"docs/b.md", "see `queue.Night`", "documents name what is there", "queue.Night"},
		"a document gone":    {"kiosk/view/x.go", "package view\n\n// See docs/b.md.\nvar x int\n", "documents name what is there", "docs/b.md"},

		"a text in one tongue":          {"assets/i18n/texts/b.vi.json", `{"b.a": "một"}`, "texts are complete in both tongues", "not in en"},
		"other placeholders":            {"assets/i18n/texts/view.en.json", `{"view.hello": "Hello {who}"}`, "texts are complete in both tongues", "{who}"},
		"an empty text":                 {"assets/i18n/texts/view.vi.json", `{"view.hello": "{name}", "view.hello": " {name}"}`, "texts are complete in both tongues", "twice"},
		"a decomposed text":             {"assets/i18n/texts/view.vi.json", `{"view.hello": "o\u0301 {name}"}`, "texts are complete in both tongues", "NFC"},
		"junk in a text file":           {"assets/i18n/texts/b.en.json", `["b"]`, "texts are complete in both tongues", "JSON object"},
		"a text file misnamed":          {"assets/i18n/texts/b.json", `{}`, "texts are complete in both tongues", "<area>"},
		"a text that is not":            {"kiosk/view/x.go", "package view\n\nfunc f(w func(string)) { w(\"view.bye\") }\n", "texts that the code names are there", "view.bye"},
		"a text in a value that is not": {"kiosk/view/x.go", "package view\n\nvar x = struct{ key string }{\"view.bye\"}\n", "texts that the code names are there", "view.bye"},
		"a refusal without text":        {"kiosk/view/x.go", "package view\n\nimport \"motcua/queue/refusal\"\n\nvar e = refusal.New(\"full\")\n", "texts that the code names are there", "refusal.full"},
		"a named refusal without text":  {"kiosk/view/x.go", "package view\n\nimport \"motcua/queue/refusal\"\n\nconst codeFull = \"full\"\n\nvar e = refusal.New(codeFull)\n", "texts that the code names are there", "refusal.full"},
		"a check without a sentence":    {"kiosk/view/x.go", "package view\n\nimport \"motcua/queue/health\"\n\nvar c = health.Of(\"paper\", health.Fail, \"out\")\n", "texts that the code names are there", "health.paper.out"},
		"a refusal lacking facts":       {"kiosk/view/x.go", "package view\n\nimport \"motcua/queue/refusal\"\n\nvar e = refusal.New(\"closed\")\n", "texts that the code names are there", "{opens}"},
		"a text lacking names":          {"kiosk/view/x.go", "package view\n\nimport \"motcua/assets/i18n\"\n\nfunc f(t *i18n.Texts) { t.Get(\"vi\", \"view.hello\") }\n", "texts that the code names are there", "{name}"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := good()
			m[c.path] = source(c.src)
			if c.src == "" {
				delete(m, c.path)
				m[c.path+".old"] = source("the folder stays")
			}
			house, err := load(m)
			if err != nil {
				t.Fatal(err)
			}
			for rule, check := range rules {
				faults := check(house)
				switch {
				case rule != c.rule && len(faults) > 0:
					t.Errorf("%q finds fault too: %q", rule, faults)
				case rule == c.rule && !strings.Contains(strings.Join(faults, "\n"), c.says):
					t.Errorf("%q says %q, nothing about %q", rule, faults, c.says)
				}
			}
		})
	}
}
