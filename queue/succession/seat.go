package succession

import (
	"errors"
	"fmt"
	"strconv"

	"motcua/queue/chain"
	"motcua/queue/refusal"
)

// Role is what a machine is in the office.
type Role string

// Roles. A hub carries out commands. A standby keeps a copy of the hub's chain
// and may be promoted. A terminal never leads. A retired machine was the hub
// of an earlier term: it hands over what its successor does not have.
const (
	Terminal Role = "terminal"
	Standby  Role = "standby"
	Hub      Role = "hub"
	Retired  Role = "retired"
)

// Seat is a machine's place in the succession. Keep it on disk; every method
// that returns another seat means: write that first, then go on.
type Seat struct {
	// Device is the machine's name, as its claims carry it.
	Device string `json:"device"`
	Role   Role   `json:"role"`
	// Seen is the highest claim ever met, the own one included (rule R3). Of a
	// retired machine it names the successor.
	Seen Claim `json:"seen"`
	// Led is the last term that this machine led, 0 for none.
	Led int `json:"led,omitempty"`
	// Continues is the term before, when this machine led that one too and its
	// chain simply went on: nobody else has records of it to hand over, and the
	// record that begins this term is written together with its settlement.
	Continues int `json:"continues,omitempty"`
}

// NewHub is the first hub of an office. A machine whose disk was lost or put
// back from a backup must not begin so: it begins as a standby with that copy
// and is promoted, because numbers of term 1 are out that it does not know.
func NewHub(device string) Seat {
	return Seat{Device: device, Role: Hub, Seen: Claim{Term: 1, Hub: device}, Led: 1}
}

// NewStandby is a machine that gets a copy of the hub's chain.
func NewStandby(device string) Seat { return Seat{Device: device, Role: Standby} }

// NewTerminal is a kiosk, a counter or a display.
func NewTerminal(device string) Seat { return Seat{Device: device, Role: Terminal} }

// ErrSeat: what was read is not a seat.
var ErrSeat = errors.New("not a seat of the succession")

// Check reports whether a seat read from disk can be one.
func (s Seat) Check() error {
	switch {
	case s.Device == "" || len(s.Device) > maxHub || s.Seen.Term < 0 || s.Led < 0 || s.Led > s.Seen.Term:
	case s.Continues < 0 || s.Continues > 0 && s.Continues >= s.Led:
	case s.Role == Terminal && s.Led != 0:
	case s.Role == Hub && (s.Led == 0 || s.Seen != Claim{Term: s.Led, Hub: s.Device}):
	case s.Role == Retired && (s.Led == 0 || !s.Seen.Beats(Claim{Term: s.Led, Hub: s.Device})):
	case s.Role == Terminal, s.Role == Standby, s.Role == Hub, s.Role == Retired:
		return nil
	}
	return fmt.Errorf("seat of %.80q: %w", s.Device, ErrSeat)
}

// Word is what a claim says to who meets it.
type Word string

// Words. Known: the machine that sent it is obeyed, or obeys. News: the seat
// has changed; keep it before anything else. Stale: the sender follows a term
// that is over; obey nothing it says, and tell it Seen.
const (
	Known Word = "known"
	News  Word = "news"
	Stale Word = "stale"
)

// Meet takes in the claim that came with a message, before the message is
// looked at. A hub that meets a higher claim is retired from here on, for good
// (rule R4). The empty claim (a sender that has never met a hub) is Known.
func (s Seat) Meet(c Claim) (Seat, Word) {
	switch {
	case c.Term <= 0 || c == s.Seen:
		return s, Known
	case s.Seen.Beats(c):
		return s, Stale
	case !c.Beats(s.Seen) && s.Seen.Hub != "":
		return s, Known // the same term without the name of its hub
	}
	s.Seen = c
	if s.Role == Hub {
		s.Role = Retired
	}
	return s, News
}

// Leads reports whether the machine carries out commands.
func (s Seat) Leads() bool { return s.Role == Hub }

// Refusal is the answer to a command for the hub at a machine that does not
// lead, nil at one that does. It names who leads, as far as that is known.
func (s Seat) Refusal() error {
	switch s.Role {
	case Hub:
		return nil
	case Retired:
		return refusal.New("office-superseded", "term", strconv.Itoa(s.Seen.Term), "hub", s.Seen.Hub)
	}
	return refusal.New("office-standby", "term", strconv.Itoa(s.Seen.Term), "hub", s.Seen.Hub)
}

// Promote makes a standby the hub of a new term, on a person's word. end is the
// end of its copy of the chain: the term begins with the record after it. A
// retired machine may be promoted too, when its successor is gone: its own
// chain goes on. Refused for a terminal, for who leads already and for an empty
// copy, which could not even say which services there are.
func (s Seat) Promote(end chain.Head) (Seat, Beginning, error) {
	switch {
	case s.Role == Hub:
		return s, Beginning{}, refusal.New("promote-leads-already", "term", strconv.Itoa(s.Led))
	case s.Role != Standby && s.Role != Retired:
		return s, Beginning{}, refusal.New("promote-no-standby")
	case end.Seq == 0:
		return s, Beginning{}, refusal.New("promote-empty-copy")
	}
	s.Continues = 0
	if s.Role == Retired {
		s.Continues = s.Led
	}
	s.Seen = Claim{Term: max(s.Seen.Term, 1) + 1, Hub: s.Device}
	s.Role, s.Led = Hub, s.Seen.Term
	return s, Beginning{Claim: s.Seen, After: end.Seq}, nil
}

// Rejoin makes a retired machine the standby of its successor: once that has
// recorded that it has everything (term.settled), and a copy of the successor's
// chain is whole and on disk beside the own one. Before that, one more loss
// would leave nobody with a chain to go on from. The own chain is kept for good:
// should the successor be lost, what it was given is offered again.
func (s Seat) Rejoin() (Seat, error) {
	if s.Role != Retired {
		return s, refusal.New("rejoin-not-retired")
	}
	s.Role = Standby
	return s, nil
}
