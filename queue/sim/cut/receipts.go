package cut

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"motcua/queue"
	"motcua/queue/catalogue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/worktime"
)

const (
	office    = "H26.138"
	today     = "2026-11-23"
	procedure = "1.001193"
)

// rules are those of the office's dossiers: one procedure, one week.
func rules() (dossier.Rules, error) {
	cal, err := worktime.New(worktime.Table{
		Version: "1",
		Weeks: []worktime.Week{{
			From: "2026-01-01", Source: "proof", Sessions: map[string][]worktime.Session{"mon": {{From: 8 * 60, To: 17 * 60}}},
		}},
		Years: []worktime.Year{{Year: 2026, Source: "proof"}},
	})
	if err != nil {
		return dossier.Rules{}, fmt.Errorf("make the calendar: %w", err)
	}
	return dossier.Rules{
		Office: office, Calendar: cal,
		Catalogue: catalogue.New("1", []catalogue.Procedure{{
			Code: procedure, Name: "Đăng ký khai sinh", Domain: "Hộ tịch", Service: service, From: "2026-01-01", Source: "proof",
			Time: catalogue.Duration{N: 1, Unit: worktime.Hours, Model: worktime.ByHour},
		}}),
	}, nil
}

// book is a hub's dossiers, which follow from its record.
type book struct {
	dossiers map[string]dossier.Dossier
	number   map[string]string // provisional → official
	last     map[string]int
	order    []string          // keys, as they came on record
	claims   map[string]string // provisional → the code that an earlier hub gave
}

func newBook() *book {
	return &book{dossiers: map[string]dossier.Dossier{}, number: map[string]string{}, last: map[string]int{}, claims: map[string]string{}}
}

// Dossier implements dossier.Book.
func (b *book) Dossier(code string) (dossier.Dossier, bool) {
	if official, ok := b.number[code]; ok {
		code = official
	}
	d, ok := b.dossiers[code]
	return d, ok
}

// LastSerial implements dossier.Book.
func (b *book) LastSerial(count string) int { return b.last[count] }

// apply takes in a record.
func (b *book) apply(r entry) {
	e, ok := r.event.(queue.RecordMerged)
	if !ok {
		b.put(r.event, r.At, r.By)
		return
	}
	in, err := e.Unwrap()
	if err != nil || in.Event != nil {
		return
	}
	inner, ok, err := dossier.DecodeEvent(in.Record.Type, in.Record.V, in.Record.Data)
	if err != nil || !ok {
		return
	}
	if e.Twice {
		b.claim(inner)
		return
	}
	d, known := b.Dossier(dossier.CodeOf(inner))
	if dossier.Fits(d, known, inner) {
		b.put(inner, in.Record.At, in.Record.By)
	} else {
		b.claim(inner)
	}
}

// claim notes the official code that an earlier hub gave to a dossier which
// came on record here another way: it is the dossier's, and nobody else's.
func (b *book) claim(e queue.Event) {
	switch e := e.(type) {
	case dossier.DossierReceived:
		if e.Provisional != "" && e.Code != e.Provisional {
			b.claims[e.Provisional] = e.Code
			b.serial(e.Code)
		}
	case dossier.DossierNumbered:
		b.claims[e.Provisional] = e.Code
		b.serial(e.Code)
	}
}

func (b *book) serial(code string) {
	if count, n, ok := dossier.Serial(code); ok {
		b.last[count] = max(b.last[count], n)
	}
}

func (b *book) put(e queue.Event, at time.Time, by chain.Actor) {
	code := dossier.CodeOf(e)
	if code == "" {
		return
	}
	old, _ := b.Dossier(code)
	d := dossier.Apply(old, e, at, by)
	switch e := e.(type) {
	case dossier.DossierReceived:
		b.order = append(b.order, d.Code)
		if e.Provisional != "" && e.Provisional != e.Code {
			b.number[e.Provisional] = e.Code
		}
	case dossier.DossierNumbered:
		delete(b.dossiers, old.Code)
		b.number[e.Provisional] = e.Code
		b.order[slices.Index(b.order, old.Code)] = e.Code
	}
	b.dossiers[d.Code] = d
	b.serial(d.Code)
	b.serial(d.Provisional)
}

