package main

import (
	"context"
	"fmt"
	"net"
	"strconv"

	"motcua/queue/office/enrol"
	"motcua/queue/office/find"
)

// bind listens for plain HTTP and TLS alike; who may ask what is the office's to
// decide.
func (m *Main) bind(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", m.listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", m.listen, err)
	}
	if m.openLAN && reachable(l.Addr()) {
		m.Log.Warn("OPEN: every machine on the network may do everything and read every dossier (--open-lan)", "address", l.Addr().String())
	}
	return enrol.Listen(l, m.office.TLS()), nil
}

// reachable reports whether other machines can reach an address.
func reachable(a net.Addr) bool {
	t, ok := a.(*net.TCPAddr)
	return ok && !t.IP.IsLoopback()
}

// announce tells the network where the office is, while this machine leads it.
func (m *Main) announce(ctx context.Context, at net.Addr) error {
	_, text, err := net.SplitHostPort(at.String())
	if err != nil || !m.mdns || !reachable(at) {
		return nil
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("announce %s: %w", at, err)
	}
	return m.whileLeading(ctx, func(ctx context.Context) error {
		find.Announce(ctx, port, m.office.AuthorityID(), m.Log)
		return nil
	})
}
