package reach_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"motcua/cmd/internal/reach"
	"motcua/queue/office/enrol"
	"motcua/queue/office/find"
)

// A machine that has joined nothing talks in the clear or not at all; a damaged
// identity is never passed over.
func TestWithoutAnIdentity(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]error{
		"http://127.0.0.1:8080":     nil,
		"http://localhost:8080":     nil,
		"http://[::1]:8080":         nil,
		"http://192.168.1.10:8080":  nil,
		"https://192.168.1.10:8080": reach.ErrStranger,
		"https://127.0.0.1:8080":    reach.ErrStranger,
		find.Auto:                   reach.ErrStranger,
	} {
		w, err := reach.To(address, t.TempDir())
		if !errors.Is(err, want) || err == nil && (w.Base != address || w.RoundTripper() != nil) {
			t.Errorf("%s: got %+v, %v, want %v", address, w, err, want)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, enrol.File), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := reach.To("http://192.168.1.10:8080", dir); !errors.Is(err, enrol.ErrIdentity) {
		t.Errorf("a damaged identity: got %v", err)
	}
	if _, err := reach.To("http://127.0.0.1:8080", dir); err != nil {
		t.Errorf("on the office's own machine: %v", err)
	}
}
