// Package cut plays offices whose lines are cut: a hub, its standby, a kiosk
// and two counters, with links that break one by one, machines that lose power
// between any two steps, answers that are lost, late or doubled, hand-overs
// that stop halfway, and supervisors who promote the standby, rightly or by
// mistake. Then everything is mended, and what is in the record is held against
// what people saw happen.
//
// It drives what the product runs: queue.Decide and State.Apply, real chain
// lines, succession.Seat and field.Terminal, dossiers and their codes. Only
// disks, lines and people are made up. One seed is one schedule, always the
// same; a seed that fails is a bug report, and Result.Schedule tells it in
// words.
//
// The invariants are those of the office under partition:
//
//	I1 no number twice in a day
//	I2 no printed number is lost, and none that somebody holds is void
//	I3 no service without a record; nobody is served twice
//	I4 official dossier codes are unique and without a gap
//	I5 every command has its effect at most once
//	I6 in the end one hub leads, its standby has the same record, and the record
//	   replays to the same state
//	I7 nobody waits in the queue who holds no such number; what two places did
//	   with one ticket is an anomaly that somebody sees
//
// A proof that finds nothing says little, so Options.Without leaves out one
// rule at a time; every such mutant must be caught. The package is PURE.
package cut
