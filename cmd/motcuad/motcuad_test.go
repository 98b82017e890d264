package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"motcua/queue"
	"motcua/queue/chain"
	"motcua/queue/dossier"
	"motcua/queue/journal"
	"motcua/queue/office"
	"motcua/queue/refusal"
	"motcua/queue/uplink/wire"
)

// start runs the real program in this process and returns a client of it and a
// function that ends it.
func start(t *testing.T, args ...string) (*Main, office.Client, func() error) {
	t.Helper()
	m := &Main{Stdout: io.Discard, Log: slog.New(slog.DiscardHandler), Ready: make(chan struct{})}
	if err := m.Parse(append(args, "--listen", "127.0.0.1:0"), io.Discard); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- m.Run(ctx) }()
	select {
	case <-m.Ready:
	case err := <-ended:
		t.Fatal(err)
	}
	stop := sync.OnceValue(func() error {
		cancel()
		return errors.Join(<-ended, m.Close())
	})
	t.Cleanup(func() { _ = stop() })
	return m, office.Dial("http://"+m.Addr.String(), office.DialOptions{}), stop
}

func TestDemoOfficeServesAndEndsInOrder(t *testing.T) {
	dir := t.TempDir()
	m, client, stop := start(t, "--data", dir)
	service := m.office.State().Config.Services[0]
	caller := office.NewCaller(client, "kiosk-1")
	r, err := caller.Do(t.Context(), "", "", queue.IssueTicket{Service: service.ID})
	if err != nil {
		t.Fatal(err)
	}
	updates, err := client.Follow(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if u := <-updates; u.State == nil || u.State.Ticket(r.Ticket.ID) == nil {
		t.Error("a follower's first message lacks the ticket")
	}
	began := time.Now()
	if err := stop(); err != nil {
		t.Errorf("an ordinary end is no error, got %v", err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("the end took %v with a follower connected", took)
	}
	for range updates { // closed with the office
	}
	_, again, _ := start(t, "--data", dir)
	if got, err := again.Ticket(t.Context(), string(r.Ticket.ID)); err != nil || got.Code != r.Ticket.Code {
		t.Errorf("after a restart: got %v, %v", got.Code, err)
	}
}

func TestNoticesOfTheCity(t *testing.T) {
	m, client, _ := start(t, "--data", t.TempDir())
	c := m.office.State().Config
	desk := office.NewCaller(client, "desk-1")
	promise, procedure := dossier.Promise{}, ""
	list, err := client.Procedures(t.Context(), "khai sinh")
	if err != nil || len(list) == 0 {
		t.Fatal(list, err)
	}
	procedure = list[0].Code
	if promise, err = client.Promise(t.Context(), procedure); err != nil {
		t.Fatal(err)
	}
	var papers []dossier.Paper
	for _, p := range list[0].Papers {
		papers = append(papers, dossier.Paper{Name: p.Name, Original: 1, Present: true})
	}
	got, err := desk.Do(t.Context(), c.Officers[0].ID, c.Counters[0].ID, dossier.Receive{
		Procedure: procedure, Papers: papers, Applicant: &dossier.Person{Name: "Người Nộp"},
	})
	if err != nil || got.Dossier.Code != promise.Code {
		t.Fatal(got.Dossier, err)
	}
	take := deliver(m.office, slog.New(slog.DiscardHandler))
	body := []byte(`{"code":"` + promise.Code + `","unit":"Sở Tư pháp","note":"đang thẩm định"}`)
	for _, n := range []wire.Notice{
		{ID: 3, Kind: wire.NoticeAdvance, Data: body},
		{ID: 3, Kind: wire.NoticeAdvance, Data: body}, // again: once in effect
		{ID: 4, Kind: wire.NoticeReady, Data: []byte(`{"code":"H26.138-260101-9999"}`)},
		{ID: 5, Kind: "of a later version", Data: []byte(`{}`)},
		{ID: 6, Kind: wire.NoticeReady, Data: []byte(`[]`)},
	} {
		if err := take(t.Context(), n); err != nil {
			t.Errorf("notice %d: %v", n.ID, err)
		}
	}
	d, err := client.Dossier(t.Context(), promise.Code)
	if err != nil || len(d.Steps) != 2 || d.Steps[1].Unit != "Sở Tư pháp" {
		t.Errorf("got steps %+v, %v, want the city's once", d.Steps, err)
	}
	_ = m.office.Close()
	if err := take(t.Context(), wire.Notice{ID: 7, Kind: wire.NoticeReady, Data: []byte(`{"code":"` + promise.Code + `"}`)}); err == nil {
		t.Error("a notice that could not be written counts as delivered")
	}
}

func TestMistakesOfThePersonWhoStartsIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tt := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown flag":          {[]string{"--dat", "x"}, 2, "-dat"},
		"stray word":            {[]string{"start"}, 2, `"start" is not a flag`},
		"city without token":    {[]string{"--central", "https://x"}, 2, "--token-file"},
		"no such configuration": {[]string{"--data", dir, "--office", filepath.Join(dir, "no.json")}, 1, "no.json"},
		"broken configuration":  {[]string{"--data", dir, "--office", write("a.json", "{\n\"office\": 7}")}, 1, "line 2"},
		"misspelt setting":      {[]string{"--data", dir, "--office", write("b.json", `{"ofice":"x"}`)}, 1, "ofice"},
		"every fault at once":   {[]string{"--data", dir, "--office", write("c.json", `{"name":{"vi":"x"}}`)}, 1, "counters: there is none"},
		"address taken":         {[]string{"--data", dir, "--listen", "256.0.0.1:1"}, 1, "listen on"},
		"version":               {[]string{"--version"}, 0, ""},
		"help":                  {[]string{"--help"}, 0, "Examples:"},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), tt.args, &out, &errs); code != tt.code || !strings.Contains(errs.String(), tt.says) {
			t.Errorf("%s: got exit %d and %q, want %d and %q", name, code, errs.String(), tt.code, tt.says)
		}
	}
}

