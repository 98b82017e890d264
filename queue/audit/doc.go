// Package audit proves that an office called people in the order of its rule,
// or names the calls that were not.
//
// It replays the record. Just before each call it asks, of the state as it was
// then, whom the rule would have called (queue.State.Next), and it works the
// answer out a second time by itself from the tickets that waited, so that a
// fault of the rule's own shortcuts would show. A call is by the rule, or takes
// up a held ticket again, or was chosen by an officer with a reason that is
// listed, or is unexplained, which is a fault. The reason that was recorded with a
// call must be the one that the rule gives.
//
// Calls that a hub or a device made alone while the line was cut are counted
// apart: they were made on another line than the one that can be replayed.
//
// Beside the calls it checks what must hold always: no number twice, no ticket
// at two counters and no counter with two, every start one end, no negative
// wait, no place in line improved after the fact, nobody left in the house
// when the day ends, and no ticket passed by more than the bound of the head
// starts. The package is PURE.
package audit
