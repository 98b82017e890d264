// Package screen gives a machine without a display a virtual one, and takes
// its picture. The demo and the end-to-end test stand on it.
package screen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Screen is a running virtual display. It ends with the context it was
// started in.
type Screen struct {
	// Display is the value for the DISPLAY variable, e.g. ":7".
	Display       string
	Width, Height int
	server        *exec.Cmd
}

// Start runs Xvfb with one screen of a size in pixels and waits until it
// answers. The display has no cursor, as a kiosk's.
func Start(ctx context.Context, width, height int) (*Screen, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start a virtual display: %w", err)
	}
	defer r.Close() //nolint:errcheck // only read
	server := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-nolisten", "tcp", "-noreset", "-nocursor",
		"-screen", "0", fmt.Sprintf("%dx%dx24", width, height))
	server.ExtraFiles = []*os.File{w}
	server.WaitDelay = 2 * time.Second
	if err := server.Start(); err != nil {
		return nil, fmt.Errorf("start a virtual display: %w", errors.Join(err, w.Close()))
	}
	_ = w.Close()                                    // Xvfb has its own; ours would keep the line below waiting for ever
	line, err := bufio.NewReader(r).ReadString('\n') // ends when Xvfb is ready or dead
	n, convErr := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || convErr != nil {
		return nil, fmt.Errorf("start a virtual display: Xvfb ended without a display number (%q)", line)
	}
	return &Screen{Display: ":" + strconv.Itoa(n), Width: width, Height: height, server: server}, nil
}

// Env is the environment for a program that shows itself on the display:
// sizes come from the program's own panel settings, never from guessed DPI.
func (s *Screen) Env() []string {
	return append(os.Environ(), "DISPLAY="+s.Display, "FYNE_SCALE=1", "FYNE_DISABLE_DPI_DETECTION=true", "LANG=C.UTF-8")
}

// Picture writes what the display shows to a PNG file.
func (s *Screen) Picture(ctx context.Context, file string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	// ImageMagick writes beside and is renamed, so nobody sees half a picture.
	part := file + ".part"
	cmd := exec.CommandContext(ctx, "import", "-display", s.Display, "-window", "root", "png:"+part)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("take a picture of display %s: %w: %s", s.Display, err, strings.TrimSpace(string(out)))
	}
	if err := os.Rename(part, file); err != nil {
		return fmt.Errorf("take a picture: %w", err)
	}
	return nil
}

// Tool runs xdotool on the display, e.g. Tool(ctx, "mousemove", "10", "20",
// "click", "1").
func (s *Screen) Tool(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "xdotool", args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.Display)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("xdotool %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Touch moves and presses in one batch of events, as a finger does; this is
// how a wrong target under the previous position would show.
func (s *Screen) Touch(ctx context.Context, x, y int) error {
	return s.Tool(ctx, "mousemove", strconv.Itoa(x), strconv.Itoa(y), "click", "1")
}

// Close ends the display: in order, or after two seconds at once. An interrupt
// would not do, because programs started in the background of a shell ignore it.
func (s *Screen) Close() error {
	_ = s.server.Process.Signal(syscall.SIGTERM) // it may have ended by itself
	kill := time.AfterFunc(2*time.Second, func() { _ = s.server.Process.Kill() })
	defer kill.Stop()
	_ = s.server.Wait() // ended by our signal
	return nil
}
