package scan

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"motcua/queue/refusal"
)

// Source is something that scans. Run emits events from one goroutine until
// ctx ends, and then returns nil; a file source also returns when it has been
// read. A device that fails or is pulled out does not end Run: it is tried
// again every second, and Fault says meanwhile what is wrong, as a refusal that
// a person can act on (scanner-unplugged, scanner-denied, scanner-silent,
// scanner-failed). Fault is nil while all is well and may be called from any
// goroutine.
type Source interface {
	Run(ctx context.Context, emit func(Event)) error
	Fault() error
}

// Open makes a source from its address:
//
//	wedge                        keys of the window; a *Keyboard, to be fed by it
//	wedge:?prefix=F13            with the prefix the scanner was told to type
//	evdev:/dev/input/by-id/…     a keyboard scanner, taken from the desktop
//	serial:/dev/ttyACM0?baud=…   a serial scanner; 9600 if not said
//	v4l2:/dev/v4l/by-id/…        a camera; ?width=1920&height=1080 to ask for a size
//	file:/picture.png            one picture, once
//	dir:/folder                  each picture that is put there from now on
//	play:/folder?every=200ms     pictures played over and over as a camera's frames
//
// It opens no device yet. A wrong address is refused with "scanner-address".
func Open(addr string) (Source, error) {
	kind, rest, _ := strings.Cut(addr, ":")
	path, query, _ := strings.Cut(rest, "?")
	options, err := url.ParseQuery(query)
	wrong := refusal.New("scanner-address", "address", addr)
	if err != nil || kind != "wedge" && path == "" {
		return nil, wrong
	}
	name := kind + ":" + path
	switch kind {
	case "wedge":
		return newKeyboard(options.Get("prefix")), nil
	case "evdev":
		return newEvdev(name, path), nil
	case "serial":
		baud, ok := number(options.Get("baud"), 9600)
		if !ok {
			return nil, wrong
		}
		return newSerial(name, path, baud), nil
	case "v4l2":
		width, ok := number(options.Get("width"), 1280)
		height, ok2 := number(options.Get("height"), 720)
		if !ok || !ok2 {
			return nil, wrong
		}
		return newCamera(name, func() (frames, error) { return openV4L2(path, width, height) }), nil
	case "file":
		return &file{device: device{name: name}, path: path}, nil
	case "dir":
		return &folder{device: device{name: name}, path: path}, nil
	case "play":
		every, err := time.ParseDuration(options.Get("every"))
		if options.Get("every") == "" {
			every, err = 200*time.Millisecond, nil
		}
		if err != nil || every <= 0 {
			return nil, wrong
		}
		return newCamera(name, func() (frames, error) { return openFilm(path, every) }), nil
	}
	return nil, wrong
}

func number(s string, otherwise int) (int, bool) {
	if s == "" {
		return otherwise, true
	}
	n, err := strconv.Atoi(s)
	return n, err == nil && n > 0 && n <= 4_000_000
}

// device is what sources have in common: a name, and how they are.
type device struct {
	name string

	mu    sync.Mutex // guards fault
	fault *refusal.Refusal
}

// Fault says what is wrong, if anything.
func (d *device) Fault() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fault == nil {
		return nil
	}
	return d.fault
}

func (d *device) set(f *refusal.Refusal) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fault = f
}

// works is to be called when the device has given a sign of life.
func (d *device) works() { d.set(nil) }

// errSilent says that a device is there and gives nothing.
var errSilent = errors.New("device is silent")

// failed records an error and logs it when it is a new one.
func (d *device) failed(err error) {
	code := "scanner-failed"
	switch {
	case errors.Is(err, errSilent):
		code = "scanner-silent"
	case errors.Is(err, fs.ErrPermission):
		code = "scanner-denied"
	case errors.Is(err, fs.ErrNotExist) || unplugged(err):
		code = "scanner-unplugged"
	}
	f := refusal.New(code, "source", d.name)
	if !errors.Is(f, d.Fault()) {
		slog.Warn("scanner stopped", "source", d.name, "fault", code, "err", err)
	}
	d.set(f)
}

// unplugged reports whether an error means that the device has gone.
func unplugged(err error) bool {
	return errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EIO)
}

// reopenAfter is the pause before a device is tried again: short enough that
// plugging it in feels immediate.
const reopenAfter = time.Second

// keep runs a device again and again until ctx ends.
func (d *device) keep(ctx context.Context, run func(context.Context) error) error {
	for ctx.Err() == nil {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			d.failed(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(reopenAfter):
		}
	}
	return nil
}

// event classifies a text that this device has scanned.
func (d *device) event(text string, at time.Time) Event {
	e := Classify(text)
	e.Source, e.At = d.name, at
	return e
}
