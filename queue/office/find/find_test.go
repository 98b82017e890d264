package find

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/mdns"

	"motcua/queue/office/enrol"
)

// serve is an office's address; hello is what it says.
func serve(t *testing.T, seed byte, hello string) (a *enrol.Authority, address string) {
	t.Helper()
	a, err := enrol.NewAuthority([32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{ReadHeaderTimeout: time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(hello))
	})}
	go func() { _ = server.Serve(enrol.Listen(l, a.Server())) }()
	t.Cleanup(func() { _ = server.Close() })
	return a, l.Addr().String()
}

// TestScenario38_FalseAnnouncement: whoever says first and loudest that they are
// the office, the machine talks to the one that it joined, also after it moved.
func TestScenario38_FalseAnnouncement(t *testing.T) {
	t.Parallel()
	ours, first := serve(t, 1, "first")
	_, second := serve(t, 1, "second")
	_, rogue := serve(t, 2, "rogue")
	dead, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = dead.Close()
	answers := []string{rogue, dead.Addr().String(), first}
	looks := 0
	f := New(enrol.Trust(ours.Certificate()), "")
	f.look = func(context.Context) ([]string, error) {
		looks++
		return answers, nil
	}
	transport := &http.Transport{DialTLSContext: f.DialTLS}
	ask := func() string {
		t.Helper()
		transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport}).Get("https://" + enrol.OfficeName)
		if err != nil {
			return err.Error()
		}
		defer res.Body.Close()
		var b [16]byte
		n, _ := res.Body.Read(b[:])
		return string(b[:n])
	}
	if got := ask(); got != "first" {
		t.Errorf("got %q", got)
	}
	if got := ask(); got != "first" || looks != 1 {
		t.Errorf("the second time: got %q after %d looks", got, looks)
	}
	f.last, answers = rogue, []string{rogue, second} // it moved, and something else has its address
	if got := ask(); got != "second" || looks != 2 {
		t.Errorf("after it moved: got %q after %d looks", got, looks)
	}
	f.last, answers = "", []string{rogue}
	if got := ask(); !strings.Contains(got, "find the office") {
		t.Errorf("a rogue alone: got %q", got)
	}
}

// TestOther: with a hub and a standby announced, two finders meet both, whoever
// answers first.
func TestOther(t *testing.T) {
	t.Parallel()
	ours, hub := serve(t, 1, "hub")
	_, standby := serve(t, 1, "standby")
	f := New(enrol.Trust(ours.Certificate()), "")
	answers := []string{standby, hub}
	f.look = func(context.Context) ([]string, error) { return answers, nil }
	g := f.Other()
	ask := func(f *Finder) string {
		t.Helper()
		transport := &http.Transport{DialTLSContext: f.DialTLS}
		defer transport.CloseIdleConnections()
		res, err := (&http.Client{Transport: transport}).Get("https://" + enrol.OfficeName)
		if err != nil {
			return "nobody"
		}
		defer res.Body.Close()
		var b [16]byte
		n, _ := res.Body.Read(b[:])
		return string(b[:n])
	}
	for i, step := range []struct {
		f    *Finder
		want string
	}{{g, "nobody"}, {f, "standby"}, {g, "hub"}, {f, "standby"}, {g, "hub"}} {
		if got := ask(step.f); got != step.want {
			t.Errorf("step %d: got %q, want %q", i, got, step.want)
		}
	}
	if answers = []string{standby}; ask(f) != "standby" {
		t.Error("the first does not stay")
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	entry := func(ip string, port int, id string) *mdns.ServiceEntry {
		return &mdns.ServiceEntry{Name: "motcua-" + id + "." + Service + ".local.", AddrV4: net.ParseIP(ip), Port: port, InfoFields: []string{"id=" + id}}
	}
	seen := make(chan *mdns.ServiceEntry, 10)
	seen <- entry("192.168.1.7", 8080, "b")
	seen <- entry("192.168.1.10", 8080, "a")
	seen <- entry("192.168.1.10", 8080, "a")
	seen <- entry("192.168.1.11", 0, "a")
	seen <- &mdns.ServiceEntry{Name: "printer._ipp._tcp.local.", AddrV4: net.IPv4(1, 2, 3, 4), Port: 631}
	close(seen)
	got, err := order(seen, "a")
	if err != nil || strings.Join(got, " ") != "192.168.1.10:8080 192.168.1.7:8080" {
		t.Errorf("got %v, %v", got, err)
	}
	none := make(chan *mdns.ServiceEntry)
	close(none)
	if _, err := order(none, "a"); !errors.Is(err, ErrNone) {
		t.Errorf("nobody: got %v", err)
	}
}

// TestOverMulticast announces and looks over this machine's own network, where
// it has one that carries multicast.
func TestOverMulticast(t *testing.T) {
	t.Parallel()
	if len(interfaces()) == 0 {
		t.Skip("this machine has no network that carries multicast")
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); Announce(ctx, 18080, "test", slog.New(slog.DiscardHandler)) }()
	found, err := Look(t.Context(), "test")
	if err != nil {
		t.Skip("multicast does not come back on this machine's network:", err)
	}
	if !strings.HasSuffix(found[0], ":18080") {
		t.Errorf("found %v", found)
	}
	cancel()
	<-ended
}
