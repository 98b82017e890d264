package queue

import (
	"math"
	"math/bits"
)

// luck is a small generator (splitmix64): the same fate draws the same numbers
// on every machine.
type luck uint64

func (l *luck) next() uint64 {
	*l += 0x9e3779b97f4a7c15
	z := uint64(*l)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below draws from [0, n).
func (l *luck) below(n int) int {
	hi, _ := bits.Mul64(l.next(), uint64(n))
	return int(hi)
}

// unit draws from (0, 1].
func (l *luck) unit() float64 { return float64(l.next()>>11+1) / (1 << 53) }

// of draws one of a list, or the default.
func (l *luck) of(list []int, otherwise int) int {
	if len(list) == 0 {
		return otherwise
	}
	return list[l.below(len(list))]
}

// rest draws what is left of a stay that has lasted so long: of the stays that
// were longer; one that is longer than nearly all takes about a third as long
// again.
func (l *luck) rest(list []int, tenths, lasted int) int {
	for range 6 {
		if x := l.of(list, 0) * tenths / 10; x > lasted {
			return x - lasted
		}
	}
	return int(-math.Log(l.unit()) * float64(lasted/3+30))
}
