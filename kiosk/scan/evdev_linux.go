package scan

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const timevalSize = int(unsafe.Sizeof(unix.Timeval{}))

// eviocgrab is _IOW('E', 0x90, int): events go to this reader only.
const eviocgrab = 0x40044590

func newEvdev(name, path string) *evdev {
	return &evdev{device: device{name: name}, open: func() (input, error) {
		// not blocking, so that reads can have a deadline
		f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
		if err != nil {
			return nil, fmt.Errorf("open keyboard scanner: %w", err)
		}
		raw, err := f.SyscallConn()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open keyboard scanner: %w", err), f.Close())
		}
		var grab error
		if err := raw.Control(func(fd uintptr) { grab = unix.IoctlSetInt(int(fd), eviocgrab, 1) }); err != nil || grab != nil {
			return nil, errors.Join(fmt.Errorf("take keyboard scanner: %w", errors.Join(err, grab)), f.Close())
		}
		return f, nil
	}}
}
