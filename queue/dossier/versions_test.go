package dossier_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// drawCatalogue is what a city may publish next: other times, fees and papers,
// a procedure that is gone, a time that nobody decided.
func drawCatalogue(r *rapid.T) *catalogue.Catalogue {
	var list []catalogue.Procedure
	for _, p := range procedures().Procedures {
		switch rapid.SampledFrom([]string{"same", "time", "fee", "papers", "gone", "open"}).Draw(r, p.Code) {
		case "time":
			p.Time = catalogue.Duration{N: rapid.IntRange(1, 40).Draw(r, "n"), Unit: rapid.SampledFrom([]string{"hour", "workday", "day", "month"}).Draw(r, "unit"), Model: "day"}
		case "fee":
			p.Fee = catalogue.Fee{Amount: rapid.Int64Range(0, 1_000_000).Draw(r, "amount")}
		case "papers":
			p.Papers = nil
		case "gone":
			continue
		case "open":
			p.Time, p.Open = catalogue.Duration{}, []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyNoUnit, Text: "3"}}
		}
		list = append(list, p)
	}
	return catalogue.New("2", list)
}

// A catalogue change never moves what a received dossier was promised: the
// same commands end in the same dossiers, whatever is published between them;
// and the version of the receipt is found as long as the office is there.
func TestACatalogueMovesNoDeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		still, moved := newRegistry(t, "09/11/2026 10:00"), newRegistry(t, "09/11/2026 10:00")
		var codes []string
		for _, cmd := range []dossier.Receive{birth(), {Procedure: "2.000815"}, birth()} {
			d, err := still.try(cmd, desk)
			same, err2 := moved.try(cmd, desk)
			if err != nil || err2 != nil || !cmp.Equal(d, same) {
				rt.Fatal(errors.Join(err, err2))
			}
			codes = append(codes, d.Code)
		}
		for range rapid.IntRange(1, 25).Draw(rt, "commands") {
			step := time.Duration(rapid.Int64Range(0, 40*3600).Draw(rt, "seconds")) * time.Second
			still.now, moved.now = still.now.Add(step), moved.now.Add(step)
			if rapid.Bool().Draw(rt, "published") {
				moved.rules.Catalogue = catalogue.Next(moved.rules.Catalogue, drawCatalogue(rt), moved.now.AddDate(0, 0, 1))
			}
			cmd := drawCommand(rt, codes)
			if _, again := cmd.(dossier.Receive); again {
				continue // what comes in now is promised by what holds now
			}
			d, err := still.try(cmd, desk)
			same, err2 := moved.try(cmd, desk)
			if !cmp.Equal(d, same) || (err == nil) != (err2 == nil) {
				rt.Fatalf("%s: %v, %v\n%s", cmd.Name(), err, err2, cmp.Diff(d, same))
			}
		}
		for _, code := range codes {
			d := moved.dossiers[code]
			if p, ok := moved.rules.Catalogue.FindVersion(d.Procedure, d.Version); !ok || p.Time != d.Time {
				rt.Errorf("%s was received under %s; the catalogue has %+v, %t", code, d.Version, p, ok)
			}
		}
	})
}

// A procedure whose time nobody decided is not received: no date could be
// promised.
func TestUndecidedProcedureIsRefused(t *testing.T) {
	t.Parallel()
	r := newRegistry(t, "09/11/2026 10:00")
	p := procedures().Procedures[1]
	p.Time, p.Open = catalogue.Duration{}, []catalogue.Open{{Field: catalogue.FieldTime, Why: catalogue.WhyNothing}}
	r.rules.Catalogue = catalogue.New("2", []catalogue.Procedure{p})
	if _, err := r.try(dossier.Receive{Procedure: p.Code}, desk); !errors.Is(err, refusal.New("procedure-undecided")) {
		t.Errorf("got %v, want a refusal", err)
	}
	if _, err := dossier.PromiseFor(r, p.Code, r.now, r.rules); !errors.Is(err, refusal.New("procedure-undecided")) {
		t.Errorf("promised %v", err)
	}
}
