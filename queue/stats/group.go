package stats

import (
	"time"

	"motcua/queue"
)

// group is a Group being counted, with the values its summaries need.
type group struct {
	Group
	waits, services, laterWaits, laterServices, widths []int
}

// ends is where a ticket stands in the count; every ticket of a group is in
// exactly one.
type ends int

const (
	isOpen ends = iota
	isDone
	isAbsent
	isVoid
	isNotServed
	isForced
)

func (g *group) at(e ends) *int {
	switch e {
	case isDone:
		return &g.Done
	case isAbsent:
		return &g.Absent
	case isVoid:
		return &g.Void
	case isNotServed:
		return &g.NotServed
	case isForced:
		return &g.Forced
	}
	return &g.Open
}

// waited counts the wait that is reported.
func (g *group) waited(wait, target time.Duration) {
	g.waits = append(g.waits, seconds(wait))
	if wait <= target {
		g.WithinTarget++
	}
}

// promised compares a wait with the range on the ticket.
func (g *group) promised(wait time.Duration, e queue.Estimate) {
	g.widths = append(g.widths, seconds(e.High-e.Low))
	g.Promise.Tickets++
	switch {
	case e.Holds(wait):
		g.Promise.Kept++
	case wait < e.Low:
		g.Promise.Early++
	default:
		g.Promise.Late++
	}
}

// close turns the values into the figures.
func (g *group) close() Group {
	out := g.Group
	out.Wait = summarize(g.waits)
	out.Service = summarize(g.services)
	out.Later.Wait = summarize(g.laterWaits)
	out.Later.Service = summarize(g.laterServices)
	out.Promise.Width = summarize(g.widths).Median
	out.Promise.Rate = share(out.Promise.Kept, out.Promise.Tickets)
	out.Ratings.Satisfied = share(out.Ratings.Levels[4]+out.Ratings.Levels[5], out.Ratings.N)
	out.AbsentBy = share(out.Absent, out.Called)
	out.InTarget = share(out.WithinTarget, len(g.waits))
	return out
}
