package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/assets/i18n"
	"motcua/kiosk/session"
	"motcua/queue"

	"pgregory.net/rapid"
)

// Scenario 41: a kiosk left mid-way warns, then goes home with nothing left.
func TestScenario41_AbandonedKioskWarnsAndForgets(t *testing.T) {
	for name, leave := range map[string]func(*visit){
		"services": func(v *visit) { v.tap(session.TakeNumber) },
		"count": func(v *visit) {
			v.tap(session.TakeNumber).tap(session.ToggleMany).tap(session.PickService, "civil").want(session.Count)
		},
		"closing": func(v *visit) {
			v.send(session.OfficeChanged{State: sessions(ending, evening)}).tap(session.TakeNumber).tap(session.PickService, "civil").want(session.Closing)
		},
		"large text": func(v *visit) { v.tap(session.ToggleLarge).tap(session.SetLang, "en").tap(session.ToggleContrast) },
		"dossier": func(v *visit) {
			v.send(newCode())
			v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).want(session.Dossier)
		},
		"rating": func(v *visit) {
			v.send(newCode())
			v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).tap(session.RateThis).tap(session.PickLevel, "2")
		},
		"message": func(v *visit) { v.send(session.Scanned{}) },
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t)
			leave(v)
			before := v.s.Screen
			v.pass(60 * time.Second).want(session.StillThere)
			if got := v.s.Left(); got != 20 {
				t.Errorf("warning starts at %d s, want 20", got)
			}
			v.tap(session.Stay).want(before)
			v.pass(60 * time.Second).want(session.StillThere).pass(19 * time.Second).want(session.StillThere)
			v.pass(time.Second).want(session.Home)
			if left := fmt.Sprintf("%+v", v.s.Visit); strings.Contains(left, "0007") {
				t.Errorf("the dossier is still there: %s", left)
			}
			fresh := start(t)
			if !v.s.Idle() || v.s.Case != nil || v.s.Issued != nil || v.s.Dossiers != 0 || v.s.Many || v.s.Lang != "vi" || v.s.Large || v.s.Contrast || v.s.Screen != fresh.s.Screen {
				t.Errorf("something is left: %+v", v.s.Visit)
			}
		})
	}
}

func TestIdleHomeNeverWarns(t *testing.T) {
	start(t).pass(10 * time.Minute).want(session.Home)
}

func TestClockSetBackDoesNotKeepAVisitForHours(t *testing.T) {
	v := start(t).tap(session.TakeNumber)
	v.now = v.now.Add(-3 * time.Hour)
	v.pass(62 * time.Second).want(session.StillThere)
}

func TestLanguageSizeAndContrastChangeInPlace(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.SetLang, "en").tap(session.ToggleLarge).tap(session.ToggleContrast).want(session.Services)
	if got := v.s.Lines()[0].Name; got != "Civil status" {
		t.Errorf("got %q", got)
	}
	if n := len(v.s.Lines()); n != 1 {
		t.Errorf("large text shows %d services, want 1 a page", n)
	}
	v.tap(session.SetLang, "xx")
	if v.s.Lang != "en" {
		t.Errorf("language %q was taken", v.s.Lang)
	}
	v.tap(session.GoHome).want(session.Home)
	if v.s.Lang != "en" || !v.s.Large {
		t.Error("going home inside a visit lost the settings")
	}
}

