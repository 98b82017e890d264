package chain

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

// Personal data goes into a record only sealed, each case under a key of its
// own. The chain covers the sealed bytes, so dropping the key erases the person
// and every hash still agrees.

// ErrSealed means that sealed bytes do not open: another key, another context,
// or not a single byte as it was written.
var ErrSealed = errors.New("sealed data does not open")

// sealVersion is the first byte of everything sealed: XChaCha20-Poly1305
// (draft-irtf-cfrg-xchacha-03) with the 24-byte nonce in front.
const sealVersion = 1

// Key seals one case. Whoever drops it has erased the case.
type Key [chacha20poly1305.KeySize]byte

// NewKey draws a key from random, which must be cryptographic.
func NewKey(random io.Reader) (Key, error) {
	var k Key
	if _, err := io.ReadFull(random, k[:]); err != nil {
		return Key{}, fmt.Errorf("draw key: %w", err)
	}
	return k, nil
}

// Seal encrypts plain under a key. The context (what the data is and whose) is
// not stored: Open needs the same one, so sealed bytes cannot be moved to
// another place. The result is 41 bytes longer than plain.
func Seal(random io.Reader, key Key, plain []byte, context string) ([]byte, error) {
	aead, err := key.aead()
	if err != nil {
		return nil, err
	}
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = sealVersion
	if _, err := io.ReadFull(random, out[1:]); err != nil {
		return nil, fmt.Errorf("draw nonce: %w", err)
	}
	return aead.Seal(out, out[1:], plain, []byte(context)), nil
}

// Open decrypts what Seal made under the same key and context; anything else
// is ErrSealed.
func Open(key Key, sealed []byte, context string) ([]byte, error) {
	aead, err := key.aead()
	if err != nil {
		return nil, err
	}
	head := 1 + aead.NonceSize()
	if len(sealed) < head+aead.Overhead() || sealed[0] != sealVersion {
		return nil, fmt.Errorf("%d bytes: %w", len(sealed), ErrSealed)
	}
	plain, err := aead.Open(nil, sealed[1:head], sealed[head:], []byte(context))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

func (k Key) aead() (cipher.AEAD, error) {
	aead, err := chacha20poly1305.NewX(k[:])
	if err != nil {
		return nil, fmt.Errorf("prepare cipher: %w", err)
	}
	return aead, nil
}
