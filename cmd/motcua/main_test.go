package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"motcua": main})
}

// TestScript starts the program as local IT does, as far as it goes without a
// display. What it shows is seen in kiosk/view and cmd/internal/e2e.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}
