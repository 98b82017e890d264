package queue

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Predecessor is a hub before this one that may still hold records which this
// chain lacks: those of its term after After.
type Predecessor struct {
	Term int `json:"term"`
	// After is the last record that its chain and this one have in common, Head
	// that record's hash. Of a term of which nothing is here yet they are 0 and
	// empty until its first record is merged.
	After uint64 `json:"after"`
	Head  string `json:"head"`
}

// Endings of a predecessor.
const (
	HandedOver = "handed-over" // every record that it made is here
	Lost       = "lost"        // its disk is gone; a supervisor says so
)

// BeginTerm makes this machine the hub, by a supervisor, in its copy of the
// chain: After and Head are the end of that copy. From here on numbers carry
// the term.
type BeginTerm struct {
	Term   int    `json:"term"`
	Hub    string `json:"hub"`
	After  uint64 `json:"after"`
	Head   string `json:"head"`
	Reason string `json:"reason"`
}

// SettlePredecessor ends the wait for an earlier hub's records. Handed over:
// Last is the end of its chain, and everything up to there must be here; 0 when
// it made no record. Lost: by a supervisor, with a reason.
type SettlePredecessor struct {
	Term   int    `json:"term"`
	How    string `json:"how"`
	Last   uint64 `json:"last,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// Name implements Command.
func (BeginTerm) Name() string { return "term.begin" }

// Name implements Command.
func (SettlePredecessor) Name() string { return "term.settle" }

// TermBegan: another hub serves from here on. It is record After+1.
type TermBegan struct {
	Term    int    `json:"term"`
	Hub     string `json:"hub"`
	After   uint64 `json:"after"`
	Head    string `json:"head"`
	Officer string `json:"officer"`
	Reason  string `json:"reason"`
}

// TermSettled: nothing more is to come from the hub of an earlier term.
type TermSettled struct {
	Term    int    `json:"term"`
	How     string `json:"how"`
	Last    uint64 `json:"last,omitempty"`
	Officer string `json:"officer,omitempty"`
	Reason  string `json:"reason,omitempty"`
}

// Kind implements Event.
func (TermBegan) Kind() string { return "term.began" }

// Kind implements Event.
func (TermSettled) Kind() string { return "term.settled" }

// TermOrigin names the records of a hub's term among those that are merged.
func TermOrigin(term int) string { return originTerm + strconv.Itoa(max(1, term)) }

// ofTerm reads TermOrigin back; ok is false for a device's records.
func ofTerm(origin string) (term int, ok bool) {
	digits, ok := strings.CutPrefix(origin, originTerm)
	if !ok {
		return 0, false
	}
	term, err := strconv.Atoi(digits)
	return term, err == nil && term > 0 && TermOrigin(term) == origin
}

// Settled reports whether every hub before this one has handed over or is known
// to be lost: only then are official dossier codes given (R6).
func (s *State) Settled() bool { return len(s.Predecessors) == 0 }

// predecessor is an unsettled one, with its place; -1 when there is none of the
// term.
func (s *State) predecessor(term int) (Predecessor, int) {
	i := slices.IndexFunc(s.Predecessors, func(p Predecessor) bool { return p.Term == term })
	if i < 0 {
		return Predecessor{}, i
	}
	return s.Predecessors[i], i
}

// beginTerm never opens or closes a day first: its record must follow After.
func (d decision) beginTerm(c BeginTerm) ([]Event, error) {
	if err := d.supervised(); err != nil {
		return nil, err
	}
	var head chain.Hash
	switch {
	case strings.TrimSpace(c.Reason) == "":
		return nil, refusal.New("term-reason-missing")
	case c.Term <= max(1, d.s.Term):
		return nil, refusal.New("term-over", "term", strconv.Itoa(max(1, d.s.Term)))
	case c.Hub == "" || len(c.Hub) > maxDevice || c.After < d.s.Seq || head.UnmarshalText([]byte(c.Head)) != nil:
		return nil, refusal.New("term-not-here")
	}
	return []Event{TermBegan{
		Term: c.Term, Hub: c.Hub, After: c.After, Head: c.Head, Officer: d.by.Officer, Reason: cut(c.Reason),
	}}, nil
}

// began makes the records so far those of the term that ends here. Terms between
// that one and the new one were led by hubs of which nothing came here.
func (s *State) began(e TermBegan) {
	old := max(1, s.Term)
	mark(&s.Merged, TermOrigin(old), max(1, s.Began), e.After)
	s.Predecessors = append(slices.Clip(s.Predecessors), Predecessor{Term: old, After: e.After, Head: e.Head})
	for term := old + 1; term < e.Term && term < old+maxStations; term++ {
		s.Predecessors = append(s.Predecessors, Predecessor{Term: term})
	}
	s.Term, s.Began = e.Term, s.Seq
}

// located notes where the chain of an earlier hub left this one, as its first
// record says.
func (s *State) located(e TermBegan) {
	if p, at := s.predecessor(e.Term); at >= 0 && p.Head == "" {
		s.Predecessors = slices.Clone(s.Predecessors)
		s.Predecessors[at].After, s.Predecessors[at].Head = e.After, e.Head
	}
}

func (d decision) settle(c SettlePredecessor) ([]Event, error) {
	p, at := d.s.predecessor(c.Term)
	if at < 0 {
		if c.Term < max(1, d.s.Term) {
			return nil, nil // settled before
		}
		return nil, refusal.New("term-unknown", "term", strconv.Itoa(c.Term))
	}
	e := TermSettled{Term: c.Term, How: c.How, Last: c.Last, Officer: d.by.Officer, Reason: cut(c.Reason)}
	switch c.How {
	case HandedOver:
		if p.Head == "" && c.Last > 0 {
			return nil, refusal.New("predecessor-incomplete", "next", "1")
		}
		if next := d.s.Merged[TermOrigin(c.Term)].Missing(p.After + 1); next <= c.Last {
			return nil, refusal.New("predecessor-incomplete", "next", strconv.FormatUint(next, 10))
		}
	case Lost:
		if err := d.supervised(); err != nil {
			return nil, err
		}
		if strings.TrimSpace(c.Reason) == "" {
			return nil, refusal.New("term-reason-missing")
		}
		e.Last = 0
	default:
		return nil, refusal.New("term-ending-unknown")
	}
	return append(d.s.comeHome(), e), nil
}

// comeHome puts aside what an earlier hub left open at a counter: kept there
// for the officer who had it, back in line when that one is gone.
func (s *State) comeHome() []Event {
	var away []*Ticket
	for _, t := range s.Tickets {
		if t.Away {
			away = append(away, t)
		}
	}
	slices.SortFunc(away, func(a, b *Ticket) int { return cmp.Compare(a.Seq, b.Seq) })
	var events []Event
	for _, t := range away {
		events = append(events, TicketHeld{Ticket: t.ID, Reason: ReasonElsewhere})
		if d := s.Counters[t.Counter]; d == nil || d.Officer != t.Officer {
			events = append(events, TicketReturned{Ticket: t.ID, Rank: t.Rank})
		}
	}
	return events
}

// settled applies TermSettled.
func (s *State) settled(e TermSettled) {
	if _, at := s.predecessor(e.Term); at >= 0 {
		s.Predecessors = slices.Delete(slices.Clone(s.Predecessors), at, at+1)
	}
	if len(s.Predecessors) == 0 {
		s.Predecessors = nil
	}
	if e.How != Lost {
		return
	}
	for _, letter := range []string{letterKiosk, letterCounter} {
		put(&s.Spared, letter, s.lastStation(letter)+sparedStations)
	}
}
