// Package device opens the line to a printer: a USB port, a network address, a
// serial port, or a file or folder that stands for a printer.
//
// A line carries bytes both ways and knows nothing of what they mean. Whoever
// opens it reads all the time (printers tell faults by themselves) and opens it
// anew when it breaks; package spool does both.
package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"motcua/printer/raster"
)

// Device is an open line. Write returns when the bytes have left this machine,
// or, on the network, are in the kernel's hands; it may block as long as the
// printer takes nothing. Read blocks until the printer says something. Close
// ends both with an error; it may be called at any time and twice.
type Device interface {
	io.ReadWriteCloser
}

// Keeper is a device that keeps slips one by one instead of taking a stream of
// bytes. name is a valid file name.
type Keeper interface {
	Keep(name string, job []byte, picture *raster.Bitmap) error
}

// Sensor is a device with a side channel that answers even when the printer
// takes no data. Many clones always say that there is paper.
type Sensor interface {
	PaperOut() (bool, error)
}

// Address says where a printer is. See Parse for how it is written.
type Address struct {
	Kind   string // "file", "dir", "tcp", "usb" or "serial"
	Target string // path, or host:port
	Baud   int    // of a serial line
}

// connectTimeout bounds opening a network printer.
const connectTimeout = 2 * time.Second

// sendBuffer is about how much of a slip may be on its way to a network
// printer: a quarter of a ticket. Less would wait for delayed acknowledgements.
const sendBuffer = 16 << 10

// Parse reads an address:
//
//	file:/path              bytes are appended to a file
//	dir:/path               one .bin and one .png a slip
//	tcp:host:9100           a network printer
//	usb:/dev/usb/lp0        a USB printer (kernel driver usblp)
//	serial:/dev/ttyUSB0?baud=115200   a serial printer, with RTS/CTS
func Parse(s string) (Address, error) {
	kind, target, ok := strings.Cut(s, ":")
	if !ok || target == "" {
		return Address{}, fmt.Errorf("printer address %q is not kind:target, e.g. usb:/dev/usb/lp0", s)
	}
	a := Address{Kind: kind, Target: target}
	switch kind {
	case "file", "dir", "usb":
	case "tcp":
		if _, port, err := net.SplitHostPort(target); err != nil || port == "" {
			return Address{}, fmt.Errorf("printer address %q: the target is not host:port", s)
		}
	case "serial":
		path, query, _ := strings.Cut(target, "?")
		a.Target, a.Baud = path, 115200
		options, err := url.ParseQuery(query)
		if err != nil {
			return Address{}, fmt.Errorf("printer address %q: %w", s, err)
		}
		if b := options.Get("baud"); b != "" {
			if a.Baud, err = strconv.Atoi(b); err != nil || !knownBaud(a.Baud) {
				return Address{}, fmt.Errorf("printer address %q: the baud rate is not a usual one", s)
			}
		}
	default:
		return Address{}, fmt.Errorf("printer address %q: kind %q is not file, dir, tcp, usb or serial", s, kind)
	}
	return a, nil
}

// String writes the address as Parse reads it.
func (a Address) String() string {
	if a.Kind == "serial" {
		return fmt.Sprintf("serial:%s?baud=%d", a.Target, a.Baud)
	}
	return a.Kind + ":" + a.Target
}

// Mute reports whether nothing is ever heard from there, so that what was
// written counts as printed.
func (a Address) Mute() bool { return a.Kind == "file" || a.Kind == "dir" }

// Rate is about how many bytes a second the line carries.
func (a Address) Rate() int {
	if a.Kind == "serial" {
		return a.Baud / 10
	}
	return 500_000
}

// Open opens the line. It takes at most two seconds.
func (a Address) Open(ctx context.Context) (Device, error) {
	d, err := a.open(ctx)
	if err != nil {
		return nil, fmt.Errorf("open printer %s: %w", a, err)
	}
	return d, nil
}

func (a Address) open(ctx context.Context) (Device, error) {
	switch a.Kind {
	case "file":
		return openFile(a.Target)
	case "dir":
		return openFolder(a.Target)
	case "tcp":
		dialer := net.Dialer{Timeout: connectTimeout, KeepAliveConfig: net.KeepAliveConfig{
			Enable: true, Idle: 5 * time.Second, Interval: 2 * time.Second, Count: 3,
		}}
		conn, err := dialer.DialContext(ctx, "tcp", a.Target)
		if err != nil {
			return nil, err
		}
		// Little may lie in the kernel when paper ends: it comes out at refill.
		return conn, conn.(*net.TCPConn).SetWriteBuffer(sendBuffer)
	case "usb":
		return openUSB(a.Target)
	case "serial":
		return openSerial(a.Target, a.Baud)
	}
	return nil, errors.ErrUnsupported
}

// Open parses an address and opens it.
func Open(ctx context.Context, address string) (Device, error) {
	a, err := Parse(address)
	if err != nil {
		return nil, err
	}
	return a.Open(ctx)
}

// knownBaud reports whether printers offer a rate and Linux has a constant for it.
func knownBaud(rate int) bool {
	switch rate {
	case 9600, 19200, 38400, 57600, 115200, 230400:
		return true
	}
	return false
}
