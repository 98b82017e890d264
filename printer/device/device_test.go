package device_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"motcua/printer/device"
	"motcua/printer/raster"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]device.Address{
		"file:/tmp/out.bin":              {Kind: "file", Target: "/tmp/out.bin"},
		"dir:slips":                      {Kind: "dir", Target: "slips"},
		"tcp:printer.local:9100":         {Kind: "tcp", Target: "printer.local:9100"},
		"tcp:[::1]:9100":                 {Kind: "tcp", Target: "[::1]:9100"},
		"usb:/dev/usb/lp0":               {Kind: "usb", Target: "/dev/usb/lp0"},
		"serial:/dev/ttyUSB0":            {Kind: "serial", Target: "/dev/ttyUSB0", Baud: 115200},
		"serial:/dev/ttyUSB0?baud=38400": {Kind: "serial", Target: "/dev/ttyUSB0", Baud: 38400},
	} {
		got, err := device.Parse(in)
		if d := cmp.Diff(got, want); d != "" || err != nil {
			t.Errorf("%s: %v %s", in, err, d)
		}
		if again, err := device.Parse(got.String()); err != nil || again != got {
			t.Errorf("%s is written as %s", in, got)
		}
	}
	for _, in := range []string{"", "usb", "usb:", "lpt:1", "tcp:printer", "serial:/dev/x?baud=12", "serial:/dev/x?baud=%zz"} {
		if a, err := device.Parse(in); err == nil {
			t.Errorf("%q was read as %+v", in, a)
		}
	}
}

// TestConformance: every device behaves alike where they must.
func TestConformance(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	devices := map[string]string{
		"file": "file:" + filepath.Join(t.TempDir(), "out.bin"),
		"dir":  "dir:" + filepath.Join(t.TempDir(), "slips"),
		"tcp":  "tcp:" + l.Addr().String(),
	}
	if _, path, ok := pty(t); ok {
		devices["serial"] = "serial:" + path
		if _, usb, ok := pty(t); ok {
			devices["usb"] = "usb:" + usb
		}
	}
	for name, address := range devices {
		t.Run(name, func(t *testing.T) {
			d, err := device.Open(t.Context(), address)
			if err != nil {
				t.Fatal(err)
			}
			ended := make(chan error, 1)
			go func() {
				_, err := d.Read(make([]byte, 10))
				ended <- err
			}()
			if err := d.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			if err := <-ended; err == nil {
				t.Error("Read went on after Close")
			}
			d.Close()
			if _, err := d.Write([]byte("x")); err == nil {
				t.Error("a closed line was written to")
			}
		})
	}
}

func TestFileAppends(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.bin")
	for _, s := range []string{"one", "two"} {
		d, err := device.Open(t.Context(), "file:"+path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Write([]byte(s)); err != nil {
			t.Fatal(err)
		}
		d.Close()
	}
	if got, _ := os.ReadFile(path); string(got) != "onetwo" {
		t.Errorf("the file holds %q", got)
	}
	if _, err := device.Open(t.Context(), "file:/dev/null"); err == nil {
		t.Error("a device was opened as a file")
	}
}

func TestFolderKeepsSlips(t *testing.T) {
	dir := t.TempDir()
	d, err := device.Open(t.Context(), "dir:"+dir)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	b := raster.New(8, 2)
	b.Set(3, 1)
	keeper := d.(device.Keeper)
	if err := keeper.Keep("A012", []byte{1, 2}, b); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(dir, "A012.png"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := raster.ReadPNG(f); err != nil || !got.Equal(b) {
		t.Errorf("the picture was not kept: %v", err)
	}
	for _, name := range []string{"../x", "a/b", "", "."} {
		if err := keeper.Keep(name, nil, b); err == nil {
			t.Errorf("%q was kept", name)
		}
	}
	if _, err := d.Write([]byte{1}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a stream into a folder: %v", err)
	}
}

func TestOpenFails(t *testing.T) {
	for _, address := range []string{"usb:/dev/usb/lp99", "serial:/dev/ttyNONE", "usb:/etc/hostname", "file:/nowhere/x", "tcp:127.0.0.1:1"} {
		if d, err := device.Open(t.Context(), address); err == nil {
			d.Close()
			t.Errorf("%s was opened", address)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := device.Open(ctx, "tcp:192.0.2.1:9100"); err == nil {
		t.Error("a cancelled dial went through")
	}
}

// TestNodeCarriesEverything sends more than any buffer through a terminal pair,
// both as a serial line and as the other kind of node.
func TestNodeCarriesEverything(t *testing.T) {
	for _, kind := range []string{"serial:", "usb:"} {
		t.Run(kind, func(t *testing.T) {
			master, path, ok := pty(t)
			if !ok {
				t.Skip("this system has no terminal pairs")
			}
			d, err := device.Open(t.Context(), kind+path)
			if err != nil {
				t.Fatal(err)
			}
			job := make([]byte, 100_000)
			for i := range job {
				job[i] = byte(i * 7 >> 3)
			}
			if kind == "usb:" { // this one is not set to raw
				job = bytes.Repeat([]byte("x"), len(job))
			}
			written := make(chan error, 1)
			go func() {
				n, err := d.Write(job)
				if n != len(job) && err == nil {
					err = io.ErrShortWrite
				}
				written <- err
			}()
			got := make([]byte, len(job))
			if _, err := io.ReadFull(master, got); err != nil {
				t.Fatal(err)
			}
			if err := <-written; err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, job) {
				t.Error("other bytes came out")
			}
			if kind == "serial:" {
				if _, err := master.Write([]byte{0x10, 0x13, 0x00, 0x0d}); err != nil {
					t.Fatal(err)
				}
				said := make([]byte, 4)
				if _, err := io.ReadFull(d, said); err != nil || !bytes.Equal(said, []byte{0x10, 0x13, 0x00, 0x0d}) {
					t.Errorf("heard % x, %v", said, err)
				}
			}
			d.Close()
		})
	}
}

// TestCloseEndsAStuckWrite: a printer that takes nothing does not hold us.
func TestCloseEndsAStuckWrite(t *testing.T) {
	_, path, ok := pty(t)
	if !ok {
		t.Skip("this system has no terminal pairs")
	}
	d, err := device.Open(t.Context(), "serial:"+path)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := d.Write(make([]byte, 1<<20))
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("a megabyte went into a line nobody reads: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	d.Close()
	if err := <-ended; !errors.Is(err, os.ErrClosed) {
		t.Errorf("the write ended with %v", err)
	}
}
