package desk

import (
	"strings"
	"time"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/refusal"
)

// takeReturn handles the tabs of returning and of the day.
func (p *step) takeReturn(in Intent) {
	switch in := in.(type) {
	case OpenTab:
		if in.Tab >= 0 && in.Tab < tabs {
			p.Tab = in.Tab
			if in.Tab == TabDay {
				p.listDay()
			}
			if in.Tab == TabDay && p.alone() {
				p.refused(refusal.New("office-silent"))
			}
		}
	case OpenCase:
		p.openCase(in.Code)
	case CloseCase:
		if !p.busy[kindReturn].on {
			p.Giving, p.Text[FieldCode], p.Text[FieldProof] = Giving{}, "", ""
		}
	case ToggleProxy:
		p.Giving.Proxy = !p.Giving.Proxy
	case MarkReady:
		if c := p.Giving.Case; c != nil && !c.Dossier.Status().Over() && c.Dossier.Status() != dossier.Ready {
			p.send(dossier.MarkReady{Code: c.Dossier.Code, Unit: p.CounterName()})
		}
	case CaseCame:
		p.caseCame(in)
	case DossiersListed:
		p.listed(in)
	}
}

// openCase shows a dossier by its code, typed or scanned.
func (p *step) openCase(code string) {
	key, ok := dossier.Key(code)
	if !ok {
		p.deny("counter.notice.code-unreadable")
		return
	}
	p.Tab = TabReturn
	p.Text[FieldCode] = key
	p.Giving.Found = nil
	p.start(FetchCase{Code: key})
}

func (p *step) caseCame(in CaseCame) {
	p.busy[kindCase] = pending{}
	if want, ok := dossier.Key(p.Text[FieldCode]); ok && want != in.Code {
		p.start(FetchCase{Code: want}) // another one was asked for meanwhile
		return
	}
	if p.failed(in.Outcome) {
		return
	}
	if old := p.Giving.Case; old == nil || old.Dossier.Code != in.Case.Dossier.Code {
		p.Giving.Proxy, p.Text[FieldProof] = false, ""
	}
	c := in.Case
	p.Giving.Case, p.Notice = &c, Notice{}
}

// CanReturn reports that the open dossier's result is here to be handed over.
func (s State) CanReturn() bool {
	return s.Giving.Case != nil && s.Giving.Case.Dossier.Status() == dossier.Ready
}

// CanMarkReady reports that the open dossier is still being handled.
func (s State) CanMarkReady() bool {
	c := s.Giving.Case
	return c != nil && c.Dossier.Status() != dossier.Ready && !c.Dossier.Status().Over()
}

// giveBack hands the result over.
func (p *step) giveBack() {
	c := p.Giving.Case
	proof := strings.TrimSpace(p.Text[FieldProof])
	switch {
	case c == nil:
		p.deny("counter.need.case")
	case c.Dossier.Status() == dossier.Returned:
		p.deny("counter.need.returned-already", "code", c.Dossier.Code)
	case !p.CanReturn():
		status, _ := p.dossierStatus(c.Dossier)
		p.deny("counter.need.not-ready-"+strings.TrimPrefix(status.Key, "counter.dossier."),
			"due", queue.Local(c.Dossier.Due).Format("15:04 02/01/2006"))
	case p.Giving.Proxy && proof == "":
		p.deny("counter.need.proof")
	case p.Giving.Proxy:
		p.send(dossier.Return{Code: c.Dossier.Code, Proxy: true, Proof: proof})
	default:
		p.send(dossier.Return{Code: c.Dossier.Code})
	}
}

// listDay asks for today's dossiers.
func (p *step) listDay() {
	if p.alone() {
		return // only the office has the list
	}
	p.start(ListDossiers{Day: queue.Local(p.Now).Format(time.DateOnly)})
}

func (p *step) listed(in DossiersListed) {
	p.busy[kindList] = pending{}
	if in.Of.Card == "" {
		p.Day.At = p.Now
	}
	if p.failed(in.Outcome) {
		return
	}
	if in.Of.Card == "" {
		p.Day.List = in.List
		return
	}
	p.Giving.Found = in.List
	if len(in.List) == 0 {
		p.deny("counter.notice.nothing-for-card")
	}
}

// scanned takes whatever was held under the scanner. It is never typed into a
// field: a receipt opens its dossier, a ticket its turn, a citizen card fills
// the applicant, in the return tab finds that person's dossiers, and in a menu
// that gives a slot or a number says for whom.
func (p *step) scanned(s Scan) {
	if !p.SignedIn() {
		p.deny("counter.notice.sign-in-first")
		return
	}
	if s.Kind == ScanCard && p.dialog.takesCard() {
		p.dialog.person = digits(s.Card.Number)
		return
	}
	p.dialog = dialog{}
	switch {
	case s.Kind == ScanDossier:
		p.openCase(s.Code)
	case s.Kind == ScanTicket:
		p.scannedTicket(s.Code)
	case s.Kind == ScanCard && p.Tab == TabReturn:
		p.Giving = Giving{}
		p.Text[FieldCode], p.Text[FieldProof] = "", ""
		if !p.start(ListDossiers{Card: digits(s.Card.Number)}) {
			p.deny("counter.notice.busy")
		}
	case s.Kind == ScanCard:
		p.fillApplicant(s.Card)
	default:
		p.deny("counter.notice.scan-unknown")
	}
}

func (p *step) scannedTicket(code string) {
	if p.Queue == nil {
		return
	}
	if id, ok := queue.ParseTicketID(code); ok && p.alone() {
		p.serveNumber(string(id))
		return
	}
	t := p.Queue.ByCode(code)
	if id, ok := queue.ParseTicketID(code); t == nil && ok {
		t = p.Queue.Ticket(id)
	}
	switch {
	case t == nil && p.alone(): // given after the copy ended
		p.deny("counter.by-hand.type-it")
	case t == nil:
		p.deny("counter.notice.ticket-not-today")
	case p.alone():
		p.serveNumber(string(t.ID))
	default:
		p.openTicket(t.ID)
	}
}

// CaseStatus says where the open dossier stands.
func (s State) CaseStatus() (Say, Tone) {
	if s.Giving.Case == nil {
		return Say{}, Plain
	}
	return s.dossierStatus(s.Giving.Case.Dossier)
}
