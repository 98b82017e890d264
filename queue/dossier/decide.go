package dossier

import (
	"slices"
	"strconv"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Decide turns a command of this package into events, or a *refusal.Refusal
// (command-unknown for commands of other packages). Any other error is a fault
// of the configuration. now is the moment the events will be recorded at; by
// is who acts.
func Decide(book Book, cmd queue.Command, by chain.Actor, now time.Time, rules Rules) ([]queue.Event, error) {
	now = stamp(now)
	switch c := cmd.(type) {
	case Receive:
		return one(receive(book, c, by, now, rules))
	case Advance:
		return one(advance(book, c, by))
	case RequestSupplement:
		return one(requestSupplement(book, c, by))
	case Supplemented:
		return one(supplemented(book, c, by, now, rules))
	case MarkReady:
		return one(markReady(book, c, by))
	case Return:
		return one(handOver(book, c, by))
	case Close:
		return one(closeDossier(book, c, by))
	case Rate:
		return one(rate(book, c, rules))
	}
	return nil, refusal.New("command-unknown", "command", cmd.Name())
}

func one(e queue.Event, err error) ([]queue.Event, error) {
	if err != nil {
		return nil, err
	}
	return []queue.Event{e}, nil
}

// find returns a dossier that stands in one of the statuses allowed.
func find(book Book, code string, allowed ...Status) (Dossier, error) {
	key, _ := Key(code)
	d, ok := book.Dossier(key)
	if !ok {
		return Dossier{}, refusal.New("dossier-unknown", "code", clip(code))
	}
	if len(allowed) > 0 && !slices.Contains(allowed, d.Status()) {
		return Dossier{}, refusal.New("dossier-wrong-status", "code", d.Code, "status", string(d.Status()))
	}
	return d, nil
}

func receive(book Book, c Receive, by chain.Actor, now time.Time, rules Rules) (queue.Event, error) {
	if err := c.check(by); err != nil {
		return nil, err
	}
	at, err := c.moment(book, now)
	if err != nil {
		return nil, err
	}
	p, proc, err := promise(book, c.Procedure, at, rules)
	if err != nil {
		return nil, err
	}
	papers, err := checklist(proc.Papers, c.Papers)
	if err != nil {
		return nil, err
	}
	e := DossierReceived{
		Code: p.Code, Procedure: proc.Code, Version: proc.VersionID(),
		Title: queue.Text{VI: proc.Name, EN: proc.NameEN}, Domain: proc.Domain, Ticket: c.Ticket,
		Due: p.Due, DueRule: p.DueRule, Time: p.Time, DueTentative: p.DueTentative,
		Papers: papers, Sets: max(c.Sets, 1), Fee: p.Fee, FeeNote: p.FeeNote, Handover: c.handover(),
		Sealed: c.Sealed, Mask: c.Mask, CardHash: c.CardHash,
	}
	switch {
	case c.Provisional != "" && rules.Series != "":
		e.Code = c.Provisional
		fallthrough
	case c.Provisional != "":
		e.Provisional, e.At = c.Provisional, at
	case rules.Series != "":
		e.Provisional = p.Code
	}
	return e, nil
}

func advance(book Book, c Advance, by chain.Actor) (queue.Event, error) {
	d, err := find(book, c.Code, Received, Processing)
	if err != nil {
		return nil, err
	}
	e := DossierAdvanced{Code: d.Code}
	e.Unit, e.Note, err = unitAndNote(c.Unit, c.Note, by)
	return e, err
}

func requestSupplement(book Book, c RequestSupplement, by chain.Actor) (queue.Event, error) {
	d, err := find(book, c.Code, Received, Processing)
	if err != nil {
		return nil, err
	}
	reason, err := need("dossier-reason-missing", "reason", c.Reason, maxNote)
	return SupplementRequested{Code: d.Code, Unit: by.Counter, Reason: reason, Nth: d.Supplements + 1}, err
}

func supplemented(book Book, c Supplemented, by chain.Actor, now time.Time, rules Rules) (queue.Event, error) {
	d, err := find(book, c.Code, Supplement)
	if err != nil {
		return nil, err
	}
	e, err := rules.resumed(d, now)
	e.Code, e.Unit = d.Code, by.Counter
	return e, err
}

func markReady(book Book, c MarkReady, by chain.Actor) (queue.Event, error) {
	d, err := find(book, c.Code, Received, Processing)
	if err != nil {
		return nil, err
	}
	e := DossierReady{Code: d.Code}
	e.Unit, e.Note, err = unitAndNote(c.Unit, c.Note, by)
	return e, err
}

// handOver never looks at the deadline: a late result is still the citizen's.
func handOver(book Book, c Return, by chain.Actor) (queue.Event, error) {
	if by.Officer == "" {
		return nil, refusal.New("dossier-needs-officer")
	}
	d, err := find(book, c.Code, Ready)
	if err != nil {
		return nil, err
	}
	e := DossierReturned{Code: d.Code, Unit: by.Counter, Proxy: c.Proxy}
	if c.Proxy {
		e.Proof, err = need("proof-missing", "proof", c.Proof, maxProof)
	}
	return e, err
}

func closeDossier(book Book, c Close, by chain.Actor) (queue.Event, error) {
	d, err := find(book, c.Code, Received, Processing, Supplement)
	if err != nil {
		return nil, err
	}
	if c.As != Refused && c.As != Withdrawn && c.As != Stopped {
		return nil, refusal.New("dossier-field-invalid", "field", "as")
	}
	reason, err := need("dossier-reason-missing", "reason", c.Reason, maxNote)
	return DossierClosed{Code: d.Code, Unit: by.Counter, As: c.As, Reason: reason}, err
}

func rate(book Book, c Rate, rules Rules) (queue.Event, error) {
	d, err := find(book, c.Code)
	if err != nil {
		return nil, err
	}
	if slices.Contains(d.Rated, d.Stage()) {
		return nil, refusal.New("already-rated")
	}
	if c.Level < 1 || c.Level > 5 {
		return nil, refusal.New("level-out-of-range", "level", strconv.Itoa(c.Level))
	}
	var praise []string
	for _, id := range c.Praise {
		if !slices.ContainsFunc(rules.Criteria, func(k Criterion) bool { return k.ID == id }) {
			return nil, refusal.New("criterion-unknown", "criterion", clip(id))
		}
		if !slices.Contains(praise, id) {
			praise = append(praise, id)
		}
	}
	return DossierRated{Code: d.Code, Stage: d.Stage(), Level: c.Level, Praise: praise}, nil
}
