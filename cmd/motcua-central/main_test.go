package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"motcua/queue/central"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"motcua-central": main})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}

// start runs the whole program on a free port until stop.
func start(t *testing.T, dir string) (base string, stop func() error) {
	t.Helper()
	ready := make(chan net.Addr, 1)
	m := &Main{Log: slog.New(slog.DiscardHandler), Ready: func(a net.Addr) { ready <- a }}
	args := []string{"--listen", "127.0.0.1:0", "--db", filepath.Join(dir, "central.db"), "--tokens", filepath.Join(dir, "tokens")}
	if err := m.Parse(args, os.Getenv, io.Discard); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	select {
	case a := <-ready:
		base = "http://" + a.String()
	case err := <-done:
		t.Fatalf("it did not start: %v", err)
	}
	return base, func() error {
		cancel()
		if err := <-done; err != nil {
			return err
		}
		return m.Close()
	}
}

func get(t *testing.T, url, token string) (int, string) {
	t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(raw)
}

func TestItServesStopsPromptlyAndComesBack(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "tokens"), []byte(central.TokenLine("H26.138", "secret")), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		base, stop := start(t, dir)
		if status, body := get(t, base+"/healthz", ""); status != 200 {
			t.Fatalf("health: %d %s", status, body)
		}
		if status, body := get(t, base+"/v1/offices/H26.138/cursor", "secret"); status != 200 || !strings.Contains(body, `"office":"H26.138"`) {
			t.Fatalf("cursor: %d %s", status, body)
		}
		polled := make(chan int, 1)
		go func() {
			status, _ := get(t, base+"/v1/offices/H26.138/notices?after=0&wait=50", "secret")
			polled <- status
		}()
		for { // until the poll is waiting
			if _, body := get(t, base+"/metrics", ""); strings.Contains(body, "motcua_polls 1") {
				break
			}
			time.Sleep(time.Millisecond)
		}
		began := time.Now()
		if err := stop(); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > 5*time.Second {
			t.Errorf("a waiting poll held it for %s", d)
		}
		if status := <-polled; status != 200 {
			t.Errorf("the poll ended with %d", status)
		}
	}
}
