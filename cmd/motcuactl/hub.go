package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"motcua/queue/succession"
)

// hubCall is a question to an office's machine about who leads.
type hubCall struct {
	office, reason, officer string
	force                   bool
}

// seatFlags are the flags that the three commands share.
func (h *hubCall) flags(f *flag.FlagSet) {
	f.StringVar(&h.office, "office", "http://127.0.0.1:8080", "address of the machine")
}

// whoLeads prints a machine's place in the succession.
func whoLeads(ctx context.Context, c *call) error {
	var h hubCall
	f := c.flags()
	h.flags(f)
	if err := c.parse(f, 0); err != nil {
		return err
	}
	return h.ask(ctx, c, http.MethodGet, "/v1/seat", nil)
}

// promote makes a standby the hub.
func promote(ctx context.Context, c *call) error {
	var h hubCall
	f := c.flags()
	h.flags(f)
	f.StringVar(&h.reason, "reason", "", "why, for the record")
	f.StringVar(&h.officer, "officer", "", "staff code of the supervisor who decides it")
	f.BoolVar(&h.force, "force", false, "although the hub still answers: two machines will give numbers until the old one hears of it")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if strings.TrimSpace(h.reason) == "" {
		return fmt.Errorf("--reason is missing: %w", errUsage)
	}
	return h.ask(ctx, c, http.MethodPost, "/v1/promote", map[string]any{"officer": h.officer, "reason": h.reason, "force": h.force})
}

// settleLost ends the wait for a hub whose disk is gone.
func settleLost(ctx context.Context, c *call) error {
	var h hubCall
	f := c.flags()
	h.flags(f)
	lost := f.Bool("lost", false, "the old hub's disk is gone for good")
	f.StringVar(&h.reason, "reason", "", "why, for the record")
	f.StringVar(&h.officer, "officer", "", "staff code of the supervisor who decides it")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if !*lost || strings.TrimSpace(h.reason) == "" {
		return fmt.Errorf("--lost and --reason are both needed: numbers and receipts that only the old hub has will not come any more: %w", errUsage)
	}
	return h.ask(ctx, c, http.MethodPost, "/v1/settle", map[string]any{"officer": h.officer, "reason": h.reason})
}

// seatAnswer is what a machine says of itself.
type seatAnswer struct {
	Seat    succession.Seat `json:"seat"`
	Head    struct{ Seq uint64 }
	Behind  uint64 `json:"behind"`
	Waiting []int  `json:"waiting"`
	Message struct{ VI, EN string }
}

// ask sends the request and prints the answer in one line or two.
func (h hubCall) ask(ctx context.Context, c *call, method, path string, body any) error {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(h.office, "/")+path, bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("--office %s: %w", h.office, err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("reach %s: %w", h.office, err)
	}
	defer res.Body.Close()
	var a seatAnswer
	if raw, err = io.ReadAll(io.LimitReader(res.Body, 1<<20)); err == nil {
		err = json.Unmarshal(raw, &a)
	}
	switch {
	case err != nil:
		return fmt.Errorf("%s did not answer as an office: %w", h.office, err)
	case res.StatusCode != http.StatusOK:
		return errors.New(a.Message.VI + "\n" + a.Message.EN)
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
