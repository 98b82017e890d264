//go:build !linux

package scan

import "errors"

const timevalSize = 16

var errNotHere = errors.New("this source works on Linux only")

func newEvdev(name, _ string) *evdev {
	return &evdev{device: device{name: name}, open: func() (input, error) { return nil, errNotHere }}
}

func openV4L2(string, int, int) (frames, error) { return nil, errNotHere }
