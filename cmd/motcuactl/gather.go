package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"motcua/queue/catalogue"
	"motcua/queue/catalogue/portal"
	"motcua/queue/catalogue/table"
	"motcua/queue/catalogue/xlsx"
	"motcua/queue/refusal"
)

// gather collects the procedures of several files, and what was refused.
type gather struct {
	*imports
	all      []catalogue.Procedure
	origin   map[string]string // code → the file it came from
	imported map[string]bool   // codes that were read
	refused  []string
}

// maxListed bounds how many procedures a line of the report names.
const maxListed = 5

// read reads a folder of records or one file.
func (g *gather) read(ctx context.Context, path string) error {
	if g.origin == nil {
		g.origin, g.imported = map[string]string{}, map[string]bool{}
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return g.file(path)
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		file := filepath.Join(path, e.Name())
		if strings.ToLower(filepath.Ext(e.Name())) != ".json" {
			g.refuse(file, refusal.New("import-kind"))
			continue
		}
		raw, err := readBounded(file, portal.MaxSize)
		if err != nil {
			g.refuse(file, err)
			continue
		}
		g.record(file, raw)
	}
	return nil
}

// file reads one file by its kind.
func (g *gather) file(path string) error {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".json":
		raw, err := readBounded(path, catalogue.MaxSize)
		if err != nil {
			g.refuse(path, err)
			return nil
		}
		var probe struct {
			Procedures json.RawMessage `json:"procedures"`
		}
		if json.Unmarshal(raw, &probe) == nil && probe.Procedures != nil {
			g.catalogue(path, raw)
		} else {
			g.record(path, raw)
		}
	case ".csv", ".xlsx":
		raw, err := readBounded(path, table.MaxSize)
		if err != nil {
			g.refuse(path, err)
			return nil
		}
		g.table(path, raw)
	default:
		g.refuse(path, refusal.New("import-kind"))
	}
	return nil
}

func (g *gather) refuse(file string, err error) {
	why, ok := refusal.Of(err)
	if !ok {
		reason := err
		if where, ok := errors.AsType[*fs.PathError](err); ok {
			reason = where.Err
		}
		why = refusal.New("import-unreadable", "why", reason.Error())
	}
	g.refused = append(g.refused, file+": "+g.say.Refusal(why))
}

// record takes one record of the portal.
func (g *gather) record(file string, raw []byte) {
	p, err := portal.Read(raw, portal.Options{From: g.from, Services: g.services})
	if err != nil {
		g.refuse(file, err)
		return
	}
	g.take(file, p)
}

// take takes one procedure that no file before has.
func (g *gather) take(file string, p catalogue.Procedure) {
	if where, twice := g.origin[p.Code]; twice {
		g.refuse(file, refusal.New("import-twice", "code", p.Code, "where", where))
		return
	}
	if faults := catalogue.New("1", []catalogue.Procedure{p}).Check(); len(faults) > 0 {
		g.refuse(file, refusal.New("import-faulty", "fault", faults[0].Error()))
		return
	}
	g.origin[p.Code] = file
	g.all = append(g.all, p)
	g.imported[p.Code] = true
}

// catalogue takes a whole catalogue.
func (g *gather) catalogue(file string, raw []byte) {
	c, err := catalogue.Parse(raw)
	if err != nil {
		first, _, _ := strings.Cut(err.Error(), "\n")
		g.refuse(file, refusal.New("import-faulty", "fault", first))
		return
	}
	mine := map[string]bool{}
	for _, p := range c.Procedures {
		if mine[p.Code] { // a further version
			g.all = append(g.all, p)
			continue
		}
		mine[p.Code] = true
		g.take(file, p)
	}
}

// table reads a table over what was read before.
func (g *gather) table(file string, raw []byte) {
	read := table.ReadCSV
	if strings.ToLower(filepath.Ext(file)) == ".xlsx" {
		read = xlsx.Read
	}
	rows, err := read(raw)
	if err != nil {
		g.refuse(file, err)
		return
	}
	all, codes, faults := table.Apply(rows, g.all, table.Options{From: g.from, Source: filepath.Base(file)})
	g.all = all
	for _, code := range codes {
		g.imported[code] = true
	}
	for _, f := range faults {
		g.refuse(file+":"+strconv.Itoa(f.Row), f.Why)
	}
}

// report says what was refused, what is left open, and ends with the counts.
func (g *gather) report(w io.Writer) error {
	var b bytes.Buffer
	t := g.say.Texts
	points := map[bool]map[string][]string{false: {}, true: {}} // advisory → point → codes
	undecided := map[string]int{}
	for i := range g.all {
		p := &g.all[i]
		seen := map[string]bool{}
		for _, o := range p.Open {
			line := g.say.Open(catalogue.Open{Field: o.Field, Why: o.Why})
			if !seen[line] {
				points[o.Advisory][line] = append(points[o.Advisory][line], p.Code)
			}
			seen[line] = true
		}
		for _, field := range []string{catalogue.FieldTime, catalogue.FieldFee} {
			if !p.Decided(field) {
				undecided[field]++
			}
		}
	}
	for _, advisory := range []bool{true, false} {
		if len(points[advisory]) == 0 {
			continue
		}
		if advisory {
			fmt.Fprintln(&b, t.Get(g.lang, "catalogue.import.advice"))
		} else {
			fmt.Fprintln(&b, t.Get(g.lang, "catalogue.import.kept"))
		}
		for _, line := range byCount(points[advisory]) {
			codes := points[advisory][line]
			what := line + ": " + strings.Join(codes[:min(len(codes), maxListed)], ", ")
			if len(codes) > maxListed {
				what += " …"
			}
			fmt.Fprintln(&b, "  "+t.Get(g.lang, "catalogue.import.point", "n", strconv.Itoa(len(codes)), "what", what))
		}
	}
	if n := undecided[catalogue.FieldTime] + undecided[catalogue.FieldFee]; n > 0 {
		fmt.Fprintln(&b, t.Get(g.lang, "catalogue.import.undecided",
			"time", strconv.Itoa(undecided[catalogue.FieldTime]), "fee", strconv.Itoa(undecided[catalogue.FieldFee])))
	}
	if len(g.refused) > 0 {
		fmt.Fprintln(&b, t.Get(g.lang, "catalogue.import.refused"))
	}
	for _, line := range g.refused {
		fmt.Fprintln(&b, "  "+line)
	}
	fmt.Fprintf(&b, "%d imported, %d refused\n", len(g.imported), len(g.refused))
	if _, err := w.Write(b.Bytes()); err != nil {
		return err
	}
	if len(g.refused) > 0 {
		return errFound
	}
	return nil
}

// byCount lists the points, the most frequent first.
func byCount(points map[string][]string) []string {
	var lines []string
	for line := range points {
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b string) int {
		if d := len(points[b]) - len(points[a]); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return lines
}

// readBounded reads a regular file that is not larger than it may be.
func readBounded(path string, limit int64) (raw []byte, err error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for ever
		return nil, refusal.New("import-kind")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	raw, err = io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(raw)) > limit {
		return nil, refusal.New("import-too-large")
	}
	return raw, err
}
