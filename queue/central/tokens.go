package central

import (
	"bufio"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"

	"motcua/queue/uplink/wire"
)

// Names in the token file that are not offices.
const (
	Staff   = "@staff"   // may read pages and reports
	Booking = "@booking" // may book and cancel appointments
	Admin   = "@admin"   // may do both, publish and tell
)

// IsRole reports whether a name of the token file is a role and no office.
func IsRole(name string) bool { return name == Staff || name == Booking || name == Admin }

// Tokens says who may do what. The file keeps only SHA-256 sums, so reading it
// lets nobody in. One line per token, "name sum"; a name may stand on several
// lines while a token is being renewed; "#" begins a comment.
type Tokens struct {
	byName map[string][][32]byte
}

// LoadTokens reads the file.
func LoadTokens(path string) (*Tokens, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open tokens: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	t, err := ReadTokens(f)
	if err != nil {
		return nil, fmt.Errorf("tokens %s: %w", path, err)
	}
	return t, nil
}

// ReadTokens reads the contents of a token file.
func ReadTokens(r io.Reader) (*Tokens, error) {
	t := &Tokens{byName: map[string][][32]byte{}}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line, _, _ := strings.Cut(lines.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, fmt.Errorf("line %d: want a name and a sum", n)
		}
		name, sum := fields[0], [32]byte{}
		if !IsRole(name) && !wire.ValidOffice(name) {
			return nil, fmt.Errorf("line %d: %q cannot name an office", n, name)
		}
		if k, err := hex.Decode(sum[:], []byte(fields[1][:min(64, len(fields[1]))])); err != nil || k != 32 || len(fields[1]) != 64 {
			return nil, fmt.Errorf("line %d: the sum is not 64 hex digits", n)
		}
		t.byName[name] = append(t.byName[name], sum)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return t, nil
}

// TokenLine is the line of a token file for a name and its token.
func TokenLine(name, token string) string {
	sum := sha256.Sum256([]byte(token))
	return name + " " + hex.EncodeToString(sum[:])
}

// Offices lists the offices that may connect, in order.
func (t *Tokens) Offices() []string {
	var list []string
	for name := range t.byName {
		if !IsRole(name) {
			list = append(list, name)
		}
	}
	slices.Sort(list)
	return list
}

// holds reports whether token belongs to one of the names.
func (t *Tokens) holds(token string, names ...string) bool {
	sum := sha256.Sum256([]byte(token))
	ok := 0
	for _, name := range names {
		for _, known := range t.byName[name] {
			ok |= subtle.ConstantTimeCompare(sum[:], known[:])
		}
	}
	return ok == 1
}

// guarded reports whether pages need a staff token: as soon as there is one.
func (t *Tokens) guarded() bool { return len(t.byName[Staff]) > 0 }

// bearer is the token of a request: a bearer token, or a browser's password.
func bearer(r *http.Request) string {
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		return strings.TrimSpace(token)
	}
	_, password, _ := r.BasicAuth()
	return password
}
