package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// supervise tells systemd that the service is ready and, where the unit has
// WatchdogSec, that it is alive: only after the disk has taken a write. See
// sd_notify(3); without NOTIFY_SOCKET there is nothing to do.
func (m *Main) supervise(ctx context.Context) error {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return nil
	}
	if err := notify(socket, "READY=1"); err != nil {
		m.Log.Warn("systemd was not told that the service is ready", "err", err)
	}
	defer func() { _ = notify(socket, "STOPPING=1") }() // the process ends whatever systemd knows
	usec, err := strconv.ParseInt(os.Getenv("WATCHDOG_USEC"), 10, 64)
	if err != nil || usec <= 0 {
		<-ctx.Done()
		return nil
	}
	t := time.NewTicker(time.Duration(usec) * time.Microsecond / 2)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if err := m.office.Probe(); err != nil {
			m.Log.Error("the disk does not take a write: the watchdog is not fed", "err", err)
			continue
		}
		if err := notify(socket, "WATCHDOG=1"); err != nil {
			m.Log.Warn("the watchdog was not fed", "err", err)
		}
	}
}

// notify sends one datagram; a name that begins with @ is in the abstract
// namespace, which Go spells the same way.
func notify(socket, text string) error {
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("reach systemd: %w", err)
	}
	defer c.Close() //nolint:errcheck // a datagram has left by now
	if _, err := c.Write([]byte(text)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", text, err)
	}
	return nil
}
