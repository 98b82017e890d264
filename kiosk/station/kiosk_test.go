package station_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"motcua/kiosk/scan"
	"motcua/kiosk/session"
	"motcua/kiosk/station"
	"motcua/printer/twin"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
)

// printed waits for what the record says about a ticket's paper.
func (h *hall) printed(t *testing.T, id queue.TicketID, want queue.Print) {
	t.Helper()
	eventually(t, string(id)+" recorded as "+string(want), func() bool { return h.State().Ticket(id).Print == want })
}

// TestTwoTouchesGiveOnePaper: the number is on the screen, in the record and
// on one paper, whose code leads back to the ticket.
func TestTwoTouchesGiveOnePaper(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{epson, generic} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			h, p := open(t), plug(t, slow())
			client := office.Local(h.Office)
			k := h.kiosk(t, client, load(t, profile, "tcp:"+p.addr.String()))
			ticket := k.take()
			if ticket.ID != "261123-A001" {
				t.Errorf("got ticket %s", ticket.ID)
			}
			k.paper(session.Printed)
			h.printed(t, ticket.ID, queue.Printed)
			papers := p.Papers()
			if len(papers) != 1 || isCopy(t, papers[0].Picture) {
				t.Fatalf("got %d papers, want one without a copy mark", len(papers))
			}
			read := codes(t, papers[0].Picture)
			if len(read) != 1 || read[0].Kind != scan.TicketCode || read[0].Code != ticket.Code ||
				read[0].Text != h.demo.Config.TicketLink+ticket.Code {
				t.Fatalf("the paper says %v, want the link and %s", read, ticket.Code)
			}
			found, err := client.Ticket(t.Context(), read[0].Code)
			if err != nil || found.ID != ticket.ID {
				t.Errorf("the code leads to %s, %v", found.ID, err)
			}
			k.press(session.Done, "")
			k.loop.Send(session.Scanned{Kind: session.ScanTicket, Code: read[0].Code})
			k.until("the ticket, scanned", func(s session.State) bool {
				return s.Screen == session.Ticket && s.Issued.ID == ticket.ID && s.Paper == session.NotPrinting
			})
		})
	}
}

// TestNumbersWithoutPaper: whatever the printer's fault, the number is on the
// screen in time and the record knows that there is no paper.
func TestNumbersWithoutPaper(t *testing.T) {
	t.Parallel()
	for name, harm := range map[string]func(*cable){
		"no printer": nil, "printer switched off": func(p *cable) { p.off() },
		"no paper from the start": func(p *cable) { p.EndPaperAfter(0) }, "cover open from the start": func(p *cable) { p.OpenCover(true) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := open(t)
				var paper *station.Paper
				if harm != nil {
					p := wired(t, slow())
					paper = p.paper(t, epson)
					harm(p)
				}
				k := h.kiosk(t, office.Local(h.Office), paper)
				begun := time.Now()
				ticket := k.take()
				k.paper(session.PrintFailed)
				if took := time.Since(begun); took > 5*time.Second {
					t.Errorf("the citizen waited %v for no paper", took)
				}
				h.printed(t, ticket.ID, queue.PrintFailed)
				if got := h.State().Ticket(ticket.ID).Status(); got != queue.Waiting {
					t.Errorf("the ticket is %s; without a paper it is as good", got)
				}
			})
		})
	}
}

// TestScenario06_PaperRunsOutMidSlip: after the refill only the new slip comes.
func TestScenario06_PaperRunsOutMidSlip(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{epson, generic} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				p := wired(t, slow())
				paperRunsOut(t, p.Printer, p.paper(t, profile))
			})
		})
	}
	t.Run("over a network that buffers", func(t *testing.T) {
		t.Parallel()
		p := plug(t, slow())
		paperRunsOut(t, p.Printer, load(t, epson, "tcp:"+p.addr.String()))
	})
}

