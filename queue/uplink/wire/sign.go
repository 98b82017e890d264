package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"motcua/queue/chain"
)

// ErrSignature: what claims to come from the city was not signed by it, or not
// for this office.
var ErrSignature = errors.New("the signature is not the city's")

// CityKey is what an office knows the city by. It is written as three lines of
// text, which a person can compare and carry on paper.
type CityKey struct {
	// Sign is the city's Ed25519 key (RFC 8032).
	Sign ed25519.PublicKey
	// Seal is the age recipient to which batches on sticks are encrypted.
	Seal string
}

const cityKeyHeader = "motcua city 1"

// String writes the key as ParseCityKey reads it.
func (k CityKey) String() string {
	return cityKeyHeader + "\nsign " + hex.EncodeToString(k.Sign) + "\nseal " + k.Seal + "\n"
}

// ParseCityKey reads a city's public key.
func ParseCityKey(text []byte) (CityKey, error) {
	lines := strings.Split(strings.TrimSpace(string(bytes.ReplaceAll(text, []byte("\r"), nil))), "\n")
	if len(lines) != 3 || lines[0] != cityKeyHeader {
		return CityKey{}, fmt.Errorf("not a city's key: it does not begin with %q", cityKeyHeader)
	}
	sign, ok := strings.CutPrefix(lines[1], "sign ")
	raw, err := hex.DecodeString(sign)
	seal, sealed := strings.CutPrefix(lines[2], "seal ")
	if !ok || err != nil || len(raw) != ed25519.PublicKeySize || !sealed || !strings.HasPrefix(seal, "age1") || len(seal) > 200 {
		return CityKey{}, errors.New("not a city's key: want 64 hex digits and an age recipient")
	}
	return CityKey{Sign: raw, Seal: seal}, nil
}

// Sign signs the notice for one office.
func (n Notice) Sign(office string, key ed25519.PrivateKey) (Notice, error) {
	data, err := json.Marshal(n.Data) // as it will stand on the wire
	if err != nil {
		return n, fmt.Errorf("sign notice %d: %w", n.ID, err)
	}
	n.Data = data
	n.Sig = ed25519.Sign(key, n.text(office))
	return n, nil
}

// Verify proves that the city has signed this notice for this office.
func (n Notice) Verify(office string, city CityKey) error {
	if len(city.Sign) != ed25519.PublicKeySize || !ed25519.Verify(city.Sign, n.text(office), n.Sig) {
		return fmt.Errorf("notice %d (%s): %w", n.ID, n.Kind, ErrSignature)
	}
	return nil
}

// SignPosition is the city's word that it has an office's record up to a head.
// It stands in every answer that moves the office's position, so that nobody on
// the way can make an office believe that its record is safe.
func SignPosition(office string, at chain.Head, key ed25519.PrivateKey) []byte {
	return ed25519.Sign(key, position(office, at))
}

// VerifyPosition proves a word of SignPosition, else ErrSignature.
func (k CityKey) VerifyPosition(office string, at chain.Head, sig []byte) error {
	if len(k.Sign) != ed25519.PublicKeySize || !ed25519.Verify(k.Sign, position(office, at), sig) {
		return fmt.Errorf("position %d: %w", at.Seq, ErrSignature)
	}
	return nil
}

func position(office string, at chain.Head) []byte {
	return fmt.Appendf(nil, "motcua position 1\noffice %q\nseq %d\nhash %s\n", office, at.Seq, at.Hash)
}

// text is what is signed: lines that a person can read.
func (n Notice) text(office string) []byte {
	return fmt.Appendf(nil, "motcua notice 1\noffice %q\nid %d\nkind %q\nversion %d\ndata %x\n",
		office, n.ID, n.Kind, n.Version, sha256.Sum256(n.Data))
}
