package queue

import (
	"cmp"
	"time"
)

// sorted is an immutable set of tickets by rank, then order of issue: a treap
// whose changes copy only the path they touch. A changed set shares the rest
// with the old one, so a copy of the whole queue costs one pointer a lane, and
// finding, adding and removing cost the logarithm of who waits. The nil set is
// empty.
type sorted struct {
	id          TicketID
	rank        time.Time
	seq         uint64
	dossiers    int
	heap        uint64 // random to everybody but the same in every replay
	size        int
	left, right *sorted
}

// one is the set of one ticket.
func one(t *Ticket) *sorted {
	return &sorted{id: t.ID, rank: t.Rank, seq: t.Seq, dossiers: t.Dossiers, heap: scramble(t.Seq), size: 1}
}

// scramble spreads sequence numbers evenly (the finisher of SplitMix64).
func scramble(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (n *sorted) len() int {
	if n == nil {
		return 0
	}
	return n.size
}

// compare orders by rank, then sequence.
func (n *sorted) compare(x *sorted) int {
	return cmp.Or(n.rank.Compare(x.rank), cmp.Compare(n.seq, x.seq))
}

// over is a copy of n with other children.
func (n *sorted) over(left, right *sorted) *sorted {
	c := *n
	c.left, c.right, c.size = left, right, left.len()+right.len()+1
	return &c
}

// with adds the single node x.
func (n *sorted) with(x *sorted) *sorted {
	switch {
	case n == nil:
		return x
	case x.heap > n.heap:
		return x.over(n.split(x))
	case x.compare(n) < 0:
		return n.over(n.left.with(x), n.right)
	}
	return n.over(n.left, n.right.with(x))
}

// split parts the set before and after x.
func (n *sorted) split(x *sorted) (before, after *sorted) {
	if n == nil {
		return nil, nil
	}
	if n.compare(x) < 0 {
		l, r := n.right.split(x)
		return n.over(n.left, l), r
	}
	l, r := n.left.split(x)
	return l, n.over(r, n.right)
}

// without removes the node that compares equal to x, if it is there.
func (n *sorted) without(x *sorted) *sorted {
	if n == nil {
		return nil
	}
	switch c := x.compare(n); {
	case c < 0:
		return n.over(n.left.without(x), n.right)
	case c > 0:
		return n.over(n.left, n.right.without(x))
	}
	return join(n.left, n.right)
}

// join merges two sets of which the first stands wholly before the second.
func join(a, b *sorted) *sorted {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.heap > b.heap:
		return a.over(a.left, join(a.right, b))
	}
	return b.over(join(a, b.left), b.right)
}

// first is the first of the set, nil of an empty one.
func (n *sorted) first() *sorted {
	for n != nil && n.left != nil {
		n = n.left
	}
	return n
}

// second is who follows the first, nil for nobody.
func (n *sorted) second() *sorted {
	var up *sorted
	for n != nil && n.left != nil {
		n, up = n.left, n
	}
	if n != nil && n.right != nil {
		return n.right.first()
	}
	return up
}

// each visits in order until yield says no; it is a range function.
func (n *sorted) each(yield func(TicketID) bool) {
	n.walk(func(x *sorted) bool { return yield(x.id) })
}

// walk is each with all that is known here of a ticket.
func (n *sorted) walk(yield func(*sorted) bool) bool {
	return n == nil || n.left.walk(yield) && yield(n) && n.right.walk(yield)
}
