package desk_test

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/assets/i18n"
	"motcua/kiosk/desk"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// TestAnyHistory drives a counter with arbitrary keys, clicks, scans, late,
// lost, refused and unasked answers on a real queue. It must never panic, never
// have two effects of a kind under way, never change what was typed by an
// answer, and always draw.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		r := office(t, rapid.IntRange(0, 5).Draw(rt, "waiting"))
		under := map[string]desk.Effect{} // by kind
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			r.now = r.now.Add(time.Duration(rapid.IntRange(-1000, 40000).Draw(rt, "ms")) * time.Millisecond)
			in, typed := draw(rt, r, under)
			before := r.s.Text
			r.out = nil
			r.take(in)
			for _, e := range r.out {
				k := kindOf(e)
				if old := under[k]; old != nil {
					rt.Fatalf("%T under way twice: %+v and %+v", e, old, e)
				}
				under[k] = e
			}
			if !typed && r.s.Text != before {
				rt.Fatalf("%T changed what was typed: %q to %q", in, before, r.s.Text)
			}
			look(rt, texts, r.s)
		}
	})
}

func kindOf(e desk.Effect) string {
	if c, ok := e.(desk.Command); ok {
		switch c.Command.(type) {
		case dossier.Receive:
			return "receive"
		case dossier.Return, dossier.MarkReady:
			return "return"
		}
	}
	return reflect.TypeOf(e).Name()
}

// look reads everything a view reads, and wants words for all of it.
func look(t interface{ Fatalf(string, ...any) }, texts *i18n.Texts, s desk.State) {
	turn := s.Turn()
	status, _ := s.CaseStatus()
	says := []desk.Say{s.Notice.Say, s.Today(), turn.About, turn.Status, turn.Calls, status}
	says = append(append(says, turn.Extra...), turn.Why...)
	title, text := s.Hint()
	says = append(says, title, text)
	for _, a := range s.Alarms() {
		says = append(says, a.Say)
	}
	for _, rows := range [][]desk.Row{s.Waiting(), s.Held(), s.AbsentRows()} {
		for _, r := range rows {
			says = append(says, r.Detail)
		}
	}
	for _, b := range s.Buttons() {
		says = append(says, b.Label)
	}
	for _, p := range s.Pills() {
		says = append(says, p.Say)
	}
	for _, h := range s.Helps() {
		says = append(says, h.Say)
	}
	for _, d := range append(s.DayRows(), s.FoundRows()...) {
		says = append(says, d.Status)
	}
	if m := s.Menu(); m != nil {
		says = append(append(says, m.Title), m.Lines...)
		for _, item := range m.Items {
			says = append(says, item.Label, item.Hint)
		}
	}
	for _, say := range says {
		for _, lang := range i18n.Languages {
			if !say.Empty() && !texts.Has(lang, say.Key) {
				t.Fatalf("no words for %q in %s", say.Key, lang)
			}
		}
	}
}

