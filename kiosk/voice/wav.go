package voice

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// MaxClip is the longest clip that is accepted, in samples: 10 s. The longest
// spoken phrase takes under 2 s.
const MaxClip = 10 * Rate

// headerSize is the size of the header that EncodeWAV writes.
const headerSize = 44

// EncodeWAV writes a sound as a RIFF WAVE file (PCM, 16 bit, mono, Rate).
func EncodeWAV(s Sound) []byte {
	size := 2 * len(s)
	b := make([]byte, 0, headerSize+size)
	u16 := func(v int) { b = binary.LittleEndian.AppendUint16(b, uint16(v)) }
	u32 := func(v int) { b = binary.LittleEndian.AppendUint32(b, uint32(v)) }
	b = append(b, "RIFF"...)
	u32(headerSize - 8 + size)
	b = append(b, "WAVEfmt "...)
	u32(16)
	u16(1) // PCM
	u16(1) // one channel
	u32(Rate)
	u32(2 * Rate)
	u16(2)
	u16(16)
	b = append(b, "data"...)
	u32(size)
	return append(b, s.PCM()...)
}

// DecodeWAV reads a RIFF WAVE file of our one format and says what is wrong
// with any other. Chunks that are not "fmt " or "data" are skipped. It is safe
// on hostile input and refuses more than MaxClip samples.
func DecodeWAV(b []byte) (Sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errors.New("not a WAV file")
	}
	known := false
	for rest := b[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), int64(binary.LittleEndian.Uint32(rest[4:8]))
		rest = rest[8:]
		if size > int64(len(rest)) {
			return nil, fmt.Errorf("chunk %q of %d bytes is cut off after %d", id, size, len(rest))
		}
		body := rest[:size]
		switch id {
		case "fmt ":
			if err := checkFormat(body); err != nil {
				return nil, err
			}
			known = true
		case "data":
			if !known {
				return nil, errors.New("samples come before their format")
			}
			return decodeSamples(body)
		}
		rest = rest[min(int64(len(rest)), size+size%2):] // chunks are padded to even sizes
	}
	return nil, errors.New("no samples")
}

func checkFormat(f []byte) error {
	if len(f) < 16 {
		return fmt.Errorf("format chunk of %d bytes", len(f))
	}
	codec, channels := binary.LittleEndian.Uint16(f), binary.LittleEndian.Uint16(f[2:])
	rate, bits := binary.LittleEndian.Uint32(f[4:]), binary.LittleEndian.Uint16(f[14:])
	if codec != 1 || channels != 1 || rate != Rate || bits != 16 {
		return fmt.Errorf("format is codec %d, %d channels, %d Hz, %d bit; wanted PCM, mono, %d Hz, 16 bit",
			codec, channels, rate, bits, Rate)
	}
	return nil
}

func decodeSamples(b []byte) (Sound, error) {
	if len(b)%2 != 0 {
		return nil, fmt.Errorf("%d bytes are no whole number of samples", len(b))
	}
	if len(b)/2 > MaxClip {
		return nil, fmt.Errorf("%d samples, more than %d", len(b)/2, MaxClip)
	}
	s := make(Sound, len(b)/2)
	for i := range s {
		s[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return s, nil
}
