package faultnet_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"motcua/cmd/internal/faultnet"
)

// TestFaults: each does what it is called, and a healed line does nothing.
func TestFaults(t *testing.T) {
	t.Parallel()
	for fault, want := range map[faultnet.Fault]struct {
		answered bool // in time
		acted    bool // whatever the client knows
	}{
		faultnet.Cut: {}, faultnet.LoseRequests: {}, faultnet.LoseReplies: {acted: true}, faultnet.Delay: {true, true},
		faultnet.Drip: {true, true}, faultnet.Replay: {true, true},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			var acts atomic.Int64
			arrived := make(chan struct{}, 9)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if raw, err := io.ReadAll(r.Body); err == nil && len(raw) == 8000 {
					acts.Add(1)
					arrived <- struct{}{}
				}
				fmt.Fprint(w, strings.Repeat("x", 8000))
			}))
			defer server.Close()
			p, done := listen(t, server)
			defer done()
			p.Set(1, fault)
			err := post(p)
			if fault == faultnet.Replay {
				<-arrived
				<-arrived // the second time
			} else if want.acted {
				<-arrived
			}
			if (err == nil) != want.answered {
				t.Errorf("answered: %v", err)
			}
			if n := acts.Load(); (n > 0) != want.acted && fault != faultnet.LoseReplies {
				t.Errorf("the server acted %d times", n)
			}
			if p.Seen()[fault] == 0 {
				t.Error("the fault is not counted")
			}
			p.Heal()
			if err := post(p); err != nil {
				t.Errorf("after healing: %v", err)
			}
		})
	}
}

func listen(t *testing.T, server *httptest.Server) (*faultnet.Proxy, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	p, err := faultnet.Listen(ctx, server.Listener.Addr().String(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return p, func() { cancel(); p.Wait() }
}

// post sends 8000 bytes and wants 8000 back within two seconds.
func post(p *faultnet.Proxy) error {
	client := &http.Client{Timeout: 2 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Post("http://"+p.Addr(), "text/plain", strings.NewReader(strings.Repeat("y", 8000)))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && len(raw) != 8000 {
		err = fmt.Errorf("%d bytes", len(raw))
	}
	return err
}

func TestDownAndAim(t *testing.T) {
	t.Parallel()
	one := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("1", 8000)) }))
	defer one.Close()
	p, done := listen(t, one)
	defer done()
	p.Down(true)
	if post(p) == nil {
		t.Error("a line that is down carries")
	}
	p.Down(false)
	if err := post(p); err != nil {
		t.Error(err)
	}
	p.Aim("127.0.0.1:1")
	if post(p) == nil {
		t.Error("the line still goes to the old address")
	}
}
