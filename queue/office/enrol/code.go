package enrol

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Code is what lets one machine in: 80 bits in sixteen letters and digits.
type Code string

// alphabet is Crockford's: no I, L, O, U, which are misread.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

const codeLength = 16

func newCode(random io.Reader) (Code, error) {
	var bits [codeLength * 5 / 8]byte
	if _, err := io.ReadFull(random, bits[:]); err != nil {
		return "", fmt.Errorf("draw a code: %w", err)
	}
	return Code(base32.NewEncoding(alphabet).WithPadding(base32.NoPadding).EncodeToString(bits[:])), nil
}

// ParseCode reads a code as people type it: in any case, with or without the
// hyphens, O for 0 and I or L for 1.
func ParseCode(text string) (Code, bool) {
	if len(text) > 64 {
		return "", false
	}
	code := strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(strings.TrimSpace(text)))
	if len(code) != codeLength || strings.Trim(code, alphabet) != "" {
		return "", false
	}
	return Code(code), true
}

// String is the code in groups of four.
func (c Code) String() string {
	var groups []string
	for s := string(c); len(s) > 0; s = s[min(4, len(s)):] {
		groups = append(groups, s[:min(4, len(s))])
	}
	return strings.Join(groups, "-")
}

// proof vouches for parts by the code, under a label. Each part is told apart
// from the next by its length.
func (c Code) proof(label string, parts ...[]byte) []byte {
	key := hmac.New(sha256.New, []byte(c))
	key.Write([]byte("motcua enrol 1"))
	h := hmac.New(sha256.New, key.Sum(nil))
	for _, p := range append([][]byte{[]byte(label)}, parts...) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(p))))
		h.Write(p)
	}
	return h.Sum(nil)
}
