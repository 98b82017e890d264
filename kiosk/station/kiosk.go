package station

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"strings"
	"sync"
	"time"

	"motcua/kiosk/session"
	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// Kiosk carries out what a citizen's presenter asks for.
type Kiosk struct {
	Client office.Client
	Caller Caller
	// Tickets prints tickets; nil is a kiosk without a printer, which shows
	// the number instead.
	Tickets *Paper
	// Sounds plays the short sounds; nil is silent.
	Sounds *Sounds

	cards cards
	mu    sync.Mutex
	held  map[string]queue.TicketID // mu guards: today's ticket for a dossier
	notes uint64                    // mu guards: wishes of record so far
}

// wish bounds what a citizen waits for; the screen says "working" after a
// second and offers a way out after ten.
const wish = 12 * time.Second

// Do implements Loop.Do.
func (k *Kiosk) Do(ctx context.Context, e session.Effect, send func(session.Intent)) {
	switch e := e.(type) {
	case session.PrintTicket:
		k.print(ctx, e, send)
		return
	case session.ForgetCard:
		k.cards.forget(e.Card)
		return
	case session.VoidTicket:
		k.record(ctx, queue.VoidTicket{Ticket: e.Ticket, Reason: e.Reason})
		return
	case session.PlaySound:
		k.Sounds.Play(ctx, e.Sound)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, wish)
	defer cancel()
	switch e := e.(type) {
	case session.LookUpTicket:
		t, err := k.Client.Ticket(ctx, e.Code)
		send(k.replied(e.Ask, "look up ticket", err, session.Replied{Ticket: &t}))
	case session.LookUpDossier:
		d, err := k.Client.Dossier(ctx, e.Code)
		send(k.replied(e.Ask, "look up dossier", err, session.Replied{Dossier: &d, Held: k.heldFor(ctx, e.Code)}))
	case session.ListProcedures:
		list, err := k.Client.Procedures(ctx, "")
		send(k.replied(e.Ask, "list procedures", err, session.Replied{Procedures: list}))
	default:
		k.command(ctx, e, send)
	}
}

// command sends what changes something at the office. The presenter's Ask is
// the wish: asked again, it is the same call again.
func (k *Kiosk) command(ctx context.Context, e session.Effect, send func(session.Intent)) {
	var ask uint64
	var cmd queue.Command
	switch e := e.(type) {
	case session.IssueTicket:
		number, known := k.cards.number(e.Card)
		if e.Card != 0 && !known {
			// Asked without it, it would be another question than before.
			send(session.Replied{Ask: e.Ask, Failed: true})
			return
		}
		ask, cmd = e.Ask, queue.IssueTicket{
			Service: e.Service, Class: e.Class, Lang: e.Lang, Dossiers: e.Dossiers, Later: e.Later, Identity: number,
		}
	case session.CheckIn:
		ask, cmd = e.Ask, queue.CheckIn{Code: e.Code, Lang: e.Lang}
	case session.ReturnTicket:
		ask, cmd = e.Ask, queue.ReturnTicket{Ticket: e.Ticket}
	case session.Rate:
		ask, cmd = e.Ask, queue.RateTicket{Ticket: e.Ticket, Level: e.Level, Praise: e.Praise}
		if e.Dossier != "" {
			cmd = dossier.Rate{Code: e.Dossier, Level: e.Level, Praise: e.Praise}
		}
	case session.RequestHelp:
		ask, cmd = e.Ask, queue.RequestHelp{}
	default:
		slog.Error("the kiosk asked for something unknown", "effect", e)
		return
	}
	reply, err := k.Caller.DoAs(ctx, ask, "", "", cmd)
	if issue, ok := e.(session.IssueTicket); ok && err == nil && issue.Dossier != "" && reply.Ticket != nil {
		k.hold(issue.Dossier, reply.Ticket.ID)
	}
	send(k.replied(ask, cmd.Name(), err, session.Replied{Ticket: reply.Ticket, Dossier: reply.Dossier}))
}

// replied adds how it went to an answer; a failed one carries nothing else.
func (k *Kiosk) replied(ask uint64, what string, err error, r session.Replied) session.Replied {
	if err != nil {
		r = session.Replied{}
		if no, ok := refusal.Of(err); ok {
			r.Refusal = no
		} else {
			r.Failed = true
			note(what, err)
		}
	}
	r.Ask = ask
	return r
}

// hold remembers a dossier's ticket for the day; yesterday's are forgotten.
func (k *Kiosk) hold(code string, id queue.TicketID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held == nil {
		k.held = map[string]queue.TicketID{}
	}
	maps.DeleteFunc(k.held, func(_ string, old queue.TicketID) bool { return day(old) != day(id) })
	k.held[code] = id
}

// day is the business day that a ticket's id begins with.
func day(id queue.TicketID) string {
	date, _, _ := strings.Cut(string(id), "-")
	return date
}

// heldFor is the ticket of today that this kiosk gave for a dossier and that
// is still good (scenario 17). Of another day the office knows none.
func (k *Kiosk) heldFor(ctx context.Context, code string) *queue.Ticket {
	k.mu.Lock()
	id, ok := k.held[code]
	k.mu.Unlock()
	if !ok {
		return nil
	}
	t, err := k.Client.Ticket(ctx, string(id))
	if err != nil {
		return nil
	}
	switch t.Status() {
	case queue.Done, queue.Void, queue.NotServed:
		return nil
	}
	return &t
}

// print puts a ticket on paper, says so, and tells the office. A ticket that is
// not printed stays good: its number is on the screen. One more slip that does
// not come changes nothing about the first.
func (k *Kiosk) print(ctx context.Context, e session.PrintTicket, send func(session.Intent)) {
	t, slip := e.Ticket, k.Tickets.Ticket
	if e.Again {
		slip = k.Tickets.TicketAgain
	}
	err := slip(ctx, t)
	send(session.PaperCame{Ticket: t.ID, OK: err == nil}) // nobody waits for the record
	if err == nil {
		k.record(ctx, queue.ReportPrint{Ticket: t.ID, Outcome: queue.Printed})
		return
	}
	if ctx.Err() != nil {
		return
	}
	slog.Warn("ticket not printed", "ticket", t.ID, "again", e.Again, "err", err)
	if e.Again {
		return
	}
	k.record(ctx, queue.ReportPrint{Ticket: t.ID, Outcome: queue.PrintFailed})
	if k.Tickets.Late(ctx, t.ID) {
		k.record(ctx, queue.ReportPrint{Ticket: t.ID, Outcome: queue.Printed})
	}
}

// unasked is where the wishes begin that are not the presenter's.
const unasked = 1 << 63

// again is the pause between two attempts to record something.
const again = 3 * time.Second

// record tells the office something that nobody waits for and that it must
// know: as long as it is away, it is told again.
func (k *Kiosk) record(ctx context.Context, cmd queue.Command) {
	k.mu.Lock()
	k.notes++
	own := unasked + k.notes
	k.mu.Unlock()
	for {
		attempt, cancel := context.WithTimeout(ctx, wish)
		_, err := k.Caller.DoAs(attempt, own, "", "", cmd)
		cancel()
		if !errors.Is(err, office.ErrUnreachable) {
			note(cmd.Name(), err)
			return
		}
		select {
		case <-time.After(again):
		case <-ctx.Done():
			return
		}
	}
}

// note logs a failure that nobody waits for.
func note(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		slog.Warn("effect failed", "what", what, "err", err)
	}
}
