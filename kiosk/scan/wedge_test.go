package scan_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"motcua/kiosk/scan"
	"motcua/kiosk/scan/scantest"
)

// hand types into a wedge and notes what came of it.
type hand struct {
	w         *scan.Wedge
	at        time.Time
	scans     []string
	swallowed string // one letter a key: + swallowed, - passed on
}

func newHand(c scan.WedgeConfig) *hand {
	return &hand{w: scan.NewWedge(c), at: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
}

func (h *hand) note(text string, swallow bool) {
	if text != "" {
		h.scans = append(h.scans, text)
	}
	if swallow {
		h.swallowed += "+"
	} else {
		h.swallowed += "-"
	}
}

func (h *hand) types(text string, gap time.Duration) *hand {
	for _, r := range text {
		h.at = h.at.Add(gap)
		h.note("", h.w.Rune(r, h.at))
	}
	return h
}

func (h *hand) presses(key string, gap time.Duration) *hand {
	h.at = h.at.Add(gap)
	h.note(h.w.Key(key, h.at))
	return h
}

func (h *hand) waits(d time.Duration) *hand {
	h.at = h.at.Add(d)
	if text, ok := h.w.Idle(h.at); ok {
		h.scans = append(h.scans, text)
	}
	return h
}

func TestWedge(t *testing.T) {
	const code, ms = "H26.12-261123-0007", time.Millisecond
	plain, tilde, f13 := scan.WedgeConfig{}, scan.WedgeConfig{Prefix: "~*"}, scan.WedgeConfig{Prefix: "F13"}
	for _, c := range []struct {
		name string
		h    *hand
		want []string
	}{
		{"a scan", newHand(plain).types(code, 3*ms).presses("Return", 3*ms), []string{code}},
		{"ended by Tab", newHand(plain).types(code, 3*ms).presses("Tab", 3*ms), []string{code}},
		{"ended by silence", newHand(plain).types(code, 3*ms).waits(120 * ms), []string{code}},
		{"silence too short", newHand(plain).types(code, 3*ms).waits(50 * ms), nil},
		{"a person", newHand(plain).types(code, 120*ms).presses("Return", 120*ms), nil},
		{"a fast person", newHand(plain).types(code, 25*ms).presses("Return", 25*ms), nil},
		{"a key held down", newHand(plain).types(strings.Repeat("a", 40), 28*ms).presses("Return", 5*ms), nil},
		{"too short", newHand(plain).types("1234567", 3*ms).presses("Return", 3*ms), nil},
		{"a person, then a scan", newHand(plain).types("ab", 200*ms).types(code[:1], 90*ms).types(code[1:], 3*ms).presses("Return", 3*ms), []string{code}},
		{"one slow key", newHand(plain).types(code[:9], 2*ms).types(code[9:10], 28*ms).types(code[10:], 2*ms).presses("Return", 3*ms), []string{code}},
		{"torn by a pause", newHand(plain).types(code[:12], 3*ms).waits(40*ms).types(code[12:], 3*ms).presses("Return", 3*ms), nil},
		{"twice within 2 s", newHand(plain).types(code, 3*ms).presses("Return", 3*ms).waits(time.Second).types(code, 3*ms).presses("Return", 3*ms), []string{code}},
		{"twice, later", newHand(plain).types(code, 3*ms).presses("Return", 3*ms).waits(3*time.Second).types(code, 3*ms).presses("Return", 3*ms), []string{code, code}},
		{"two codes", newHand(plain).types(code, 3*ms).presses("Return", 3*ms).types("261122-A012-K7Q2M5XP", 3*ms).presses("Return", 3*ms), []string{code, "261122-A012-K7Q2M5XP"}},
		{"Vietnamese", newHand(plain).types(scantest.Payload, 2*ms).presses("Return", 2*ms), []string{scantest.Payload}},
		{"prefix, slow keys", newHand(tilde).types("~*"+code, 80*ms).presses("Return", 80*ms), []string{code}},
		{"prefix missing", newHand(tilde).types(code, 3*ms).presses("Return", 3*ms), nil},
		{"half a prefix", newHand(tilde).types("~"+code, 3*ms).presses("Return", 3*ms), nil},
		{"prefix after half a prefix", newHand(tilde).types("~~*abc", 3*ms).presses("Return", 3*ms), []string{"abc"}},
		{"prefix key", newHand(f13).types("12", 100*ms).presses("F13", 100*ms).types(code, 3*ms).presses("Return", 3*ms), []string{code}},
		{"prefix key, no end", newHand(f13).presses("F13", 100*ms).types(code, 3*ms).waits(600 * ms), []string{code}},
		{"Enter alone", newHand(plain).presses("Return", 3*ms).presses("Return", 3*ms), nil},
		{"a clock set back", newHand(plain).types(code[:9], 3*ms).types(code[9:10], -time.Hour).types(code[10:], 3*ms).presses("Return", 3*ms), []string{code[9:]}},
	} {
		if diff := cmp.Diff(c.want, c.h.scans); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
}

func TestWedgeSwallowsOnlyScans(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name, want string
		h          *hand
	}{
		{"a scan, from the third key on, with its Enter", "--++++++++", newHand(scan.WedgeConfig{}).types("H26123456", 3*ms).presses("Return", 3*ms)},
		{"too short a scan keeps its Enter all the same", "--++", newHand(scan.WedgeConfig{}).types("H26", 3*ms).presses("Return", 3*ms)},
		{"a person", "-----", newHand(scan.WedgeConfig{}).types("H26a", 90*ms).presses("Return", 90*ms)},
		{"Enter long after", "-----", newHand(scan.WedgeConfig{}).types("H2", 3*ms).types("6a", 90*ms).presses("Return", 500*ms)},
		{"other keys", "-", newHand(scan.WedgeConfig{}).presses("F5", ms)},
		{"all after the prefix", "++++", newHand(scan.WedgeConfig{Prefix: "F13"}).presses("F13", ms).types("ab", 200*ms).presses("Return", 200*ms)},
	} {
		if c.h.swallowed != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.h.swallowed, c.want)
		}
	}
}

