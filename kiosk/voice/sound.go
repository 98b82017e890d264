package voice

import (
	"encoding/binary"
	"math"
	"time"
)

// Rate is the sample rate of every clip and sound, in hertz.
const Rate = 22050

// Sound is signed 16-bit mono at Rate.
type Sound []int16

// Duration is how long the sound plays.
func (s Sound) Duration() time.Duration {
	return time.Duration(len(s)) * time.Second / Rate
}

// PCM is the sound as raw bytes, little endian (S16_LE).
func (s Sound) PCM() []byte {
	b := make([]byte, 0, 2*len(s))
	for _, v := range s {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

// Gain returns the sound louder or softer by some dB. Clips peak at −3 dBFS,
// so up to +3 dB is clean; beyond that the peaks are held at full scale.
func (s Sound) Gain(db float64) Sound {
	if db == 0 {
		return s
	}
	factor := math.Pow(10, db/20)
	out := make(Sound, len(s))
	for i, v := range s {
		out[i] = int16(max(math.MinInt16, min(math.MaxInt16, math.Round(float64(v)*factor))))
	}
	return out
}

// samples is the number of samples in a stretch of time.
func samples(d time.Duration) int { return int(d * Rate / time.Second) }