func TestHelpRingsUntilSomebodyComes(t *testing.T) {
	v := start(t).tap(session.CallHelp)
	ask := effect[session.RequestHelp](v).Ask
	if v.tap(session.CallHelp); has[session.RequestHelp](v) {
		t.Error("a second touch rang again")
	}
	v.send(session.Replied{Ask: ask})
	if _, l := v.s.HelpLabel(); l.Key != "kiosk.help.asked" {
		t.Errorf("says %s", l.Key)
	}
	rang := 0
	for range 61 {
		if v.pass(time.Second); has[session.RequestHelp](v) {
			rang++
			v.send(session.Replied{Ask: effect[session.RequestHelp](v).Ask})
		}
	}
	if rang != 1 {
		t.Errorf("rang %d times in the second minute, want once", rang)
	}
	q := office()
	q.Help["kiosk-1"] = v.now
	v.send(session.OfficeChanged{State: q}).send(session.OfficeChanged{State: office()})
	if _, l := v.s.HelpLabel(); l.Key != "kiosk.help.coming" {
		t.Errorf("says %s", l.Key)
	}
}

func TestHelpThatCannotBeHeardSaysSo(t *testing.T) {
	v := start(t).tap(session.CallHelp)
	v.send(session.Replied{Ask: effect[session.RequestHelp](v).Ask, Failed: true})
	if _, l := v.s.HelpLabel(); l.Key != "kiosk.help.not-heard" {
		t.Errorf("says %s", l.Key)
	}
	effect[session.RequestHelp](v.tap(session.CallHelp))
}

func TestLongAnswerSaysSoAndThenLetsGo(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.PickService, "civil")
	ask := effect[session.IssueTicket](v)
	v.pass(time.Second).want(session.Working).tap(session.GoHome).want(session.Working)
	v.pass(9 * time.Second)
	if !v.s.Slow() {
		t.Error("no way out after ten seconds")
	}
	v.tap(session.GoHome).want(session.Home)
	v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)}).want(session.Home)
	if void := effect[session.VoidTicket](v); void.Ticket != "261122-A003" {
		t.Errorf("withdraws %s", void.Ticket)
	}
}

func TestNumberAskedForAndLeftBehindIsFoundAndWithdrawn(t *testing.T) {
	v := start(t).tap(session.TakeNumber).tap(session.PickService, "civil")
	ask := effect[session.IssueTicket](v)
	v.send(session.Replied{Ask: ask.Ask, Failed: true}).tap(session.GoHome)
	var again session.IssueTicket
	for range 16 {
		if v.pass(time.Second); has[session.IssueTicket](v) {
			again = effect[session.IssueTicket](v)
		}
	}
	if again.Ask != ask.Ask {
		t.Fatalf("asked %+v, want %d again", again, ask.Ask)
	}
	v.send(session.Replied{Ask: ask.Ask, Refusal: nil, Ticket: newTicket("261122-A003", "civil", queue.Waiting)})
	effect[session.VoidTicket](v)
	if v.pass(time.Minute); has[session.IssueTicket](v) {
		t.Error("it is still asked for")
	}
}

func TestLateLookUpIsNotWithdrawnAndNotShown(t *testing.T) {
	v := start(t).send(session.Scanned{Kind: session.ScanTicket, Code: "x"})
	ask := effect[session.LookUpTicket](v)
	v.pass(11 * time.Second).tap(session.GoHome)
	v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A001", "civil", queue.Waiting)}).want(session.Home)
	if len(v.effects) != 0 {
		t.Errorf("got %#v", v.effects)
	}
}

// TestEveryWordIsInBothLanguages drives all screens and looks every Say up.
func TestEveryKeyBegins(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages {
		for _, k := range texts.Keys("vi") {
			if strings.HasPrefix(k, "kiosk.") && !texts.Has(lang, k) {
				t.Errorf("%s has no %s", lang, k)
			}
		}
	}
}

