package station_test

import (
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/desk"
	"motcua/kiosk/scan"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
)

// issue gives a number at a kiosk of the test's own.
func (h *hall) issue(t *testing.T, kiosk *office.Caller, service string) queue.Ticket {
	t.Helper()
	r, err := kiosk.Do(t.Context(), "", "", queue.IssueTicket{Service: service, Lang: "vi"})
	if err != nil {
		t.Fatal(err)
	}
	return *r.Ticket
}

func (c *counter) press(a desk.Action) { c.loop.Send(desk.Pressed{Action: a}) }

// hand is how long a person's hand takes from one act to the next.
const hand = 300 * time.Millisecond

func (c *counter) signIn() {
	c.t.Helper()
	c.loop.Send(desk.SignIn{Officer: "cb03"})
	c.until("the officer", desk.State.SignedIn)
	time.Sleep(hand)
}

// status waits for a ticket at this counter.
func (c *counter) status(id queue.TicketID, want queue.Status) {
	c.t.Helper()
	c.until(string(id)+" "+string(want), func(s desk.State) bool {
		t := s.Queue.Ticket(id)
		return t != nil && t.Status() == want
	})
}

// fill puts a scanned citizen card and a procedure with all papers into the
// form.
func (c *counter) fill(card string, procedure string) {
	c.t.Helper()
	e := scan.Classify(card)
	if e.Kind != scan.CitizenCard {
		c.t.Fatalf("the card reads as %s", e.Kind)
	}
	var s desk.Scan
	s.Kind, s.Card.Number, s.Card.Name, s.Card.Address = desk.ScanCard, e.Card.Number, e.Card.Name, e.Card.Address
	c.loop.Send(desk.Scanned{Scan: s})
	c.until("the applicant in the form", func(s desk.State) bool {
		return s.Text[desk.FieldName] == e.Card.Name && s.Text[desk.FieldID] == desk.GroupID(e.Card.Number)
	})
	c.loop.Send(desk.Typed{Field: desk.FieldProcedure, Text: procedure})
	c.until("the procedure", desk.State.Suggesting)
	c.loop.Send(desk.PickProcedure{Code: procedure})
	c.until("the promise", func(s desk.State) bool { return s.Intake.Promise != nil })
	c.loop.Send(desk.AllPapers{})
}

// TestCounterTakesADossierIn: call, scan the card, receive; the receipt's code
// is the dossier's, and a second paper is marked.
func TestCounterTakesADossierIn(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{epson, generic} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			h, p := open(t), plug(t, slow())
			client := office.Local(h.Office)
			c := h.counter(t, client, load(t, profile, "tcp:"+p.addr.String()))
			ticket := h.issue(t, office.NewCaller(client, "kiosk-1"), "ho-tich")
			c.signIn()
			c.press(desk.Next)
			c.status(ticket.ID, queue.Called)
			time.Sleep(hand)
			c.fill(h.demo.Cards[0], h.procedure("ho-tich").Code)
			c.status(ticket.ID, queue.Serving) // holding the card out is being there
			c.press(desk.Print)
			s := c.until("the receipt", func(s desk.State) bool { return s.Intake.Last != nil && s.Intake.Last.Printed })
			code := s.Intake.Last.Dossier.Code
			c.loop.Send(desk.Reprint{})
			eventually(t, "a second paper", func() bool { return len(p.Papers()) == 2 })
			for i, paper := range p.Papers() {
				read := codes(t, paper.Picture)
				if len(read) != 1 || read[0].Kind != scan.DossierCode || read[0].Code != code {
					t.Errorf("paper %d says %v, want %s", i+1, read, code)
				}
				if isCopy(t, paper.Picture) != (i == 1) {
					t.Errorf("paper %d: copy mark %v", i+1, i != 1)
				}
			}
			found, err := client.Case(t.Context(), code)
			if err != nil || found.Applicant.ID != "030199999001" || found.Dossier.Ticket != ticket.ID {
				t.Errorf("the record has %+v, %v", found, err)
			}
			c.press(desk.Finish)
			c.status(ticket.ID, queue.Done)
		})
	}
}

// TestReceiptThatBroke: the paper ended in a receipt; the next one says that it
// is not the first.
func TestReceiptThatBroke(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, p := open(t), wired(t, slow())
		c := h.counter(t, office.Local(h.Office), p.paper(t, epson))
		c.signIn()
		c.fill(h.demo.Cards[1], h.procedure("ho-tich").Code)
		p.EndPaperAfter(300)
		c.press(desk.Print)
		s := c.until("that it was not printed", func(s desk.State) bool { return s.Notice.Say.Key == "counter.notice.not-printed" })
		if s.Intake.Last == nil || s.Intake.Last.Printed {
			t.Fatalf("the dossier taken in: %+v", s.Intake.Last)
		}
		p.LoadPaper()
		c.loop.Send(desk.Reprint{})
		c.until("the receipt", func(s desk.State) bool { return s.Intake.Last.Printed })
		last := p.Papers()[len(p.Papers())-1].Picture
		if barAt(t, last) < 0 { // the rest of the first hangs above it
			t.Error("the second paper of a receipt is not marked")
		}
	})
}