func paperRunsOut(t *testing.T, p *twin.Printer, paper *station.Paper) {
	h := open(t)
	k := h.kiosk(t, office.Local(h.Office), paper)
	p.EndPaperAfter(200)
	lost := k.take()
	k.paper(session.PrintFailed)
	h.printed(t, lost.ID, queue.PrintFailed)
	p.LoadPaper()
	fresh := k.take()
	k.paper(session.Printed)
	h.printed(t, fresh.ID, queue.Printed)
	for _, paper := range p.Papers() {
		for _, e := range codes(t, paper.Picture) {
			if e.Code != fresh.Code {
				t.Errorf("a paper with %s came out after the refill", e.Code)
			}
		}
	}
	// What the printer had in its buffer was cut off before the new slip.
	last := p.Papers()[len(p.Papers())-1].Picture
	if read := codes(t, last); len(read) != 1 || read[0].Code != fresh.Code {
		t.Errorf("the new slip: codes %v", read)
	}
	if got := h.State().Ticket(lost.ID).Print; got != queue.PrintFailed {
		t.Errorf("the record says %q of the slip that never came", got)
	}
}

// TestFaultsWhilePrinting: at most one paper of a ticket, never a marked copy,
// and the record says in the end what is true.
func TestFaultsWhilePrinting(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		harm, mend func(*cable)
		papers     int
		record     queue.Print
	}{
		"cover opened and closed": {func(p *cable) { p.OpenCover(true) }, func(p *cable) { p.OpenCover(false) }, 1, queue.Printed},
		"cover left open":         {func(p *cable) { p.OpenCover(true) }, func(p *cable) { time.Sleep(10 * time.Minute); p.OpenCover(false) }, 0, queue.PrintFailed},
		"paper out and in":        {func(p *cable) { p.EndPaperAfter(0) }, func(p *cable) { p.LoadPaper() }, 0, queue.PrintFailed},
		"silent from now on":      {func(p *cable) { p.Silence(true) }, func(*cable) {}, 1, queue.PrintFailed},
		"switched off":            {func(p *cable) { p.off() }, func(*cable) {}, 0, queue.PrintFailed},
		"switched off and on":     {func(p *cable) { p.dead.Store(true); p.PowerCycle() }, func(p *cable) { p.dead.Store(false) }, 0, queue.PrintFailed},
	} {
		for _, profile := range []string{epson, generic} {
			t.Run(name+", "+profile, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h, p := open(t), wired(t, slow())
					k := h.kiosk(t, office.Local(h.Office), p.paper(t, profile))
					ticket := k.take()
					time.Sleep(250 * time.Millisecond) // into the slip, which takes more than half a second
					tt.harm(p)
					k.paper(session.PrintFailed)
					h.printed(t, ticket.ID, queue.PrintFailed)
					tt.mend(p)
					time.Sleep(5 * time.Minute)
					papers, record := tt.papers, tt.record
					if name == "cover opened and closed" && profile == generic {
						// It does not tell of its cover by itself: after ten seconds
						// without progress the slip is given up.
						papers, record = 0, queue.PrintFailed
					}
					if got := h.State().Ticket(ticket.ID).Print; got != record {
						t.Errorf("the record says %s, want %s", got, record)
					}
					whole := 0
					for _, paper := range p.Papers() {
						if isCopy(t, paper.Picture) {
							t.Error("a copy came out")
						}
						whole += len(codes(t, paper.Picture))
					}
					if whole != papers {
						t.Errorf("%d whole papers, want %d", whole, papers)
					}
				})
			})
		}
	}
}

