package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"motcua/assets/i18n"
	"motcua/cmd/internal/config"
)

// Main is the app: Parse, Run.
type Main struct {
	Stdout io.Writer

	cfg         config.Config
	targets     string
	enrol       bool
	showVersion bool
}

const usage = `motcua shows the kiosk, the counter or the hall display of a one-stop office.

Examples:
  motcua
        a whole demo office on this machine, in three windows
  motcua --config /etc/motcua/motcua.toml
        what the file says
  motcua --role counter --office https://192.168.1.10:8080 --enrol
        join an office on the network, once: asks for the code of motcuactl enrol
  motcua --role counter --counter 3 --office https://192.168.1.10:8080
        counter 3 of that office

Flags override the file:
`

// Parse reads the flags and the file they name. Its error is for the person
// who typed them.
func (m *Main) Parse(args []string, stderr io.Writer) error {
	f := flag.NewFlagSet("motcua", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.Usage = func() {
		fmt.Fprint(stderr, usage)
		f.PrintDefaults()
	}
	var over config.Config
	var panel string
	var scanners list
	file := f.String("config", "", "configuration file, TOML")
	f.StringVar(&over.Role, "role", "", "kiosk, counter, board or all")
	f.StringVar(&over.Device, "device", "", "name of this machine in the record")
	offices := f.String("office", "", "address of the office, or of hub and standby with a comma; auto looks for them on the network")
	f.StringVar(&over.Standby, "standby", "", "address of the standby on this machine, for its counter")
	f.StringVar(&over.Data, "data", "", "folder of this machine's own files")
	f.StringVar(&over.Counter, "counter", "", "the counter's id")
	f.StringVar(&over.Printer, "printer", "", "address of the printer, e.g. usb:/dev/usb/lp0")
	f.StringVar(&over.PrinterProfile, "printer-profile", "", "what the printer can do, e.g. generic-80")
	f.Var(&scanners, "scanner", "address of a scanner, e.g. wedge; may be repeated")
	f.StringVar(&over.Sound, "sound", "", `loudspeaker: an ALSA device, "none", or file:/path.wav`)
	f.StringVar(&over.Show, "show", "", "full or window")
	f.StringVar(&panel, "panel", "", "pixels of the panel, e.g. 1080x1920")
	f.StringVar(&m.targets, "targets", "", "for test drivers: a file that says where the buttons are")
	f.BoolVar(&m.enrol, "enrol", false, "join the office with a code, and end")
	f.BoolVar(&m.showVersion, "version", false, "print the version and end")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%q is not a flag", f.Arg(0))
	}
	if panel != "" {
		if n, err := fmt.Sscanf(panel, "%dx%d", &over.Panel.Width, &over.Panel.Height); n != 2 || err != nil {
			return fmt.Errorf("--panel %q is not WIDTHxHEIGHT", panel)
		}
	}
	over.Scanners, over.Office = scanners, config.ParseAddresses(*offices)
	c, err := config.Load(*file)
	if err != nil {
		return err
	}
	m.cfg = c.Override(over).Complete()
	return errors.Join(m.cfg.Check()...)
}

// list is a flag that may be repeated.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

// Run shows the screens until ctx ends or a window is closed. It must be
// called from the main goroutine, which is Fyne's.
func (m *Main) Run(ctx context.Context) error {
	if m.enrol {
		return m.join(ctx, os.Stdin)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	texts, err := i18n.Load()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(m.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make this machine's folder: %w", err)
	}
	join, closeOffice, err := m.connect(ctx)
	if err != nil {
		return err
	}
	defer closeOffice()
	if err := unscaled(); err != nil {
		return err
	}
	// One name per machine and role: Fyne keeps a file of that name, and two
	// programs must not write it at once.
	a := app.NewWithID("vn.motcua." + m.cfg.Each()[0].Device)
	var work sync.WaitGroup // everything that must end before the office closes
	for _, c := range m.cfg.Each() {
		w := a.NewWindow(title(texts, c))
		s := &screen{cfg: c, texts: texts, window: w, targets: m.targets}
		if err := s.open(join); err != nil {
			cancel()
			work.Wait()
			return fmt.Errorf("open the %s: %w", c.Role, err)
		}
		work.Go(func() { s.run(ctx) })
		w.SetOnClosed(a.Quit)
	}
	stop := context.AfterFunc(ctx, func() { fyne.Do(a.Quit) })
	defer stop()
	a.Run()
	cancel()
	work.Wait()
	return nil
}

// title tells the windows of one machine apart, in the desktop's list of them.
// The language is the office's.
func title(texts *i18n.Texts, c config.Config) string {
	return texts.Get("vi", c.Role+".window", "counter", c.Counter)
}

// unscaled keeps Fyne from enlarging by the monitor's density: one unit is one
// pixel, and every size comes from the panel's millimetres.
func unscaled() error {
	return errors.Join(os.Setenv("FYNE_SCALE", "1"), os.Setenv("FYNE_DISABLE_DPI_DETECTION", "true"))
}

// fullVersion names the program, Go and Fyne, for a support call.
func fullVersion() string {
	fyneVersion := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, d := range info.Deps {
			if d.Path == "fyne.io/fyne/v2" {
				fyneVersion = ", Fyne " + d.Version
			}
		}
	}
	return version + " (" + runtime.Version() + fyneVersion + ")"
}
