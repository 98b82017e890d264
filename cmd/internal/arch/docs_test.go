package arch

import (
	"errors"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"sort"
	"strings"
)

const drawing = "docs/architecture.md"

// drawn wants every package in the drawing, so that it stays true.
func drawn(t *tree) []string {
	raw, err := fs.ReadFile(t.root, drawing)
	if err != nil {
		return []string{err.Error()}
	}
	var faults []string
	seen := map[string]bool{}
	for _, f := range t.sources() {
		if !seen[f.dir] && !strings.Contains(string(raw), "`"+f.dir+"`") {
			faults = append(faults, fmt.Sprintf("%s: the package is not in %s", f.dir, drawing))
		}
		seen[f.dir] = true
	}
	return faults
}

var (
	link    = regexp.MustCompile(`\]\(([^)#\s]+)[^)]*\)`)
	quoted  = regexp.MustCompile("`([^`\n]+)`")
	place   = regexp.MustCompile(`^(?:assets|cmd|docs|kiosk|packaging|printer|queue)(?:/[A-Za-z0-9_.-]+)+/?$`)
	goName  = regexp.MustCompile(`^([a-z][a-z0-9]*)\.([A-Z]\w*)(?:\.([A-Z]\w*))?$`)
	comment = regexp.MustCompile(`\bdocs/[a-z0-9-]+\.md\b`)
)

// documentsTrue wants the places, links and names in documents to exist, and
// the documents that comments name.
func documentsTrue(t *tree) []string {
	var faults []string
	names := t.declared()
	for _, doc := range documents(t.root) {
		raw, err := fs.ReadFile(t.root, doc)
		if err != nil {
			return []string{err.Error()}
		}
		for _, m := range link.FindAllStringSubmatch(string(raw), -1) {
			if !strings.Contains(m[1], "://") && !t.exists(path.Join(path.Dir(doc), m[1])) {
				faults = append(faults, fmt.Sprintf("%s: links to %s, which is not there", doc, m[1]))
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(string(raw), -1) {
			if place.MatchString(m[1]) && !t.exists(strings.TrimSuffix(m[1], "/")) {
				faults = append(faults, fmt.Sprintf("%s: names %s, which is not there", doc, m[1]))
			}
			n := goName.FindStringSubmatch(m[1])
			if n != nil && names[n[1]] != nil && !names[n[1]][strings.TrimSuffix(n[2]+"."+n[3], ".")] {
				faults = append(faults, fmt.Sprintf("%s: names %s, which the code does not have", doc, m[1]))
			}
		}
	}
	return append(faults, t.commentsTrue()...)
}

func (t *tree) commentsTrue() []string {
	var faults []string
	for _, f := range t.sources() {
		for _, c := range f.ast.Comments {
			for _, doc := range comment.FindAllString(c.Text(), -1) {
				if !t.exists(doc) {
					faults = append(faults, fmt.Sprintf("%s: the comment names %s, which is not there", t.at(c), doc))
				}
			}
		}
	}
	return faults
}

func (t *tree) exists(name string) bool {
	_, err := fs.Stat(t.root, name)
	return !errors.Is(err, fs.ErrNotExist)
}

// documents lists the Markdown files at the top, in docs and with the assets.
func documents(root fs.FS) []string {
	var all []string
	for _, pattern := range []string{"*.md", "docs/*.md", "assets/*/*.md"} {
		found, err := fs.Glob(root, pattern)
		if err == nil { // the patterns are good
			all = append(all, found...)
		}
	}
	sort.Strings(all)
	return slices.Compact(all)
}

// declared collects the exported names by package name: types, functions,
// values, and "Type.Field" and "Type.Method".
func (t *tree) declared() map[string]map[string]bool {
	all := map[string]map[string]bool{}
	for _, f := range t.sources() {
		names := all[f.ast.Name.Name]
		if names == nil {
			names = map[string]bool{}
			all[f.ast.Name.Name] = names
		}
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				names[receiver(d)+d.Name.Name] = true
			case *ast.GenDecl:
				for _, s := range d.Specs {
					declareSpec(names, s)
				}
			}
		}
	}
	return all
}

func declareSpec(names map[string]bool, s ast.Spec) {
	switch s := s.(type) {
	case *ast.ValueSpec:
		for _, n := range s.Names {
			names[n.Name] = true
		}
	case *ast.TypeSpec:
		names[s.Name.Name] = true
		var members *ast.FieldList
		switch typ := s.Type.(type) {
		case *ast.StructType:
			members = typ.Fields
		case *ast.InterfaceType:
			members = typ.Methods
		default:
			return
		}
		for _, m := range members.List {
			for _, n := range m.Names {
				names[s.Name.Name+"."+n.Name] = true
			}
		}
	}
}

// receiver is "Type." for a method, "" for a function.
func receiver(d *ast.FuncDecl) string {
	if id := receiverType(d); id != nil {
		return id.Name + "."
	}
	return ""
}
