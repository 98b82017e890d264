// Package sim plays office days against the real queue, in time of its own: who
// comes when and for what, who sits where, how long everything takes, and, if
// wanted, clocks that jump, crashes and commands that arrive twice. The rules
// are never copied here: every step is queue.Decide and queue.Apply.
//
// A Day is everything that comes from outside. Generate makes one up from a
// seed, Recorded reads one out of an office's journal, and Change gives it
// other staffing or other rules; Play runs it. So a month can be proved, and a
// leader can ask what last Monday would have been with one more counter (the
// digital twin).
//
// The package is PURE: the same Day plays to the same bytes.
package sim
