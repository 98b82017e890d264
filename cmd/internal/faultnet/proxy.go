// Package faultnet is a bad line between two programs: a TCP proxy that cuts
// connections, lets one direction fall silent while the other still works,
// delays, lets bytes drip, and repeats what a client sent once more and late, on
// a connection of its own, so that requests arrive twice and out of order.
package faultnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"sync"
	"time"
)

// Fault is what happens to one connection.
type Fault string

// Faults. Each begins after a random number of bytes.
const (
	// Cut resets both sides.
	Cut Fault = "cut"
	// LoseRequests swallows what the client says; it may hear on. The connection
	// stays half open.
	LoseRequests Fault = "requests lost"
	// LoseReplies swallows what the server says: it has acted and nobody knows.
	LoseReplies Fault = "replies lost"
	// Delay holds each piece back for a while, differently on each connection,
	// so that a later request overtakes an earlier one.
	Delay Fault = "delayed"
	// Drip lets a few bytes through at a time.
	Drip Fault = "dripping"
	// Replay sends what the client sent again, later, on another connection.
	Replay Fault = "replayed"
)

// Faults are all of them.
func Faults() []Fault { return []Fault{Cut, LoseRequests, LoseReplies, Delay, Drip, Replay} }

// Bounds of a fault.
const (
	begins = 1 << 10                // it begins after fewer bytes
	held   = 60 * time.Millisecond  // a piece is delayed by less
	late   = 300 * time.Millisecond // a replay comes within
	most   = 64 << 10               // of a connection can be replayed
)

// Proxy is a line to one address. Its methods may be called from any
// goroutine.
type Proxy struct {
	listener net.Listener
	ctx      context.Context
	running  sync.WaitGroup

	mu sync.Mutex
	// Guarded by mu:
	target string
	random *rand.Rand
	rate   float64
	faults []Fault
	down   bool
	lines  map[*line]struct{}
	seen   map[Fault]int
}

// Listen opens a line to an address, without faults, until ctx ends. seed
// makes the same dice again.
func Listen(ctx context.Context, target string, seed uint64) (*Proxy, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a line to %s: %w", target, err)
	}
	p := &Proxy{
		listener: l, ctx: ctx, target: target, random: rand.New(rand.NewPCG(seed, 7)), faults: Faults(),
		lines: map[*line]struct{}{}, seen: map[Fault]int{},
	}
	context.AfterFunc(ctx, func() { _ = l.Close(); p.Cut() })
	p.running.Go(p.accept)
	return p, nil
}

// Wait waits until everything has ended, after its context has.
func (p *Proxy) Wait() { p.running.Wait() }

// Addr is where clients connect.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Aim changes the address for new connections.
func (p *Proxy) Aim(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.target = target
}

// Set makes a share of the new connections, 0 to 1, faulty in one of the ways
// named; none named means all ways.
func (p *Proxy) Set(rate float64, faults ...Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(faults) == 0 {
		faults = Faults()
	}
	p.rate, p.faults = rate, faults
}

// Heal ends all faults; connections that suffer from one are cut, as a switch
// does that starts again.
func (p *Proxy) Heal() {
	p.Set(0)
	p.Down(false)
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.lines {
		if l.fault != "" {
			l.cut()
		}
	}
}

// Cut resets every connection that there is now.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for l := range p.lines {
		l.cut()
	}
}

// Down takes the line away, with every connection, or gives it back.
func (p *Proxy) Down(down bool) {
	p.mu.Lock()
	p.down = down
	p.mu.Unlock()
	if down {
		p.Cut()
	}
}

// Seen counts the faults that have begun.
func (p *Proxy) Seen() map[Fault]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.seen)
}

func (p *Proxy) accept() {
	for {
		c, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.carry(c.(*net.TCPConn)) })
	}
}

