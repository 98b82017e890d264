package main

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"strings"

	"motcua/queue/succession"
)

// whoLeads prints a machine's place in the succession.
func whoLeads(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	if err := c.parse(f, 0); err != nil {
		return err
	}
	return r.seat(ctx, c, http.MethodGet, "/v1/seat", nil)
}

// decision is what a supervisor says with a reason.
type decision struct {
	Officer string `json:"officer,omitempty"`
	Reason  string `json:"reason"`
	Force   bool   `json:"force,omitempty"`
}

func (d *decision) flags(f *flag.FlagSet) {
	f.StringVar(&d.Reason, "reason", "", "why, for the record")
	f.StringVar(&d.Officer, "officer", "", "staff code of the supervisor who decides it")
}

// promote makes a standby the hub.
func promote(ctx context.Context, c *call) error {
	f, r, d := c.flags(), running{}, decision{}
	r.flags(f)
	d.flags(f)
	f.BoolVar(&d.Force, "force", false, "although the hub still answers: two machines will give numbers until the old one hears of it")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if strings.TrimSpace(d.Reason) == "" || d.Officer == "" {
		return fmt.Errorf("--officer and --reason are both needed: %w", errUsage)
	}
	return r.seat(ctx, c, http.MethodPost, "/v1/promote", d)
}

// settleLost ends the wait for a hub whose disk is gone.
func settleLost(ctx context.Context, c *call) error {
	f, r, d := c.flags(), running{}, decision{}
	r.flags(f)
	d.flags(f)
	lost := f.Bool("lost", false, "the old hub's disk is gone for good")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if !*lost || strings.TrimSpace(d.Reason) == "" || d.Officer == "" {
		return fmt.Errorf("--lost, --officer and --reason are all needed: what only the old hub has will not come any more: %w", errUsage)
	}
	return r.seat(ctx, c, http.MethodPost, "/v1/settle", d)
}

// seat asks something about who leads and prints the answer in a line or two.
func (r *running) seat(ctx context.Context, c *call, method, path string, body any) error {
	if err := r.open(); err != nil {
		return err
	}
	var a struct {
		Seat    succession.Seat
		Head    struct{ Seq uint64 }
		Behind  uint64
		Waiting []int
	}
	if err := r.ask(ctx, method, path, body, &a); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s: %s, term %d, record %d", a.Seat.Device, a.Seat.Role, a.Seat.Seen.Term, a.Head.Seq)
	switch a.Seat.Role {
	case succession.Standby:
		fmt.Fprintf(c.stdout, ", %d behind hub %q", a.Behind, a.Seat.Seen.Hub)
	case succession.Retired:
		fmt.Fprintf(c.stdout, ", hub is %q", a.Seat.Seen.Hub)
	}
	fmt.Fprintln(c.stdout)
	for _, term := range a.Waiting {
		fmt.Fprintf(c.stdout, "waiting for the records of term %d\n", term)
	}
	return nil
}
