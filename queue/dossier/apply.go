package dossier

import (
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/worktime"
)

// Apply returns the dossier after an event, without judging; at and by are the
// record's. The first event of a dossier meets the zero Dossier. Events of
// other packages change nothing. The result shares no memory that a later
// Apply writes to.
func Apply(d Dossier, ev queue.Event, at time.Time, by chain.Actor) Dossier {
	at = stamp(at)
	step := func(status Status, unit, note string) {
		d.Steps = append(slices.Clip(d.Steps), Step{At: at, Status: status, Unit: unit, Note: note})
	}
	switch e := ev.(type) {
	case DossierReceived:
		return received(e, at, by)
	case DossierAdvanced:
		step(Processing, e.Unit, e.Note)
	case SupplementRequested:
		d.Supplements, d.PausedAt = e.Nth, at
		step(Supplement, e.Unit, e.Reason)
	case DossierSupplemented:
		d.Due, d.DueTentative, d.PausedAt = e.Due.In(worktime.Zone), e.DueTentative, time.Time{}
		step(Processing, e.Unit, "")
	case DossierReady:
		d.Finished = at
		step(Ready, e.Unit, e.Note)
	case DossierReturned:
		d.end(at)
		step(Returned, e.Unit, "")
	case DossierClosed:
		d.end(at)
		step(e.As, e.Unit, e.Reason)
	case DossierRated:
		d.Rated = append(slices.Clip(d.Rated), e.Stage)
	case DossierNumbered:
		d.Filed, d.Code = d.CaseName(), e.Code
	}
	return d
}

// Fits reports whether an event that was recorded elsewhere, by a hub that did
// not know what was done here, may follow on a dossier as it stands here. known
// is false for the zero Dossier. What does not fit stays in the record and
// changes nothing.
func Fits(d Dossier, known bool, ev queue.Event) bool {
	if _, first := ev.(DossierReceived); first || !known {
		return first && !known
	}
	at := d.Status()
	switch e := ev.(type) {
	case DossierAdvanced, SupplementRequested, DossierReady:
		return at == Received || at == Processing
	case DossierSupplemented:
		return at == Supplement
	case DossierReturned:
		return at == Ready
	case DossierClosed:
		return at == Received || at == Processing || at == Supplement
	case DossierRated:
		return !slices.Contains(d.Rated, e.Stage)
	case DossierNumbered:
		return !d.Numbered()
	}
	return false
}

func received(e DossierReceived, at time.Time, by chain.Actor) Dossier {
	if !e.At.IsZero() {
		at = stamp(e.At)
	}
	return Dossier{
		Code: e.Code, Procedure: e.Procedure, Version: e.Version, Title: e.Title, Domain: e.Domain,
		Ticket: e.Ticket, Counter: by.Counter, Officer: by.Officer, Received: at,
		Due: e.Due.In(worktime.Zone), DueRule: e.DueRule, Time: e.Time, DueTentative: e.DueTentative,
		Papers: e.Papers, Sets: e.Sets, Fee: e.Fee, FeeNote: e.FeeNote, Handover: e.Handover,
		Sealed: e.Sealed, Mask: e.Mask, CardHash: e.CardHash, Provisional: e.Provisional,
		Steps: []Step{{At: at, Status: Received, Unit: by.Counter}},
	}
}

// end sets Finished once: the first of done, returned, stopped. A supplement
// that never came ends the dossier when it was asked for (decision 766/QĐ-TTg).
func (d *Dossier) end(at time.Time) {
	if !d.PausedAt.IsZero() {
		at, d.PausedAt = d.PausedAt, time.Time{}
	}
	if d.Finished.IsZero() {
		d.Finished = at
	}
}

// stamp is a moment as records keep it, in the office's zone.
func stamp(t time.Time) time.Time { return t.Truncate(time.Millisecond).In(worktime.Zone) }
