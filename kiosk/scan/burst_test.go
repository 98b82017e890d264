package scan_test

import (
	"context"
	"testing"
	"time"

	"motcua/kiosk/scan"
)

func TestBurst(t *testing.T) {
	const code = "H26.138-261122-0001"
	gaps := func(each time.Duration, odd ...time.Duration) []time.Duration {
		list := make([]time.Duration, len(code)-1)
		for i := range list {
			list[i] = each
		}
		copy(list, odd)
		return list
	}
	for name, tc := range map[string]struct {
		address, text string
		gaps          []time.Duration
		typing        bool
		want          string // scanned
		ok            bool
	}{
		"a scanner":                     {"wedge", code, gaps(2 * time.Millisecond), true, code, true},
		"a scanner, the window stalled": {"wedge", code, gaps(2*time.Millisecond, 90*time.Millisecond, 300*time.Millisecond), true, code, true},
		"a scanner, the machine busy":   {"wedge", code, gaps(30 * time.Millisecond), true, code, true},
		"a person":                      {"wedge", code, gaps(90 * time.Millisecond), true, "", false},
		"a syllable from Unikey":        {"wedge", "nghieng", gaps(0)[:6], true, "", false},
		"a person, the window stalled":  {"wedge", "khai sinh", gaps(0)[:8], true, "", false},
		"somebody else's code":          {"wedge", "893500112233", gaps(0)[:11], false, "", true},
		"a scanner without its prefix":  {"wedge:?prefix=~", code, gaps(2 * time.Millisecond), true, "", false},
		"a slow scanner with prefix":    {"wedge:?prefix=~", "~" + code, gaps(80 * time.Millisecond), true, code, true},
	} {
		t.Run(name, func(t *testing.T) {
			source, err := scan.Open(tc.address)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			events := make(chan scan.Event, 1)
			done := make(chan struct{})
			go func() {
				defer close(done)
				_ = source.Run(ctx, func(e scan.Event) { events <- e }) // ends with ctx
			}()
			keyboard := source.(*scan.Keyboard)
			if ok := keyboard.Burst(tc.text, tc.gaps, tc.typing); ok != tc.ok {
				t.Fatalf("taken for a scan: %v, want %v", ok, tc.ok)
			}
			got := ""
			if tc.ok {
				got = (<-events).Code
			}
			if got != tc.want {
				t.Errorf("scanned %q, want %q", got, tc.want)
			}
			if tc.ok && (!keyboard.Burst(tc.text, tc.gaps, tc.typing) || len(events) > 0) {
				t.Error("the same scan at once again is taken twice, or typed into a field")
			}
			cancel()
			<-done
		})
	}
}
