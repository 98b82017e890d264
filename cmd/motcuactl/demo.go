package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/day"
	"motcua/cmd/internal/town"
	"motcua/queue/office"
)

// demoOptions are the flags of the demo.
type demoOptions struct {
	bin, dir, pictures string
	play               bool
	lasts              time.Duration
	speed              float64
	central, office    string
}

// runDemo starts the whole product on this machine: the city's system, the demo
// office, and a kiosk, a counter and a hall display with a software printer.
// Without a display it uses virtual ones and takes their pictures.
func runDemo(ctx context.Context, c *call) error {
	var o demoOptions
	flags := c.flags()
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	flags.StringVar(&o.bin, "bin", filepath.Dir(self), "folder of the programs")
	flags.StringVar(&o.dir, "dir", "motcua-demo", "folder for everything the demo makes")
	flags.StringVar(&o.pictures, "pictures", "", "folder for the screens' pictures (default: DIR/pictures)")
	flags.BoolVar(&o.play, "play", false, "play a scripted day")
	flags.DurationVar(&o.lasts, "for", 0, "end after this long (default: until interrupted)")
	flags.Float64Var(&o.speed, "speed", 20, "how much faster than real the scripted day is")
	flags.StringVar(&o.central, "central", "127.0.0.1:8090", "address of the city's system")
	flags.StringVar(&o.office, "office", "127.0.0.1:8080", "address of the office")
	if err := c.parse(flags, 0); err != nil {
		return err
	}
	if o.pictures == "" {
		o.pictures = filepath.Join(o.dir, "pictures")
	}
	if o.lasts > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.lasts)
		defer cancel()
	}
	err = o.run(ctx, c)
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return nil // the end that was asked for
	}
	return err
}

// run is the demo from the first program to the last.
func (o demoOptions) run(ctx context.Context, c *call) error {
	data, err := demo.Load()
	if err != nil {
		return err
	}
	virtual := os.Getenv("DISPLAY") == ""
	t, err := town.Start(ctx, town.Config{
		Bin: o.bin, Dir: o.dir, Office: data.Config.Office, CentralAddr: o.central, OfficeAddr: o.office,
	})
	if err != nil {
		return err
	}
	defer t.Close()
	if err := o.screens(ctx, t, virtual); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "The demo office is open.\n\n  the city's page   %s\n  the office's API  %s/openapi.json\n  printed slips     %s\n",
		t.CentralURL, t.OfficeURL, filepath.Join(o.dir, "slips"))
	if virtual {
		fmt.Fprintf(c.stdout, "  pictures          %s (no display here: kiosk, counter and hall run on virtual ones; a picture every 5 s)\n", o.pictures)
	}
	fmt.Fprintf(c.stdout, "\nTo scan at the kiosk, put a picture into %s\nEnd with Ctrl-C.\n", t.Terminals[0].Scan)
	if o.play {
		go o.playDay(ctx, c, t, data)
	}
	return o.watch(ctx, t, virtual)
}

// screens starts one terminal of each role.
func (o demoOptions) screens(ctx context.Context, t *town.Town, virtual bool) error {
	for _, s := range []struct {
		name, role    string
		width, height int
		flags         []string
		prints        bool
	}{
		{"kiosk-1", "kiosk", 1080, 1920, nil, true},
		{"counter-3", "counter", 1440, 900, []string{"--counter", "3"}, true},
		{"board-1", "board", 1920, 1080, nil, false},
	} {
		if s.prints {
			printer, err := t.Printer(ctx, s.name)
			if err != nil {
				return err
			}
			s.flags = append(s.flags, "--printer", printer)
		}
		if virtual {
			s.flags = append(s.flags, "--sound", "none")
		} else {
			s.width, s.height = 0, 0
		}
		if _, err := t.Terminal(ctx, s.name, s.role, s.width, s.height, s.flags...); err != nil {
			return err
		}
	}
	return nil
}

// playDay lets invented citizens and officers work until the demo ends. Counter
// 3 is left to whoever sits at the screen.
func (o demoOptions) playDay(ctx context.Context, c *call, t *town.Town, data demo.Office) {
	people, err := day.People(data.Cards)
	if err != nil {
		fmt.Fprintln(c.stderr, "motcuactl:", err)
		return
	}
	script := day.Script{
		Client: office.Dial(t.OfficeURL, office.DialOptions{}), Config: data.Config, People: people,
		Seed: uint64(time.Now().UnixNano()), Speed: o.speed, Leave: []string{"3"},
	}
	if _, err := script.Play(ctx); err != nil && ctx.Err() == nil {
		fmt.Fprintln(c.stderr, "motcuactl: the scripted day ended:", err)
	}
}

// watch takes pictures of virtual screens and notices a program that ended.
func (o demoOptions) watch(ctx context.Context, t *town.Town, virtual bool) error {
	shot := time.NewTicker(5 * time.Second)
	defer shot.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.Office.Done():
			return fmt.Errorf("the office service ended; see %s", filepath.Join(o.dir, "logs"))
		case <-t.Central.Done():
			return fmt.Errorf("the city's system ended; see %s", filepath.Join(o.dir, "logs"))
		case <-shot.C:
			if virtual {
				o.shoot(ctx, t)
			}
		}
	}
}

// shoot takes a picture of every virtual screen and of the city's page.
func (o demoOptions) shoot(ctx context.Context, t *town.Town) {
	names := map[string]string{"kiosk-1": "kiosk", "counter-3": "counter", "board-1": "board"}
	for _, term := range t.Terminals {
		if err := term.Screen.Picture(ctx, filepath.Join(o.pictures, names[term.Name]+".png")); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "motcuactl:", err)
		}
	}
}
