package office

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"motcua/queue/chain"
	"motcua/queue/health"
)

// Bounds of what counts as healthy.
const (
	lowRoom    = 512 << 20 // bytes before disk-full that are worth a word
	slowCommit = 300 * time.Millisecond
	forgotten  = time.Second // a read transaction that old
	clockOff   = time.Minute // between our clock and the city's
	lineWarn   = 24 * time.Hour
	lineFail   = 72 * time.Hour
)

// Health does every check of the office, always in the same order.
func (o *Office) Health(ctx context.Context) []health.Check {
	return health.Run(ctx, append([]health.Probe{
		{Name: "store", Run: o.checkStore},
		{Name: "record", Run: o.checkRecord},
		{Name: "disk-room", Run: o.checkRoom},
		{Name: "commit-time", Run: o.checkCommits},
		{Name: "readers", Run: o.checkReaders},
		{Name: "clock", Run: o.checkClock},
		{Name: "link", Run: o.checkLink},
		{Name: "succession", Run: o.checkSuccession},
		{Name: "catalogue", Run: o.checkCatalogue},
		{Name: "configuration", Run: o.checkConfiguration},
		{Name: "lan", Run: o.checkLAN},
		{Name: "staff", Run: o.checkStaff},
	}, o.cfg.Checks...)...)
}

func (o *Office) checkStore(context.Context) health.Check {
	select {
	case <-o.done:
		return health.Of("store", health.Fail, "stopped")
	default:
	}
	head := o.journal.Head()
	return health.Of("store", health.OK, "ok", "records", strconv.FormatUint(head.Seq, 10))
}

func (o *Office) checkRoom(context.Context) health.Check {
	room, err := o.journal.Room()
	mib := strconv.FormatInt(max(0, room)>>20, 10)
	switch {
	case err != nil:
		return health.Of("disk-room", health.Warn, "unknown")
	case room <= 0:
		return health.Of("disk-room", health.Fail, "full")
	case room < lowRoom:
		return health.Of("disk-room", health.Warn, "low", "mib", mib)
	}
	return health.Of("disk-room", health.OK, "ok", "mib", mib)
}

func (o *Office) checkCommits(context.Context) health.Check {
	worst := o.meter.slowest()
	ms := strconv.FormatInt(worst.Milliseconds(), 10)
	if worst > slowCommit {
		return health.Of("commit-time", health.Warn, "slow", "ms", ms)
	}
	return health.Of("commit-time", health.OK, "ok", "ms", ms)
}

func (o *Office) checkReaders(context.Context) health.Check {
	open, oldest := o.journal.Readers()
	if oldest > forgotten {
		return health.Of("readers", health.Fail, "forgotten", "seconds", strconv.Itoa(int(oldest.Seconds())))
	}
	return health.Of("readers", health.OK, "ok", "open", strconv.Itoa(open))
}

func (o *Office) checkClock(ctx context.Context) health.Check {
	head := o.journal.Head().Seq
	recent, err := o.journal.Range(ctx, head-min(head, clockWindow), clockWindow)
	if err != nil {
		return health.Of("clock", health.Warn, "unknown")
	}
	for _, r := range recent {
		if r.Clock == chain.ClockJumped {
			return health.Of("clock", health.Warn, "jumped", "seq", strconv.FormatUint(r.Seq, 10), "at", r.At.Format(time.DateTime))
		}
	}
	if offset := o.meter.offset.Load(); offset != nil && offset.Abs() > clockOff {
		return health.Of("clock", health.Warn, "off", "seconds", strconv.Itoa(int(offset.Abs().Seconds())))
	}
	if !o.cfg.Synced() {
		return health.Of("clock", health.Warn, "free")
	}
	return health.Of("clock", health.OK, "ok")
}

// clockWindow is how many records back a jump of the clock is still shown.
const clockWindow = 500

func (o *Office) checkLink(context.Context) health.Check {
	link := o.Link()
	if link == nil {
		return health.Of("link", health.OK, "none")
	}
	behind := strconv.FormatUint(link.Latest-min(link.Latest, link.Acked), 10)
	away := o.cfg.Now().Sub(link.Since)
	hours := strconv.Itoa(int(away.Hours()))
	switch {
	case link.Trouble != "":
		return health.Check{Name: "link", Level: health.Warn, Text: "central.trouble." + link.Trouble}
	case link.Up:
		return health.Of("link", health.OK, "up", "behind", behind)
	case away > lineFail:
		return health.Of("link", health.Fail, "long-away", "hours", hours, "behind", behind)
	case away > lineWarn:
		return health.Of("link", health.Warn, "away", "hours", hours, "behind", behind)
	}
	return health.Of("link", health.OK, "short-away", "behind", behind)
}

func (o *Office) checkCatalogue(context.Context) health.Check {
	rules := o.rules.Load()
	if len(rules.Catalogue.Procedures) == 0 {
		return health.Of("catalogue", health.Warn, "empty")
	}
	return health.Of("catalogue", health.OK, "ok", "version", rules.Catalogue.Version,
		"procedures", fmt.Sprint(len(rules.Catalogue.Procedures)))
}

func (o *Office) checkConfiguration(context.Context) health.Check {
	if c := o.State().Config; c.Office != "" {
		return health.Of("configuration", health.OK, "ok", "office", c.Office)
	}
	return health.Of("configuration", health.Fail, "missing")
}
