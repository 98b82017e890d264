package station_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"motcua/queue/office"
)

// wire is a network that can be cut and that can lose replies, in memory, so
// that it works inside a bubble of time.
type wire struct {
	accept chan net.Conn
	cut    atomic.Bool
	lose   atomic.Int64 // how many replies to commands go missing

	mu    sync.Mutex
	conns []net.Conn // mu guards
}

func newWire() *wire { return &wire{accept: make(chan net.Conn)} }

var errCut = errors.New("cut by the test")

// dial is the client's end.
func (w *wire) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if w.cut.Load() {
		return nil, errCut
	}
	near, far := net.Pipe()
	select {
	case w.accept <- far:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns = append(w.conns, near)
	return &lossy{Conn: near, wire: w}, nil
}

// part cuts the line and what runs over it.
func (w *wire) part() {
	w.cut.Store(true)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.conns {
		c.Close()
	}
	w.conns = nil
}

// lossy is a connection that swallows the reply to a command when told to.
type lossy struct {
	net.Conn
	wire    *wire
	command atomic.Bool
}

func (c *lossy) Write(b []byte) (int, error) {
	if strings.HasPrefix(string(b), "POST /v1/commands") {
		c.command.Store(true)
	}
	return c.Conn.Write(b)
}

func (c *lossy) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if n > 0 && c.command.Swap(false) && c.wire.lose.Load() > 0 {
		c.wire.lose.Add(-1)
		c.Conn.Close()
		return 0, errCut
	}
	return n, err
}

// listener is the office's end.
type listener struct {
	wire *wire
	over chan struct{}
	once sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.wire.accept:
		return here{c}, nil
	case <-l.over:
		return nil, net.ErrClosed
	}
}

// here is a connection from a program of the office's own machine, which the
// office lets in unenrolled.
type here struct{ net.Conn }

func (here) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (l *listener) Close() error { l.once.Do(func() { close(l.over) }); return nil }

type addr struct{}

func (addr) Network() string { return "memory" }
func (addr) String() string  { return "memory" }

func (l *listener) Addr() net.Addr { return addr{} }

// serve answers for the office on the wire until stop.
func (h *hall) serve(w *wire) (stop func()) {
	h.t.Helper()
	handler, err := office.Handler(h.Office)
	if err != nil {
		h.t.Fatal(err)
	}
	server, l := &http.Server{Handler: handler}, &listener{wire: w, over: make(chan struct{})}
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	return func() { _ = server.Close(); <-done }
}

// remote is the office over a wire.
func (w *wire) remote(t testing.TB) office.Client {
	transport := &http.Transport{DialContext: w.dial, MaxIdleConnsPerHost: 8}
	t.Cleanup(transport.CloseIdleConnections)
	return office.Dial("http://localhost", office.DialOptions{Transport: transport})
}
