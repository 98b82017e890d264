package queue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Merge takes in records that were made elsewhere: by an old hub after its
// successor began (origin TermOrigin, index the record's sequence in its
// chain), or by a device while the office was silent (origin the device, index
// the sequence in the device's own chain). Whatever is here already is passed
// over, so that anybody may offer anything any number of times (R5).
type Merge struct {
	Origin string      `json:"origin"`
	Items  []MergeItem `json:"items"` // by index, rising; at most MaxMerge
}

// MergeItem is one record: its exact line.
type MergeItem struct {
	Index  uint64 `json:"index"`
	Record string `json:"record"`
}

// Name implements Command.
func (Merge) Name() string { return "journal.merge" }

// Bounds of a Merge. A record that is wrapped again must still fit one.
const (
	MaxMerge     = 500
	maxMerged    = chain.MaxLine / 4
	maxDevice    = 64 // bytes of a device's name
	maxNested    = 10 // hubs whose records a record went through
	freshMinutes = 10 // how long ago a call for help still wants an answer
)

// RecordMerged is a record that was made elsewhere. What it says happened
// then and there; what this office makes of it is decided here and kept.
type RecordMerged struct {
	Origin string `json:"origin"`
	Index  uint64 `json:"index"`
	Record string `json:"record"`
	// Twice: it is kept, and changes nothing; Why says the reason (Why…).
	Twice bool   `json:"twice,omitempty"`
	Why   string `json:"why,omitempty"`
}

// Reasons for which a merged record changes nothing here.
const (
	WhyKnown     = "known"     // the same command (device, n) was carried out here
	WhySame      = "same"      // it is already so
	WhyConflict  = "conflict"  // something else happened here; see the anomaly
	WhyThere     = "there"     // of concern only where it was made (days, sessions, settings)
	WhyOtherDay  = "other-day" // about a business day that is not open here
	WhyUnfounded = "unfounded" // about a ticket that is over here, or that nobody gave
	WhyUnread    = "unread"    // it cannot be read
)

// CommandGivenUp: a device gave up waiting for the answer to its command, and
// helped itself; should the command still come, it does nothing (R7).
type CommandGivenUp struct {
	Device string `json:"device"`
	N      uint64 `json:"n"`
}

// Kind implements Event.
func (RecordMerged) Kind() string { return "record.merged" }

// Kind implements Event.
func (CommandGivenUp) Kind() string { return "command.given-up" }

// ReasonElsewhere is the TicketHeld.Reason of what is put aside because another place went
// on with something else.
const ReasonElsewhere = "elsewhere"

// Inner is a merged record as it was made: where it comes from first and, when
// another hub had merged it before, through whose chain. It unwraps as deep as
// hubs followed each other.
type Inner struct {
	Record chain.Record
	// Event is nil for kinds of other packages and of later versions.
	Event  Event
	Origin string
	Index  uint64
	// Twice and Why are those of the innermost wrapping that kept it only.
	Twice bool
	Why   string

	via []mergedAt
}

// mergedAt is a place in an origin's records.
type mergedAt struct {
	origin string
	index  uint64
}

// Unwrap reads what was merged. Its error is of a record that is none.
func (e RecordMerged) Unwrap() (Inner, error) {
	in := Inner{}
	for range maxNested {
		r, err := chain.Parse([]byte(e.Record))
		if err != nil {
			return Inner{}, err
		}
		in.via = append(in.via, mergedAt{e.Origin, e.Index})
		in.Record, in.Origin, in.Index = r, e.Origin, e.Index
		if e.Twice {
			in.Twice, in.Why = true, e.Why
		}
		event, _, err := DecodeEvent(r.Type, r.V, r.Data)
		if err != nil {
			return Inner{}, err
		}
		in.Event = event
		nested, ok := event.(RecordMerged)
		if !ok {
			return in, nil
		}
		e = nested
	}
	return Inner{}, chain.ErrMalformed
}

// merging is a Merge on its way: its own state, which each record changes
// before the next is judged.
type merging struct {
	decision
	events []Event
}

func (d decision) merge(c Merge) ([]Event, error) {
	records, err := d.offered(c)
	if err != nil {
		return nil, err
	}
	m := &merging{decision: d}
	m.s = d.s.Clone()
	for i, r := range records {
		if !m.s.has(c.Origin, c.Items[i].Index) {
			m.take(RecordMerged{Origin: c.Origin, Index: c.Items[i].Index, Record: c.Items[i].Record}, r)
		}
	}
	if term, byHub := ofTerm(c.Origin); byHub {
		if _, waits := m.s.predecessor(term); waits < 0 { // it comes after all
			m.emit(m.s.comeHome()...)
		}
	}
	return m.events, nil
}

// offered refuses what cannot be what it says: records of this hub's own or a
// later term, of another device, out of order, or not following each other.
func (d decision) offered(c Merge) ([]chain.Record, error) {
	term, byHub := ofTerm(c.Origin)
	switch {
	case byHub && term >= max(1, d.s.Term), !byHub && strings.HasPrefix(c.Origin, originTerm),
		c.Origin == "" || len(c.Origin) > maxDevice || strings.Contains(c.Origin, "/"):
		return nil, refusal.New("merge-origin", "origin", cut(c.Origin))
	case len(c.Items) > MaxMerge:
		return nil, refusal.New("merge-too-many", "max", strconv.Itoa(MaxMerge))
	}
	prior, _ := d.s.predecessor(term)
	last := chain.Head{Seq: prior.After}
	_ = last.Hash.UnmarshalText([]byte(prior.Head)) // none for a device's records
	records := make([]chain.Record, 0, len(c.Items))
	for _, item := range c.Items {
		r, err := chain.Parse([]byte(item.Record))
		follows := item.Index != last.Seq+1 || last.Hash == chain.Hash{} || r.Prev == last.Hash
		if err != nil || len(item.Record) > maxMerged || r.Seq != item.Index || item.Index <= last.Seq && len(records) > 0 ||
			!follows || !byHub && r.By.Device != c.Origin {
			return nil, refusal.New("merge-record-invalid", "index", strconv.FormatUint(item.Index, 10))
		}
		records, last = append(records, r), chain.Head{Seq: r.Seq, Hash: r.Hash()}
	}
	return records, nil
}

