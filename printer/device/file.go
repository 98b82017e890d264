package device

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"

	"motcua/printer/raster"
)

// silence is the reading half of a device that never says anything.
type silence struct {
	once   sync.Once
	closed chan struct{}
}

// Read waits for Close.
func (s *silence) Read([]byte) (int, error) {
	<-s.closed
	return 0, io.EOF
}

func (s *silence) close() { s.once.Do(func() { close(s.closed) }) }

// file appends what is printed to a file.
type file struct {
	silence
	f *os.File
}

func openFile(path string) (*file, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, errors.New("it is not a plain file; a printer's address begins with usb: or serial: instead"), f.Close())
	}
	return &file{silence: silence{closed: make(chan struct{})}, f: f}, nil
}

// Write appends, and returns when the bytes are on the disk.
func (d *file) Write(p []byte) (int, error) {
	n, err := d.f.Write(p)
	if err != nil {
		return n, err
	}
	return n, d.f.Sync()
}

func (d *file) Close() error {
	d.close()
	if err := d.f.Close(); err != nil && !errors.Is(err, fs.ErrClosed) {
		return err
	}
	return nil
}

// folder keeps one .bin and one .png a slip.
type folder struct {
	silence
	path string
}

func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	return &folder{silence: silence{closed: make(chan struct{})}, path: path}, nil
}

// Write is refused: a folder keeps whole slips (Keep).
func (d *folder) Write([]byte) (int, error) {
	return 0, fmt.Errorf("write to a folder of slips: %w", errors.ErrUnsupported)
}

func (d *folder) Close() error {
	d.close()
	return nil
}

// Keep writes both files; each appears whole or not at all.
func (d *folder) Keep(name string, job []byte, picture *raster.Bitmap) error {
	if !filepath.IsLocal(name) || filepath.Base(name) != name || name == "." {
		return fmt.Errorf("keep slip: %q is no file name", name)
	}
	var png bytes.Buffer
	if err := picture.WritePNG(&png); err != nil {
		return err
	}
	for _, f := range []struct {
		suffix string
		data   []byte
	}{{".bin", job}, {".png", png.Bytes()}} {
		path := filepath.Join(d.path, name+f.suffix)
		if err := os.WriteFile(path+".part", f.data, 0o600); err != nil {
			return fmt.Errorf("keep slip: %w", err)
		}
		if err := os.Rename(path+".part", path); err != nil {
			return fmt.Errorf("keep slip: %w", err)
		}
	}
	return nil
}