// TestScenario17_SameDossierTwiceAndHostileCodes: the held ticket is shown, and
// strange codes are met with words.
func TestScenario17_SameDossierTwiceAndHostileCodes(t *testing.T) {
	t.Parallel()
	h := open(t)
	client := office.Local(h.Office)
	k := h.kiosk(t, client, nil)
	code := h.dossier(t, true)
	collect := func() *queue.Ticket {
		k.loop.Send(session.Scanned{Kind: session.ScanDossier, Code: code})
		s := k.until("an answer to the scan", func(s session.State) bool {
			return s.Screen == session.Dossier || s.Screen == session.Ticket
		})
		if s.Screen == session.Ticket {
			return s.Issued
		}
		k.press(session.Collect, "")
		return k.until("a number", func(s session.State) bool { return s.Screen == session.Ticket }).Issued
	}
	first := collect()
	desk := office.NewCaller(client, "counter-5")
	// Waiting, called, put aside, absent: it is the same person's turn.
	for _, step := range []queue.Command{nil, queue.OpenCounter{}, queue.CallNext{}, queue.HoldTicket{}, queue.CallTicket{Ticket: first.ID}, queue.MarkAbsent{}} {
		if step != nil {
			if _, err := desk.Do(t.Context(), "cb05", "5", step); err != nil {
				t.Fatal(err)
			}
		}
		k.press(session.Done, "")
		k.until("the first screen", func(s session.State) bool { return s.Screen == session.Home })
		if again := collect(); again.ID != first.ID {
			t.Fatalf("scanned again after %v: number %s, want %s once more", step, again.ID, first.ID)
		}
	}
	if n := len(h.State().Tickets); n != 1 {
		t.Fatalf("%d numbers for one dossier", n)
	}
	for _, text := range []string{
		"H26.138-261123-9999", "H26.138-261123-0001'; DROP TABLE", "\x00\x1b@\x1d", strings.Repeat("A", 10_000),
		"../../etc/passwd", "<script>alert(1)</script>", "261123-A001-AAAAAAAA", "https://evil.example/t/261123-A999-ABCDEFGH",
	} {
		e := scan.Classify(text)
		kinds := map[scan.Kind]session.ScanKind{scan.TicketCode: session.ScanTicket, scan.DossierCode: session.ScanDossier}
		for _, in := range []session.Scanned{{Kind: kinds[e.Kind], Code: e.Code}, {Kind: session.ScanDossier, Code: text}, {Kind: session.ScanTicket, Code: text}} {
			k.press(session.GoHome, "")
			k.until("the first screen", func(s session.State) bool { return s.Screen == session.Home })
			k.loop.Send(in)
			s := k.until("words", func(s session.State) bool { return s.Screen == session.Message })
			if s.Notice.Body.Key == "" || s.Issued != nil {
				t.Errorf("%q: %+v", text, s.Notice)
			}
		}
	}
	if n := len(h.State().Tickets); n != 1 {
		t.Errorf("strange codes gave %d numbers", n-1)
	}
}

// TestScenario41_NextPersonSeesNothing: an abandoned visit leaves nothing that
// a next screen could show.
func TestScenario41_NextPersonSeesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	k := h.kiosk(t, office.Local(h.Office), nil)
	k.loop.Send(session.Scanned{Kind: session.ScanDossier, Code: h.dossier(t, false)})
	k.until("the dossier", func(s session.State) bool { return s.Screen == session.Dossier && s.Case != nil })
	k.stop()
	s := k.state()
	for range 200 { // seconds
		s, _ = session.Handle(s, session.Tick{}, s.Now.Add(time.Second))
	}
	if !s.Idle() || s.Case != nil || s.Issued != nil || s.Code != "" {
		t.Errorf("left behind: %+v", s.Visit)
	}
}

// receive is a dossier with every paper, of an invented citizen.
func (h *hall) receive() dossier.Receive {
	procedure := h.procedure("ho-tich")
	person := &dossier.Person{Name: "Nguyễn Thị Ánh Tuyết", ID: "030199999001"}
	receive := dossier.Receive{Procedure: procedure.Code, Applicant: person, Handover: dossier.AtCounter}
	for _, p := range procedure.Papers {
		receive.Papers = append(receive.Papers, dossier.Paper{Name: p.Name, Original: p.Original, Copies: p.Copies, Required: p.Required, Present: true})
	}
	return receive
}

// dossier takes one in; ready is its result at the desk.
func (h *hall) dossier(t *testing.T, ready bool) string {
	t.Helper()
	desk := office.NewCaller(office.Local(h.Office), "desk-of-the-test")
	r, err := desk.Do(t.Context(), "cb01", "1", h.receive())
	if err != nil {
		t.Fatal(err)
	}
	if ready {
		if _, err := desk.Do(t.Context(), "cb01", "1", dossier.MarkReady{Code: r.Dossier.Code, Unit: "Hộ tịch"}); err != nil {
			t.Fatal(err)
		}
	}
	return r.Dossier.Code
}
