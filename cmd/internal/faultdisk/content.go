package faultdisk

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
)

const (
	sector = 512 // what a disk writes whole or not at all
	page   = 4096
)

// content is the bytes of one file. Pages are never changed once they are in
// the map, so a copy costs the map alone; a missing page is zeros.
type content struct {
	size  int64
	pages map[int64]*[page]byte
}

func (c content) clone() content { return content{c.size, maps.Clone(c.pages)} }

// write puts bytes at an offset and returns the changed content.
func (c content) write(b []byte, at int64) content {
	if c.pages == nil {
		c.pages = map[int64]*[page]byte{}
	}
	c.size = max(c.size, at+int64(len(b)))
	for len(b) > 0 {
		fresh := new([page]byte)
		if old := c.pages[at/page]; old != nil {
			*fresh = *old
		}
		n := copy(fresh[at%page:], b)
		c.pages[at/page] = fresh
		if *fresh == ([page]byte{}) {
			delete(c.pages, at/page) // a hole again
		}
		b, at = b[n:], at+int64(n)
	}
	return c
}

// grows reports whether a write needs a page that is a hole now.
func (c content) grows(at int64, n int) bool {
	for p := at / page; p*page < at+int64(n); p++ {
		if c.pages[p] == nil {
			return true
		}
	}
	return false
}

// resize cuts or lengthens with zeros.
func (c content) resize(size int64) content {
	for n, old := range c.pages {
		switch from := n * page; {
		case from >= size:
			delete(c.pages, n)
		case from+page > size:
			fresh := *old
			clear(fresh[size-from:])
			c.pages[n] = &fresh
		}
	}
	c.size = size
	return c
}

// read fills b from an offset and returns how much there was.
func (c content) read(b []byte, at int64) int {
	n := int(max(0, min(int64(len(b)), c.size-at)))
	for done := 0; done < n; {
		from := (at + int64(done)) % page
		part := b[done:min(n, done+int(page-from))]
		if p := c.pages[(at+int64(done))/page]; p != nil {
			copy(part, p[from:])
		} else {
			clear(part)
		}
		done += len(part)
	}
	return n
}

// Image is what is on a disk: the files by their paths.
type Image map[string]content

// Load reads the files of a folder as an image.
func Load(dir string) (Image, error) {
	im := Image{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		im[name] = content{}.write(raw, 0)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("load image: %w", err)
	}
	return im, nil
}

// Bytes is how much the files hold, holes not counted.
func (im Image) Bytes() int64 {
	n := int64(0)
	for _, c := range im {
		n += page * int64(len(c.pages))
	}
	return n
}

// Write makes the files of the image in a folder, which should be empty; holes
// stay holes.
func (im Image) Write(dir string) error {
	for path, c := range im {
		if err := c.save(filepath.Join(dir, path)); err != nil {
			return fmt.Errorf("write image: %w", err)
		}
	}
	return nil
}

func (c content) save(path string) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if shut := f.Close(); err == nil {
			err = shut
		}
	}()
	for n, p := range c.pages {
		if _, err := f.WriteAt(p[:], n*page); err != nil {
			return err
		}
	}
	return f.Truncate(c.size)
}
