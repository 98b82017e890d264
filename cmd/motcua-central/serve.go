package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"motcua/queue/central"
)

// Main is the program as a value, so that a test can run it whole. Parse, then
// Run, then Close.
type Main struct {
	Listen, DB, Tokens string
	Key                string // file; "" is city.key beside the database or the tokens
	TLSCert, TLSKey    string
	Log                *slog.Logger
	// Ready is told the address that is listened on; nil means nobody asks.
	Ready func(net.Addr)

	store *central.Store
}

var errVersion = errors.New("version shown")

// newLog writes lines without a time: the journal of the system has one.
func newLog(w io.Writer) *slog.Logger {
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				return slog.Attr{}
			}
			return a
		},
	}))
}

// Parse reads flags; each may also come from the environment as
// MOTCUA_CENTRAL_ and its name. It returns flag.ErrHelp after --help.
func (m *Main) Parse(args []string, env func(string) string, stdout io.Writer) error {
	f := flag.NewFlagSet("motcua-central", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&m.Listen, "listen", "127.0.0.1:8090", "`address` to listen on")
	m.storeFlags(f)
	f.StringVar(&m.TLSCert, "tls-cert", "", "certificate `file` (PEM); without it, put a TLS proxy in front")
	f.StringVar(&m.TLSKey, "tls-key", "", "private key `file` (PEM)")
	showVersion := f.Bool("version", false, "show the version")
	err := errors.Join(fromEnv(f, env), f.Parse(args))
	switch {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(stdout, usage)
		f.SetOutput(stdout)
		f.PrintDefaults()
		return flag.ErrHelp
	case err != nil:
		return err
	case *showVersion:
		fmt.Fprintln(stdout, "motcua-central", version)
		return errVersion
	case f.NArg() > 0:
		return fmt.Errorf("%q is not understood", f.Arg(0))
	case (m.TLSCert == "") != (m.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key go together")
	}
	return nil
}

// storeFlags are the flags about what is kept.
func (m *Main) storeFlags(f *flag.FlagSet) {
	f.StringVar(&m.DB, "db", "central.db", "SQLite `file`, or a DSN beginning with postgres://")
	f.StringVar(&m.Tokens, "tokens", "tokens", "`file` with a name and a sum on each line")
	f.StringVar(&m.Key, "key", "", "`file` of the city's own key, made when missing (default city.key beside the database, with PostgreSQL beside the tokens)")
}

// fromEnv takes flags from the environment: MOTCUA_CENTRAL_ and the name.
func fromEnv(f *flag.FlagSet, env func(string) string) (bad error) {
	f.VisitAll(func(fl *flag.Flag) {
		name := "MOTCUA_CENTRAL_" + strings.ToUpper(strings.ReplaceAll(fl.Name, "-", "_"))
		if v := env(name); v != "" && bad == nil && fl.Name != "version" {
			bad = fl.Value.Set(v)
		}
	})
	return bad
}

func (m *Main) keyFile() string {
	beside := m.DB
	if strings.Contains(beside, "://") {
		beside = m.Tokens
	}
	return cmp.Or(m.Key, filepath.Join(filepath.Dir(beside), "city.key"))
}

// Times of the server. A batch of a slow office line may take long to arrive;
// a poll stays open for wire.PollWait.
const (
	headerTime = 10 * time.Second
	readTime   = 2 * time.Minute
	writeTime  = 2 * time.Minute
	idleTime   = 2 * time.Minute
	graceTime  = 15 * time.Second
)

// Run serves until ctx ends, then lets what is under way finish.
func (m *Main) Run(ctx context.Context) error {
	tokens, err := central.LoadTokens(m.Tokens)
	if err != nil {
		return fmt.Errorf("%w (motcua-central token NAME makes one)", err)
	}
	if m.store, err = central.Open(ctx, m.DB); err != nil {
		return err
	}
	key, err := central.OpenKey(m.keyFile())
	if err != nil {
		return err
	}
	polls, endPolls := context.WithCancel(context.Background())
	defer endPolls()
	handler, err := central.NewServer(polls, m.store, tokens, key, time.Now, m.Log)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", m.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", m.Listen, err)
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTime, ReadTimeout: readTime, WriteTimeout: writeTime, IdleTimeout: idleTime,
		MaxHeaderBytes: 16 << 10, ErrorLog: slog.NewLogLogger(m.Log.Handler(), slog.LevelInfo),
	}
	ended := make(chan error, 1)
	go func() {
		if m.TLSCert != "" {
			ended <- server.ServeTLS(listener, m.TLSCert, m.TLSKey)
			return
		}
		ended <- server.Serve(listener)
	}()
	m.Log.Info("serving", "address", listener.Addr().String(), "tls", m.TLSCert != "", "offices", len(tokens.Offices()))
	if m.Ready != nil {
		m.Ready(listener.Addr())
	}
	if err := m.wait(ctx, handler, ended); err != nil {
		return err
	}
	m.Log.Info("stopping")
	endPolls()
	grace, cancel := context.WithTimeout(context.Background(), graceTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		return errors.Join(fmt.Errorf("stop: %w", err), server.Close())
	}
	return nil
}

// wait returns when ctx ends or serving fails; SIGHUP renews the tokens.
func (m *Main) wait(ctx context.Context, handler *central.Server, ended <-chan error) error {
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	for {
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return fmt.Errorf("serve: %w", err)
		case <-hangup:
			tokens, err := central.LoadTokens(m.Tokens)
			if err != nil {
				m.Log.Error("tokens stay as they were", "err", err)
				continue
			}
			handler.SetTokens(tokens)
			m.Log.Info("tokens read again", "offices", len(tokens.Offices()))
		}
	}
}

// Close closes the database. It is harmless before Run and a second time.
func (m *Main) Close() error {
	if m.store == nil {
		return nil
	}
	store := m.store
	m.store = nil
	return store.Close()
}
