package session

import "strconv"

// How many dossiers one number may be for: one needs no question, and the
// office takes no more than the most (queue: dossiers-out-of-range).
const (
	fewestCounted = 2
	mostCounted   = 99
)

// count carries out the screen that asks how many dossiers there are.
func (t *step) count(in Tap) {
	if t.Screen != Count {
		return
	}
	if in.Action == TakeCounted {
		wish := t.wish
		wish.Dossiers = t.Dossiers
		t.issue(wish)
		return
	}
	if n, err := strconv.Atoi(in.Arg); err == nil {
		t.Dossiers = min(max(n, fewestCounted), mostCounted)
	}
}

// Counts are the numbers of dossiers that take one touch.
func (s State) Counts() []int { return []int{2, 3, 5, 10, 15, 20} }

// Counted is what the dossiers on the screen may become: one fewer, one more;
// the same number where there is no such.
func (s State) Counted() (fewer, more int) {
	return max(s.Dossiers-1, fewestCounted), min(s.Dossiers+1, mostCounted)
}
