package chain

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"
)

// KindSigned is the type of the record that carries a checkpoint. It signs for
// every record before it.
const KindSigned = "chain.signed"

// Bounds of a checkpoint's marks.
const (
	markSize = 6
	// MaxMarks is how many records one checkpoint can name one by one.
	MaxMarks = 2048
)

// ErrSignature: a checkpoint is not signed by the key that it should be.
var ErrSignature = errors.New("the signature is not the office's")

// PublicKey is an office's Ed25519 key (RFC 8032), written as 64 hex digits.
type PublicKey [ed25519.PublicKeySize]byte

// PublicOf is the public half of a signing key.
func PublicOf(key ed25519.PrivateKey) PublicKey {
	return PublicKey(key.Public().(ed25519.PublicKey))
}

// ParsePublicKey reads 64 hex digits.
func ParsePublicKey(text string) (PublicKey, error) {
	var k PublicKey
	return k, k.UnmarshalText([]byte(text))
}

// String returns 64 lower-case hex digits.
func (k PublicKey) String() string { return hex.EncodeToString(k[:]) }

// MarshalText writes the key as hex.
func (k PublicKey) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads exactly 64 hex digits.
func (k *PublicKey) UnmarshalText(b []byte) error {
	if len(b) != 2*len(k) {
		return fmt.Errorf("public key of %d characters: %w", len(b), ErrMalformed)
	}
	if _, err := hex.Decode(k[:], b); err != nil {
		return fmt.Errorf("public key: %w", ErrMalformed)
	}
	return nil
}

// Checkpoint is an office's signed word that its record up to Head was so.
// Whoever keeps one can prove that any of these records was changed, added or
// cut off since, even if everything after was made to fit.
type Checkpoint struct {
	Office string `json:"office"`
	Term   uint64 `json:"term,omitempty"`
	Head
	At time.Time `json:"at"` // of the last record signed for
	// Marks are the first 6 bytes of the hash of each record that ends with
	// Head's: they name the first one that was changed.
	Marks []byte    `json:"marks,omitempty"`
	Key   PublicKey `json:"key"`
	Sig   []byte    `json:"sig"`
}

// Sign fills in Key and Sig.
func (c Checkpoint) Sign(key ed25519.PrivateKey) Checkpoint {
	c.At = c.At.UTC().Truncate(time.Millisecond)
	c.Key = PublicOf(key)
	c.Sig = ed25519.Sign(key, c.text())
	return c
}

// Check proves the signature with the checkpoint's own Key; whether that is the
// office's, the caller must know.
func (c Checkpoint) Check() error {
	if len(c.Marks)%markSize != 0 || len(c.Marks) > MaxMarks*markSize || uint64(len(c.Marks)/markSize) > c.Seq {
		return fmt.Errorf("checkpoint of record %d: %w", c.Seq, ErrMalformed)
	}
	if !ed25519.Verify(c.Key[:], c.text(), c.Sig) {
		return fmt.Errorf("checkpoint of record %d: %w", c.Seq, ErrSignature)
	}
	return nil
}

// text is what is signed: lines that a person can read.
func (c Checkpoint) text() []byte {
	return fmt.Appendf(nil, "motcua checkpoint 1\noffice %q\nterm %d\nseq %d\nhash %s\nat %s\nmarks %s\n",
		c.Office, c.Term, c.Seq, c.Hash, c.At.UTC().Format("2006-01-02T15:04:05.000Z"), base64.StdEncoding.EncodeToString(c.Marks))
}

// ReadCheckpoint returns the checkpoint that a record carries; ok is false for
// any other record.
func ReadCheckpoint(r Record) (c Checkpoint, ok bool, err error) {
	if r.Type != KindSigned {
		return Checkpoint{}, false, nil
	}
	if r.V != 1 {
		return Checkpoint{}, false, nil // of a later version: not ours to judge
	}
	if err := json.Unmarshal(r.Data, &c); err != nil {
		return Checkpoint{}, false, fmt.Errorf("checkpoint: %w (%w)", ErrMalformed, err)
	}
	return c, true, nil
}

// Marks collects what the next checkpoint says of the records one by one. The
// zero value begins with the next record.
type Marks struct {
	bytes []byte
	last  uint64
}

// Add takes the next record. A checkpoint's record begins the next count.
func (m *Marks) Add(r Record) {
	if r.Type == KindSigned {
		m.bytes = nil
	}
	m.push(r.Seq, r.Hash())
}

func (m *Marks) push(seq uint64, h Hash) {
	m.bytes, m.last = append(m.bytes, h[:markSize]...), seq
	if len(m.bytes) >= 2*MaxMarks*markSize {
		m.bytes = slices.Clone(m.bytes[MaxMarks*markSize:])
	}
}

// Count is how many records were added since the last checkpoint, itself
// included; it stops counting somewhere above MaxMarks.
func (m *Marks) Count() int { return len(m.bytes) / markSize }

// Clone is a copy that can go on by itself.
func (m *Marks) Clone() Marks { return Marks{bytes: slices.Clip(m.bytes), last: m.last} }

// Bytes are a checkpoint's Marks.
func (m *Marks) Bytes() []byte {
	return slices.Clone(m.bytes[max(0, len(m.bytes)-MaxMarks*markSize):])
}

// differs is the first record that is not the one a checkpoint marked; 0 when
// all agree that both know.
func (m *Marks) differs(c Checkpoint) uint64 {
	theirs := uint64(len(c.Marks) / markSize)
	ours := uint64(m.Count())
	for seq := max(c.Seq-theirs, m.last-ours) + 1; seq <= min(c.Seq, m.last); seq++ {
		a := c.Marks[(theirs-(c.Seq-seq)-1)*markSize:][:markSize]
		b := m.bytes[(ours-(m.last-seq)-1)*markSize:][:markSize]
		if string(a) != string(b) {
			return seq
		}
	}
	return 0
}
