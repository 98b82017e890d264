package health_test

import (
	"context"
	"testing"
	"testing/synctest"

	"motcua/queue/health"
)

func TestOneBadProbeDoesNotSpoilTheList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		checks := health.Run(t.Context(),
			health.Probe{Name: "good", Run: func(context.Context) health.Check { return health.Of("good", health.OK, "ok", "n", "1") }},
			health.Probe{Name: "panics", Run: func(context.Context) health.Check { panic("a bug") }},
			health.Probe{Name: "hangs", Run: func(context.Context) health.Check { <-stuck; return health.Check{} }},
			health.Probe{Name: "tight", Run: func(context.Context) health.Check { return health.Of("tight", health.Warn, "low") }},
		)
		close(stuck)
		want := []health.Level{health.OK, health.Fail, health.Fail, health.Warn}
		for i, c := range checks {
			if c.Level != want[i] || c.Name == "" || c.Text == "" {
				t.Errorf("check %d: got %+v, want level %s", i, c, want[i])
			}
		}
		if health.Worst(checks) != health.Fail || health.Worst(checks[:1]) != health.OK || health.Worst(nil) != health.OK {
			t.Error("the worst level is not the list's")
		}
		if c := checks[0]; c.Title() != "health.good" || c.Text != "health.good.ok" || len(c.Pairs()) != 2 {
			t.Errorf("got %+v", c)
		}
	})
}
