package catalogue

import (
	"cmp"
	"slices"
	"time"
)

// Next is the catalogue that follows an old one when the procedures of new
// take effect on a day: a procedure that is the same stays the version it was;
// one that changed begins a version on that day, and the old one ends the day
// before; one that is gone ends the day before. Versions that ended are kept,
// so that every dossier finds the one it was received under.
//
// A version of new that says when it begins, with a date that the old
// catalogue does not cover, keeps that date.
func Next(old, fresh *Catalogue, day time.Time) *Catalogue {
	date, eve := day.Format(time.DateOnly), day.AddDate(0, 0, -1).Format(time.DateOnly)
	current := old.inForce(day)
	coming := fresh.inForce(day)
	var list []Procedure
	if old != nil {
		for _, p := range old.Procedures {
			next, comes := coming[p.Code]
			switch {
			case p.From > date:
				// It was announced and never came into force: the fresh catalogue
				// says what comes.
				continue
			case !p.holds(date), comes && same(&p, next):
			case p.From == date: // replaced on its first day
				continue
			default:
				p.To = eve
			}
			list = append(list, p)
		}
	}
	for _, p := range fresh.Procedures {
		if p.To != "" && p.To < date {
			continue // the past is the old catalogue's
		}
		if was, known := current[p.Code]; known && p.holds(date) {
			if same(was, &p) {
				continue
			}
			p.From = date
		}
		list = append(list, p)
	}
	slices.SortStableFunc(list, func(a, b Procedure) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.From, b.From))
	})
	return New(fresh.Version, list)
}

func same(a, b *Procedure) bool { return a.changes(b) == nil && a.To == b.To }
