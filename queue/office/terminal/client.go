package terminal

import (
	"context"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/dossier"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// ask puts a question to who leads; when nobody answers in time, here answers
// from what this terminal has.
func ask[T any](ctx context.Context, t *Terminal, there func(context.Context, *machine) (T, error), here func() (T, error)) (T, error) {
	if m := t.leader(); m != nil && t.Seen().Lost.IsZero() {
		attempt, cancel := context.WithTimeout(ctx, readTime)
		v, err := there(attempt, m)
		cancel()
		if no, refused := refusal.Of(err); err == nil || refused && !passing(no) {
			return v, err
		}
		if ctx.Err() != nil {
			return v, err
		}
	}
	return here()
}

// readTime is how long somebody who asks waits for the office.
const readTime = 3 * time.Second

// silent is the answer to what only the office knows.
func silent[T any]() (v T, err error) { return v, refusal.New("office-silent") }

// Dossier implements office.Client: while the office is away, as of its last
// word to this terminal (Seen.Lost).
func (t *Terminal) Dossier(ctx context.Context, code string) (dossier.Dossier, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) (dossier.Dossier, error) { return m.Dossier(ctx, code) },
		func() (dossier.Dossier, error) {
			code, _ := dossier.Key(code)
			d, ok, err := t.store.dossier(code)
			if err == nil && !ok {
				err = refusal.New("dossier-not-in-copy")
			}
			return d, err
		})
}

// Case implements office.Client. Only the office can open an applicant.
func (t *Terminal) Case(ctx context.Context, code string) (office.Case, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) (office.Case, error) { return m.Case(ctx, code) }, silent[office.Case])
}

// Dossiers implements office.Client.
func (t *Terminal) Dossiers(ctx context.Context, q office.DossierQuery) ([]dossier.Dossier, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) ([]dossier.Dossier, error) { return m.Dossiers(ctx, q) }, silent[[]dossier.Dossier])
}

// Procedures implements office.Client; while the office is away it searches the
// catalogue as it last was.
func (t *Terminal) Procedures(ctx context.Context, query string) ([]catalogue.Procedure, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) ([]catalogue.Procedure, error) {
		list, err := m.Procedures(ctx, query)
		if err == nil && query == "" {
			t.in(ctx, func() { t.remember(map[string]any{metaProcedures: list}) })
		}
		return list, err
	}, func() ([]catalogue.Procedure, error) {
		c, err := t.catalogue()
		if err != nil {
			return nil, err
		}
		return c.Search(query, queue.Local(t.cfg.Now()), mostFound), nil
	})
}

// mostFound bounds what a search returns.
const mostFound = 1000

// catalogue is the office's, as last seen.
func (t *Terminal) catalogue() (*catalogue.Catalogue, error) {
	var list []catalogue.Procedure
	ok, err := t.store.recall(metaProcedures, &list)
	if err != nil {
		return nil, fmt.Errorf("read the catalogue's copy: %w", err)
	}
	if !ok {
		return nil, refusal.New("office-silent")
	}
	return catalogue.New("", list), nil
}

// Criteria implements office.Client.
func (t *Terminal) Criteria(ctx context.Context) ([]dossier.Criterion, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) ([]dossier.Criterion, error) {
		list, err := m.Criteria(ctx)
		if err == nil {
			t.in(ctx, func() { t.remember(map[string]any{metaCriteria: list}) })
		}
		return list, err
	}, func() (list []dossier.Criterion, err error) {
		_, err = t.store.recall(metaCriteria, &list)
		return list, err
	})
}

// Promise implements office.Client; while the office is away it is reckoned
// from the copy.
func (t *Terminal) Promise(ctx context.Context, procedure string) (dossier.Promise, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) (dossier.Promise, error) { return m.Promise(ctx, procedure) },
		func() (dossier.Promise, error) { return t.promise(procedure) })
}

// rules are what a dossier is judged by here.
func (t *Terminal) rules() (dossier.Rules, error) {
	s := t.Seen().State
	if s == nil || s.Config.Office == "" {
		return dossier.Rules{}, refusal.New("office-silent")
	}
	c, err := t.catalogue()
	rules := t.cfg.Rules
	rules.Office, rules.Catalogue, rules.Series = s.Config.Office, c, s.Stations[t.cfg.Device].Series
	return rules, err
}

// emptyBook is a register without dossiers.
type emptyBook struct{}

// Dossier implements dossier.Book.
func (emptyBook) Dossier(string) (dossier.Dossier, bool) { return dossier.Dossier{}, false }

// LastSerial implements dossier.Book.
func (emptyBook) LastSerial(string) int { return 0 }

// Ticket implements office.Client.
func (t *Terminal) Ticket(ctx context.Context, idOrCode string) (queue.Ticket, error) {
	return ask(ctx, t, func(ctx context.Context, m *machine) (queue.Ticket, error) { return m.Ticket(ctx, idOrCode) },
		func() (queue.Ticket, error) {
			s := t.Seen().State
			if s == nil {
				return silent[queue.Ticket]()
			}
			found := s.ByCode(idOrCode)
			if id, ok := queue.ParseTicketID(idOrCode); ok {
				found = s.Ticket(id)
			}
			if found == nil {
				return queue.Ticket{}, refusal.New("ticket-unknown", "ticket", idOrCode[:min(len(idOrCode), 40)])
			}
			return *found, nil
		})
}

// Follow implements office.Client: a whole State at every change. Watch tells
// more.
func (t *Terminal) Follow(ctx context.Context) (<-chan office.Update, error) {
	out := make(chan office.Update)
	go func() {
		defer close(out)
		t.Watch(ctx, func(s Seen) {
			if s.State == nil {
				return
			}
			select {
			case out <- office.Update{Seq: s.State.Seq, State: s.State, Link: s.Link}:
			case <-ctx.Done():
			}
		})
	}()
	return out, nil
}

var (
	_ office.Client = (*Terminal)(nil)
	_ dossier.Book  = emptyBook{}
)
