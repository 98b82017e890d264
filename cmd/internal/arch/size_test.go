package arch

import (
	"fmt"
	"go/ast"
	"go/token"
	"sort"
	"strings"
)

// Bounds of what one head can hold.
const (
	maxFile     = 500
	maxFunction = 60
)

func sizes(t *tree) []string {
	var faults []string
	for _, f := range t.files {
		if f.lines > maxFile {
			faults = append(faults, fmt.Sprintf("%s: %d lines, more than %d; split it by idea", f.path, f.lines, maxFile))
		}
		if f.test {
			continue
		}
		for _, d := range f.ast.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := t.fset.Position(fn.End()).Line - t.fset.Position(fn.Pos()).Line + 1; n > maxFunction {
				faults = append(faults, fmt.Sprintf("%s: %s has %d lines, more than %d", t.at(fn), fn.Name.Name, n, maxFunction))
			}
		}
	}
	return faults
}

// packageComments wants exactly one comment for each package.
func packageComments(t *tree) []string {
	comments := map[string][]string{}
	for _, f := range t.sources() {
		found := comments[f.dir]
		if said(f.ast.Doc) {
			found = append(found, f.path)
		}
		comments[f.dir] = found
	}
	var faults []string
	for dir, places := range comments {
		switch len(places) {
		case 0:
			faults = append(faults, dir+": the package has no comment: say what it hides and who calls it")
		case 1:
		default:
			faults = append(faults, dir+": the package has several comments: "+strings.Join(places, ", "))
		}
	}
	sort.Strings(faults)
	return faults
}

// docComments wants a comment on every exported name; a group may share one.
func docComments(t *tree) []string {
	var faults []string
	bare := func(n ast.Node, name string) {
		faults = append(faults, fmt.Sprintf("%s: %s is exported and has no comment", t.at(n), name))
	}
	for _, f := range t.sources() {
		for _, d := range f.ast.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && receiverExported(d) && !said(d.Doc) {
					bare(d, d.Name.Name)
				}
			case *ast.GenDecl:
				for _, s := range d.Specs {
					for _, name := range bareNames(d, s) {
						bare(s, name)
					}
				}
			}
		}
	}
	return faults
}

// bareNames lists the exported names of a specification without a comment.
func bareNames(d *ast.GenDecl, s ast.Spec) []string {
	var names []string
	switch s := s.(type) {
	case *ast.TypeSpec:
		if s.Name.IsExported() && !said(s.Doc) && (d.Lparen.IsValid() || !said(d.Doc)) {
			names = append(names, s.Name.Name)
		}
	case *ast.ValueSpec:
		for _, n := range s.Names {
			if n.IsExported() && !said(s.Doc) && !said(s.Comment) && !said(d.Doc) && d.Tok != token.IMPORT {
				names = append(names, n.Name)
			}
		}
	}
	return names
}

func receiverExported(d *ast.FuncDecl) bool {
	id := receiverType(d)
	return id == nil || id.IsExported()
}

// receiverType is the name of a method's type, nil for a function.
func receiverType(d *ast.FuncDecl) *ast.Ident {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return nil
	}
	for e := d.Recv.List[0].Type; ; {
		switch x := e.(type) {
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.Ident:
			return x
		default:
			return nil
		}
	}
}

// said reports whether a comment has words beside directives.
func said(c *ast.CommentGroup) bool { return c != nil && strings.TrimSpace(c.Text()) != "" }
