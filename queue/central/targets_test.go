package central

import "testing"

func TestTargetsFollowTheirDates(t *testing.T) {
	shipped, err := loadTargets()
	if err != nil {
		t.Fatal(err)
	}
	if now := targetOn(shipped, "2026-11-22"); now.OnTime != .99 || now.Satisfied != .85 {
		t.Errorf("today's target: %+v", now)
	}
	list := []target{{OnTime: .9}, {From: "2027-01-01", OnTime: .95}, {From: "2028-01-01", OnTime: .99}}
	for day, want := range map[string]float64{"2026-12-31": .9, "2027-01-01": .95, "2027-12-31": .95, "2030-06-01": .99} {
		if got := targetOn(list, day).OnTime; got != want {
			t.Errorf("on %s: %v, want %v", day, got, want)
		}
	}
}
