package succession

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrClaim: the text is not a claim.
var ErrClaim = errors.New("not a claim to lead the office")

// maxHub bounds the name of a device in a claim, in bytes.
const maxHub = 64

// Claim is the word "this machine leads in this term". It goes with every
// request and every answer, written as "2 counter-1".
type Claim struct {
	// Term is 1 for the first hub and grows by one with every promotion; 0 says
	// that nothing is known.
	Term int `json:"term"`
	// Hub is the device that leads, "" when only the term is known.
	Hub string `json:"hub,omitempty"`
}

// Beats reports whether c ends the rule of b. A later term does. Two hubs of
// one term can only come of two standbys promoted apart from each other; then
// the greater name wins, so that at least everybody agrees on which.
func (c Claim) Beats(b Claim) bool {
	if c.Term != b.Term {
		return c.Term > b.Term
	}
	return c.Hub != "" && b.Hub != "" && c.Hub > b.Hub
}

// String writes the claim as it travels: "2 counter-1", or "2".
func (c Claim) String() string {
	return strings.TrimSpace(strconv.Itoa(c.Term) + " " + c.Hub)
}

// ParseClaim reads what String wrote. "" is the claim that says nothing.
func ParseClaim(s string) (Claim, error) {
	if s == "" {
		return Claim{}, nil
	}
	term, hub, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(term)
	if err != nil || n < 0 || len(hub) > maxHub || strings.ContainsAny(hub, " \t\r\n") {
		return Claim{}, fmt.Errorf("%.80q: %w", s, ErrClaim)
	}
	return Claim{Term: n, Hub: hub}, nil
}
