package central_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"motcua/queue/central"
	"motcua/queue/uplink"
	"motcua/queue/uplink/wire"
)

// lossyLine carries requests to a server and misbehaves as often as it is told
// to: it loses requests, loses answers after the server has acted, delivers
// twice and late, cuts bodies in half, and answers in the server's place.
type lossyLine struct {
	mu     sync.Mutex // guards the rest
	server http.Handler
	rng    *rand.Rand
	faults int // how many more there may be
	rate   float64
	late   []func() // requests that are still under way
	seen   map[string]int
}

var errLost = errors.New("lost on the way")

func (l *lossyLine) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	server, fault := l.server, ""
	if l.faults > 0 && l.rng.Float64() < l.rate {
		l.faults--
		fault = []string{"lost", "answer lost", "twice", "late", "half", "portal", "busy", "error", "cut answer"}[l.rng.IntN(9)]
		l.seen[fault]++
	}
	var overdue func()
	if len(l.late) > 0 && l.rng.IntN(2) == 0 {
		overdue, l.late = l.late[0], l.late[1:]
	}
	l.mu.Unlock()
	if overdue != nil {
		overdue() // an old request arrives after newer ones
	}
	if strings.HasSuffix(r.URL.Path, "/notices") { // do not wait for nothing
		q := r.URL.Query()
		q.Set("wait", "0")
		r.URL.RawQuery = q.Encode()
	}
	serve := func(body []byte) *http.Response {
		again := r.Clone(context.WithoutCancel(r.Context()))
		again.Body = io.NopCloser(bytes.NewReader(body))
		w := httptest.NewRecorder()
		server.ServeHTTP(w, again)
		return w.Result()
	}
	canned := func(status int, text string) *http.Response {
		return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text))}
	}
	switch fault {
	case "lost":
		return nil, errLost
	case "answer lost":
		serve(body)
		return nil, errLost
	case "twice":
		serve(body)
	case "late":
		l.mu.Lock()
		l.late = append(l.late, func() { serve(body) })
		l.mu.Unlock()
		return nil, errLost
	case "half":
		return serve(body[:len(body)/2]), nil
	case "portal":
		return canned(200, "<html>Wi-Fi login</html>"), nil
	case "busy":
		resp := canned(503, "")
		resp.Header.Set("Retry-After", "0")
		return resp, nil
	case "error":
		return canned(502, ""), nil
	case "cut answer":
		resp := serve(body)
		raw, _ := io.ReadAll(resp.Body)
		return canned(resp.StatusCode, string(raw[:len(raw)/2])), nil
	}
	return serve(body), nil
}

func (l *lossyLine) connect(h http.Handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server = h
}

const secret = "office-secret"

