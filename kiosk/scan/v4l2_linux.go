package scan

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"syscall"

	"github.com/blackjack/webcam"
)

// Pixel formats by their four letters (videodev2.h).
const (
	formatYUYV webcam.PixelFormat = 'Y' | 'U'<<8 | 'Y'<<16 | 'V'<<24
	formatMJPG webcam.PixelFormat = 'M' | 'J'<<8 | 'P'<<16 | 'G'<<24
)

// v4l2 is a camera of the machine. It never blocks for more than a second: a
// waiting read may hang for ever when the camera is pulled out.
type v4l2 struct {
	cam    *webcam.Webcam
	format webcam.PixelFormat
	w, h   int
	waited int // seconds without a frame
}

// silentAfter is how many seconds without a frame make a camera silent.
const silentAfter = 3

func openV4L2(path string, width, height int) (frames, error) {
	cam, err := webcam.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open camera: %w", err)
	}
	v := &v4l2{cam: cam}
	if err := v.start(width, height); err != nil {
		return nil, errors.Join(err, cam.Close())
	}
	return v, nil
}

// start chooses format and size and begins to stream. YUYV costs nothing to
// read; where the bus is too slow for it there is MJPEG.
func (v *v4l2) start(width, height int) error {
	formats := v.cam.GetSupportedFormats()
	for _, f := range []webcam.PixelFormat{formatYUYV, formatMJPG} {
		if _, ok := formats[f]; !ok {
			continue
		}
		w, h := nearest(v.cam.GetSupportedFrameSizes(f), uint32(width), uint32(height))
		_, other := formats[formatMJPG]
		if w == 0 || f == formatYUYV && other && !fluent(v.cam.GetSupportedFramerates(f, w, h)) {
			continue
		}
		got, _, _, err := v.cam.SetImageFormat(f, w, h)
		if err != nil || got != f {
			continue
		}
		v.format, v.w, v.h = f, int(w), int(h)
		break
	}
	if v.format == 0 {
		return errors.New("camera offers neither YUYV nor MJPEG")
	}
	// The library asks for 256 buffers, and the frames would be seconds old.
	if err := v.cam.SetBufferCount(3); err != nil {
		return fmt.Errorf("set up camera: %w", err)
	}
	if err := v.cam.StartStreaming(); err != nil {
		return fmt.Errorf("start camera: %w", err)
	}
	return nil
}

// nearest is the offered size nearest in area to the wanted one. It has to be
// exact: the library reports the size asked for, not the one that was set.
func nearest(sizes []webcam.FrameSize, width, height uint32) (w, h uint32) {
	best := int64(-1)
	for _, s := range sizes {
		cw, ch := fit(width, s.MinWidth, s.MaxWidth, s.StepWidth), fit(height, s.MinHeight, s.MaxHeight, s.StepHeight)
		d := int64(cw)*int64(ch) - int64(width)*int64(height)
		if d < 0 {
			d = -d
		}
		if cw > 0 && ch > 0 && (best < 0 || d < best) {
			w, h, best = cw, ch, d
		}
	}
	return w, h
}

func fit(want, lo, hi, step uint32) uint32 {
	v := min(max(want, lo), hi)
	if step > 1 {
		v = lo + (v-lo)/step*step
	}
	return v
}

// fluent reports whether ten frames a second are offered, or nothing is known.
func fluent(rates []webcam.FrameRate) bool {
	for _, r := range rates {
		if r.MinNumerator > 0 && r.MaxDenominator >= 10*r.MinNumerator {
			return true
		}
	}
	return len(rates) == 0
}

func (v *v4l2) next(ctx context.Context) (image.Image, error) {
	err := v.cam.WaitForFrame(1)
	var timeout *webcam.Timeout
	if errors.As(err, &timeout) {
		if v.waited++; v.waited >= silentAfter {
			return nil, errSilent
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("wait for frame: %w", err)
	}
	shared, index, err := v.cam.GetFrame()
	if errors.Is(err, syscall.EAGAIN) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take frame: %w", err)
	}
	v.waited = 0
	frame := bytes.Clone(shared) // the buffer is the driver's again after this
	if err := v.cam.ReleaseFrame(index); err != nil {
		return nil, fmt.Errorf("give frame back: %w", err)
	}
	if ctx.Err() != nil {
		return nil, nil
	}
	return v.decode(frame), nil
}

// decode makes a picture of a frame; nil for a torn one, which cameras send now
// and then.
func (v *v4l2) decode(frame []byte) image.Image {
	if v.format == formatYUYV {
		if g, ok := yuyvLight(frame, v.w, v.h); ok {
			return g
		}
		return nil
	}
	img, err := jpeg.Decode(bytes.NewReader(withHuffmanTables(frame)))
	if err != nil {
		return nil
	}
	return img
}

func (v *v4l2) close() error { return v.cam.Close() }
