// Package queue is the office's waiting room: tickets, counters, officers, and
// the one rule that says who is next.
//
// It is PURE: no clock, disk, network or goroutine. A command meets the state
// in Decide and becomes events or a refusal; an event meets the state in Apply
// and changes it, without judging. The office service writes the events to the
// journal between the two, so that the same journal replayed anywhere gives the
// same state, byte for byte.
//
// Everything an office may want to set (services, counters, head starts, recall
// limits, hours) is in Config, which itself arrives as an event.
package queue
