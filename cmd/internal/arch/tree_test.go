package arch

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

const module = "motcua"

// file is one parsed Go file.
type file struct {
	path    string // from the top of the tree, "queue/ticket.go"
	dir     string // its package, "queue"
	test    bool
	lines   int
	ast     *ast.File
	imports map[string]string // path → the name it has here
}

// tree is the source as the rules see it.
type tree struct {
	root  fs.FS
	fset  *token.FileSet
	files []*file
}

// load parses every Go file below root that belongs to the project.
func load(root fs.FS) (*tree, error) {
	t := &tree{root: root, fset: token.NewFileSet()}
	err := fs.WalkDir(root, ".", func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a test next door removed its scratch file
			return nil
		}
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if p != "." && (strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") ||
				name == "testdata" || slices.Contains(ignored(root), p)) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		return t.parse(p)
	})
	return t, err
}

func (t *tree) parse(p string) error {
	src, err := fs.ReadFile(t.root, p)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(t.fset, p, src, parser.ParseComments)
	if err != nil {
		return err
	}
	if ast.IsGenerated(parsed) {
		return nil
	}
	f := &file{
		path: p, dir: path.Dir(p), test: strings.HasSuffix(p, "_test.go"),
		lines: strings.Count(string(src), "\n"), ast: parsed, imports: map[string]string{},
	}
	for _, spec := range parsed.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		name := path.Base(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		f.imports[target] = name
	}
	t.files = append(t.files, f)
	return nil
}

// at is a place for people: "queue/ticket.go:12".
func (t *tree) at(n ast.Node) string {
	p := t.fset.Position(n.Pos())
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// sources are the files that are not tests.
func (t *tree) sources() []*file {
	return slices.DeleteFunc(slices.Clone(t.files), func(f *file) bool { return f.test })
}

// ignored lists the folders at the top that .gitignore takes out ("/build/").
func ignored(root fs.FS) []string {
	raw, err := fs.ReadFile(root, ".gitignore")
	if err != nil {
		return nil
	}
	var names []string
	for line := range strings.Lines(string(raw)) {
		if name := strings.Trim(strings.TrimSpace(line), "/"); name != "" && !strings.ContainsAny(name, "*/") {
			names = append(names, name)
		}
	}
	return names
}

// in reports whether a folder is one of places or below one.
func in(dir string, places ...string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return dir == p || strings.HasPrefix(dir, p+"/") })
}

// own returns the folder of an import of this module.
func own(target string) (dir string, ok bool) {
	return strings.CutPrefix(target, module+"/")
}
