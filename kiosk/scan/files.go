package scan

import (
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // picture formats that phones and scanners write
	_ "image/jpeg"
	_ "image/png"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "golang.org/x/image/bmp"
	_ "golang.org/x/image/webp"

	"motcua/kiosk/scan/picture"
	"motcua/queue/refusal"
)

// maxPictureFile bounds a picture file, in bytes.
const maxPictureFile = 64 << 20

// LoadPicture opens a picture file (PNG, JPEG, GIF, WebP, BMP), looking at its
// size before its pixels. What is no picture is refused with
// "picture-unreadable".
func LoadPicture(path string) (image.Image, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	if !info.Mode().IsRegular() || info.Size() > maxPictureFile {
		return nil, refusal.New("picture-unreadable")
	}
	c, _, err := image.DecodeConfig(f)
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > picture.MaxPixels/c.Height {
		return nil, refusal.New("picture-unreadable")
	}
	if _, err := f.Seek(0, 0); err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	img, _, err := image.Decode(f)
	if err != nil {
		return nil, refusal.New("picture-unreadable")
	}
	return img, nil
}

// ReadFile reads all codes in a picture file (PNG, JPEG, GIF, WebP, BMP). A
// picture without a code is no error. What is no picture is refused with
// "picture-unreadable".
func ReadFile(path string) ([]Event, error) {
	img, err := LoadPicture(path)
	if err != nil {
		return nil, err
	}
	codes, err := picture.Read(img, picture.Options{})
	if err != nil {
		return nil, err
	}
	d := device{name: "file:" + path}
	var events []Event
	for _, c := range codes {
		events = append(events, d.event(c.Text, time.Now()))
	}
	return events, nil
}

// file is one picture, scanned once.
type file struct {
	device
	path string
}

// Run emits the codes of the picture and returns.
func (f *file) Run(ctx context.Context, emit func(Event)) error {
	events, err := ReadFile(f.path)
	if err != nil {
		return err
	}
	for _, e := range events {
		if ctx.Err() != nil {
			return nil
		}
		emit(e)
	}
	return nil
}

// folder scans each picture that is put into a folder. It looks five times a
// second, which works on every file system; pictures that were there before it
// started are not scanned, so that a restart repeats nothing.
type folder struct {
	device
	path string
}

// lookEvery is also how long a file must stay unchanged to be whole.
const lookEvery = 200 * time.Millisecond

// version is what tells a rewritten file from the same one.
type version struct {
	size int64
	at   time.Time
}

// Run watches until ctx ends.
func (f *folder) Run(ctx context.Context, emit func(Event)) error {
	var done map[string]version // nil until the folder has been seen
	pending := map[string]version{}
	return f.keep(ctx, func(ctx context.Context) error {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			now, err := pictures(f.path)
			if err != nil {
				return err
			}
			f.works()
			if done == nil {
				done = now
			}
			for _, name := range settled(now, done, pending) {
				done[name] = now[name]
				f.scan(filepath.Join(f.path, name), emit)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	})
}

// settled lists, by name, what is new or changed and has not changed since the
// last look, which pending remembers.
func settled(now, done, pending map[string]version) []string {
	var names []string
	for name, v := range now {
		if done[name] == v {
			continue
		}
		if pending[name] == v {
			names = append(names, name)
			delete(pending, name)
		} else {
			pending[name] = v
		}
	}
	for name := range done { // taken away: may be put there again
		if _, there := now[name]; !there {
			delete(done, name)
		}
	}
	slices.Sort(names)
	return names
}

func (f *folder) scan(path string, emit func(Event)) {
	events, err := ReadFile(path)
	if err != nil || len(events) == 0 {
		slog.Warn("picture holds no code", "source", f.name, "err", err)
		return
	}
	for _, e := range events {
		e.Source = f.name
		emit(e)
	}
}

// pictures lists the picture files of a folder; hidden ones are being written.
func pictures(dir string) (map[string]version, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look into folder: %w", err)
	}
	list := map[string]version{}
	for _, e := range entries {
		switch strings.ToLower(filepath.Ext(e.Name())) {
		case ".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp":
		default:
			continue
		}
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			continue // gone since
		}
		if err != nil {
			return nil, fmt.Errorf("look into folder: %w", err)
		}
		list[e.Name()] = version{info.Size(), info.ModTime()}
	}
	return list, nil
}
