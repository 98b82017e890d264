package desk

import (
	"strings"
	"time"

	"motcua/queue/catalogue"
	"motcua/queue/dossier"
)

// maxFound bounds the search results that are shown.
const maxFound = 6

// idDigits is the length of a personal number.
const idDigits = 12

// applicant are the fields that a citizen card fills or ClearForm empties.
var applicant = [4]Field{FieldName, FieldID, FieldPhone, FieldAddress}

// takeIntake handles the receiving form.
func (p *step) takeIntake(in Intent) bool {
	switch in := in.(type) {
	case Typed:
		p.typed(in.Field, in.Text)
	case Entered:
		p.entered(in.Field)
	case PickProcedure:
		p.pickProcedure(in.Code)
	case TogglePaper:
		p.togglePapers(func(i int, here bool) bool { return here != (i == in.N) })
	case AllPapers:
		p.togglePapers(func(int, bool) bool { return true })
	case PickHandover:
		if !p.Receiving() && known(in.Handover) {
			p.Intake.Handover = in.Handover
		}
	case ClearForm:
		if !p.Receiving() {
			p.clearForm()
		}
	case Reprint:
		if last := p.Intake.Last; last != nil {
			p.start(PrintReceipt{Dossier: last.Dossier, Applicant: last.Applicant})
		}
	case ProceduresFound:
		p.found(in)
	case PromiseCame:
		p.promised(in)
	case ReceiptPrinted:
		p.printed(in)
	default:
		return false
	}
	return true
}

func known(h dossier.Handover) bool {
	return h == dossier.AtCounter || h == dossier.ByPost || h == dossier.Online
}

func (p *step) typed(f Field, text string) {
	if f < 0 || f >= Fields || p.Receiving() && f < FieldCode {
		return
	}
	text = bounded(text)
	if p.Text[f] == text {
		return
	}
	p.Text[f] = text
	if f < FieldCode {
		p.Intake.Last, p.Intake.replaced = nil, nil
	}
	if f == FieldProcedure {
		p.search()
	}
}

func (p *step) entered(f Field) {
	switch f {
	case FieldProcedure:
		if p.Suggesting() {
			p.pickProcedure(p.Intake.Found[p.Intake.Mark].Code)
		}
	case FieldCode:
		p.openCase(p.Text[FieldCode])
	case FieldProof:
		p.giveBack()
	}
}

// Searching reports that the procedure field holds a search, not the chosen
// procedure.
func (s State) Searching() bool { return s.Text[FieldProcedure] != s.procedureLabel() }

// Suggesting reports that search results are open under the field.
func (s State) Suggesting() bool {
	return s.SignedIn() && s.Tab == TabIntake && s.Searching() && s.Text[FieldProcedure] != "" && len(s.Intake.Found) > 0 && !s.Receiving()
}

// procedureLabel is the field's text once a procedure is chosen.
func (s State) procedureLabel() string {
	if s.Intake.Procedure == nil {
		return ""
	}
	return ProcedureLabel(*s.Intake.Procedure, s.Lang)
}

// ProcedureLabel writes a procedure as "1.001193 · Đăng ký khai sinh".
func ProcedureLabel(q catalogue.Procedure, lang string) string {
	name := q.Name
	if lang == "en" && q.NameEN != "" {
		name = q.NameEN
	}
	return bounded(q.Code + " · " + name)
}

// search asks for what the field holds now; while one is under way its answer
// asks again.
func (p *step) search() {
	q := strings.TrimSpace(p.Text[FieldProcedure])
	if !p.Searching() || q == "" {
		p.Intake.Found = nil
		return
	}
	p.start(SearchProcedures{Query: q})
}

func (p *step) found(in ProceduresFound) {
	p.busy[kindSearch] = pending{}
	if p.failed(in.Outcome) {
		return
	}
	if now := strings.TrimSpace(p.Text[FieldProcedure]); in.Query != now {
		p.search()
		return
	}
	if !p.Searching() {
		return
	}
	p.Intake.Found = in.List[:min(len(in.List), maxFound)]
	p.Intake.Mark, p.Intake.searched = 0, in.Query
}

