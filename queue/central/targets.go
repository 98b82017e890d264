package central

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// target is what the city's programme asks of a day, from a local date on
// ("2006-01-02"; "" is always). Shares are of 1.
type target struct {
	From      string  `json:"from"`
	OnTime    float64 `json:"on_time"`
	Satisfied float64 `json:"satisfied"`
	Source    string  `json:"source"`
}

//go:embed targets.json
var targetsJSON []byte

// loadTargets reads the programme's targets, in order of their dates.
func loadTargets() ([]target, error) {
	var list []target
	if err := json.Unmarshal(targetsJSON, &list); err != nil {
		return nil, fmt.Errorf("read the targets: %w", err)
	}
	byDate := func(a, b target) int { return cmp.Compare(a.From, b.From) }
	if len(list) == 0 || list[0].From != "" || !slices.IsSortedFunc(list, byDate) {
		return nil, errors.New("read the targets: they do not follow each other from the beginning")
	}
	return list, nil
}

// targetOn is the target in force on a day.
func targetOn(list []target, day string) target {
	in := list[0]
	for _, t := range list {
		if t.From <= day {
			in = t
		}
	}
	return in
}
