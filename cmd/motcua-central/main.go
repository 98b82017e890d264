// Command motcua-central is the city's server: it keeps a copy of every
// office's journal, shows what happens in them and carries notices down.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"motcua/queue/central"
	"motcua/queue/uplink/wire"
)

// version is set by the linker.
var version = "dev"

const usage = `motcua-central keeps the journals of all offices and shows them to the city.

Usage:
  motcua-central [flags]        serve until SIGINT or SIGTERM
  motcua-central token NAME     make a token for an office, @staff, @booking or @admin
  motcua-central import FILE…   take batch files from a USB stick (see import --help)
  motcua-central key FILE       show the public half of the city's key, for the offices

Examples:
  motcua-central token H26.138            # prints the token and its line for the token file
  motcua-central --db /var/lib/motcua/central.db --tokens /etc/motcua/tokens
  motcua-central --db 'postgres:///motcua?host=/run/postgresql' --listen :8443 \
      --tls-cert /etc/motcua/central.pem --tls-key /etc/motcua/central.key

SIGHUP reads the token file again. Pages are open to everybody who reaches the
address until the token file names @staff; they hold numbers, no names.

Flags (or environment, e.g. MOTCUA_CENTRAL_LISTEN):
`

// Exit codes: 0 done, 1 failed, 2 not understood.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, env func(string) string, stdout, stderr io.Writer) int {
	if len(args) > 0 && args[0] == "token" {
		return token(args[1:], stdout, stderr)
	}
	if len(args) > 0 && args[0] == "import" {
		return importFiles(ctx, args[1:], env, stdout, stderr)
	}
	if len(args) > 0 && args[0] == "key" {
		return key(args[1:], stdout, stderr)
	}
	m := &Main{Log: newLog(stderr)}
	err := m.Parse(args, env, stdout)
	switch {
	case errors.Is(err, flag.ErrHelp), errors.Is(err, errVersion):
		return 0
	case err != nil:
		fmt.Fprintln(stderr, "motcua-central:", err)
		fmt.Fprintln(stderr, "motcua-central --help shows the flags.")
		return exitUsage
	}
	err = m.Run(ctx)
	if closing := m.Close(); err == nil {
		err = closing
	}
	if err != nil {
		fmt.Fprintln(stderr, "motcua-central:", err)
		return exitFailed
	}
	return 0
}

// token makes a secret and the line by which the server will know it.
func token(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 || !central.IsRole(args[0]) && !wire.ValidOffice(args[0]) {
		fmt.Fprintln(stderr, "motcua-central: token wants one name: an office's identifier, @staff, @booking or @admin")
		return exitUsage
	}
	secret := rand.Text() // 130 bits
	fmt.Fprintf(stdout, "token      %s\ntoken file %s\n", secret, central.TokenLine(args[0], secret))
	return 0
}

// key shows what the offices know the city by.
func key(args []string, stdout, stderr io.Writer) int {
	if len(args) != 1 {
		fmt.Fprintln(stderr, "motcua-central: key wants the file of the city's key")
		return exitUsage
	}
	k, err := central.OpenKey(args[0])
	if err != nil {
		fmt.Fprintln(stderr, "motcua-central:", err)
		return exitFailed
	}
	fmt.Fprint(stdout, k.Public())
	return 0
}
