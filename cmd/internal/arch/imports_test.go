package arch

import (
	"fmt"
	"go/ast"
	"io/fs"
	"slices"
	"sort"
	"strings"
)

// pure are the packages that know no clock, disk, network, goroutine or
// screen: what they do depends on their arguments alone, so a journal replays
// to the same state on any machine, and a screen is tested without one.
var pure = []string{
	"assets/i18n",
	"kiosk/board", "kiosk/desk", "kiosk/session", "kiosk/silent",
	"printer/escpos", "printer/raster",
	"queue", "queue/audit", "queue/catalogue", "queue/catalogue/portal", "queue/catalogue/say", "queue/catalogue/table",
	"queue/chain", "queue/device", "queue/dossier", "queue/ereceipt", "queue/ereceipt/vnpt", "queue/fee", "queue/field", "queue/idcard",
	"queue/money", "queue/payment", "queue/plain",
	"queue/refusal", "queue/replay", "queue/sim", "queue/sim/cut", "queue/stats", "queue/succession", "queue/vietqr", "queue/worktime",
}

// pureStd are the standard packages, with what is below them, that cannot
// reach outside the process. impureStd are exceptions below them.
var (
	pureStd = []string{
		"bytes", "cmp", "compress", "container", "crypto", "embed", "encoding", "errors", "fmt", "hash", "html",
		"image", "io", "iter", "log/slog", "maps", "math", "net/url", "path", "reflect", "regexp", "slices", "sort",
		"strconv", "strings", "sync", "text", "time", "unicode", "unique",
	}
	impureStd = []string{"crypto/rand", "crypto/tls", "io/ioutil", "math/rand", "path/filepath"}
)

// acts are names of allowed packages that reach outside all the same.
// time.Local and LoadLocation read the machine's zone, and the journal must
// replay alike everywhere; slog's types are there to mask personal data, its
// functions write.
var acts = map[string][]string{
	"time": {
		"Now", "Since", "Until", "After", "AfterFunc", "Tick", "Sleep", "NewTimer", "NewTicker", "Local", "LoadLocation",
	},
	"log/slog": {"Debug", "Info", "Warn", "Error", "Log", "LogAttrs", "Default", "SetDefault", "With"},
}

// purity keeps the pure packages pure.
func purity(t *tree) []string {
	var faults []string
	seen := map[string]bool{}
	for _, f := range t.sources() {
		if !slices.Contains(pure, f.dir) {
			continue
		}
		seen[f.dir] = true
		for target := range f.imports {
			if why := impure(target); why != "" {
				faults = append(faults, fmt.Sprintf("%s: PURE package %s imports %s: %s", f.path, f.dir, target, why))
			}
		}
		faults = append(faults, impureActs(t, f)...)
	}
	for _, p := range pure {
		if !seen[p] {
			faults = append(faults, fmt.Sprintf("%s: is on the list of PURE packages and is not there", p))
		}
	}
	return faults
}

func impure(target string) string {
	dir, ours := own(target)
	switch {
	case ours && slices.Contains(pure, dir):
		return ""
	case ours:
		return "it is not PURE; take an interface or a value instead"
	case in(target, "golang.org/x/text", "golang.org/x/crypto"):
		return ""
	case strings.Contains(target, "."):
		return "only the standard library, golang.org/x/text and x/crypto"
	case in(target, impureStd...) || !in(target, pureStd...):
		return "it reaches outside the process; time, random and bytes come in as arguments"
	}
	return ""
}

// impureActs finds goroutines and acts.
func impureActs(t *tree, f *file) []string {
	var faults []string
	ast.Inspect(f.ast, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			faults = append(faults, fmt.Sprintf("%s: PURE package %s starts a goroutine", t.at(n), f.dir))
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if !ok {
				return true
			}
			for target, names := range acts {
				if f.imports[target] == x.Name && slices.Contains(names, n.Sel.Name) {
					faults = append(faults, fmt.Sprintf("%s: PURE package %s uses %s.%s: it reaches outside the process",
						t.at(n), f.dir, target, n.Sel.Name))
				}
			}
		}
		return true
	})
	return faults
}

