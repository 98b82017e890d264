package station

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"motcua/kiosk/desk"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// patience is how long an officer's wish may take before it counts as failed;
// the screen says "slow" after one second of it. A terminal has decided by then
// (field.Timeout).
const patience = 12 * time.Second

// Counter carries out what an officer's presenter asks for.
type Counter struct {
	Client office.Client
	Caller Caller
	// Receipts prints the receipt of a dossier; nil is a counter without a
	// printer.
	Receipts *Paper
	// Promote makes the standby on this machine the hub; nil where there is none.
	Promote func(ctx context.Context, officer, reason string) error
}

// errNoStandby: only the machine that runs the standby can make it the hub.
var errNoStandby = errors.New("no standby on this machine")

// Do implements Loop.Do: every effect is answered by exactly one intent.
func (c *Counter) Do(ctx context.Context, e desk.Effect, send func(desk.Intent)) {
	if e, ok := e.(desk.PrintReceipt); ok { // Paper has a patience of its own
		err := c.Receipts.Receipt(ctx, e.Dossier, e.Applicant)
		send(desk.ReceiptPrinted{Code: e.Dossier.Code, Outcome: outcome("print receipt", err)})
		return
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	switch e := e.(type) {
	case desk.Command:
		reply, err := c.Caller.DoAs(ctx, e.ID, e.Officer, e.Counter, e.Command)
		send(desk.CommandReplied{
			ID: e.ID, Seq: reply.Seq, Ticket: reply.Ticket, Dossier: reply.Dossier, Outcome: outcome(e.Command.Name(), err),
		})
	case desk.SearchProcedures:
		list, err := c.Client.Procedures(ctx, e.Query)
		send(desk.ProceduresFound{Query: e.Query, List: list, Outcome: outcome("search procedures", err)})
	case desk.FetchPromise:
		p, err := c.Client.Promise(ctx, e.Procedure)
		send(desk.PromiseCame{Procedure: e.Procedure, Promise: p, Outcome: outcome("promise", err)})
	case desk.FetchCase:
		got, err := c.Client.Case(ctx, e.Code)
		send(desk.CaseCame{Code: e.Code, Case: desk.Case(got), Outcome: outcome("case", err)})
	case desk.ListDossiers:
		list, err := c.Client.Dossiers(ctx, office.DossierQuery{Day: e.Day, Card: e.Card})
		send(desk.DossiersListed{Of: e, List: list, Outcome: outcome("list dossiers", err)})
	case desk.Promote:
		err := errNoStandby
		if c.Promote != nil {
			err = c.Promote(ctx, e.Officer, e.Reason)
		}
		send(desk.Promoted{Outcome: outcome("promote", err)})
	default:
		slog.Error("the counter asked for something unknown", "effect", e)
	}
}

// outcome sorts an error: a refusal is an answer that the officer reads;
// anything else is a failure that the log keeps.
func outcome(what string, err error) desk.Outcome {
	if err == nil {
		return desk.Outcome{}
	}
	if r, ok := refusal.Of(err); ok {
		return desk.Outcome{Refusal: r}
	}
	if !errors.Is(err, context.Canceled) {
		slog.Warn("effect failed", "what", what, "err", err)
	}
	return desk.Outcome{Failed: true}
}
