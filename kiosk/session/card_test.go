package session_test

import (
	"testing"
	"time"

	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/refusal"
)

// show holds a citizen card under the scanner.
func (v *visit) show(card uint64) *visit {
	v.t.Helper()
	return v.send(session.Scanned{Kind: session.ScanCard, Card: card})
}

// forgotten are the cards whose handles the last intent ended.
func (v *visit) forgotten() (list []uint64) {
	for _, e := range v.effects {
		if e, ok := e.(session.ForgetCard); ok {
			list = append(list, e.Card)
		}
	}
	return list
}

func (v *visit) wantForgotten(card uint64) *visit {
	v.t.Helper()
	if got := v.forgotten(); len(got) != 1 || got[0] != card {
		v.t.Fatalf("forgotten are %v, want card %d", got, card)
	}
	return v
}

// Scenario 21 at the kiosk: who shows a card takes the number with it, from
// wherever it was shown, and the screen says so.
func TestScenario21_CardGoesWithTheNumber(t *testing.T) {
	for name, go_ := range map[string]func(*visit){
		"at the first screen": func(v *visit) { v.show(7).want(session.Services) },
		"while choosing":      func(v *visit) { v.tap(session.TakeNumber).show(7).want(session.Services) },
		"asked for a receipt": func(v *visit) { v.tap(session.OpenFeature, "dossier").show(7).want(session.Services) },
		"after a message":     func(v *visit) { v.send(session.Scanned{}).want(session.Message).show(7).want(session.Services) },
		"counting dossiers": func(v *visit) {
			v.tap(session.TakeNumber).tap(session.ToggleMany).tap(session.PickService, "civil").want(session.Count).show(7).want(session.Message)
			if v.s.Notice.Tone != session.Good || v.s.Notice.Title.Key != "kiosk.card.title" {
				t.Errorf("says %+v", v.s.Notice)
			}
			v.send(v.s.Notice.Press).want(session.Count).tap(session.GoBack).tap(session.ToggleMany).want(session.Services)
		},
		"another card first": func(v *visit) { v.show(5).show(7).wantForgotten(5) },
		"the last person's number": func(v *visit) {
			ask := effect[session.IssueTicket](v.show(5).tap(session.PickService, "civil"))
			v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)}).want(session.Ticket)
			v.show(7).wantForgotten(5).want(session.Services)
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t)
			go_(v)
			if !v.s.CardShown() {
				t.Error("the screen does not know that a card was shown")
			}
			if ask := effect[session.IssueTicket](v.tap(session.PickService, "civil")); ask.Card != 7 {
				t.Errorf("asked with card %d, want 7", ask.Card)
			}
		})
	}
}

// TestScenario21_NumberHeldIsShownWithWhereItStands: a second number for the
// same card is the first one, which can be put on paper again.
func TestScenario21_NumberHeldIsShownWithWhereItStands(t *testing.T) {
	no := refusal.New("number-held", "ticket", "A002", "id", "261122-A002")
	v := start(t).show(7).tap(session.PickService, "civil")
	v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Refusal: no}).want(session.Ticket)
	turn := v.s.Turn()
	if turn.Label != "A002" || turn.Head.Key != "kiosk.ticket.yours" || turn.Left.Value.Args[1] != "1" || turn.Foot.Key != "kiosk.card.only-one" || has[session.PrintTicket](v) {
		t.Fatalf("shows %+v", turn)
	}
	p := effect[session.PrintTicket](v.tap(turn.Next.Press.Action))
	if !p.Again || p.Ticket.ID != "261122-A002" {
		t.Errorf("prints %+v", p)
	}
	v.send(session.PaperCame{Ticket: "261122-A002", OK: true})
	if turn := v.s.Turn(); turn.Foot.Key != "kiosk.paper.take" || turn.Head.Key != "kiosk.ticket.yours" || !turn.Next.Label.Empty() {
		t.Errorf("after printing it shows %+v", turn)
	}
	if v.tap(session.Reprint); has[session.PrintTicket](v) {
		t.Error("one touch more, one slip more")
	}

	// Taken at another kiosk a moment ago: the office knows it, the copy not yet.
	no = refusal.New("number-held", "ticket", "A009", "id", "261122-A009")
	v = start(t).show(7).tap(session.PickService, "civil")
	v.send(session.Replied{Ask: effect[session.IssueTicket](v).Ask, Refusal: no})
	look := effect[session.LookUpTicket](v)
	v.send(session.Replied{Ask: look.Ask, Ticket: newTicket("261122-A009", "civil", queue.Waiting)}).want(session.Ticket)
	if turn := v.s.Turn(); look.Code != "261122-A009" || turn.Label != "A009" || turn.Foot.Key != "kiosk.card.only-one" {
		t.Errorf("looked up %q and shows %+v", look.Code, turn)
	}
	v.send(session.DevicesChanged{PrinterDown: true})
	if !v.s.Turn().Next.Label.Empty() {
		t.Error("a slip is offered without a printer")
	}
}

