package sim

import (
	"fmt"
	"io"
)

// Twin is a day played as it was and with a change.
type Twin struct {
	Date string `json:"date"`
	// Recorded is what really happened, for a recorded day. Before is the same
	// day simulated: how far the two are apart is how far to trust After.
	Recorded []Row `json:"recorded,omitempty"`
	Before   []Row `json:"before"`
	After    []Row `json:"after"`
	// Refused counts who got no number under the changed rules.
	Refused int `json:"refused"`
}

// Compare plays a day as it was and changed. recorded may be nil.
func Compare(d Day, recorded []Wait, c Change) (Twin, error) {
	changed, err := c.Apply(d)
	if err != nil {
		return Twin{}, err
	}
	before, err := NewRun(Faults{}, 1).Play(d)
	if err != nil {
		return Twin{}, fmt.Errorf("simulate the day as it was: %w", err)
	}
	after, err := NewRun(Faults{}, 1).Play(changed)
	if err != nil {
		return Twin{}, fmt.Errorf("simulate the changed day: %w", err)
	}
	t := Twin{Date: d.Date, Before: Table(d.Config, before), After: Table(changed.Config, after), Refused: len(d.Visits) - len(after)}
	if recorded != nil {
		t.Recorded = Table(d.Config, recorded)
	}
	return t, nil
}

// Write writes the tables for people.
func (t Twin) Write(w io.Writer) error {
	for _, x := range []struct {
		title string
		rows  []Row
	}{{"recorded", t.Recorded}, {"as it was", t.Before}, {"changed", t.After}} {
		if x.rows == nil {
			continue
		}
		if err := WriteTable(w, t.Date+" "+x.title, x.rows); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	was, is := t.Before[len(t.Before)-1], t.After[len(t.After)-1]
	_, err := fmt.Fprintf(w, "changed: median %s instead of %s, p90 %s instead of %s, %.0f%% within 15 minutes instead of %.0f%%, %d not served instead of %d\n",
		short(is.Median), short(was.Median), short(is.P90), short(was.P90), 100*is.Within15, 100*was.Within15, is.NotServed, was.NotServed)
	if err == nil && t.Refused > 0 {
		_, err = fmt.Fprintf(w, "%d people got no number under the changed rules\n", t.Refused)
	}
	return err
}
