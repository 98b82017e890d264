package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var keyShape = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9_-]+)+$`)

// textsUsed wants every key that the code names to exist: the key of a Get,
// the code of a refusal, a health check's sentence and, where people are spoken
// to, every literal that looks like a key of an area that has texts. Names
// given in place must fill every placeholder.
func textsUsed(t *tree) []string {
	all, _ := readTexts(t.root)
	u := &usage{tree: t, vi: all["vi"], consts: t.constants(), compared: map[ast.Expr]bool{}}
	areas := map[string]bool{}
	for key := range u.vi {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
	}
	for _, f := range t.sources() {
		ast.Inspect(f.ast, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				u.call(f, n)
			case *ast.BasicLit:
				key, _ := literal(n)
				area, _, _ := strings.Cut(key, ".")
				if f.speaks() && areas[area] && isKey(key) && !begins(u.vi, key) {
					u.fault(n, "there is no text %q", key)
				}
			}
			return true
		})
	}
	slices.Sort(u.faults)
	return slices.Compact(u.faults)
}

// usage collects what is wrong with the texts that the code names.
type usage struct {
	tree     *tree
	vi       map[string]string
	consts   map[string]string
	compared map[ast.Expr]bool // refusals that errors.Is looks at: only their code counts
	faults   []string
}

func (u *usage) fault(n ast.Node, format string, args ...any) {
	u.faults = append(u.faults, u.tree.at(n)+": "+fmt.Sprintf(format, args...))
}

func (u *usage) call(f *file, n *ast.CallExpr) {
	refusals, checks := f.imports[module+"/queue/refusal"], f.imports[module+"/queue/health"]
	switch {
	case isCall(n, "errors", "Is") && len(n.Args) == 2:
		u.compared[n.Args[1]] = true
	case refusals != "" && isCall(n, refusals, "New") && len(n.Args) > 0:
		if code, ok := u.text(f, n.Args[0]); ok {
			u.needs(n, "refusal."+code, n.Args[1:])
		}
	case checks != "" && isCall(n, checks, "Of") && len(n.Args) > 2:
		name, ok := u.text(f, n.Args[0])
		what, ok2 := u.text(f, n.Args[2])
		if ok && ok2 {
			u.needs(n, "health."+name, nil)
			u.needs(n, "health."+name+"."+what, n.Args[3:])
		}
	case method(n) == "Get" && len(n.Args) > 1 && f.imports[module+"/assets/i18n"] != "":
		if key, ok := u.text(f, n.Args[1]); ok {
			u.needs(n, key, n.Args[2:])
		}
	}
}

// needs checks one named text: that it exists and that name, value pairs
// written in place leave no placeholder open.
func (u *usage) needs(call *ast.CallExpr, key string, args []ast.Expr) {
	text, ok := u.vi[key]
	if !ok {
		u.fault(call, "there is no text %q", key)
		return
	}
	if call.Ellipsis.IsValid() || u.compared[call] {
		return
	}
	var given []string
	for _, arg := range args {
		if s, ok := literal(arg); ok {
			given = append(given, "{"+s+"}")
		}
	}
	for _, h := range holders(text) {
		if !slices.Contains(given, h) {
			u.fault(call, "text %q needs %s", key, h)
		}
	}
}

// text is the value of a literal or of a constant of the same package.
func (u *usage) text(f *file, e ast.Expr) (string, bool) {
	if id, ok := e.(*ast.Ident); ok {
		s, known := u.consts[f.dir+"."+id.Name]
		return s, known
	}
	return literal(e)
}

// constants lists the text constants by "folder.name".
func (t *tree) constants() map[string]string {
	all := map[string]string{}
	for _, f := range t.sources() {
		for _, d := range f.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, spec := range g.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok {
					continue
				}
				for i, value := range v.Values {
					if s, ok := literal(value); ok {
						all[f.dir+"."+v.Names[i].Name] = s
					}
				}
			}
		}
	}
	return all
}

// begins reports whether a key is there, or some key when it ends in a hyphen
// and is to be completed with a status or a language.
func begins(vi map[string]string, key string) bool {
	if _, ok := vi[key]; ok || !strings.HasSuffix(key, "-") {
		return ok
	}
	for k := range vi {
		if strings.HasPrefix(k, key) {
			return true
		}
	}
	return false
}

// isKey tells keys from file names, which have dots too.
func isKey(s string) bool {
	return keyShape.MatchString(s) &&
		!slices.Contains([]string{".db", ".json", ".log", ".png", ".svg", ".token", ".toml", ".wav"}, path.Ext(s))
}

// fills checks one named text: that it exists and, when the rest of the call
// is name, value pairs written in place, that no placeholder stays open.
func (t *tree) fills(consts map[string]string, f *file, call *ast.CallExpr, i int, prefix string, vi map[string]string) []string {
	name, ok := literal(call.Args[i])
	if id, named := call.Args[i].(*ast.Ident); named {
		name, ok = consts[f.dir+"."+id.Name], consts[f.dir+"."+id.Name] != ""
	}
	if !ok {
		return nil
	}
	text, ok := vi[prefix+name]
	if !ok {
		return []string{fmt.Sprintf("%s: there is no text %q", t.at(call), prefix+name)}
	}
	if call.Ellipsis.IsValid() {
		return nil
	}
	given := []string{}
	for _, arg := range call.Args[i+1:] {
		if s, ok := literal(arg); ok {
			given = append(given, "{"+s+"}")
		}
	}
	var faults []string
	for _, h := range holders(text) {
		if !slices.Contains(given, h) {
			faults = append(faults, fmt.Sprintf("%s: text %q needs %s", t.at(call), prefix+name, h))
		}
	}
	return faults
}

// speaks reports whether a file is where people are spoken to; elsewhere a
// dotted word is an event's or a command's name.
func (f *file) speaks() bool { return in(f.dir, "kiosk", "printer", "cmd") }

func isCall(call *ast.CallExpr, pkg, name string) bool {
	s, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || s.Sel.Name != name {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg
}

func method(call *ast.CallExpr) string {
	if s, ok := call.Fun.(*ast.SelectorExpr); ok {
		return s.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	b, ok := e.(*ast.BasicLit)
	if !ok || b.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(b.Value)
	return s, err == nil
}
