package letter_test

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"motcua/queue/chain"
	"motcua/queue/letter"
)

func TestOnlyTheOfficeReadsIt(t *testing.T) {
	t.Parallel()
	key := ed25519.NewKeyFromSeed(make([]byte, 32))
	other := ed25519.NewKeyFromSeed(append(make([]byte, 31), 1))
	sealed, err := letter.Seal(chain.PublicOf(key), []byte("cb01 492735"))
	if err != nil || bytes.Contains(sealed, []byte("492735")) {
		t.Fatalf("%q, %v", sealed, err)
	}
	if text, err := letter.Open(key, sealed); err != nil || string(text) != "cb01 492735" {
		t.Fatalf("%q, %v", text, err)
	}
	if _, err := letter.Open(other, sealed); !errors.Is(err, letter.ErrLetter) {
		t.Errorf("another office: %v", err)
	}
	for at := range sealed {
		bad := bytes.Clone(sealed)
		bad[at] ^= 1
		if text, err := letter.Open(key, bad); err == nil {
			t.Errorf("byte %d flipped: %q", at, text)
		}
		if text, err := letter.Open(key, sealed[:at]); err == nil {
			t.Errorf("cut at %d: %q", at, text)
		}
	}
	if _, err := letter.Seal(chain.PublicOf(key), make([]byte, 5000)); err == nil {
		t.Error("a book was sealed")
	}
}
