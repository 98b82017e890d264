// Package succession says who leads the office: which machine is the hub, for
// how long, and how another takes over without the two ever agreeing.
//
// There is no election. With two machines a crash and a cut cable look the
// same, so a person promotes the standby, and a term that only ever grows makes
// that safe: every message names the term of who sends it, nobody obeys a lower
// one than it has seen, and a hub that meets a higher one steps down for good
// before it does anything else. Numbers name their term, so two hubs at once
// (a promotion by mistake) never give the same number.
//
// A Seat is what one machine must remember of this through a power cut. It is a
// value: its methods return the seat to keep, which must be on disk before the
// machine answers or acts on it. The package is PURE.
package succession
