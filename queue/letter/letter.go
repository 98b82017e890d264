// Package letter seals a few words to one office: whoever knows the key that
// the office signs its record with can write one, and only the office can read
// it. The city sends first PINs so; what it keeps tells it nothing.
//
// The format is age (https://age-encryption.org/v1) to an ssh-ed25519 recipient,
// which turns the signing key into one for sealing.
package letter

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"motcua/queue/chain"
)

// ErrLetter: the letter is not for this office, or not as it was written.
var ErrLetter = errors.New("the letter does not open")

// maxText bounds what a letter says, in bytes.
const maxText = 4 << 10

// Seal writes a letter to the office that signs with a key.
func Seal(to chain.PublicKey, text []byte) ([]byte, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("seal a letter: %d bytes are too many", len(text))
	}
	key, err := ssh.NewPublicKey(ed25519.PublicKey(to[:]))
	if err != nil {
		return nil, fmt.Errorf("seal a letter: %w", err)
	}
	office, err := agessh.NewEd25519Recipient(key)
	if err != nil {
		return nil, fmt.Errorf("seal a letter: %w", err)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, office)
	if err != nil {
		return nil, fmt.Errorf("seal a letter: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("seal a letter: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal a letter: %w", err)
	}
	return sealed.Bytes(), nil
}

// Open reads a letter with the office's signing key; anything else is ErrLetter.
func Open(key ed25519.PrivateKey, sealed []byte) ([]byte, error) {
	office, err := agessh.NewEd25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("open a letter: %w", err)
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), office)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrLetter, err)
	}
	text, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil || len(text) > maxText {
		return nil, fmt.Errorf("%w: it is too long or was cut (%w)", ErrLetter, err)
	}
	return text, nil
}
