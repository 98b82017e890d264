package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"motcua/cmd/internal/config"
	"motcua/kiosk/scan"
	"motcua/printer/device"
	"motcua/printer/escpos"
)

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "motcua.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestNoFileIsAWholeOffice(t *testing.T) {
	c, err := config.Load("")
	if err != nil {
		t.Fatal(err)
	}
	c = c.Complete()
	if faults := c.Check(); len(faults) > 0 {
		t.Errorf("the defaults have faults: %v", faults)
	}
	each := c.Each()
	if c.Role != config.All || len(each) != 3 {
		t.Fatalf("defaults: %+v", c)
	}
	kiosk, counter := each[0], each[1]
	if kiosk.Role != config.Kiosk || kiosk.Device != "kiosk-1" || kiosk.Panel.Width != 540 || kiosk.Panel.WidthMM != 268 {
		t.Errorf("kiosk: %+v", kiosk)
	}
	if counter.Device != "counter-1" || counter.Show != config.Window || kiosk.Printer == "" {
		t.Errorf("counter: %+v", counter)
	}
}

func TestFileIsReadAndCompleted(t *testing.T) {
	c, err := config.Load(write(t, `
role = "counter"
counter = "3"
office = "http://192.168.1.10:8080"
printer = "usb:/dev/usb/lp0"
[panel]
width_px = 1366
height_px = 768
`))
	if err != nil {
		t.Fatal(err)
	}
	c = c.Complete()
	if faults := c.Check(); len(faults) > 0 {
		t.Fatalf("faults: %v", faults)
	}
	if c.Device != "counter-3" || c.Panel.WidthMM < 380 || c.Panel.WidthMM > 392 {
		t.Errorf("completed: %+v", c)
	}
}

// TestOfficesOfAPair: hub and standby, as a list, with commas, and by flag.
func TestOfficesOfAPair(t *testing.T) {
	want := config.Addresses{"https://192.168.1.10:8080", "https://192.168.1.11:8080"}
	for name, text := range map[string]string{
		"list":   `office = ["https://192.168.1.10:8080", "https://192.168.1.11:8080"]`,
		"commas": `office = "https://192.168.1.10:8080, https://192.168.1.11:8080"`,
	} {
		c, err := config.Load(write(t, text))
		if err != nil || !reflect.DeepEqual(c.Office, want) {
			t.Errorf("%s: got %v, %v", name, c.Office, err)
		}
	}
	if _, err := config.Load(write(t, "office = 8080")); err == nil {
		t.Error("a number is no address")
	}
	c := config.Config{Office: config.Addresses{"auto"}}.Override(config.Config{Office: config.ParseAddresses(" a , ,b"), Standby: "http://127.0.0.1:8080"})
	if !reflect.DeepEqual(c.Office, config.Addresses{"a", "b"}) || c.Standby == "" {
		t.Errorf("flags: %+v", c)
	}
	for _, bad := range []config.Config{
		{Role: config.Counter, Office: config.Addresses{"auto", "nowhere"}},
		{Role: config.Counter, Office: want, Standby: "here"},
	} {
		if faults := bad.Complete().Check(); len(faults) != 1 {
			t.Errorf("%v, %q: %v", bad.Office, bad.Standby, faults)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	for name, tc := range map[string]struct{ text, want string }{
		"misspelt key": {`printr = "tcp:1"`, "printr"},
		"syntax":       {"role = \n", "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := config.Load(write(t, tc.text)); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want a fault naming %q", err, tc.want)
			}
		})
	}
	c := config.Config{Role: "cashier", Office: config.Addresses{"192.168.1.10"}, Printer: "lpt1", Panel: config.Panel{Width: 10, Height: 10}}
	if faults := c.Complete().Check(); len(faults) != 4 {
		t.Errorf("named %d of 4 faults: %v", len(faults), faults)
	}
	low := config.Config{Role: config.Kiosk, Panel: config.Panel{Width: 1366, Height: 768, WidthMM: 250, HeightMM: 140}}
	if faults := low.Complete().Check(); len(faults) != 1 {
		t.Errorf("a kiosk on a tablet: %v", faults)
	}
	if faults := (config.Config{Role: config.Kiosk, Panel: config.Panel{Width: 1366, Height: 768}}).Complete().Check(); len(faults) != 0 {
		t.Errorf("a kiosk lying on its side: %v", faults)
	}
	if faults := (config.Config{Role: config.Counter}).Complete().Check(); len(faults) != 1 {
		t.Errorf("a counter without an office: %v", faults)
	}
}

// TestInstallationGuide holds the examples of docs/cai-dat.md to the code: each
// is read as the program reads it, and the reference names every setting.
func TestInstallationGuide(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "cai-dat.md"))
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(guide), -1)
	complete := false
	for i, e := range examples {
		c, err := config.Load(write(t, e[1]))
		if err != nil {
			t.Fatalf("example %d: %v", i+1, err)
		}
		if faults := c.Complete().Check(); len(faults) > 0 {
			t.Errorf("example %d: %v", i+1, faults)
		}
		if _, err := device.Parse(c.Printer); c.Printer != "" && err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
		if _, err := escpos.Find(c.Complete().PrinterProfile); err != nil {
			t.Errorf("example %d: %v", i+1, err)
		}
		for _, s := range c.Scanners {
			if _, err := scan.Open(s); err != nil {
				t.Errorf("example %d: %v", i+1, err)
			}
		}
		complete = complete || len(unset(reflect.ValueOf(c))) == 0
	}
	if !complete {
		t.Errorf("none of the %d examples sets everything", len(examples))
	}
}

// unset lists the settings that are empty, with those of their tables.
func unset(c reflect.Value) []string {
	var names []string
	for i := range c.NumField() {
		f := c.Field(i)
		if f.Kind() == reflect.Struct {
			names = append(names, unset(f)...)
		} else if f.IsZero() {
			names = append(names, c.Type().Field(i).Tag.Get("toml"))
		}
	}
	return names
}
