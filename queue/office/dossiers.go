package office

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// Bounds of an applicant, in bytes of JSON and letters of a name.
const (
	maxApplicant = 4 << 10
	maxFullName  = 200
)

// Contexts of what is sealed; see chain.Seal.
const (
	contextApplicant = "motcua applicant 1"
	contextCaseKey   = "motcua case key 1 "
)

// book is what the dossier core reads of this office, inside a transaction. It
// keeps the first fault, because the core's questions have no error.
type book struct {
	view journal.View
	err  error
}

// Dossier implements dossier.Book.
func (b *book) Dossier(code string) (dossier.Dossier, bool) {
	d, found, err := b.view.Dossier(code)
	if err != nil && b.err == nil {
		b.err = err
	}
	return d, found
}

// LastSerial implements dossier.Book.
func (b *book) LastSerial(day string) int {
	n, err := b.view.Serial(day)
	if err != nil && b.err == nil {
		b.err = err
	}
	return n
}

// dossier decides a command on dossiers.
func (d *deciding) dossier(c queue.Command) (steps, error) {
	b := &book{view: d.tx.View}
	rules := *d.rules
	rules.Office, rules.Series = d.tx.State().Config.Office, series(d.tx.State())
	if rules.Office == "" {
		return steps{}, refusal.New("office-not-configured")
	}
	events, err := dossier.Decide(b, c, d.call.By, d.at, rules)
	if b.err != nil {
		return steps{}, b.err
	}
	return steps{events: events}, err
}

// series is that of the provisional codes which are given until every earlier
// hub has handed over, "" once official ones may be (rule R6).
func series(s *queue.State) string {
	if s.Settled() {
		return ""
	}
	return dossier.HubSeries(s.Term)
}

// receive seals the applicant under a key of the case's own before anything
// else sees the command; the key is kept apart from the records.
func (d *deciding) receive(c dossier.Receive) (steps, error) {
	key, err := d.o.sealApplicant(&c)
	if err != nil {
		return steps{}, err
	}
	s, err := d.dossier(c)
	if err != nil {
		return steps{}, err
	}
	for _, e := range s.events {
		if e, ok := e.(dossier.DossierReceived); ok {
			wrapped, err := chain.Seal(d.o.cfg.Random, d.o.secret.wrapping(), key[:], contextCaseKey+e.Code)
			if err != nil {
				return steps{}, err
			}
			s.beside = func(tx *journal.Tx) error { return tx.PutCaseKey(e.Code, wrapped) }
		}
	}
	return s, nil
}

func (o *Office) sealApplicant(c *dossier.Receive) (chain.Key, error) {
	p := c.Applicant
	if p == nil || strings.TrimSpace(p.Name) == "" {
		return chain.Key{}, refusal.New("applicant-missing")
	}
	plain, err := json.Marshal(p)
	if err != nil || len(plain) > maxApplicant || utf8.RuneCountInString(p.Name) > maxFullName {
		return chain.Key{}, refusal.New("applicant-invalid")
	}
	key, err := chain.NewKey(o.cfg.Random)
	if err != nil {
		return chain.Key{}, err
	}
	c.Applicant, c.Mask, c.CardHash = nil, "", ""
	if c.Sealed, err = chain.Seal(o.cfg.Random, key, plain, contextApplicant); err != nil {
		return chain.Key{}, err
	}
	if p.ID != "" {
		c.Mask, c.CardHash = mask(p.ID), o.secret.cardHash(p.ID)
	}
	return key, nil
}

// erase drops an applicant's key and records that it was done.
func (d *deciding) erase(c Erase) (steps, error) {
	if d.call.By.Officer == "" && d.call.By.Device != DeviceCentral {
		return steps{}, refusal.New("dossier-needs-officer")
	}
	return d.eraseCase(c)
}

// eraseCase is erase, by whoever may.
func (d *deciding) eraseCase(c Erase) (steps, error) {
	if strings.TrimSpace(c.Reason) == "" || utf8.RuneCountInString(c.Reason) > maxFullName {
		return steps{}, refusal.New("dossier-reason-missing")
	}
	found, ok, err := d.tx.Dossier(normal(c.Code))
	if err != nil {
		return steps{}, err
	}
	if !ok {
		return steps{}, refusal.New(codeNotFound, "code", short(c.Code))
	}
	key, err := d.tx.CaseKey(found.CaseName())
	if key == nil || err != nil {
		return steps{}, err // already so
	}
	return steps{
		events: []queue.Event{Erased{Code: found.CaseName(), Reason: c.Reason}},
		beside: func(tx *journal.Tx) error { return tx.DropCaseKey(found.CaseName()) },
	}, nil
}

