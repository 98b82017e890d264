// Package config is the one file of a machine that runs the desktop app: which
// role, which office, which devices. Everything has a default that works: with
// no file at all a machine is a whole demo office.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"motcua/queue/office/find"
)

// Roles of the desktop app.
const (
	Kiosk   = "kiosk"
	Counter = "counter"
	Board   = "board"
	// All shows the three in windows of their own: a whole office on one
	// machine, to try it or to run the smallest one.
	All = "all"
)

// How a screen stands on its monitor.
const (
	Full   = "full"
	Window = "window"
)

// Config is the file, in TOML. Flags of the same names override it.
type Config struct {
	// Role is kiosk, counter or board; all (the default without an Office) is
	// the three together.
	Role string `toml:"role"`
	// Device names this machine in the record, e.g. "kiosk-1".
	Device string `toml:"device"`
	// Office is where the office is: "http://127.0.0.1:8080" on its own machine,
	// "https://192.168.1.10:8080" on one that joined, "auto" to look for it. With
	// a standby, the addresses of both. Empty: the app opens its own office in
	// Data.
	Office Addresses `toml:"office"`
	// Standby is the address of the standby on this machine, for its counter: a
	// supervisor there can make it the hub.
	Standby string `toml:"standby"`
	// Data is the folder of this machine's own files.
	Data string `toml:"data"`
	// Counter is the counter's id for that role, e.g. "3".
	Counter string `toml:"counter"`
	// Printer is a device address: "tcp:192.168.1.50:9100", "usb:/dev/usb/lp0",
	// "serial:/dev/ttyUSB0?baud=115200", "dir:/folder". Empty: no printer.
	Printer string `toml:"printer"`
	// PrinterProfile names the printer's capabilities, e.g. "generic-80".
	PrinterProfile string `toml:"printer_profile"`
	// Scanners are device addresses: "wedge", "evdev:…", "serial:…",
	// "v4l2:…", "dir:/folder".
	Scanners []string `toml:"scanners"`
	// Sound is the ALSA device for the board's voice, "default"; "none" is
	// silent; "file:/path.wav" writes.
	Sound string `toml:"sound"`
	// Show is full or window; a counter shares its monitor and is a window.
	Show  string `toml:"show"`
	Panel Panel  `toml:"panel"`
}

// Panel is the screen: pixels and millimetres decide every size.
type Panel struct {
	Width    int     `toml:"width_px"`
	Height   int     `toml:"height_px"`
	WidthMM  float32 `toml:"width_mm"`
	HeightMM float32 `toml:"height_mm"`
}

// Addresses are one or more: in the file a list, or text with commas.
type Addresses []string

// ParseAddresses reads text with commas; empty is none.
func ParseAddresses(text string) Addresses {
	var a Addresses
	for one := range strings.SplitSeq(text, ",") {
		if one = strings.TrimSpace(one); one != "" {
			a = append(a, one)
		}
	}
	return a
}

// UnmarshalTOML reads text, or a list of texts.
func (a *Addresses) UnmarshalTOML(v any) error {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, one := range list {
		text, ok := one.(string)
		if !ok {
			return fmt.Errorf("%v is not an address", one)
		}
		*a = append(*a, ParseAddresses(text)...)
	}
	return nil
}

// usual is the panel of a role when nobody measured it: a 21.5" portrait kiosk,
// a 19" desk monitor, a 43" television.
func usual(role string) Panel {
	switch role {
	case Counter:
		return Panel{Width: 1440, Height: 900, WidthMM: 408, HeightMM: 255}
	case Board:
		return Panel{Width: 1920, Height: 1080, WidthMM: 941, HeightMM: 529}
	}
	return Panel{Width: 1080, Height: 1920, WidthMM: 268, HeightMM: 476}
}

// lying is a small kiosk on its side, 15.6".
func lying() Panel { return Panel{Width: 1366, Height: 768, WidthMM: 345, HeightMM: 194} }

// inWindow is that panel shrunk to fit on an ordinary monitor, everything on it
// in proportion: to look at, not to stand before.
func inWindow(role string) Panel {
	if role == Counter {
		return Panel{Width: 1366, Height: 768, WidthMM: 387, HeightMM: 217.6}
	}
	p := usual(role)
	p.Width, p.Height = p.Width/2, p.Height/2
	return p
}

// lowestKiosk is the least height, in millimetres, on which every screen of the
// kiosk has its targets of 20 mm; the screens are tested down to it.
const lowestKiosk = 193

