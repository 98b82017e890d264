package demo_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/assets/demo"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/idcard"
	"motcua/queue/worktime"
)

func load(t *testing.T) demo.Office {
	t.Helper()
	o, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// Screens, slips and voice clips count on these.
func TestServicesAreTheDrawnOnes(t *testing.T) {
	t.Parallel()
	o := load(t)
	var got [][3]string
	for _, s := range o.Config.Services {
		got = append(got, [3]string{s.ID, s.Letter, s.Icon})
		if s.Returns != (s.ID == "nhan-ket-qua") || s.Pace == 0 {
			t.Errorf("%s: returns %t, pace %d", s.ID, s.Returns, s.Pace)
		}
	}
	want := [][3]string{
		{"ho-tich", "A", "baby"},
		{"dat-dai", "H", "map-trifold"},
		{"xay-dung", "S", "buildings"},
		{"kinh-doanh", "K", "storefront"},
		{"lao-dong", "L", "hand-heart"},
		{"nhan-ket-qua", "M", "envelope-open"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("services (-want +got):\n%s", diff)
	}
}

func TestEveryServiceHasACounter(t *testing.T) {
	t.Parallel()
	o := load(t)
	for _, s := range o.Config.Services {
		if !slices.ContainsFunc(o.Config.Counters, func(c queue.Counter) bool { tier, ok := c.Serves(s.ID); return ok && tier == 0 }) {
			t.Errorf("no counter serves %s first", s.ID)
		}
	}
	for _, p := range o.Catalogue.Procedures {
		if s, ok := o.Config.Service(p.Service); !ok || s.Returns {
			t.Errorf("procedure %s belongs to %q", p.Code, p.Service)
		}
	}
	if c, _ := o.Config.Counter("3"); !cmp.Equal(c.Tiers, [][]string{{"ho-tich"}, {"nhan-ket-qua"}}) {
		t.Errorf("counter 3 serves %v", c.Tiers)
	}
}

func TestBothLanguagesAreComplete(t *testing.T) {
	t.Parallel()
	o := load(t)
	texts := []queue.Text{o.Config.Name, o.Config.Parent}
	for _, s := range o.Config.Services {
		texts = append(texts, s.Name, s.Hint)
	}
	for _, c := range o.Config.Counters {
		texts = append(texts, c.Name)
	}
	for _, k := range o.Config.Classes {
		texts = append(texts, k.Name)
	}
	seen := map[string]bool{}
	for _, c := range o.Criteria {
		texts = append(texts, c.Text)
		if seen[c.ID] {
			t.Errorf("criterion %s stands twice", c.ID)
		}
		seen[c.ID] = true
	}
	if len(o.Criteria) != 6 {
		t.Errorf("%d criteria", len(o.Criteria))
	}
	for _, text := range texts {
		if text.VI == "" || text.EN == "" || text.VI == text.EN {
			t.Errorf("text %+v", text)
		}
	}
	if _, ok := o.Config.Class(queue.ClassPriority); !ok {
		t.Error("the kiosk's priority switch has no class")
	}
}

// The invented cards read without any repair or warning.
func TestCards(t *testing.T) {
	t.Parallel()
	o := load(t)
	if len(o.Cards) != 30 {
		t.Errorf("%d cards", len(o.Cards))
	}
	numbers := map[string]bool{}
	for i, payload := range o.Cards {
		card, err := idcard.Parse(payload)
		if err != nil {
			t.Errorf("card %d: %v", i, err)
			continue
		}
		if numbers[card.Number] {
			t.Errorf("card %d: the number is used twice", i)
		}
		numbers[card.Number] = true
		if len(card.Warnings) > 0 {
			t.Errorf("card %d: %v", i, card.Warnings)
		}
	}
}

// Every procedure of the demo can be taken in, returned and rated.
func TestEveryProcedureGoesThrough(t *testing.T) {
	t.Parallel()
	o := load(t)
	now := time.Date(2026, 11, 20, 9, 42, 0, 0, worktime.Zone)
	by := chain.Actor{Device: "quay-3", Officer: o.Config.Officers[2].ID, Counter: "3"}
	b := book{}
	do := func(cmd queue.Command) dossier.Dossier {
		events, err := dossier.Decide(b, cmd, by, now, o.Rules())
		if err != nil {
			t.Fatalf("%s: %v", cmd.Name(), err)
		}
		code := dossier.CodeOf(events[0])
		b[code] = dossier.Apply(b[code], events[0], now, by)
		return b[code]
	}
	for _, p := range o.Catalogue.Procedures {
		var papers []dossier.Paper
		for _, paper := range p.Papers {
			papers = append(papers, dossier.Paper{Name: paper.Name, Original: paper.Original, Copies: paper.Copies, Present: paper.Required})
		}
		d := do(dossier.Receive{Procedure: p.Code, Papers: papers})
		if !d.Due.After(now) || d.DueRule == "" || d.Fee == 0 && d.FeeNote == "" {
			t.Errorf("%s: due %s by %q, fee %d %q", p.Code, d.Due, d.DueRule, d.Fee, d.FeeNote)
		}
		do(dossier.MarkReady{Code: d.Code})
		do(dossier.Return{Code: d.Code})
		do(dossier.Rate{Code: d.Code, Level: 5, Praise: []string{o.Criteria[0].ID}})
	}
}

type book map[string]dossier.Dossier

func (b book) Dossier(code string) (dossier.Dossier, bool) { d, ok := b[code]; return d, ok }
func (b book) LastSerial(string) int                       { return len(b) }
