package backup_test

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"motcua/queue/journal/backup"
)

// TestFullMediumIsSaidAndGoneOnWith fills a real file system of 96 KiB.
func TestFullMediumIsSaidAndGoneOnWith(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.dir = t.TempDir()
	if err := unix.Mount("tmpfs", r.dir, "tmpfs", 0, "size=96k"); err != nil {
		t.Skip("a file system of its own cannot be mounted here:", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(r.dir, unix.MNT_DETACH) })
	if err := backup.Prepare(r.dir, officeCode); err != nil {
		t.Fatal(err)
	}
	r.b = r.backup()
	r.help(100)
	r.once()
	ballast := filepath.Join(r.dir, "films")
	if err := os.WriteFile(ballast, make([]byte, 96<<10), 0o600); err == nil {
		t.Fatal("the medium is larger than it should be")
	}
	r.help(100)
	if err := r.b.Once(t.Context()); r.b.State().Trouble != backup.TroubleFull {
		t.Fatalf("got %v, trouble %q, want full", err, r.b.State().Trouble)
	}
	if got := first(r.restore(backup.Until{})).Head().Seq; got < 100 {
		t.Errorf("what was there before is lost: %d", got)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	r.once()
	if got := r.b.State().Trouble; got != "" {
		t.Errorf("with room again: trouble %q", got)
	}
	r.same(first(r.restore(backup.Until{})))
}
