package succession

// Beginning is how a term after the first began: with a record that follows the
// record After, in the hub's chain.
type Beginning struct {
	Claim
	After uint64 `json:"after"`
}

// Lineage lists the terms that began in a chain, oldest first; that of an
// office that never changed its hub is empty. A term's chain has one writer, so
// two chains with the same term in their lineage are the same up to where one
// of them leaves it.
type Lineage []Beginning

// Shared is the last record that a chain of have records (mine) has in common
// with another (theirs). What follows it exists in the own chain only, and must
// be offered to a hub whose chain the other is.
func Shared(theirs, mine Lineage, have uint64) uint64 {
	for i := len(mine) - 1; i >= 0; i-- {
		if j := theirs.find(mine[i].Claim); j >= 0 {
			return theirs.leaves(j, have)
		}
		have = min(have, mine[i].After)
	}
	return theirs.leaves(-1, have)
}

// Term is the term to which a record of the chain belongs: its origin when it
// is offered elsewhere.
func (l Lineage) Term(seq uint64) int {
	for i := len(l) - 1; i >= 0; i-- {
		if seq > l[i].After {
			return l[i].Term
		}
	}
	return 1
}

// find is where a term stands, -1 when it did not begin in this chain.
func (l Lineage) find(c Claim) int {
	for i := range l {
		if l[i].Claim == c {
			return i
		}
	}
	return -1
}

// leaves is have, but not beyond where the term after the i-th began.
func (l Lineage) leaves(i int, have uint64) uint64 {
	if i+1 < len(l) {
		return min(have, l[i+1].After)
	}
	return have
}
