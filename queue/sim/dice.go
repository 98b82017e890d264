package sim

import (
	"math"
	"math/bits"
	"time"
)

// dice is a seeded generator (splitmix64).
type dice uint64

func (d *dice) next() uint64 {
	*d += 0x9e3779b97f4a7c15
	z := uint64(*d)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from [0, n); n must be positive.
func (d *dice) below(n int) int {
	hi, _ := bits.Mul64(d.next(), uint64(n))
	return int(hi)
}

// unit draws from (0, 1].
func (d *dice) unit() float64 { return float64(d.next()>>11+1) / (1 << 53) }

func (d *dice) chance(p float64) bool { return d.unit() <= p }

// around draws from a log-normal distribution with a mean of 1 and the given
// spread (standard deviation of the logarithm).
func (d *dice) around(spread float64) float64 {
	z := math.Sqrt(-2*math.Log(d.unit())) * math.Cos(2*math.Pi*d.unit())
	return math.Exp(spread*z - spread*spread/2)
}

// seconds draws whole seconds from [from, to].
func (d *dice) seconds(from, to int) time.Duration {
	return time.Duration(from+d.below(to-from+1)) * time.Second
}
