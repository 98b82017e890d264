package office

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/refusal"
	"motcua/queue/succession"
)

// Standing is what a machine says of itself with every request and answer: who
// leads as far as it knows, the proof of that, and what it is itself.
type Standing struct {
	Claim succession.Claim `json:"claim"`
	// Proof shows that a machine with the office's key made the claim. It is
	// what keeps a stranger from retiring a hub by a header.
	Proof string          `json:"proof,omitempty"`
	Role  succession.Role `json:"role"`
}

// The headers of a Standing.
const (
	headerClaim = "Office-Claim"
	headerProof = "Office-Proof"
	headerRole  = "Office-Role"
)

// Write puts a standing into a message's headers.
func (s Standing) Write(h http.Header) {
	if s.Claim.Term > 0 {
		h.Set(headerClaim, s.Claim.String())
		h.Set(headerProof, s.Proof)
	}
	if s.Role != "" {
		h.Set(headerRole, string(s.Role))
	}
}

// ReadStanding reads what Write wrote; a message of an office that says nothing
// has the zero Standing.
func ReadStanding(h http.Header) Standing {
	c, err := succession.ParseClaim(h.Get(headerClaim))
	if err != nil {
		return Standing{}
	}
	return Standing{Claim: c, Proof: h.Get(headerProof), Role: succession.Role(h.Get(headerRole))}
}

// proof is what only a machine with the office's key can say about a claim.
func (s secret) proof(c succession.Claim) string {
	return hex.EncodeToString(s.mac("claim", []byte(c.String()))[:16])
}

// Standing is what this office says of itself.
func (o *Office) Standing() Standing {
	seat := o.seat.Load()
	s := Standing{Claim: seat.Seen, Role: seat.Role}
	if s.Claim.Term > 0 {
		s.Proof = o.secret.proof(s.Claim)
	}
	return s
}

// Seat is this machine's place in the succession.
func (o *Office) Seat() succession.Seat { return *o.seat.Load() }

// Meet takes in what somebody else says about who leads. When it returns nil
// the seat that follows from it is on disk. A hub that hears, with proof, of a
// later one is retired from then on.
func (o *Office) Meet(ctx context.Context, s Standing) error {
	if _, word := o.Seat().Meet(s.Claim); word != succession.News {
		return nil
	}
	if !hmac.Equal([]byte(s.Proof), []byte(o.secret.proof(s.Claim))) {
		o.log.Warn("somebody claims to lead the office and cannot prove it", "claim", s.Claim.String())
		return refusal.New("claim-unproven", "hub", short(s.Claim.Hub))
	}
	return o.inWriter(ctx, func() error {
		next, word := o.Seat().Meet(s.Claim)
		if word != succession.News {
			return nil
		}
		return o.keepSeat(next)
	})
}

// keepSeat makes a seat durable, then in force. Only the writer calls it.
func (o *Office) keepSeat(next succession.Seat) error {
	if _, err := o.journal.Update(func(tx *journal.Tx) error { return putSeat(tx, next) }); err != nil {
		return fmt.Errorf("keep the place in the succession: %w", err)
	}
	o.seated(next)
	return nil
}

func putSeat(tx *journal.Tx, s succession.Seat) error {
	raw, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("encode the place in the succession: %w", err)
	}
	return tx.PutDocument(documentSeat, raw)
}

// seated puts a seat in force that is on disk.
func (o *Office) seated(next succession.Seat) {
	before := o.Seat()
	o.seat.Store(&next)
	if before.Role == next.Role {
		return
	}
	o.turn.Lock()
	close(o.turned)
	o.turned = make(chan struct{})
	o.turn.Unlock()
	o.log.Warn("this machine's place in the succession has changed",
		"from", before.Role, "to", next.Role, "term", next.Seen.Term, "hub", next.Seen.Hub)
	if next.Role == succession.Retired {
		o.stream.cutAll() // who follows must look for the hub
	}
}

// Await returns when the office leads, or no longer leads, or when ctx or the
// office ends, with an error then.
func (o *Office) Await(ctx context.Context, leads bool) error {
	for {
		o.turn.Lock()
		turned := o.turned
		o.turn.Unlock()
		if o.Seat().Leads() == leads {
			return nil
		}
		select {
		case <-turned:
		case <-ctx.Done():
			return fmt.Errorf("wait for the succession: %w", context.Cause(ctx))
		case <-o.done:
			return errStopping(o.cause)
		}
	}
}

// openSeat reads the seat, or takes the first one: a new office's machine is
// its hub unless it was told to begin as a standby.
func (o *Office) openSeat() error {
	var raw []byte
	if err := o.journal.View(func(v journal.View) (err error) {
		raw, err = v.Document(documentSeat)
		return err
	}); err != nil {
		return fmt.Errorf("read the place in the succession: %w", err)
	}
	if raw == nil {
		seat := succession.NewHub(o.cfg.Device)
		if o.cfg.Standby {
			seat = succession.NewStandby(o.cfg.Device)
		}
		o.seat.Store(&seat)
		return o.keepSeat(seat)
	}
	var seat succession.Seat
	if err := json.Unmarshal(raw, &seat); err != nil {
		return fmt.Errorf("read the place in the succession: %w (%w)", succession.ErrSeat, err)
	}
	o.seat.Store(&seat)
	return seat.Check()
}

// inWriter runs fn alone, between two commits. Its error comes back; one that
// leaves the store suspect ends the office, as a command's would.
func (o *Office) inWriter(ctx context.Context, fn func() error) error {
	t := task{run: fn, done: make(chan error, 1)}
	select {
	case o.tasks <- t:
	case <-ctx.Done():
		return fmt.Errorf("%w (%w)", ErrUnreachable, context.Cause(ctx))
	case <-o.quit:
		return errStopping(nil)
	case <-o.done:
		return errStopping(o.cause)
	}
	return <-t.done
}

// task is what the writer does beside commands.
type task struct {
	run  func() error
	done chan error // capacity 1
}

// do runs a task; its error is for the writer, and ends the office.
func (t task) do() error {
	err := t.run()
	t.done <- err
	if errors.Is(err, journal.ErrSuspect) {
		return err
	}
	return nil
}

// end is the end of the chain and what the seat says, for who asks.
type seatReport struct {
	Seat succession.Seat `json:"seat"`
	Head chain.Head      `json:"head"`
	// Behind is how many records of the hub a standby does not have yet.
	Behind uint64 `json:"behind,omitempty"`
	// Terms began in the machine's chain.
	Terms succession.Lineage `json:"terms,omitempty"`
	// Waiting lists the terms whose records have not been handed over.
	Waiting []int `json:"waiting,omitempty"`
}

func (o *Office) seatReport() seatReport {
	r := seatReport{Seat: o.Seat(), Head: o.journal.Head()}
	if terms, err := o.Lineage(); err == nil {
		r.Terms = terms
	}
	if r.Seat.Role == succession.Standby {
		r.Behind = o.Behind()
	}
	for _, p := range o.State().Predecessors {
		r.Waiting = append(r.Waiting, p.Term)
	}
	return r
}
