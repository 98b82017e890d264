package proof

import (
	"net"
	"path/filepath"
	"testing"
	"time"

	"motcua/cmd/internal/faultdisk"
)

// TestWatchdogIsFedByTheDisk: systemd hears that the office lives only while its
// disk takes writes; a disk that hangs starves the watchdog, and one that comes
// back feeds it again.
func TestWatchdogIsFedByTheDisk(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "100000") // asked to say so every 50 ms
	w := newWard(t)
	said := func(within time.Duration, enough int) (n int) {
		end := time.Now().Add(within)
		for buf := make([]byte, 64); n < enough; {
			_ = l.SetReadDeadline(end)
			k, err := l.Read(buf)
			if err != nil {
				return n
			}
			if string(buf[:k]) == "WATCHDOG=1" {
				n++
			}
		}
		return n
	}
	const never = 1000
	if said(5*time.Second, 3) < 3 {
		t.Error("not fed on a good disk")
	}
	w.disk.Set(faultdisk.Mood{Flush: 2 * time.Second})
	said(200*time.Millisecond, never) // what was under way
	if n := said(1500*time.Millisecond, never); n > 0 {
		t.Errorf("fed %d times while the disk hangs", n)
	}
	w.disk.Set(faultdisk.Mood{})
	if said(10*time.Second, 3) < 3 {
		t.Error("not fed after the disk came back")
	}
}
