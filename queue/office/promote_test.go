package office_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// TestScenario24_HubDiesStandbyLeads: both machines work apart, then meet.
func TestScenario24_HubDiesStandbyLeads(t *testing.T) {
	p := newPair(t)
	first := must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()

	// The old hub works on unseen: a number, and a dossier.
	tail := must(t, p.hub, by("kiosk-1", 2, queue.IssueTicket{Service: "civil"}))
	kept := must(t, p.hub, by("counter-1", 1, receive()))

	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "máy chủ hỏng", Force: true}); err != nil {
		t.Fatal(err)
	}
	second := must(t, p.standby, by("kiosk-2", 1, queue.IssueTicket{Service: "civil"}))
	if second.Ticket.ID.Label() != "A2-001" {
		t.Errorf("the first number of the second term is %s", second.Ticket.ID.Label())
	}
	if s := p.standby.State(); s.Settled() || s.Tickets[first.Ticket.ID] == nil {
		t.Errorf("settled %v, first ticket %v", s.Settled(), s.Tickets[first.Ticket.ID])
	}
	receipt := must(t, p.standby, by("counter-1", 2, receive())).Dossier
	if _, provisional := dossier.ParseProvisional(receipt.Code); !provisional {
		t.Errorf("before the old hub has handed over a receipt bears %s", receipt.Code)
	}

	p.line.mend()
	p.until("the old hub has handed over", func() bool { return p.standby.State().Settled() })
	if seat := p.hub.Seat(); seat.Role != succession.Retired || seat.Seen.Hub != "standby" {
		t.Errorf("the old hub's seat is %+v", seat)
	}
	_, err := p.hub.Do(context.Background(), by("kiosk-1", 3, queue.IssueTicket{Service: "civil"}))
	if !errors.Is(err, refusal.New("office-superseded")) {
		t.Errorf("the old hub took a command: %v", err)
	}
	s := p.standby.State()
	if got := s.Tickets[tail.Ticket.ID]; got == nil || got.Status() != queue.Waiting || !got.Arrived.Equal(tail.Ticket.Arrived) {
		t.Errorf("the tail's number is %+v", got)
	}
	of, err := p.standby.Case(context.Background(), kept.Dossier.Code)
	if err != nil || of.Applicant.Name != person().Name {
		t.Errorf("the tail's dossier: %+v, %v", of.Dossier, err)
	}
	for _, code := range []string{receipt.Code, kept.Dossier.Code[:len(kept.Dossier.Code)-1] + "2"} {
		of, err := p.standby.Case(context.Background(), code)
		if err != nil || of.Applicant.Name != person().Name || of.Dossier.Provisional != receipt.Code || !of.Dossier.Numbered() {
			t.Errorf("%s finds %+v, %v", code, of.Dossier, err)
		}
	}
	again := must(t, p.standby, by("kiosk-1", 2, queue.IssueTicket{Service: "civil"}))
	if again.Ticket.ID != tail.Ticket.ID {
		t.Errorf("a command that the old hub had carried out gave %s, not %s", again.Ticket.ID, tail.Ticket.ID)
	}
	if err := verified(p.standby); err != nil {
		t.Error(err)
	}
}

func TestRepeatedAtTheNewHubIsNotCountedTwice(t *testing.T) {
	p := newPair(t)
	must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()
	lost := must(t, p.hub, by("kiosk-1", 2, queue.IssueTicket{Service: "civil"})) // its reply never arrives
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	printed := must(t, p.standby, by("kiosk-1", 2, queue.IssueTicket{Service: "civil"}))
	p.line.mend()
	p.until("the old hub has handed over", func() bool { return p.standby.State().Settled() })
	s := p.standby.State()
	if got := s.Tickets[lost.Ticket.ID]; got == nil || got.Status() != queue.Void {
		t.Errorf("the number that nobody holds is %+v", got)
	}
	if got := s.Tickets[printed.Ticket.ID]; got == nil || got.Status() != queue.Waiting {
		t.Errorf("the printed number is %+v", got)
	}
}

func TestSeatSurvivesARestart(t *testing.T) {
	p := newPair(t)
	must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	if err := p.hub.Meet(context.Background(), p.standby.Standing()); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Dir(p.hub.Journal().Path())
	if err := p.hub.Close(); err != nil {
		t.Fatal(err)
	}
	if got := open(t, dir, nil).Seat(); got.Role != succession.Retired || got.Seen.Term != 2 {
		t.Errorf("after a restart the retired hub is %+v", got)
	}
}

