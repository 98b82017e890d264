package voice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// ErrHung is wrapped by a Sink whose device took the sound and never finished.
var ErrHung = errors.New("the sound device does not answer")

// Limits of the child process.
const (
	hangAfter = 3 * time.Second        // past the sound's own length
	lastWords = 200 * time.Millisecond // for a killed child's pipes
	maxStderr = 2048
)

// AplaySink plays through aplay of alsa-utils as a child process. A missing
// card fails within milliseconds there, where sound libraries inside the
// process were seen to hang or to play into nothing.
type AplaySink struct {
	// Device is an ALSA name such as "default" or "plughw:1,0" (aplay -L);
	// empty means "default".
	Device string
	// Program is the player to run; empty means "aplay" on the PATH.
	Program string
}

// Play implements Sink. The error holds what aplay said. A device that stalls
// is given the sound's length and three seconds, then ErrHung.
func (a AplaySink) Play(ctx context.Context, s Sound) error {
	device, program := a.Device, a.Program
	if device == "" {
		device = "default"
	}
	if program == "" {
		program = "aplay"
	}
	limited, cancel := context.WithTimeoutCause(ctx, s.Duration()+hangAfter, ErrHung)
	defer cancel()
	cmd := exec.CommandContext(limited, program, "-q", "-D", device,
		"-t", "raw", "-f", "S16_LE", "-r", strconv.Itoa(Rate), "-c", "1")
	cmd.Stdin = bytes.NewReader(s.PCM())
	said := &head{limit: maxStderr}
	cmd.Stderr = said
	cmd.WaitDelay = lastWords
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case context.Cause(limited) != nil:
		return fmt.Errorf("play through %s: %w", device, context.Cause(limited))
	}
	return fmt.Errorf("play through %s: %w: %s", device, err, said)
}

// head keeps the beginning of what is written to it, on one line.
type head struct {
	limit int
	buf   []byte
}

func (h *head) Write(p []byte) (int, error) {
	h.buf = append(h.buf, p[:min(len(p), h.limit-len(h.buf))]...)
	return len(p), nil
}

func (h *head) String() string {
	return strings.Join(strings.Fields(strings.ToValidUTF8(string(h.buf), "?")), " ")
}
