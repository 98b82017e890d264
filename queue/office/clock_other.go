//go:build !linux

package office

import "time"

// clockSynced cannot be asked here, so the clock counts as running on its own.
func clockSynced() bool { return false }

// uptime is the time since the program began.
func uptime() time.Duration { return time.Since(begun) }

// begun is when the program did.
var begun = time.Now()
