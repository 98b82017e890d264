// Package field is what a terminal (a kiosk, a counter) does when the office
// does not answer: the rules of the line being cut, apart from any line.
//
// A Terminal is a value. Every input (a wish of the person in front of it, an
// answer, a word from the office, the time) gives the next value and a Step:
// what must be on disk first, then what to do, in order. What a person was told
// holds: a wish that nobody answered in time is decided here, on the copy of
// the office's state, and becomes a record in the terminal's own chain of field
// records; or it is refused, and the call that may have reached the office is
// given up. When the office is heard again, what it lacks is offered to it
// before anything new is sent: first what only this copy remembers of a hub
// that is gone (rule R10), then the field records (R5, R7), then the calls that
// have waited.
//
// Whatever is offered is kept and may be offered again, for the office merges
// it once. So the terminal never needs to know whether an answer was lost.
//
// The package is PURE. The run time (package station of the terminals) owns the
// clock, the disk and the line; the simulation of cut lines drives the same
// Terminal with all three as it likes.
package field