func newServer(t testing.TB, ctx context.Context, s *central.Store, now func() time.Time, lines ...string) *central.Server {
	t.Helper()
	text := central.TokenLine("H26.138", secret) + "\n" + central.TokenLine(central.Admin, "admin-secret") + "\n" + strings.Join(lines, "\n")
	tokens, err := central.ReadTokens(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	server, err := central.NewServer(ctx, s, tokens, cityKey(t), now, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// cityKey is the same key in all tests of a run.
func cityKey(t testing.TB) *central.Key {
	t.Helper()
	keyOnce.Do(func() {
		dir, err := os.MkdirTemp("", "motcua-key")
		if err == nil {
			keyOnce.key, err = central.OpenKey(filepath.Join(dir, "central.key"))
		}
		keyOnce.err = errors.Join(err, os.RemoveAll(dir))
	})
	if keyOnce.err != nil {
		t.Fatal(keyOnce.err)
	}
	return keyOnce.key
}

var keyOnce struct {
	sync.Once
	key *central.Key
	err error
}

// session is an uplink running over a line until stop.
func session(t testing.TB, line http.RoundTripper, o *office, token string, deliver func(context.Context, wire.Notice) error) (stop func()) {
	t.Helper()
	u, err := uplink.New(uplink.Config{
		URL: "http://city.test", Office: "H26.138", TokenFile: token, KeyFile: token + ".city", Transport: line, Deliver: deliver,
		Linger: time.Millisecond, Jitter: func(time.Duration) time.Duration { return time.Millisecond },
		Log: slog.New(slog.DiscardHandler),
	}, o, o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- u.Run(ctx) }()
	return func() {
		cancel()
		<-done
	}
}

// TestScenario23_ExactlyOnceOverALineThatLosesEverything: whatever the line does
// and however often either side restarts, the city ends with every record once
// and the notices are delivered in order.
func TestScenario23_ExactlyOnceOverALineThatLosesEverything(t *testing.T) {
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte(secret), 0o600); err != nil {
		t.Fatal(err)
	}
	onEngines(t, func(t *testing.T, base *engine) {
		met, round := map[string]int{}, 0
		rapid.Check(t, func(rt *rapid.T) {
			var e *engine
			if base.cluster == nil && !strings.HasPrefix(base.dsn, "postgres") {
				e = &engine{dsn: filepath.Join(t.TempDir(), "c.db")}
			} else {
				dsn, drop := makeSchema(t, base.dsn)
				defer drop()
				e = &engine{dsn: dsn}
			}
			round++
			exactlyOnce(t, rt, e, token, met)
		})
		t.Logf("%d rounds, faults met: %v", round, met)
	})
}

func exactlyOnce(t *testing.T, rt *rapid.T, e *engine, token string, met map[string]int) {
	seed := rapid.Uint64().Draw(rt, "seed")
	tickets := rapid.IntRange(1, 50).Draw(rt, "tickets")
	faults := rapid.IntRange(0, 40).Draw(rt, "faults")
	restarts := rapid.IntRange(0, 2).Draw(rt, "restarts")
	line := &lossyLine{rng: rand.New(rand.NewPCG(seed, 2)), faults: faults, rate: .6, seen: met}
	clock := func() time.Time { return noon }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	open := func() *central.Store {
		s, err := central.Open(ctx, e.dsn)
		if err != nil {
			rt.Fatal(err)
		}
		line.connect(newServer(t, ctx, s, clock))
		return s
	}
	s := open()
	defer func() { s.Close() }()
	var told []uint64
	for range 3 {
		id, err := s.Tell(ctx, "H26.138", wire.NoticeReady, []byte(`{"code":"C"}`), "", noon)
		if err != nil {
			rt.Fatal(err)
		}
		told = append(told, id)
	}
	var mu sync.Mutex
	got := map[uint64]int{}
	deliver := func(_ context.Context, n wire.Notice) error {
		mu.Lock()
		defer mu.Unlock()
		for id := range got {
			if id > n.ID && got[n.ID] == 0 {
				t.Errorf("notice %d first came after %d", n.ID, id)
			}
		}
		got[n.ID]++
		return nil
	}
	o := newOffice()
	o.page = rapid.IntRange(3, 60).Draw(rt, "page")
	stop := session(t, line, o, token, deliver)
	want := o.busyDay(t, seed, tickets)
	for range restarts {
		until(rt, func() bool { at, _ := o.Acked(ctx); return at > 0 })
		stop()
		// Anything still on the way fails: this store is gone.
		s.Close()
		s = open()
		stop = session(t, line, o, token, deliver)
	}
	until(rt, func() bool {
		at, _ := o.Acked(ctx)
		mu.Lock()
		defer mu.Unlock()
		return at == o.Head().Seq && len(got) == len(told)
	})
	stop()
	copyOf(t, s, "H26.138", o)
	if have := counted(city(t, s, noon).City); have != want {
		rt.Fatalf("counts: got %+v, want %+v", have, want)
	}
	if have := slices.Sorted(maps.Keys(got)); !slices.Equal(have, told) {
		rt.Fatalf("notices: got %v, want %v", have, told)
	}
}

// until waits for a goroutine's progress, at most half a minute.
func until(rt *rapid.T, ok func() bool) {
	for end := time.Now().Add(30 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			rt.Fatal("nothing moves any more")
		}
	}
}