// Case implements Client.
func (o *Office) Case(_ context.Context, code string) (Case, error) {
	d, err := o.find(code)
	if err != nil {
		return Case{}, err
	}
	var wrapped []byte
	if err := o.journal.View(func(v journal.View) (err error) {
		wrapped, err = v.CaseKey(d.CaseName())
		return err
	}); err != nil {
		return Case{}, o.broken("read a case key", err)
	}
	c := Case{Dossier: public(d), Erased: wrapped == nil}
	if c.Erased {
		return c, nil
	}
	raw, err := chain.Open(o.secret.wrapping(), wrapped, contextCaseKey+d.CaseName())
	if err != nil || len(raw) != len(chain.Key{}) {
		return Case{}, o.broken("unwrap a case key", chain.ErrSealed)
	}
	plain, err := chain.Open(chain.Key(raw), d.Sealed, contextApplicant)
	if err != nil {
		return Case{}, o.broken("open an applicant", err)
	}
	if err := json.Unmarshal(plain, &c.Applicant); err != nil {
		return Case{}, o.broken("read an applicant", chain.ErrSealed)
	}
	return c, nil
}

// Promise implements Client.
func (o *Office) Promise(_ context.Context, procedure string) (dossier.Promise, error) {
	rules, state := *o.rules.Load(), o.State()
	rules.Office, rules.Series = state.Config.Office, series(state)
	if rules.Office == "" {
		return dossier.Promise{}, refusal.New("office-not-configured")
	}
	var p dossier.Promise
	var b *book
	if err := o.journal.View(func(v journal.View) (err error) {
		b = &book{view: v}
		p, err = dossier.PromiseFor(b, procedure, o.cfg.Now(), rules)
		return err
	}); err != nil || b.err != nil {
		if _, refused := refusal.Of(err); refused && b.err == nil {
			return dossier.Promise{}, err
		}
		return dossier.Promise{}, o.broken("promise a procedure", fmt.Errorf("%w %w", err, b.err))
	}
	return p, nil
}

// normal is a dossier code, official or provisional, as it is filed.
func normal(code string) string {
	if key, ok := dossier.Key(code); ok {
		return key
	}
	return code[:min(len(code), maxName)]
}

// firstLine is an error for a sentence: the first fault is enough there.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return short(line)
}

// reply is what the caller of a command gets: the ticket or dossier that its
// last event is about, as it is now.
func (d *deciding) reply(records []chain.Record) (json.RawMessage, error) {
	r := Reply{Seq: d.tx.Head().Seq, At: d.at}
	state := d.tx.State()
	for i := len(records) - 1; i >= 0 && r.Ticket == nil && r.Dossier == nil; i-- {
		ticket, code := subject(records[i])
		r.Ticket = state.Ticket(ticket)
		if code == "" {
			continue
		}
		found, ok, err := d.tx.Dossier(code)
		if err != nil {
			return nil, err
		}
		if ok {
			shown := public(found)
			r.Dossier = &shown
		}
	}
	if _, seated := d.call.Command.(queue.OpenCounter); seated {
		if desk := state.Counters[d.call.By.Counter]; desk != nil {
			r.Ticket = state.Ticket(desk.Ticket) // what the officer takes over
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("encode reply: %w", err)
	}
	return raw, nil
}

// subject names the ticket or dossier that a record is about.
func subject(r chain.Record) (ticket queue.TicketID, code string) {
	var about struct {
		Ticket queue.TicketID `json:"ticket"`
		Code   string         `json:"code"`
	}
	if strings.HasPrefix(r.Type, "ticket.") || strings.HasPrefix(r.Type, "dossier.") || r.Type == (Erased{}).Kind() {
		_ = json.Unmarshal(r.Data, &about) // a record that was just written reads back
	}
	if strings.HasPrefix(r.Type, "ticket.") {
		return about.Ticket, ""
	}
	return "", about.Code
}

var _ dossier.Book = (*book)(nil)
