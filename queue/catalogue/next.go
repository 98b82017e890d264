package catalogue

import (
	"cmp"
	"slices"
	"time"
)

// Next is the catalogue that follows an old one when the procedures of a fresh
// one take effect on a day: a procedure that is the same stays the version it
// was; one that changed begins a version on that day, and the old one ends the
// day before; one that is gone ends the day before. Versions that ended are
// kept, so that every dossier finds the one it was received under.
func Next(old, fresh *Catalogue, day time.Time) *Catalogue {
	date, eve := day.Format(time.DateOnly), day.AddDate(0, 0, -1).Format(time.DateOnly)
	current := old.inForce(day)
	var list []Procedure
	if old != nil {
		for _, p := range old.Procedures {
			switch {
			case p.To != "" && p.To < date: // the past
				list = append(list, p)
			case p.From < date: // in force until now
				p.To = eve
				list = append(list, p)
			}
			// What was announced, or begins on the day itself, is the fresh
			// catalogue's to say.
		}
	}
	for _, p := range fresh.Procedures {
		if p.To != "" && p.To < date {
			continue // the past is the old catalogue's
		}
		if was, known := current[p.Code]; known && p.holds(date) {
			if was.changes(&p) == nil {
				p.From = was.From
				list = slices.DeleteFunc(list, func(q Procedure) bool { return q.Code == p.Code && q.From == p.From })
			} else {
				p.From = date
			}
		}
		// One that was gone and comes back does not change the past either.
		if p.From < date && slices.ContainsFunc(list, func(q Procedure) bool { return q.Code == p.Code && q.overlaps(&p) }) {
			p.From = date
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b Procedure) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From))
	})
	return New(fresh.Version, list)
}
