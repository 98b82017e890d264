package office

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/curve25519"
	"golang.org/x/crypto/nacl/box"

	"motcua/queue"
	"motcua/queue/refusal"
)

// boxed is a command that waits on a terminal's disk: only the office can read
// it. It goes to the office as it is, in place of the command's data.
type boxed struct {
	Sealed []byte `json:"sealed"`
}

// box is the office's key pair for what terminals seal to it.
func (s secret) box() (public, private *[32]byte) {
	private, public = new([32]byte), new([32]byte)
	copy(private[:], s.mac("box", nil))
	base, err := curve25519.X25519(private[:], curve25519.Basepoint)
	if err != nil {
		return public, private // not for a key of 32 bytes and the base point
	}
	copy(public[:], base)
	return public, private
}

// ErrBox: the office's public key is not one.
var ErrBox = errors.New("not a public key of an office")

// SealFor writes data that only the office with this public key (About.Box)
// can read: how a terminal keeps a command with a person in it while the office
// is away. The result is what the command's data is replaced by.
func SealFor(public []byte, random io.Reader, data json.RawMessage) (json.RawMessage, error) {
	if len(public) != 32 {
		return nil, fmt.Errorf("seal for the office: %w", ErrBox)
	}
	sealed, err := box.SealAnonymous(nil, data, (*[32]byte)(public), random)
	if err != nil {
		return nil, fmt.Errorf("seal for the office: %w", err)
	}
	return json.Marshal(boxed{Sealed: sealed})
}

// unbox is a command's data in clear, whether it came sealed or not.
func (s secret) unbox(data json.RawMessage) (json.RawMessage, error) {
	var b boxed
	if strict(data, &b) != nil || len(b.Sealed) == 0 {
		return data, nil
	}
	public, private := s.box()
	open, ok := box.OpenAnonymous(nil, b.Sealed, public, private)
	if !ok {
		return nil, refusal.New(codeBadRequest, "fault", "sealed for another office")
	}
	return open, nil
}

// Sealed is a command as a terminal kept it: it knows what it is called and not
// what it says.
type Sealed struct {
	Type string
	Data json.RawMessage
}

// Name implements queue.Command.
func (s Sealed) Name() string { return s.Type }

// MarshalJSON writes the data as it was kept.
func (s Sealed) MarshalJSON() ([]byte, error) { return s.Data, nil }

var _ queue.Command = Sealed{}
