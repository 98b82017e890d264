// Package terminal is a kiosk, a counter or a display at work on a network: the
// run time of package field. It finds the machine that leads the office among
// those it knows, sends what people at it want, keeps a copy of the office's
// state and records, and when nobody answers decides what it may by itself.
// What happened meanwhile is handed over when the office is heard again.
//
// It is an office.Client and a caller of commands, so a screen does not know
// whether the office, its standby or the terminal itself has answered. Watching
// it (Seen) tells how old is what is shown, and since when the office is silent.
//
// One goroutine owns the field.Terminal. Everything that must survive a power
// cut is in one bbolt file beside it and is on the disk before anything that
// follows from it is done.
package terminal