// Load reads a file; "" is no file. Unknown keys are faults: a misspelt
// printer must not be a missing printer.
func Load(file string) (Config, error) {
	var c Config
	if file == "" {
		return c, nil
	}
	meta, err := toml.DecodeFile(file, &c)
	if err != nil {
		var syntax toml.ParseError
		if errors.As(err, &syntax) {
			return c, fmt.Errorf("read %s, line %d: %s", file, syntax.Position.Line, syntax.Message)
		}
		return c, fmt.Errorf("read %s: %w", file, err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return c, fmt.Errorf("read %s: there is no setting %q", file, unknown[0].String())
	}
	return c, nil
}

// Override returns c with every field that over sets taken from over.
func (c Config) Override(over Config) Config {
	for _, f := range []struct{ to, from *string }{
		{&c.Role, &over.Role},
		{&c.Device, &over.Device},
		{&c.Standby, &over.Standby},
		{&c.Data, &over.Data},
		{&c.Counter, &over.Counter},
		{&c.Printer, &over.Printer},
		{&c.PrinterProfile, &over.PrinterProfile},
		{&c.Sound, &over.Sound},
		{&c.Show, &over.Show},
	} {
		if *f.from != "" {
			*f.to = *f.from
		}
	}
	if len(over.Office) > 0 {
		c.Office = over.Office
	}
	if len(over.Scanners) > 0 {
		c.Scanners = over.Scanners
	}
	if over.Panel.Width > 0 {
		c.Panel = over.Panel
	}
	return c
}

// Complete fills in the defaults.
func (c Config) Complete() Config {
	if c.Role == "" && len(c.Office) == 0 {
		c.Role = All
	}
	if c.Role == "" {
		c.Role = Kiosk
	}
	if c.Counter == "" {
		c.Counter = "1"
	}
	if c.Data == "" {
		c.Data = defaultData()
	}
	if c.Printer == "" && c.Role == All {
		c.Printer = "dir:" + filepath.Join(c.Data, "slips")
	}
	if c.Show == "" {
		c.Show = Full
		if c.Role == Counter || c.Role == All {
			c.Show = Window
		}
	}
	if c.PrinterProfile == "" {
		c.PrinterProfile = "generic-80"
	}
	if len(c.Scanners) == 0 {
		c.Scanners = []string{"wedge"}
	}
	if c.Sound == "" {
		c.Sound = "default"
	}
	if c.Role == All {
		return c
	}
	if c.Device == "" {
		c.Device = c.Role + "-1"
		if c.Role == Counter {
			c.Device = c.Role + "-" + c.Counter
		}
	}
	if c.Panel.Width == 0 || c.Panel.Height == 0 {
		def := usual(c.Role)
		if c.Show == Window {
			def = inWindow(c.Role)
			c.Panel.WidthMM, c.Panel.HeightMM = def.WidthMM, def.HeightMM
		}
		c.Panel.Width, c.Panel.Height = def.Width, def.Height
	}
	if c.Panel.WidthMM == 0 || c.Panel.HeightMM == 0 {
		// A panel of the default density when nobody measured it.
		def := usual(c.Role)
		if c.Role == Kiosk && c.Panel.Width > c.Panel.Height {
			def = lying()
		}
		c.Panel.WidthMM = def.WidthMM * float32(c.Panel.Width) / float32(max(1, def.Width))
		c.Panel.HeightMM = def.HeightMM * float32(c.Panel.Height) / float32(max(1, def.Height))
	}
	return c
}

// Each is one completed configuration per screen: of role All the three, else
// itself alone.
func (c Config) Each() []Config {
	if c.Role != All {
		return []Config{c}
	}
	var each []Config
	for _, role := range []string{Kiosk, Counter, Board} {
		one := c
		one.Role, one.Device, one.Panel = role, "", inWindow(role)
		if role == Board {
			one.Printer = ""
		}
		each = append(each, one.Complete())
	}
	return each
}

func defaultData() string {
	if dir, err := os.UserConfigDir(); err == nil {
		return filepath.Join(dir, "motcua")
	}
	return "motcua-data"
}

// isAddress reports whether a text is the address of an office.
func isAddress(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// Check names every fault of a completed configuration.
func (c Config) Check() []error {
	var faults []error
	bad := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if !slices.Contains([]string{Kiosk, Counter, Board, All}, c.Role) {
		bad("role: %q is not kiosk, counter, board or all", c.Role)
	}
	if c.Show != Full && c.Show != Window {
		bad("show: %q is not full or window", c.Show)
	}
	for _, one := range c.Office {
		if one != find.Auto && !isAddress(one) {
			bad("office: %q is not auto or an address like https://192.168.1.10:8080", one)
		}
	}
	if c.Standby != "" && !isAddress(c.Standby) {
		bad("standby: %q is not an address like http://127.0.0.1:8080", c.Standby)
	}
	if c.Role == Counter && len(c.Office) == 0 {
		bad("office: a counter needs the address of its office")
	}
	if c.Role == Board && len(c.Office) == 0 {
		bad("office: a hall display needs the address of its office")
	}
	kinds := []string{"tcp", "usb", "serial", "file", "dir"}
	if kind, _, _ := strings.Cut(c.Printer, ":"); c.Printer != "" && !slices.Contains(kinds, kind) {
		bad("printer: %q begins with none of %s", c.Printer, strings.Join(kinds, ", "))
	}
	if c.Role == Kiosk && c.Panel.HeightMM < lowestKiosk {
		bad("panel: %.0f mm high is too low for a kiosk: fingers need %d mm", c.Panel.HeightMM, lowestKiosk)
	}
	if c.Role != All && (c.Panel.Width < 320 || c.Panel.Height < 320) {
		bad("panel: %d×%d pixels are too few", c.Panel.Width, c.Panel.Height)
	}
	return faults
}
