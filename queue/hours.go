package queue

import "time"

// Issuing tells whether the kiosk gives numbers now; when it does not, the
// refusal "office-closed" says when it will again (args opens, day). Decide
// asks the same.
func (c Config) Issuing(now time.Time) error { return c.issuing(now) }
