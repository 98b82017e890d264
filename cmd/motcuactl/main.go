// Command motcuactl is local IT's tool.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// version is set by the linker.
var version = "dev"

// command is one subcommand.
type command struct {
	name, args, help string
	run              func(ctx context.Context, c *call) error
}

// call is one use of a subcommand: its arguments and where it writes.
type call struct {
	args           []string
	stdout, stderr io.Writer
	usage          string
}

// flags makes the subcommand's flag set.
func (c *call) flags() *flag.FlagSet {
	f := flag.NewFlagSet("", flag.ContinueOnError)
	f.SetOutput(io.Discard) // parse says what is wrong, once
	return f
}

// parse reads the call's arguments, at most so many of them after the flags.
// Help that was asked for goes to standard output.
func (c *call) parse(f *flag.FlagSet, most int) error {
	f.Usage = func() {}
	err := f.Parse(c.args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintln(c.stdout, c.usage)
		f.SetOutput(c.stdout)
		f.PrintDefaults()
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", err, errUsage)
	case f.NArg() > most:
		return fmt.Errorf("%q is one word too many: %w", f.Arg(most), errUsage)
	}
	return nil
}

func commands() []command {
	return []command{
		{"demo", "[--play] [--for 10m] [--pictures DIR]", "start the whole product with its demo office", runDemo},
		{"audit", "--data DIR [--day D] [--json]", "prove that every call obeyed the rule, or name those that did not", runAudit},
		{"backup", "--to DIR --prepare OFFICE | --to DIR --data DIR --recipient AGE1…", "make a disk ready for the backup, or copy an office that is not running", backUp},
		{"backup-key", "-o FILE", "make the key of a backup; prints the line that motcuad is given", backupKey},
		{"check", "[--office URL] [--lang vi|en]", "say in words how the office is, and what to do about what is not well", check},
		{"checkpoint", "--data DIR", "print the office's last signed checkpoint, to be kept elsewhere and held against the record later", checkpoint},
		{"drill", "--from DIR --identity FILE [--office URL]", "prove that the backup can be restored and is the running office's", drill},
		{"promote", "[--office URL] --officer CODE --reason TEXT [--force]", "make this standby the hub", promote},
		{"devices", "[--json]", "list the machines that joined the office", listMachines},
		{"enrol", "--name NAME --role ROLE [--counter ID]", "make a code with which one machine may join the office, once, within 15 minutes", enrolMachine},
		{"import", "catalogue [--dry-run] [--out FILE] PATH…", "take procedures from the national portal's records, a catalogue or a table", runImport},
		{"join", "--data DIR [--office URL] [CODE]", "let this machine into an office with a code", joinOffice},
		{"revoke", "NAME [--reason …]", "shut a machine out of the office at once", revokeMachine},
		{"repair", "--data DIR --central URL --token-file FILE [--look]", "after restoring a backup: fetch what the city has beyond it", repair},
		{"restore", "--from DIR --to DIR --identity FILE [--at TIME|--seq N]", "make an office's folder of a backup, as of any moment", restore},
		{"scan", "[--json] FILE…", "read the codes in pictures", scanFiles},
		{"seat", "[--office URL]", "say which machine this is: hub, standby or retired", whoLeads},
		{"settle", "[--office URL] --lost --officer CODE --reason TEXT", "end the wait for an old hub whose disk is gone", settleLost},
		{"staff", "[pin|clear|unlock OFFICER]", "list the officers; give one a PIN, take it away, unlock it", staff},
		{"stats", "--data DIR [--day D] [--format text|csv|xlsx|json] [-o FILE]", "waits, service times, absences, kept promises of a day, month or year", runStats},
		{"simulate", "[--data DIR] [--day DATE] [--counters +1] [--close 5@10:00] …", "show what a day's waits would have been with other staffing or rules", simulate},
		{"usb", "export|receipt|key --data DIR [--to DIR] [FILE…]", "carry the record to the city on a stick, and its receipt back", usb},
		{"verify", "--data DIR [--key HEX] [--known FILE]", "check the office's record from its first line to its last", verify},
	}
}

// Exit codes: 0 done, 1 failed or found something, 2 not understood.
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
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		usage(stdout)
		return 0
	}
	if slices.Contains([]string{"version", "-version", "--version"}, args[0]) {
		fmt.Fprintln(stdout, "motcuactl", version)
		return 0
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		err := c.run(ctx, &call{args: args[1:], stdout: stdout, stderr: stderr, usage: "Usage: motcuactl " + c.name + " " + c.args})
		switch {
		case err == nil, errors.Is(err, flag.ErrHelp):
			return 0
		case errors.Is(err, errUsage):
			fmt.Fprintf(stderr, "motcuactl: %s\nhint: motcuactl %s --help\n", strings.TrimSuffix(err.Error(), ": "+errUsage.Error()), c.name)
			return exitUsage
		case errors.Is(err, errFound): // already said what was found
			return exitFailed
		}
		fmt.Fprintln(stderr, "motcuactl:", err)
		return exitFailed
	}
	fmt.Fprintf(stderr, "motcuactl: there is no command %q\nhint: motcuactl --help\n", args[0])
	return exitUsage
}

// errUsage: the words of the call are off. errFound: the check found
// something, and has said what.
var (
	errUsage = errors.New("see --help")
	errFound = errors.New("found something")
)

func usage(w io.Writer) {
	fmt.Fprintln(w, "motcuactl looks after an office of Một Cửa.\n\nUsage: motcuactl COMMAND [FLAGS]")
	for _, c := range commands() {
		fmt.Fprintf(w, "\n  %s %s\n      %s\n", c.name, c.args, c.help)
	}
	fmt.Fprintln(w, `
Examples:
  motcuactl check                      is everything well?
  motcuactl demo                       the city, an office, a kiosk, a counter and a hall display
  motcuactl scan --json receipt.jpg    one JSON object a picture
  motcuactl simulate --counters +1     what one more counter would change
  motcuactl enrol --name kiosk-2 --role kiosk
  motcuactl revoke kiosk-2             stolen: out at once, with what it has open
  motcuactl staff pin cb01             asks for the PIN twice
  motcuactl verify --data /var/lib/motcua/office
  motcuactl audit --data /var/lib/motcua/office --day 2026-11-23
  motcuactl stats --data /var/lib/motcua/office --day 2026-11 -o thang-11.xlsx

Exit status: 0 done, 1 failed or something was found, 2 not understood.`)
}