// decide decides about dossiers; ours is false for other commands.
func (h *hub) dossier(c queue.Command, by chain.Actor) (events []queue.Event, ours bool, err error) {
	receive, ours := c.(dossier.Receive)
	if !ours {
		return nil, false, nil
	}
	rules := h.w.lab.rules
	if !h.state.Settled() && !h.w.without(CodesWait) {
		rules.Series = dossier.HubSeries(h.state.Term)
	}
	events, err = dossier.Decide(h.book, receive, by, h.w.now, rules)
	return events, true, err
}

// settleCodes gives official codes, once every earlier hub has handed over.
func (h *hub) settleCodes() {
	if !h.leads() || !h.state.Settled() && !h.w.without(CodesWait) {
		return
	}
	var list []dossier.Dossier
	var events []queue.Event
	for _, key := range h.book.order {
		d := h.book.dossiers[key]
		if d.Numbered() {
			continue
		}
		code, claimed := h.book.claims[d.Provisional]
		if _, taken := h.book.Dossier(code); claimed && !taken {
			events = append(events, dossier.DossierNumbered{Provisional: d.Provisional, Code: code})
		} else {
			list = append(list, d)
		}
	}
	events = append(events, dossier.Number(h.book, list, office)...)
	if len(events) > 0 {
		h.write(events)
	}
}

// takeIn takes a dossier in from who stands in front. The provisional code is
// made first: it is on the receipt if nobody answers.
func (o *officer) takeIn() {
	p := o.front
	o.receipt = true
	term, n := o.s.term.Receipt(today)
	series := o.s.term.View().Stations[names[o.s.id]].Series
	o.wishOn(term, dossier.Receive{
		Procedure: procedure, Ticket: p.label, Provisional: dossier.NewProvisional(series, today, n), At: o.w.now,
	}, func(out outcome) {
		if out.refusal != nil {
			return
		}
		if out.code == "" { // the answer came through another hub, without its text
			out.code = dossier.NewProvisional(series, today, n)
		}
		o.w.count.Receipts++
		o.w.receipts = append(o.w.receipts, out.code)
		o.w.tell("a receipt with %s comes out", out.code)
	})
}

// ledger is what the record says about codes: of which dossier each is.
type ledger map[string]string

// event notes codes; the dossier is known by its provisional code.
func (l ledger) event(b *books, e queue.Event) {
	note := func(code, provisional string) {
		if _, official := dossier.ParseCode(code); !official {
			return
		}
		if other, given := l[code]; given && other != provisional {
			b.fault("I4: %s is the code of %s and of %s", code, other, provisional)
		}
		l[code] = provisional
	}
	switch e := e.(type) {
	case dossier.DossierReceived:
		note(e.Code, e.Provisional)
	case dossier.DossierNumbered:
		note(e.Code, e.Provisional)
	}
}

// checkReceipts: every receipt finds its dossier, codes are unique and without
// a gap.
func (w *world) checkReceipts(h *hub) []string {
	var faults []string
	for _, code := range w.receipts {
		if d, ok := h.book.Dossier(code); !ok || !d.Numbered() {
			faults = append(faults, fmt.Sprintf("I4: the receipt %s finds no dossier with an official code", code))
		}
	}
	serials := map[int]bool{}
	for _, key := range slices.Sorted(maps.Keys(h.book.dossiers)) {
		c, ok := dossier.ParseCode(key)
		if !ok || serials[c.Serial] {
			faults = append(faults, fmt.Sprintf("I4: %s is no official code, or is used twice", key))
		}
		serials[c.Serial] = true
	}
	for n := 1; n <= len(serials); n++ {
		if !serials[n] && w.count.Disks == 0 {
			faults = append(faults, fmt.Sprintf("I4: %d codes, and number %d is missing", len(serials), n))
		}
	}
	return faults
}
