package queue

import "slices"

// Range is a run of whole numbers, both ends included; as JSON a pair [5,9].
type Range [2]uint64

// Ranges is a set of whole numbers as runs: sorted, apart, never touching. A
// changed set shares no memory with the old one. The nil set is empty.
type Ranges []Range

// Has reports whether n is in the set.
func (r Ranges) Has(n uint64) bool {
	_, found := r.find(n)
	return found
}

// find is the run that holds n, else the place where one would stand.
func (r Ranges) find(n uint64) (i int, found bool) {
	return slices.BinarySearchFunc(r, n, func(run Range, n uint64) int {
		switch {
		case run[1] < n:
			return -1
		case run[0] > n:
			return 1
		}
		return 0
	})
}

// With is the set with every number from first to last.
func (r Ranges) With(first, last uint64) Ranges {
	if first > last {
		return r
	}
	set := make(Ranges, 0, len(r)+1)
	i := 0
	for ; i < len(r) && r[i][1] < first && first-r[i][1] > 1; i++ {
		set = append(set, r[i])
	}
	for ; i < len(r) && (r[i][0] <= last || r[i][0]-last == 1); i++ {
		first, last = min(first, r[i][0]), max(last, r[i][1])
	}
	return append(append(set, Range{first, last}), r[i:]...)
}

// Missing is the first number from n on that is not in the set.
func (r Ranges) Missing(n uint64) uint64 {
	if i, found := r.find(n); found {
		return r[i][1] + 1
	}
	return n
}

// Last is the largest number of the set, 0 when it is empty.
func (r Ranges) Last() uint64 {
	if len(r) == 0 {
		return 0
	}
	return r[len(r)-1][1]
}
