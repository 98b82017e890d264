package scan_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/kiosk/scan"
	"motcua/kiosk/scan/scantest"
	"motcua/queue/refusal"
)

func TestOpenRefusesWrongAddresses(t *testing.T) {
	for _, addr := range []string{
		"", "serial", "serial:", "usb:/dev/x", "serial:/dev/ttyACM0?baud=fast", "serial:/dev/ttyACM0?baud=-1",
		"v4l2:/dev/video0?width=0", "play:/tmp?every=soon", "play:/tmp?every=-1s", "dir:", "dir:/x?%zz",
	} {
		if s, err := scan.Open(addr); !errors.Is(err, refusal.New("scanner-address")) {
			t.Errorf("Open(%q) = %v, %v", addr, s, err)
		}
	}
	for _, addr := range []string{
		"wedge", "wedge:?prefix=F13", "evdev:/dev/input/by-id/usb-x-event-kbd", "serial:/dev/ttyACM0", "serial:/dev/ttyACM0?baud=115200",
		"v4l2:/dev/video0?width=1920&height=1080", "dir:/x", "play:/x?every=100ms", "file:/x.png",
	} {
		if s, err := scan.Open(addr); err != nil || s.Fault() != nil {
			t.Errorf("Open(%q) = %v, %v", addr, s, err)
		}
	}
}

// save puts a picture into a folder as a program does that does not care who
// is watching.
func save(t *testing.T, dir, name string, g *image.Gray, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := scantest.Save(&b, g); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, addr string) scan.Source {
	t.Helper()
	s, err := scan.Open(addr)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestFolderScansEachNewPicture(t *testing.T) {
	dir := t.TempDir()
	slip, err := scantest.Slip("UBND phường Mẫu", "A012", "HTTPS://MOTCUA.EXAMPLE/T/261122-A012-K7Q2M5XP")
	save(t, dir, "before.png", slip, err)
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "dir:"+dir)
		got := start(t, s)
		time.Sleep(time.Second)
		save(t, dir, "ticket.png", slip, nil)
		time.Sleep(time.Second)
		card, err := scantest.Card(scantest.Payload)
		save(t, dir, "card.png", scantest.Shot{Turn: 4, Blur: .8, Noise: 3}.Of(card), err)
		if err := os.WriteFile(filepath.Join(dir, "torn.png"), []byte("\x89PNG"), 0o600); err != nil {
			t.Fatal(err)
		}
		save(t, dir, ".hidden.png", slip, nil)
		save(t, dir, "notes.txt", slip, nil)
		time.Sleep(time.Second)
		if err := os.Remove(filepath.Join(dir, "ticket.png")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		save(t, dir, "ticket.png", slip, nil) // the same again is a new scan
		time.Sleep(time.Second)
		want := []string{
			"ticket-code 261122-A012-K7Q2M5XP dir:" + dir,
			"citizen-card 001*****2345 dir:" + dir,
			"ticket-code 261122-A012-K7Q2M5XP dir:" + dir,
		}
		if diff := cmp.Diff(want, got()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

func TestFolderWaitsForItsFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	synctest.Test(t, func(t *testing.T) {
		s := open(t, "dir:"+dir)
		start(t, s)
		time.Sleep(time.Millisecond)
		if !errors.Is(s.Fault(), refusal.New("scanner-unplugged")) {
			t.Errorf("fault %v", s.Fault())
		}
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		if s.Fault() != nil {
			t.Errorf("fault %v after the folder is there", s.Fault())
		}
	})
}

func TestDevicesThatAreNotThereAreWaitedFor(t *testing.T) {
	for _, addr := range []string{"evdev:/nonexistent/kbd", "serial:/nonexistent/tty", "v4l2:/nonexistent/video", "play:/nonexistent"} {
		synctest.Test(t, func(t *testing.T) {
			s := open(t, addr)
			start(t, s)
			time.Sleep(3 * time.Second)
			if !errors.Is(s.Fault(), refusal.New("scanner-unplugged")) {
				t.Errorf("%s: fault %v", addr, s.Fault())
			}
		})
	}
}

func TestFileIsScannedOnce(t *testing.T) {
	dir := t.TempDir()
	bars, err := scantest.Code128("H26.12-261123-0007", 2, 80)
	save(t, dir, "a.png", bars, err)
	var got []string
	if err := open(t, "file:"+filepath.Join(dir, "a.png")).Run(t.Context(), func(e scan.Event) { got = append(got, e.String()) }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"dossier-code H26.12-261123-0007"}, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	for _, path := range []string{filepath.Join(dir, "none.png"), dir} {
		if err := open(t, "file:"+path).Run(t.Context(), func(scan.Event) { t.Error("emitted") }); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}

// A picture that says it is enormous must not be decoded to find out.
func TestReadFileRefusesBombs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bomb.gif")
	if err := os.WriteFile(path, []byte("GIF89a\xff\xff\xff\xff\x00\x00\x00;"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := scan.ReadFile(path); !errors.Is(err, refusal.New("picture-unreadable")) {
		t.Errorf("got %v", err)
	}
}

func TestFilmPlaysAsACamera(t *testing.T) {
	dir := t.TempDir()
	for i, text := range []string{"H26.12-261123-0007", "261122-A012-K7Q2M5XP"} {
		g, err := scantest.QR(text, 200)
		if err == nil {
			g = scantest.Shot{Width: 320, Height: 240, Noise: 2}.Of(g)
		}
		save(t, dir, fmt.Sprintf("%d.png", i), g, err)
	}
	synctest.Test(t, func(t *testing.T) {
		got := start(t, open(t, "play:"+dir+"?every=100ms"))
		time.Sleep(3*time.Second + 50*time.Millisecond) // each is seen again within 2 s: one scan
		want := []string{"dossier-code H26.12-261123-0007 play:" + dir, "ticket-code 261122-A012-K7Q2M5XP play:" + dir}
		if diff := cmp.Diff(want, got()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}

// start runs a source until the test ends and returns what it has emitted.
func start(t *testing.T, s scan.Source) func() []string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var events []string
	lock := make(chan struct{}, 1)
	done := make(chan error)
	go func() {
		done <- s.Run(ctx, func(e scan.Event) {
			lock <- struct{}{}
			events = append(events, e.String()+" "+e.Source)
			<-lock
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	return func() []string {
		lock <- struct{}{}
		defer func() { <-lock }()
		return append([]string(nil), events...)
	}
}
