// Package board is the presenter of the hall's display and of its voice: which
// call stands large, which stand beside it, who is told to go by word of mouth,
// and what the loudspeaker says next.
//
// State is a value; Handle turns it, one Intent and the time into the next
// State and the Effects for the runner. State.Picture is what the view draws.
// The screen and the sound come from the same calls and neither waits for the
// other. Only numbers and counters are shown, never a person.
//
// The package is PURE.
package board
