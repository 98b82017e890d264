package cut_test

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"motcua/queue/sim/cut"
)

// A run of the tests plays so many schedules, or as many as fit the time.
// MOTCUA_CUTS asks for a number whatever it takes (make prove).
const (
	usual  = 5000
	budget = 12 * time.Second
	// within is how many schedules it may take to catch a mutant.
	within = 2000
)

func newLab(t testing.TB) *cut.Lab {
	t.Helper()
	lab, err := cut.NewLab()
	if err != nil {
		t.Fatal(err)
	}
	return lab
}

// number reads a number from the environment, 0 for none.
func number(t testing.TB, name string) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// tally is what many schedules came to.
type tally struct {
	mu     sync.Mutex // guards what follows
	played uint64
	count  cut.Count
	faults []cut.Result
}

func (y *tally) add(r cut.Result) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.played++
	y.count.Add(r.Count)
	if r.Fault != "" {
		y.faults = append(y.faults, r)
	}
}

// play runs seeds on every core until n are done, more says no, or there are
// enough faults.
func play(lab *cut.Lab, n uint64, o cut.Options, enough int, more func() bool) *tally {
	var y tally
	var next atomic.Uint64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for more() {
				seed := next.Add(1)
				y.mu.Lock()
				found := len(y.faults)
				y.mu.Unlock()
				if seed > n || found >= enough {
					return
				}
				y.add(lab.Run(seed, o))
			}
		})
	}
	all.Wait()
	slices.SortFunc(y.faults, func(a, b cut.Result) int { return int(a.Seed) - int(b.Seed) })
	return &y
}

// TestCutLines is the proof: whatever happens to lines and machines, the record
// is right when everything is mended.
func TestCutLines(t *testing.T) {
	lab, n := newLab(t), number(t, "MOTCUA_CUTS")
	start := time.Now()
	more := func() bool { return n > 0 || time.Since(start) < budget }
	schedules := n
	if n == 0 {
		schedules = usual
	}
	y := play(lab, schedules, cut.Options{}, 10, more)
	for i, r := range y.faults {
		if i == 0 {
			told := lab.Run(r.Seed, cut.Options{Tell: true})
			t.Errorf("seed %d: %s\n%s", r.Seed, r.Fault, strings.Join(told.Schedule, "\n"))
			continue
		}
		t.Errorf("seed %d: %s", r.Seed, r.Fault)
	}
	t.Logf("%d schedules, %.0f a second: %+v", y.played, float64(y.played)/time.Since(start).Seconds(), y.count)
}

// TestMutants leaves one rule out at a time: that must be noticed.
func TestMutants(t *testing.T) {
	lab := newLab(t)
	mutants := cut.Mutants()
	var table strings.Builder
	for _, rule := range slices.SortedFunc(maps.Keys(mutants), byNumber) {
		y := play(lab, within, cut.Options{Without: rule}, 1, func() bool { return true })
		if len(y.faults) == 0 {
			t.Errorf("%s (%s): not caught in %d schedules", rule, mutants[rule], within)
			continue
		}
		r := y.faults[0]
		fmt.Fprintf(&table, "| %s | %s | seed %d | %s |\n", rule, mutants[rule], r.Seed, r.Fault)
	}
	t.Logf("mutants:\n%s", table.String())
}

// byNumber sorts M2 before M10.
func byNumber(a, b cut.Rule) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

// TestSameSeedSameSchedule: a seed is a bug report.
func TestSameSeedSameSchedule(t *testing.T) {
	lab := newLab(t)
	for seed := range uint64(5) {
		a, b := lab.Run(seed, cut.Options{Tell: true}), lab.Run(seed, cut.Options{Tell: true})
		if !slices.Equal(a.Schedule, b.Schedule) || a.Count != b.Count {
			t.Fatalf("seed %d: two schedules", seed)
		}
		if quiet := lab.Run(seed, cut.Options{}); quiet.Count != a.Count {
			t.Fatalf("seed %d: telling changes what happens", seed)
		}
	}
}

// TestTell tells one schedule in words: MOTCUA_SEED=17 go test -v -run TestTell,
// with MOTCUA_WITHOUT=M4 without a rule.
func TestTell(t *testing.T) {
	seed := number(t, "MOTCUA_SEED")
	if seed == 0 {
		t.Skip("MOTCUA_SEED names no schedule")
	}
	r := newLab(t).Run(seed, cut.Options{Tell: true, Without: cut.Rule(os.Getenv("MOTCUA_WITHOUT"))})
	t.Logf("seed %d: %s\n%s", seed, r.Fault, strings.Join(r.Schedule, "\n"))
}
