package banks_test

import (
	"testing"
	"time"

	"motcua/assets/banks"
)

// TestBINs holds the list against BINs seen in codes that were paid, and wants
// the mark on the others.
func TestBINs(t *testing.T) {
	t.Parallel()
	list, err := banks.Load()
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	for bin, want := range map[string]struct {
		short  string
		verify bool
	}{
		"970436": {"Vietcombank", false}, "970422": {"MB", false}, "970432": {"VPBank", false},
		"970405": {"Agribank", false}, "970416": {"ACB", false}, "970425": {"ABBANK", false},
		"970415": {"VietinBank", true}, "970418": {"BIDV", true}, "970449": {"LPBank", true},
	} {
		if got, ok := list.Find(bin, day); !ok || got.Short != want.short || got.Verify != want.verify {
			t.Errorf("%s: got %+v, want %+v", bin, got, want)
		}
	}
	if n := len(list.On(day)); n < 20 {
		t.Errorf("%d banks, want 20 at least", n)
	}
}