// has reports whether a record is here already, as merged or as this chain's
// own.
func (s *State) has(origin string, index uint64) bool {
	return origin == TermOrigin(s.Term) || s.Merged[origin].Has(index)
}

func (m *merging) emit(events ...Event) {
	for _, e := range events {
		m.s.Apply(e, m.env.Now, m.s.Seq+1, m.by)
		m.events = append(m.events, e)
	}
}

// take judges one record and takes it in.
func (m *merging) take(e RecordMerged, r chain.Record) {
	in, err := e.Unwrap()
	if err != nil {
		e.Twice, e.Why = true, WhyUnread
		m.emit(e)
		return
	}
	v := m.weigh(in)
	m.emit(v.before...)
	e.Twice, e.Why = v.why != "", v.why
	m.emit(e)
	if v.what != "" {
		found := AnomalyFound{ID: e.Origin + "/" + strconv.FormatUint(e.Index, 10), What: v.what, Ticket: v.ticket, Here: v.here}
		found.There = Deed{At: in.Record.At, Counter: in.Record.By.Counter, Officer: in.Record.By.Officer, Status: v.status}
		if found.There.Counter == "" {
			found.There.Device = in.Record.By.Device
		}
		m.emit(found)
	}
	switch inner := in.Event.(type) {
	case TicketIssued:
		m.emit(m.givenUp(in.Record.By.Device, inner.Instead, true)...)
		if in.Origin == in.Record.By.Device {
			m.emit(m.superseded(in.Record.By.Device, in.Record.N)...)
		}
	case CommandGivenUp:
		m.emit(m.givenUp(inner.Device, inner.N, false)...)
	}
}

// givenUp withdraws the number that a command got, if nobody can hold it, and
// when nothing is known of the command sees to it that it never gets one (R7).
// The office's own number for it, and one that an earlier hub gave, may both be
// there. issue says that the command was to give a number.
func (d decision) givenUp(device string, n uint64, issue bool) []Event {
	if n == 0 {
		return nil
	}
	id, known := TicketID(""), false
	if d.env.Answered != nil {
		id, known = d.env.Answered(device, n)
	}
	got := []*Ticket{d.s.Ticket(id)}
	for _, t := range d.s.Tickets {
		if t.N == n && t.Kiosk == device && t.Origin != device && t.ID != id {
			got, known = append(got, t), true
		}
	}
	slices.SortFunc(got[1:], func(a, b *Ticket) int { return cmp.Compare(a.Seq, b.Seq) })
	var events []Event
	for _, t := range got {
		if t != nil && t.ghost(device, issue || t.N == n || t.ID == id) {
			events = append(events, TicketClosed{Ticket: t.ID, As: Void, Reason: "given-up"})
		}
	}
	if !known && !d.s.GivenUp[device].Has(n) {
		events = append(events, CommandGivenUp{Device: device, N: n})
	}
	return events
}

// superseded withdraws what this office gave for a command for which its device,
// not hearing that, gave a number of its own.
func (d decision) superseded(device string, n uint64) []Event {
	return slices.DeleteFunc(d.givenUp(device, n, true), func(e Event) bool {
		_, closed := e.(TicketClosed)
		return !closed
	})
}

// ghost reports whether a number that its device gave up is still about: it
// waits, was called in vain, or was given by hand to somebody who then got
// another one.
func (t *Ticket) ghost(device string, issue bool) bool {
	byHand := t.History[0].Reason == ByHand
	switch t.Status() {
	case Waiting, Absent:
		return t.Kiosk == device && (issue || byHand || t.FirstCall.IsZero())
	case Called, Serving, Held:
		return t.Kiosk == device && (byHand || issue && t.Status() != Serving)
	}
	return false
}

// known reports whether the command that made a record was carried out by this
// office too, or by another place whose records are here. A command that goes on
// with its next record is not known: the rest of it was taken over.
func (m *merging) known(in Inner) bool {
	device, n := in.Record.By.Device, in.Record.N
	if _, issued := in.Event.(TicketIssued); issued && in.Origin == device {
		return false // its own number, which it handed out
	}
	if n == 0 || m.s.Carried[carrier(in.Origin, device)].Has(n) {
		return false
	}
	if m.s.GivenUp[device].Has(n) {
		return true
	}
	if m.env.Answered != nil {
		if _, known := m.env.Answered(device, n); known {
			return true
		}
	}
	return m.s.CarriedOut(device, n)
}

// CarriedOut reports whether records of a device's command were taken in from
// elsewhere: it has had its effect, whether or not an answer of it is here.
func (s *State) CarriedOut(device string, n uint64) bool {
	for key, numbers := range s.Carried {
		if strings.HasSuffix(key, "/"+device) && numbers.Has(n) {
			return true
		}
	}
	return false
}

// carrier is a key of State.Carried. Neither part has a slash.
func carrier(origin, device string) string { return origin + "/" + device }

// mark adds to one set of a map, which clones share: the set is replaced.
func mark(sets *map[string]Ranges, key string, first, last uint64) {
	put(sets, key, (*sets)[key].With(first, last))
}
