package office

import (
	"context"
	"fmt"
	"time"

	"motcua/queue"
	"motcua/queue/journal"
	"motcua/queue/refusal"
)

// reasonKept is the reason in the record of an applicant who was erased because
// the time to keep is over.
const reasonKept = "retention"

// keepPage bounds the dossiers that are looked at in one read.
const keepPage = 200

// EraseOld erases the applicants of dossiers that were finished longer ago than
// the configuration keeps them (queue.Keep) and that the city has, where there
// is a city. It tells how many. The dossiers stay, without a person.
func (o *Office) EraseOld(ctx context.Context) (erased int, err error) {
	days := o.State().Config.Keep.Applicants
	if days <= 0 || !o.Seat().Leads() {
		return 0, nil
	}
	before := o.cfg.Now().AddDate(0, 0, -days)
	if before, err = o.confirmed(ctx, before); err != nil {
		return 0, err
	}
	after := ""
	for ctx.Err() == nil {
		codes, last, err := o.finished(after, before)
		if err != nil {
			return erased, err
		}
		for _, code := range codes {
			if err := o.eraseKept(ctx, code); err != nil {
				return erased, err
			}
			erased++
		}
		if after = last; last == "" {
			break
		}
	}
	return erased, ctx.Err()
}

// confirmed is a moment, or an earlier one when the city does not have
// everything up to it.
func (o *Office) confirmed(ctx context.Context, before time.Time) (time.Time, error) {
	if o.Link() == nil {
		return before, nil // an office without a city
	}
	acked, err := o.journal.Acked(ctx)
	if err != nil || acked == 0 {
		return time.Time{}, err
	}
	list, err := o.journal.Range(ctx, acked-1, 1)
	if err != nil || len(list) != 1 {
		return time.Time{}, err
	}
	if at := list[0].At; at.Before(before) {
		return at, nil
	}
	return before, nil
}

// finished lists dossiers of a page that were finished before a moment and
// whose applicant can still be read; last is where the page ends, "" at the end.
func (o *Office) finished(after string, before time.Time) (codes []string, last string, err error) {
	err = o.journal.View(func(v journal.View) error {
		page := v.CaseCodes(after, keepPage)
		for _, code := range page {
			d, ok, err := v.Dossier(code)
			if err != nil {
				return err
			}
			if ok && !d.Finished.IsZero() && d.Finished.Before(before) {
				codes = append(codes, code)
			}
		}
		if len(page) == keepPage {
			last = page[len(page)-1]
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("look for applicants to erase: %w", err)
	}
	return codes, last, nil
}

// eraseKept erases one applicant, as the office itself.
func (o *Office) eraseKept(ctx context.Context, code string) error {
	err := o.inWriter(ctx, func() error {
		done, err := o.record(o.own(""), eraseOld{Code: code}, nil)
		if err == nil {
			o.stream.publish(done)
		}
		return err
	})
	if no, refused := refusal.Of(err); refused && no.Code == codeNotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("erase the applicant of a finished dossier: %w", err)
	}
	return nil
}

// eraseOld is Erase by the office itself.
type eraseOld struct{ Code string }

// Name implements queue.Command.
func (eraseOld) Name() string { return Erase{}.Name() }

var _ queue.Command = eraseOld{}
