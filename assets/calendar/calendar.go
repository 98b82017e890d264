// Package calendar ships Vietnam's working calendar for civil servants: days
// off, days in lieu and worked Saturdays by year, each year with the notices
// that fixed it, and the usual state working week. An office with other hours
// or a later year replaces the file, not the program.
package calendar

import (
	_ "embed"
	"encoding/json"
	"fmt"

	"motcua/queue/worktime"
)

//go:embed vietnam.json
var vietnam []byte

// Load reads the embedded calendar.
func Load() (*worktime.Calendar, error) {
	var t worktime.Table
	if err := json.Unmarshal(vietnam, &t); err != nil {
		return nil, fmt.Errorf("read the embedded calendar: %w", err)
	}
	return worktime.New(t)
}
