package device

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// node is a character device: usblp or a serial line.
//
// It is opened and polled here and not by os.OpenFile. That sets O_NONBLOCK,
// under which usblp returns from write while the last block is still on its
// way, and kills that block on close: what gets lost is the cut. So the
// descriptor is ours, Write returns only when the driver says that all is
// delivered, and a stuck printer can still be closed at any time, which a
// blocking write would not allow.
type node struct {
	fd, wake int
	serial   bool

	mu     sync.Mutex // guards what follows
	users  int        // calls that use the descriptors
	closed bool
}

// chunk is how much is handed to the driver at once; usblp takes 8 KB.
const chunk = 4096

func openUSB(path string) (*node, error) { return openNode(path, false) }

// openSerial opens a serial line with hardware flow control, without which a
// printer loses what it has no room for. (go.bug.st/serial switches RTS/CTS
// off and has no way to switch it on.)
func openSerial(path string, baud int) (*node, error) {
	n, err := openNode(path, true)
	if err != nil {
		return nil, err
	}
	if err := raw(n.fd, baud); err != nil {
		return nil, errors.Join(err, n.Close())
	}
	return n, nil
}

func openNode(path string, serial bool) (*node, error) {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: path, Err: err}
	}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil || st.Mode&unix.S_IFMT != unix.S_IFCHR {
		return nil, errors.Join(err, fmt.Errorf("%s is not a device", path), unix.Close(fd))
	}
	wake, err := unix.Eventfd(0, unix.EFD_NONBLOCK|unix.EFD_CLOEXEC)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a wake-up: %w", err), unix.Close(fd))
	}
	return &node{fd: fd, wake: wake, serial: serial}, nil
}

// raw sets a serial line to 8 bits, no parity, RTS/CTS, nothing interpreted.
func raw(fd, baud int) error {
	rate := map[int]uint32{
		9600: unix.B9600, 19200: unix.B19200, 38400: unix.B38400,
		57600: unix.B57600, 115200: unix.B115200, 230400: unix.B230400,
	}[baud]
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return fmt.Errorf("read the line's settings: %w", err)
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cflag = unix.CS8 | unix.CREAD | unix.CLOCAL | unix.CRTSCTS | rate
	t.Ispeed, t.Ospeed = rate, rate
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, unix.TCSETS, t); err != nil {
		return fmt.Errorf("set the line: %w", err)
	}
	return nil
}

// enter begins a use of the descriptors; leave must follow.
func (n *node) enter() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return os.ErrClosed
	}
	n.users++
	return nil
}

// leave ends a use; the last one after Close closes the descriptors, so that
// no call ever meets a descriptor that is somebody else's by now.
func (n *node) leave() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.users--; n.users == 0 && n.closed {
		_ = unix.Close(n.fd) // it is gone whatever this says
		_ = unix.Close(n.wake)
	}
}

// Close ends Read and Write and gives the device back.
func (n *node) Close() error {
	if err := n.enter(); err != nil {
		return nil // closed before
	}
	n.mu.Lock()
	n.closed = true
	n.mu.Unlock()
	_, err := unix.Write(n.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
	n.leave()
	return err
}

// await waits for the device (POLLIN, POLLOUT), Close, or the timeout in
// milliseconds (-1 for ever).
func (n *node) await(events int16, timeout int) error {
	fds := []unix.PollFd{{Fd: int32(n.wake), Events: unix.POLLIN}, {Fd: int32(n.fd), Events: events}}
	for {
		_, err := unix.Poll(fds, timeout)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case err != nil:
			return err
		case fds[0].Revents != 0:
			return os.ErrClosed
		case fds[1].Revents&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0 && fds[1].Revents&events == 0:
			return unix.ENODEV // unplugged
		}
		return nil
	}
}

// Read waits for what the printer says.
func (n *node) Read(p []byte) (int, error) {
	if err := n.enter(); err != nil {
		return 0, err
	}
	defer n.leave()
	for {
		if err := n.await(unix.POLLIN, -1); err != nil {
			return 0, err
		}
		got, err := unix.Read(n.fd, p)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
		case err != nil:
			return 0, err
		case got == 0 && n.serial:
			return 0, io.EOF
		case got == 0: // an empty packet; do not spin on a printer that sends only those
			if err := n.await(0, 100); err != nil {
				return 0, err
			}
		default:
			return got, nil
		}
	}
}

// Write returns when the printer has taken everything.
func (n *node) Write(p []byte) (int, error) {
	if err := n.enter(); err != nil {
		return 0, err
	}
	defer n.leave()
	done := 0
	for done < len(p) {
		if err := n.await(unix.POLLOUT, -1); err != nil {
			return done, err
		}
		put, err := unix.Write(n.fd, p[done:min(done+chunk, len(p))])
		if err != nil && !errors.Is(err, unix.EAGAIN) && !errors.Is(err, unix.EINTR) {
			return done, err
		}
		done += max(put, 0)
	}
	return done, n.drain()
}

// drain waits until nothing is on its way any more.
func (n *node) drain() error {
	if !n.serial {
		return n.await(unix.POLLOUT, -1) // usblp: the last block has been delivered
	}
	for {
		left, err := unix.IoctlGetInt(n.fd, unix.TIOCOUTQ)
		if err != nil || left == 0 {
			return err
		}
		if err := n.await(0, 10); err != nil {
			return err
		}
	}
}

// PaperOut asks the USB printer's status (LPGETSTATUS), which does not go
// through the data's pipe. Bit 20h is paper empty.
func (n *node) PaperOut() (bool, error) {
	if n.serial {
		return false, errors.ErrUnsupported
	}
	if err := n.enter(); err != nil {
		return false, err
	}
	defer n.leave()
	const lpGetStatus = 0x060b
	status, err := unix.IoctlGetInt(n.fd, lpGetStatus)
	if err != nil {
		return false, fmt.Errorf("ask the printer's port: %w", err)
	}
	return status&0x20 != 0, nil
}
