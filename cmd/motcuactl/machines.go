package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/skip2/go-qrcode"

	"motcua/assets/i18n"
	"motcua/cmd/internal/reach"
	"motcua/queue"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// running is an office at work, as IT reaches it: on its own machine without
// more ado, from another one that joined as admin.
type running struct {
	address, data string
	way           reach.Way
}

func (r *running) flags(f *flag.FlagSet) {
	f.StringVar(&r.address, "office", "http://127.0.0.1:8080", "`address` of the office")
	f.StringVar(&r.data, "data", "", "`folder` with this machine's identity, when it is not the office's own and joined as admin")
}

// open finds the way; nothing is sent yet.
func (r *running) open() (err error) {
	r.way, err = reach.To(r.address, r.data)
	return err
}

// ask does one request that is not a command.
func (r *running) ask(ctx context.Context, method, path string, v, answer any) error {
	var t http.RoundTripper = http.DefaultTransport
	if r.way.Transport != nil {
		t = r.way.Transport
	}
	return said(enrol.Ask(ctx, t, method, r.way.Base+path, v, answer))
}

// do gives one command.
func (r *running) do(ctx context.Context, cmd queue.Command) error {
	name := "motcuactl"
	if r.way.Identity != nil {
		name = r.way.Identity.Name()
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	client := office.Dial(r.way.Base, office.DialOptions{Transport: r.way.RoundTripper()})
	_, err := office.NewCaller(client, name).Do(ctx, "", "", cmd)
	return said(err)
}

// said makes a refusal a sentence in both languages.
func said(err error) error {
	no, refused := refusal.Of(err)
	texts, fault := i18n.Load()
	if !refused || fault != nil {
		return err
	}
	args := make([]string, 0, 2*len(no.Args))
	for k, v := range no.Args {
		args = append(args, k, v)
	}
	return errors.New(texts.Get("vi", "refusal."+no.Code, args...) + " / " + texts.Get("en", "refusal."+no.Code, args...))
}

// enrolMachine prints a code with which one machine may join.
func enrolMachine(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	var g enrol.Grant
	f.StringVar(&g.Name, "name", "", "the machine's `name` in the record, e.g. kiosk-2")
	f.Func("role", "what it is for: "+roles(), func(s string) error { g.Role = device.Role(s); return nil })
	f.StringVar(&g.Counter, "counter", "", "`id` of the only counter it may speak for; only for the role counter")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	switch {
	case !device.NameOK(g.Name):
		return fmt.Errorf("--name %q is no name for a machine (letters, digits, . _ -): %w", g.Name, errUsage)
	case !g.Role.Known():
		return fmt.Errorf("--role %q is none of %s: %w", g.Role, roles(), errUsage)
	case g.Counter != "" && g.Role != device.Counter:
		return fmt.Errorf("--counter is for the role counter: %w", errUsage)
	}
	if err := r.open(); err != nil {
		return err
	}
	var got struct {
		Code     string
		Expires  time.Time
		Replaces bool
	}
	if err := r.ask(ctx, http.MethodPost, "/v1/enrolment/codes", g, &got); err != nil {
		return err
	}
	q, err := qrcode.New(got.Code, qrcode.Medium)
	if err != nil {
		return fmt.Errorf("draw the code: %w", err)
	}
	fmt.Fprintf(c.stdout, "%s\n%s\n\nfor %s as %s, once, until %s\n", q.ToSmallString(false), got.Code, g.Name, g.Role, got.Expires.Local().Format("15:04"))
	fmt.Fprintf(c.stdout, "on that machine: motcua --config … --enrol   (or motcuactl join), and type or scan the code\n")
	if got.Replaces {
		fmt.Fprintf(c.stdout, "%s is enrolled already: the machine that has the name now is shut out as soon as the new one joins\n", g.Name)
	}
	return nil
}

func roles() string {
	var list []string
	for _, r := range device.Roles() {
		list = append(list, string(r))
	}
	return strings.Join(list, ", ")
}

// listMachines prints every machine that ever joined.
func listMachines(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	asJSON := f.Bool("json", false, "one JSON object a line")
	if err := c.parse(f, 0); err != nil {
		return err
	}
	if err := r.open(); err != nil {
		return err
	}
	var list []device.Device
	if err := r.ask(ctx, http.MethodGet, "/v1/devices", nil, &list); err != nil {
		return err
	}
	if *asJSON {
		out := json.NewEncoder(c.stdout)
		for _, d := range list {
			if err := out.Encode(d); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tROLE\tCOUNTER\tENROLLED\tSHUT OUT")
	for _, d := range list {
		out := ""
		if !d.Welcome() {
			out = d.Revoked.Local().Format(time.DateTime)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", d.Name, d.Role, d.Counter, d.Enrolled.Local().Format(time.DateTime), out)
	}
	return w.Flush()
}

// revokeMachine shuts a machine out at once.
func revokeMachine(ctx context.Context, c *call) error {
	f, r := c.flags(), running{}
	r.flags(f)
	reason := f.String("reason", "", "why, for the record")
	if err := c.parse(f, 1); err != nil {
		return err
	}
	if f.NArg() == 0 {
		return fmt.Errorf("revoke needs the machine's name: %w", errUsage)
	}
	if err := r.open(); err != nil {
		return err
	}
	if err := r.do(ctx, office.RevokeDevice{Device: f.Arg(0), Reason: *reason}); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s is shut out\n", f.Arg(0))
	return nil
}

// joinOffice lets this machine into an office.
func joinOffice(ctx context.Context, c *call) error {
	f := c.flags()
	address := f.String("office", "auto", "`address` of the office; auto looks for it on the network")
	dir := f.String("data", "", "`folder` for this machine's identity")
	if err := c.parse(f, 1); err != nil {
		return err
	}
	if *dir == "" {
		return fmt.Errorf("join needs --data, a folder for this machine's identity: %w", errUsage)
	}
	text := f.Arg(0)
	if text == "" {
		var err error
		if text, err = prompt(c, "Mã ghi danh / Code: ", true); err != nil {
			return err
		}
	}
	code, ok := enrol.ParseCode(text)
	if !ok {
		return errors.New("that is no code: it has sixteen letters and digits")
	}
	id, err := reach.Join(ctx, *address, *dir, code)
	if err != nil {
		return said(err)
	}
	fmt.Fprintf(c.stdout, "joined as %s %s until %s, then by itself\n", id.Role(), id.Name(), id.Until().Local().Format(time.DateOnly))
	return nil
}
