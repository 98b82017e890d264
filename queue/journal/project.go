package journal

import (
	"fmt"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/device"
	"motcua/queue/dossier"
)

// staged is a record with its event understood, before it is stored. A record
// of a kind that this version does not know has no event; it is stored and
// forwarded unread.
type staged struct {
	record  chain.Record
	queue   queue.Event
	dossier queue.Event
	device  queue.Event
	// burnt is a dossier code that a merged record gave and that has no effect
	// here: nobody else may get it.
	burnt string
	// made is where the dossier's or device's event was made: record itself, or
	// the one that record merges from elsewhere.
	made chain.Record
}

// stage reads the event back out of the record's own bytes, so that what is
// applied now is exactly what a replay will apply.
func stage(r chain.Record) (s staged, err error) {
	s.record, s.made = r, r
	e, ok, err := queue.DecodeEvent(r.Type, r.V, r.Data)
	if err != nil {
		return staged{}, fmt.Errorf("record %d: %w", r.Seq, err)
	}
	if ok {
		s.queue = e
		merged, is := e.(queue.RecordMerged)
		if !is {
			return s, nil
		}
		inner, err := merged.Unwrap()
		if err != nil || inner.Event != nil {
			return s, nil // unreadable, or the queue's own
		}
		if inner.Twice {
			s.burnt = codeGiven(inner.Record)
			return s, nil
		}
		s.made = inner.Record
	}
	if e, ok, err = dossier.DecodeEvent(s.made.Type, s.made.V, s.made.Data); ok {
		s.dossier = e
		return s, nil
	}
	if err == nil {
		e, ok, err = device.DecodeEvent(s.made.Type, s.made.V, s.made.Data)
	}
	if err != nil {
		return staged{}, fmt.Errorf("record %d: %w", r.Seq, err)
	}
	if ok {
		s.device = e
	}
	return s, nil
}

// codeGiven is the dossier code that a record gives, "" for none.
func codeGiven(r chain.Record) string {
	e, ok, err := dossier.DecodeEvent(r.Type, r.V, r.Data)
	if !ok || err != nil {
		return ""
	}
	switch e := e.(type) {
	case dossier.DossierReceived:
		return e.Code
	case dossier.DossierNumbered:
		return e.Code
	}
	return ""
}

// project brings the state and the read models up to date with one record.
func (tx *Tx) project(state *queue.State, s staged) error {
	if s.queue != nil {
		state.Apply(s.queue, s.record.At, s.record.Seq, s.record.By)
		if _, opened := s.queue.(queue.DayOpened); opened {
			return putJSON(tx.tx.Bucket(bucketStates), stateMorning, state)
		}
	}
	switch {
	case s.dossier != nil:
		code := dossier.CodeOf(s.dossier)
		d, known, err := tx.Dossier(code)
		if err != nil {
			return err
		}
		if _, first := s.dossier.(dossier.DossierReceived); !known && !first {
			return nil // about a dossier that this journal never received
		}
		if s.queue != nil && !dossier.Fits(d, known, s.dossier) {
			return tx.countSerial(codeGiven(s.made)) // made without knowing what was done here
		}
		return tx.putDossier(d, dossier.Apply(d, s.dossier, s.made.At, s.made.By), s.record.Seq)
	case s.device != nil:
		return tx.projectDevice(s.device, s.made)
	case s.burnt != "":
		return tx.countSerial(s.burnt)
	}
	return nil
}
