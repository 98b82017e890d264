package voice

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// Sink plays a sound whole and returns when it has been heard, or fails. It is
// used by one goroutine at a time.
type Sink interface {
	Play(ctx context.Context, s Sound) error
}

// NewSink reads the address of a loudspeaker as the configuration writes it:
// "none" is silent, "file:/path.wav" writes, anything else is an ALSA device
// such as "default" or "plughw:1,0".
func NewSink(address string) Sink {
	if path, ok := strings.CutPrefix(address, "file:"); ok {
		return &FileSink{Path: path}
	}
	if address == "none" {
		return NullSink{}
	}
	return AplaySink{Device: address}
}

// NullSink swallows every sound at once: a machine without a loudspeaker.
type NullSink struct{}

// Play implements Sink.
func (NullSink) Play(ctx context.Context, _ Sound) error { return ctx.Err() }

// FileSink appends every sound to a WAV file, for tests and demonstrations.
// The zero value is not usable; set Path.
type FileSink struct {
	Path string
	all  Sound
}

// maxFileSink bounds what a FileSink collects: ten minutes, then it starts the
// file again.
const maxFileSink = 10 * 60 * Rate

// Play implements Sink.
func (f *FileSink) Play(ctx context.Context, s Sound) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(f.all)+len(s) > maxFileSink {
		f.all = nil
	}
	f.all = append(f.all, s...)
	if err := os.WriteFile(f.Path, EncodeWAV(f.all), 0o600); err != nil {
		return fmt.Errorf("play into a file: %w", err)
	}
	return nil
}
