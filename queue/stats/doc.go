// Package stats turns the record of one or many days into what leaders read:
// waits, service times, absences, ratings, and how often the printed promise
// was kept, by hour, service, counter, officer and class.
//
// What is counted is said once, here, and printed with every report:
//
//   - The wait runs from arrival (the ticket's issue) to the first call.
//     Recalls, returns after an absence and transfers do not change it. Of a
//     number taken for a later session it runs from that session's beginning.
//   - The service time of a ticket is the time in "serving", holds left out,
//     from the first counter to the finish; from the call when the officer
//     pressed no start.
//   - What follows a transfer, or another service of the same visit, is a
//     later leg and stands apart (Later), as do services that the end of the
//     day cut off (Forced) and tickets that still waited then (NotServed): no
//     unfinished time touches an average.
//   - What a hub or a device did alone while the line was cut is counted at the
//     time at which it happened, and once (Elsewhere). The wait of a number that
//     was served before anybody told when it was given counts when that is told.
//   - Whoever was absent when the day ended is absent, not "not served".
//   - Where the record says that the clock jumped ahead, the jump is in no wait
//     and no service time; how long it really was between the two records is not
//     known and counts as nothing. Backwards, the queue's own time stands still.
//
// Everything is read from the events through package replay; the same records
// give the same report on any machine. The package is PURE.
package stats