// draw makes the next intent. typed tells that it may change the fields.
func draw(rt *rapid.T, r *rig, under map[string]desk.Effect) (in desk.Intent, typed bool) {
	switch rapid.IntRange(0, 9).Draw(rt, "what") {
	case 0, 1, 2:
		keys := []desk.Key{"F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "Escape", "Up", "Down", "Return", "0", "1", "2", "3", "4", "5", "6", "9", "A", ""}
		return desk.KeyPressed{Key: rapid.SampledFrom(keys).Draw(rt, "key")}, true
	case 3:
		return rapid.SampledFrom(clicks(r)).Draw(rt, "click"), true
	case 4:
		text := rapid.OneOf(rapid.String(), rapid.Just("khai"), rapid.Just("001199012345")).Draw(rt, "text")
		return desk.Typed{Field: desk.Field(rapid.IntRange(-1, int(desk.Fields)).Draw(rt, "field")), Text: text}, true
	case 5:
		scan := desk.Scan{
			Kind: desk.ScanKind(rapid.IntRange(0, 3).Draw(rt, "scan")),
			Code: rapid.SampledFrom([]string{"H26.138-261122-0001", "261122-A001", "261122-A002-XY", "\x00\xff"}).Draw(rt, "code"),
			Card: desk.CitizenCard{Number: "001199012345", Name: "Lê Thị Hoa"},
		}
		return desk.Scanned{Scan: scan}, true
	case 6, 7:
		for k, e := range under {
			delete(under, k)
			return reply(rt, r, e)
		}
		return desk.CommandReplied{ID: rapid.Uint64().Draw(rt, "stray")}, false
	case 8:
		return desk.OfficeChanged{State: r.q.Clone()}, false
	}
	return desk.Tick{}, false
}

func clicks(r *rig) []desk.Intent {
	list := []desk.Intent{
		desk.SignIn{Officer: "ha"},
		desk.TakeOver{Officer: "an"},
		desk.SignIn{Officer: "nobody"},
		desk.SetLang{Lang: "en"},
		desk.OpenTab{Tab: desk.TabReturn},
		desk.OpenTab{Tab: 9},
		desk.OpenTab{Tab: desk.TabDay},
		desk.OpenTab{},
		desk.Pressed{Action: desk.Start},
		desk.Pressed{Action: desk.Account},
		desk.Pressed{Action: -1},
		desk.Pressed{Action: 99},
		desk.OpenTicket{Ticket: "261122-A001"},
		desk.OpenTicket{Ticket: "x"},
		desk.Order{},
		desk.CloseMenu{},
		desk.PickProcedure{Code: birth.Code},
		desk.TogglePaper{N: 1},
		desk.TogglePaper{N: -4},
		desk.AllPapers{},
		desk.PickHandover{Handover: dossier.ByPost},
		desk.PickHandover{Handover: "x"},
		desk.ClearForm{},
		desk.Reprint{},
		desk.OpenCase{Code: "H26.138-261122-0002"},
		desk.ToggleProxy{},
		desk.MarkReady{},
		desk.CloseCase{},
		desk.Entered{Field: desk.FieldProcedure},
		desk.Entered{Field: desk.FieldCode},
		desk.Entered{Field: desk.FieldProof},
		desk.OfficeChanged{},
	}
	if m := r.s.Menu(); m != nil {
		for _, item := range m.Items {
			if item.Do != nil {
				list = append(list, item.Do)
			}
		}
	}
	return list
}

// reply answers an effect: done, refused, or lost with or without effect.
func reply(rt *rapid.T, r *rig, e desk.Effect) (desk.Intent, bool) {
	o := rapid.SampledFrom([]desk.Outcome{{}, {}, {Failed: true}, {Refusal: refusal.New("unknown")}}).Draw(rt, "outcome")
	switch e := e.(type) {
	case desk.Command:
		in := desk.CommandReplied{ID: e.ID, Outcome: o}
		if o.Refusal == nil {
			in.Refusal, _ = refusal.Of(r.do(e.Command, chain.Actor{Counter: e.Counter, Officer: e.Officer}))
			if _, receive := e.Command.(dossier.Receive); receive {
				in.Refusal, in.Dossier = nil, &dossier.Dossier{Code: "H26.138-261122-0001"}
			}
			if _, ret := e.Command.(dossier.Return); ret {
				in.Refusal = nil
			}
		}
		in.Seq = r.q.Seq
		in.Ticket = r.q.Ticket("261122-A001")
		k := kindOf(e)
		return in, in.OK() && (k == "receive" || k == "return") // a finished form is cleared
	case desk.SearchProcedures:
		return desk.ProceduresFound{Query: e.Query, List: []catalogue.Procedure{birth}, Outcome: o}, false
	case desk.FetchPromise:
		return desk.PromiseCame{Procedure: e.Procedure, Outcome: o}, false
	case desk.FetchCase:
		c := desk.Case{Dossier: dossier.Dossier{Code: e.Code, Steps: []dossier.Step{{Status: rapid.SampledFrom(
			[]dossier.Status{dossier.Received, dossier.Ready, dossier.Processing, dossier.Supplement, dossier.Returned, dossier.Refused, dossier.Withdrawn, dossier.Stopped, ""}).Draw(rt, "status")}}}}
		return desk.CaseCame{Code: e.Code, Case: c, Outcome: o}, true // another case needs its own proof
	case desk.ListDossiers:
		return desk.DossiersListed{Of: e, List: []dossier.Dossier{{Code: "x"}}, Outcome: o}, false
	case desk.PrintReceipt:
		return desk.ReceiptPrinted{Code: e.Dossier.Code, Outcome: o}, false
	}
	return desk.Tick{}, false
}
