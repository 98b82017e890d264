package pin_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"strings"
	"testing"

	"motcua/queue/office/pin"
)

func TestOnlyTheOneMatches(t *testing.T) {
	t.Parallel()
	pepper := []byte("of this office")
	v, err := pin.Make(rand.Reader, pepper, "cb01", "492735")
	if err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(v)
	if err != nil || strings.Contains(string(raw), "492735") {
		t.Fatal(string(raw), err)
	}
	var kept pin.Verifier
	if err := json.Unmarshal(raw, &kept); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		pepper, officer, pin string
		want                 bool
	}{
		{"of this office", "cb01", "492735", true},
		{"of this office", "cb01", "492736", false},
		{"of this office", "cb01", "", false},
		{"of this office", "cb02", "492735", false},
		{"of another", "cb01", "492735", false},
		{"of this office", "cb0", "1492735", false},
	} {
		if got := kept.Match([]byte(tt.pepper), tt.officer, tt.pin); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
	other, err := pin.Make(rand.Reader, pepper, "cb01", "492735")
	if err != nil || bytes.Equal(other.Sum, v.Sum) {
		t.Error("the same PIN twice has the same verifier")
	}
	for _, bad := range []pin.Verifier{{}, {Sum: v.Sum, Salt: v.Salt, Passes: 1 << 30, KiB: 1}, {Sum: v.Sum, Salt: v.Salt, Passes: 1, KiB: 1 << 31}} {
		if bad.Match(pepper, "cb01", "492735") {
			t.Errorf("%+v matches", bad)
		}
	}
}

func TestWeak(t *testing.T) {
	t.Parallel()
	for p, want := range map[string]bool{
		"": true, "12345": true, "123456": true, "987654": true, "000000": true, "890123": true, "12a456": true,
		"1234567890123": true, "１２３４５６": true, "492735": false, "135790": false, "112233": false, "246824682468": false,
	} {
		if got := pin.Weak(p); got != want {
			t.Errorf("%q: got %v, want %v", p, got, want)
		}
	}
}
