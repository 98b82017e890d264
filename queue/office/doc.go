// Package office is one office at work: the queue and the dossiers over one
// journal, with one writer.
//
// A command comes with the key (device, n). The writer drains what is waiting,
// decides each command against the state with what the batch has already
// decided, puts all their records and answers into one transaction, and only
// after the commit replies and publishes. So what was answered is on the disk,
// and the same command again gets the same answer. Nothing in the writer waits
// for a printer, a network or a screen.
//
// Screens and scripts see an office through Client: Local in the same process,
// Dial over HTTP, both alike. Handler serves the HTTP side, which describes
// itself at /openapi.json.
//
// Invariants: acknowledged means on disk; order is the journal's sequence; a
// failed flush ends the office (Done), because going on would corrupt; personal
// data is sealed before it reaches a record and is never logged.
package office
