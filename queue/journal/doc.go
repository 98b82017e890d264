// Package journal keeps an office's records and what is read from them in one
// bbolt file (docs/journal.md describes the format).
//
// One writer appends records, stores the answers that go with them and brings
// the read models up to date, all in one transaction: after a crash at any
// instant either all of it is there or none. Readers use short transactions
// that the journal opens and ends itself, because one forgotten reader stops
// the writer. Nothing here decides; package office does.
//
// Three ways a write can fail are kept apart, because the caller must do
// different things: its own error (nothing happened, go on), ErrFull (nothing
// happened, try again when there is room) and ErrSuspect (what is on the disk
// is not known; the process must end and verify on its next start. Going on
// after a failed flush is how a bbolt file is lost).
package journal
