// Package twin is a receipt printer made of software, for tests and for the
// demonstration: it takes ESC/POS over any connection, prints into memory and
// answers as a printer with status reports and process ids does.
//
// It is strict: a byte that is no command it knows ends the test (Err). It is
// also as awkward as the real thing: 4 KB of receive buffer and then nothing
// more is taken from the wire; paper ends in the middle of a picture; what was
// received before a fault comes out after it; a power cycle forgets all.
//
// It was written from the manuals and shares no code with printer/escpos, so
// that the two can catch each other's mistakes.
package twin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"motcua/printer/raster"
)

// Config describes the printer.
type Config struct {
	Dots int // width of the head; 0 is 576
	// Buffer is the receive buffer in bytes; 0 is 4096.
	Buffer int
	// FeedUnits is how many units of ESC J one dot row is; 0 is 2, as on Epson.
	FeedUnits int
	// RowTime is how long a dot row takes: 625 µs is 200 mm/s. 0 is no time.
	RowTime time.Duration
	// OnPaper, if set, is told of each paper that comes out. It may call the
	// printer's methods.
	OnPaper func(Paper)
}

// Paper is one piece that came out.
type Paper struct {
	Picture *raster.Bitmap
	// Cut is false when the roll ended or the power failed before the cut:
	// somebody tears off what there is.
	Cut bool
}

// Printer is a running printer. All methods may be called at any time.
type Printer struct {
	cfg  Config
	done chan struct{}
	desk chan struct{} // holds a token while a client is connected

	mu       sync.Mutex // guards what follows
	change   *sync.Cond // told of every change
	received []byte
	era      int // grows when the buffer is thrown away
	state    state
	asb      bool
	silent   bool
	jammed   bool // the next cut fails
	left     int  // rows of paper, -1 without end
	dropIn   int  // bytes until the connection drops, -1 never
	client   *client
	strip    *raster.Bitmap
	papers   []Paper
	realtime []byte // beginning of a real-time command
	fault    error
	stopped  bool
}

// errStopped ends the mechanism.
var errStopped = errors.New("the printer was switched off")

// Start switches a printer on; it runs until ctx ends.
func Start(ctx context.Context, cfg Config) *Printer {
	if cfg.Dots == 0 {
		cfg.Dots = 576
	}
	if cfg.Buffer == 0 {
		cfg.Buffer = 4096
	}
	if cfg.FeedUnits == 0 {
		cfg.FeedUnits = 2
	}
	p := &Printer{cfg: cfg, done: make(chan struct{}), desk: make(chan struct{}, 1), left: -1, dropIn: -1}
	p.change = sync.NewCond(&p.mu)
	p.strip = raster.New(cfg.Dots, 0)
	stop := context.AfterFunc(ctx, p.switchOff)
	go func() {
		defer close(p.done)
		defer stop()
		p.work()
	}()
	return p
}

// Wait returns when the printer is off.
func (p *Printer) Wait() { <-p.done }

func (p *Printer) switchOff() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.hangUp()
	p.change.Broadcast()
}

// Papers is everything that came out so far.
func (p *Printer) Papers() []Paper {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Paper(nil), p.papers...)
}

// Err is the first thing a strict printer would not have understood.
func (p *Printer) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.fault
}

// Serve takes clients from a listener, one at a time, until ctx ends.
func (p *Printer) Serve(ctx context.Context, l net.Listener) error {
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	var clients sync.WaitGroup
	defer clients.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("accept a print client: %w", err)
		}
		clients.Go(func() { p.Handle(ctx, conn) })
	}
}

// Listen starts a printer on a TCP address, e.g. "127.0.0.1:9100", and returns
// it with the address it really has. It runs until ctx ends.
func Listen(ctx context.Context, address string, cfg Config) (*Printer, net.Addr, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("listen for print clients: %w", err)
	}
	p := Start(ctx, cfg)
	go p.Serve(ctx, l) //nolint:errcheck // ends with ctx, by closing the listener
	return p, l.Addr(), nil
}

// Handle serves one client until it goes away, the connection is dropped, or
// ctx ends. A second client waits for the first, as on port 9100.
func (p *Printer) Handle(ctx context.Context, conn io.ReadWriteCloser) {
	defer conn.Close()
	select {
	case p.desk <- struct{}{}:
		defer func() { <-p.desk }()
	case <-ctx.Done():
		return
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	c := &client{conn: conn, out: make(chan []byte, 1024)}
	var writer sync.WaitGroup
	writer.Go(c.write)
	defer writer.Wait()
	p.attach(c)
	defer p.detach(c)
	p.receive(c)
}

// client is the connected host.
type client struct {
	conn io.ReadWriteCloser
	out  chan []byte
	gone bool // guarded by the printer's mu; out is closed
}

// write sends replies; what a host does not read is lost, not waited for.
func (c *client) write() {
	for b := range c.out {
		if _, err := c.conn.Write(b); err != nil {
			c.conn.Close()
			break
		}
	}
	for range c.out { // the connection is dead; throw the rest away
	}
}

func (p *Printer) attach(c *client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.client = c
	if p.stopped {
		p.hangUp()
	}
}

func (p *Printer) detach(c *client) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.client == c {
		p.hangUp()
	}
}

// hangUp drops the client. The caller holds mu.
func (p *Printer) hangUp() {
	if c := p.client; c != nil {
		c.gone = true
		close(c.out)
		c.conn.Close()
		p.client = nil
		p.dropIn = -1
		p.change.Broadcast()
	}
}

// reply sends bytes to the client, if there is one and the printer talks. The
// caller holds mu.
func (p *Printer) reply(b ...byte) {
	if p.client == nil || p.silent {
		return
	}
	select {
	case p.client.out <- b:
	default:
	}
}
