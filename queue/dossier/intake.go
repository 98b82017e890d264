package dossier

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Bounds of what is read from outside, texts in letters.
const (
	maxUnit   = 120
	maxNote   = 500
	maxProof  = 200
	maxPaper  = 300
	maxPapers = 100
	maxCount  = 99      // sets, originals, copies
	maxSealed = 8 << 10 // bytes
)

// check refuses a Receive that is malformed or shows who the applicant is.
// That there is an applicant at all is for the office service to see to, which
// is the last to have the Person in clear.
func (c Receive) check(by chain.Actor) error {
	invalid := func(field string) error { return refusal.New("dossier-field-invalid", "field", field) }
	switch {
	case c.Applicant != nil || longestNumber(c.Mask) > 8 || c.CardHash != "" && longestNumber(c.CardHash) == len(c.CardHash):
		return refusal.New("applicant-not-sealed")
	case by.Officer == "":
		return refusal.New("dossier-needs-officer")
	case len(c.Sealed) > maxSealed:
		return invalid("sealed")
	case len(c.Mask) > 40 || len(c.CardHash) > 128:
		return invalid("mask")
	case c.Sets < 0 || c.Sets > maxCount:
		return invalid("sets")
	case len(c.Papers) > maxPapers:
		return invalid("papers")
	case c.handover() != AtCounter && c.handover() != ByPost && c.handover() != Online:
		return invalid("handover")
	}
	if _, ok := queue.ParseTicketID(string(c.Ticket)); c.Ticket != "" && !ok {
		return invalid("ticket")
	}
	return nil
}

func (c Receive) handover() Handover {
	if c.Handover == "" {
		return AtCounter
	}
	return c.Handover
}

// checklist is the papers of the dossier: the procedure's first, with what was
// presented of each, then others the citizen brought. What is required is the
// catalogue's to say, never the caller's; what is required and not there is
// refused by name.
func checklist(wanted []catalogue.Paper, presented []Paper) ([]Paper, error) {
	brought := map[string]Paper{}
	var extra []Paper
	for _, p := range presented {
		name, ok := tidy(p.Name, maxPaper)
		if !ok || name == "" || min(p.Original, p.Copies) < 0 || max(p.Original, p.Copies) > maxCount {
			return nil, refusal.New("dossier-field-invalid", "field", "papers")
		}
		if _, twice := brought[name]; twice {
			continue
		}
		p.Name, p.Required = name, false
		brought[name] = p
		extra = append(extra, p)
	}
	papers := make([]Paper, 0, len(wanted)+len(extra))
	var missing []string
	for _, w := range wanted {
		name, _ := tidy(w.Name, len(w.Name))
		p := brought[name]
		delete(brought, name)
		p.Name, p.Required = w.Name, w.Required
		if w.Required && !p.Present {
			missing = append(missing, w.Name)
		}
		papers = append(papers, p)
	}
	if len(missing) > 0 {
		return nil, refusal.New("papers-missing", "names", strings.Join(missing, "; "))
	}
	for _, p := range extra {
		if _, left := brought[p.Name]; left {
			papers = append(papers, p)
		}
	}
	return papers, nil
}

// unitAndNote cleans a step's texts; the unit is the counter when none is given.
func unitAndNote(unit, note string, by chain.Actor) (u, n string, err error) {
	u, ok := tidy(unit, maxUnit)
	if !ok {
		return "", "", refusal.New("dossier-field-invalid", "field", "unit")
	}
	if n, ok = tidy(note, maxNote); !ok {
		return "", "", refusal.New("dossier-field-invalid", "field", "note")
	}
	if u == "" {
		u = by.Counter
	}
	return u, n, nil
}

// need cleans a text that must be there.
func need(code, field, s string, limit int) (string, error) {
	clean, ok := tidy(s, limit)
	if !ok {
		return "", refusal.New("dossier-field-invalid", "field", field)
	}
	if clean == "" {
		return "", refusal.New(code)
	}
	return clean, nil
}

// tidy makes a typed text one harmless line: composed letters, single spaces,
// no control or direction marks. ok is false when it is longer than limit.
func tidy(s string, limit int) (line string, ok bool) {
	if len(s) > 8*limit+64 {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	line = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	return line, utf8.RuneCountInString(line) <= limit
}

// clip bounds a foreign text that a refusal repeats.
func clip(s string) string {
	line, _ := tidy(s[:min(len(s), 64)], 64)
	return line
}

// longestNumber is the length of the longest run of digits.
func longestNumber(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; !unicode.IsDigit(r) {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