// NoneFound reports that a search had no result: the field says so.
func (s State) NoneFound() bool {
	q := strings.TrimSpace(s.Text[FieldProcedure])
	return q != "" && s.Searching() && len(s.Intake.Found) == 0 && s.Intake.searched == q && !s.busy[kindSearch].on
}

func (p *step) pickProcedure(code string) {
	if p.Receiving() {
		return
	}
	for _, q := range p.Intake.Found {
		if q.Code != code {
			continue
		}
		same := p.Intake.Procedure != nil && p.Intake.Procedure.Code == code
		p.Intake.Procedure = &q
		p.Text[FieldProcedure] = p.procedureLabel()
		p.Intake.Found, p.Intake.Last = nil, nil
		if !same { // the same one again keeps its ticks
			p.Intake.Papers, p.Intake.Tried = checklist(q), false
			p.Intake.Promise, p.Intake.promised = nil, time.Time{}
		}
		p.askPromise()
		return
	}
}

func checklist(q catalogue.Procedure) []Paper {
	list := make([]Paper, 0, len(q.Papers))
	for _, c := range q.Papers {
		list = append(list, Paper{
			Paper: dossier.Paper{Name: c.Name, Original: c.Original, Copies: c.Copies, Required: c.Required},
			Note:  c.Note,
		})
	}
	return list
}

// togglePapers sets Present of every line anew, on a copy.
func (p *step) togglePapers(here func(i int, was bool) bool) {
	if p.Receiving() {
		return
	}
	list := make([]Paper, len(p.Intake.Papers))
	for i, q := range p.Intake.Papers {
		q.Present = here(i, q.Present)
		list[i] = q
	}
	p.Intake.Papers = list
}

func (p *step) askPromise() {
	if q := p.Intake.Procedure; q != nil {
		p.start(FetchPromise{Procedure: q.Code})
	}
}

func (p *step) promised(in PromiseCame) {
	p.busy[kindPromise] = pending{}
	q := p.Intake.Procedure
	switch {
	case q == nil:
		return
	case q.Code != in.Procedure:
		p.askPromise()
		return
	}
	p.Intake.promised = p.Now // also after a failure: the next tick does not hammer
	if p.failed(in.Outcome) {
		return
	}
	promise := in.Promise
	p.Intake.Promise = &promise
}

// Unfinished reports that the form holds work that has not been received.
func (s State) Unfinished() bool {
	if s.Intake.Procedure != nil {
		return true
	}
	for _, f := range applicant {
		if strings.TrimSpace(s.Text[f]) != "" {
			return true
		}
	}
	return false
}

// receive takes the dossier in (In giấy hẹn): what is missing is named.
func (p *step) receive() {
	in := &p.Intake
	id := digits(p.Text[FieldID])
	phone := digits(p.Text[FieldPhone])
	missing := missingPapers(in.Papers)
	switch {
	case p.Receiving():
		return
	case in.Last != nil && !p.Unfinished():
		p.take(Reprint{})
		return
	case in.Procedure == nil:
		p.deny("counter.need.procedure")
	case p.Searching():
		p.deny("counter.need.choose")
	case strings.TrimSpace(p.Text[FieldName]) == "":
		p.deny("counter.need.name")
	case len(id) != idDigits:
		p.deny("counter.need.id")
	case p.Text[FieldPhone] != "" && (len(phone) < 9 || len(phone) > 12):
		p.deny("counter.need.phone")
	case in.Handover == dossier.ByPost && strings.TrimSpace(p.Text[FieldAddress]) == "":
		p.deny("counter.need.address")
	case len(missing) > 0:
		in.Tried = true
		p.deny("counter.need.papers", "papers", strings.Join(missing, "; "))
	default:
		p.send(p.receiveCommand(id, phone))
	}
}