// Scenario 41 for cards: whatever ends a visit ends the handle. Only a number
// that was asked for and has no answer keeps it, because it must be asked for as
// it was, and then it goes too.
func TestScenario41_CardIsForgottenWithTheVisit(t *testing.T) {
	take := func(v *visit) session.IssueTicket {
		return effect[session.IssueTicket](v.tap(session.PickService, "civil"))
	}
	issued := func(v *visit) *visit {
		return v.send(session.Replied{Ask: take(v).Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)}).want(session.Ticket)
	}
	for name, leave := range map[string]func(*visit){
		"home":           func(v *visit) { v.tap(session.GoHome) },
		"back":           func(v *visit) { v.tap(session.GoBack) },
		"done":           func(v *visit) { issued(v).tap(session.Done) },
		"the time is up": func(v *visit) { issued(v).pass(29 * time.Second).want(session.Ticket).pass(time.Second) },
		"nobody there":   func(v *visit) { v.pass(80 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			v := start(t).show(7)
			leave(v)
			if v.wantForgotten(7).want(session.Home); v.s.CardShown() {
				t.Error("the card is still known")
			}
		})
	}
	t.Run("heeded by nobody", func(t *testing.T) {
		v := start(t).tap(session.TakeNumber)
		take(v)
		if v.show(7).wantForgotten(7); v.s.CardShown() {
			t.Error("a card was taken in the middle of a question")
		}
	})
	t.Run("no answer", func(t *testing.T) {
		v := start(t).show(7)
		ask := take(v)
		v.send(session.Replied{Ask: ask.Ask, Failed: true}).tap(session.GoHome)
		if v.s.CardShown() || len(v.forgotten()) != 0 {
			t.Fatal("the next person would have the card, or the question can not be asked again")
		}
		v.pass(15 * time.Second)
		if again := effect[session.IssueTicket](v); again != ask {
			t.Errorf("asked again as %+v, first as %+v", again, ask)
		}
		v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A003", "civil", queue.Waiting)}).wantForgotten(7)
		effect[session.VoidTicket](v)
	})
	t.Run("no answer, and the same person again", func(t *testing.T) {
		v := start(t).show(7)
		ask := take(v)
		v.send(session.Replied{Ask: ask.Ask, Failed: true}).tap(session.GoHome).show(8)
		no := refusal.New("number-held", "ticket", "A002", "id", "261122-A002")
		v.send(session.Replied{Ask: take(v).Ask, Refusal: no}).want(session.Ticket)
		v.send(session.Replied{Ask: ask.Ask, Ticket: newTicket("261122-A002", "civil", queue.Waiting)}).wantForgotten(7)
		if has[session.VoidTicket](v) {
			t.Error("the number on the screen was withdrawn")
		}
	})
}
