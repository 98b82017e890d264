package office

import (
	"time"

	"golang.org/x/sys/unix"
)

// clockSynced asks the kernel whether something disciplines its clock.
func clockSynced() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err == nil && state != unix.TIME_ERROR && t.Status&unix.STA_UNSYNC == 0
}

// uptime is the time since the machine began, sleep included: Go's own
// monotonic clock stands still while a machine sleeps.
func uptime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_BOOTTIME, &t) != nil {
		return time.Since(begun)
	}
	return time.Duration(t.Nano())
}

// begun is when the program did.
var begun = time.Now()