// Whatever a scanner types comes out as it went in, and nothing a person types
// ever does.
func TestWedgeTellsScannersFromPeople(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("ABCdef0123456789.-|/ ăễ")), 8, 60, -1).Filter(func(s string) bool { return len(strings.TrimSpace(s)) >= 8 })
	gap := func(lo, hi int) *rapid.Generator[time.Duration] {
		return rapid.Custom(func(t *rapid.T) time.Duration {
			return time.Duration(rapid.IntRange(lo, hi).Draw(t, "gap")) * time.Millisecond
		})
	}
	rapid.Check(t, func(t *rapid.T) {
		h := newHand(scan.WedgeConfig{})
		var want []string
		for range rapid.IntRange(1, 6).Draw(t, "turns") {
			s := text.Draw(t, "text")
			h.at = h.at.Add(3 * time.Second)
			if rapid.Bool().Draw(t, "scanner") {
				for _, r := range s {
					h.types(string(r), gap(0, 14).Draw(t, "scanner's gap"))
				}
				h.presses("Return", gap(0, 14).Draw(t, "scanner's gap"))
				want = append(want, strings.TrimSpace(s))
			} else {
				for _, r := range s {
					h.types(string(r), gap(35, 400).Draw(t, "person's gap"))
				}
				h.presses("Return", gap(35, 400).Draw(t, "person's gap"))
			}
		}
		if diff := cmp.Diff(want, h.scans); diff != "" {
			t.Fatalf("(-want +got)\n%s", diff)
		}
	})
}

func TestKeyboardEmitsScans(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src, err := scan.Open("wedge")
		if err != nil {
			t.Fatal(err)
		}
		k := src.(*scan.Keyboard)
		got := start(t, src)
		types := func(s string) {
			for _, r := range s {
				time.Sleep(2 * time.Millisecond)
				k.TypedRune(r)
			}
		}
		types("H26.12-261123-0007")
		if !k.TypedKey("Return") {
			t.Error("the scan's Enter was passed on")
		}
		types("261122-A012-K7Q2M5XP") // and silence
		time.Sleep(time.Second)
		types("abc")
		time.Sleep(time.Second)
		want := []string{"dossier-code H26.12-261123-0007 wedge", "ticket-code 261122-A012-K7Q2M5XP wedge"}
		if diff := cmp.Diff(want, got()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// start runs a source until the test ends and returns what it has emitted.
func start(t *testing.T, s scan.Source) func() []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var events []string
	lock := make(chan struct{}, 1)
	done := make(chan error)
	go func() {
		done <- s.Run(ctx, func(e scan.Event) {
			lock <- struct{}{}
			events = append(events, e.String()+" "+e.Source)
			<-lock
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return func() []string {
		lock <- struct{}{}
		defer func() { <-lock }()
		return append([]string(nil), events...)
	}
}
