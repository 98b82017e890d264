package silent_test

import (
	"testing"
	"time"

	"motcua/kiosk/silent"
)

func TestHowTheSilenceIsTold(t *testing.T) {
	t.Parallel()
	lost := time.Date(2026, 11, 23, 2, 41, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		heard silent.Hearing
		after time.Duration
		level silent.Level
		at    string
	}{
		"there":                  {silent.Hearing{}, 0, silent.Here, ""},
		"a moment":               {silent.Hearing{Lost: lost}, 4 * time.Second, silent.Here, "09:41"},
		"five seconds":           {silent.Hearing{Lost: lost}, 5 * time.Second, silent.Quiet, "09:41"},
		"forty seconds":          {silent.Hearing{Lost: lost}, 40 * time.Second, silent.Long, "09:41"},
		"since yesterday":        {silent.Hearing{Lost: lost, AsOf: lost.Add(-24 * time.Hour)}, time.Minute, silent.Long, "09:41 22/11"},
		"the clock was set back": {silent.Hearing{Lost: lost}, -time.Hour, silent.Here, "09:41"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := lost.Add(c.after)
			if got := c.heard.Silence(now); got != c.level {
				t.Errorf("level: got %v, want %v", got, c.level)
			}
			if got := c.heard.At(now); c.at != "" && got != c.at {
				t.Errorf("at: got %q, want %q", got, c.at)
			}
			if got := c.heard.Seconds(now); got < 0 {
				t.Errorf("%d seconds", got)
			}
		})
	}
}
