package main

import (
	"bytes"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"motcua/assets/demo"
	"motcua/cmd/internal/config"
	"motcua/cmd/internal/reach"
	"motcua/queue/device"
	"motcua/queue/office"
	"motcua/queue/office/enrol"
	"motcua/queue/refusal"
)

// hub is an office on a network, and a code for a counter of it.
func hub(t *testing.T) (address, code string) {
	t.Helper()
	data, err := demo.Load()
	if err != nil {
		t.Fatal(err)
	}
	o, err := office.Open(office.Config{Dir: t.TempDir(), Setup: &data.Config, Rules: data.Rules()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	handler, err := office.Handler(o)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: time.Second}
	go func() { _ = server.Serve(enrol.Listen(l, o.TLS())) }()
	t.Cleanup(func() { _ = server.Close() })
	var got struct{ Code string }
	plain := "http://" + l.Addr().String()
	if err := enrol.Ask(t.Context(), http.DefaultTransport, "POST", plain+"/v1/enrolment/codes", enrol.Grant{Name: "quay-2", Role: device.Counter}, &got); err != nil {
		t.Fatal(err)
	}
	return "https://" + l.Addr().String(), got.Code
}

func TestJoiningAnOffice(t *testing.T) {
	address, code := hub(t)
	var out bytes.Buffer
	m := &Main{Stdout: &out, cfg: config.Config{Role: config.Counter, Office: config.Addresses{address}, Data: t.TempDir()}.Complete()}
	if _, err := m.reach(); !errors.Is(err, reach.ErrStranger) || hintFor(err) == "" {
		t.Errorf("before joining: got %v, hint %q", err, hintFor(err))
	}
	for typed, want := range map[string]string{"": "read the code", "1234\n": "no code", "0000-0000-0000-0000\n": "enrol-code-wrong"} {
		if err := m.join(t.Context(), strings.NewReader(typed)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("typed %q: got %v, want %s", typed, err, want)
		}
	}
	if err := m.join(t.Context(), strings.NewReader(strings.ToLower(code))); err != nil || !strings.Contains(out.String(), "quay-2: counter") {
		t.Fatalf("got %v and %q", err, out.String())
	}
	ways, err := m.reach()
	if err != nil || len(ways) != 1 || m.cfg.Device != "quay-2" {
		t.Fatalf("got %v, device %q", err, m.cfg.Device)
	}
	client := office.Dial(ways[0].Base, office.DialOptions{Transport: ways[0].RoundTripper()})
	if _, err := client.Case(t.Context(), "H26.138-261120-0001"); !errors.Is(err, refusal.New("dossier-unknown")) {
		t.Errorf("a counter asks for a case: got %v, want dossier-unknown", err)
	}
	for _, role := range []string{config.Kiosk, config.All} {
		m.cfg.Role = role
		if _, err := m.reach(); err == nil || !strings.HasPrefix(err.Error(), "role: ") {
			t.Errorf("as %s: got %v", role, err)
		}
	}
}
