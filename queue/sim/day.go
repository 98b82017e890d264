package sim

import (
	"time"

	"motcua/queue"
)

// Day is one office day as it comes from outside.
type Day struct {
	Date   string // "2006-01-02"
	Config queue.Config
	Visits []Visit // by At
	Shifts []Shift
	// Closes is when the business day is closed; everyone still waiting then
	// is not served.
	Closes time.Time
}

// Visit is one person's coming.
type Visit struct {
	At       time.Time
	Kiosk    string
	Service  string
	Class    string
	Dossiers int
	// Legs is what happens at one counter after another; a visit that is
	// called more often than it has legs repeats the last one and ends there.
	Legs []Leg
	// Misses: nobody comes to the first call. Back is how long after it the
	// person is back; 0 is never.
	Misses bool
	Back   time.Duration
	// GivesUp withdraws the number after so long a wait; 0 is never.
	GivesUp time.Duration
}

// Leg is one stay at a counter.
type Leg struct {
	Walk time.Duration // from the call to the start
	Work time.Duration // from the start to the end
	Wrap time.Duration // after the end, until the officer calls again
	End  End
	// Service and Counter are where a transfer goes.
	Service, Counter string
	// Aside is how long a held ticket stays aside.
	Aside time.Duration
}

// End is how a stay at a counter ends.
type End int

// Ends of a stay.
const (
	Finished End = iota
	Transferred
	PutAside
)

// Shift is one officer at one counter. At its end whoever waits is still
// called for as long as Stays says.
type Shift struct {
	Counter, Officer string
	From, To         time.Time
	Stays            time.Duration
	Breaks           []Break
}

// Break is a pause within a shift.
type Break struct {
	From, To time.Time
	Reason   string
}
