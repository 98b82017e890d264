package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	procedures "motcua/assets/catalogue"
	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/catalogue/say"
	"motcua/queue/catalogue/table"
	"motcua/queue/catalogue/xlsx"
	"motcua/queue/office"
)

const importExamples = `

PATH is a folder of the national portal's records, one JSON file each; one such
file; a catalogue (.json); or a table (.csv, .xlsx) that is read over what stands
before it: a filled cell decides, an empty one leaves the record as it is.

Examples:
  motcuactl import catalogue --template danh-muc.xlsx
  motcuactl import catalogue --dry-run portal/
  motcuactl import catalogue --out draft.xlsx portal/
  motcuactl import catalogue --onto old.json --out new.json portal/ draft.xlsx
  motcuactl import catalogue --onto old.json --install portal/ draft.xlsx

Exit status 1: something was refused; the rest is imported.
`

// imports is one use of import catalogue.
type imports struct {
	running
	dryRun, install                         bool
	out, diff, onto, from, template, domain string
	version, lang                           string
	say                                     say.Words
	day                                     time.Time
	services                                map[string]string
}

// runImport imports what it is told to; so far that is a catalogue.
func runImport(ctx context.Context, c *call) error {
	if len(c.args) > 0 && c.args[0] == "catalogue" {
		c.args = c.args[1:]
		return importCatalogue(ctx, c)
	}
	if len(c.args) > 0 && !strings.HasPrefix(c.args[0], "-") {
		return fmt.Errorf("%q cannot be imported; only a catalogue: %w", c.args[0], errUsage)
	}
	return importCatalogue(ctx, c)
}

func (m *imports) flags(f *flag.FlagSet) {
	m.running.flags(f)
	f.BoolVar(&m.dryRun, "dry-run", false, "write and install nothing")
	f.StringVar(&m.out, "out", "", "write what was imported to this `file`: a catalogue .json, or a table .csv or .xlsx")
	f.BoolVar(&m.install, "install", false, "install the catalogue at the running office")
	f.StringVar(&m.diff, "diff", "", "show what changes against this catalogue `file`")
	f.StringVar(&m.onto, "onto", "", "keep the versions of this older catalogue `file`, and show what changes")
	f.StringVar(&m.from, "from", "", "first `date` of validity, 2026-12-01; today when not given")
	f.StringVar(&m.version, "version", "", "name of the new catalogue's `version`; --from when not given")
	f.StringVar(&m.domain, "services", "", "JSON `file` {\"domain\": \"service\"}: the queue's service of each domain; the shipped catalogue's when not given")
	f.StringVar(&m.template, "template", "", "write an empty table with its header to this `file` (.csv or .xlsx) and end")
	f.StringVar(&m.lang, "lang", "vi", "`language` of the text, vi or en")
}

func importCatalogue(ctx context.Context, c *call) error {
	c.usage = "Usage: motcuactl import catalogue [--dry-run] [--out FILE] PATH…" + importExamples
	f, m := c.flags(), imports{}
	m.flags(f)
	if err := c.parse(f, 1000); err != nil {
		return err
	}
	if err := m.check(f.Args()); err != nil {
		return err
	}
	if m.template != "" {
		return m.write(m.template, func(w io.Writer, as string) error { return writeTable(w, as, table.Rows(nil)) })
	}
	set := gather{imports: &m}
	for _, path := range f.Args() {
		if err := set.read(ctx, path); err != nil {
			return fmt.Errorf("import %s: %w", path, err)
		}
	}
	if len(set.all) > 0 {
		if err := m.use(ctx, c, set.all); err != nil {
			return err
		}
	}
	return set.report(c.stdout)
}

func (m *imports) check(paths []string) (err error) {
	switch {
	case len(paths) == 0 && m.template == "":
		return fmt.Errorf("the folder or file to import is missing: %w", errUsage)
	case !slices.Contains(i18n.Languages[:], m.lang):
		return fmt.Errorf("--lang %q is neither vi nor en: %w", m.lang, errUsage)
	case m.dryRun && m.install:
		return fmt.Errorf("--dry-run installs nothing, --install does: %w", errUsage)
	}
	m.day = queue.Local(time.Now())
	if m.from != "" {
		if m.day, err = time.Parse(time.DateOnly, m.from); err != nil {
			return fmt.Errorf("--from %q is no date like 2026-12-01: %w", m.from, errUsage)
		}
	}
	m.from = m.day.Format(time.DateOnly)
	if m.version == "" {
		m.version = m.from
	}
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	m.say = say.Words{Texts: texts, Lang: m.lang}
	return m.loadServices()
}

// loadServices reads which of the queue's services a domain belongs to.
func (m *imports) loadServices() error {
	m.services = map[string]string{}
	if m.domain != "" {
		raw, err := os.ReadFile(m.domain)
		if err == nil {
			err = json.Unmarshal(raw, &m.services)
		}
		if err != nil {
			return fmt.Errorf("read --services %s: %w", m.domain, err)
		}
		return nil
	}
	shipped, err := procedures.Load()
	if err != nil {
		return err
	}
	for _, p := range shipped.Procedures {
		m.services[p.Domain] = p.Service
	}
	return nil
}

// use shows what changes, writes and installs.
func (m *imports) use(ctx context.Context, c *call, all []catalogue.Procedure) error {
	next := catalogue.New(m.version, all)
	if m.onto != "" {
		old, err := loadCatalogue(m.onto)
		if err != nil {
			return fmt.Errorf("read --onto %s: %w", m.onto, err)
		}
		next = catalogue.Next(old, next, m.day)
		if m.diff == "" {
			m.diff = m.onto
		}
	}
	if m.diff != "" {
		old, err := loadCatalogue(m.diff)
		if err != nil {
			return fmt.Errorf("read --diff %s: %w", m.diff, err)
		}
		if err := m.say.WriteDifference(c.stdout, catalogue.Diff(old, next, m.day)); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout)
	}
	if faults := next.Check(); len(faults) > 0 {
		return fmt.Errorf("the catalogue has %d faults, the first: %w", len(faults), faults[0])
	}
	if m.dryRun {
		return nil
	}
	if m.out != "" {
		err := m.write(m.out, func(w io.Writer, as string) error {
			if as == ".json" {
				return writeJSON(w, next)
			}
			return writeTable(w, as, table.Rows(all))
		})
		if err != nil {
			return err
		}
	}
	if !m.install {
		return nil
	}
	raw, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("write the catalogue: %w", err)
	}
	if err := m.open(); err != nil {
		return err
	}
	return m.do(ctx, office.InstallCatalogue{Document: raw})
}

func loadCatalogue(path string) (*catalogue.Catalogue, error) {
	raw, err := readBounded(path, catalogue.MaxSize)
	if err != nil {
		return nil, err
	}
	return catalogue.Parse(raw)
}

// write writes a file whole or not at all.
func (m *imports) write(path string, content func(w io.Writer, as string) error) error {
	as := strings.ToLower(filepath.Ext(path))
	if as != ".json" && as != ".csv" && as != ".xlsx" || as == ".json" && path == m.template {
		return fmt.Errorf("%s ends in none of .json, .csv, .xlsx: %w", path, errUsage)
	}
	var b bytes.Buffer
	if err := content(&b, as); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	part := path + ".part"
	if err := os.WriteFile(part, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(part)))
	}
	return nil
}

func writeTable(w io.Writer, as string, rows [][]string) error {
	if as == ".xlsx" {
		return xlsx.Write(w, rows)
	}
	return table.WriteCSV(w, rows)
}