// The office in docs/cai-dat.md is read as the program reads it.
func TestInstallationGuide(t *testing.T) {
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "cai-dat.md"))
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)```json\n(.*?)```").FindSubmatch(guide)
	if example == nil {
		t.Fatal("the guide has no office")
	}
	file := filepath.Join(t.TempDir(), "office.json")
	if err := os.WriteFile(file, example[1], 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := loadOffice(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Hours) != 5 {
		t.Errorf("the office of the guide is open on %d days", len(c.Hours))
	}
}

func TestTwoProgramsOnOneFolder(t *testing.T) {
	dir := t.TempDir()
	start(t, "--data", dir)
	var errs bytes.Buffer
	if code := run(t.Context(), []string{"--data", dir, "--listen", "127.0.0.1:0"}, io.Discard, &errs); code != 1 || !strings.Contains(errs.String(), "hint: ") {
		t.Errorf("got exit %d and %q, want 1 and a hint", code, errs.String())
	}
}

func TestSuspectStoreIsVerifiedOnTheNextStart(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("input/output error")
	var fail error
	setup, rules, err := loadOffice("demo")
	if err != nil {
		t.Fatal(err)
	}
	o, err := office.Open(office.Config{Dir: dir, Setup: setup, Rules: rules, Journal: journal.Options{BeforeCommit: func() error { return fail }}})
	if err != nil {
		t.Fatal(err)
	}
	fail = broken
	_, err = o.Do(t.Context(), office.Call{N: 1, By: chain.Actor{Device: "k"}, Command: queue.RequestHelp{}})
	if _, refused := refusal.Of(err); refused || err == nil {
		t.Errorf("got %v, want no answer", err)
	}
	_ = o.Close()
	mark := filepath.Join(dir, office.SuspectFile)
	if _, err := os.Stat(mark); err != nil {
		t.Fatal(err)
	}
	_, _, stop := start(t, "--data", dir)
	if _, err := os.Stat(mark); err == nil {
		t.Error("the mark is still there after the journal was found whole")
	}
	_ = stop()
}

func TestSystemdIsToldAndTheWatchdogFed(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "20000")
	_, _, stop := start(t, "--data", t.TempDir())
	want := []string{"READY=1", "WATCHDOG=1", "WATCHDOG=1"}
	for _, w := range want {
		if got := datagram(t, l); got != w {
			t.Fatalf("got %q, want %q", got, w)
		}
	}
	_ = stop()
	for got := ""; got != "STOPPING=1"; got = datagram(t, l) {
	}
}

func datagram(t *testing.T, l *net.UnixConn) string {
	t.Helper()
	_ = l.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, 64)
	n, err := l.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}
