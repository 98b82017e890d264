package proc_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"motcua/cmd/internal/proc"
)

func TestProgramIsLoggedAndEnds(t *testing.T) {
	log := filepath.Join(t.TempDir(), "logs", "p.log")
	p, err := proc.Start(t.Context(), log, nil, "/bin/sh", "-c", "echo xin chào; exit 3")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(); err == nil || !strings.Contains(err.Error(), "3") {
		t.Errorf("ended with %v, want status 3", err)
	}
	if raw, _ := os.ReadFile(log); string(raw) != "xin chào\n" {
		t.Errorf("log: %q", raw)
	}
}

func TestStopEndsInOrderAndKillAtOnce(t *testing.T) {
	for name, end := range map[string]func(*proc.Program){"stop": (*proc.Program).Stop, "kill": (*proc.Program).Kill} {
		t.Run(name, func(t *testing.T) {
			p, err := proc.Start(t.Context(), filepath.Join(t.TempDir(), "log"), nil, "/bin/sleep", "60")
			if err != nil {
				t.Fatal(err)
			}
			end(p)
			select {
			case <-p.Done():
			default:
				t.Error("still running")
			}
		})
	}
}

func TestReadyWaitsForTheAddressOrTheEnd(t *testing.T) {
	tries := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if tries++; tries < 3 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	p, err := proc.Start(ctx, filepath.Join(t.TempDir(), "log"), nil, "/bin/sleep", "60")
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Ready(ctx, server.URL); err != nil || tries < 3 {
		t.Errorf("ready after %d tries: %v", tries, err)
	}
	p.Kill()
	if err := p.Ready(ctx, "http://127.0.0.1:1/"); !errors.Is(err, proc.ErrEnded) {
		t.Errorf("got %v, want the end of the program", err)
	}
}
