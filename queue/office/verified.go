package office

import (
	"context"
	"errors"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/health"
	"motcua/queue/journal"
)

// verifyEvery is how often the whole record is verified without being asked: a
// disk that forgets an old month is to be heard of while there is a backup.
const verifyEvery = 24 * time.Hour

// verified is what the last verification came to.
type verified struct {
	at    time.Time
	head  chain.Head
	false uint64 // the first false record
	err   error
}

// Verify reads the whole journal and checks every record, checkpoint and stored
// value, and remembers the outcome for Health. It returns what Journal.Verify
// does.
func (o *Office) Verify(ctx context.Context) (chain.Head, error) {
	head, err := o.journal.Verify(ctx)
	if ctx.Err() != nil {
		return head, err
	}
	p := &verified{at: o.cfg.Now(), head: head, err: err}
	var wrong *journal.FalseRecord
	if errors.As(err, &wrong) {
		p.false = wrong.Seq
	}
	if err != nil {
		o.log.Error("the record is not whole", "err", err)
	}
	o.verified.Store(p)
	return head, err
}

func (o *Office) checkRecord(context.Context) health.Check {
	p := o.verified.Load()
	switch {
	case p == nil:
		return health.Of("record", health.OK, "not-yet")
	case p.false > 0:
		return health.Of("record", health.Fail, "false", "seq", strconv.FormatUint(p.false, 10))
	case p.err != nil:
		return health.Of("record", health.Fail, "damaged")
	}
	return health.Of("record", health.OK, "ok", "records", strconv.FormatUint(p.head.Seq, 10),
		"hours", strconv.Itoa(int(o.cfg.Now().Sub(p.at).Hours())))
}
