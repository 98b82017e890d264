package central

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"filippo.io/age"

	"motcua/queue/uplink/wire"
)

// Key is the city's own: it signs what goes down to the offices and opens what
// comes from them on sticks. Whoever has it can speak as the city.
type Key struct {
	sign ed25519.PrivateKey
	seal *age.X25519Identity
}

const keyHeader = "motcua city key 1"

// OpenKey reads the key file, or makes it (mode 0600) when there is none.
func OpenKey(path string) (*Key, error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(path)
	}
	if err != nil {
		return nil, fmt.Errorf("read the city's key: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")
	if len(lines) != 3 || lines[0] != keyHeader {
		return nil, fmt.Errorf("%s is not a city's key", path)
	}
	seed, err := hex.DecodeString(strings.TrimPrefix(lines[1], "sign "))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, fmt.Errorf("%s: line 2 is not a signing key", path)
	}
	seal, err := age.ParseX25519Identity(strings.TrimPrefix(lines[2], "seal "))
	if err != nil {
		return nil, fmt.Errorf("%s: line 3 is not an age identity", path) // the error may quote it
	}
	return &Key{ed25519.NewKeyFromSeed(seed), seal}, nil
}

func makeKey(path string) (*Key, error) {
	_, sign, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the city's key: %w", err)
	}
	seal, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make the city's key: %w", err)
	}
	text := keyHeader + "\nsign " + hex.EncodeToString(sign.Seed()) + "\nseal " + seal.String() + "\n"
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the city's key: %w", err)
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("make the city's key: %w", err)
	}
	return &Key{sign, seal}, nil
}

// Public is what the offices know the city by.
func (k *Key) Public() wire.CityKey {
	return wire.CityKey{Sign: k.sign.Public().(ed25519.PublicKey), Seal: k.seal.Recipient().String()}
}
