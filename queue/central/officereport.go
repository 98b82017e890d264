package central

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"motcua/queue"
)

// Office reports a day of one office, as of now. ErrUnknown when it has never
// been heard from.
func (s *Store) Office(ctx context.Context, id, day string, now time.Time) (OfficeReport, error) {
	lines, err := s.lines(ctx, day, now, id)
	if err != nil {
		return OfficeReport{}, fmt.Errorf("report %s on %s: %w", id, day, err)
	}
	if len(lines) == 0 {
		return OfficeReport{}, fmt.Errorf("office %s: %w", id, ErrUnknown)
	}
	r := OfficeReport{Day: day, At: now.In(vietnam), OfficeLine: lines[0]}
	var tickets []ticketRow
	err = s.query(ctx, func(rows *sql.Rows) error {
		var t ticketRow
		err := rows.Scan(&t.service, &t.status, &t.issued, &t.called)
		tickets = append(tickets, t)
		return err
	}, `SELECT service, status, issued_at, called_at FROM ticket WHERE office_id = $1 AND day = $2`, id, day)
	if err != nil {
		return OfficeReport{}, fmt.Errorf("report %s on %s: read tickets: %w", id, day, err)
	}
	r.slice(tickets)
	if r.Fork, err = s.Fork(ctx, id); err != nil {
		return OfficeReport{}, err
	}
	if r.Tails, err = s.Tails(ctx, id); err != nil {
		return OfficeReport{}, err
	}
	if r.Documents, err = s.Documents(ctx, id); err != nil {
		return OfficeReport{}, err
	}
	return r, nil
}

// part gathers tickets of an hour or a service.
type part struct {
	Slice
	waits histogram
}

func (p *part) add(t ticketRow) {
	p.Issued++
	if t.called != 0 {
		p.Called++
		p.waits[int(waitMinutes(t.issued, t.called))]++
	}
	switch t.status {
	case queue.Done:
		p.Served++
	case queue.Waiting:
		p.Waiting++
	}
}

func (p *part) done() Slice {
	p.WaitMedian = p.waits.quantile(.5)
	return p.Slice
}

// slice cuts the day's tickets by hour and by service.
func (r *OfficeReport) slice(tickets []ticketRow) {
	var hours [24]part
	for h := range hours {
		hours[h] = part{Slice{Hour: h}, histogram{}}
	}
	services := []*part{}
	byID := map[string]*part{}
	service := func(id string, name queue.Text) *part {
		if byID[id] == nil {
			byID[id] = &part{Slice{Service: id, Name: name}, histogram{}}
			services = append(services, byID[id])
		}
		return byID[id]
	}
	for _, s := range r.services {
		service(s.ID, s.Name)
	}
	all, first, last := histogram{}, 24, -1
	for _, t := range tickets {
		h := moment(t.issued).In(vietnam).Hour()
		hours[h].add(t)
		service(t.service, queue.Text{VI: t.service, EN: t.service}).add(t)
		first, last = min(first, h), max(last, h)
	}
	for h := first; h <= last; h++ {
		for m, n := range hours[h].waits {
			all[m] += n
		}
		r.Hours = append(r.Hours, hours[h].done())
	}
	for _, p := range services {
		r.Services = append(r.Services, p.done())
	}
	r.Services = slices.DeleteFunc(r.Services, func(s Slice) bool { return s.Issued == 0 })
	r.Totals.WaitMedian, r.Totals.WaitP90 = all.quantile(.5), all.quantile(.9)
}