// words checks that whatever a state shows can be said.
func words(t *rapid.T, texts *i18n.Texts, s session.State) {
	check := func(say session.Say) {
		if say.Key == "" || strings.HasPrefix(say.Key, "refusal.") {
			return
		}
		if got := texts.Get(s.Lang, say.Key, say.Args...); strings.ContainsAny(got, "⟦⟧{}") {
			t.Fatalf("%s on screen %d is said as %q", say.Key, s.Screen, got)
		}
	}
	check(s.Crowd())
	if s.Screen == session.Closing {
		q := s.LastCall()
		for _, say := range []session.Say{q.Title, q.Body, q.Facts[0].Label, q.Facts[0].Value, q.Facts[1].Label, q.Main.Label, q.Other.Label} {
			check(say)
		}
	}
	away, short, _ := s.Away()
	check(away)
	check(short)
	check(s.PageOf())
	check(s.Subject())
	check(s.Notice.Title)
	check(s.Notice.Body)
	turn := s.Turn()
	for _, f := range []session.Say{turn.Head, turn.Left.Label, turn.Left.Value, turn.Right.Label, turn.Right.Value, turn.Yours, turn.Foot, turn.Follow} {
		check(f)
	}
	card := s.CaseCard()
	check(card.Status)
	for _, f := range card.Facts {
		check(f.Label)
		check(f.Value)
	}
	for _, st := range card.Steps {
		check(st.Title)
		check(st.Sub)
	}
	if s.Screen == session.Services {
		for _, l := range s.Lines() {
			check(l.Wait)
			check(l.People)
		}
	}
	for _, i := range s.Items() {
		check(i.Time)
		check(i.Fee)
	}
	d := s.Detail()
	check(d.Time.Value)
	for _, p := range d.Papers {
		check(p.Count)
	}
}

// anything draws an intent, mostly sensible ones.
func anything(t *rapid.T, pending map[uint64]session.Effect, card *uint64) session.Intent {
	actions := []session.Action{
		session.GoHome, session.GoBack, session.SetLang, session.ToggleLarge, session.ToggleContrast, session.CallHelp, session.Stay,
		session.TakeNumber, session.PickService, session.TogglePriority, session.NextPage, session.PreviousPage, session.Done, session.Rejoin, session.Reprint,
		session.Collect, session.OpenFeature, session.PickGroup, session.PickProcedure, session.NumberFor, session.RateThis, session.PickLevel,
		session.TogglePick, session.SendRating, session.Retry, "nonsense",
		session.ToggleMany, session.SetDossiers, session.TakeCounted, session.TakeNow, session.TakeLater,
	}
	args := []string{"", "vi", "en", "civil", "land", "return", "gone", "dossier", "rating", "procedures", "appointment", "1.001193", "1", "5", "9", "polite"}
	statuses := []queue.Status{queue.Waiting, queue.Called, queue.Absent, queue.Done, queue.Void, queue.Held}
	switch rapid.IntRange(0, 9).Draw(t, "kind") {
	case 0, 1, 2, 3, 4:
		return session.Tap{Action: rapid.SampledFrom(actions).Draw(t, "action"), Arg: rapid.SampledFrom(args).Draw(t, "arg")}
	case 5:
		s := session.Scanned{Kind: session.ScanKind(rapid.IntRange(0, 5).Draw(t, "scan")), Code: rapid.SampledFrom([]string{"", "x"}).Draw(t, "code")}
		if s.Kind == session.ScanCard {
			*card++
			s.Card = *card
		}
		return s
	case 6:
		q := rapid.SampledFrom([]*queue.State{nil, office(), booking(at), sessions(ending, evening), sessions(ending), sessions(evening), stopped(), sessions(queue.Span{From: 450, To: 1000}, evening)}).Draw(t, "office")
		return session.OfficeChanged{State: q}
	case 7:
		return session.PaperCame{Ticket: "261122-A003", OK: rapid.Bool().Draw(t, "ok")}
	case 8:
		return session.Tick{}
	}
	r := session.Replied{Ask: uint64(rapid.IntRange(0, 40).Draw(t, "ask"))}
	for ask := range pending {
		r.Ask = max(r.Ask, ask)
	}
	switch pending[r.Ask].(type) {
	case session.LookUpDossier:
		r.Dossier = ready()
	case session.ListProcedures:
		r.Procedures = procedures()
	default:
		r.Ticket = newTicket("261122-A003", "civil", rapid.SampledFrom(statuses).Draw(t, "status"))
	}
	switch rapid.IntRange(0, 5).Draw(t, "outcome") {
	case 0:
		r.Failed = true
	case 1:
		r.Ticket, r.Dossier, r.Procedures = nil, nil, nil
	}
	delete(pending, r.Ask)
	return r
}