func (p *step) receiveCommand(id, phone string) dossier.Receive {
	c := dossier.Receive{
		Procedure: p.Intake.Procedure.Code,
		Handover:  p.Intake.Handover,
		Sets:      1,
		Applicant: &dossier.Person{
			Name:    strings.Join(strings.Fields(p.Text[FieldName]), " "),
			ID:      id,
			Phone:   phone,
			Address: strings.Join(strings.Fields(p.Text[FieldAddress]), " "),
		},
	}
	if t := p.ticket(); t != nil {
		c.Ticket = t.ID
	}
	for _, q := range p.Intake.Papers {
		c.Papers = append(c.Papers, q.Paper)
	}
	return c
}

func missingPapers(list []Paper) (names []string) {
	for _, q := range list {
		if q.Required && !q.Present {
			names = append(names, q.Name)
		}
	}
	return names
}

// received clears the form, shows the code and prints.
func (p *step) received(c dossier.Receive, in CommandReplied) {
	if in.Dossier == nil || c.Applicant == nil {
		p.tell(Bad, say("counter.notice.lost"))
		return
	}
	p.clearForm()
	p.Intake.Last = &Receipt{Dossier: *in.Dossier, Applicant: *c.Applicant}
	if key := "counter.notice.received"; in.Dossier.Numbered() {
		p.tell(Good, say(key, "code", in.Dossier.Code))
	} else {
		p.tell(Good, say(key+"-provisional", "code", in.Dossier.Code))
	}
	p.start(PrintReceipt{Dossier: *in.Dossier, Applicant: *c.Applicant})
	p.listDay()
}

func (p *step) clearForm() {
	p.Text[FieldProcedure] = ""
	for _, f := range applicant {
		p.Text[f] = ""
	}
	p.Intake = Intake{Handover: dossier.AtCounter}
}

func (p *step) printed(in ReceiptPrinted) {
	p.busy[kindPrint] = pending{}
	if !in.OK() {
		if in.Refusal != nil {
			p.refused(in.Refusal)
		} else {
			p.tell(Bad, say("counter.notice.not-printed", "code", in.Code))
		}
		return
	}
	if last := p.Intake.Last; last != nil && last.Dossier.Code == in.Code {
		done := *last
		done.Printed = true
		p.Intake.Last = &done
	}
}

// fillApplicant takes a citizen card into the form. What stood there comes
// back with Esc until something is typed.
func (p *step) fillApplicant(c CitizenCard) {
	if p.Receiving() {
		p.deny("counter.notice.busy")
		return
	}
	var old [4]string
	any := false
	for i, f := range applicant {
		old[i] = p.Text[f]
		any = any || strings.TrimSpace(old[i]) != ""
	}
	other := any && digits(p.Text[FieldID]) != digits(c.Number)
	p.Tab, p.Intake.Last = TabIntake, nil
	p.Text[FieldName] = bounded(c.Name)
	p.Text[FieldID] = GroupID(bounded(c.Number))
	p.Text[FieldAddress] = bounded(c.Address)
	if other {
		p.Text[FieldPhone] = "" // the phone was the other person's
		p.Intake.replaced = &old
		p.tell(Plain, say("counter.notice.applicant-replaced"))
	}
	p.serve()
}

func (p *step) restoreApplicant() {
	for i, f := range applicant {
		p.Text[f] = p.Intake.replaced[i]
	}
	p.Intake.replaced, p.Notice = nil, Notice{}
}

// digits keeps the decimal digits of a text.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

// GroupID writes a personal number in threes, "001 199 012 345"; anything else
// stays as it is.
func GroupID(s string) string {
	if len(s) != idDigits || digits(s) != s {
		return s
	}
	return s[:3] + " " + s[3:6] + " " + s[6:9] + " " + s[9:]
}
