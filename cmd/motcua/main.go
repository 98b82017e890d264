// Command motcua is the desktop app of Một Cửa: the citizens' kiosk, the
// officer's counter or the hall display. Told no office, it opens one of its
// own, so a single machine is a whole office with nothing to configure.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"motcua/assets/i18n"
	"motcua/cmd/internal/reach"
	"motcua/queue/refusal"
)

// version is set by the linker.
var version = "dev"

// Exit codes: 1 failed, 2 not understood.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	slog.SetDefault(slog.New(slog.NewTextHandler(stderr, nil)))
	m := &Main{Stdout: stdout}
	switch err := m.Parse(args, stderr); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "motcua: %v\nhint: motcua --help lists the flags with examples\n", err)
		return exitUsage
	}
	if m.showVersion {
		fmt.Fprintln(stdout, "motcua", fullVersion())
		return 0
	}
	if err := m.Run(ctx); err != nil {
		fmt.Fprintln(stderr, "motcua:", err)
		if hint := hintFor(err); hint != "" {
			fmt.Fprintln(stderr, "hint:", hint)
		}
		return exitFailed
	}
	return 0
}

// hintFor says what to do about an error that is a refusal, in both languages;
// "" when the error says enough.
func hintFor(err error) string {
	r, refused := refusal.Of(err)
	texts, fault := i18n.Load()
	if errors.Is(err, reach.ErrStranger) && fault == nil {
		return texts.Get("vi", "office.not-joined") + " / " + texts.Get("en", "office.not-joined")
	}
	if !refused || fault != nil {
		return ""
	}
	var args []string
	for name, value := range r.Args {
		args = append(args, name, value)
	}
	return texts.Get("vi", "refusal."+r.Code, args...) + " / " + texts.Get("en", "refusal."+r.Code, args...)
}
