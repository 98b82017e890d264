// Package pin turns an officer's PIN into something that can be kept: a
// verifier, which says whether a PIN is the one and cannot be turned back.
//
// A PIN of six digits has a million values, so no hash by itself protects it.
// What does: the PIN is first keyed with a secret of the office (the pepper, from
// its key file), without which the verifier tells nothing at all; then hashed
// with argon2id (RFC 9106), which makes each guess dear even with the key; and
// the office locks an officer's name after five wrong tries. Cost: OWASP's floor,
// 19 MiB and two passes, some 25 ms — an office runs on small machines and has
// 64 MiB for everything.
package pin

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"

	"golang.org/x/crypto/argon2"
)

// Bounds of a PIN, in digits.
const (
	Shortest = 6
	Longest  = 12
)

// Verifier is what is kept of a PIN. Its numbers say how it was made, so that
// later ones may be dearer.
type Verifier struct {
	Salt   []byte `json:"salt"`
	Sum    []byte `json:"sum"`
	Passes uint32 `json:"passes"`
	KiB    uint32 `json:"kib"`
}

// Make makes the verifier of an officer's PIN.
func Make(random io.Reader, pepper []byte, officer, pin string) (Verifier, error) {
	v := Verifier{Salt: make([]byte, 16), Passes: 2, KiB: 19 << 10}
	if _, err := io.ReadFull(random, v.Salt); err != nil {
		return Verifier{}, fmt.Errorf("draw a salt: %w", err)
	}
	v.Sum = v.sum(pepper, officer, pin)
	return v, nil
}

// Match reports whether a PIN is the one, in the same time whether or not.
func (v Verifier) Match(pepper []byte, officer, pin string) bool {
	if v.Passes == 0 || v.Passes > 16 || v.KiB == 0 || v.KiB > 256<<10 || len(v.Sum) == 0 {
		return false // damaged; never a reason to spend a gigabyte
	}
	return subtle.ConstantTimeCompare(v.Sum, v.sum(pepper, officer, pin)) == 1
}

// sum keys the PIN before hashing it. The officer is part of it, so that one
// verifier cannot be put in another's place.
func (v Verifier) sum(pepper []byte, officer, pin string) []byte {
	keyed := hmac.New(sha256.New, pepper)
	fmt.Fprintf(keyed, "%d %s %s", len(officer), officer, pin)
	return argon2.IDKey(keyed.Sum(nil), v.Salt, v.Passes, v.KiB, 1, 32)
}

// Weak reports whether a PIN is none, or one that is tried first: all the same
// digit, or digits that count up or down.
func Weak(pin string) bool {
	if len(pin) < Shortest || len(pin) > Longest {
		return true
	}
	steps := map[int]bool{}
	for i := range len(pin) {
		if pin[i] < '0' || pin[i] > '9' {
			return true
		}
		if i > 0 {
			steps[(int(pin[i])-int(pin[i-1])+10)%10] = true
		}
	}
	return len(steps) == 1 && (steps[0] || steps[1] || steps[9])
}
