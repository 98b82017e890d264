package scan

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"path/filepath"
	"slices"
	"time"

	"motcua/kiosk/scan/picture"
)

// frames is a camera, or something that plays one.
type frames interface {
	// next waits for the next frame. No frame and no error means: look at the
	// context and come again. errSilent means that none has come for too long.
	next(ctx context.Context) (image.Image, error)
	close() error
}

// camera reads codes from frames.
type camera struct {
	device
	open func() (frames, error)
}

func newCamera(name string, open func() (frames, error)) *camera {
	return &camera{device: device{name: name}, open: open}
}

const (
	// frameEvery is the least time between two frames looked at: ten a second
	// are enough for a hand and leave the processor to the screen.
	frameEvery = 90 * time.Millisecond
	// quickLook and longLook bound the time for one frame; every fourth gets
	// the long one, up the whole ladder.
	quickLook = 60 * time.Millisecond
	longLook  = 150 * time.Millisecond
	longEvery = 4
)

// Run looks at frames until ctx ends, opening the camera again after it was
// pulled out. A code counts when two frames agree on it, and once for as long
// as it stays in sight.
func (c *camera) Run(ctx context.Context, emit func(Event)) error {
	seen := sightings{}
	return c.keep(ctx, func(ctx context.Context) error {
		f, err := c.open()
		if err != nil {
			return err
		}
		defer f.close() //nolint:errcheck // only read
		var last time.Time
		for n := 1; ctx.Err() == nil; {
			img, err := f.next(ctx)
			if err != nil {
				return err
			}
			now := time.Now()
			if img == nil || now.Sub(last) < frameEvery {
				continue
			}
			c.works()
			for _, text := range look(img, n%longEvery == 0) {
				if seen.twice(text, now) {
					emit(c.event(text, now))
				}
			}
			last = now
			n++
		}
		return nil
	})
}

// look reads one frame. A frame that is no picture is as good as empty.
func look(img image.Image, long bool) (texts []string) {
	o := picture.Options{Formats: []picture.Format{picture.QR, picture.Code128}, Budget: quickLook, Quick: !long}
	if long {
		o.Budget = longLook
	}
	codes, err := picture.Read(img, o)
	if err != nil {
		return nil
	}
	for _, c := range codes {
		texts = append(texts, c.Text)
	}
	return texts
}

// sightings remembers, by hash, what has been in sight lately.
type sightings map[[sha256.Size]byte]sighting

type sighting struct {
	frames int
	last   time.Time
}

// twice reports whether this is the second frame in a row of sightings to show
// a text. Texts out of sight for repeatAfter are forgotten.
func (s sightings) twice(text string, at time.Time) bool {
	for k, v := range s {
		if at.Sub(v.last) >= repeatAfter || at.Before(v.last) {
			delete(s, k)
		}
	}
	key := sha256.Sum256([]byte(text))
	v := s[key]
	v.frames++
	v.last = at
	s[key] = v
	return v.frames == 2
}

// film plays the pictures of a folder as a camera would show them: each held in
// front of it for filmHold frames, in the order of their names, over and over.
type film struct {
	dir   string
	files []string
	n     int
	shown image.Image
	tick  *time.Ticker
}

const filmHold = 5

func openFilm(dir string, every time.Duration) (frames, error) {
	list, err := pictures(dir)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("play %s: %w", dir, errors.Join(errSilent, errors.New("no pictures")))
	}
	f := &film{dir: dir, tick: time.NewTicker(every)}
	for name := range list {
		f.files = append(f.files, name)
	}
	slices.Sort(f.files)
	return f, nil
}

func (f *film) next(ctx context.Context) (image.Image, error) {
	select {
	case <-ctx.Done():
		return nil, nil
	case <-f.tick.C:
	}
	if f.n%filmHold == 0 {
		img, err := LoadPicture(filepath.Join(f.dir, f.files[f.n/filmHold%len(f.files)]))
		if err != nil {
			return nil, err
		}
		f.shown = img
	}
	f.n++
	return f.shown, nil
}

func (f *film) close() error {
	f.tick.Stop()
	return nil
}
