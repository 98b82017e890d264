// Package proc runs the product's own programs beside each other: for the demo
// and for the end-to-end test, which kills some of them on purpose.
package proc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// grace is how long a program may take to end in order before it is killed.
const grace = 5 * time.Second

// Program is a running program. Its output goes to a log file, appended, so a
// restart keeps what the first run said.
type Program struct {
	Name string
	cmd  *exec.Cmd
	done chan struct{}
	err  error // set before done is closed
}

// Start runs a program until it ends, ctx ends (SIGTERM first) or Kill.
// env nil is our own environment.
func Start(ctx context.Context, log string, env []string, path string, args ...string) (*Program, error) {
	name := filepath.Base(path)
	if err := os.MkdirAll(filepath.Dir(log), 0o755); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	defer out.Close() //nolint:errcheck // the program writes through its own copy
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdout, cmd.Stderr, cmd.Env = out, out, env
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = grace
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &Program{Name: name, cmd: cmd, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// Done is closed when the program has ended.
func (p *Program) Done() <-chan struct{} { return p.done }

// Wait waits for the end and says how it was.
func (p *Program) Wait() error {
	<-p.done
	return p.err
}

// Kill ends the program at once, as a power cut does, and waits.
func (p *Program) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended by itself
	<-p.done
}

// Stop asks the program to end in order, kills it when it will not, and waits.
func (p *Program) Stop() {
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-p.done:
	case <-time.After(grace):
		p.Kill()
	}
}

// ErrEnded says that a program ended while somebody waited for it to be ready.
var ErrEnded = errors.New("the program ended")

// Ready waits until an address answers 200, the program ends, or ctx ends.
func (p *Program) Ready(ctx context.Context, url string) error {
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("wait for %s: %w", p.Name, err)
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s at %s: %w", p.Name, url, ctx.Err())
		case <-p.done:
			return fmt.Errorf("wait for %s: %w: %w", p.Name, ErrEnded, p.err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// FreeAddr returns a loopback address that nobody listens on now.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}
