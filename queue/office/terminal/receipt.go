package terminal

import (
	"context"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/field"
	"motcua/queue/office"
	"motcua/queue/refusal"
)

// given is a provisional receipt that somebody holds while the office has not
// answered: what must be known of it when the answer is a refusal.
type given struct {
	Code string    `json:"code"`
	At   time.Time `json:"at"`
}

// keepSkew is from when on a difference of clocks is worth a place on the disk.
const keepSkew = 30 * time.Second

// clocked notes how far the office's clock is from this one: what is taken in
// while it is away carries its time.
func (t *Terminal) clocked(at time.Time) {
	if at.IsZero() {
		return
	}
	t.skew = at.Sub(t.cfg.Now())
	if d := t.skew - t.kept; d > keepSkew || d < -keepSkew {
		t.kept = t.skew
		t.remember(map[string]any{metaSkew: t.skew})
	}
}

// receive begins to take in a dossier: a call that stands until the office
// answers. Its provisional code is made first; it is on the receipt if nobody
// answers in time.
func (t *Terminal) receive(w *wish, officer, counter string, c dossier.Receive) (field.Terminal, uint64, field.Step, error) {
	now := t.cfg.Now()
	none := func(err error) (field.Terminal, uint64, field.Step, error) { return t.field, 0, field.Step{}, err }
	station := queue.Station{}
	if t.state != nil {
		station = t.state.Stations[t.cfg.Device]
	}
	switch {
	case station.Series == "" && t.field.Silent(now):
		return none(refusal.New("office-silent"))
	case station.Series == "": // not known to the office yet: it takes it in at once or not at all
		data, err := t.seal(c)
		if err != nil {
			return none(err)
		}
		next, n, step := t.field.Wish(field.Wish{Officer: officer, Counter: counter, Command: c, Data: data}, now)
		return next, n, step, nil
	}
	at := now.Add(t.skew)
	day := queue.Local(at).Format(time.DateOnly)
	next, number := t.field.Receipt(day)
	c.Provisional, c.At = dossier.NewProvisional(station.Series, day, number), at
	by := chain.Actor{Device: t.cfg.Device, Officer: officer, Counter: counter}
	if t.field.Silent(now) {
		if _, err := t.provisional(c, by); err != nil {
			return none(err)
		}
	}
	data, err := t.seal(c)
	if err != nil {
		return none(err)
	}
	w.receive, w.by = &c, by
	n := next.N + 1
	t.receipts[n] = given{Code: c.Provisional, At: at}
	if err := t.store.write(change{meta: map[string]any{metaReceipts: t.receipts}}); err != nil {
		delete(t.receipts, n)
		t.cfg.Log.Error("the terminal's memory cannot be written: nothing is promised", "err", err)
		return none(refusal.New("terminal-disk"))
	}
	next, n, step := next.Wish(field.Wish{Officer: officer, Counter: counter, Command: c, Data: data, Standing: true}, now)
	return next, n, step, nil
}

// provisional is the dossier as a receipt tells it before the office has it.
func (t *Terminal) provisional(c dossier.Receive, by chain.Actor) (dossier.Dossier, error) {
	rules, err := t.rules()
	if err != nil {
		return dossier.Dossier{}, err
	}
	// The applicant goes to nobody but the office.
	c.Applicant, c.Sealed, c.Mask, c.CardHash = nil, nil, "", ""
	events, err := dossier.Decide(emptyBook{}, c, by, c.At, rules)
	if err != nil {
		return dossier.Dossier{}, err
	}
	var d dossier.Dossier
	for _, e := range events {
		d = dossier.Apply(d, e, c.At, by)
	}
	return d, nil
}

// waits answers who waits with the provisional receipt.
func (t *Terminal) waits(n uint64) {
	w := t.wishes[n]
	if w == nil || w.receive == nil {
		return
	}
	d, err := t.provisional(*w.receive, w.by)
	if err != nil { // the office may still take it; the paper says what is certain
		c := w.receive
		d = dossier.Dossier{
			Code: c.Provisional, Provisional: c.Provisional, Procedure: c.Procedure, Ticket: c.Ticket, Papers: c.Papers,
			Counter: w.by.Counter, Officer: w.by.Officer, Received: c.At, Handover: c.Handover, Sets: max(1, c.Sets),
		}
	}
	if err := t.store.keepReceipt(d); err != nil {
		t.cfg.Log.Error("a provisional receipt is not in the copy", "code", d.Code, "err", err)
	}
	w.receive = nil
	t.hand(n, reply{reply: office.Reply{At: t.cfg.Now(), Dossier: &d}})
}

// told reports whether a call's receipt is in somebody's hand: nobody at this
// terminal waits for its answer.
func (t *Terminal) told(n uint64) bool {
	w := t.wishes[n]
	return w == nil || len(w.outcome) > 0
}

// ours reports whether the dossier that the office has under a receipt's code is
// the one that was taken in here: an earlier hub carried the call out, and this
// one has its record without its answer.
func (t *Terminal) ours(ctx context.Context, m *machine, n uint64) bool {
	var g given
	if !t.in(ctx, func() { g = t.receipts[n] }) || g.Code == "" {
		return false
	}
	d, err := m.Dossier(ctx, g.Code)
	return err == nil && d.Received.Equal(g.At.Truncate(time.Millisecond))
}

// settleReceipt ends what is known of a receipt whose answer came. A refusal
// that nobody waits for becomes an anomaly at the office.
func (t *Terminal) settleReceipt(call field.Pending, refused bool) {
	g, ok := t.receipts[call.N]
	if !ok {
		return
	}
	if refused && t.told(call.N) {
		t.cfg.Log.Error("the office refused a dossier for which a provisional receipt was given", "code", g.Code)
		next, _, step := t.field.Wish(field.Wish{
			Officer: call.By.Officer, Counter: call.By.Counter, Command: queue.ReportReceipt(g),
		}, t.cfg.Now())
		t.take(next, step)
	}
}

// forgetReceipt drops it, once the answer is on the disk.
func (t *Terminal) forgetReceipt(n uint64) {
	if _, ok := t.receipts[n]; ok {
		delete(t.receipts, n)
		t.remember(map[string]any{metaReceipts: t.receipts})
	}
}

// receiptBook counts this terminal's own receipts.
type receiptBook struct {
	emptyBook
	last int
}

// LastSerial implements dossier.Book.
func (b receiptBook) LastSerial(string) int { return b.last }

// promise is Promise while the office is away.
func (t *Terminal) promise(procedure string) (dossier.Promise, error) {
	rules, err := t.rules()
	if err != nil {
		return dossier.Promise{}, err
	}
	var book receiptBook
	now := t.cfg.Now()
	if !t.in(t.life, func() {
		now = now.Add(t.skew)
		book.last = t.field.Receipts[queue.Local(now).Format(time.DateOnly)]
	}) {
		return dossier.Promise{}, refusal.New("office-silent")
	}
	return dossier.PromiseFor(book, procedure, now, rules)
}
