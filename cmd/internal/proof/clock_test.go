package proof

import (
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"motcua/queue/office"
)

// TestScenario04_WrongClocks: the machine's clock goes back to 1970, a day or an
// hour to and fro, and jumps over midnight, in the middle of work and across
// restarts. No number comes twice, none is lost, no answer changes.
func TestScenario04_WrongClocks(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 4))
	var now atomic.Int64 // milliseconds
	begin := time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)
	now.Store(begin.UnixMilli())
	midnight := func(at time.Time) time.Time { // the next in Vietnam
		return at.Add(7 * time.Hour).Truncate(24 * time.Hour).Add(17 * time.Hour)
	}
	jumps := map[string]func(at time.Time) time.Time{
		"to 1970":         func(time.Time) time.Time { return time.Unix(3600, 0) },
		"to its right":    func(time.Time) time.Time { return begin.Add(time.Duration(random.IntN(40)) * time.Hour) },
		"a day forward":   func(at time.Time) time.Time { return at.Add(24 * time.Hour) },
		"a day back":      func(at time.Time) time.Time { return at.Add(-24 * time.Hour) },
		"an hour forward": func(at time.Time) time.Time { return at.Add(time.Hour) },
		"an hour back":    func(at time.Time) time.Time { return at.Add(-time.Hour) },
		"before midnight": func(at time.Time) time.Time { return midnight(at).Add(-time.Millisecond) },
		"over midnight":   func(at time.Time) time.Time { return midnight(at).Add(time.Millisecond) },
	}
	dir, l := t.TempDir(), newLedger()
	list, err := machines()
	if err != nil {
		t.Fatal(err)
	}
	begun := func() (*office.Office, face) {
		o, err := open(dir, func(c *office.Config) {
			c.Now = func() time.Time { return time.UnixMilli(now.Add(1)) }
			c.Synced = func() bool { return random.IntN(2) == 0 }
		})
		if err != nil {
			t.Fatal(err)
		}
		ask, err := within(o)
		if err != nil {
			t.Fatal(err)
		}
		return o, ask
	}
	o, ask := begun()
	done, restarts := map[string]int{}, 0
	for range times(60, 1500) {
		for name, jump := range jumps { // one, by the map's own dice
			now.Store(jump(time.UnixMilli(now.Load())).UnixMilli())
			done[name]++
			break
		}
		for range 3 {
			for _, m := range list {
				s, err := m.speak(t.Context(), ask)
				if err == nil {
					err = l.add(s)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		if random.IntN(5) == 0 {
			restarts++
			if err := o.Close(); err != nil {
				t.Fatal(err)
			}
			o, ask = begun()
			if err := l.check(t.Context(), ask, random); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if err := l.audit(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d restarts, jumps %v: %d answers, %d numbers; doubled 0, lost 0", restarts, done, l.total, l.issued())
}
