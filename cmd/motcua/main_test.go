package main

import (
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"motcua/assets/i18n"
	"motcua/cmd/internal/config"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"motcua": main})
}

// TestScript starts the program as local IT does, as far as it goes without a
// display. What it shows is seen in kiosk/view and cmd/internal/e2e.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}

// TestWindowsHaveNames: the three windows of a machine that is a whole office
// can be told apart.
func TestWindowsHaveNames(t *testing.T) {
	texts, err := i18n.Load()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Một Cửa – Kiosk lấy số", "Một Cửa – Quầy 3", "Một Cửa – Bảng gọi số"}
	for i, c := range (config.Config{Counter: "3"}).Complete().Each() {
		if got := title(texts, c); got != want[i] {
			t.Errorf("the %s is called %q, want %q", c.Role, got, want[i])
		}
	}
}
