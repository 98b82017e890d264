package catalogue

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"motcua/queue/worktime"
)

// Bounds of one record; the portal's longest papers are under 60 rows.
const (
	MaxPapers     = 100
	MaxParts      = 100 // channels, results, steps, legal documents
	MaxRemarks    = 200
	MaxReductions = 20
	MaxOpen       = 200
	MaxCopies     = 99

	maxText = 4000 // bytes of a text
)

var (
	codeShape = regexp.MustCompile(`^\d\.\d{6}$`)
	localCode = regexp.MustCompile(`^\s*(\d\.\d{6})(?:\.[0-9A-Z]{2,3})*\s*$`)
)

// National cuts a local ("2.000815.000.00.00.H55") or online ("2.000815.01")
// form of a code down to the national one; other texts come back unchanged.
func National(code string) string {
	if m := localCode.FindStringSubmatch(code); m != nil {
		return m[1]
	}
	return code
}

// VersionID identifies the version a dossier was received under: the
// publishing decision, when known, and the day the version took effect.
func (p Procedure) VersionID() string { return strings.TrimPrefix(p.Decision+"@"+p.From, "@") }

// holds is InForce for a date already written out.
func (p *Procedure) holds(date string) bool {
	return p.From <= date && (p.To == "" || date <= p.To)
}

// Check names every fault of a catalogue, not only the first.
func (c *Catalogue) Check() []error {
	var faults []error
	if c.Version == "" {
		faults = append(faults, fmt.Errorf("the version is missing"))
	}
	for i := range c.Procedures {
		p := &c.Procedures[i]
		for _, err := range p.check() {
			faults = append(faults, fmt.Errorf("procedure %.20q: %w", p.Code, err))
		}
		for _, j := range c.byCode[p.Code] {
			if j < i && p.overlaps(&c.Procedures[j]) {
				faults = append(faults, fmt.Errorf("procedure %.20q: two versions in force from %s and %s",
					p.Code, c.Procedures[j].From, p.From))
			}
		}
	}
	return faults
}

func (p *Procedure) overlaps(o *Procedure) bool { return p.holds(o.From) || o.holds(p.From) }

func (p *Procedure) check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !codeShape.MatchString(p.Code) {
		bad("the code is not like 1.001193")
	}
	for _, f := range [][2]string{{"name", p.Name}, {"source", p.Source}} {
		if f[1] == "" {
			bad("the %s is missing", f[0])
		}
	}
	if p.Service == "" && !p.notes(FieldService) {
		bad("the service is missing")
	}
	if tooLong(p.Name, p.NameEN, p.Domain, p.Service, p.Decision, p.Level, p.Result, p.Source, p.UUID) {
		bad("a text is longer than %d bytes", maxText)
	}
	if !isDate(p.From) || p.To != "" && !isDate(p.To) {
		bad("validity %.20q to %.20q: not dates", p.From, p.To)
	} else if p.To != "" && p.To < p.From {
		bad("validity ends on %s, before it begins", p.To)
	}
	if err := worktime.Term(p.Time).Check(); err != nil && (p.Time != Duration{} || p.Decided(FieldTime)) {
		bad("time: %w", err)
	}
	faults = append(faults, p.checkParts()...)
	faults = append(faults, p.Fee.check()...)
	if len(p.Papers) > MaxPapers {
		bad("%d papers: more than %d", len(p.Papers), MaxPapers)
	}
	return append(faults, checkPapers(p.Papers)...)
}

func checkPapers(papers []Paper) []error {
	var faults []error
	seen := map[string]bool{}
	for i, paper := range papers {
		switch {
		case paper.Name == "" || tooLong(paper.Name, paper.Note, paper.Group, paper.Text, paper.Form):
			faults = append(faults, fmt.Errorf("paper %d: the name is missing or too long", i+1))
		case seen[paper.Name]:
			faults = append(faults, fmt.Errorf("paper %d: %.60q stands twice", i+1, paper.Name))
		case paper.Original < 0 || paper.Original > MaxCopies || paper.Copies < 0 || paper.Copies > MaxCopies:
			faults = append(faults, fmt.Errorf("paper %d: %d originals, %d copies", i+1, paper.Original, paper.Copies))
		}
		seen[paper.Name] = true
	}
	return faults
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}
