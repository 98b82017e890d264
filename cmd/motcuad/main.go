// Command motcuad is the office without a screen: the journal, the HTTP API and
// the line to the city. Its exit codes are 0 done, 1 failed, 2 not understood.
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

	"motcua/queue/journal"
)

// version is set by the linker.
var version = "dev"

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	if journal.InspectMain() {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	m := &Main{Stdout: stdout}
	switch err := m.Parse(args, stderr); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		fmt.Fprintf(stderr, "motcuad: %v\nhint: motcuad --help lists the flags with examples\n", err)
		return exitUsage
	}
	if m.showVersion {
		fmt.Fprintln(stdout, "motcuad", fullVersion())
		return 0
	}
	m.Log = newLog(stderr, m.logJSON, os.Getenv("JOURNAL_STREAM") != "")
	err := m.Run(ctx)
	if err = errors.Join(err, m.Close()); err != nil {
		fmt.Fprintf(stderr, "motcuad: %v\n", err)
		if hint := hintFor(err); hint != "" {
			fmt.Fprintf(stderr, "hint: %s\n", hint)
		}
		return exitFailed
	}
	return 0
}

// newLog writes one line per event, without a time stamp under journald, which
// has its own; asJSON makes each line an object for collectors of logs.
func newLog(w io.Writer, asJSON, journald bool) *slog.Logger {
	opts := &slog.HandlerOptions{}
	if journald {
		opts.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
			if len(groups) == 0 && a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}
	}
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, opts))
	}
	return slog.New(slog.NewTextHandler(w, opts))
}