// TestRepliesLostAtTheCounter: what was pressed again because nothing was heard
// happened once.
func TestRepliesLostAtTheCounter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		defer h.serve(w)()
		kiosk := office.NewCaller(office.Local(h.Office), "kiosk-1")
		one := h.issue(t, kiosk, "ho-tich")
		c := h.counter(t, w.remote(t), nil)
		c.signIn()
		w.lose.Store(1000)
		c.press(desk.Next)
		// The stream shows the call all the same: nothing is said to be lost, and
		// a press once the wish has had its time is a new wish.
		two := h.issue(t, kiosk, "ho-tich")
		c.status(one.ID, queue.Called)
		c.status(two.ID, queue.Waiting)
		c.until("that it is slow", desk.State.Slow)
		c.until("that it is over", func(s desk.State) bool { return !s.Slow() })
		w.lose.Store(0)
		if n := c.state().Notice; !n.Say.Empty() {
			t.Errorf("says %q of a call that is on the screen", n.Say.Key)
		}
		c.press(desk.Next)
		c.status(two.ID, queue.Called)
		c.status(one.ID, queue.Done)

		c.fill(h.demo.Cards[2], h.procedure("ho-tich").Code)
		w.lose.Store(1000)
		c.press(desk.Print)
		c.until("that nothing was heard", func(s desk.State) bool { return s.Notice.Say.Key == "counter.notice.lost" && !s.Receiving() })
		w.lose.Store(0)
		time.Sleep(time.Second)
		c.press(desk.Print)
		c.until("the dossier", func(s desk.State) bool { return s.Intake.Last != nil })
		list, err := office.Local(h.Office).Dossiers(t.Context(), office.DossierQuery{})
		if err != nil || len(list) != 1 {
			t.Errorf("%d dossiers, %v, from one form", len(list), err)
		}
	})
}

// TestSameWishIsTheSameCall goes past the presenter, which would not ask twice.
func TestSameWishIsTheSameCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		defer h.serve(w)()
		c := h.counter(t, w.remote(t), nil)
		c.signIn()
		wish := desk.Command{ID: 77, Officer: "cb03", Counter: "3", Command: h.receive()}
		replies := make(chan desk.CommandReplied, 2)
		ask := func() desk.CommandReplied {
			c.work.Do(t.Context(), wish, func(in desk.Intent) { replies <- in.(desk.CommandReplied) })
			return <-replies
		}
		w.lose.Store(1000)
		if first := ask(); !first.Failed {
			t.Fatalf("the reply was lost, and came: %+v", first)
		}
		w.lose.Store(0)
		second := ask()
		list, _ := office.Local(h.Office).Dossiers(t.Context(), office.DossierQuery{})
		if !second.OK() || second.Dossier == nil || len(list) != 1 || list[0].Code != second.Dossier.Code {
			t.Errorf("%d dossiers; the second answer is %+v", len(list), second)
		}
	})
}

// TestEveryEffectOfTheCounterIsAnswered, also when the office is not there.
func TestEveryEffectOfTheCounterIsAnswered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h, w := open(t), newWire()
		c := h.counter(t, office.Local(h.Office), nil)
		c.stop()
		w.cut.Store(true)
		c.work.Client = w.remote(t)
		c.work.Caller = office.NewCaller(c.work.Client, "counter-3")
		for _, e := range []desk.Effect{
			desk.Command{ID: 1, Officer: "cb03", Counter: "3", Command: queue.CallNext{}},
			desk.SearchProcedures{Query: "khai sinh"},
			desk.FetchPromise{Procedure: "1"},
			desk.FetchCase{Code: "x"},
			desk.ListDossiers{Day: "2026-11-23"},
			desk.PrintReceipt{Dossier: dossier.Dossier{Code: "x"}},
		} {
			begun, answers := time.Now(), 0
			c.work.Do(t.Context(), e, func(in desk.Intent) {
				answers++
				if o, ok := in.(interface{ OK() bool }); !ok || o.OK() {
					t.Errorf("%T: answered %+v", e, in)
				}
			})
			if answers != 1 || time.Since(begun) > 15*time.Second {
				t.Errorf("%T: %d answers in %v", e, answers, time.Since(begun))
			}
		}
	})
}
