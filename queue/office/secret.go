package office

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"motcua/queue"
	"motcua/queue/chain"
)

// ErrKey means that the office's key file is missing, damaged or not the one
// that this journal was made with. Going on with another key would make every
// applicant unreadable.
var ErrKey = errors.New("the office key does not belong to this journal")

// keyHeader begins the key file; 64 hex digits follow on the second line.
const keyHeader = "motcua office key 1\n"

// secret is the office's own key. Each use has a key derived from it, so that
// what one use shows tells nothing about another.
type secret struct{ key [32]byte }

// openSecret reads the key file; fresh draws a new one when there is none, which
// is right only beside a new journal.
func openSecret(path string, random io.Reader, fresh bool) (secret, error) {
	raw, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && fresh:
		return makeSecret(path, random)
	case err != nil:
		return secret{}, fmt.Errorf("read office key: %w (%w)", ErrKey, err)
	}
	s, err := parseSecret(raw)
	if err != nil {
		return secret{}, fmt.Errorf("read office key %s: %w", path, err)
	}
	return s, nil
}

// file is the key as its file.
func (s secret) file() string { return keyHeader + hex.EncodeToString(s.key[:]) + "\n" }

// parseSecret reads a key file.
func parseSecret(raw []byte) (s secret, err error) {
	text, ok := bytes.CutPrefix(raw, []byte(keyHeader))
	digits := bytes.TrimSpace(text)
	if !ok || len(digits) != 64 {
		return secret{}, ErrKey
	}
	if _, err := hex.Decode(s.key[:], digits); err != nil {
		return secret{}, ErrKey
	}
	return s, nil
}

// makeSecret draws a new key.
func makeSecret(path string, random io.Reader) (secret, error) {
	var s secret
	if _, err := io.ReadFull(random, s.key[:]); err != nil {
		return secret{}, fmt.Errorf("draw office key: %w", err)
	}
	return s, s.write(path)
}

// write writes the key so that a power cut leaves a whole file or none.
func (s secret) write(path string) error {
	part := path + ".new"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("make office key: %w", err)
	}
	_, err = f.WriteString(s.file())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write office key: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("place office key: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open folder %s: %w", dir, err)
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("sync folder %s: %w", dir, err)
	}
	return nil
}

// mac is HMAC-SHA256 of a text for one use.
func (s secret) mac(use string, text []byte) []byte {
	derived := hmac.New(sha256.New, s.key[:])
	derived.Write([]byte(use))
	h := hmac.New(sha256.New, derived.Sum(nil))
	h.Write(text)
	return h.Sum(nil)
}

// fingerprint tells one office key from another without showing it.
func (s secret) fingerprint() []byte { return s.mac("fingerprint", nil)[:8] }

// wrapping is the key that case keys are kept under.
func (s secret) wrapping() chain.Key { return chain.Key(s.mac("case-keys", nil)) }

// signing is the key that checkpoints are signed with. It is derived like the
// others, so an office key of any age has one and nothing more must be kept.
func (s secret) signing() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(s.mac("checkpoints", nil))
}

// authority is what the office's certificate authority is made of.
func (s secret) authority() [32]byte { return [32]byte(s.mac("device-authority", nil)) }

// pepper keys the officers' PINs.
func (s secret) pepper() []byte { return s.mac("pin", nil) }

// identity is the key under which what people show is hashed for a day.
func (s secret) identity() []byte { return s.mac("identity", nil) }

// mint makes a ticket's code: its id and 40 bits that only this office can
// make, in letters and digits that a QR code holds compactly.
func (s secret) mint(id queue.TicketID) string {
	check := base32.StdEncoding.EncodeToString(s.mac("ticket-code", []byte(id)))
	return string(id) + "-" + check[:8]
}

// cardHash finds a person's dossiers without storing the number. It is keyed:
// twelve digits alone could be tried through.
func (s secret) cardHash(personal string) string {
	return hex.EncodeToString(s.mac("card", []byte(personal))[:16])
}

// mask is what screens may show of a personal number: "001*****2345".
func mask(personal string) string {
	r := []rune(personal)
	if len(r) < 9 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:3]) + strings.Repeat("*", len(r)-7) + string(r[len(r)-4:])
}
