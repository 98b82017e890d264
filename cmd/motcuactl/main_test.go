package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"motcua/assets/demo"
	"motcua/kiosk/scan/scantest"
	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"motcuactl": main})
}

// TestScript runs the program as local IT does. Each script finds pictures, an
// office's folder "office" and a forged copy of it, "forged", and what worked
// makes.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("CODE", demoCode())
			return errors.Join(pictures(e.WorkDir), offices(e.WorkDir), worked(t, e.WorkDir))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"hold": hold, "cell": cell, "work": work, "rewrite": rewrite, "serve": serve},
	})
}

// hold opens a journal until the script ends, as a running office does.
func hold(ts *testscript.TestScript, _ bool, args []string) {
	j, err := journal.Open(context.Background(), ts.MkAbs(args[0]), journal.Options{})
	ts.Check(err)
	ts.Defer(func() { _ = j.Close() }) // the script has said what it had to say
}

// serve opens an office for the script; $OFFICE is its address, $LAN the same for
// machines that joined.
func serve(ts *testscript.TestScript, _ bool, args []string) {
	data, err := demo.Load()
	ts.Check(err)
	o, err := office.Open(office.Config{Dir: ts.MkAbs(args[0]), Setup: &data.Config, Rules: data.Rules()})
	ts.Check(err)
	handler, err := office.Handler(o)
	ts.Check(err)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(enrol.Listen(l, o.TLS())) }()
	ts.Defer(func() { _ = errors.Join(server.Close(), o.Close()) }) // the script has said what it had to say
	ts.Setenv("OFFICE", "http://"+l.Addr().String())
	ts.Setenv("LAN", "https://"+l.Addr().String())
}

// pictures draws one.png (a ticket), several.png (a QR code beside bars) and
// none.png (an empty page).
func pictures(dir string) error {
	ticket, err := scantest.Slip("Số của bạn", "A007", "HTTPS://MOTCUA.EXAMPLE.VN/T/A007")
	if err != nil {
		return err
	}
	square, err := scantest.QR("H26.138-261122-0001", 200)
	if err != nil {
		return err
	}
	bars, err := scantest.Code128("H26.138-261122-0002", 2, 120)
	if err != nil {
		return err
	}
	page := func() *image.Gray {
		g := image.NewGray(image.Rect(0, 0, 900, 600))
		draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
		return g
	}
	several := page()
	draw.Draw(several, square.Rect.Add(image.Pt(40, 40)), square, image.Point{}, draw.Src)
	draw.Draw(several, bars.Rect.Add(image.Pt(60, 380)), bars, image.Point{}, draw.Src)
	for name, img := range map[string]image.Image{"one.png": ticket, "several.png": several, "none.png": page()} {
		var b bytes.Buffer
		if err := scantest.Save(&b, img); err != nil {
			return fmt.Errorf("draw %s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// offices makes an office that gave out a few tickets, and a copy in which the
// third record names another device than it did.
func offices(dir string) error {
	data, err := demo.Load()
	if err != nil {
		return err
	}
	whole, forged := filepath.Join(dir, "office"), filepath.Join(dir, "forged")
	o, err := office.Open(office.Config{Dir: whole, Setup: &data.Config, Rules: data.Rules()})
	if err != nil {
		return err
	}
	for n := range uint64(5) {
		call := office.Call{N: n + 1, By: chain.Actor{Device: "kiosk-1"}, Command: queue.RequestHelp{}}
		if _, err := o.Do(context.Background(), call); err != nil {
			return errors.Join(err, o.Close())
		}
	}
	if err := o.Close(); err != nil {
		return err
	}
	raw, err := os.ReadFile(filepath.Join(whole, office.JournalFile))
	if err != nil {
		return err
	}
	if err := forge(raw, `{"seq":3,"prev"`, `"kiosk-1"`, `"kiosk-2"`); err != nil {
		return err
	}
	if err := os.Mkdir(forged, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(forged, office.JournalFile), raw, 0o600)
}

// forge replaces the first was after every place of at. The file may still hold
// earlier copies of a page.
func forge(raw []byte, at, was, is string) error {
	found := false
	for from := 0; ; found = true {
		i := bytes.Index(raw[from:], []byte(at))
		if i < 0 {
			break
		}
		from += i + len(at)
		k := bytes.Index(raw[from:], []byte(was))
		if k < 0 {
			return fmt.Errorf("no %s after %s", was, at)
		}
		copy(raw[from+k:], is)
	}
	if !found {
		return fmt.Errorf("no %s in the file", at)
	}
	return nil
}
