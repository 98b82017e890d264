package office

import (
	"context"
	"time"
)

// keepEvery is how often finished months are looked for.
const keepEvery = time.Hour

// keep moves finished months out of the live file and lets go of what need no
// longer be kept: months, and the persons in finished dossiers. It ends with the
// office.
func (o *Office) keep() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		defer cancel()
		select {
		case <-o.quit:
		case <-o.done:
		case <-ctx.Done():
		}
	}()
	t := time.NewTicker(keepEvery)
	defer t.Stop()
	last := time.Now()
	for {
		if time.Since(last) >= verifyEvery {
			_, _ = o.Verify(ctx) // Health says what it found
			last = time.Now()
		}
		if err := o.tidy(ctx); err != nil && ctx.Err() == nil {
			o.log.Warn("the journal's months could not be put in order; tried again in an hour", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (o *Office) tidy(ctx context.Context) error {
	sealed, err := o.journal.Seal(ctx)
	if sealed > 0 {
		o.log.Info("finished months were sealed", "months", sealed)
	}
	if err != nil {
		return err
	}
	erased, err := o.EraseOld(ctx)
	if erased > 0 {
		o.log.Info("applicants of old dossiers were erased", "dossiers", erased)
	}
	days := o.State().Config.Keep.Records
	if err != nil || days <= 0 {
		return err
	}
	dropped, err := o.journal.Drop(ctx, o.cfg.Now().AddDate(0, 0, -days))
	if dropped > 0 {
		o.log.Info("months past their time were dropped", "months", dropped)
	}
	return err
}