// direction is a border that imports may not cross.
type direction struct {
	from, to []string
	why      string
	but      []string // parts of to that may be known
}

var directions = []direction{
	{
		from: []string{"queue"},
		to:   []string{"kiosk", "printer", "cmd"},
		why:  "the office knows no screen, no paper and no program",
	},
	{
		from: []string{"printer"},
		to:   []string{"kiosk", "cmd", "queue/office", "queue/journal", "queue/uplink", "queue/central"},
		why:  "a printer is handed what to print",
	},
	{
		from: []string{"kiosk"},
		to:   []string{"cmd", "queue/journal", "queue/uplink", "queue/central"},
		why:  "terminals meet the office through office.Client only",
	},
	{
		from: []string{"kiosk/scan", "kiosk/voice"},
		to:   []string{"kiosk/view", "kiosk/kit", "kiosk/session", "kiosk/desk", "kiosk/board"},
		why:  "devices know no screen",
	},
	{
		from: []string{"queue/central"},
		to:   []string{"queue/journal", "queue/office", "queue/uplink"},
		but:  []string{"queue/uplink/wire"},
		why:  "the city reads the record, not an office's files",
	},
	{
		from: []string{"queue/journal"},
		to:   []string{"queue/office", "queue/uplink", "queue/central"},
		why:  "the journal is below the office",
	},
	{
		from: []string{"queue/office"},
		to:   []string{"queue/uplink", "queue/central"},
		why:  "an office works without a city",
	},
	{
		from: []string{"assets/fonts", "assets/i18n", "assets/icons", "assets/voice"},
		to:   []string{"cmd", "kiosk", "printer", "queue"},
		why:  "assets are leaves",
	},
}

// borders keeps imports going one way, and programs out of everything.
func borders(t *tree) []string {
	var faults []string
	for _, f := range t.sources() {
		for target := range f.imports {
			dir, ours := own(target)
			if !ours || f.dir == "assets/voice/gen" { // a program beside its clips
				continue
			}
			for _, d := range directions {
				if in(f.dir, d.from...) && in(dir, d.to...) && !in(dir, d.but...) {
					faults = append(faults, fmt.Sprintf("%s: imports %s: %s", f.path, dir, d.why))
				}
			}
		}
	}
	return faults
}

const (
	fyne      = "fyne.io/fyne/v2"
	fyneApp   = fyne + "/app"
	mainPlace = "cmd/motcua"
)

// toolkit keeps Fyne behind the views, and its app (cgo, OpenGL) in one
// program, so that everything else builds and is tested without a screen.
func toolkit(t *tree) []string {
	var faults []string
	for _, f := range t.files {
		for target := range f.imports {
			switch {
			case in(target, fyneApp) && !in(f.dir, mainPlace):
				faults = append(faults, f.path+": imports fyne's app: only "+mainPlace+" opens windows")
			case in(target, fyne) && !f.test && !in(f.dir, "kiosk/view", "kiosk/kit", mainPlace):
				faults = append(faults, f.path+": imports "+target+": Fyne stays in kiosk/view and kiosk/kit")
			}
		}
	}
	return faults
}

// doAndWait finds the call that deadlocks at shutdown and on Fyne's own
// goroutine.
func doAndWait(t *tree) []string {
	var faults []string
	for _, f := range t.files {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok && s.Sel.Name == "DoAndWait" {
				faults = append(faults, t.at(n)+": DoAndWait deadlocks at shutdown; use fyne.Do with values already computed")
			}
			return true
		})
	}
	return faults
}

// rooms are the folders at the top.
var rooms = []string{"assets", "cmd", "docs", "kiosk", "packaging", "printer", "queue"}

func topFolders(t *tree) []string {
	entries, err := fs.ReadDir(t.root, ".")
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") &&
			!slices.Contains(rooms, e.Name()) && !slices.Contains(ignored(t.root), e.Name()) {
			faults = append(faults, e.Name()+": is no room of this house; the rooms are "+strings.Join(rooms, ", "))
		}
	}
	sort.Strings(faults)
	return faults
}
