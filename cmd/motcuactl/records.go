package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"motcua/assets/i18n"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
)

// records is a journal that nobody has open, or a backup of one, as the
// commands that count and judge read it.
type records struct{ j *journal.Journal }

// recordsPage is how many records are held in memory at a time.
const recordsPage = 4000

// openRecords opens the journal of an office's data folder, or the file itself
// when data names one.
func openRecords(ctx context.Context, data string) (*records, error) {
	if data == "" {
		return nil, fmt.Errorf("--data is missing, the office's data folder or a backup of its journal: %w", errUsage)
	}
	path := data
	if info, err := os.Stat(data); err != nil || info.IsDir() {
		path = filepath.Join(data, office.JournalFile)
	}
	j, err := journal.Open(ctx, path, journal.Options{ReadOnly: true})
	if errors.Is(err, journal.ErrInUse) {
		return nil, fmt.Errorf("%w; end motcuad first, or use a backup", err)
	}
	if err != nil {
		return nil, err
	}
	return &records{j: j}, nil
}

// each hands over every record after a head in order, having checked that it continues the
// chain, and returns the head that the chain arrived at. The first record that
// does not is a *journal.FalseRecord.
func (r *records) each(ctx context.Context, from chain.Head, use func(chain.Record)) (head chain.Head, err error) {
	head = from
	for {
		page, err := r.j.Range(ctx, head.Seq, recordsPage)
		if err != nil {
			return head, err
		}
		for _, rec := range page {
			next, err := head.Check(rec)
			if err != nil {
				return head, &journal.FalseRecord{Seq: rec.Seq, Err: err}
			}
			use(rec)
			head = next
		}
		if len(page) < recordsPage {
			break
		}
	}
	if end := r.j.Head(); head != end {
		return head, &journal.FalseRecord{Seq: max(head.Seq, end.Seq), Err: chain.ErrFork}
	}
	return head, nil
}

// lastDay is the latest business day that was opened, "" for none. It looks
// from the end, so that it costs a day and not the whole journal.
func (r *records) lastDay(ctx context.Context) (string, error) {
	for end, base := r.j.Head().Seq, r.j.Base().Seq; end > base; {
		from := max(end-min(end, recordsPage), base)
		page, err := r.j.Range(ctx, from, int(end-from))
		if err != nil {
			return "", err
		}
		for _, rec := range slices.Backward(page) {
			if rec.Type != (queue.DayOpened{}).Kind() {
				continue
			}
			e, _, err := queue.DecodeEvent(rec.Type, rec.V, rec.Data)
			if opened, ok := e.(queue.DayOpened); ok && err == nil {
				return opened.Day, nil
			}
		}
		end = from
	}
	return "", nil
}

// period is the flags that choose what a report is about and how it speaks.
type period struct {
	data, day, lang string
	texts           *i18n.Texts
}

var dayShape = regexp.MustCompile(`^\d{4}(-\d{2}(-\d{2})?)?$`)

func (p *period) flags(f *flag.FlagSet) {
	f.StringVar(&p.data, "data", "", "the office's data `folder`, or a backup of its journal; nobody may have it open")
	f.StringVar(&p.day, "day", "", "a `day` 2026-11-23, a month 2026-11 or a year 2026; the latest day when not given")
	f.StringVar(&p.lang, "lang", "vi", "`language` of the text, vi or en")
}

func (p *period) check() (err error) {
	switch {
	case p.day != "" && !dayShape.MatchString(p.day):
		return fmt.Errorf("--day %q is no day (2026-11-23), month (2026-11) or year (2026): %w", p.day, errUsage)
	case !slices.Contains(i18n.Languages[:], p.lang):
		return fmt.Errorf("--lang %q is neither vi nor en: %w", p.lang, errUsage)
	}
	p.texts, err = i18n.Load()
	return err
}

// fold opens the journal and hands its records to the fold that begin makes for
// the wanted days, from a state kept before the first of them on: a day of an
// old journal costs a month and not all of it.
func (p *period) fold(ctx context.Context, c *call, begin func(wanted func(day string) bool, from *queue.State) (add func(chain.Record))) (head chain.Head, err error) {
	r, err := openRecords(ctx, p.data)
	if err != nil {
		return head, err
	}
	defer func() { err = errors.Join(err, r.j.Close()) }()
	chosen := p.day
	if chosen == "" {
		if chosen, err = r.lastDay(ctx); err != nil {
			return head, err
		}
	}
	if chosen == "" {
		return head, p.noDay()
	}
	state, from, err := r.j.StateBefore(ctx, firstDay(chosen))
	if err != nil {
		return head, err
	}
	head, err = r.each(ctx, from, begin(func(day string) bool { return strings.HasPrefix(day, chosen) }, state))
	var wrong *journal.FalseRecord
	if errors.As(err, &wrong) {
		fmt.Fprintf(c.stdout, "FALSE: record %d: %v\n", wrong.Seq, wrong.Err)
		return head, errFound
	}
	return head, err
}

// firstDay is the first day of a day, a month or a year.
func firstDay(period string) string {
	const all = "2006-01-01"
	return period + all[min(len(period), len(all)):]
}

// noDay says that there is nothing to report on.
func (p *period) noDay() error {
	if p.day == "" {
		return errors.New("the journal has no business day yet")
	}
	return fmt.Errorf("the journal has no business day %s", p.day)
}
