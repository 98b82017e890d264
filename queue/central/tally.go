package central

import (
	"time"

	"motcua/queue"
)

// ticketRow and dossierRow are the columns of their tables.
type ticketRow struct {
	service        string
	status         queue.Status
	issued, called int64
	level          int64
	// low to high is the wait printed on the slip, in milliseconds; high < 0
	// when nothing was promised.
	low, high int64
}

type dossierRow struct {
	received, due, finished, paused int64
	supplements                     int64
}

// counts are the columns of table daily, or changes of them. Every ticket is
// in exactly one of waiting … dropped.
type counts struct {
	issued, waiting, serving, held, absent, served, dropped int64
	received, onTime, late                                  int64
	rated, satisfied                                        int64
	promised, kept                                          int64
	fees                                                    int64 // đồng
}

// of is the column of a status.
func (c *counts) of(s queue.Status) *int64 {
	switch s {
	case queue.Waiting:
		return &c.waiting
	case queue.Called, queue.Serving:
		return &c.serving
	case queue.Held:
		return &c.held
	case queue.Absent:
		return &c.absent
	case queue.Done:
		return &c.served
	}
	return &c.dropped // void or not served
}

type waitKey struct {
	day    string
	minute int64
}

// tally is what a batch changes beside the records. The rows it meets are
// loaded before apply; it has no clock and no disk.
type tally struct {
	tickets  map[string]*ticketRow
	dossiers map[string]*dossierRow
	days     map[string]*counts
	waits    map[waitKey]int64
	profile  *profile
	// opened is the business day that a day event spoke of; open is whether
	// it is open after it.
	opened string
	open   bool
	// configured is the last record that configured the office.
	configured uint64
	// began is the last term that began.
	began queue.TermBegan
	// signer is the office's key, signerNew whether these records told it.
	signer    string
	signerNew bool
	// said are the records about appointments and notices, in order.
	said []item
}

func newTally() *tally {
	return &tally{
		tickets: map[string]*ticketRow{}, dossiers: map[string]*dossierRow{},
		days: map[string]*counts{}, waits: map[waitKey]int64{},
	}
}

func (t *tally) day(day string) *counts {
	c := t.days[day]
	if c == nil {
		c = &counts{}
		t.days[day] = c
	}
	return c
}

// apply counts one item and returns why it must be set aside instead, or "".
func (t *tally) apply(it item) string {
	if it.why != "" {
		return it.why
	}
	if it.dossier != nil {
		return t.applyDossier(it.says, *it.dossier, it.at)
	}
	if it.signed != nil {
		return t.checkpoint(it)
	}
	if it.answer != nil {
		t.said = append(t.said, it)
		return ""
	}
	if it.event == nil {
		return ""
	}
	if id, about := ticketOf(it.event); about {
		why := t.applyTicket(string(id), it.event, it.at)
		if e, issued := it.event.(queue.TicketIssued); issued && why == "" && e.Appointment != "" {
			t.said = append(t.said, it)
		}
		return why
	}
	switch e := it.event.(type) {
	case queue.Configured:
		p := profileOf(e.Config)
		t.profile, t.configured = &p, it.seq
	case queue.TermBegan:
		if e.Term > t.began.Term {
			t.began = e
		}
	case queue.AppointmentBooked, queue.AppointmentCancelled:
		t.said = append(t.said, it)
	case queue.DayOpened:
		if !isDay(e.Day) {
			return whyShape
		}
		t.opened, t.open = e.Day, true
	case queue.DayClosed:
		if !isDay(e.Day) {
			return whyShape
		}
		t.opened, t.open = e.Day, false
	}
	return ""
}

