package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"motcua/cmd/internal/town"
	"motcua/kiosk/kit"
	"motcua/kiosk/scan/scantest"
)

// soon is how long anything may take before the test gives up. The machine may
// be building something else beside.
const soon = 40 * time.Second

// until waits for a condition; what names it when it does not come.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	deadline := time.Now().Add(soon)
	for !cond() {
		if time.Now().After(deadline) {
			t.Fatalf("did not happen in %v: %s", soon, what)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// finger is a person at one screen: it finds what it touches by the words on
// it.
type finger struct {
	t    *testing.T
	term *town.Terminal
	shot int
	dir  string
}

// targets is what can be touched now.
func (f *finger) targets() []kit.Target {
	raw, err := os.ReadFile(f.term.Targets)
	if err != nil {
		return nil
	}
	var list []kit.Target
	if err := json.Unmarshal(raw, &list); err != nil {
		f.t.Fatalf("%s: %v", f.term.Targets, err)
	}
	return list
}

// find is the smallest target whose words contain text.
func (f *finger) find(text string) (kit.Target, bool) {
	var best kit.Target
	for _, t := range f.targets() {
		if strings.Contains(t.Text, text) && (best.W == 0 || t.W*t.H < best.W*best.H) {
			best = t
		}
	}
	return best, best.W > 0
}

// sees waits for words on something that can be touched.
func (f *finger) sees(text string) {
	f.t.Helper()
	for deadline := time.Now().Add(soon); ; time.Sleep(50 * time.Millisecond) {
		if _, ok := f.find(text); ok {
			return
		}
		if time.Now().After(deadline) {
			f.picture("failed-" + f.term.Name)
			f.t.Fatalf("%s did not show %q in %v; it has %v", f.term.Name, text, soon, f.words())
		}
	}
}

func (f *finger) words() []string {
	var list []string
	for _, t := range f.targets() {
		list = append(list, t.Text)
	}
	return list
}

// touch moves and presses in one batch, as a finger does. The tap guard of the
// kiosk ignores a second touch within 700 ms, so a person waits a little.
func (f *finger) touch(text string) {
	f.t.Helper()
	f.sees(text)
	time.Sleep(750 * time.Millisecond)
	target, ok := f.find(text)
	if !ok {
		f.picture("failed-" + f.term.Name)
		f.t.Fatalf("%s: %q went away; it has %v", f.term.Name, text, f.words())
	}
	x, y := int(target.X+target.W/2), int(target.Y+target.H/2)
	if err := f.term.Screen.Touch(f.t.Context(), x, y); err != nil {
		f.t.Fatal(err)
	}
}

// key presses a key by its X name.
func (f *finger) key(name string) {
	f.t.Helper()
	if err := f.term.Screen.Tool(f.t.Context(), "key", name); err != nil {
		f.t.Fatal(err)
	}
}

// types types as fast as a person.
func (f *finger) types(text string) {
	f.t.Helper()
	if err := f.term.Screen.Tool(f.t.Context(), "type", "--delay", "70", text); err != nil {
		f.t.Fatal(err)
	}
}

// typesAsAScanner types as a keyboard scanner does: at once, with Enter.
func (f *finger) typesAsAScanner(text string) {
	f.t.Helper()
	if err := f.term.Screen.Tool(f.t.Context(), "type", "--delay", "2", "--args", "1", text, "key", "Return"); err != nil {
		f.t.Fatal(err)
	}
}

// scans holds a picture under the scanner: it appears whole in the folder.
func (f *finger) scans(img image.Image) {
	f.t.Helper()
	part := filepath.Join(f.dir, "scan.part")
	out, err := os.Create(part)
	if err != nil {
		f.t.Fatal(err)
	}
	if err := scantest.Save(out, img); err != nil {
		f.t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.shot++
	name := fmt.Sprintf("scan-%d.png", f.shot)
	if err := os.Rename(part, filepath.Join(f.term.Scan, name)); err != nil {
		f.t.Fatal(err)
	}
}

// picture keeps what the screen shows.
func (f *finger) picture(name string) string {
	f.t.Helper()
	time.Sleep(300 * time.Millisecond) // the frame after the last change
	file := filepath.Join(f.dir, name+".png")
	if err := f.term.Screen.Picture(f.t.Context(), file); err != nil {
		f.t.Fatal(err)
	}
	return file
}

// zbar reads the codes of a picture with a reader that is not ours.
func zbar(t *testing.T, file string) string {
	t.Helper()
	return tool(t, "zbarimg", "-q", "--raw", "--nodbus", file)
}

// tool runs a program and returns its output without the last newline.
func tool(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(args, " "), err)
	}
	return strings.TrimRight(string(out), "\n")
}
