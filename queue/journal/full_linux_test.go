package journal_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"motcua/queue"
	"motcua/queue/journal"
)

// TestScenario28_FullDiskIsRefusedAndRecoversByItself fills a real file system
// of 128 MiB with somebody else's file.
func TestScenario28_FullDiskIsRefusedAndRecoversByItself(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=128m"); err != nil {
		t.Skip("a file system of its own cannot be mounted here:", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	path := filepath.Join(dir, "office.db")
	j, err := journal.Open(t.Context(), path, journal.Options{}) // with the reserve of an office
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	add(t, j, queue.Configured{Config: config()})
	months(t, j, 20, "2026-10", "2026-11")
	want, head := lines(t, j), j.Head()
	films := filepath.Join(dir, "films")
	if err := os.WriteFile(films, make([]byte, 80<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if _, err := j.Update(func(tx *journal.Tx) error {
			_, err := tx.Append(fact(t, queue.HelpRequested{Device: "kiosk-1"}, morning))
			return err
		}); !errors.Is(err, journal.ErrFull) {
			t.Fatalf("got %v, want ErrFull", err)
		}
	}
	if _, err := j.Seal(t.Context()); !errors.Is(err, journal.ErrFull) {
		t.Errorf("sealing: got %v, want ErrFull", err)
	}
	if j.Head() != head || lines(t, j) != want {
		t.Error("a refused write changed the record")
	}
	if err := os.Remove(films); err != nil {
		t.Fatal(err)
	}
	add(t, j, queue.HelpRequested{Device: "kiosk-1"})
	if _, err := j.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}
