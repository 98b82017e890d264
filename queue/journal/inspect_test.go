package journal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/journal"
)

func TestMain(m *testing.M) {
	if journal.InspectMain() {
		return
	}
	os.Exit(m.Run())
}

// TestScenario29_DeadlyFileIsNamedAtTheSecondStart damages page headers, at
// which bbolt may end the process that opens the file or never come back. The
// first start leaves its mark; here is the second.
func TestScenario29_DeadlyFileIsNamedAtTheSecondStart(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	j := open(t, path, journal.Options{})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 60, "2026-11")
	add(t, j, queue.HelpRequested{Device: "kiosk-1"}) // a crash leaves no list of free pages
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_ = j.Close()
	used := (bytes.LastIndexFunc(whole, func(r rune) bool { return r != 0 }) + 4096) / 4096
	named := 0
	for page := 2; page < used; page += 1 + used/12 {
		damaged := bytes.Clone(whole)
		damaged[page*4096] ^= 0x40  // its own number
		damaged[page*4096+8] ^= 0x7 // what kind it is
		copied := filepath.Join(t.TempDir(), "office.db")
		if err := errors.Join(os.WriteFile(copied, damaged, 0o600), os.WriteFile(copied+".opening", nil, 0o600)); err != nil {
			t.Fatal(err)
		}
		k, err := journal.Open(t.Context(), copied, journal.Options{MinFree: -1, Inspected: true})
		var wrong *journal.FalseRecord
		switch {
		case err == nil:
			if _, err := os.Stat(copied + ".opening"); !errors.Is(err, os.ErrNotExist) {
				t.Error("the mark is still there")
			}
			_ = k.Close()
		case errors.Is(err, journal.ErrDamaged) || errors.As(err, &wrong):
			named++
		default:
			t.Errorf("page %d: got %v, want damage", page, err)
		}
	}
	if named == 0 {
		t.Error("no damage was named")
	}
	t.Logf("%d named", named)
}

func TestInspectSaysWhatVerifySays(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "office.db")
	if err := journal.Inspect(t.Context(), path, true, time.Minute); err != nil {
		t.Errorf("no file: %v", err)
	}
	j := open(t, path, journal.Options{Inspected: true})
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 30, "2026-11")
	_ = j.Close()
	for _, whole := range []bool{false, true} {
		if err := journal.Inspect(t.Context(), path, whole, time.Minute); err != nil {
			t.Errorf("whole %t: %v", whole, err)
		}
	}
	edit(t, path, forgeRecord(20))
	var wrong *journal.FalseRecord
	if err := journal.Inspect(t.Context(), path, true, time.Minute); !errors.As(err, &wrong) || wrong.Seq != 20 {
		t.Errorf("got %v, want record 20", err)
	}
	if err := journal.Inspect(t.Context(), path, true, time.Nanosecond); !errors.Is(err, journal.ErrDamaged) {
		t.Errorf("without time: got %v", err)
	}
}