// line is one connection through the proxy.
type line struct {
	proxy          *Proxy
	client, server *net.TCPConn
	fault          Fault
	after          int           // bytes until it begins
	hold           time.Duration // of a delay

	mu   sync.Mutex
	said []byte // by the client; guarded by mu
	some int    // bytes carried; guarded by mu
	off  bool   // the fault has begun; guarded by mu
}

func (p *Proxy) carry(client *net.TCPConn) {
	p.mu.Lock()
	target, down := p.target, p.down
	l := &line{proxy: p, client: client, after: p.random.IntN(begins), hold: time.Duration(p.random.Int64N(int64(held)))}
	if p.random.Float64() < p.rate {
		l.fault = p.faults[p.random.IntN(len(p.faults))]
	}
	p.mu.Unlock()
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(p.ctx, "tcp", target)
	if down || err != nil {
		reset(client)
		if err == nil {
			_ = c.Close()
		}
		return
	}
	l.server = c.(*net.TCPConn)
	p.mu.Lock()
	p.lines[l] = struct{}{}
	if p.down || p.ctx.Err() != nil {
		l.cut()
	}
	p.mu.Unlock()
	var ways sync.WaitGroup
	ways.Go(func() { l.pump(l.server, l.client, LoseRequests) })
	ways.Go(func() { l.pump(l.client, l.server, LoseReplies) })
	ways.Wait()
	l.cut()
	p.mu.Lock()
	delete(p.lines, l)
	p.mu.Unlock()
	if l.fault == Replay && l.begun(0) {
		p.replay(target, l.said)
	}
}

// pump carries one direction; lost is the fault that silences it.
func (l *line) pump(to, from *net.TCPConn, lost Fault) {
	buf := make([]byte, 16<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 && !l.pass(to, buf[:n], lost) {
			return
		}
		if errors.Is(err, io.EOF) {
			_ = to.CloseWrite() // the other direction may go on
			return
		} else if err != nil {
			l.cut()
			return
		}
	}
}

// pass carries one piece; false ends the direction.
func (l *line) pass(to *net.TCPConn, piece []byte, lost Fault) bool {
	if lost == LoseRequests {
		l.mu.Lock()
		l.said = append(l.said, piece[:min(len(piece), most-len(l.said))]...)
		l.mu.Unlock()
	}
	if !l.begun(len(piece)) {
		_, err := to.Write(piece)
		return err == nil
	}
	switch l.fault {
	case Cut:
		_, _ = to.Write(piece[:len(piece)/2]) // a part arrives
		l.cut()
		return false
	case lost:
		return true // swallowed; the connection stays
	case Delay:
		l.wait(l.hold)
	case Drip:
		for len(piece) > 64 {
			if _, err := to.Write(piece[:64]); err != nil {
				return false
			}
			piece = piece[64:]
			l.wait(time.Millisecond)
		}
	}
	_, err := to.Write(piece)
	return err == nil
}

// begun counts bytes and reports whether the fault has begun.
func (l *line) begun(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.some += n; l.fault == "" || l.some < l.after {
		return false
	}
	if !l.off {
		l.off = true
		l.proxy.mu.Lock()
		l.proxy.seen[l.fault]++
		l.proxy.mu.Unlock()
	}
	return true
}

func (l *line) wait(d time.Duration) { l.proxy.wait(d) }

func (p *Proxy) wait(d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-p.ctx.Done():
	}
}

// replay sends what a client said once more, late, and listens for a moment.
func (p *Proxy) replay(target string, said []byte) {
	p.mu.Lock()
	pause := time.Duration(p.random.Int64N(int64(late)))
	p.mu.Unlock()
	p.wait(pause)
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(p.ctx, "tcp", target)
	if err != nil {
		return
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Second))
	if _, err := c.Write(said); err == nil {
		_, _ = io.Copy(io.Discard, c) // its end does not matter
	}
}

// cut resets both sides.
func (l *line) cut() {
	reset(l.client)
	reset(l.server)
}

func reset(c *net.TCPConn) {
	_ = c.SetLinger(0) // a reset, not an orderly end
	_ = c.Close()
}