func TestRepeatedCommandGetsItsOldAnswerAfterPromotion(t *testing.T) {
	p := newPair(t)
	issued := must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	again := must(t, p.standby, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	if again.Ticket.ID != issued.Ticket.ID || again.Seq != issued.Seq {
		t.Errorf("the same command got %s after the promotion, %s before", again.Ticket.ID, issued.Ticket.ID)
	}
}

// TestRetiredHubIsPromotedAgain: its successor is gone for good, and nobody is
// waited for but that one.
func TestRetiredHubIsPromotedAgain(t *testing.T) {
	p := newPair(t)
	first := must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	if err := p.hub.Meet(context.Background(), p.standby.Standing()); err != nil {
		t.Fatal(err)
	}
	if _, err := p.hub.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "máy mới cũng hỏng"}); err != nil {
		t.Fatal(err)
	}
	next := must(t, p.hub, by("kiosk-1", 2, queue.IssueTicket{Service: "civil"}))
	if next.Ticket.ID.Label() != "A3-001" || p.hub.State().Tickets[first.Ticket.ID] == nil {
		t.Errorf("the next number is %s", next.Ticket.ID.Label())
	}
	for _, waited := range p.hub.State().Predecessors {
		if waited.Term == 1 {
			t.Error("the hub waits for itself")
		}
	}
}

// TestCodeOfALostAnswerIsKept: the old hub gave an official code and nobody
// heard; the same receipt taken in by the new hub gets exactly that one.
func TestCodeOfALostAnswerIsKept(t *testing.T) {
	p := newPair(t)
	must(t, p.hub, by("kiosk-1", 1, queue.IssueTicket{Service: "civil"}))
	p.level()
	p.line.cut()
	taken := receive()
	taken.Provisional, taken.At = "TAM.Q1-261120-0001", morningOf().Now()
	lost := must(t, p.hub, by("counter-1", 1, taken)) // its answer never arrives
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	again := must(t, p.standby, by("counter-1", 1, taken))
	if again.Dossier.Code == lost.Dossier.Code {
		t.Fatalf("a hub that waits for another gave the official code %s", again.Dossier.Code)
	}
	other := must(t, p.standby, by("counter-1", 2, receive()))
	p.line.mend()
	p.until("the old hub has handed over", func() bool { return p.standby.State().Settled() })
	got, err := p.standby.Dossier(context.Background(), taken.Provisional)
	if err != nil || got.Code != lost.Dossier.Code {
		t.Errorf("the dossier has code %s, %v; the citizen's office gave %s", got.Code, err, lost.Dossier.Code)
	}
	second, err := p.standby.Dossier(context.Background(), other.Dossier.Code)
	if err != nil || second.Code == lost.Dossier.Code || !second.Numbered() {
		t.Errorf("the other dossier is %s, %v", second.Code, err)
	}
	if err := verified(p.standby); err != nil {
		t.Error(err)
	}
}

// TestResultHandedOverTwiceIsShown: the dossier stays as it is here, and a
// supervisor sees that another hub handed its result over as well.
func TestResultHandedOverTwiceIsShown(t *testing.T) {
	p := newPair(t)
	code := must(t, p.hub, by("counter-1", 1, receive())).Dossier.Code
	must(t, p.hub, by("counter-1", 2, dossier.MarkReady{Code: code}))
	p.level()
	p.line.cut()
	must(t, p.hub, by("counter-1", 3, dossier.Return{Code: code}))
	if _, err := p.standby.Promote(context.Background(), office.Promotion{Officer: "cb01", Reason: "test", Force: true}); err != nil {
		t.Fatal(err)
	}
	must(t, p.standby, by("counter-2", 1, dossier.Return{Code: code}))
	only := must(t, p.hub, by("counter-1", 4, receive())).Dossier.Code // all of its life is in the tail
	must(t, p.hub, by("counter-1", 5, dossier.MarkReady{Code: only}))
	must(t, p.hub, by("counter-1", 6, dossier.Return{Code: only}))
	p.line.mend()
	p.until("the old hub has handed over", func() bool { return p.standby.State().Settled() })
	list := p.standby.State().Anomalies
	if len(list) != 1 || list[0].What != queue.DossierTwice || list[0].ID != code {
		t.Errorf("anomalies: %+v", list)
	}
	if got, err := p.standby.Dossier(context.Background(), only); err != nil || got.Status() != dossier.Returned {
		t.Errorf("the tail's own dossier is %s, %v", got.Status(), err)
	}
}
