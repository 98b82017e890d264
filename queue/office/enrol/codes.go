package enrol

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/x509"
	"io"
	"slices"
	"sync"
	"time"

	"motcua/queue/device"
	"motcua/queue/refusal"
)

// Bounds of joining.
const (
	// CodeLife is how long a code is good for.
	CodeLife = 15 * time.Minute
	mostOpen = 32
	// triesAMinute bounds wrong proofs of one address; mostAddresses how many
	// addresses are remembered.
	triesAMinute  = 10
	mostAddresses = 1024
	maxCSR        = 4 << 10
	maxProof      = 64
)

// Grant is what a code gives.
type Grant struct {
	Name    string      `json:"name"`
	Role    device.Role `json:"role"`
	Counter string      `json:"counter,omitempty"` // the only one it may speak for
	By      string      `json:"-"`                 // device that asked for the code
}

// Request is what a machine sends to join.
type Request struct {
	CSR   []byte `json:"csr"` // PKCS #10, DER; its names are not looked at
	Proof []byte `json:"proof"`
}

// Answer lets it in.
type Answer struct {
	Certificate []byte `json:"certificate"` // DER
	Authority   []byte `json:"authority"`   // DER
	Proof       []byte `json:"proof"`
}

// Codes are the codes that are open. They are kept in memory only: after a
// restart the person asks for another. Its methods may be called from any
// goroutine.
type Codes struct {
	mu    sync.Mutex
	open  []*invitation        // guarded by mu
	tries map[string]*attempts // by address; guarded by mu
}

type invitation struct {
	code   Code
	grant  Grant
	until  time.Time
	used   []byte // proof of the request it was used for
	answer Answer
}

type attempts struct {
	since time.Time
	count int
}

// Invite makes a code. An older one for the same name is void.
func (c *Codes) Invite(random io.Reader, g Grant, now time.Time) (Code, time.Time, error) {
	if !device.NameOK(g.Name) || !g.Role.Known() || g.Counter != "" && g.Role != device.Counter || len(g.Counter) > 64 {
		return "", time.Time{}, refusal.New("enrol-grant-invalid")
	}
	code, err := newCode(random)
	if err != nil {
		return "", time.Time{}, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = slices.DeleteFunc(c.open, func(i *invitation) bool { return i.grant.Name == g.Name || !now.Before(i.until) })
	if len(c.open) >= mostOpen { // used ones stay only for who lost the answer
		c.open = slices.DeleteFunc(c.open, func(i *invitation) bool { return i.used != nil })
	}
	if len(c.open) >= mostOpen {
		return "", time.Time{}, refusal.New("enrol-too-many")
	}
	until := now.Add(CodeLife)
	c.open = append(c.open, &invitation{code: code, grant: g, until: until})
	return code, until, nil
}

// Redeem answers a request of an address. admit is called once per code, with
// the key to let in; it records that and returns the certificate and the
// authority's, and its error leaves the code open.
func (c *Codes) Redeem(r Request, from string, now time.Time, admit func(Grant, crypto.PublicKey) (Answer, error)) (Answer, error) {
	if len(r.CSR) > maxCSR || len(r.Proof) > maxProof {
		return Answer{}, refusal.New("enrol-invalid")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.tooOften(from, now) {
		return Answer{}, refusal.New("enrol-too-often")
	}
	i := c.find(r, now)
	if i == nil {
		c.tries[from].count++
		return Answer{}, refusal.New("enrol-code-wrong")
	}
	if i.used != nil {
		if hmac.Equal(i.used, r.Proof) {
			return i.answer, nil
		}
		return Answer{}, refusal.New("enrol-code-used")
	}
	public, err := keyOf(r.CSR)
	if err != nil {
		return Answer{}, refusal.New("enrol-invalid")
	}
	a, err := admit(i.grant, public)
	if err != nil {
		return Answer{}, err
	}
	a.Proof = i.code.proof("office", r.Proof, a.Certificate, a.Authority)
	i.used, i.answer = r.Proof, a
	return a, nil
}

// Revoke voids the open code of a name.
func (c *Codes) Revoke(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open = slices.DeleteFunc(c.open, func(i *invitation) bool { return i.grant.Name == name })
}

// find is the invitation whose code made the request's proof.
func (c *Codes) find(r Request, now time.Time) *invitation {
	for _, i := range c.open {
		if now.Before(i.until) && hmac.Equal(i.code.proof("device", r.CSR), r.Proof) {
			return i
		}
	}
	return nil
}

// tooOften begins a new count every minute. When too many addresses are
// remembered, those whose minute is over are forgotten, and if none is, all are.
func (c *Codes) tooOften(from string, now time.Time) bool {
	a := c.tries[from]
	if a == nil || now.Sub(a.since).Abs() >= time.Minute {
		if len(c.tries) >= mostAddresses {
			for k, v := range c.tries {
				if now.Sub(v.since).Abs() >= time.Minute {
					delete(c.tries, k)
				}
			}
			if len(c.tries) >= mostAddresses {
				clear(c.tries)
			}
		}
		if c.tries == nil {
			c.tries = map[string]*attempts{}
		}
		a = &attempts{since: now}
		c.tries[from] = a
	}
	return a.count >= triesAMinute
}

// keyOf is the key in a request, which has signed it. Only P-256 is taken.
func keyOf(csr []byte) (crypto.PublicKey, error) {
	r, err := x509.ParseCertificateRequest(csr)
	if err != nil {
		return nil, err
	}
	if key, ok := r.PublicKey.(*ecdsa.PublicKey); !ok || key.Curve != elliptic.P256() {
		return nil, x509.ErrUnsupportedAlgorithm
	}
	return r.PublicKey, r.CheckSignature()
}
