package spool_test

import (
	"testing"

	"motcua/assets/i18n"
	"motcua/printer/spool"
)

// TestEveryStateHasWords: the status bar says each state in both languages.
func TestEveryStateHasWords(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	up := spool.Status{Connected: true}
	with := func(change func(*spool.Status)) spool.Status {
		s := up
		change(&s)
		return s
	}
	for code, s := range map[string]spool.Status{
		"unreachable": {},
		"ready":       up,
		"paper-low":   with(func(s *spool.Status) { s.PaperLow = true }),
		"paper-out":   with(func(s *spool.Status) { s.PaperOut, s.Offline = true, true }),
		"cover-open":  with(func(s *spool.Status) { s.CoverOpen, s.Offline = true, true }),
		"cutter":      with(func(s *spool.Status) { s.CutterError, s.Offline = true, true }),
		"cooling":     with(func(s *spool.Status) { s.Cooling = true }),
		"silent":      with(func(s *spool.Status) { s.Silent = true }),
		"fault":       with(func(s *spool.Status) { s.Failed = true }),
	} {
		if got := s.Code(); got != code {
			t.Errorf("%+v is %q, want %q", s, got, code)
		}
		if ready := code == "ready" || code == "paper-low"; s.Ready() != ready {
			t.Errorf("%s: ready is %v", code, s.Ready())
		}
		for _, lang := range i18n.Languages {
			if !texts.Has(lang, "slip.printer."+code) {
				t.Errorf("%s has no words in %s", code, lang)
			}
		}
	}
}
