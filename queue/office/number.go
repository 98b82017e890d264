package office

import (
	"slices"

	"motcua/queue"
	"motcua/queue/dossier"
)

// maxUnnumbered bounds how many dossiers get official codes in one transaction;
// more would not fit an hour of a lost line. The rest follow with the next merge.
const maxUnnumbered = 2000

// number gives official codes to the dossiers that wait for one, once events
// leave no earlier hub to wait for (rule R6): first those on record, then those
// that the events bring.
func (d *deciding) number(events []queue.Event) ([]queue.Event, error) {
	claimed, err := d.claims(events)
	if err != nil {
		return nil, err
	}
	more, err := d.settled(append(slices.Clip(events), claimed...))
	if err != nil {
		return nil, err
	}
	misfits, err := d.misfits(events)
	return slices.Concat(claimed, more, misfits), err
}

// misfits shows the supervisor what was done to a dossier elsewhere and does not
// follow on what was done here, such as a result handed over in both places
// (rule R8).
func (d *deciding) misfits(events []queue.Event) (found []queue.Event, err error) {
	then := map[string]dossier.Dossier{} // as they will be, by code
	for _, e := range events {
		merged, ok := e.(queue.RecordMerged)
		made := queue.Event(nil)
		if ok {
			made = mergedDossier(merged)
		}
		in, err := merged.Unwrap()
		if made == nil || err != nil {
			continue
		}
		code := dossier.CodeOf(made)
		c, known := then[code]
		if !known {
			if c, known, err = d.tx.Dossier(code); err != nil {
				return nil, err
			}
		}
		if dossier.Fits(c, known, made) {
			then[code] = dossier.Apply(c, made, in.Record.At, in.Record.By)
			continue
		}
		switch made.(type) {
		case dossier.DossierReceived, dossier.DossierNumbered, dossier.DossierRated:
			continue // the same again, which is no two deeds
		}
		if !known {
			continue
		}
		a := queue.AnomalyFound{ID: c.Code, What: queue.DossierTwice, There: queue.Deed{
			At: in.Record.At, Counter: in.Record.By.Counter, Officer: in.Record.By.Officer, Device: in.Record.By.Device,
		}}
		if n := len(c.Steps); n > 0 {
			a.Here = queue.Deed{At: c.Steps[n-1].At, Counter: c.Steps[n-1].Unit}
		}
		found = append(found, a)
	}
	return found, nil
}

// claims gives a dossier that was received here under a provisional code the
// official one that an earlier hub had given it for the same receipt, without
// its officer hearing: the code is that dossier's and nobody else's.
func (d *deciding) claims(events []queue.Event) (claimed []queue.Event, err error) {
	for _, e := range events {
		merged, ok := e.(queue.RecordMerged)
		if !ok {
			continue
		}
		provisional, official := claim(merged)
		if provisional == "" {
			continue
		}
		c, known, err := d.tx.Dossier(provisional)
		if err != nil {
			return nil, err
		}
		if known && !c.Numbered() {
			claimed = append(claimed, dossier.DossierNumbered{Provisional: c.Provisional, Code: official})
		}
	}
	return claimed, nil
}

// claim is the official code that a merged record without effect gave to a
// provisional one.
func claim(e queue.RecordMerged) (provisional, official string) {
	inner, err := e.Unwrap()
	if err != nil || inner.Event != nil {
		return "", ""
	}
	made, ok, err := dossier.DecodeEvent(inner.Record.Type, inner.Record.V, inner.Record.Data)
	if err != nil || !ok {
		return "", ""
	}
	switch made := made.(type) {
	case dossier.DossierReceived:
		if made.Provisional != "" && made.Provisional != made.Code {
			return made.Provisional, made.Code
		}
	case dossier.DossierNumbered:
		if e.Twice {
			return made.Provisional, made.Code
		}
	}
	return "", ""
}

// settled numbers what waits, when nobody is waited for any more.
func (d *deciding) settled(events []queue.Event) ([]queue.Event, error) {
	waiting := len(d.tx.State().Predecessors)
	var brought []dossier.Dossier
	numbered := map[string]bool{}
	for _, e := range events {
		switch e := e.(type) {
		case queue.TermSettled:
			waiting--
		case dossier.DossierNumbered:
			numbered[e.Provisional] = true
		case queue.RecordMerged:
			switch e := mergedDossier(e).(type) {
			case dossier.DossierReceived:
				brought = append(brought, dossier.Apply(dossier.Dossier{}, e, e.At, d.call.By))
			case dossier.DossierNumbered:
				numbered[e.Provisional] = true
			}
		}
	}
	if waiting > 0 {
		return nil, nil
	}
	list, err := d.tx.Unnumbered(maxUnnumbered)
	if err != nil {
		return nil, err
	}
	b := &book{view: d.tx.View}
	for _, c := range brought {
		if _, known := b.Dossier(c.Provisional); !known {
			list = append(list, c)
		}
	}
	list = slices.DeleteFunc(list, func(c dossier.Dossier) bool { return numbered[c.Provisional] })
	more := dossier.Number(b, list[:min(len(list), maxUnnumbered)], d.tx.State().Config.Office)
	return more, b.err
}

// mergedDossier is the dossier event of a record that was made elsewhere, nil for
// others and for what has no effect here.
func mergedDossier(e queue.RecordMerged) queue.Event {
	inner, err := e.Unwrap()
	if err != nil || e.Twice || inner.Event != nil {
		return nil
	}
	made, ok, err := dossier.DecodeEvent(inner.Record.Type, inner.Record.V, inner.Record.Data)
	if err != nil || !ok {
		return nil
	}
	if r, first := made.(dossier.DossierReceived); first && r.At.IsZero() {
		r.At = inner.Record.At
		return r
	}
	return made
}
