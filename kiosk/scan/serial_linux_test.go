package scan

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The real module against a pseudo terminal.
func TestSerialPortOfTheMachine(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	defer master.Close()
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		t.Skipf("no pseudo terminals here: %v", err)
	}
	s, err := Open(fmt.Sprintf("serial:/dev/pts/%d?baud=115200", n))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	scanned := make(chan Event, 1)
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx, func(e Event) { scanned <- e }) }()
	// what is written before the port is open and raw may be lost: keep typing
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case e := <-scanned:
			if e.Code != "H26.12-261123-0007" || e.At.IsZero() {
				t.Errorf("scanned %+v", e)
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			return
		case <-ctx.Done():
			t.Fatalf("nothing scanned; fault %v", s.Fault())
		case <-tick.C:
			if _, err := master.WriteString("H26.12-261123-0007\r\n"); err != nil {
				t.Fatal(err)
			}
		}
	}
}
