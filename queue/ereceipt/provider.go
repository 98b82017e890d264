package ereceipt

import "errors"

// State of a receipt.
type State string

// States.
const (
	Issued    State = "issued"
	Cancelled State = "cancelled"
)

// Receipt is what the provider made of a request.
type Receipt struct {
	Key     Key    `json:"key"`
	Pattern string `json:"pattern"` // ký hiệu mẫu: "01BLP0-001"
	Serial  string `json:"serial"`  // ký hiệu: "BI-26T"
	Number  string `json:"number"`  // số, 7 digits: "0000001"
	State   State  `json:"state"`
}

// String is how the receipt is named on paper and in the record:
// "01BLP0-001 BI-26T 0000123".
func (r Receipt) String() string { return r.Pattern + " " + r.Serial + " " + r.Number }

// What a caller branches on. Anything else from a Provider is a fault on the
// way: ask Status for the key, or Issue again; both are safe.
var (
	// ErrUnknown: there is no receipt of that key.
	ErrUnknown = errors.New("there is no receipt of that key")
	// ErrDifferent: the key has a receipt for another amount, payer or day. A
	// person decides; the first one is cancelled or it stands.
	ErrDifferent = errors.New("the key has a receipt that says something else")
	// ErrTaken: the key has a receipt, which this answer did not carry: ask
	// Status for it.
	ErrTaken = errors.New("the key has a receipt already")
	// ErrCancelled: the key's receipt was cancelled, and its number is spent.
	ErrCancelled = errors.New("the receipt of that key was cancelled")
	// ErrExhausted: no numbers are left in the range.
	ErrExhausted = errors.New("no numbers are left in the range")
	// ErrRejected: the provider understood and says no; asking again is no use.
	ErrRejected = errors.New("the provider refuses")
)

// Provider signs and numbers receipts. A provider over a network brings its own
// time limits. Every method may be called again with the same key at any time.
type Provider interface {
	// Issue makes the receipt, or answers with the one that the key has.
	Issue(Request) (Receipt, error)
	// Status is the key's receipt.
	Status(Key) (Receipt, error)
	// Cancel makes the key's receipt void, for a reason in words; void again is
	// no error.
	Cancel(key Key, reason string) (Receipt, error)
}
