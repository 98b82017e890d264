package field

import (
	"motcua/queue"
	"motcua/queue/chain"
)

// Step is what an input leads to. The order binds: Append and, when Keep is
// set, Terminal.Kept are on disk, in one transaction, before the first of Do is
// begun.
type Step struct {
	Keep   bool
	Append []chain.Record // new field records, in order
	Do     []Effect
}

// Effect is one thing to do.
type Effect interface{ effect() }

// Send sends a pending call to the office that leads; then Answered or Failed.
type Send struct{ Call Pending }

// Answer gives the office's answer for a call to who asked.
type Answer struct{ N uint64 }

// Decided tells who asked that the wish was carried out here: the events are on
// disk, Terminal.View shows them.
type Decided struct {
	// N is the wish's number; after giving up a number at the office it is not
	// the number of the record.
	N      uint64
	Events []queue.Event
}

// Waits tells who asked that nobody answers, and that the call stands: it is
// carried out when the office is back, and Answer comes then. What the person
// is told until then is provisional.
type Waits struct{ N uint64 }

// Refused tells who asked why not.
type Refused struct {
	N   uint64 // 0 when the wish was not even numbered
	Err error
}

// Follow asks the office that now leads for the terms of its chain, then for
// its state and records: Following, then Copied.
type Follow struct{}

// Offer sends records to be merged (queue.Merge); then Took or Failed. Of the
// terminal's own device as origin they are field records, else of the copy or
// of what came with answers. A record that is no longer there is passed over.
type Offer struct{ Span Span }

func (Send) effect()    {}
func (Answer) effect()  {}
func (Decided) effect() {}
func (Waits) effect()   {}
func (Refused) effect() {}
func (Follow) effect()  {}
func (Offer) effect()   {}

// refused is the step of a wish that leads to nothing.
func refused(n uint64, err error) Step { return Step{Do: []Effect{Refused{N: n, Err: err}}} }

// and adds what follows.
func (s Step) and(next Step) Step {
	s.Keep = s.Keep || next.Keep
	s.Append = append(s.Append, next.Append...)
	s.Do = append(s.Do, next.Do...)
	return s
}
