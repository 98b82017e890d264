package office

import (
	"context"
	"time"
)

// keepEvery is how often finished months are looked for.
const keepEvery = time.Hour

// keep moves finished months out of the live file and lets go of those that
// need no longer be kept. It ends with the office.
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
	for {
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
	if err != nil || o.cfg.Keep <= 0 {
		return err
	}
	dropped, err := o.journal.Drop(ctx, o.cfg.Now().Add(-o.cfg.Keep))
	if dropped > 0 {
		o.log.Info("months past their time were dropped", "months", dropped)
	}
	return err
}
