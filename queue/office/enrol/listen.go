package enrol

import (
	"crypto/tls"
	"net"
	"sync"
	"time"
)

// firstByte is how long a connection may take to say what it is; mostUndecided
// how many may be about to.
const (
	firstByte     = 5 * time.Second
	mostUndecided = 256
)

// tlsHandshake is the first byte of a TLS connection (RFC 8446 §5.1); no HTTP
// request begins with it.
const tlsHandshake = 0x16

// Listen makes one address of plain HTTP and TLS: each connection is what its
// first byte says, TLS connections are *tls.Conn. So this machine's own programs
// need no certificate, and a machine on the network that comes without one can
// be told so. It closes l.
func Listen(l net.Listener, config *tls.Config) net.Listener {
	m := &mixed{Listener: l, config: config, ready: make(chan net.Conn), done: make(chan struct{}), slots: make(chan struct{}, mostUndecided)}
	m.running.Go(m.accept)
	return m
}

type mixed struct {
	net.Listener
	config  *tls.Config
	ready   chan net.Conn
	slots   chan struct{} // one per connection that has not said what it is
	done    chan struct{} // closed when nothing is accepted any more
	err     error         // why; read after done
	once    sync.Once
	running sync.WaitGroup
}

// Accept implements net.Listener.
func (m *mixed) Accept() (net.Conn, error) {
	select {
	case c := <-m.ready:
		return c, nil
	case <-m.done:
		return nil, m.err
	}
}

// Close implements net.Listener; it waits for what it began.
func (m *mixed) Close() error {
	err := m.Listener.Close()
	m.running.Wait()
	return err
}

func (m *mixed) end(err error) { m.once.Do(func() { m.err = err; close(m.done) }) }

// accept ends when the listener is closed or breaks for good.
func (m *mixed) accept() {
	for {
		m.slots <- struct{}{}
		c, err := m.Listener.Accept()
		if err != nil {
			if t, ok := err.(interface{ Temporary() bool }); ok && t.Temporary() { // out of file descriptors
				<-m.slots
				time.Sleep(50 * time.Millisecond)
				continue
			}
			m.end(err)
			return
		}
		m.running.Go(func() {
			defer func() { <-m.slots }()
			m.decide(c)
		})
	}
}

// decide reads one byte and hands the connection on.
func (m *mixed) decide(c net.Conn) {
	quit := make(chan struct{})
	defer close(quit)
	m.running.Go(func() { // an end must not wait for a silent stranger
		select {
		case <-m.done:
			_ = c.SetReadDeadline(time.Unix(1, 0))
		case <-quit:
		}
	})
	p := &peeked{Conn: c}
	_ = c.SetReadDeadline(time.Now().Add(firstByte))
	if _, err := c.Read(p.first[:]); err != nil {
		_ = c.Close()
		return
	}
	_ = c.SetReadDeadline(time.Time{})
	p.full = true
	var out net.Conn = p
	if p.first[0] == tlsHandshake {
		out = tls.Server(p, m.config)
	}
	select {
	case m.ready <- out:
	case <-m.done:
		_ = c.Close()
	}
}

// peeked is a connection whose first byte has been read.
type peeked struct {
	net.Conn
	first [1]byte
	full  bool
}

// Read implements net.Conn. One goroutine reads a connection at a time.
func (p *peeked) Read(b []byte) (int, error) {
	if p.full && len(b) > 0 {
		p.full = false
		return copy(b, p.first[:]), nil
	}
	return p.Conn.Read(b)
}
