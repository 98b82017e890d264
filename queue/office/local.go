package office

import (
	"context"
	"errors"
	"fmt"

	"motcua/queue"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// Local is an office in the same process, as a Client.
func Local(o *Office) Client { return local{o} }

// local adds following by channel to the office's own methods.
type local struct{ *Office }

// Follow implements Client.
func (l local) Follow(ctx context.Context) (<-chan Update, error) {
	first, sub, err := l.follow()
	if err != nil {
		return nil, err
	}
	out := make(chan Update)
	go func() {
		defer close(out)
		defer l.stream.unsubscribe(sub)
		u := first.update
		u.State = u.State.Clone() // the follower's own, to apply records to
		for {
			select {
			case out <- u:
			case <-ctx.Done():
				return
			}
			m, ok := next(ctx, sub, first.update.Seq)
			if !ok {
				return
			}
			u = m.update
		}
	}()
	return out, nil
}

// next is the next message that is not already in the state the follower began
// with; ok is false when ctx ended or the follower was cut off.
func next(ctx context.Context, sub *subscriber, after uint64) (m *message, ok bool) {
	for {
		select {
		case m, ok = <-sub.messages:
			if !ok {
				return nil, false
			}
			if m.update.Record == nil || m.update.Seq > after {
				return m, true
			}
		case <-ctx.Done():
			return nil, false
		}
	}
}

// follow subscribes and makes the first message.
func (o *Office) follow() (*message, *subscriber, error) {
	select {
	case <-o.done:
		return nil, nil, errStopping(o.cause)
	case <-o.quit:
		return nil, nil, errStopping(nil)
	default:
	}
	sub := o.stream.subscribe()
	return o.whole(), sub, nil
}

// whole is the message with the whole state. It is made once per commit and
// shared, so that a hall full of screens coming back costs one encoding.
func (o *Office) whole() *message {
	snap := o.journal.Snapshot()
	link := o.stream.link()
	if m := o.first.Load(); m != nil && m.update.State == snap.State && m.update.Link == link {
		return m
	}
	m := &message{update: Update{Seq: snap.Head.Seq, State: snap.State, Link: link}}
	o.first.Store(m)
	return m
}

// Ticket implements Client.
func (o *Office) Ticket(_ context.Context, idOrCode string) (queue.Ticket, error) {
	s := o.State()
	if id, ok := queue.ParseTicketID(idOrCode); ok {
		if t := s.Ticket(id); t != nil {
			return *t, nil
		}
		return queue.Ticket{}, refusal.New(codeTicket, "ticket", id.Label())
	}
	if t := s.ByCode(idOrCode); t != nil && idOrCode != "" {
		return *t, nil
	}
	return queue.Ticket{}, refusal.New(codeTicket, "ticket", short(idOrCode))
}

// Dossier implements Client.
func (o *Office) Dossier(_ context.Context, code string) (dossier.Dossier, error) {
	d, err := o.find(code)
	return public(d), err
}

// find reads a dossier with all its fields.
func (o *Office) find(code string) (dossier.Dossier, error) {
	var d dossier.Dossier
	var found bool
	err := o.journal.View(func(v journal.View) (err error) {
		d, found, err = v.Dossier(normal(code))
		return err
	})
	switch {
	case err != nil:
		return dossier.Dossier{}, o.broken("read a dossier", err)
	case !found:
		return dossier.Dossier{}, refusal.New(codeNotFound, "code", short(code))
	}
	return d, nil
}

// Dossiers implements Client.
func (o *Office) Dossiers(_ context.Context, q DossierQuery) ([]dossier.Dossier, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = 50
	}
	sel := journal.DossierQuery{Day: q.Day, Status: q.Status, Limit: min(limit, 500)}
	if q.Card != "" {
		sel.Card = o.secret.cardHash(q.Card)
	}
	var list []dossier.Dossier
	err := o.journal.View(func(v journal.View) (err error) {
		list, err = v.Dossiers(sel)
		return err
	})
	if err != nil {
		return nil, o.broken("list dossiers", err)
	}
	for i := range list {
		list[i] = public(list[i])
	}
	return list, nil
}

// broken reports a fault of the store: the details to the log, a code to the
// caller.
func (o *Office) broken(what string, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("%s: %w", what, err)
	}
	o.log.Error("the store could not be read", "attempt", what, "err", err)
	return fmt.Errorf("%s: %w", what, refusal.New(codeFault))
}

// public is a dossier without what only the office's own key can use.
func public(d dossier.Dossier) dossier.Dossier {
	d.Sealed, d.CardHash = nil, ""
	return d
}

// short bounds what a caller sent before it goes into a sentence.
func short(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
