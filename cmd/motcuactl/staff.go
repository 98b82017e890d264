package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"motcua/queue"
	"motcua/queue/office"
)

// staff lists the officers, gives one a PIN, takes it away or unlocks it.
func staff(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	if err := c.parse(f, 2); err != nil {
		return err
	}
	act, officer := f.Arg(0), f.Arg(1)
	if act != "" && officer == "" {
		return fmt.Errorf("staff %s needs the officer's staff code: %w", act, errUsage)
	}
	if err := r.open(); err != nil {
		return err
	}
	var cmd queue.Command
	switch act {
	case "", "list":
		return r.listStaff(ctx, c)
	case "pin":
		pin, err := newPIN(c)
		if err != nil {
			return err
		}
		cmd = office.SetPIN{Officer: officer, PIN: pin}
	case "clear":
		cmd = office.SetPIN{Officer: officer}
	case "unlock":
		cmd = office.UnlockOfficer{Officer: officer}
	default:
		return fmt.Errorf("%q is none of pin, clear, unlock: %w", act, errUsage)
	}
	if err := r.do(ctx, cmd); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s: %s\n", officer, map[string]string{"pin": "has a new PIN", "clear": "has no PIN", "unlock": "is unlocked"}[act])
	return nil
}

func (r *running) listStaff(ctx context.Context, c *call) error {
	var list []struct {
		Officer string    `json:"officer"`
		Name    string    `json:"name"`
		PIN     bool      `json:"pin"`
		Until   time.Time `json:"locked_until"`
	}
	if err := r.ask(ctx, http.MethodGet, "/v1/staff", nil, &list); err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "OFFICER\tNAME\tPIN\tLOCKED UNTIL")
	for _, o := range list {
		pin, until := "none", ""
		if o.PIN {
			pin = "set"
		}
		if !o.Until.IsZero() {
			until = o.Until.Local().Format(time.TimeOnly)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", o.Officer, o.Name, pin, until)
	}
	return w.Flush()
}

// newPIN asks for a PIN twice, so that nobody is locked out by a slip.
func newPIN(c *call) (string, error) {
	in := bufio.NewReader(os.Stdin)
	first, err := ask(c, in, "Mã PIN mới / New PIN: ", false)
	if err != nil {
		return "", err
	}
	again, err := ask(c, in, "Nhập lại / Again: ", false)
	if err != nil {
		return "", err
	}
	if first != again {
		return "", errors.New("the two PINs are not the same")
	}
	if first == "" {
		return "", errors.New("no PIN was typed; motcuactl staff clear takes one away")
	}
	return first, nil
}

// prompt asks for one line.
func prompt(c *call, question string, shown bool) (string, error) {
	return ask(c, bufio.NewReader(os.Stdin), question, shown)
}

func ask(c *call, in *bufio.Reader, question string, shown bool) (string, error) {
	fmt.Fprint(c.stderr, question)
	if !shown {
		back := hideTyping(os.Stdin)
		defer func() {
			back()
			fmt.Fprintln(c.stderr)
		}()
	}
	line, err := in.ReadString('\n')
	if err != nil && (!errors.Is(err, io.EOF) || line == "") {
		return "", fmt.Errorf("read what was typed: %w", err)
	}
	return strings.TrimSpace(line), nil
}