func isDay(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// dayOf is the business day inside a ticket's id.
func dayOf(id string) string { return "20" + id[:2] + "-" + id[2:4] + "-" + id[4:6] }

func (t *tally) applyTicket(id string, event queue.Event, at time.Time) string {
	row := t.tickets[id]
	if e, issued := event.(queue.TicketIssued); issued {
		if row != nil {
			return whyTwice
		}
		t.tickets[id] = issuedRow(e, at)
		c := t.day(dayOf(id))
		c.issued++
		c.waiting++
		return ""
	}
	if row == nil {
		return whyUnknownTicket
	}
	c, next := t.day(dayOf(id)), row.status
	switch e := event.(type) {
	case queue.TicketCalled:
		next = queue.Called
		if row.called == 0 {
			row.called = millis(at)
			t.waits[waitKey{dayOf(id), waitMinutes(row.issued, row.called)}]++
			c.promise(row)
		}
	case queue.TicketStarted:
		next = queue.Serving
	case queue.TicketHeld:
		next = queue.Held
	case queue.TicketTransferred:
		next, row.service = queue.Waiting, clean(e.Service, 64)
	case queue.TicketReturned:
		next = queue.Waiting
	case queue.TicketMissed:
		next = queue.Absent
	case queue.TicketFinished:
		next = queue.Done
	case queue.TicketClosed:
		next = queue.NotServed
		if e.As == queue.Void {
			next = queue.Void
		}
	case queue.TicketRated:
		if row.level != 0 {
			return whyTwice
		}
		if !c.rate(e.Level) {
			return whyShape
		}
		row.level = int64(e.Level)
	}
	*c.of(row.status)--
	row.status = next
	*c.of(next)++
	return ""
}

// issuedRow begins a ticket. A number taken for a later session was promised
// nothing that could be measured from now.
func issuedRow(e queue.TicketIssued, at time.Time) *ticketRow {
	row := &ticketRow{
		service: clean(e.Service, 64), status: queue.Waiting, issued: millis(at),
		low: e.Estimate.Low.Milliseconds(), high: e.Estimate.High.Milliseconds(),
	}
	if !e.After.IsZero() || row.low < 0 || row.high < row.low {
		row.low, row.high = 0, -1
	}
	return row
}

// promise compares the wait until the first call with what the slip said.
func (c *counts) promise(row *ticketRow) {
	if row.high < 0 {
		return
	}
	c.promised++
	said := queue.Estimate{Low: time.Duration(row.low) * time.Millisecond, High: time.Duration(row.high) * time.Millisecond}
	if said.Holds(time.Duration(max(0, row.called-row.issued)) * time.Millisecond) {
		c.kept++
	}
}

// waitMinutes is a wait rounded to whole minutes; a clock that ran backwards
// gives 0, a forgotten ticket at most a day.
func waitMinutes(issued, called int64) int64 {
	return min(24*60, (max(0, called-issued)+30_000)/60_000)
}

// rate counts a rating; false when the level is none.
func (c *counts) rate(level int) bool {
	if level < 1 || level > 5 {
		return false
	}
	c.rated++
	if level >= 4 {
		c.satisfied++
	}
	return true
}

// maxFee bounds one dossier's fee, so that no sum of them overflows.
const maxFee = 1_000_000_000_000

func (t *tally) applyDossier(kind string, e dossierEvent, at time.Time) string {
	row, day := t.dossiers[e.Code], at.In(vietnam).Format(time.DateOnly)
	if kind == "dossier.received" {
		if row != nil {
			return whyTwice
		}
		if e.Fee < 0 || e.Fee > maxFee {
			return whyShape
		}
		t.dossiers[e.Code] = &dossierRow{received: millis(at), due: millis(e.Due)}
		t.day(day).received++
		t.day(day).fees += e.Fee
		return ""
	}
	if kind == "dossier.numbered" {
		return t.renumber(e, at)
	}
	if row == nil {
		return whyUnknownDossier
	}
	if !e.Due.IsZero() {
		row.due = millis(e.Due) // moved, e.g. by the pause of a supplement
	}
	switch kind {
	case "dossier.supplement-requested":
		row.supplements++
		row.paused = millis(at)
	case "dossier.supplemented":
		row.paused = 0
	case "dossier.ready", "dossier.returned", "dossier.closed":
		t.finish(row, t.day(day), millis(at))
	case "dossier.rated":
		if !t.day(day).rate(e.Level) {
			return whyShape
		}
	}
	return ""
}

// renumber carries a dossier from its provisional code to the official one; the
// old row is over and counts for nothing.
func (t *tally) renumber(e dossierEvent, at time.Time) string {
	old := t.dossiers[e.Provisional]
	switch {
	case old == nil:
		return whyUnknownDossier
	case e.Code == e.Provisional:
		return ""
	case t.dossiers[e.Code] != nil:
		return whyTwice
	}
	moved := *old
	t.dossiers[e.Code] = &moved
	*old = dossierRow{received: old.received, finished: millis(at)}
	return ""
}

// finish counts a dossier at the first of ready, returned, closed, as decision
// 766/QĐ-TTg does: late is after the due moment, or after a second supplement.
// Without a due moment it is neither.
func (t *tally) finish(row *dossierRow, c *counts, at int64) {
	row.paused = 0
	if row.finished != 0 {
		return
	}
	row.finished = at
	switch {
	case row.supplements > 1 || row.due != 0 && at > row.due:
		c.late++
	case row.due != 0:
		c.onTime++
	}
}