func askOf(e session.Effect) uint64 {
	switch e := e.(type) {
	case session.IssueTicket:
		return e.Ask
	case session.CheckIn:
		return e.Ask
	case session.LookUpDossier:
		return e.Ask
	case session.LookUpTicket:
		return e.Ask
	case session.ListProcedures:
		return e.Ask
	case session.Rate:
		return e.Ask
	case session.ReturnTicket:
		return e.Ask
	case session.RequestHelp:
		return e.Ask
	}
	return 0
}

// Whatever happens, nothing panics, every word is there, a touch or time leads
// home, and home is empty; a card is asked with only while it is known, and is
// forgotten once.
func TestNoDeadEnds(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		now, s := at, session.New(config(), at)
		pending := map[uint64]session.Effect{}
		card, known := uint64(0), map[uint64]bool{}
		send := func(in session.Intent) {
			var effects []session.Effect
			s, effects = session.Handle(s, in, now)
			for _, e := range effects {
				if ask := askOf(e); ask != 0 {
					pending[ask] = e
				}
				switch e := e.(type) {
				case session.IssueTicket:
					if e.Card != 0 && !known[e.Card] {
						t.Fatalf("asked with card %d, which is forgotten", e.Card)
					}
				case session.ForgetCard:
					if !known[e.Card] {
						t.Fatalf("card %d is forgotten twice", e.Card)
					}
					delete(known, e.Card)
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			now = now.Add(time.Duration(rapid.IntRange(-5, 15).Draw(t, "seconds")) * time.Second)
			in := anything(t, pending, &card)
			if scan, ok := in.(session.Scanned); ok && scan.Card != 0 {
				known[scan.Card] = true
			}
			send(in)
			words(t, texts, s)
			if s.Paged() && (s.Page < 0 || s.Page >= s.Pages()) {
				t.Fatalf("page %d of %d on screen %d", s.Page, s.Pages(), s.Screen)
			}
		}
		touched := s
		for range 40 { // a touch leads home once a question has had its time
			now = now.Add(time.Second)
			touched, _ = session.Handle(touched, session.Tick{}, now)
			touched, _ = session.Handle(touched, session.Tap{Action: session.GoHome}, now)
		}
		if touched.Screen != session.Home {
			t.Fatalf("touching home leaves screen %d", touched.Screen)
		}
		for range 400 { // and so does time alone
			now = now.Add(time.Second)
			send(session.Tick{})
		}
		if !s.Idle() || s.Case != nil || s.Issued != nil || s.Level != 0 || s.Code != "" {
			t.Fatalf("time leaves %+v", s.Visit)
		}
		for ask, e := range pending { // whatever was on its way comes
			if e, ok := e.(session.IssueTicket); ok && e.Card != 0 {
				send(session.Replied{Ask: ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)})
			}
		}
		if len(known) != 0 {
			t.Fatalf("%d cards are never forgotten", len(known))
		}
	})
}

// Handle must not change the state it was given.
func TestOldStatesStayAsTheyWere(t *testing.T) {
	v := start(t).send(newCode())
	v.send(session.Replied{Ask: effect[session.LookUpDossier](v).Ask, Dossier: ready()}).tap(session.RateThis).tap(session.PickLevel, "5").tap(session.TogglePick, "polite").tap(session.TogglePick, "on-time")
	old := v.s
	want := []string{"polite", "on-time"}
	v.tap(session.TogglePick, "polite")
	if !cmp.Equal(old.Praise, want) {
		t.Errorf("got %v, want %v", old.Praise, want)
	}
}
